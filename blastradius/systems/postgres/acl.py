"""Access control lists: who was granted what by whom, as the server keeps and prints them.

Source: PostgreSQL 15 to 18, ``src/backend/utils/adt/acl.c`` (aclparse, aclupdate, recursive_revoke, aclnewowner).
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.postgres.privileges import LETTERS, Space, letters_of, public_letters

PUBLIC = "public"
"""The grantee that stands for everybody, present and future. No role may be called so."""
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AclItem:
    """What one role granted to another, or to everybody.

    Attributes:
        grantee: Name of a role, or `PUBLIC`.
        grantor: Name of the role it hangs on.
        letters: The privileges.
        options: Those of them that the grantee may pass on.
    """

    grantee: str
    grantor: str
    letters: frozenset[str] = NONE
    options: frozenset[str] = NONE
    source: Source = field(default=NOWHERE, compare=False)


Acl = tuple[AclItem, ...]
"""Items of distinct (grantee, grantor), in the order in which they were made."""


def default_acl(space: Space, owner: str, version: int, source: Source, *, sequence: bool = False) -> Acl:
    """Give what holds on a thing that nobody has granted or revoked anything on."""
    everybody = public_letters(space)
    public = (AclItem(PUBLIC, owner, frozenset(everybody), NONE, source),) if everybody and not sequence else ()
    return (*public, AclItem(owner, owner, frozenset(letters_of(space, version, sequence=sequence)), NONE, source))


def parse_item(text: str, source: Source = NOWHERE) -> AclItem | None:
    """Read ``grantee=letters/grantor``; None when it is none.

    Args:
        text: Such as ``alice=r*w/postgres``; ``=U/postgres`` is for everybody, and ``*`` marks a grant option.
        source: Where it stands.
    """
    parsed = _parsed(text)
    return None if parsed is None else AclItem(*parsed, source)


@lru_cache(maxsize=100_000)
def _parsed(text: str) -> tuple[str, str, frozenset[str], frozenset[str]] | None:
    grantee, at = _name(text, 0)
    if grantee is None or text[at : at + 1] != "=":
        return None
    granted = text[at + 1 :]
    slash = granted.find("/")
    if slash < 0:
        return None
    grantor, end = _name(granted, slash + 1)
    if not grantor or end != len(granted):
        return None
    letters, options = set(), set()
    last = ""
    for letter in granted[:slash]:
        if letter == "*" and last:
            options.add(last)
            last = ""
        elif letter in LETTERS:
            letters.add(letter)
            last = letter
        else:
            return None
    return grantee or PUBLIC, grantor, frozenset(letters), frozenset(options)


def _name(text: str, at: int) -> tuple[str | None, int]:
    """Read a role's name, in quotes or plain; None when a quote is never closed."""
    if text[at : at + 1] != '"':
        end = at
        while end < len(text) and text[end] not in '=/"':
            end += 1
        return text[at:end], end
    parts: list[str] = []
    end = at + 1
    while True:
        close = text.find('"', end)
        if close < 0:
            return None, len(text)
        parts.append(text[end:close])
        if text[close + 1 : close + 2] != '"':
            return "".join(parts), close + 1
        parts.append('"')
        end = close + 2


def granted(acl: Acl, item: AclItem) -> Acl:
    """Add privileges; what the same role granted to the same one before is added to."""
    for at, old in enumerate(acl):
        if (old.grantee, old.grantor) == (item.grantee, item.grantor):
            joined = replace(item, letters=old.letters | item.letters, options=old.options | item.options)
            if joined == old:
                return acl
            return (*acl[:at], joined, *acl[at + 1 :])
    return (*acl, item)


@dataclass(frozen=True, slots=True)
class Revocation:
    """What is taken away.

    Attributes:
        option_only: True when the privileges stay and only the right to pass them on is taken.
        cascade: True when what was passed on goes as well; otherwise it stands in the way.
    """

    grantee: str
    grantor: str
    letters: frozenset[str]
    option_only: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose a thing is, and who stands for whom: what says which grant options hang on which.

    Attributes:
        owner: Name of the owner, whose grant options hang on nothing.
        standing: Gives the roles whose privileges a role has, itself included.
    """

    owner: str
    standing: Callable[[str], Collection[str]]

    def options_of(self, acl: Acl, role: str, letters: frozenset[str]) -> frozenset[str]:
        """Say which of these privileges a role may pass on, through whatever role it has."""
        standing = self.standing(role)
        if self.owner in standing:
            return letters
        return letters & NONE.union(*(item.options for item in acl if item.grantee in standing))

    def revoked(self, acl: Acl, what: Revocation) -> Acl | None:
        """Take privileges away.

        Args:
            acl: The whole list.
            what: What to take, from whom.

        Returns:
            What is left; None when privileges that were passed on stand in the way.
        """
        left: list[AclItem] = []
        lost = NONE
        for item in acl:
            if (item.grantee, item.grantor) != (what.grantee, what.grantor):
                left.append(item)
                continue
            lost = item.options & what.letters
            kept = item.letters if what.option_only else item.letters - what.letters
            item = replace(item, letters=kept, options=item.options - what.letters)
            if item.letters:
                left.append(item)
        if lost and what.grantee not in (PUBLIC, self.owner):
            return self._without_dependents(tuple(left), what, lost)
        return tuple(left)

    def _without_dependents(self, acl: Acl, what: Revocation, lost: frozenset[str]) -> Acl | None:
        """Take away what hung on grant options that were lost and that nobody else gave."""
        lost -= self.options_of(acl, what.grantee, lost)
        result: Acl | None = acl
        for item in acl:
            passed_on = item.letters & lost
            if item.grantor != what.grantee or not passed_on:
                continue
            if not what.cascade or result is None:
                return None
            result = self.revoked(result, Revocation(item.grantee, item.grantor, passed_on, cascade=True))
        return result

    def is_circular(self, acl: Acl, item: AclItem) -> bool:
        """Tell whether grant options would go back to somebody from whom the grantor has them.

        Args:
            acl: The whole list.
            item: What is to be granted.
        """
        if not item.options or item.grantor == self.owner:
            return False
        left = acl
        while old := next((one for one in left if one.grantee == item.grantee and one.options), None):
            what = Revocation(old.grantee, old.grantor, old.options, cascade=True)
            left = self.revoked(left, what) or ()
        return not item.options <= self.options_of(left, item.grantor, item.options)


def with_owner(acl: Acl, old: str, new: str) -> Acl:
    """Put the new owner in the place of the old one, as grantee and as grantor."""
    changed: Acl = ()
    for item in acl:
        grantee = new if item.grantee == old else item.grantee
        changed = granted(changed, replace(item, grantee=grantee, grantor=new if item.grantor == old else item.grantor))
    return changed


def mentioned(acl: Iterable[AclItem]) -> Iterable[str]:
    """Name the roles that something was granted to."""
    return (item.grantee for item in acl if item.grantee not in (PUBLIC, ""))
