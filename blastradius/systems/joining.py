"""Who is who across systems: accounts of one person, groups that feed other groups, and whose mail domain it is.

Source: `docs/together.md`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from blastradius.documents import quoted
from blastradius.errors import did_you_mean
from blastradius.model.snapshot import Entry, Group, Identities, Principal, PrincipalKind, Snapshot
from blastradius.model.sources import NOWHERE, Problem, Source
from blastradius.systems.merge import same_as_sources

_MAIL_USER = re.compile(r"user:([^\s/@]+@[^\s/@]+)")
_MAIL_GROUP = re.compile(r"group:[^\s/@]+@([^\s/@]+)")
DOMAIN_PREFIX = "domain:"
_Subject = TypeVar("_Subject", Principal, Group)


def joined(snapshot: Snapshot, problems: list[Problem]) -> Snapshot:
    """Make facts of what is known about who is who.

    Args:
        snapshot: All systems together.
        problems: Takes what names nobody.

    Returns:
        The snapshot with members and assumers added, accounts of one e-mail address as `same_as`, members of whole
        domains, and whoever is of a foreign domain marked as external when the own domains are known. Nothing is left
        in its ``identities``.
    """
    identities = snapshot.identities
    if identities == Identities():
        return snapshot
    problems.extend(_unknown(name, "principal", snapshot.principals, source) for name, source in _missing(snapshot))
    emails = _emails(snapshot)
    principals = _with_entries(snapshot.principals, identities.assumable_by, "principal", problems)
    groups = _with_entries(snapshot.groups, identities.members, "group", problems)
    groups = _with_domain_members(groups, emails, identities.mentioned)
    if identities.domains:
        principals, groups = _with_externals(principals, groups, emails, identities.domains)
    accounts = _accounts_of_one(emails, snapshot.same_as) if identities.emails else ()
    return replace(
        snapshot,
        principals=principals,
        groups=groups,
        same_as=(*snapshot.same_as, *accounts),
        same_as_sources=(*same_as_sources(snapshot), *[NOWHERE] * len(accounts)),
        identities=Identities(),
    )


def _emails(snapshot: Snapshot) -> dict[str, str]:
    """Give the e-mail address of every principal that has one; ``user:ana@acme.example`` says it itself."""
    found = {name: match[1].lower() for name in snapshot.principals if (match := _MAIL_USER.fullmatch(name))}
    found.update((name, email.lower()) for name, email in snapshot.identities.emails.items())
    return {name: email for name, email in found.items() if name in snapshot.principals}


def _with_entries(
    section: Mapping[str, _Subject], added: Iterable[tuple[str, Entry]], kind: str, problems: list[Problem]
) -> dict[str, _Subject]:
    """Add members to groups, or assumers to principals."""
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for name, entry in added:
        entries[name].append(entry)
    changed = dict(section)
    for name, more in entries.items():
        one = section.get(name)
        if one is None:
            problems.append(_unknown(name, kind, section, more[0].source))
        elif isinstance(one, Principal):
            changed[name] = replace(one, assumable_by=_united(one.assumable_by, more))
        elif one.open:
            message = f"{quoted(name)} has everybody who meets its conditions, and no list of members to add to"
            problems.append(Problem(message, more[0].source, "add them to a group in its `all_of`"))
        else:
            changed[name] = replace(one, members=_united(one.members, more))
    return changed


def _missing(snapshot: Snapshot) -> Iterable[tuple[str, Source]]:
    return ((name, at) for name, at in snapshot.identities.named.items() if name not in snapshot.principals)


def _unknown(name: str, kind: str, known: Iterable[str], source: Source) -> Problem:
    hint = did_you_mean(name, sorted(known)) or "it stands in none of the systems that were read"
    return Problem(f"unknown {kind} {quoted(name)}", source, hint)


def _united(first: Iterable[Entry], more: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(dict.fromkeys((*first, *more)))


def _with_domain_members(
    groups: dict[str, Group], emails: Mapping[str, str], mentioned: frozenset[str]
) -> dict[str, Group]:
    """List in a whole domain those of its accounts that are known."""
    accounts: defaultdict[str, list[str]] = defaultdict(list)
    for name, email in emails.items():
        accounts[_domain(email)].append(name)
    for name in sorted(mentioned):
        group = groups.get(name)
        if group is not None and name.startswith(DOMAIN_PREFIX):
            more = [Entry(account) for account in sorted(accounts[name.removeprefix(DOMAIN_PREFIX)])]
            groups[name] = replace(group, members=_united(group.members, more))
    return groups


def _with_externals(
    principals: dict[str, Principal], groups: dict[str, Group], emails: Mapping[str, str], own: frozenset[str]
) -> tuple[dict[str, Principal], dict[str, Group]]:
    """Mark whoever is of a domain that is not the organisation's."""
    for name, email in emails.items():
        if principals[name].kind is PrincipalKind.USER and _domain(email) not in own:
            principals[name] = replace(principals[name], external=True)
    for name, group in groups.items():
        match = _MAIL_GROUP.fullmatch(name)
        domain = match[1].lower() if match else name.removeprefix(DOMAIN_PREFIX)
        if (match or name.startswith(DOMAIN_PREFIX)) and domain not in own and group.unlisted:
            groups[name] = replace(group, external=True)
    return principals, groups


def _accounts_of_one(emails: Mapping[str, str], known: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Find accounts with the same e-mail address that nothing else already joins."""
    accounts: defaultdict[str, set[str]] = defaultdict(set)
    for name, email in emails.items():
        accounts[email].add(name)
    stated = frozenset(known)
    found = (frozenset(accounts[email]) for email in sorted(accounts))
    return tuple(one for one in found if len(one) > 1 and one not in stated)


def _domain(email: str) -> str:
    return email.rpartition("@")[2]
