"""Documents to what they hold: policies by resource, the hierarchy, roles."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from blastradius.documents import Document, LinedList, LinedMap, quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Source
from blastradius.systems.gcp import inventory
from blastradius.systems.gcp.aliases import items_of, read_aliases
from blastradius.systems.gcp.fields import Reader
from blastradius.systems.gcp.layout import place_of
from blastradius.systems.gcp.names import ResourceName, node, parse_name
from blastradius.systems.gcp.objects import Origin, RoleDefinition, State
from blastradius.systems.gcp.policies import read_deny_policy, read_policy
from blastradius.systems.gcp.shapes import Shape, is_empty_policy, is_page, is_wrapper, shape_of

UNNAMED = node("projects", "unnamed")
"""Stands for a resource that nobody names, so that two policies of it can be compared."""
_PLACING = (
    'save it as `projects/ID/iam.json`, or write it as `{"projects/ID": POLICY}`; an export of Cloud Asset Inventory '
    "says it by itself"
)


def read_state(documents: Iterable[Document], other: Iterable[Document] = ()) -> State:
    """Read what documents hold.

    Args:
        documents: Recognised ones of one side.
        other: Recognised ones of the other side: the other names of things are learnt from them as well.

    Returns:
        Everything, with what is wrong and what was not understood.
    """
    documents = tuple(documents)
    state = State()
    read_aliases(documents, state.aliases, state.domains)
    elsewhere = State()
    read_aliases(other, elsewhere.aliases, elsewhere.domains)
    state.aliases.add(elsewhere.aliases)
    for document in documents:
        _read_document(Reader(document, state))
    return state


def _read_document(reader: Reader) -> None:
    value = reader.document.value
    if isinstance(value, LinedMap) and shape_of(value) is None:
        if is_page(value):
            _read_page(reader, value)
        elif is_empty_policy(reader.document):
            _read_placed_policy(reader, value)
        elif is_wrapper(value):
            _read_wrapper(reader, value)
        return
    if isinstance(value, LinedList) and value and shape_of(value[0]) is Shape.ANCESTOR:
        inventory.read_ancestor_list(reader, value)
    for item in items_of(value):
        _read_item(reader, item)


def _read_page(reader: Reader, value: LinedMap) -> None:
    """Read one page of an answer; whoever saved it may have more of them."""
    if reader.text(value, "nextPageToken"):
        source = reader.at(value, "nextPageToken")
        reader.state.truncated.append(
            Coverage(
                f"the page {quoted(reader.document.file.label)}",
                Completeness.TRUNCATED,
                "it names a next page, which may stand in another file or nowhere",
                source,
                "export with `gcloud`, which fetches all pages, or take `nextPageToken` out once all are given",
            )
        )
    for key, inner in value.items():
        if isinstance(inner, LinedList) and key != "nextPageToken":
            for item in inner:
                if isinstance(item, LinedMap):
                    _read_item(reader, item)


def _read_wrapper(reader: Reader, value: LinedMap) -> None:
    for written, policy in value.items():
        name = parse_name(written)
        if name is not None and isinstance(policy, LinedMap):
            resource = reader.state.aliases.canonical(name)
            _add_policy(reader, policy, resource, None, Origin.SINGLE, reader.at(value, written))


def _read_item(reader: Reader, item: LinedMap) -> None:
    shape = shape_of(item)
    if shape is not None and shape is not Shape.DESCRIPTION:
        _READERS[shape](reader, item)


def _read_boundary(reader: Reader, item: LinedMap) -> None:
    message = "boundaries of principals are not read, and access that they forbid counts as given"
    reader.state.not_understood(reader.at(item, "name"), message)


def _read_placed_policy(reader: Reader, value: LinedMap) -> None:
    """Read a policy whose resource its file tells, or the field that Cloud Storage writes."""
    source = reader.at(value)
    named = parse_name(reader.text(value, "resourceId"))
    place = (named, None) if named is not None else place_of(reader.document.file)
    if place is None:
        message = "nothing says of which resource this policy is, and it counts as one of a project without a name"
        first = reader.state.policies.get(UNNAMED)
        if first is not None:
            message = f"nothing says of which resource this policy is, nor that in {first.source}"
            reader.state.error(source, message, _PLACING)
            return
        reader.state.not_understood(source, message, _PLACING)
        place = (UNNAMED, None)
    resource, owner = place
    aliases = reader.state.aliases
    _add_policy(reader, value, aliases.canonical(resource), owner, Origin.SINGLE, source)


def _add_policy(
    reader: Reader,
    value: LinedMap,
    resource: ResourceName,
    owner: ResourceName | None,
    origin: Origin,
    source: Source,
) -> None:
    if owner is None and resource.project is not None:
        owner = node("projects", resource.project)
    inventory.add_node(reader.state, resource, owner, source)
    read_policy(reader, value, resource, origin, source)


def _read_ancestor_policy(reader: Reader, item: LinedMap) -> None:
    """Read an entry of ``gcloud projects get-ancestors-iam-policy``."""
    policy, name = reader.mapping(item, "policy"), inventory.ancestor(reader, item)
    if policy is not None and name is not None:
        resource = reader.state.aliases.canonical(name)
        _add_policy(reader, policy, resource, None, Origin.SINGLE, reader.at(item, "policy"))


def _read_asset(reader: Reader, item: LinedMap) -> None:
    """Read an asset: where it lies, what it is, and its policy."""
    key = "name" if shape_of(item) is Shape.ASSET else "resource"
    source = reader.at(item, key)
    name = parse_name(reader.text(item, key))
    if name is None:
        reader.state.not_understood(source, f"{quoted(item.get(key))} is no name of a resource, and it is left out")
        return
    resource = reader.state.aliases.canonical(name)
    parent = inventory.read_ancestors(reader, item, source)
    data = _data(item)
    policy = reader.mapping(item, "iam_policy", "iamPolicy", "policy")
    if data is not None:
        _read_data(reader, item, data, resource)
    if policy is not None:
        inventory.add_node(reader.state, resource, parent, source)
        read_policy(reader, policy, resource, Origin.INVENTORY, source)
        _check_search(reader, item)
    elif resource.is_node or data is not None or resource in reader.state.policies:
        inventory.add_node(reader.state, resource, parent, source)


def _data(item: LinedMap) -> LinedMap | None:
    resource = item.get("resource")
    data = resource.get("data") if isinstance(resource, LinedMap) else None
    return data if isinstance(data, LinedMap) else None


def _read_data(reader: Reader, item: LinedMap, data: LinedMap, resource: ResourceName) -> None:
    """Read what an export of resources says of one of those that matter here."""
    kind = str(item.get("asset_type", item.get("assetType")))
    if kind == "storage.googleapis.com/Bucket":
        inventory.read_bucket(reader, data)
    elif kind == "iam.googleapis.com/ServiceAccount":
        inventory.read_service_account(reader, data)
    elif kind == "iam.googleapis.com/Role":
        _read_role(reader, data)
    elif kind == "cloudresourcemanager.googleapis.com/Project" and "projectId" in data:
        inventory.read_project(reader, data)
    elif resource.is_node and "name" in data:
        inventory.read_named_node(reader, data)


def _check_search(reader: Reader, item: LinedMap) -> None:
    """Notice a search with a query: it gives only the bindings that match."""
    explanation = item.get("explanation")
    matched = explanation.get("matchedPermissions") if isinstance(explanation, LinedMap) else None
    if not matched:
        return
    coverage = Coverage(
        f"the policies found in {quoted(reader.document.file.label)}",
        Completeness.TRUNCATED,
        "they were searched with a query for permissions, so only the bindings that match are given",
        reader.at(explanation, "matchedPermissions"),
        "search again without `--query`",
    )
    if all(one.what != coverage.what for one in reader.state.truncated):
        reader.state.truncated.append(coverage)


def _read_role(reader: Reader, value: LinedMap) -> None:
    """Read what a role is made of; a list of roles does not say it, unless each is described."""
    name = reader.text(value, "name")
    source = reader.at(value, "name")
    deleted = value.get("deleted") is True
    if "includedPermissions" not in value and not deleted:
        return
    permissions = frozenset() if deleted else frozenset(reader.texts(value, "includedPermissions"))
    role = RoleDefinition(name, permissions, source)
    first = reader.state.roles.setdefault(name, role)
    if first.permissions != permissions:
        message = f"the role {quoted(name)} is given twice, with different permissions: first in {first.source}"
        reader.state.error(source, message, "give the newer of the two")


_READERS: Mapping[Shape, Callable[[Reader, LinedMap], None]] = MappingProxyType(
    {
        Shape.POLICY: _read_placed_policy,
        Shape.ASSET: _read_asset,
        Shape.SEARCH_RESULT: _read_asset,
        Shape.ANCESTOR: _read_ancestor_policy,
        Shape.PROJECT: inventory.read_project,
        Shape.FOLDER: inventory.read_named_node,
        Shape.ORGANIZATION: inventory.read_named_node,
        Shape.SERVICE_ACCOUNT: inventory.read_service_account,
        Shape.BUCKET: inventory.read_bucket,
        Shape.ROLE: _read_role,
        Shape.DENY_POLICY: read_deny_policy,
        Shape.BOUNDARY: _read_boundary,
    }
)
