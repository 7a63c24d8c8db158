"""Which documents are GitHub organisations as code, and which organisation each speaks of.

Source: peribolos (``cmd/peribolos`` and ``pkg/config/org`` of kubernetes-sigs/prow, 2026) for the content, the
``cmd/merge`` tool of kubernetes/org for the folders: ``ORG/org.yaml`` with ``ORG/ANYTHING/teams.yaml`` below.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from blastradius.documents import Document, LinedMap
from blastradius.model.sources import Source
from blastradius.systems.github.fields import ORGANISATION_FIELDS

UNNAMED = "unnamed"
"""The login of an organisation that neither a folder, a key nor a name gives one."""

_FOREIGN = frozenset({"format", "apiVersion", "kind", "login"})
_SIGNATURE = frozenset(
    {
        "admins",
        "default_repository_permission",
        "has_organization_projects",
        "has_repository_projects",
        "members_can_create_repositories",
    }
)
_ORGANISATION_ONLY = ORGANISATION_FIELDS - {"teams"}
_NOT_A_LOGIN = re.compile("[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Part:
    """What one document says about one organisation.

    Attributes:
        login: Of the organisation, as it was found; not yet checked.
        value: The mapping with ``teams``, ``members`` and so on; anything but None is an error.
        whole: True when it describes the organisation itself, False when it holds only teams.
    """

    login: str
    document: Document
    value: object
    source: Source
    whole: bool


def recognises(document: Document) -> bool:
    """Tell by content whether a document describes GitHub organisations, or rules about such files."""
    value = document.value
    if not isinstance(value, LinedMap) or not _FOREIGN.isdisjoint(value):
        return False
    return is_full(value) or _is_restrictions(value) or _is_organisation(value)


def is_full(value: LinedMap) -> bool:
    """Tell whether a document describes several organisations under the key ``orgs``."""
    return "orgs" in value and (len(value) == 1 or isinstance(value["orgs"], LinedMap))


def parts(documents: Iterable[Document]) -> tuple[Part, ...]:
    """Take documents apart by organisation.

    Args:
        documents: Recognised ones.

    Returns:
        In the order in which a later one replaces an earlier one: descriptions of organisations
        first, then the files with teams in the order of their paths.
    """
    described = [document for document in documents if not _is_ignored(document)]
    folders = _folders(described)
    found = [part for document in described for part in _parts_of(document, folders)]
    return tuple(sorted(found, key=_reading_order))


def _is_restrictions(value: LinedMap) -> bool:
    rules = value.get("restrictions")
    return (
        len(value) == 1
        and isinstance(rules, list)
        # Rules with `allowedGroups` are about files of Google groups.
        and all(isinstance(rule, LinedMap) and "path" in rule and "allowedGroups" not in rule for rule in rules)
    )


def _is_organisation(value: LinedMap) -> bool:
    if not _SIGNATURE.isdisjoint(value) or isinstance(value.get("teams"), LinedMap):
        return True
    return value.keys() <= ORGANISATION_FIELDS and ("members" in value or "teams" in value)


def _is_ignored(document: Document) -> bool:
    return isinstance(document.value, LinedMap) and _is_restrictions(document.value)


def _is_whole(value: object) -> bool:
    return isinstance(value, LinedMap) and not _ORGANISATION_ONLY.isdisjoint(value)


def _folders(documents: Sequence[Document]) -> dict[PurePosixPath, str]:
    """Map each folder that describes an organisation to its login.

    NOTE: A folder that was itself given has a name that says nothing (``before/``), and it differs between
    the two sides of a comparison. So only a folder below it is the organisation's login.
    """
    folders: dict[PurePosixPath, str] = {}
    for document in documents:
        value = document.value
        if isinstance(value, LinedMap) and not is_full(value) and _is_whole(value):
            login = document.file.relative.parent.name or _login_from_name(value.get("name"))
            folders.setdefault(_folder(document), login)
    return folders


def _folder(document: Document) -> PurePosixPath:
    return PurePosixPath(document.file.label).parent


def _parts_of(document: Document, folders: dict[PurePosixPath, str]) -> Iterator[Part]:
    value = document.value
    if isinstance(value, LinedMap) and is_full(value):
        organisations = value["orgs"]
        if isinstance(organisations, LinedMap):
            for login, described in organisations.items():
                yield Part(login, document, described, document.at(organisations, login), whole=True)
        elif organisations is not None:
            yield Part(UNNAMED, document, organisations, document.at(value, "orgs"), whole=True)
        return
    login = _login_of(document, folders)
    yield Part(login, document, value, document.at(value), whole=_is_whole(value))


def _login_of(document: Document, folders: dict[PurePosixPath, str]) -> str:
    folder = _folder(document)
    for above in (folder, *folder.parents):
        if above in folders:
            return folders[above]
    relative = document.file.relative
    return relative.parts[0] if len(relative.parts) > 1 else UNNAMED


def _login_from_name(name: object) -> str:
    return _NOT_A_LOGIN.sub("-", name.lower()).strip("-") or UNNAMED if isinstance(name, str) else UNNAMED


def _reading_order(part: Part) -> tuple[object, ...]:
    file = part.document.file
    return (part.login.lower(), not part.whole, file.relative.parts, file.label, part.document.line)
