"""Groups of Entra ID as Microsoft Graph lists them, with their members expanded.

Source: Microsoft Graph v1.0, ``/groups?$expand=members`` and ``/groups/{id}?$expand=members`` (2026).
"""

from collections.abc import Iterable, Sequence

from blastradius.documents import Document, LinedList, LinedMap, quoted
from blastradius.model.snapshot import PrincipalKind
from blastradius.model.sources import Source
from blastradius.systems.directory.columns import NATURES, letters
from blastradius.systems.directory.names import name_of
from blastradius.systems.directory.notes import DirectoryNotes
from blastradius.systems.directory.objects import Account, Directory, ListedGroup, Management, Membership, Nature
from blastradius.systems.directory.trees import items_of, maps_in, text_in

_EXPANDED_MAX = 20
_NEXT = "@odata.nextLink"
_HELP = "fetch the members of that group with `/groups/ID/members`, all pages, and give them under `members`"


def recognises(value: object) -> bool:
    """Tell whether a document is an answer of Microsoft Graph about groups or members."""
    return isinstance(value, LinedMap) and "graph.microsoft.com" in text_in(value, "@odata.context", _NEXT)


def read_answers(documents: Sequence[Document], directory: Directory, notes: DirectoryNotes) -> None:
    """Add the groups of answers to a directory."""
    for document in documents:
        what = f"groups in {document.file.label}"
        for item in items_of(document, "value"):
            if isinstance(item.get("members"), LinedList):
                _group(document, item, directory, notes)
            elif _is_account(item):
                _account(document, item, directory, notes)
            else:
                message = "an object of Microsoft Graph is no group with its members"
                hint = "ask for `/groups?$expand=members`, or add a column `group` in a table"
                notes.not_understood(document.at(item), message, hint)
        if text_in(document.value, _NEXT):
            place = document.at(document.value, _NEXT)
            if not _is_followed(document, documents):
                hint = "fetch every page and give all of them"
                notes.truncated(what, place, "the answer names a next page (`@odata.nextLink`)", hint)
        elif not any(items_of(other, "value") for other in _of_file(document, documents)):
            hint = "export it again; may the account read all?"
            notes.unknown(what, document.at(document.value), "the answer holds none", hint)
        else:
            notes.complete(what, document.at(document.value))


def _is_followed(document: Document, documents: Sequence[Document]) -> bool:
    """Tell whether the page after this one is there: all pages of a list are concatenated in order."""
    same = [other for other in _of_file(document, documents) if _list_of(other) == _list_of(document)]
    return same[-1] is not document and not text_in(same[-1].value, _NEXT)


def _list_of(document: Document) -> str:
    """Tell users from groups: a file may hold lists of both."""
    return text_in(document.value, "@odata.context")


def _of_file(document: Document, documents: Sequence[Document]) -> list[Document]:
    return [other for other in documents if other.file.label == document.file.label]


def _group(document: Document, item: LinedMap, directory: Directory, notes: DirectoryNotes) -> None:
    source = document.at(item, "displayName")
    group = notes.name(text_in(item, "mail", "displayName", "id"), source, "group")
    if group is None:
        return
    directory.add_group(ListedGroup(group, source=source))
    for key in ("members", "owners"):
        listed = item.get(key)
        for member in maps_in(listed):
            found = _account(document, member, directory, notes)
            if found is None:
                continue
            name, nature = found
            place = document.at(member)
            if key == "members":
                directory.add_membership(Membership(group, name, nature, source=place))
            else:
                directory.add_management(Management(group, name, nature, owner=True, source=place))
        _is_whole(document, item, key, group, notes)


def _is_whole(document: Document, item: LinedMap, key: str, group: str, notes: DirectoryNotes) -> None:
    listed = item.get(key)
    next_page = f"{key}{_NEXT}"
    place = document.at(item, next_page if next_page in item else key)
    if next_page in item:
        notes.truncated(f"{key} of {quoted(group)}", place, f"more are named by `{next_page}`", _HELP)
    elif isinstance(listed, LinedList) and len(listed) == _EXPANDED_MAX:
        reason = f"`$expand` gives no more than {_EXPANDED_MAX}, and {_EXPANDED_MAX} are there"
        notes.unknown(f"{key} of {quoted(group)}", place, reason, _HELP)


def _account(
    document: Document, item: LinedMap, directory: Directory, notes: DirectoryNotes
) -> tuple[str, Nature] | None:
    source: Source = document.at(item)
    nature = _nature(item)
    if nature is Nature.GROUP:
        written = text_in(item, "mail", "displayName", "id")
    else:
        written = text_in(item, "mail", "userPrincipalName", "appId", "displayName", "id")
    name = notes.name(written, source, "member")
    if name is None:
        return None
    if nature is not Nature.GROUP:
        kind = PrincipalKind.SERVICE if nature is Nature.SERVICE else PrincipalKind.USER
        login = text_in(item, "userPrincipalName").lower()
        external = text_in(item, "userType").lower() == "guest" or "#ext#" in login
        directory.add_account(Account(name, kind, external, item.get("accountEnabled") is not False, source=source))
    return name, nature


def _nature(item: LinedMap) -> Nature:
    word = letters(text_in(item, "@odata.type")).removeprefix("microsoftgraph")
    if word in NATURES and word:
        return NATURES[word]
    if "userPrincipalName" in item:
        return Nature.USER
    return Nature.GROUP if "groupTypes" in item or "securityEnabled" in item else Nature.UNSAID


def _is_account(item: LinedMap) -> bool:
    return _nature(item) in (Nature.USER, Nature.SERVICE)


def groups_in(document: Document) -> Iterable[str]:
    """Name the groups of a document of the other side."""
    for item in items_of(document, "value"):
        written = text_in(item, "mail", "displayName", "id")
        if isinstance(item.get("members"), LinedList) and (name := name_of(written)) is not None:
            yield name
