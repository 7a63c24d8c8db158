"""Whether what was exported is all there is.

Cloud Asset Inventory exports every policy in its scope at once; a policy that was fetched by itself says nothing about
those above and below it.
"""

from collections.abc import Callable, Iterator, Sequence

from blastradius.model.snapshot import Completeness, Coverage
from blastradius.systems.gcp.names import ResourceName
from blastradius.systems.gcp.objects import Origin, Policy, State
from blastradius.systems.gcp.places import Places
from blastradius.systems.gcp.role_table import LOST_CONDITION

_SHOWN = 3
_WHOLE = "export the whole organisation: `gcloud asset search-all-iam-policies --scope=organizations/NUMBER`"


def coverage_of(state: State, places: Places) -> tuple[Coverage, ...]:
    """Say of what was read whether it is complete.

    Args:
        state: What was read.
        places: How it lies in each other.

    Returns:
        One entry for each kind of gap, however many things it concerns, and one for each whole export.
    """
    mine = [name for name in sorted(state.nodes) if name in places.nodes]
    covered = _covered(state, places, mine)
    nodes = [name for name in mine if name.is_node]
    checks: tuple[tuple[str, str, str, Callable[[ResourceName], bool]], ...] = (
        (
            "what is granted above {}",
            "no export says which folder or organisation they lie in",
            "give `gcloud projects describe ID --format=json` of each, and the policies above, or " + _WHOLE,
            lambda name: places.parent(name) is None and name.kind != "organizations",
        ),
        (
            "the policies of {}",
            "their policies are not given",
            _WHOLE,
            lambda name: (
                (name.is_node or name.service == "storage") and name not in state.policies and name not in covered
            ),
        ),
        (
            "the policies of what lies in {}",
            "their policies were exported one by one, so what lies in them may have policies that are not given",
            _WHOLE,
            lambda name: name.is_node and name in state.policies and name not in covered and name.kind == "projects",
        ),
        (
            "the access lists of objects in {}",
            "nothing says that uniform bucket-level access is on, and no export holds access lists of objects",
            "give `gcloud storage buckets list --format=json` as well",
            lambda name: name.service == "storage" and name.path.count("/") == 1 and not state.uniform.get(name),
        ),
    )
    found = [
        Coverage(what.format(_named(gaps)), Completeness.UNKNOWN, reason, state.nodes[gaps[0]].source, remedy)
        for what, reason, remedy, is_gap in checks
        if (gaps := [name for name in mine if is_gap(name)])
    ]
    whole = [_whole(state.policies[name]) for name in nodes if _is_whole(state, places, name)]
    return (*state.truncated, *_lost_conditions(state), *found, *whole)


def _covered(state: State, places: Places, names: Sequence[ResourceName]) -> frozenset[ResourceName]:
    """Find what lies in the scope of an export of everything."""
    return frozenset(
        name for name in names if any(_is_inventory(state, outer) for outer in places.above(name) if outer.is_node)
    )


def _is_inventory(state: State, name: ResourceName) -> bool:
    policy = state.policies.get(name)
    return policy is not None and policy.origin is Origin.INVENTORY


def _is_whole(state: State, places: Places, name: ResourceName) -> bool:
    """Tell whether a place is the outermost of an export of everything."""
    parent = places.parent(name)
    return _is_inventory(state, name) and (parent is None or not _is_inventory(state, parent))


def _whole(policy: Policy) -> Coverage:
    reason = "Cloud Asset Inventory exports all of them at once"
    return Coverage(f"the policies in `{policy.resource.path}`", Completeness.COMPLETE, reason, policy.source)


def _lost_conditions(state: State) -> Iterator[Coverage]:
    """Notice that conditions were left out, since an old version of the policy was asked for."""
    for name in sorted(state.policies):
        for binding in state.policies[name].bindings:
            if LOST_CONDITION in binding.role:
                yield Coverage(
                    f"the policy of `{name.path}`",
                    Completeness.TRUNCATED,
                    f"the condition of `{binding.role.partition(LOST_CONDITION)[0]}` was not exported",
                    binding.source,
                    "ask for version 3 of the policy, or use a `gcloud` of 2019 or later",
                )
                break


def _named(names: Sequence[ResourceName]) -> str:
    """Name some things, and say how many more there are."""
    shown = ", ".join(f"`{name.path}`" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
