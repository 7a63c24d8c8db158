"""Whether columns that were read from a file make sense, found without looking at one row after the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np

from blastradius.columns.names import ABSENT, Flags, Ints, PackedNames, distinct
from blastradius.columns.tables import KINDS, OUTSIDE, UNLISTED, Columns, Edges, Places
from blastradius.model.snapshot import OUTSIDER, unlisted_id

NAME_BYTES_MAX = 4000
_CHUNK = 8192
_PARALLEL_MIN = 1_000_000
_WORD = 8
_KEPT = np.array([(1 << 64) - (1 << 8 * (8 - kept)) for kept in range(9)], np.uint64)
"""What to keep of eight bytes of which only so many belong to a name."""
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
    starts = range(0, max(len(ends) - 1, 1), _CHUNK)
    if len(ends) < _PARALLEL_MIN:
        return all(_is_run_ordered(names, start) for start in starts)
    with ThreadPoolExecutor() as pool:
        return all(pool.map(lambda start: _is_run_ordered(names, start), starts))


def _is_run_ordered(names: PackedNames, first: int) -> bool:
    """Compare each name of a run with the next, eight bytes at a time, for as long as two are equal."""
    ends = names.ends[first : first + _CHUNK + 1].astype(np.int64)
    begin = int(names.ends[first - 1]) if first else 0
    run = names.data[begin : int(ends[-1]) + _WORD]
    if begin + len(run) < int(ends[-1]) + _WORD:
        run = memoryview(bytes(run) + bytes(_WORD))
    # A word can be read wherever a name begins, since the run goes on behind its last name.
    words = np.ndarray((len(run) - _WORD + 1,), ">u8", buffer=run, strides=(1,))
    stops = ends - begin
    starts = np.concatenate([[0], stops[:-1]])
    rows = np.arange(len(ends) - 1)
    for offset in range(0, NAME_BYTES_MAX, _WORD):
        # Of names that all go on alike, which is most of them, nothing has to be picked.
        low, high = (slice(None, -1), slice(1, None)) if len(rows) == len(ends) - 1 else (rows, rows + 1)
        left = np.clip(stops - starts - offset, 0, _WORD)
        found = words[np.minimum(starts + offset, len(words) - 1)] & _KEPT[left]
        here, there, here_left, there_left = found[low], found[high], left[low], left[high]
        is_equal = here == there
        if (here > there).any() or (is_equal & (here_left >= there_left) & (here_left < _WORD)).any():
            return False
        rows = rows[is_equal & (here_left == _WORD)]
        if not len(rows):
            return True
    return True


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
    lists = {owner: more.entry[more.of(owner)].tolist() for owner in distinct(more.owner).tolist()}
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
