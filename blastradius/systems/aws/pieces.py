"""Statements to pieces: some actions on one set of resources, under some conditions.

An action is asked about resources of certain services only, so a statement about ``*`` is taken apart by service:
whoever may do everything to everything, except what IAM can do, must not seem to reach IAM by an action of S3.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from blastradius.model.sources import Source
from blastradius.systems.aws.actions import Actions
from blastradius.systems.aws.conditions import When, texts_of
from blastradius.systems.aws.objects import Statement
from blastradius.systems.aws.patterns import ANYTHING, complete, service_of, with_service
from blastradius.systems.aws.regions import OTHER_SERVICES, Region, meet, region

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*": "?", "?": "?", "$": "$"}
"""NOTE: ``${*}`` is a star that is no wildcard; our globs have none, and ``?`` fits it and little else."""
BY_PRINCIPAL = frozenset({"aws:username", "aws:userid"})
"""Variables that differ between those who have a policy."""
Variables = Mapping[str, str | None]
"""What is known of policy variables, by name in lower case; None for one that the principal does not have."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some actions on one set of resources.

    Attributes:
        actions: Never empty.
        when: Texts that must all hold.
    """

    allows: bool
    actions: frozenset[str]
    region: Region
    when: When
    source: Source


def variables_of(statement: Statement) -> frozenset[str]:
    """Name the policy variables in the resources of a statement, in lower case."""
    if not statement.has_variables:
        return frozenset()
    found = (name for text in statement.resources or () for name in _VARIABLE.findall(text))
    return frozenset(name.lower() for name in found)


class Cutter:
    """Takes statements apart."""

    def __init__(self, actions: Actions, services: Collection[str]) -> None:
        """Know the actions, and the services that have a place of their own."""
        self._actions = actions
        self._services = frozenset(services)
        self._sorted: dict[tuple[tuple[str, ...], bool], dict[str, frozenset[str]]] = {}

    def pieces(self, statement: Statement, variables: Variables) -> Iterator[Piece]:
        """Give the pieces of a statement.

        Args:
            statement: One that names resources.
            variables: What is known of its policy variables.
        """
        by_service = self._by_service(statement.actions, statement.not_actions)
        when = texts_of(statement.conditions)
        if statement.not_resources:
            for service, actions in by_service.items():
                found = self._complement(statement, service, variables)
                if found is not None:
                    yield Piece(statement.allows, actions, found, when, statement.source)
            return
        seen: set[tuple[str, When]] = set()
        for text in statement.resources or ():
            filled = _filled(text, variables) if statement.has_variables else (text, frozenset())
            pattern = complete(filled[0]) if filled else None
            if filled is None or pattern is None or (pattern, filled[1]) in seen:
                continue
            seen.add((pattern, filled[1]))
            for actions, made in self._regions(pattern, by_service):
                yield Piece(statement.allows, actions, made, when | filled[1], statement.source)

    def _regions(
        self, pattern: str, by_service: Mapping[str, frozenset[str]]
    ) -> Iterator[tuple[frozenset[str], Region]]:
        service = service_of(pattern)
        anywhere = by_service.get(ANYTHING, frozenset())
        services = by_service if service == ANYTHING else {service: by_service.get(service, frozenset()) | anywhere}
        for name, actions in services.items():
            made = region(with_service(pattern, OTHER_SERVICES if name == ANYTHING else name))
            if made is not None and actions:
                yield actions, made

    def _complement(self, statement: Statement, service: str, variables: Variables) -> Region | None:
        without: set[str] = set()
        for text in statement.resources or ():
            filled = _filled(text, variables) if statement.has_variables else (text, frozenset())
            pattern = complete(filled[0]) if filled else None
            # Less is excepted from what is allowed, more from what is denied, where a variable is not known.
            if filled is not None and pattern is not None and not (statement.allows and filled[1]):
                without.add(pattern)
        return region(with_service(ANYTHING, OTHER_SERVICES if service == ANYTHING else service), tuple(without))

    def _by_service(self, patterns: tuple[str, ...], others: bool) -> dict[str, frozenset[str]]:
        """Sort the actions that some patterns name by the services whose resources they are asked about."""
        key = (patterns, others)
        if key not in self._sorted:
            named = frozenset[str]().union(*(self._actions.expand(pattern) for pattern in patterns))
            if others:
                named = self._actions.expand(ANYTHING) - named
            found: dict[str, set[str]] = {}
            for action in named:
                for owner in self._actions.owners(action):
                    place = owner if owner in self._services or owner == ANYTHING else OTHER_SERVICES
                    found.setdefault(place, set()).add(action)
            self._sorted[key] = {service: frozenset(found[service]) for service in sorted(found)}
        return self._sorted[key]


def _filled(text: str, variables: Variables) -> tuple[str, When] | None:
    """Fill in the variables of a resource; what is not known may be anything, which is a condition.

    Returns:
        None when a variable is one that the principal does not have, so that nothing fits.
    """
    unknown: set[str] = set()
    missing = False

    def fill(found: re.Match[str]) -> str:
        nonlocal missing
        name = found.group(1)
        if name in _LITERALS:
            return _LITERALS[name]
        value = variables.get(name.lower(), "")
        missing = missing or value is None
        if not value:
            unknown.add(name)
            return "*"
        return value

    filled = _VARIABLE.sub(fill, text)
    if missing:
        return None
    return filled, frozenset(f"${{{name}}} fits the resource" for name in unknown)


class Ceiling:
    """What a policy leaves of others at most: a permissions boundary, or one level of service control policies."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        """Take what the policy allows."""
        self._by_service: dict[str, list[Piece]] = {}
        for piece in pieces:
            if piece.allows:
                self._by_service.setdefault(piece.region.service, []).append(piece)

    def cut(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """Cut what is allowed down to what the ceiling allows too; denials stay."""
        for piece in pieces:
            if not piece.allows:
                yield piece
                continue
            for limit in self._near(piece.region.service):
                actions = piece.actions & limit.actions
                common = meet(piece.region, limit.region) if actions else None
                if common is not None:
                    yield replace(piece, actions=actions, region=common, when=piece.when | limit.when)

    def _near(self, service: str) -> Iterator[Piece]:
        if service == ANYTHING:
            yield from chain.from_iterable(self._by_service.values())
        else:
            yield from self._by_service.get(service, ())
            yield from self._by_service.get(ANYTHING, ())
