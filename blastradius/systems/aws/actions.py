"""Every AWS action that is known, and what a pattern of actions stands for.

Source: `actions.txt`, made by ``.ci/make_aws_actions.py``. Names of services and actions are compared without regard
to case.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

from blastradius.globs import compile_glob
from blastradius.model.snapshot import Capability
from blastradius.systems.aws.capabilities import EXCEPTIONS, LEVELS
from blastradius.systems.aws.patterns import ANYTHING

_DATE = "as of "
_ON = "on:"
_VERBS = {
    "list": Capability.LIST,
    "describe": Capability.LIST,
    "get": Capability.READ,
    "batchget": Capability.READ,
    "search": Capability.READ,
    "view": Capability.READ,
    "lookup": Capability.READ,
    "query": Capability.READ,
}
_IAM = "iam"
ASSUME_ROLE = "sts:AssumeRole"
ASSUMING = frozenset({ASSUME_ROLE, "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"})


@dataclass(frozen=True, slots=True)
class Service:
    """The actions of one service.

    Attributes:
        names: Name of each action in lower case, without the service, to the action.
    """

    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActionTable:
    """All that `actions.txt` says.

    Attributes:
        as_of: The day it describes.
        services: By prefix, in lower case.
        capabilities: Capability of each action.
        elsewhere: Services whose resources an action is asked about, where that is not, or not only, its own.
    """

    as_of: date
    services: Mapping[str, Service]
    capabilities: Mapping[str, Capability]
    elsewhere: Mapping[str, frozenset[str]]


@cache
def action_table() -> ActionTable:
    """Read the table that ships."""
    text = files("blastradius.systems.aws").joinpath("actions.txt").read_text("utf-8")
    as_of, prefix = date.min, ""
    services: dict[str, Service] = {}
    capabilities: dict[str, Capability] = {}
    elsewhere: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        if line.startswith(_DATE):
            as_of = date.fromisoformat(line.removeprefix(_DATE))
        elif line.startswith(" "):
            word, *names = line.split()
            if word.startswith(_ON):
                owners = frozenset(word.removeprefix(_ON).split(","))
                elsewhere.update((f"{prefix}:{name}", owners) for name in names)
                continue
            capability = LEVELS[word]
            services[prefix].names.update((name.lower(), f"{prefix}:{name}") for name in names)
            capabilities.update((f"{prefix}:{name}", capability) for name in names)
        elif not line.startswith("#"):
            prefix = line
            services[prefix] = Service()
    return ActionTable(as_of, services, {**capabilities, **EXCEPTIONS}, elsewhere)


class Actions:
    """The actions of the table and those that policies name besides.

    Attributes:
        unknown: What policies name and the table knows no action for, in lower case.
        as_of: The day that the table describes.
    """

    def __init__(self, named: Iterable[tuple[str, bool]]) -> None:
        """Begin with the table and add what policies name.

        Args:
            named: Every action or pattern of actions in any policy of either side, and whether AWS keeps that policy.
        """
        self._table = action_table()
        self._services = {prefix: dict(service.names) for prefix, service in self._table.services.items()}
        self._found: dict[str, frozenset[str]] = {}
        self.unknown: set[str] = set()
        self._retired: dict[str, Capability] = {}
        self.as_of = self._table.as_of
        patterns: dict[str, bool] = {}
        for text, is_of_aws in named:
            patterns[text.lower()] = is_of_aws and patterns.get(text.lower(), True)
        for pattern in sorted(patterns, key=lambda p: ("*" in p or "?" in p, p)):
            if ":" in pattern and not self._matching(pattern):
                self._add(pattern, is_of_aws=patterns[pattern])

    def _add(self, pattern: str, *, is_of_aws: bool) -> None:
        """Take over what fits nothing known: it stands for itself, so that a wider pattern holds it too."""
        prefix, _, name = pattern.partition(":")
        self._services.setdefault(prefix, {})[name] = pattern
        verb = next((capability for start, capability in _VERBS.items() if name.startswith(start)), None)
        if is_of_aws and verb is not None:
            # AWS leaves actions of services that it closed in its own policies, and names what only reads alike.
            self._retired[pattern] = verb
        else:
            self.unknown.add(pattern)

    def expand(self, pattern: str) -> frozenset[str]:
        """Give the actions that fit a pattern; empty for what is no pattern of actions."""
        pattern = pattern.lower()
        if pattern not in self._found:
            self._found[pattern] = frozenset(self._matching(pattern))
        return self._found[pattern]

    def capability(self, action: str) -> Capability:
        """Give the capability of an action; one that the table does not know counts as `manage`."""
        return self._table.capabilities.get(action) or self._retired.get(action, Capability.MANAGE)

    def owners(self, action: str) -> frozenset[str]:
        """Name the services whose resources an action is asked about; a star for any."""
        prefix = action.partition(":")[0]
        found = self._table.elsewhere.get(action, frozenset())
        if prefix != _IAM and action not in ASSUMING:
            # NOTE: an action that names a role, such as tagging a session, gives no power over IAM. Counting it there
            # would let everybody who may do nothing in IAM seem to.
            found = found - {_IAM}
        return found or frozenset({prefix})

    def _matching(self, pattern: str) -> Iterable[str]:
        prefix, colon, name = pattern.partition(":")
        if not colon:
            prefix, name = (ANYTHING, ANYTHING) if pattern == ANYTHING else ("", "")
        if "*" not in prefix and "?" not in prefix:
            names = self._services.get(prefix, {})
            return [names[name]] if name in names else list(_fitting(names, name))
        whole = compile_glob(prefix)
        fitting = (names for service, names in self._services.items() if whole.matches(service))
        return [action for names in fitting for action in _fitting(names, name)]


def _fitting(names: Mapping[str, str], pattern: str) -> Iterator[str]:
    if pattern == ANYTHING:
        yield from names.values()
    elif "*" in pattern or "?" in pattern:
        glob = compile_glob(pattern)
        yield from (action for name, action in names.items() if glob.matches(name))
