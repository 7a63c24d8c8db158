"""Row-level security: which rows somebody sees is decided row by row, so it is a condition.

Source: PostgreSQL 15 to 18, ``rowsecurity.c`` (get_row_security_policies, add_security_quals), ``rls.c``
(check_enable_rls).
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from blastradius.documents import visible
from blastradius.model.snapshot import Entry
from blastradius.systems.postgres import ids
from blastradius.systems.postgres.catalog import Catalog, Policy, PolicyKey, SqlObject
from blastradius.systems.postgres.gathered import Gathered
from blastradius.systems.postgres.places import Places
from blastradius.systems.postgres.privileges import ROW_LETTERS

_COMMAND_LETTERS = {"ALL": "rawd", "SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}
_TRUE = frozenset({"true", "(true)"})
_EXPRESSION_MAX = 300


class Share(NamedTuple):
    """A part of what a role holds on a table.

    Attributes:
        subject: Who has it.
        letters: Which privileges.
        when: Under which condition; None for always.
    """

    subject: str
    letters: frozenset[str]
    when: str | None = None


class RowSecurity:
    """Says what is left of privileges on a table under its policies."""

    def __init__(self, catalog: Catalog, places: Places, facts: Gathered) -> None:
        """Take what there is.

        Args:
            catalog: Everything.
            places: Says who gets where.
            facts: Takes the groups.
        """
        self._places = places
        self._facts = facts
        self._known = catalog.roles
        self._policies: dict[tuple[str, str, str], list[Policy]] = {}
        for key in sorted(catalog.policies):
            self._policies.setdefault(key[:3], []).append(catalog.policies[key])

    def shares(self, table: SqlObject, holder: str, subject: str, letters: frozenset[str]) -> Iterator[Share]:
        """Divide privileges into what holds always and what depends on the row.

        Args:
            table: A relation.
            holder: Name of the role that has them.
            subject: Whom that reaches.
            letters: The privileges.
        """
        if not table.row_security or (holder == table.owner and not table.forced):
            yield Share(subject, letters)
            return
        if letters - ROW_LETTERS:
            yield Share(subject, letters - ROW_LETTERS)
        rows = letters & ROW_LETTERS
        if not rows:
            return
        narrowed = self._facts.group(
            ids.bypass_id(table.key, holder),
            [Entry(subject, source=table.source)],
            table.source,
            [Entry(self._bypass(table), source=table.source)],
        )
        yield Share(narrowed, rows)
        policies = self._policies.get(table.key[1:], [])
        restrictive = [policy for policy in policies if not policy.permissive]
        for policy in policies:
            if policy.permissive:
                who = self._meant(policy, holder, subject)
                yield from _admitted(policy, restrictive, who, rows)

    def _bypass(self, table: SqlObject) -> str:
        """Name those whom the policies of a table do not concern."""
        entries = [Entry(ids.UNBOUND, source=table.source)]
        if not table.forced and table.owner:
            entries.append(Entry(self._places.subject(table.owner, table.key.database), source=table.source))
        return self._facts.group(ids.bypass_id(table.key), entries, table.source)

    def _meant(self, policy: Policy, holder: str, subject: str) -> str:
        """Name those of the subject whom a policy is for."""
        if not policy.roles:
            return subject
        database = policy.key.database
        roles = [Entry(self._places.subject(role, database), source=policy.source) for role in policy.roles]
        meant = self._facts.group(ids.policy_id(policy.key), roles, policy.source)
        both = [Entry(subject, source=policy.source)]
        return self._facts.group(
            ids.policy_id(policy.key, holder), both, policy.source, [Entry(meant, source=policy.source)]
        )


def _admitted(policy: Policy, restrictive: Iterable[Policy], who: str, rows: frozenset[str]) -> Iterator[Share]:
    """Say under which conditions a policy admits rows, letters of the same condition together."""
    by_text: dict[str | None, set[str]] = {}
    for letter in rows.intersection(_COMMAND_LETTERS[policy.command]):
        texts = [_text(policy, letter)]
        if texts[0] is None:
            continue
        texts += [_text(other, letter) for other in restrictive if letter in _COMMAND_LETTERS[other.command]]
        conditions = [text for text in texts if text]
        by_text.setdefault(" and ".join(conditions) or None, set()).add(letter)
    for text, letters in sorted(by_text.items(), key=lambda item: item[0] or ""):
        yield Share(who, frozenset(letters), text)


def _text(policy: Policy, letter: str) -> str | None:
    """Write the condition of a policy; empty when it admits every row, None when it admits none."""
    using, check = policy.using, policy.using if policy.check is None else policy.check
    expressions = {"r": (using,), "d": (using,), "a": (check,), "w": (using, check)}[letter]
    if None in expressions:
        return None if policy.permissive else ""
    shown = dict.fromkeys(_shown(str(one)) for one in expressions if " ".join(str(one).split()).lower() not in _TRUE)
    if not shown:
        return ""
    whom = f" for {', '.join(sorted(policy.roles))}" if policy.roles and not policy.permissive else ""
    return visible(
        f"policy {policy.key.name} on {_table(policy.key)}{whom} admits the row: {', and after it: '.join(shown)}"
    )


def _table(key: PolicyKey) -> str:
    return f"{key.database}/{key.schema}.{key.table}"


def _shown(expression: str) -> str:
    """Write an expression on one line; a long one is cut, and told from others by its digest."""
    text = " ".join(expression.split())
    if len(text) <= _EXPRESSION_MAX:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{text[:_EXPRESSION_MAX]}… ({digest})"
