"""The six changes that are measured: as change files, and applied to the columns of a company for the peers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from company import EDITOR, ROLES, VIEWER, Company, Ints
from numpy.typing import NDArray
from snapshots import names

HIGH, HANDBOOK = 1, 2
"""Folders directly below the root: the largest one, and one that all staff may read."""


@dataclass(frozen=True, slots=True)
class Change:
    """One measured change.

    Attributes:
        title: What it does, for tables.
        step: The step as a change file has it.
        after: The company it leads to.
    """

    name: str
    title: str
    step: str
    after: Company

    @property
    def text(self) -> str:
        """Write the change file."""
        return f"format: blastradius.change/1\ntitle: {self.title}\nsteps:\n  - {self.step}\n"


def person(company: Company) -> Change:
    """Put a stranger into the team that holds most, of those that have no teams below them."""
    holds = np.bincount(company.grants[:, 0], minlength=company.everyone)
    holds[: company.principals] = -1
    holds[company.members[company.members[:, 0] >= company.principals, 1]] = -1
    holds[[company.group(company.first_cross), company.group(company.first_cross + 1)]] = -1
    team = int(np.argmax(holds))
    belongs = company.members[company.members[:, 1] == team, 0]
    strangers = np.setdiff1d(np.flatnonzero(~company.external[: company.counts[0]]), belongs)
    return _add_member("person", "one person into one team", company, team, int(strangers[0]))


def folder(company: Company) -> Change:
    """Let all engineers edit a folder directly below the root."""
    return _grant("folder", "all engineers onto a high folder", company, (company.group(1), EDITOR, HIGH))


def privileged(company: Company) -> Change:
    """Put all engineers into the group that owns folders near the root."""
    title = "all engineers into a privileged group"
    return _add_member("privileged", title, company, company.group(company.first_cross), company.group(1))


def root(company: Company) -> Change:
    """Let everybody edit everything that inherits."""
    return _grant("root", "everybody onto the root", company, (company.everyone, EDITOR, 0))


def deny(company: Company) -> Change:
    """Take away a deny that keeps the vendors out of what all staff may read."""
    row = (company.group(company.first_cross + 1), VIEWER, HANDBOOK, 1)
    kept = company.grants[~(company.grants == np.array(row)).all(axis=1)]
    step = f"revoke: {_fields(company, row)}"
    return Change("deny", "a deny removed", step, replace(company, grants=kept))


def subtree(company: Company) -> Change:
    """Move the largest folder two levels down to where all staff may read."""
    above = company.parent.copy()
    above[0] = 0
    # The root is its own parent here, so that both are level one where the second step up leads no further.
    second = above[above]
    movable = company.inherits & company.inherits[above] & (above != 0) & (above != HANDBOOK)
    third = (second != 0) & (above[second] == 0) & (second != HANDBOOK)
    moved = int(np.argmax(movable * subtree_sizes(company) * np.where(third, len(above), 1)))
    parent = company.parent.copy()
    parent[moved] = HANDBOOK
    step = f"move: {{resource: 'drive:{moved}', in: 'drive:{HANDBOOK}'}}"
    return Change("subtree", "a subtree moved", step, replace(company, parent=parent))


CHANGES: dict[str, Callable[[Company], Change]] = {
    "person": person,
    "deny": deny,
    "subtree": subtree,
    "folder": folder,
    "privileged": privileged,
    "root": root,
}
"""From the narrowest to the widest, so that whoever is stopped has answered before what they can."""


def _add_member(name: str, title: str, company: Company, group: int, member: int) -> Change:
    subjects = names(company)
    step = f"add_member: {{group: '{subjects[group]}', member: '{subjects[member]}'}}"
    members = np.concatenate([company.members, np.array([[member, group]], dtype=np.int32)])
    return Change(name, title, step, replace(company, members=members))


def _grant(name: str, title: str, company: Company, row: tuple[int, int, int]) -> Change:
    grants = np.concatenate([company.grants, np.array([[*row, 0]], dtype=np.int32)])
    return Change(name, title, f"grant: {_fields(company, (*row, 0))}", replace(company, grants=grants))


def _fields(company: Company, row: tuple[int, int, int, int]) -> str:
    subject, role, resource, is_deny = row
    effect = ", effect: deny" if is_deny else ""
    return f"{{to: '{names(company)[subject]}', role: {tuple(ROLES)[role]}, on: 'drive:{resource}'{effect}}}"


def subtree_sizes(company: Company) -> NDArray[np.int64]:
    """Count the resources in each folder at any depth, itself included."""
    sizes = np.ones(len(company.parent), dtype=np.int64)
    waiting = np.bincount(company.parent[1:], minlength=len(sizes))
    ready = np.flatnonzero(waiting == 0)
    while len(ready) and ready[0] != 0:
        above = company.parent[ready]
        sizes += np.bincount(above, weights=sizes[ready], minlength=len(sizes)).astype(np.int64)
        done = np.bincount(above, minlength=len(sizes))
        waiting -= done
        ready = np.flatnonzero((waiting == 0) & (done > 0))
    return sizes


def counted_classes(before: Company, after: Company) -> NDArray[np.int8]:
    """Say in which class each resource counts: the more sensitive of before and after, as a position in `CLASSES`."""
    return np.minimum(_classes(before), _classes(after))


def _classes(company: Company) -> NDArray[np.int8]:
    own = np.arange(len(company.parent), dtype=np.int32)
    nearest: Ints = np.where((company.stated >= 0) | (company.parent < 0), own, company.parent).astype(np.int32)
    while True:
        further = nearest[nearest]
        if np.array_equal(further, nearest):
            return company.stated[nearest]
        nearest = further
