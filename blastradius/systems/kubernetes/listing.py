"""The single objects of a document, taken out of whatever list they come in."""

from collections.abc import Iterator
from typing import NamedTuple

from blastradius.documents import Document, LinedList, LinedMap, quoted, type_name
from blastradius.model.sources import Problem, Source
from blastradius.systems.kubernetes.fields import Fields, Findings


class Found(NamedTuple):
    """One object.

    Attributes:
        group: API group; empty for the core group.
        version: Version within the group.
        kind: What it is.
    """

    group: str
    version: str
    kind: str
    fields: Fields


class _Pending(NamedTuple):
    """A value that holds objects, or is one.

    Attributes:
        api_version: What the list says its items are; empty when they say it themselves.
        kind: The same.
    """

    value: object
    source: Source
    api_version: str = ""
    kind: str = ""


def looks_like_objects(value: object) -> bool:
    """Tell whether a value is an object of Kubernetes' shape, or a plain list of such objects."""
    if isinstance(value, LinedList):
        return bool(value) and all(isinstance(item, LinedMap) and looks_like_objects(item) for item in value)
    return isinstance(value, LinedMap) and "apiVersion" in value and "kind" in value


def objects_of(document: Document, findings: Findings) -> Iterator[Found]:
    """Give the objects of a document in order, those of lists in their place.

    Args:
        document: A document for which `looks_like_objects` holds.
        findings: Takes what is wrong with the lists.
    """
    pending = [_Pending(document.value, document.at(document.value))]
    while pending:
        value, source, api_version, kind = pending.pop()
        if isinstance(value, LinedList):
            pending += reversed([_Pending(item, document.at(value, index)) for index, item in enumerate(value)])
            continue
        if not isinstance(value, LinedMap):
            findings.errors.append(Problem(f"an object of a list is {type_name(value)}, not a mapping", source))
            continue
        fields = Fields(document, value, findings, "the object")
        api_version, kind = fields.text("apiVersion") or api_version, fields.text("kind") or kind
        if kind == "List" or (kind.endswith("List") and "items" in value):
            pending += reversed(_items(fields, api_version, kind))
        elif api_version and kind:
            group, _, version = api_version.rpartition("/")
            label = f"{quoted(kind)} {quoted(_shown_name(value))}"
            yield Found(group, version, kind, Fields(document, value, findings, label))
        else:
            missing = "kind" if api_version else "apiVersion"
            findings.errors.append(Problem(f"an object has no {quoted(missing)}", source))


def _items(fields: Fields, api_version: str, kind: str) -> list[_Pending]:
    listing = Fields(fields.document, fields.value, fields.findings, f"the {quoted(kind)}")
    _report_missing_rest(listing)
    items = fields.value.get("items")
    if items is not None and not isinstance(items, LinedList):
        listing.error("items", f"`items` of {listing.label} is {type_name(items)}, not a list")
    if not isinstance(items, LinedList):
        return []
    # NOTE: the items of a list that came straight from an API server do not repeat what they are.
    inherited = ("", "") if kind == "List" else (api_version, kind.removesuffix("List"))
    return [_Pending(item, fields.document.at(items, index), *inherited) for index, item in enumerate(items)]


def _report_missing_rest(listing: Fields) -> None:
    metadata = listing.child("metadata")
    for key in ("continue", "remainingItemCount"):
        if metadata and metadata.value.get(key):
            metadata.unread(
                key,
                f"{listing.label} is cut short: the API server had more to give",
                "export all objects at once, or follow `continue` to the end",
            )
            return


def _shown_name(value: LinedMap) -> str:
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, LinedMap) else None
    return name if isinstance(name, str) else "without a name"
