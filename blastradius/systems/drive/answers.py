"""What the Drive API answers: lists of files and of shared drives, page after page."""

from collections.abc import Iterable, Iterator, Sequence

from blastradius.documents import Document, LinedList, LinedMap
from blastradius.systems.drive.items import maps, read_item, text, truth
from blastradius.systems.drive.notes import DriveNotes
from blastradius.systems.drive.objects import Drive, Whom
from blastradius.systems.drive.pages import LISTS, OF_DRIVES, say_what_is_missing
from blastradius.systems.drive.roles import RANKS

_OF_A_FILE = frozenset({"mimeType", "driveId", "ownedByMe", "writersCanShare", "webViewLink"})


def recognises(value: object) -> bool:
    """Tell whether a document is an answer of the Drive API, or a list of its items."""
    if isinstance(value, LinedList):
        first = next(iter(value), None)
        return isinstance(first, LinedMap) and _is_item(first)
    if not isinstance(value, LinedMap) or "apiVersion" in value or "format" in value:
        return False
    return text(value, "kind").startswith("drive#") or _is_item(value) or any(_is_list(value, key) for key in LISTS)


def _is_list(value: LinedMap, key: str) -> bool:
    items = value.get(key)
    if not isinstance(items, LinedList) or (key == "items" and not text(value, "kind").startswith("drive#")):
        return False
    if not items:
        return key in OF_DRIVES and len(value) == 1
    return any(_is_item(item) or (key in OF_DRIVES and "id" in item and "name" in item) for item in maps(items))


def _is_item(value: LinedMap) -> bool:
    if "kind" in value:
        return text(value, "kind") in ("drive#file", "drive#drive", "drive#teamDrive")
    if "id" not in value and "fileId" not in value:
        return False
    first = next(iter(maps(value.get("permissions"))), LinedMap())
    is_shared = text(first, "role").lower() in RANKS and text(first, "type") in set(Whom)
    return is_shared or not _OF_A_FILE.isdisjoint(value)


def read_answers(documents: Sequence[Document], drive: Drive, notes: DriveNotes) -> None:
    """Add the items of answers to a drive."""
    for document in documents:
        value = document.value
        mine = 0
        count = 0
        for item, is_drive in _items(document):
            found = read_item(item, document.at, drive, notes, is_drive=is_drive)
            is_own = truth(item, "ownedByMe") is True and found is not None and not found.drive
            count, mine = count + (not is_drive), mine + is_own
        if isinstance(value, LinedMap) and text(value, "kind") == "drive#permissionList" and "fileId" not in value:
            message = "a list of permissions does not say which item they are on"
            hint = "put the id beside them: `jq --arg id ID '{fileId: $id} + .'`"
            notes.not_understood(document.at(value), message, hint)
        if count and mine == count:
            reason = "every item is owned by the account that asked, so the query may have been `'me' in owners`"
            hint = "ask for all items (`corpora=allDrives`, `includeItemsFromAllDrives=true`), as every account"
            notes.unknown(f"items in {document.file.label}", document.at(value), reason, hint)
        if isinstance(value, LinedMap) and truth(value, "incompleteSearch") is True:
            hint = "ask for one shared drive after the other (`corpora=drive`)"
            place = document.at(value, "incompleteSearch")
            notes.truncated(f"items in {document.file.label}", place, "the search was incomplete", hint)
    say_what_is_missing(documents, notes)


def _items(document: Document) -> Iterator[tuple[LinedMap, bool]]:
    """Give the items of a document, each with whether it is certainly a shared drive."""
    value = document.value
    if isinstance(value, LinedList):
        for item in maps(value):
            yield item, _is_shared_drive(item)
        return
    assert isinstance(value, LinedMap)
    lists = [key for key in LISTS if isinstance(value.get(key), LinedList)]
    for key in lists:
        for item in maps(value[key]):
            yield item, key in OF_DRIVES or _is_shared_drive(item)
    if not lists and ("id" in value or "fileId" in value):
        yield value, _is_shared_drive(value)


def _is_shared_drive(item: LinedMap) -> bool:
    return text(item, "kind") in ("drive#drive", "drive#teamDrive")


def names_drives(documents: Iterable[Document]) -> bool:
    """Tell whether any document lists shared drives, perhaps none."""
    values = (document.value for document in documents)
    return any(isinstance(value, LinedMap) and any(key in value for key in OF_DRIVES) for value in values)
