"""LDIF text to entries: folded lines, base64, comments, and what ``ldapsearch`` prints around them.

Source: RFC 2849; ``ldapsearch`` of OpenLDAP 2.6 for results and referrals.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blastradius.documents.tree import PlainText
from blastradius.model.sources import Source
from blastradius.systems.directory.notes import DirectoryNotes

_START = re.compile(
    r"(?:#[^\n]*+\n|\s)*+(?:version: ?1\s(?:#[^\n]*+\n|\s)*+)?(?:dn::? ?|ref: ldaps?://|search: \d+\s)", re.IGNORECASE
)
_LINE = re.compile(r"([A-Za-z][A-Za-z0-9.-]*)((?:;[A-Za-z0-9_=*-]+)*)(:[:<]?) *(.*)", re.DOTALL)
_RESULT = re.compile(r"(\d+) (.*)", re.DOTALL)
_RANGE = re.compile(r"range=(\d+)-(\d+|\*)")
_COOKIE = re.compile(r"(?:# )?pagedresults: .*?cookie=(\S*)")
_SUCCESS = "0"
_BINARY = frozenset({"objectsid"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value and the line it begins on."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its name and the attributes that are asked for.

    Attributes:
        attributes: By name in lower case, without options.
        cut: Attributes of which only a range of the values is given, each with where it ends.
    """

    dn: str
    attributes: dict[str, list[Value]]
    cut: dict[str, Source]
    source: Source

    def values(self, *names: str) -> Iterator[Value]:
        """Give the values of some attributes."""
        for name in names:
            yield from self.attributes.get(name, ())

    def first(self, *names: str) -> str:
        """Give the first value of the first attribute that has one; empty when none has."""
        return next((value.text for value in self.values(*names) if value.text.strip()), "")


@dataclass(slots=True)
class Listing:
    """What a text holds.

    Attributes:
        entries: In order.
        referrals: Where the text points to other servers.
        result: What the search said at its end; of several searches, the first that did not end well. None when the
            text has no such line.
        is_search: Whether the text is what a search printed.
        results: How many searches say how they ended.
        is_cut: Whether a search has no end in the text.
        open_page: Where a search says that more pages follow, and none does.
    """

    entries: list[Entry]
    referrals: list[Source]
    result: Value | None = None
    is_search: bool = False
    results: int = 0
    is_cut: bool = False
    open_page: Source | None = None


def recognises(value: object) -> bool:
    """Tell whether a text is LDIF."""
    return isinstance(value, PlainText) and _START.match(value.text[:20_000]) is not None


def read_listing(text: PlainText, label: str, wanted: frozenset[str], notes: DirectoryNotes) -> Listing:
    """Read the entries of a text.

    Args:
        text: All of it.
        label: Name of the file.
        wanted: Attributes to keep, in lower case; all others are passed over unread.
        notes: Takes what is wrong with the text.
    """
    listing = Listing([], [])
    for line, lines in _blocks(text.lines):
        _Block(label, wanted, notes, listing).read(line, lines)
    searches = sum(line.startswith("# extended LDIF") for line in text.lines)
    listing.is_search = searches > 0 or any(line.startswith(("search: ", "# numResponses:")) for line in text.lines)
    listing.is_cut = listing.is_search and listing.results < max(searches, 1)
    listing.open_page = _open_page(text.lines, label)
    return listing


def _open_page(lines: Sequence[str], label: str) -> Source | None:
    """Find the page whose cookie asks for another one that is not there; cookies say this at the end of each page."""
    found: Source | None = None
    for number, line in enumerate(lines, 1):
        if line.startswith("# extended LDIF") and found is not None:
            return found
        cookie = _COOKIE.match(line) if "pagedresults" in line else None
        if cookie is not None:
            found = Source(label, number) if cookie[1] else None
    return found


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Take the text apart at blank lines; each block with the number of its first line."""
    block: list[str] = []
    first = 1
    for number, line in enumerate(lines, 1):
        if line:
            if not block:
                first = number
            block.append(line)
        elif block:
            yield first, block
            block = []
    if block:
        yield first, block


class _Block:
    """Reads the lines between two blank ones."""

    def __init__(self, label: str, wanted: frozenset[str], notes: DirectoryNotes, listing: Listing) -> None:
        self._label = label
        self._wanted = wanted
        self._notes = notes
        self._listing = listing
        self._entry: Entry | None = None

    def read(self, first: int, lines: Sequence[str]) -> None:
        for number, line in _unfolded(first, lines):
            if not line.startswith("#"):
                self._line(line, Source(self._label, number))

    def _line(self, line: str, source: Source) -> None:
        found = _LINE.fullmatch(line)
        if found is None:
            # SECURITY: the line is not shown, since it may be a part of a password.
            self._notes.error(source, "this is no line of LDIF", "was the file cut off, or edited?")
            return
        name, options, separator, text = found[1].lower(), found[2].lower(), found[3], found[4]
        if name == "dn":
            self._begin(separator, text, source)
        elif self._entry is None:
            self._around(name, text, source)
        elif name in self._wanted:
            self._attribute(name, options, separator, text, source)
        elif name in ("changetype", "control"):
            message = "this is a list of changes, not of entries"
            self._notes.error(source, message, "give what `ldapsearch` prints, not what `ldapmodify` takes")

    def _begin(self, separator: str, text: str, source: Source) -> None:
        dn = self._decoded(separator, text, source)
        if dn is not None:
            self._entry = Entry(dn, {}, {}, source)
            self._listing.entries.append(self._entry)

    def _around(self, name: str, text: str, source: Source) -> None:
        """Read what a search prints before and after entries."""
        if name == "ref":
            self._listing.referrals.append(source)
        elif name == "result" and _RESULT.fullmatch(text):
            self._listing.results += 1
            if not failed(self._listing):
                self._listing.result = Value(text, source)

    def _attribute(self, name: str, options: str, separator: str, text: str, source: Source) -> None:
        assert self._entry is not None
        part = _RANGE.search(options)
        if part is not None:
            # A server that gives values in ranges ends the last one with a star; a later range makes up for an earlier.
            if part[2] == "*":
                self._entry.cut.pop(name, None)
            else:
                self._entry.cut[name] = source
        value = self._decoded(separator, text, source, is_binary=name in _BINARY)
        if value is not None and (value or part is None):
            self._entry.attributes.setdefault(name, []).append(Value(value, source))

    def _decoded(self, separator: str, text: str, source: Source, *, is_binary: bool = False) -> str | None:
        """Give a value as text; bytes that are none as hexadecimal digits behind a backslash."""
        if separator == ":":
            return text.strip()
        if separator == ":<":
            message = "a value stands in another file, which is not opened"
            self._notes.not_understood(source, message, "export the values themselves")
            return None
        try:
            data = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            self._notes.error(source, "the value after `::` is no base64", "was the file cut off, or edited?")
            return None
        try:
            return "\\" + data.hex() if is_binary else data.decode("utf-8").strip()
        except UnicodeDecodeError:
            return "\\" + data.hex()


def _unfolded(first: int, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Join each line with those that follow it and begin with a blank."""
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and lines[end].startswith(" "):
            end += 1
        yield first + at, lines[at] + "".join(line[1:] for line in lines[at + 1 : end])
        at = end


def failed(listing: Listing) -> str:
    """Give what a search says when it did not end well; empty when it did, or says nothing."""
    found = _RESULT.fullmatch(listing.result.text) if listing.result else None
    return found[2].strip() if found and found[1] != _SUCCESS else ""
