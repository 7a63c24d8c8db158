"""What GRANT and REVOKE of memberships do.

Source: PostgreSQL 15 to 18, ``user.c`` (AddRoleMems, DelRoleMems, plan_recursive_revoke).
"""

from dataclasses import replace

from blastradius.documents import quoted
from blastradius.model.sources import Source
from blastradius.systems.postgres.catalog import MEMBERSHIP_OPTIONS_SINCE, Membership, MembershipKey
from blastradius.systems.postgres.sql.cursor import NotUnderstood
from blastradius.systems.postgres.sql.said import GrantRoles
from blastradius.systems.postgres.sql.session import Session


def apply_membership(said: GrantRoles, session: Session, source: Source) -> None:
    """Grant roles to members, or revoke them.

    Raises:
        NotUnderstood: When a role is unknown, or the server would refuse it.
    """
    roles = [session.role(name) for name in said.roles]
    members = [session.role(name) for name in said.members]
    grantor = session.role(said.grantor) if said.grantor else _grantor(session)
    pairs = [MembershipKey(role, member, grantor) for role in roles for member in members]
    if not said.revoke:
        if session.strict:
            _refuse_circles(pairs, session)
        for key in pairs:
            grant_membership(session, key, source, said.options)
        return
    for key in pairs:
        _revoke(session, key, said)


def _grantor(session: Session) -> str:
    """Whom a membership hangs on: since version 16 what a superuser grants hangs on the first of all roles."""
    has_tree = session.catalog.version >= MEMBERSHIP_OPTIONS_SINCE
    return session.bootstrap if has_tree and session.is_superuser else session.user_name


def _refuse_circles(pairs: list[MembershipKey], session: Session) -> None:
    for key in pairs:
        if key.member in session.catalog.members_above(key.role):
            raise NotUnderstood(f"the role {quoted(key.role)} is a member of the role {quoted(key.member)}")


def _existing(session: Session, key: MembershipKey) -> Membership | None:
    """Find the membership that a statement is about: before version 16 there is one, whoever granted it."""
    memberships = session.catalog.memberships
    if key in memberships or session.catalog.version >= MEMBERSHIP_OPTIONS_SINCE or not session.strict:
        return memberships.get(key)
    return next((m for m in memberships.values() if m.key[:2] == key[:2]), None)


def grant_membership(
    session: Session, key: MembershipKey, source: Source, options: tuple[tuple[str, bool], ...] = ()
) -> None:
    """Make a role a member of another, or add options to a membership."""
    said = dict(options)
    old = _existing(session, key)
    if old is not None:
        admin = said.get("admin", old.admin)
        made = replace(old, admin=admin, inherit=said.get("inherit", old.inherit), set=said.get("set", old.set))
        if made != old:
            session.catalog.memberships[old.key] = replace(made, source=source)
        return
    inherit: bool | None = None
    if session.catalog.version >= MEMBERSHIP_OPTIONS_SINCE:
        member = session.catalog.roles.get(key.member)
        inherit = said.get("inherit", member is None or member.inherit)
    made = Membership(key, said.get("admin", False), inherit, said.get("set", True), source)
    session.catalog.memberships[key] = made


def _revoke(session: Session, key: MembershipKey, said: GrantRoles) -> None:
    old = _existing(session, key)
    if old is None:
        return
    memberships = session.catalog.memberships
    options = dict(said.options)
    if not options or "admin" in options:
        for other in [
            m.key for m in memberships.values() if (m.key.role, m.key.grantor) == key[:2] and m.key != old.key
        ]:
            if session.catalog.version < MEMBERSHIP_OPTIONS_SINCE:
                break
            if not said.cascade:
                raise NotUnderstood(f"{quoted(key.member)} has granted {quoted(key.role)} on")
            _revoke(session, other, replace(said, options=()))
    if not options:
        del memberships[old.key]
        return
    inherit = False if "inherit" in options else old.inherit
    admin = old.admin and "admin" not in options
    memberships[old.key] = replace(old, admin=admin, inherit=inherit, set=old.set and "set" not in options)
