"""Whether columns that were read from a file make sense, found without looking at one row after the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np
import numpy.typing as npt

from blastradius.columns.names import ABSENT, Flags, Ints, PackedNames
from blastradius.columns.tables import KINDS, OUTSIDE, UNLISTED, Columns, Edges, Places
from blastradius.model.snapshot import OUTSIDER, unlisted_id

NAME_BYTES_MAX = 4000
_CHUNK = 8192
_PARALLEL_MIN = 1_000_000
_WORD = 8
_FIRST_PRINTABLE, _LAST_PRINTABLE = 0x20, 0x7E


def disorder(columns: Columns) -> str:
    """Say what is wrong with columns; empty when every code means something.

    Args:
        columns: Every column of a table has as many rows as the table.

    Cost: some passes over the columns, each at the speed of memory; a second for some ten million rows.
    """
    return next(_disorders(columns), "")


def _disorders(columns: Columns) -> Iterator[str]:
    principals, groups, resources, grants = columns.principals, columns.groups, columns.resources, columns.grants
    interned = columns.interned
    subjects, whats, texts = columns.public + 1, len(interned.whats), len(interned.texts)
    ranges: list[tuple[str, Ints, int, int]] = [
        ("kind", principals.kind, 0, OUTSIDE + 1),
        ("parent", resources.parent, ABSENT, len(resources.names)),
        ("class", resources.class_code, ABSENT, len(interned.classes)),
        ("labels", resources.labels, 0, len(interned.label_sets)),
        ("items", resources.items, 0, np.iinfo(np.int64).max),
        ("size", groups.size, ABSENT, np.iinfo(np.int64).max),
        ("subject", grants.subject, 0, subjects),
        ("resource", grants.resource, 0, len(resources.names)),
        ("what", grants.what, 0, whats),
        ("condition", grants.when, ABSENT, texts),
    ]
    lists = (
        (columns.members, len(groups.names), subjects),
        (columns.all_of, len(groups.names), subjects),
        (columns.but_not, len(groups.names), subjects),
        (columns.assumable, len(principals.names), subjects),
        (columns.more_parents, len(resources.names), len(resources.names)),
    )
    for edges, owners, entries in lists:
        ranges += [("owner", edges.owner, 0, owners), ("entry", edges.entry, 0, entries)]
        ranges.append(("condition", edges.when, ABSENT, texts))
        if not _is_ascending(edges):
            yield "a list is not in the order of its owners"
    tables = (principals.places, groups.places, resources.places, grants.places, *(e.places for e, _, _ in lists))
    ranges += chain.from_iterable(_of_places(places, len(interned.files)) for places in tables)
    for what, column, low, high in ranges:
        if len(column) and not (low <= int(column.min()) and int(column.max()) < high):
            yield f"a {what} is out of range"
    yield from _disorders_of_pseudo_principals(columns)


def _of_places(places: Places, files: int) -> list[tuple[str, Ints, int, int]]:
    most = np.iinfo(np.int32).max
    return [
        ("file", places.file, ABSENT, files),
        ("line", places.line, 0, most),
        ("column", places.column, 0, most),
    ]


def _is_ascending(edges: Edges) -> bool:
    return bool((edges.owner[1:] >= edges.owner[:-1]).all())


def _disorders_of_pseudo_principals(columns: Columns) -> Iterator[str]:
    """Find pseudo-principals that do not fit the groups; every engine counts on them."""
    names, kind, present = columns.principals.names, columns.principals.kind, columns.principals.present
    outsider = names.find(OUTSIDER)
    if outsider < 0 or not present[outsider] or np.flatnonzero(kind == OUTSIDE).tolist() != [outsider]:
        yield "the outsider is missing"
    unlisted = np.flatnonzero(columns.groups.unlisted & columns.groups.present).tolist()
    expected = sorted(names.find(unlisted_id(columns.groups.names[group])) for group in unlisted)
    if np.flatnonzero((kind == UNLISTED) & present).tolist() != expected:
        yield "the unlisted members do not fit their groups"


def listed_principals(columns: Columns) -> Flags:
    """Say which rows are principals that a snapshot lists."""
    listed: Flags = columns.principals.present & (columns.principals.kind < len(KINDS))
    return listed


# Names


def are_plain(names: PackedNames) -> bool:
    """Tell whether names hold printable ASCII only: then no character of theirs controls or hides text."""
    data = np.frombuffer(names.data, np.uint8)
    return not len(data) or bool(int(data.min()) >= _FIRST_PRINTABLE and int(data.max()) <= _LAST_PRINTABLE)


def are_ordered(names: PackedNames) -> bool:
    """Tell whether packed names are distinct, in ascending order, of a sane length and fill their bytes.

    Cost: half a second for ten million names on one core.
    """
    ends = names.ends
    if not len(ends):
        return len(names.data) == 0
    if int(ends[-1]) != len(names.data) or not int(ends[0]) or not (ends[1:] > ends[:-1]).all():
        return False
    if int(ends[0]) > NAME_BYTES_MAX or (len(ends) > 1 and int((ends[1:] - ends[:-1]).max()) > NAME_BYTES_MAX):
        return False
    # A few bytes more, so that a word can be read wherever a name begins.
    words = np.ndarray((max(len(names.data) - _WORD + 1, 0),), ">u8", buffer=names.data, strides=(1,))
    starts = range(0, len(ends) - 1, _CHUNK)
    if len(ends) < _PARALLEL_MIN:
        return all(_is_run_ordered(names, words, start) for start in starts)
    with ThreadPoolExecutor() as pool:
        return all(pool.map(lambda start: _is_run_ordered(names, words, start), starts))


def _is_run_ordered(names: PackedNames, words: npt.NDArray[np.uint64], first: int) -> bool:
    """Compare each name of a run with the next, eight bytes at a time, for as long as two are equal."""
    last = min(first + _CHUNK, len(names.ends) - 1)
    stops = names.ends[first : last + 1].astype(np.int64)
    starts = np.empty_like(stops)
    starts[0], starts[1:] = (int(names.ends[first - 1]) if first else 0), stops[:-1]
    low, high = (starts[:-1], stops[:-1]), (starts[1:], stops[1:])
    while len(low[0]):
        here, left = _words_at(names, words, *low)
        there, right = _words_at(names, words, *high)
        is_equal = here == there
        if (here > there).any() or (is_equal & (left >= right) & (np.minimum(left, right) < _WORD)).any():
            return False
        again = np.flatnonzero(is_equal & (left == _WORD) & (right == _WORD))
        low = low[0][again] + _WORD, low[1][again]
        high = high[0][again] + _WORD, high[1][again]
    return True


def _words_at(
    names: PackedNames, words: npt.NDArray[np.uint64], starts: Ints, stops: Ints
) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Give the next eight bytes of each name as a number that sorts as they do, and how many of them it has."""
    left = np.minimum(stops - starts, _WORD)
    if len(words):
        at = np.minimum(starts, len(words) - 1)
        found = words[at].astype(np.uint64) << ((starts - at) * 8).astype(np.uint64) % np.uint64(64)
        found[starts - at >= _WORD] = 0
    else:
        padded = bytes(names.data) + bytes(_WORD)
        found = np.array([int.from_bytes(padded[at : at + _WORD]) for at in starts.tolist()], np.uint64)
    # What stands behind the end of a name belongs to the next one.
    shift = ((_WORD - left) * 8).astype(np.uint64)
    kept = np.where(left > 0, found >> shift % np.uint64(64) << shift % np.uint64(64), np.uint64(0))
    return kept, left


# Containment


def containment_cycle(columns: Columns) -> list[int]:
    """Find a resource that contains itself.

    Returns:
        The codes on one cycle, each contained in the next and the first one again at the end; empty without a cycle.

    Cost: a few passes over the parents, whatever the depth; where resources have several parents also a walk over
    everything that those lie in.
    """
    return _first_parent_cycle(columns.resources.parent) or _cycle_over_more_parents(columns)


def _first_parent_cycle(parent: Ints) -> list[int]:
    """Look twice as far up in every round: whoever still has something above after all rounds is below a cycle."""
    is_parent = np.zeros(len(parent), np.bool_)
    is_parent[parent[parent >= 0]] = True
    nodes = np.flatnonzero(is_parent)
    number = np.full(len(parent) + 1, ABSENT, np.int32)
    number[nodes] = np.arange(len(nodes), dtype=np.int32)
    above = number[parent[nodes]]
    for _ in range(len(nodes).bit_length() + 1):
        if not (above >= 0).any():
            return []
        above = np.where(above >= 0, above[above], ABSENT)
    path = [int(nodes[above[above >= 0][0]])] if (above >= 0).any() else []
    while path and (len(path) == 1 or path[-1] != path[0]):
        path.append(int(parent[path[-1]]))
    return path


def _cycle_over_more_parents(columns: Columns) -> list[int]:
    """Walk up from every resource with several parents: a cycle that the first parents do not close passes one."""
    more, first = columns.more_parents, columns.resources.parent
    lists = {owner: more.entry[more.of(owner)].tolist() for owner in np.unique(more.owner).tolist()}
    done: set[int] = set()
    for start in lists:
        path: list[int] = []
        on_path: set[int] = set()
        waiting = [(start, 0)]
        while waiting:
            node, depth = waiting.pop()
            while len(path) > depth:
                left = path.pop()
                on_path.discard(left)
                done.add(left)
            if node in on_path:
                return [*path[path.index(node) :], node]
            if node in done:
                continue
            path.append(node)
            on_path.add(node)
            above = [int(first[node]), *lists.get(node, ())]
            waiting += [(parent, depth + 1) for parent in above if parent >= 0]
        done.update(path)
    return []
