"""What the change does to each class of data: who gains what on how much, and the score of it.

Source: SPEC sections 5 and 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from blastradius.assess.blame import FindWitness
from blastradius.assess.changes import CellResources, ClassChange
from blastradius.assess.evidence import with_blame, witnesses
from blastradius.assess.fingerprints import fingerprint
from blastradius.assess.foremost import top_principals, top_resources
from blastradius.assess.people import People
from blastradius.assess.severity import Exposed, class_score, level_of, rounded
from blastradius.model.assessment import (
    Audience,
    CapabilityExposure,
    ChangeCount,
    ClassExposure,
    Level,
    Movement,
)
from blastradius.model.delta import GAINS, AccessChange, Delta, IdSet, PathStep
from blastradius.model.policy import Policy
from blastradius.model.snapshot import Capability


@dataclass(frozen=True, slots=True)
class Measure:
    """What movements are weighed with.

    Attributes:
        delta: Says which principals and resources the codes mean.
        people: Says who the principals are.
        find_witness: Finds the path behind one tuple.
    """

    policy: Policy
    delta: Delta
    people: People
    find_witness: FindWitness


def exposure(change: ClassChange, measure: Measure) -> ClassExposure:
    """Describe what happened to one class.

    Args:
        change: What moved in the class.
        measure: What it is weighed with.

    Cost: linear in the cells and in what turns in them, with a few searches for witnesses.
    """
    data_class = measure.policy.classes[change.class_name]
    unweighed = ClassExposure(
        class_name=data_class.id,
        title=data_class.title,
        score=0.0,
        raw_score=0.0,
        level=Level.NONE,
        factors=None,
        audience=Audience(),
        resource_total=0,
        item_total=0,
        capabilities=_capabilities(change, measure.people),
        movements=_movements(change, measure.people),
        fingerprint=fingerprint("exposure", data_class.id),
    )
    return unweighed if change.gained is None else _weigh(unweighed, change, change.gained, measure)


def _weigh(unweighed: ClassExposure, change: ClassChange, gained: IdSet, measure: Measure) -> ClassExposure:
    """Add what follows from the gains."""
    model = measure.policy.severity
    audience = measure.people.audience(gained)
    items = max(1, change.items)
    capabilities = frozenset(c for c, e in unweighed.capabilities.items() if not GAINS.isdisjoint(e.changes))
    exposed = Exposed(
        sensitivity=measure.policy.classes[change.class_name].sensitivity,
        capabilities=capabilities,
        headcount=audience.headcount,
        items=items,
        outsider=audience.outsider,
        insiders_only=is_inside(audience),
    )
    raw_score, factors = class_score(model, exposed)
    score = rounded(raw_score)
    how = (change, measure.delta.resources, measure.people, measure.find_witness)
    paths, blamed = with_blame(witnesses(*how), *how)
    fact = blamed.step if blamed else None
    return replace(
        unweighed,
        score=score,
        raw_score=raw_score,
        level=level_of(model, score),
        factors=factors,
        audience=audience,
        resource_total=int(change.cells.counts[change.opened].sum()),
        item_total=items,
        top_principals=top_principals(change, measure.delta.principals),
        top_resources=top_resources(change, measure.delta.resources, measure.people),
        witnesses=paths,
        source=fact.source if fact else None,
        fingerprint=_fingerprint(change.class_name, capabilities, audience, fact),
    )


def is_inside(audience: Audience) -> bool:
    """Tell whether everybody in an audience belongs to the organisation."""
    return not audience.outsider and not audience.external


def _fingerprint(
    class_name: str, capabilities: frozenset[Capability], audience: Audience, blamed: PathStep | None
) -> str:
    """Digest what makes an exposure what it is: class, capabilities, kinds of audience, and the changed fact."""
    fact = (blamed.start, blamed.relation, blamed.end) if blamed else ()
    kinds = ("outsider", "external", "unlisted", "agent")
    present = [kind for kind in kinds if getattr(audience, kind)]
    return fingerprint(
        "exposure", class_name, *(c.label for c in sorted(capabilities)), "audience", *present, "fact", *fact
    )


def _capabilities(change: ClassChange, people: People) -> Mapping[Capability, CapabilityExposure]:
    cells, opened = change.cells, change.opened
    exposed = change.codes(opened if opened.any() else None)
    result: dict[Capability, CapabilityExposure] = {}
    for capability in Capability:
        changes = {
            kind: _count(change, who, kind, capability, people)
            for kind in AccessChange
            if (who := change.sets.get((kind, capability))) is not None
        }
        if changes:
            before = cells.tree.had_anywhere(capability, exposed)
            result[capability] = CapabilityExposure(0 if before is None else people.count(before), changes)
    return result


def _count(change: ClassChange, who: IdSet, kind: AccessChange, capability: Capability, people: People) -> ChangeCount:
    sizes, counts = change.cells.sizes((kind, capability)), change.cells.counts
    return ChangeCount(
        tuples=int((sizes * counts).sum()),
        principals=people.count(who),
        resources=int(counts[sizes > 0].sum()),
    )


def _movements(change: ClassChange, people: People) -> Mapping[AccessChange, Movement]:
    result: dict[AccessChange, Movement] = {}
    for kind in AccessChange:
        who = change.people([kind], Capability)
        if who is not None:
            moved = ((capability, change.sets.get((kind, capability))) for capability in Capability)
            result[kind] = Movement(
                people=people.distinct(who),
                resources=CellResources(change.cells, change.cells.touched(change.keys([kind], Capability))),
                audiences={capability: people.audiences(ids) for capability, ids in moved if ids is not None},
                crowds=people.crowds(who),
            )
    return result
