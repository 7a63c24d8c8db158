"""Facts taken one at a time and laid out as columns in the end, without keeping an object for each.

Ids are numbered as they come (a *number* here); the codes of the columns, which follow the order of the ids, are known
only when all ids are.
"""

from array import array
from collections.abc import Sequence

import numpy as np

from blastradius.columns.names import ABSENT, Ints
from blastradius.columns.rows import BLOCK, EntryList, Marks, column, ints, packed, repeated
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
    Principals,
    Resources,
)
from blastradius.model.snapshot import EVERYONE, OUTSIDER, PUBLIC, PrincipalKind, Snapshot, unlisted_id
from blastradius.model.sources import Source

Listed = Sequence[tuple[str, str | None]]
"""Entries of a list: an id, and a condition if there is one."""
_BUILT_IN = 2
_KIND = {kind: code for code, kind in enumerate(KINDS)}


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
        self._principals, self._groups, self._resource_marks = Marks(), Marks(), Marks()
        self._subject_room = self._resource_room = 0
        self._external = bytearray()
        self._group_facts: dict[int, tuple[bool, int, bool, bool]] = {}
        self._lists: dict[str, EntryList] = {
            name: EntryList() for name in ("members", "all_of", "but_not", "assumable")
        }
        self._spans: dict[tuple[str, int], range] = {}
        self._loose: dict[tuple[str, int], Source] = {}
        self._parent, self._class, self._labels, self._items = array("i"), array("i"), array("i"), array("q")
        self._inherits = bytearray()
        self._more_parents: dict[int, tuple[int, ...]] = {}
        self._grant_columns = tuple(array("i") for _ in range(5))
        self._grant_marks = Marks()

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
            self._subject_room += BLOCK
            self._principals.grow(BLOCK)
            self._groups.grow(BLOCK)
            self._external.extend(bytes(BLOCK))
        return found

    def _resource(self, name: str) -> int:
        found = self.resources.get(name)
        if found is None:
            found = self.resources[name] = len(self.resources)
            if found >= self._resource_room:
                self._resource_room += BLOCK
                self._resource_marks.grow(BLOCK)
                for column, fill in (
                    (self._parent, ABSENT),
                    (self._class, ABSENT),
                    (self._labels, 0),
                    (self._items, 1),
                ):
                    column.extend([fill] * BLOCK)
                self._inherits.extend(b"\x01" * BLOCK)
        return found

    def _first(self, marks: Marks, number: int) -> Source | None:
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
        for values, value in zip(self._grant_columns, row, strict=True):
            values.append(value)
        self._grant_marks.append(self._file, self._line)

    def member(self, group: str, member: str, when: str | None) -> None:
        """Take a member of a group that is given elsewhere, beside those that are listed there."""
        self._loosely("members", group, member, when)

    def acting_as(self, principal: str, by: str, when: str | None) -> None:
        """Take somebody who may act as a principal that is given elsewhere."""
        self._loosely("assumable", principal, by, when)

    def _loosely(self, name: str, owner: str, entry: str, when: str | None) -> None:
        number = self._subject(owner)
        self._loose.setdefault((name, number), Source(self.interned.files[self._file], self._line))
        self._lists[name].append(number, self._subject(entry), self.interned.texts.code(when), self._file, self._line)

    def missing_owners(self) -> list[tuple[str, str, Source]]:
        """Find those of whom `member` and `acting_as` spoke, and whom nothing gives: kind, id and place of each."""
        if not self._loose:
            return []
        names = list(self.subjects)
        kinds = {"members": ("group", self._groups), "assumable": ("principal", self._principals)}
        return [
            (kinds[name][0], names[number], source)
            for (name, number), source in self._loose.items()
            if not kinds[name][1].lines[number]
        ]

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
        lists, is_loose = self._lists, bool(self._loose)
        return Columns(
            principals=principals,
            groups=groups,
            resources=resources,
            grants=self._grants(subject_codes, resource_codes),
            members=lists["members"].edges(group_codes, subject_codes, distinct=is_loose),
            all_of=lists["all_of"].edges(group_codes, subject_codes, distinct=False),
            but_not=lists["but_not"].edges(group_codes, subject_codes, distinct=False),
            assumable=lists["assumable"].edges(principal_codes, subject_codes, distinct=is_loose),
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
            codes[ints(self._parent)[rows]],
            np.frombuffer(self._inherits, np.bool_)[rows],
            ints(self._class)[rows],
            ints(self._labels)[rows],
            np.frombuffer(self._items, np.int64)[rows] if len(rows) else np.zeros(0, np.int64),
            places.line > 0,
            places,
        )
        more = sorted((int(codes[owner]), above) for owner, above in self._more_parents.items())
        owners = column(owner for owner, above in more for _ in above)
        entries = column(int(codes[parent]) for _, above in more for parent in above)
        edges = Edges(owners, entries, np.full(len(owners), ABSENT, np.int32), places.at(owners))
        return resources, codes, edges

    def _subject_tables(self) -> tuple[Principals, Groups, Ints, Ints, Ints]:
        """Make both tables, and the codes that the numbers of subjects stand for as subject, group and principal."""
        numbers = self.subjects
        size = len(numbers)
        for _ in range(0 if self._subject_room else 1):
            self._subject(EVERYONE)
        is_group = ints(self._groups.lines)[:size] > 0
        is_principal = (ints(self._principals.lines)[:size] > 0) | ~is_group
        is_principal[:_BUILT_IN] = False
        group_list = sorted(name for name, number in numbers.items() if is_group[number])
        pseudo = {unlisted_id(name): numbers[name] for name in group_list if self._group_facts[numbers[name]][0]}
        principal_list = sorted(
            [OUTSIDER, *pseudo, *(name for name, number in numbers.items() if is_principal[number])]
        )
        principal_codes, group_codes = np.full(size, ABSENT, np.int32), np.full(size, ABSENT, np.int32)
        group_rows = column(numbers[name] for name in group_list)
        group_codes[group_rows] = np.arange(len(group_rows))
        # Whoever is not listed has no number; its facts are those of its group.
        rows = column(numbers.get(name, ABSENT) if name not in pseudo else ABSENT for name in principal_list)
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
        # Whoever has members has a list of members, wherever it stands.
        flags[2] &= np.array([("members", number) not in self._loose for number in rows.tolist()], np.bool_)
        sizes = np.array([fact[1] for fact in facts], np.int64)
        present = np.ones(len(rows), np.bool_)
        return Groups(packed(names), flags[0], sizes, flags[1], flags[2], present, self._groups.places(rows))

    def _grants(self, subject_codes: Ints, resource_codes: Ints) -> Grants:
        subject, resource, what, deny, when = (ints(column) for column in self._grant_columns)
        rows = np.flatnonzero(~repeated(subject, resource, what, deny, when))
        places = self._grant_marks.places(rows)
        deny_rows = deny[rows].astype(np.bool_)
        return Grants(
            subject_codes[subject[rows]], resource_codes[resource[rows]], what[rows], deny_rows, when[rows], places
        )
