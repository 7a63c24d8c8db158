"""Random small worlds that reach every construct of SPEC 2 and every step of SPEC 4."""

from dataclasses import replace
from random import Random

from blastradius.access.facts import check_facts
from blastradius.errors import SnapshotError
from blastradius.model.change import (
    AddGrant,
    AddGroup,
    AddMember,
    AddPrincipal,
    AddResource,
    AllowAssume,
    Change,
    DisallowAssume,
    Move,
    Remove,
    RemoveMember,
    RevokeGrant,
    SetClass,
    SetInherit,
    SetRole,
    Step,
)
from blastradius.model.snapshot import (
    CAPABILITIES,
    Capability,
    Effect,
    Entry,
    Grant,
    Group,
    Principal,
    PrincipalKind,
    Resource,
    Role,
    Snapshot,
)
from blastradius.model.sources import Source

ACTIONS = {**CAPABILITIES, "get": Capability.READ, "push": Capability.WRITE, "share": Capability.MANAGE}
TEXTS = ("noon", "on call", "vpn")
CLASSES = ("user-data", "code", "internal", "public", None, None)
ROLES = ("viewer", "editor")


def _when(rng: Random, chance: float = 0.25) -> str | None:
    return rng.choice(TEXTS) if rng.random() < chance else None


def _some(rng: Random, items: list[str], most: int) -> list[str]:
    return rng.sample(items, min(len(items), rng.randint(0, most)))


class Builder:
    """Draws one snapshot."""

    def __init__(self, rng: Random, size: int = 4) -> None:
        """Decide which ids there are."""
        self.rng = rng
        kinds = [rng.choice(list(PrincipalKind)) for _ in range(rng.randint(1, size))]
        self.principals = [f"{kind}:p{i}" for i, kind in enumerate(kinds)]
        self.groups = [f"group:g{i}" for i in range(rng.randint(0, size))]
        self.resources = [f"box:r{i}" for i in range(rng.randint(1, size))]
        self.line = 0

    def source(self) -> Source:
        """Give every fact a line of its own."""
        self.line += 1
        return Source("world.yaml", self.line)

    def subject(self) -> str:
        """Pick whoever a grant or an entry may name."""
        builtin = ["everyone", "public"] if self.rng.random() < 0.3 else []
        return self.rng.choice([*self.principals, *self.groups, *self.groups, *builtin])

    def entries(self, most: int) -> tuple[Entry, ...]:
        """Draw member entries, each at most once."""
        found = {(self.subject(), _when(self.rng)) for _ in range(self.rng.randint(0, most))}
        return tuple(Entry(name, when, self.source()) for name, when in sorted(found, key=repr))

    def narrowing(self) -> tuple[Entry, ...]:
        """Draw an ``all_of`` or ``but_not`` list."""
        if self.rng.random() < 0.75:
            return ()
        pool = [*self.groups, "everyone"]
        return tuple(Entry(name, None, self.source()) for name in _some(self.rng, pool, 2))

    def group(self, name: str) -> Group:
        """Draw a group."""
        rng = self.rng
        all_of, but_not = self.narrowing(), self.narrowing()
        is_open = bool(all_of) and rng.random() < 0.3
        unlisted = not is_open and rng.random() < 0.25
        return Group(
            name,
            members=() if is_open else self.entries(3),
            unlisted=unlisted,
            size=rng.choice([None, 7]) if unlisted else None,
            external=unlisted and rng.random() < 0.3,
            all_of=all_of,
            but_not=but_not,
            open=is_open,
            source=self.source(),
        )

    def principal(self, name: str) -> Principal:
        """Draw a principal."""
        kind = PrincipalKind(name.partition(":")[0])
        assumable = self.entries(2) if self.rng.random() < 0.4 else ()
        return Principal(name, kind, self.rng.random() < 0.25, assumable, self.source())

    def resource(self, name: str, others: list[str]) -> Resource:
        """Draw a resource inside some of the others."""
        rng = self.rng
        return Resource(
            name,
            parents=tuple(_some(rng, others, 2)),
            inherits=rng.random() < 0.8,
            class_name=rng.choice(CLASSES),
            items=rng.choice([1, 1, 1000]),
            source=self.source(),
        )

    def actions(self) -> frozenset[str]:
        """Draw a set of actions."""
        if self.rng.random() < 0.15:
            return frozenset({"*"})
        return frozenset(self.rng.sample(sorted(ACTIONS), self.rng.randint(1, 3)))

    def grant(self) -> Grant:
        """Draw a grant."""
        rng = self.rng
        role = rng.choice(ROLES) if rng.random() < 0.5 else None
        return Grant(
            self.subject(),
            rng.choice(self.resources),
            role=role,
            actions=frozenset() if role else self.actions(),
            effect=Effect.DENY if rng.random() < 0.3 else Effect.ALLOW,
            when=_when(rng),
            source=self.source(),
        )

    def snapshot(self) -> Snapshot:
        """Draw a snapshot that keeps the laws of facts."""
        rng = self.rng
        groups = {name: self.group(name) for name in self.groups}
        snapshot = Snapshot(
            actions=ACTIONS,
            principals={name: self.principal(name) for name in self.principals},
            groups=groups,
            resources={name: self.resource(name, self.resources[:i]) for i, name in enumerate(self.resources)},
            roles={name: Role(name, self.actions(), self.source()) for name in ROLES},
            grants=tuple(dict.fromkeys(self.grant() for _ in range(rng.randint(0, 6)))),
            same_as=(frozenset(rng.sample(self.principals, 2)),)
            if len(self.principals) > 1 and rng.random() < 0.15
            else (),
        )
        try:
            check_facts(snapshot, SnapshotError)
        except SnapshotError:
            plain = {name: replace(group, but_not=()) for name, group in groups.items()}
            snapshot = replace(snapshot, groups=plain)
        return snapshot


def world(rng: Random, size: int = 4) -> Snapshot:
    """Draw a small snapshot."""
    return Builder(rng, size).snapshot()


def step(rng: Random, snapshot: Snapshot, number: int) -> Step:  # noqa: C901 - one branch per kind of step
    """Draw one step that names ids of the snapshot; it may still not fit (a cycle, an open group)."""
    build = Builder(rng)
    build.principals = sorted(snapshot.principals) or ["user:new"]
    build.groups = sorted(snapshot.groups)
    build.resources = sorted(snapshot.resources) or ["box:new"]
    at = Source("change.yaml", number + 1)
    group = rng.choice(build.groups) if build.groups else "group:none"
    principal, resource = rng.choice(build.principals), rng.choice(build.resources)
    listed = [e.id for e in snapshot.groups[group].members] if group in snapshot.groups else []
    door = snapshot.principals[principal].assumable_by if principal in snapshot.principals else ()
    match rng.choice(STEPS):
        case "add_member":
            return AddMember(group, build.subject(), _when(rng), at)
        case "remove_member":
            return RemoveMember(group, rng.choice(listed or build.principals), at)
        case "allow_assume":
            return AllowAssume(principal, build.subject(), _when(rng), at)
        case "disallow_assume":
            return DisallowAssume(principal, rng.choice([e.id for e in door] or build.principals), at)
        case "grant":
            return AddGrant(build.grant(), at)
        case "revoke":
            return RevokeGrant(rng.choice(snapshot.grants or (build.grant(),)), at)
        case "set_role":
            return SetRole(rng.choice([*ROLES, "fresh"]), build.actions(), at)
        case "set_inherit":
            return SetInherit(resource, rng.random() < 0.5, at)
        case "move":
            return Move(resource, tuple(_some(rng, [r for r in build.resources if r != resource], 2)), at)
        case "set_class":
            return SetClass(resource, rng.choice(["user-data", "public"]), at)
        case "add_principal":
            return AddPrincipal(build.principal(f"user:new{number}"), at)
        case "add_group":
            return AddGroup(build.group(f"group:new{number}"), at)
        case "add_resource":
            return AddResource(build.resource(f"box:new{number}", build.resources), at)
        case _:
            return Remove(rng.choice([*build.principals, *build.groups, *build.resources]), at)


STEPS = (
    "add_member",
    "remove_member",
    "allow_assume",
    "disallow_assume",
    "grant",
    "revoke",
    "set_role",
    "set_inherit",
    "move",
    "set_class",
    "add_principal",
    "add_group",
    "add_resource",
    "remove",
)


def change(rng: Random, snapshot: Snapshot, most: int = 3) -> Change:
    """Draw a change of a few steps."""
    return Change("random", None, tuple(step(rng, snapshot, i) for i in range(rng.randint(1, most))))
