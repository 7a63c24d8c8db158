"""Whether the classes that a compiled snapshot keeps are those that its policy gives."""

from collections.abc import Iterator, Sequence

from blastradius.assess.classes import classified, rules_digest
from blastradius.columns.pair import own_columns
from blastradius.columns.views import ResourceView
from blastradius.documents import parse
from blastradius.errors import SnapshotError
from blastradius.gate import load_policy, shipped_policy
from blastradius.model.policy import Policy
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Problem

_HELP = "make it again with `blastradius convert`, from sources that you trust"


def doubts_about_classes(snapshot: Snapshot, policies: Sequence[Policy]) -> Iterator[Problem]:
    """Classify again what a compiled snapshot has classes for.

    Args:
        snapshot: Any; only of a compiled one are classes kept.
        policies: Those at hand, beside the ones that ship.

    Yields:
        A warning where the classes are kept for a policy that is not at hand.

    Raises:
        SnapshotError: When they are others than the policy gives.

    Cost: that of classifying all resources without any help.
    """
    if not isinstance(snapshot.resources, ResourceView):
        return
    columns = own_columns(snapshot)
    stored = columns.stored_classes
    if stored is None:
        return
    shipped = (load_policy(parse(shipped_policy(name))) for name in ("default", "strict"))
    policy = next((each for each in (*policies, *shipped) if rules_digest(each) == stored.digest), None)
    if policy is None:
        message = "the classes in the compiled snapshot are kept for a policy that was not given, and were not checked"
        yield Problem(message, None, "give the policy too")
        return
    (differs,) = (classified(policy, columns) != stored.codes).nonzero()
    if differs.size or tuple(policy.classes) != stored.ids:
        first = f", `{columns.resources.names[int(differs[0])]}` first" if differs.size else ""
        message = f"{len(differs):,} of the classes kept in the compiled snapshot are not those of its policy{first}"
        raise SnapshotError(Problem(message, None, _HELP))
