"""What SQL statements say about access, one value for each form."""

from dataclasses import dataclass

from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.sql.cursor import Name

PUBLIC_ROLE = "public"
"""How everybody is written where a role is named."""
CURRENT_ROLES = frozenset({"current_user", "current_role", "user"})
SESSION_ROLE = "session_user"


@dataclass(frozen=True, slots=True)
class SetRoleOptions:
    """CREATE ROLE or ALTER ROLE.

    Attributes:
        create: True when the role is made.
        options: Attribute to its new value, by the names of `SqlRole`.
        in_roles: Roles that a new role becomes a member of.
        members: Roles that become members of a new role.
        admins: Roles that become members of a new role and may grant it on.
    """

    create: bool
    name: str
    options: tuple[tuple[str, bool], ...]
    in_roles: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantRoles:
    """GRANT or REVOKE of memberships.

    Attributes:
        revoke: True when memberships, or one option of them, are taken away.
        options: Option (``admin``, ``inherit``, ``set``) to what is said of it; of a REVOKE, the option it is for.
        grantor: Name after GRANTED BY; None when there is none.
    """

    roles: tuple[str, ...]
    members: tuple[str, ...]
    revoke: bool
    options: tuple[tuple[str, bool], ...] = ()
    grantor: str | None = None
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Privilege:
    """A privilege as it is written.

    Attributes:
        letter: Its letter; empty for ALL.
        columns: Only these columns; empty for the whole thing.
    """

    letter: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Targets:
    """What a statement is about.

    Attributes:
        space: What kind of thing.
        names: The things; of a routine, with its arguments where they are written.
        schemas: Everything of some kinds in these schemas, in place of names.
        kinds: Those kinds, by the words of `SqlObject`.
    """

    space: Space
    names: tuple[Name, ...] = ()
    schemas: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantPrivileges:
    """GRANT or REVOKE of privileges.

    Attributes:
        option: Of a GRANT, whether it may be passed on; of a REVOKE, whether only that is taken away.
        grantor: Name after GRANTED BY; None when there is none.
    """

    revoke: bool
    privileges: tuple[Privilege, ...]
    targets: Targets
    grantees: tuple[str, ...]
    option: bool = False
    grantor: str | None = None
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class SetDefaults:
    """ALTER DEFAULT PRIVILEGES.

    Attributes:
        roles: Whose future things; empty for one's own.
        schemas: Where; empty for anywhere.
        letter: What kind of things, by the letter in the catalog.
    """

    roles: tuple[str, ...]
    schemas: tuple[str, ...]
    letter: str
    revoke: bool
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    option: bool


@dataclass(frozen=True, slots=True)
class Create:
    """CREATE of something that can be granted.

    Attributes:
        kind: The word for it in ids.
        name: Of a routine, with its arguments.
        owner: Name after AUTHORIZATION or OWNER; None when there is none.
        beside: The table whose owner it gets; None when it gets that of whoever makes it.
        definer, callable, invoker: As in `SqlObject`.
    """

    space: Space
    kind: str
    name: Name
    owner: str | None = None
    beside: Name | None = None
    definer: bool = False
    callable: bool = True
    invoker: bool = False


@dataclass(frozen=True, slots=True)
class CreateExtension:
    """CREATE EXTENSION: makes things that no script shows."""

    name: str


@dataclass(frozen=True, slots=True)
class SetOwner:
    """ALTER … OWNER TO."""

    space: Space
    name: Name
    owner: str


@dataclass(frozen=True, slots=True)
class SetFlags:
    """ALTER TABLE … ROW LEVEL SECURITY, ALTER FUNCTION … SECURITY, ALTER VIEW … SET (security_invoker).

    Attributes:
        flags: Field of `SqlObject` to its new value.
    """

    space: Space
    name: Name
    flags: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """CREATE POLICY or ALTER POLICY.

    Attributes:
        roles: None when an ALTER leaves them as they are; empty for everybody.
        using: None when it is not said.
        check: None when it is not said.
    """

    create: bool
    name: str
    table: Name
    permissive: bool = True
    command: str = "ALL"
    roles: tuple[str, ...] | None = None
    using: str | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class DropPolicy:
    """DROP POLICY."""

    name: str
    table: Name


@dataclass(frozen=True, slots=True)
class Drop:
    """DROP of roles, or of things that can be granted.

    Attributes:
        space: None for roles.
    """

    space: Space | None
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Become:
    """SET ROLE, SET SESSION AUTHORIZATION, and what undoes them.

    Attributes:
        name: None for whom one was before.
        session: True when the whole session changes hands.
    """

    name: str | None
    session: bool


@dataclass(frozen=True, slots=True)
class SearchPath:
    """SET search_path."""

    schemas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connect:
    r"""``\connect``: what follows is about another database."""

    database: str


@dataclass(frozen=True, slots=True)
class Harmless:
    """A statement that is known and changes nobody's access."""


Said = (
    SetRoleOptions
    | GrantRoles
    | GrantPrivileges
    | SetDefaults
    | Create
    | CreateExtension
    | SetOwner
    | SetFlags
    | SetPolicy
    | DropPolicy
    | Drop
    | Become
    | SearchPath
    | Connect
    | Harmless
)
