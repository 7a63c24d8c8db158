"""Draw a company of any size as columns of integers: people, teams within teams, folders, grants.

    python benchmarks/company.py M > m.jsonl

Teams are skewed and nested four to six deep, folders stand six to eight deep and nearly all resources inherit. The
same seed and size give the same bytes. Everything is invented.
"""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a company is."""

    people: int
    groups: int
    resources: int
    grants: int


SIZES = {
    "small": Size(30, 10, 60, 25),
    "tiny": Size(40, 16, 150, 40),
    "S": Size(1_000, 200, 20_000, 400),
    "issue": Size(50_000, 8_000, 100_000, 10_000),
    "M": Size(50_000, 8_000, 1_000_000, 30_000),
    "L": Size(200_000, 40_000, 10_000_000, 1_000_000),
}
CLASSES = ("user-data", "strategy-docs", "code", "internal")
"""Classes that folders state, the most sensitive first."""
ROLES = {"viewer": ["list", "read"], "editor": ["list", "read", "write"], "owner": ["list", "read", "write", "manage"]}
MASKS = np.array([0b0011, 0b0111, 0b1111], dtype=np.int32)
"""The capabilities of each role as bits, list lowest."""
VIEWER, EDITOR, OWNER = range(3)

ENGINEERS = 0.4
EXTERNAL = 0.03
FOLDERS = 0.1
BREAKS = 0.01
DENIES = 0.02
TEAMS_BY_LEVEL = (0.0, 0.0, 0.06, 0.22, 0.42, 0.30)
FOLDERS_BY_LEVEL = (0.0, 0.0, 0.03, 0.10, 0.20, 0.27, 0.22, 0.12, 0.06)


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """One state of a company. Subjects are numbered: principals first, then groups, then everyone.

    Attributes:
        counts: How many users, services, agents and roles there are; principals are numbered in that order.
        groups: How many groups there are; the first is the whole staff, the second all of engineering.
        first_cross: The first group that is no team; it is the privileged one, the next holds the vendors.
        external: For each principal, whether it is external.
        members: Rows (member, group).
        acting: Rows (principal, subject that may act as it).
        parent: For each resource the one that contains it; -1 for the root, which is resource 0.
        inherits: For each resource, whether grants above hold on it.
        stated: For each resource the class it states, as a position in `CLASSES`, or -1.
        level_one: How many folders stand directly below the root; they are numbered from 1.
        grants: Rows (subject, role, resource, 1 for a deny).
    """

    counts: tuple[int, int, int, int]
    groups: int
    first_cross: int
    external: Bools
    members: Ints
    acting: Ints
    parent: Ints
    inherits: Bools
    stated: NDArray[np.int8]
    level_one: int
    grants: Ints

    @property
    def principals(self) -> int:
        """How many principals there are; the number of the first group."""
        return sum(self.counts)

    @property
    def everyone(self) -> int:
        """The subject that stands for everybody who is not external."""
        return self.principals + self.groups

    def group(self, number: int) -> int:
        """Say which subject a group is."""
        return self.principals + number


class _Dice:
    """Random columns, all made from one stream of fractions."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64(seed))

    def fractions(self, count: int) -> NDArray[np.float64]:
        return self._rng.random(count)

    def chance(self, count: int, share: float) -> Bools:
        return self.fractions(count) < share

    def below(self, limit: int, count: int, skew: float = 1.0) -> Ints:
        """Pick numbers below a limit; with a skew, low ones more often."""
        return np.minimum(limit - 1, limit * self.fractions(count) ** skew).astype(np.int32)

    def some_of(self, values: Ints, count: int) -> Ints:
        """Pick distinct values."""
        return values[np.argsort(self.fractions(len(values)), kind="stable")[:count]]


def draw(size: Size, seed: int = 1) -> Company:
    """Draw a company.

    Args:
        size: How large; groups and grants are exact, people are users only.
        seed: Another one gives another company.
    """
    dice = _Dice(seed)
    counts = (size.people, max(1, size.people // 20), max(2, size.people // 500), max(6, size.people // 200))
    principals = sum(counts)
    external = np.zeros(principals, dtype=np.bool_)
    external[: size.people] = dice.chance(size.people, EXTERNAL)
    org = max(4, size.groups * 7 // 10)
    above, level = _tree(dice, org, TEAMS_BY_LEVEL, 8)
    members = _members(dice, size, counts, above, level, external)
    acting = _acting(dice, counts, size.groups)
    parent, folder_level = _folders(dice, size.resources)
    folders = len(folder_level)
    files = dice.below(folders - 1, size.resources - folders, 1.3) + 1
    parent = np.concatenate([parent, files.astype(np.int32)])
    level_one = int(np.count_nonzero(folder_level == 1))
    inherits = _inherits(dice, size.resources, folders, level_one)
    grants = _grants(dice, size, counts, org, folders, level_one, inherits)
    stated = _stated(dice, size.resources, folders, level_one)
    return Company(
        counts, size.groups, org, external, members, acting, parent, inherits, stated, level_one, grants
    )  # fmt: skip


def _tree(dice: _Dice, count: int, shares: tuple[float, ...], top: int) -> tuple[Ints, Ints]:
    """Draw a tree, numbered level by level: the parent of each node (-1 for the root) and its level."""
    top = min(top, count - 1)
    rest = count - 1 - top
    sizes = [1, top, *(int(rest * share) for share in shares[2:])]
    sizes[-1] += count - sum(sizes)
    level = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    parent = np.full(count, -1, dtype=np.int32)
    start = 0
    for depth in range(1, len(sizes)):
        if sizes[depth]:
            parents = np.flatnonzero(level == depth - 1)
            # A level may be empty in a tiny tree; then the last one above it has the children.
            parents = parents if len(parents) else np.array([start - 1])
            own = level == depth
            parent[own] = parents[dice.below(len(parents), sizes[depth], 2.0 if depth < 3 else 1.5)]
        start += sizes[depth]
    return parent, level


def _members(
    dice: _Dice, size: Size, counts: tuple[int, ...], above: Ints, level: Ints, external: Bools
) -> Ints:  # fmt: skip
    """Put people into teams, teams into teams, and both into groups that cross the teams."""
    org, first = len(above), sum(counts)
    root = above.copy()
    for _ in range(int(level.max())):
        root = np.where(level[root] > 1, above[root], root)
    engineering = (np.where(level == 1, np.arange(org), root) == 1) & (level >= 1)
    rows = [np.stack([first + np.arange(1, org), first + above[1:]], axis=1)]
    engineer = dice.chance(size.people, ENGINEERS)
    for who, teams in ((engineer, engineering), (~engineer, ~engineering & (level >= 1))):
        people, choice = np.flatnonzero(who), np.flatnonzero(teams)
        homes = choice[dice.below(len(choice), len(people), 1.6)]
        # The lowest teams are the last ones; most people are there, and a few teams are large.
        low = choice[len(choice) - 1 - dice.below(len(choice), len(people), 1.6)]
        homes = np.where(dice.chance(len(people), 0.8), low, homes)
        rows.append(np.stack([people, first + homes], axis=1))
    services = size.people + np.arange(counts[1])
    rows.append(np.stack([services, first + dice.below(size.groups - 1, counts[1]) + 1], axis=1))
    rows.append(_cross(dice, size, first, org))
    rows.append(np.stack([vendors := np.flatnonzero(external), np.full(len(vendors), first + org + 1)], axis=1))
    return np.unique(np.concatenate(rows).astype(np.int32), axis=0)


def _cross(dice: _Dice, size: Size, first: int, org: int) -> Ints:
    """Fill the groups that are no teams: some people, a team or two, now and then an earlier group of their kind."""
    cross = np.arange(org, size.groups)
    usual = cross[2:]
    rows = []
    for _ in range(2):
        teams = org - 1 - dice.below(org - 1, len(usual), 1.5)
        rows.append(np.stack([first + teams, first + usual], axis=1)[dice.chance(len(usual), 0.5)])
    earlier = 2 + (dice.fractions(len(usual)) * np.arange(len(usual))).astype(np.int64)
    nested = dice.chance(len(usual), 0.15) & (earlier < np.arange(len(usual)))
    rows.append(np.stack([first + org + earlier, first + usual], axis=1)[nested])
    # Of a thousand nestings one closes a circle: that happens, and is legal.
    rows.append(np.stack([first + usual, first + org + earlier], axis=1)[nested & dice.chance(len(usual), 0.001)])
    extra = size.people // 2
    groups = dice.below(max(1, len(usual)), extra, 2.0)
    if len(usual):
        rows.append(np.stack([dice.below(size.people, extra), first + usual[groups]], axis=1))
    few = max(2, size.people // 1000)
    rows.append(np.stack([dice.below(size.people, few), np.full(few, first + org)], axis=1))
    return np.concatenate(rows)


def _acting(dice: _Dice, counts: tuple[int, ...], groups: int) -> Ints:
    """Say who may drive which agent and assume which role; one role in ten through another role."""
    users, services, agents, roles = counts
    first_role, first_group = users + services + agents, sum(counts)
    agent = np.stack([users + services + np.arange(agents), dice.below(users, agents)], axis=1)
    numbers = np.arange(roles)
    by_group = np.stack([first_role + numbers, first_group + 1 + dice.below(groups - 1, roles)], axis=1)
    earlier = (dice.fractions(roles) * numbers).astype(np.int64)
    by_role = np.stack([first_role + numbers, first_role + earlier], axis=1)[dice.chance(roles, 0.1) & (numbers > 0)]
    return np.unique(np.concatenate([agent, by_group, by_role]).astype(np.int32), axis=0)


def _folders(dice: _Dice, resources: int) -> tuple[Ints, Ints]:
    folders = max(20, int(resources * FOLDERS))
    return _tree(dice, folders, FOLDERS_BY_LEVEL, max(4, int(folders**0.4) // 2))


def _inherits(dice: _Dice, resources: int, folders: int, level_one: int) -> Bools:
    """Break inheritance here and there: three of five breaks are on folders, none near the root."""
    inherits = np.ones(resources, dtype=np.bool_)
    breaks = int(resources * BREAKS)
    low = np.arange(level_one + 1, folders, dtype=np.int32)
    inherits[dice.some_of(low, max(3, breaks * 3 // 5))] = False
    inherits[folders + dice.below(resources - folders, breaks * 2 // 5)] = False
    return inherits


def _stated(dice: _Dice, resources: int, folders: int, level_one: int) -> NDArray[np.int8]:
    stated = np.full(resources, -1, dtype=np.int8)
    top = np.arange(1, level_one + 1)
    stated[top] = np.arange(level_one) % len(CLASSES)
    below = level_one + 1 + dice.below(folders - level_one - 1, folders // 100)
    stated[below] = dice.below(len(CLASSES), len(below))
    stated[0] = CLASSES.index("internal")
    return stated


def _grants(
    dice: _Dice, size: Size, counts: tuple[int, ...], org: int, folders: int, level_one: int, inherits: Bools
) -> Ints:  # fmt: skip
    """Grant roles: mostly to groups, mostly on folders, and wherever inheritance is broken."""
    first = sum(counts)
    staff, admins, vendors = first, first + org, first + org + 1
    fixed = [(admins, VIEWER, 0, 0), (staff, VIEWER, 2, 0), (vendors, VIEWER, 2, 1)]
    fixed += [(admins, OWNER, folder, 0) for folder in range(1, level_one + 1, 3)]
    count = int(size.grants * 1.1) + 20
    kind = dice.fractions(count)
    broken = np.flatnonzero(~inherits).astype(np.int32)
    resource = dice.below(folders - 1, count, 1.4) + 1
    resource = np.where(kind >= 0.6, folders + dice.below(size.resources - folders, count), resource)
    resource = np.where(kind >= 0.75, broken[dice.below(len(broken), count)], resource)
    grants = np.stack(
        [
            _subjects(dice, count, counts, size.groups),
            np.array([VIEWER, VIEWER, EDITOR, OWNER])[dice.below(4, count)],
            resource,
            dice.chance(count, DENIES),
        ],
        axis=1,
    ).astype(np.int32)
    # What all engineers are to gain on a high folder they, or the whole staff, must not have there already.
    known = (grants[:, 0] >= first) & (grants[:, 0] <= first + 1) & (grants[:, 2] <= level_one)
    grants = grants[~known]
    everything = np.concatenate([np.array(fixed, dtype=np.int32), grants])
    _, positions = np.unique(everything, axis=0, return_index=True)
    return everything[np.sort(positions)[: size.grants]]


def _subjects(dice: _Dice, count: int, counts: tuple[int, ...], groups: int) -> Ints:
    users, services, agents, roles = counts
    starts = np.cumsum([0, users, services, agents])
    kind = dice.fractions(count)
    # Grants to very large groups are rare near the leaves and usual near the root; one in five is to a larger one.
    group = np.where(dice.chance(count, 0.2), dice.below(groups, count, 2.0), dice.below(groups, count))
    found = sum(counts) + group
    for low, start, number in ((0.7, 0, users), (0.85, starts[1], services), (0.89, starts[2], agents)):
        found = np.where(kind >= low, start + dice.below(number, count), found)
    return np.where(kind >= 0.9, starts[3] + dice.below(roles, count), found)


if __name__ == "__main__":
    from snapshots import write_lines

    write_lines(draw(SIZES[sys.argv[1] if len(sys.argv) > 1 else "S"]), sys.stdout)
