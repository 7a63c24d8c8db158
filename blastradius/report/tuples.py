"""Changed access tuples as text: JSON Lines and CSV.

There may be billions, so text is made in pieces, and what resources that change alike have in common is made once.

Source: SPEC section 7; RFC 4180 for CSV.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from blastradius.model.delta import AccessChange, Novelty, TupleBlock, TupleCut, TupleKind, TupleRows
from blastradius.model.snapshot import Capability
from blastradius.report.escaping import csv_field, json_document, json_text

_PIECE_CHARACTERS = 1 << 18
# Stands for the resource and its class; neither format leaves one of these in a name.
_HERE = "\0"


def json_lines(blocks: Iterable[TupleBlock], cut: TupleCut | None = None) -> Iterator[str]:
    """Write changed access tuples as JSON Lines.

    Args:
        blocks: The tuples. Any string in them may be hostile.
        cut: Says in a last line that these are not all.

    Yields:
        Pieces of text, each some lines long.
    """
    yield from _pieces(blocks, _JSON)
    if cut is not None:
        yield json_document({"cut": {"written": cut.written, "total": cut.total}}, indent=None)


def csv_lines(blocks: Iterable[TupleBlock], *, by_action: bool = False) -> Iterator[str]:
    """Write changed access tuples as CSV, under a line of names.

    Args:
        blocks: The tuples. Any string in them may be hostile.
        by_action: True when the tuples are of single actions.

    Yields:
        Pieces of text, each some lines long.
    """
    yield ",".join(field_names(by_action=by_action)) + "\r\n"
    yield from _pieces(blocks, _CSV)


def field_names(*, by_action: bool) -> tuple[str, ...]:
    """Name the fields of a tuple, in order."""
    action = ("action",) if by_action else ()
    return ("principal", "capability", *action, "resource", "class", "change", "novelty")


@dataclass(frozen=True, slots=True)
class _Notation:
    """How the parts of a line are written, from left to right."""

    principal: Callable[[str], str]
    capability: Callable[[Capability, str | None], str]
    place: Callable[[str, str], str]
    change: Callable[[AccessChange, Novelty], str]


def _json_capability(capability: Capability, action: str | None) -> str:
    named = "" if action is None else f'"action": {json_text(action)}, '
    return f', "capability": "{capability.label}", {named}'


_JSON = _Notation(
    principal=lambda name: f'{{"principal": {json_text(name)}',
    capability=_json_capability,
    place=lambda resource, class_name: f'"resource": {json_text(resource)}, "class": {json_text(class_name)}',
    change=lambda change, novelty: f', "change": "{change}", "novelty": "{novelty}"}}\n',
)
_CSV = _Notation(
    principal=csv_field,
    capability=lambda capability, action: f",{capability.label}," + ("" if action is None else f"{csv_field(action)},"),
    place=lambda resource, class_name: f"{csv_field(resource)},{csv_field(class_name)}",
    change=lambda change, novelty: f",{change},{novelty}\r\n",
)


def _pieces(blocks: Iterable[TupleBlock], notation: _Notation) -> Iterator[str]:
    # Each text lives as long as its rows, and whoever makes the rows keeps only so many of them.
    written: WeakKeyDictionary[TupleRows, str] = WeakKeyDictionary()
    parts = _Parts(notation)
    waiting: list[str] = []
    length = 0
    for block in blocks:
        text = written.get(block.rows)
        if text is None:
            text = written[block.rows] = parts.joined(block.rows)
        text = text.replace(_HERE, notation.place(block.resource, block.class_name))
        waiting.append(text)
        length += len(text)
        if length >= _PIECE_CHARACTERS:
            yield "".join(waiting)
            waiting.clear()
            length = 0
    yield "".join(waiting)


class Remembered(dict[int, str]):
    """Texts for numbers, each made when it is first asked for."""

    def __init__(self, make: Callable[[int], str]) -> None:
        """Start with none."""
        super().__init__()
        self._make = make

    def __missing__(self, number: int) -> str:
        text = self[number] = self._make(number)
        return text


class _Parts:
    """What lines begin with, one for each principal, and what they end with, one for each kind."""

    def __init__(self, notation: _Notation) -> None:
        """Start with none."""
        self._notation = notation
        self._shared: tuple[Sequence[str], Sequence[TupleKind]] | None = None

    def joined(self, rows: TupleRows) -> str:
        """Write rows, with a mark in each where the resource and its class belong."""
        if self._shared is None or self._shared[0] is not rows.principals or self._shared[1] is not rows.kinds:
            self._shared = rows.principals, rows.kinds
            self._starts = Remembered(lambda who: self._notation.principal(rows.principals[who]))
            self._ends = Remembered(lambda what: self._end(rows.kinds[what]))
        parts = [""] * (2 * len(rows))
        parts[::2] = map(self._starts.__getitem__, rows.who)
        parts[1::2] = map(self._ends.__getitem__, rows.what)
        return "".join(parts)

    def _end(self, kind: TupleKind) -> str:
        capability = self._notation.capability(kind.capability, kind.action)
        return f"{capability}{_HERE}{self._notation.change(kind.change, kind.novelty)}"
