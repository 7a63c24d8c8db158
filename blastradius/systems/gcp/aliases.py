"""Which names mean the same: read before anything else, so that all else is called by one name."""

import re
from collections.abc import Iterable, Iterator

from blastradius.documents import Document, LinedList, LinedMap
from blastradius.systems.gcp.layout import organization_folder
from blastradius.systems.gcp.names import Aliases, parse_name
from blastradius.systems.gcp.shapes import Shape, shape_of

_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
_ROLE_OF_ORGANIZATION = re.compile(r"organizations/([0-9]+)/roles/\S+")


def read_aliases(documents: Iterable[Document], aliases: Aliases, domains: set[str]) -> None:
    """Learn other names of the same things from all documents, and whose domains the organisations are."""
    for document in documents:
        for item in items_of(document.value):
            shape = shape_of(item)
            if shape is Shape.PROJECT:
                _add_project(item, aliases)
            elif shape is Shape.ORGANIZATION:
                _add_organization(item, aliases, domains)
            elif shape is Shape.SERVICE_ACCOUNT and "uniqueId" in item:
                aliases.accounts[str(item["uniqueId"])] = str(item["email"]).lower()
            elif shape is Shape.ROLE:
                _add_folder(document, str(item.get("name")), aliases)
            elif shape in (Shape.ASSET, Shape.SEARCH_RESULT):
                _add_asset(item, aliases, domains)


def items_of(value: object) -> Iterator[LinedMap]:
    """Give the mapping that a document is, or those in the list that it is or holds."""
    if isinstance(value, LinedList):
        yield from (item for item in value if isinstance(item, LinedMap))
    elif isinstance(value, LinedMap):
        yield value
        if shape_of(value) is None:
            for inner in value.values():
                if isinstance(inner, LinedList):
                    yield from (item for item in inner if isinstance(item, LinedMap))


def _add_project(value: LinedMap, aliases: Aliases) -> None:
    name = value.get("name")
    number = value.get("projectNumber")
    if number is None and isinstance(name, str):
        number = name.removeprefix("projects/")
    _pair(str(number), str(value.get("projectId")), aliases)


def _add_organization(value: LinedMap, aliases: Aliases, domains: set[str]) -> None:
    shown = value.get("displayName")
    if isinstance(shown, str) and _DOMAIN.fullmatch(shown.lower()):
        aliases.organizations[shown] = str(value.get("name")).removeprefix("organizations/")
        domains.add(shown.lower())


def _add_folder(document: Document, role: str, aliases: Aliases) -> None:
    """Learn the number of an organisation whose folder holds its roles."""
    match, folder = _ROLE_OF_ORGANIZATION.fullmatch(role), organization_folder(document.file)
    if match and folder and not folder.isdigit():
        aliases.organizations.setdefault(folder, match[1])


def _add_asset(value: LinedMap, aliases: Aliases, domains: set[str]) -> None:
    """Learn the number of a project from an asset whose name holds its id."""
    resource = value.get("resource")
    data = resource.get("data") if isinstance(resource, LinedMap) else None
    if isinstance(data, LinedMap):
        if "projectId" in data and "projectNumber" in data:
            _pair(str(data["projectNumber"]), str(data["projectId"]), aliases)
        if "email" in data and "uniqueId" in data:
            aliases.accounts[str(data["uniqueId"])] = str(data["email"]).lower()
        if str(data.get("name", "")).startswith("organizations/"):
            _add_organization(data, aliases, domains)
    written = value.get("name") or resource
    name = parse_name(written) if isinstance(written, str) else None
    ancestors = value.get("ancestors")
    number = ancestors[0] if isinstance(ancestors, LinedList) and ancestors else value.get("project")
    if name is None or not isinstance(number, str) or not number.startswith("projects/"):
        return
    known = name.tail if name.is_node and name.kind == "projects" else name.project
    if known is not None:
        _pair(number.removeprefix("projects/"), known, aliases)


def _pair(number: str, name: str, aliases: Aliases) -> None:
    if number.isdigit() and not name.isdigit() and name:
        aliases.projects[number] = name
