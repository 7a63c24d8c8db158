"""What exists, and what lies in what: organisations, folders, projects, buckets, service accounts and other assets."""

from collections.abc import Iterator

from blastradius.documents import LinedList, LinedMap, quoted
from blastradius.model.sources import Source
from blastradius.systems.gcp.fields import Reader
from blastradius.systems.gcp.names import HIERARCHY, ResourceName, bucket, node, parse_name, project, service_account
from blastradius.systems.gcp.objects import Node, State

_PLURAL = {"folder": "folders", "organization": "organizations", "project": "projects"}


def add_node(
    state: State,
    name: ResourceName,
    parent: ResourceName | None,
    source: Source,
    *,
    labels: tuple[tuple[str, str], ...] = (),
    described: bool = True,
) -> None:
    """Say that something exists, adding to what is known of it."""
    name = state.aliases.canonical(name)
    parent = None if parent is None else state.aliases.canonical(parent)
    for one in (name, parent):
        is_malformed = one is not None and one.service == HIERARCHY and one.kind in _PLURAL.values() and not one.is_node
        if one is not None and is_malformed and (one is parent or one.path.count("/") == 1):
            state.error(source, f"{quoted(one.path.partition('/')[2])} cannot be the name of one of the {one.kind}")
            return
    if parent == name:
        parent = None
    known = state.nodes.get(name)
    if known is None:
        state.nodes[name] = Node(name, parent, labels, described, source)
    elif (known.parent is None and parent) or (described and not known.described) or (labels and not known.labels):
        place = source if described and not known.described else known.source
        state.nodes[name] = Node(
            name, known.parent or parent, known.labels or labels, known.described or described, place
        )
    if parent is not None and parent not in state.nodes:
        state.nodes[parent] = Node(parent, described=False, source=source)


def labels_of(reader: Reader, container: LinedMap) -> tuple[tuple[str, str], ...]:
    """Read the labels that people put on a resource."""
    value = container.get("labels")
    if not isinstance(value, LinedMap):
        return ()
    return tuple(sorted((key, reader.text(value, key)) for key in value if reader.text(value, key)))


def read_project(reader: Reader, value: LinedMap) -> None:
    """Read what ``gcloud projects`` says of a project, in either version of its interface."""
    name = project(reader.text(value, "projectId"))
    labels = labels_of(reader, value)
    add_node(reader.state, name, _parent(reader, value), reader.at(value, "projectId"), labels=labels)


def read_named_node(reader: Reader, value: LinedMap) -> None:
    """Read what ``gcloud`` says of a folder or an organisation."""
    name = parse_name(reader.text(value, "name"))
    if name is not None:
        add_node(reader.state, name, _parent(reader, value), reader.at(value, "name"))


def read_service_account(reader: Reader, value: LinedMap) -> None:
    """Read what ``gcloud iam service-accounts`` says of one."""
    owner = reader.text(value, "projectId")
    name = service_account(reader.text(value, "email"))
    labels = (("disabled", "true"),) if value.get("disabled") is True else ()
    parent = project(owner) if owner else None
    add_node(reader.state, name, parent, reader.at(value, "email"), labels=labels)


def read_bucket(reader: Reader, value: LinedMap) -> None:
    """Read what ``gcloud storage buckets`` or the interface of Cloud Storage says of a bucket."""
    written = reader.text(value, "storage_url") or reader.text(value, "name") or reader.text(value, "id")
    name = parse_name(written) if "/" in written else bucket(written)
    if name is None or not written:
        return
    number = reader.text(value, "projectNumber")
    parent = project(number) if number else None
    add_node(reader.state, name, parent, reader.at(value), labels=labels_of(reader, value))
    uniform = value.get("uniform_bucket_level_access")
    settings = reader.mapping(value, "iamConfiguration")
    if settings is not None:
        switch = reader.mapping(settings, "uniformBucketLevelAccess")
        uniform = switch.get("enabled") if switch is not None else uniform
    if isinstance(uniform, bool):
        reader.state.uniform[name] = uniform


def read_ancestors(reader: Reader, value: LinedMap, source: Source) -> ResourceName | None:
    """Read where an asset lies: a list of ancestors, or its project, folders and organisation.

    Returns:
        What it lies in; None when the entry does not say.
    """
    chain = list(_ancestors(reader, value))
    for name, above in zip(chain, [*chain[1:], None], strict=False):
        add_node(reader.state, name, above, source, described=False)
    return reader.state.aliases.canonical(chain[0]) if chain else None


def read_ancestor_list(reader: Reader, values: LinedList) -> None:
    """Read what ``gcloud projects get-ancestors`` says: a project, and what it lies in, one after the other."""
    chain = [name for value in values if isinstance(value, LinedMap) and (name := ancestor(reader, value))]
    for position, (name, above) in enumerate(zip(chain, [*chain[1:], None], strict=False)):
        add_node(reader.state, name, above, reader.at(values, position))


def ancestor(reader: Reader, value: LinedMap) -> ResourceName | None:
    """Name one entry of such a list."""
    name = reader.text(value, "id")
    return node(_PLURAL[str(value["type"])], name) if name else None


def _ancestors(reader: Reader, value: LinedMap) -> Iterator[ResourceName]:
    written = reader.texts(value, "ancestors")
    if not written:
        folders = reader.texts(value, "folders")
        written = (reader.text(value, "project"), *folders, reader.text(value, "organization"))
    for text in written:
        name = parse_name(text) if text else None
        if name is not None and name.is_node:
            yield name


def _parent(reader: Reader, value: LinedMap) -> ResourceName | None:
    """Read what a node lies in: ``folders/1``, or a kind and an id."""
    parent = value.get("parent")
    if isinstance(parent, LinedMap):
        kind = _PLURAL.get(reader.text(parent, "type"))
        name = reader.text(parent, "id")
        return node(kind, name) if kind and name else None
    return parse_name(parent) if isinstance(parent, str) else None
