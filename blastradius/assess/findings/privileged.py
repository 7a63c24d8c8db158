"""Finding: somebody gains a Kubernetes verb that amounts to more than it says.

Source: Kubernetes 1.34 documentation, "Role Based Access Control Good Practices", privilege escalation risks.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from pyroaring import BitMap

from blastradius.assess.findings.interface import SAMPLE_MAX, Context, Draft, Rule, count, listed
from blastradius.columns.names import ABSENT, distinct
from blastradius.globs import matches
from blastradius.model.assessment import FindingLevel
from blastradius.model.delta import GAINS, IdSet

_RBAC = "rbac.authorization.k8s.io"
_AUTHENTICATION = "authentication.k8s.io"
_CERTIFICATES = "certificates.k8s.io"
_PREFIX = "k8s:"


@dataclass(frozen=True, slots=True)
class Privilege:
    """Actions that are worth more than their capability.

    Attributes:
        power: What whoever has them can do, for the message.
        actions: Globs for the verbs.
        resources: ``resource[/subresource]`` of one API group.
        group: The API group; empty for the core group.
    """

    power: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    group: str = ""


PRIVILEGES = (
    Privilege("write roles with more access than their own", ("escalate",), ("roles", "clusterroles"), _RBAC),
    Privilege("bind roles with more access than their own", ("bind",), ("roles", "clusterroles"), _RBAC),
    Privilege("act as somebody else", ("impersonate*",), ("users", "groups", "serviceaccounts")),
    Privilege("act as somebody else", ("impersonate*",), ("users", "groups", "uids", "userextras"), _AUTHENTICATION),
    Privilege("run commands in containers", ("create", "get"), ("pods/exec", "pods/attach")),
    Privilege("run commands in containers", ("update", "patch"), ("pods/ephemeralcontainers",)),
    Privilege("run commands on nodes past the API server", ("create", "get"), ("nodes/proxy",)),
    Privilege("get tokens of service accounts", ("create",), ("serviceaccounts/token",)),
    Privilege("read secrets", ("get", "watch", "list", "list.content"), ("secrets",)),
    Privilege(
        "issue certificates for any identity",
        ("update", "patch"),
        ("certificatesigningrequests/approval",),
        _CERTIFICATES,
    ),
)
"""NOTE: a verb counts only on the resources where the API server asks about it: ``escalate`` on pods allows nothing."""


def _kinds(privilege: Privilege) -> frozenset[str]:
    """Write out every part of an id that stands for one of the resources, wildcards included."""
    group = privilege.group or "core"
    kinds = {"*", f"*.{group}"}
    for resource in privilege.resources:
        plural, slash, subresource = resource.partition("/")
        names = [f"{plural}.{privilege.group}" if privilege.group else plural, f"{plural}.*"]
        if slash:
            names += ["*", f"*.{group}", "*.*"]
        kinds |= {f"{name}{slash}{subresource}" for name in names}
    return frozenset(kinds)


_KINDS = tuple((privilege, _kinds(privilege)) for privilege in PRIVILEGES)


@lru_cache(maxsize=4096)
def _on_kind(kind: str) -> tuple[Privilege, ...]:
    return tuple(privilege for privilege, kinds in _KINDS if kind in kinds)


def privileges_on(resource: str) -> tuple[Privilege, ...]:
    """Say which privileges there are on a resource of Kubernetes, single object or wildcard; none elsewhere.

    Ids read ``k8s:NAMESPACE/RESOURCE[.GROUP][/SUBRESOURCE][:OBJECT]``.
    """
    if not resource.startswith(_PREFIX):
        return ()
    kind = resource.removeprefix(_PREFIX).partition("/")[2].partition(":")[0]
    return _on_kind(kind)


@dataclass(slots=True)
class _Found:
    """What was gained of one power."""

    people: BitMap
    resources: set[str]
    actions: set[str]


def _privileged(context: Context) -> Iterator[Draft]:
    names = context.delta.resources
    # Ids are sorted, so those of Kubernetes stand together; `;` is what follows the colon.
    first, end = bisect_left(names, _PREFIX), bisect_left(names, _PREFIX[:-1] + chr(ord(_PREFIX[-1]) + 1))
    owners = context.tree.scope_of[first:end]
    found: dict[str, _Found] = {}
    for scope in distinct(owners[owners != ABSENT]).tolist():
        gained: dict[str, list[IdSet]] = {}
        for (change, action), ids in context.tree.action_changes(scope).items():
            if change in GAINS:
                gained.setdefault(action, []).append(ids)
        if not gained:
            continue
        resources = (names[code] for code in context.tree.resources(scope).tolist() if first <= code < end)
        for power, (places, actions) in _powers(gained, resources).items():
            entry = found.setdefault(power, _Found(BitMap(), set(), set()))
            entry.resources |= places
            entry.actions |= actions
            for action in actions:
                for ids in gained[action]:
                    entry.people |= BitMap(ids)
    for power, entry in sorted(found.items()):
        yield _draft(context, power, entry)


def _powers(actions: Collection[str], resources: Iterable[str]) -> dict[str, tuple[set[str], set[str]]]:
    """Say which powers some actions give on some resources: power to the resources and actions that give it."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for resource in resources:
        for privilege in privileges_on(resource):
            giving = {a for a in actions if any(matches(glob, a) for glob in privilege.actions)}
            if giving:
                where, how = found.setdefault(privilege.power, (set(), set()))
                where.add(resource)
                how |= giving
    return found


def _draft(context: Context, power: str, entry: _Found) -> Draft:
    classes = {context.classes.counted_in(resource) for resource in entry.resources}
    names = [context.people.name(index) for index in islice(entry.people, SAMPLE_MAX)]
    people = context.people.count(entry.people)
    resources = sorted(entry.resources)
    others = "" if len(resources) == 1 else f"{count(len(resources), 'resource')}, among them "
    message = (
        f"{listed(names, people)} could newly {power}: {listed(sorted(entry.actions))} on {others}`{resources[0]}`"
    )
    blamed = (context.exposures[name].source for name in sorted(classes) if name in context.exposures)
    return Draft(
        FindingLevel.ERROR,
        message,
        (power,),
        classes,
        names,
        people,
        resources,
        source=next((source for source in blamed if source is not None), None),
    )


PRIVILEGED_VERB = Rule(
    "privileged-verb",
    "name the single objects that are needed (`resourceNames`), or leave the verb out: it leads to more than it grants",
    _privileged,
)
