"""Documents in, the objects of one side out: kinds told apart, contradictions found."""

from collections.abc import Sequence

from blastradius.documents import Document, LinedMap, quoted
from blastradius.model.sources import Problem
from blastradius.systems.kubernetes.custom_types import custom_kinds
from blastradius.systems.kubernetes.default_roles import AGGREGATION_LABELS
from blastradius.systems.kubernetes.embedded import embedded_access
from blastradius.systems.kubernetes.fields import Fields, Findings
from blastradius.systems.kubernetes.identity_maps import identity_map
from blastradius.systems.kubernetes.kinds import Use, may_hold_access, use_of, why_unread
from blastradius.systems.kubernetes.kustomization import is_nameless_kustomization, read_kustomization
from blastradius.systems.kubernetes.listing import Found, objects_of
from blastradius.systems.kubernetes.names import UNSET_NAMESPACE, token
from blastradius.systems.kubernetes.objects import Binding, Cluster, Role
from blastradius.systems.kubernetes.rbac_objects import read_binding, read_role


def read_cluster(documents: Sequence[Document]) -> Cluster:
    """Read all objects of one side; `Cluster.errors` says what contradicts the format, or itself."""
    reading = _Reading()
    for document in documents:
        reading.take_document(document)
    reading.compare_labels()
    return reading.cluster


class _Reading:
    """The cluster so far."""

    def __init__(self) -> None:
        self.cluster = Cluster()
        self._findings = Findings(self.cluster.errors, self.cluster.unread)
        self._generated = 0
        self._twins: list[tuple[Role, Role]] = []

    def take_document(self, document: Document) -> None:
        """Keep what the objects of a document say."""
        if isinstance(document.value, LinedMap) and is_nameless_kustomization(document):
            read_kustomization(Fields(document, document.value, self._findings, "the kustomization"))
            return
        for found in objects_of(document, self._findings):
            self._take(found)

    def _take(self, found: Found) -> None:
        fields, cluster = found.fields, self.cluster
        metadata = fields.value.get("metadata")
        namespace = metadata.get("namespace") if isinstance(metadata, LinedMap) else None
        place = token(namespace) if isinstance(namespace, str) and namespace else UNSET_NAMESPACE
        match use_of(found.group, found.kind):
            case Use.ROLE | Use.BINDING | Use.SERVICE_ACCOUNT | Use.NAMESPACE as use:
                self._take_named(found, use, place)
            case Use.CUSTOM_TYPE:
                for kind, namespaced in custom_kinds(fields.value):
                    cluster.custom_kinds[kind] = namespaced or cluster.custom_kinds.get(kind, False)
            case Use.KUSTOMIZATION:
                read_kustomization(fields)
            case Use.UNREAD:
                why, hint = why_unread(found.group, found.kind)
                fields.unread(None, f"{fields.label} of {quoted(found.group or 'v1')} {why}", hint)
            case Use.NONE:
                _report_embedded(found)
                if (mapping := identity_map(found, place)) is not None:
                    cluster.identity_maps.append(mapping)
                if place != UNSET_NAMESPACE:
                    cluster.namespaces.add(place)

    def _take_named(self, found: Found, use: Use, place: str) -> None:
        fields = found.fields
        metadata = fields.child("metadata")
        name = metadata.text("name") if metadata else ""
        if metadata and not name and (beginning := metadata.text("generateName")):
            self._generated += 1
            name = f"{beginning}({self._generated})"
        if metadata:
            # The namespace was only looked at so far; here its type counts.
            metadata.text("namespace")
        if not name:
            if metadata.value.get("name") in (None, "") if metadata else fields.value.get("metadata") is None:
                fields.error(None, f"a {quoted(found.kind)} has no name", "write it under `metadata.name`")
            return
        match use:
            case Use.ROLE:
                self._keep_role(read_role(fields, self._place(found.kind, place), name), fields)
            case Use.BINDING:
                binding = read_binding(fields, self._place(found.kind, place), name, found.version)
                self._keep_binding(binding, fields)
            case Use.SERVICE_ACCOUNT:
                self.cluster.namespaces.add(place)
                self.cluster.service_accounts.setdefault((place, name), fields.at())
            case _:
                self.cluster.namespaces.add(token(name))

    def _place(self, kind: str, place: str) -> str | None:
        if kind.startswith("Cluster"):
            # An API server drops the namespace of an object that lies in none.
            return None
        self.cluster.namespaces.add(place)
        return place

    def _keep_role(self, role: Role, fields: Fields) -> None:
        kept = self.cluster.roles.setdefault((role.namespace, role.name), role)
        if kept is not role:
            self._twins.append((kept, role))
            if kept.meaning != role.meaning:
                self._contradiction(kept, role, fields)

    def _keep_binding(self, binding: Binding, fields: Fields) -> None:
        kept = self.cluster.bindings.setdefault((binding.namespace, binding.name), binding)
        self.cluster.namespaces.update(s.namespace for s in binding.subjects if s.namespace)
        if kept is not binding and kept.meaning != binding.meaning:
            self._contradiction(kept, binding, fields)

    def compare_labels(self) -> None:
        """Find objects that stand twice and differ in a label that a selector looks at."""
        if not self._twins:
            return
        keys = {
            requirement.key
            for role in self.cluster.roles.values()
            for selector in role.selectors or ()
            for requirement in selector.requirements
        } | AGGREGATION_LABELS
        for kept, role in self._twins:
            if any(kept.labels.get(key) != role.labels.get(key) for key in keys):
                self.cluster.errors.append(
                    Problem(
                        f"the labels of `ClusterRole` {quoted(role.name)} differ from those at {kept.source}",
                        role.source,
                        "they decide which other roles hold it; keep one of the two",
                    )
                )

    def _contradiction(self, kept: Role | Binding, new: Role | Binding, fields: Fields) -> None:
        home = new.namespace or ""
        where = " without a namespace" if home == UNSET_NAMESPACE else f" in namespace {quoted(home)}" if home else ""
        self.cluster.errors.append(
            Problem(
                f"{fields.label}{where} says something else than at {kept.source}",
                new.source,
                "a cluster holds one of them; keep that one, or check the folders apart",
            )
        )


def _report_embedded(found: Found) -> None:
    """Report an object that is passed over and has access written in it."""
    embedded = embedded_access(found.fields.value) if may_hold_access(found.group) else None
    if embedded is not None:
        fields = found.fields
        message = f"{fields.label} of {quoted(found.group or 'v1')} holds access, and what becomes of it is not known"
        hint = "give the objects that are made of it, or check by hand whether it changes access"
        fields.findings.unread.append(Problem(message, fields.document.at(embedded.container, embedded.key), hint))
