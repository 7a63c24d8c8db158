"""Whether lists of the Drive API have all their pages: which answers are pages of one list, and which is its last."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from blastradius.documents import Document, LinedList, LinedMap
from blastradius.systems.drive.items import maps, text, truth
from blastradius.systems.drive.notes import DriveNotes

LISTS = ("files", "drives", "teamDrives", "items")
OF_DRIVES = ("drives", "teamDrives")
_NUMBER = re.compile(r"(\d+)(?=\D*$)")
_DIGITS_MAX = 9
_ALL_PAGES = (
    "fetch every page (`pageToken`) and give all of them, one after the other in one file, "
    "or in files called alike with numbers (`files-1.json`, `files-2.json`)"
)

_Kind = tuple[str, ...]
"""What an answer lists: only pages of one kind can be of one list."""


@dataclass(slots=True)
class _Chain:
    """The pages of one list, as far as they are there.

    Attributes:
        ids: What the pages list; none of it stands on two pages.
        accounts: Who asked, as far as the items tell.
    """

    pages: list[Document] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)

    def takes(self, document: Document) -> bool:
        """Add the next page; False when it cannot be of this list."""
        ids, accounts = _ids(document), _accounts(document)
        if self.pages and (
            not _token(self.pages[-1])
            or not self.ids.isdisjoint(ids)
            or (accounts and self.accounts and accounts != self.accounts)
        ):
            return False
        self.pages.append(document)
        self.ids |= ids
        self.accounts |= accounts
        return True


def say_what_is_missing(documents: Sequence[Document], notes: DriveNotes) -> None:
    """Tell of each file whether the lists in it have their last pages, and whether there is anything in them."""
    doubtful: set[str] = set()
    for kind, listed in _by_kind(documents).items():
        for chain in _chains(listed):
            last = chain.pages[-1]
            what = f"items in {last.file.label}"
            if _token(last):
                place = last.at(last.value, "nextPageToken")
                notes.truncated(what, place, "the last page names a next one (`nextPageToken`)", _ALL_PAGES)
            elif _is_of_files(kind) and not chain.ids:
                hint = (
                    "export it again; was it the right account, and one that may read all (not the scope `drive.file`)?"
                )
                notes.unknown(what, last.at(last.value), "the list has nothing in it", hint)
            else:
                continue
            doubtful.add(last.file.label)
    for label, document in {document.file.label: document for document in documents}.items():
        if label not in doubtful:
            notes.complete(f"items in {label}", document.at(document.value))


def _by_kind(documents: Sequence[Document]) -> dict[_Kind, list[Document]]:
    found: dict[_Kind, list[Document]] = {}
    for document in documents:
        if isinstance(document.value, LinedMap):
            found.setdefault(_kind(document.value), []).append(document)
    return found


def _kind(value: LinedMap) -> _Kind:
    lists = tuple(key for key in LISTS if isinstance(value.get(key), LinedList))
    if lists:
        return (text(value, "kind"), *lists)
    return ("permissions", text(value, "fileId") or text(value, "id"))


def _is_of_files(kind: _Kind) -> bool:
    return kind[0] != "permissions" and "drive#driveList" not in kind and not set(kind[1:]) & {*OF_DRIVES}


def _chains(documents: Sequence[Document]) -> Iterator[_Chain]:
    """Put pages of one kind together: those that follow each other in a file, or in files with numbers."""
    chain = _Chain()
    before: Document | None = None
    for document in sorted(documents, key=_order):
        follows = before is not None and _follows(before, document)
        if not follows or not chain.takes(document):
            if chain.pages:
                yield chain
            chain = _Chain()
            chain.takes(document)
        before = document
    if chain.pages:
        yield chain


def _order(document: Document) -> tuple[str, int, str]:
    """Sort files by their names, in the order of numbers; documents of one file stay in theirs."""
    name, number = _numbered(document)
    return name, number, document.file.label


def _numbered(document: Document) -> tuple[str, int]:
    """Take the last number out of the name of a file; -1 when it has none."""
    label = document.file.label
    found = _NUMBER.search(label, label.rfind("/") + 1)
    if found is None or len(found[1]) > _DIGITS_MAX:
        return label, -1
    return f"{label[: found.start()]}*{label[found.end() :]}", int(found[1])


def _follows(first: Document, second: Document) -> bool:
    if first.file.label == second.file.label:
        return True
    (name, number), (next_name, next_number) = _numbered(first), _numbered(second)
    return name == next_name and number >= 0 and next_number == number + 1


def _token(document: Document) -> str:
    return text(document.value, "nextPageToken") if isinstance(document.value, LinedMap) else ""


def _items(document: Document) -> Iterator[LinedMap]:
    assert isinstance(document.value, LinedMap)
    lists = [key for key in LISTS if isinstance(document.value.get(key), LinedList)]
    for key in lists or ["permissions"]:
        yield from maps(document.value.get(key))


def _ids(document: Document) -> set[str]:
    return {number for item in _items(document) if (number := text(item, "id") or text(item, "fileId"))}


def _accounts(document: Document) -> set[str]:
    """Tell who asked: the owner of what says that it is owned by whoever asked."""
    owned = (item for item in _items(document) if truth(item, "ownedByMe") is True)
    return {text(owner, "emailAddress").lower() for item in owned for owner in maps(item.get("owners"))} - {""}
