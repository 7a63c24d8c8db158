"""Kustomizations: the objects beside one are not the ones that reach the cluster when it changes them.

Source: the fields of `kustomize.config.k8s.io/v1beta1`.
"""

from blastradius.documents import Document, LinedList, LinedMap, quoted
from blastradius.systems.kubernetes.fields import Fields

_FILES = frozenset({"kustomization.yaml", "kustomization.yml"})
_SOURCES = ("bases", "components", "resources")
# Fields that change no role, no binding and no namespace.
_HARMLESS = frozenset(
    [
        *("apiVersion", "kind", "metadata", "bases", "components", "resources", "crds", "configurations"),
        *("commonAnnotations", "configMapGenerator", "generatorOptions", "images", "openapi", "replicas"),
        *("secretGenerator", "sortOptions", "buildMetadata"),
    ]
)
_BUILD = "run `kustomize build` and check what it writes"


def is_nameless_kustomization(document: Document) -> bool:
    """Tell a kustomization that leaves out its kind, by the name of its file and a field only it has."""
    value = document.value
    return (
        document.file.relative.name in _FILES
        and isinstance(value, LinedMap)
        and "kind" not in value
        and any(isinstance(value.get(key), LinedList) for key in (*_SOURCES, "patches", "patchesStrategicMerge"))
    )


def read_kustomization(fields: Fields) -> None:
    """Report what a kustomization does to objects, or takes from elsewhere."""
    changing = sorted(key for key in fields.value if key not in _HARMLESS)
    if changing:
        shown = ", ".join(quoted(key) for key in changing[:5])
        fields.unread(
            changing[0], f"the kustomization changes the objects beside it: {shown} is not applied here", _BUILD
        )
    for key in _SOURCES:
        for item in fields.texts(key):
            if "://" in item.value or "?ref=" in item.value or item.value.startswith(("github.com/", "git@")):
                fields.unread(key, f"the kustomization takes objects from {quoted(item.value)}, not read here", _BUILD)
                break
