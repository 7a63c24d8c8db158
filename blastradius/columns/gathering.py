"""Facts taken one at a time and laid out as columns in the end, without keeping an object for each.

Ids are numbered as they come (a *number* here); the codes of the columns, which follow the order of the ids, are known
only when all ids are.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from blastradius.columns.names import ABSENT, Ints, PackedNames
from blastradius.columns.tables import (
    KINDS,
    OUTSIDE,
    UNLISTED,
    Columns,
    Edges,
    Grants,
    Groups,
    Interned,
    Labels,
    Places,
    Principals,
    Resources,
)
from blastradius.model.snapshot import EVERYONE, OUTSIDER, PUBLIC, PrincipalKind, Snapshot, unlisted_id
from blastradius.model.sources import Source

Listed = Sequence[tuple[str, str | None]]
"""Entries of a list: an id, and a condition if there is one."""
_BLOCK = 65_536
_BUILT_IN = 2
_KIND = {kind: code for code, kind in enumerate(KINDS)}


class _Marks:
    """Where each row of a table was read; line 0 stands for a row that was only named."""

    def __init__(self) -> None:
        self.files = array("i")
        self.lines = array("i")

    def grow(self, rows: int) -> None:
        self.files.extend([0] * rows)
        self.lines.extend([0] * rows)

    def append(self, file: int, line: int) -> None:
        self.files.append(file)
        self.lines.append(line)

    def places(self, rows: Ints) -> Places:
        """Give the places of rows; a row that was only named has none."""
        lines = _ints(self.lines)[rows]
        files = np.where(lines > 0, _ints(self.files)[rows], ABSENT).astype(np.int32)
        return Places(files, lines, np.zeros(len(rows), np.int8))


class _List:
    """Entries in the order they were read."""

    def __init__(self) -> None:
        self.owners, self.entries, self.conditions = array("i"), array("i"), array("i")
        self.marks = _Marks()

    def __len__(self) -> int:
        return len(self.owners)

    def append(self, owner: int, entry: int, condition: int, file: int, line: int) -> None:
        self.owners.append(owner)
        self.entries.append(entry)
        self.conditions.append(condition)
        self.marks.append(file, line)

    def content(self, rows: range) -> list[tuple[int, int]]:
        """Give entries in an order that does not depend on how they were written."""
        return sorted((self.entries[row], self.conditions[row]) for row in rows)

    def edges(self, owner_codes: Ints, entry_codes: Ints) -> Edges:
        owners = owner_codes[_ints(self.owners)]
        order = np.argsort(owners, kind="stable")
        entries, conditions = entry_codes[_ints(self.entries)][order], _ints(self.conditions)[order]
        return Edges(owners[order], entries, conditions, self.marks.places(order))


class Gathering:
    """Takes facts. Every fact is read at the place that `at` was told last.

    A method that takes an entity returns None, or where the same id was given other content before.
    """

    def __init__(self) -> None:
        """Begin with nothing but what is built in."""
        self.interned = Interned()
        self.subjects: dict[str, int] = {EVERYONE: 0, PUBLIC: 1}
        self.resources: dict[str, int] = {}
        self._file = self._line = 0
        self._principals, self._groups, self._resource_marks = _Marks(), _Marks(), _Marks()
        self._subject_room = self._resource_room = 0
        self._external = bytearray()
        self._group_facts: dict[int, tuple[bool, int, bool, bool]] = {}
        self._lists: dict[str, _List] = {name: _List() for name in ("members", "all_of", "but_not", "assumable")}
        self._spans: dict[tuple[str, int], range] = {}
        self._parent, self._class, self._labels, self._items = array("i"), array("i"), array("i"), array("q")
        self._inherits = bytearray()
        self._more_parents: dict[int, tuple[int, ...]] = {}
        self._grant_columns = tuple(array("i") for _ in range(5))
        self._grant_marks = _Marks()

    def file(self, label: str) -> None:
        """Say which file is read next."""
        self._file = self.interned.files.code(label)

    def at(self, line: int) -> None:
        """Say on which line, counted from 1, the next fact stands."""
        self._line = line

    # Ids

    def _subject(self, name: str) -> int:
        found = self.subjects.get(name)
        if found is None:
            found = self.subjects[name] = len(self.subjects)
        if found >= self._subject_room:
            self._subject_room += _BLOCK
            self._principals.grow(_BLOCK)
            self._groups.grow(_BLOCK)
            self._external.extend(bytes(_BLOCK))
        return found

    def _resource(self, name: str) -> int:
        found = self.resources.get(name)
        if found is None:
            found = self.resources[name] = len(self.resources)
            if found >= self._resource_room:
                self._resource_room += _BLOCK
                self._resource_marks.grow(_BLOCK)
                for column, fill in (
                    (self._parent, ABSENT),
                    (self._class, ABSENT),
                    (self._labels, 0),
                    (self._items, 1),
                ):
                    column.extend([fill] * _BLOCK)
                self._inherits.extend(b"\x01" * _BLOCK)
        return found

    def _first(self, marks: _Marks, number: int) -> Source | None:
        """Say where an entity was given already; None when this is the first time, which is noted."""
        if marks.lines[number]:
            return Source(self.interned.files[marks.files[number]], marks.lines[number])
        marks.files[number], marks.lines[number] = self._file, self._line
        return None

    # Facts

    def principal(self, id: str, *, external: bool, assumable_by: Listed) -> Source | None:
        """Take a principal, whose kind its id says."""
        number = self._subject(id)
        first = self._first(self._principals, number)
        same = self._listed("assumable", number, assumable_by, again=first is not None)
        if first is not None:
            return None if same and bool(self._external[number]) == external else first
        self._external[number] = external
        return None

    def group(
        self,
        id: str,
        *,
        members: Listed,
        unlisted: bool,
        size: int | None,
        external: bool,
        all_of: Listed,
        but_not: Listed,
        open: bool,
    ) -> Source | None:
        """Take a group; the arguments mean what they do in `Group`."""
        number = self._subject(id)
        first = self._first(self._groups, number)
        facts = (unlisted, ABSENT if size is None else size, external, open)
        lists = (("members", members), ("all_of", all_of), ("but_not", but_not))
        same = [self._listed(name, number, listed, again=first is not None) for name, listed in lists]
        if first is not None:
            return None if all(same) and self._group_facts[number] == facts else first
        self._group_facts[number] = facts
        return None

    def resource(
        self,
        id: str,
        parents: Sequence[str] = (),
        *,
        inherits: bool = True,
        class_name: str | None = None,
        labels: Labels = (),
        items: int = 1,
    ) -> Source | None:
        """Take a resource; the arguments mean what they do in `Resource`."""
        number = self._resource(id)
        above = [self._resource(parent) for parent in parents]
        first = self._first(self._resource_marks, number)
        class_code = ABSENT if class_name is None else self.interned.classes.code(class_name)
        labels_code = self.interned.label_sets.code(labels) if labels else 0
        if first is not None:
            known = (self._class[number], self._labels[number], self._items[number], bool(self._inherits[number]))
            same = known == (class_code, labels_code, items, inherits)
            return None if same and sorted(self._parents(number)) == sorted(above) else first
        if above:
            self._parent[number] = above[0]
            if len(above) > 1:
                self._more_parents[number] = tuple(above[1:])
        if not inherits:
            self._inherits[number] = 0
        self._class[number], self._labels[number], self._items[number] = class_code, labels_code, items
        return None

    def grant(
        self, subject: str, resource: str, what: tuple[str | None, frozenset[str]], *, deny: bool, when: str | None
    ) -> None:
        """Take a grant; one that was taken before counts once."""
        codes = self.interned
        row = (self._subject(subject), self._resource(resource), codes.whats.code(what), deny, codes.texts.code(when))
        for column, value in zip(self._grant_columns, row, strict=True):
            column.append(value)
        self._grant_marks.append(self._file, self._line)

    def _parents(self, number: int) -> tuple[int, ...]:
        parent = self._parent[number]
        return (parent, *self._more_parents.get(number, ())) if parent >= 0 else ()

    def _listed(self, name: str, owner: int, entries: Listed, *, again: bool) -> bool:
        """Take the list of an owner, or tell whether it is the one that was taken before."""
        table, condition = self._lists[name], self.interned.texts.code
        numbered = [(self._subject(entry), condition(when)) for entry, when in entries]
        if again:
            return sorted(numbered) == table.content(self._spans.get((name, owner), range(0)))
        if numbered:
            self._spans[name, owner] = range(len(table), len(table) + len(numbered))
            for entry, when in numbered:
                table.append(owner, entry, when, self._file, self._line)
        return True

    # Columns

    def columns(self, rest: Snapshot) -> Columns:
        """Lay out everything that was taken; nothing can be taken afterwards.

        Args:
            rest: What is no column.

        Returns:
            The columns. What was named and never given is a row that is not present: a principal or a resource.
        """
        self._spans.clear()
        resources, resource_codes, more = self._resource_table()
        principals, groups, subject_codes, group_codes, principal_codes = self._subject_tables()
        lists = self._lists
        return Columns(
            principals=principals,
            groups=groups,
            resources=resources,
            grants=self._grants(subject_codes, resource_codes),
            members=lists["members"].edges(group_codes, subject_codes),
            all_of=lists["all_of"].edges(group_codes, subject_codes),
            but_not=lists["but_not"].edges(group_codes, subject_codes),
            assumable=lists["assumable"].edges(principal_codes, subject_codes),
            more_parents=more,
            interned=self.interned,
            rest=rest,
        )

    def _resource_table(self) -> tuple[Resources, Ints, Edges]:
        ordered = sorted(self.resources)
        rows = np.fromiter(map(self.resources.__getitem__, ordered), np.int32, len(ordered))
        self.resources = {}
        names = packed(ordered)
        del ordered
        # One more at the end, where `ABSENT` leads.
        codes = np.full(len(rows) + 1, ABSENT, np.int32)
        codes[rows] = np.arange(len(rows), dtype=np.int32)
        places = self._resource_marks.places(rows)
        resources = Resources(
            names,
            codes[_ints(self._parent)[rows]],
            np.frombuffer(self._inherits, np.bool_)[rows],
            _ints(self._class)[rows],
            _ints(self._labels)[rows],
            np.frombuffer(self._items, np.int64)[rows] if len(rows) else np.zeros(0, np.int64),
            places.line > 0,
            places,
        )
        more = sorted((int(codes[owner]), above) for owner, above in self._more_parents.items())
        owners = _column(owner for owner, above in more for _ in above)
        entries = _column(int(codes[parent]) for _, above in more for parent in above)
        edges = Edges(owners, entries, np.full(len(owners), ABSENT, np.int32), places.at(owners))
        return resources, codes, edges

    def _subject_tables(self) -> tuple[Principals, Groups, Ints, Ints, Ints]:
        """Make both tables, and the codes that the numbers of subjects stand for as subject, group and principal."""
        numbers = self.subjects
        size = len(numbers)
        for _ in range(0 if self._subject_room else 1):
            self._subject(EVERYONE)
        is_group = _ints(self._groups.lines)[:size] > 0
        is_principal = (_ints(self._principals.lines)[:size] > 0) | ~is_group
        is_principal[:_BUILT_IN] = False
        group_list = sorted(name for name, number in numbers.items() if is_group[number])
        pseudo = {unlisted_id(name): numbers[name] for name in group_list if self._group_facts[numbers[name]][0]}
        principal_list = sorted(
            [OUTSIDER, *pseudo, *(name for name, number in numbers.items() if is_principal[number])]
        )
        principal_codes, group_codes = np.full(size, ABSENT, np.int32), np.full(size, ABSENT, np.int32)
        group_rows = _column(numbers[name] for name in group_list)
        group_codes[group_rows] = np.arange(len(group_rows))
        # Whoever is not listed has no number; its facts are those of its group.
        rows = _column(numbers.get(name, ABSENT) if name not in pseudo else ABSENT for name in principal_list)
        principal_codes[rows[rows >= 0]] = np.flatnonzero(rows >= 0)
        first_group = len(principal_list)
        subject_codes = np.where(principal_codes >= 0, principal_codes, group_codes + first_group)
        subject_codes[:_BUILT_IN] = first_group + len(group_list) + np.arange(_BUILT_IN)
        principals = self._principal_table(principal_list, rows, pseudo)
        return principals, self._group_table(group_list, group_rows), subject_codes, group_codes, principal_codes

    def _principal_table(self, names: list[str], rows: Ints, pseudo: dict[str, int]) -> Principals:
        places = self._principals.places(np.maximum(rows, 0))
        present = (places.line > 0) & (rows >= 0)
        external = np.frombuffer(self._external, np.bool_)[np.maximum(rows, 0)] & present
        kind = np.full(len(names), UNLISTED, np.int8)
        for code in np.flatnonzero(present).tolist():
            kind[code] = _KIND[PrincipalKind(names[code].partition(":")[0])]
        for code in np.flatnonzero(rows < 0).tolist():
            number = pseudo.get(names[code])
            present[code] = True
            if number is None:
                kind[code], external[code], places.file[code], places.line[code] = OUTSIDE, True, ABSENT, 0
            else:
                external[code] = self._group_facts[number][2]
                places.file[code], places.line[code] = self._groups.files[number], self._groups.lines[number]
        return Principals(packed(names), kind, external, present, places)

    def _group_table(self, names: list[str], rows: Ints) -> Groups:
        facts = [self._group_facts[number] for number in rows.tolist()]
        flags = [np.array([fact[at] for fact in facts], np.bool_) for at in (0, 2, 3)]
        sizes = np.array([fact[1] for fact in facts], np.int64)
        present = np.ones(len(rows), np.bool_)
        return Groups(packed(names), flags[0], sizes, flags[1], flags[2], present, self._groups.places(rows))

    def _grants(self, subject_codes: Ints, resource_codes: Ints) -> Grants:
        subject, resource, what, deny, when = (_ints(column) for column in self._grant_columns)
        order = np.lexsort((when, deny, what, resource, subject))
        kept = np.ones(len(order), np.bool_)
        if len(order):
            again = np.ones(len(order) - 1, np.bool_)
            for column in (subject, resource, what, deny, when):
                again &= column[order[1:]] == column[order[:-1]]
            # The sort is stable: of equal ones the first that was read comes first.
            kept[order[1:][again]] = False
        rows = np.flatnonzero(kept)
        places = self._grant_marks.places(rows)
        deny_rows = deny[rows].astype(np.bool_)
        return Grants(
            subject_codes[subject[rows]], resource_codes[resource[rows]], what[rows], deny_rows, when[rows], places
        )


def packed(texts: Sequence[str]) -> PackedNames:
    """Pack texts that are sorted and distinct, without a second object for each."""
    data = bytearray()
    lengths = np.zeros(len(texts), np.int64)
    for start in range(0, len(texts), _BLOCK):
        part = texts[start : start + _BLOCK]
        joined = "".join(part)
        encoded = None if joined.isascii() else [text.encode() for text in part]
        lengths[start : start + len(part)] = np.fromiter(map(len, encoded or part), np.int64, len(part))
        data += b"".join(encoded) if encoded is not None else joined.encode()
    return PackedNames(memoryview(data).toreadonly(), np.cumsum(lengths))


def _ints(column: "array[int]") -> npt.NDArray[np.int32]:
    return np.frombuffer(column, np.int32) if len(column) else np.zeros(0, np.int32)


def _column(values: Iterable[int]) -> npt.NDArray[Any]:
    return np.fromiter(values, np.int32)
