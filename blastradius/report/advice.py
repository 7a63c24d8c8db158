"""What to do next, in sentences, from the assessment alone."""

from blastradius.model.assessment import Assessment, AuthorKind, ClassExposure, Decision
from blastradius.model.delta import PathStep, Witness
from blastradius.model.snapshot import UNLISTED_SUFFIX
from blastradius.model.sources import Source
from blastradius.report.phrases import Foreign, Phrase, listed
from blastradius.report.wording import count, place

MOST_OPENERS = 3
_OF_CLUSTER = "group:k8s/system:"
"""How the ids of the groups begin that a Kubernetes cluster fills itself."""


def next_steps(assessment: Assessment) -> tuple[Phrase, ...]:
    """Say what the reader can do now, most important first; never empty."""
    steps = [_decided(assessment)]
    if assessment.verdict.decision.rank >= Decision.WARN.rank:
        steps += _narrower(assessment.exposures)
    steps += _unlisted(assessment.exposures)
    steps += _conditions(assessment.exposures)
    if assessment.unread:
        parts = count(len(assessment.unread), "part of the input was", "parts of the input were")
        steps.append((f"look at what was not understood: {parts} left out of all numbers here",))
    return tuple(steps)


def _decided(assessment: Assessment) -> Phrase:
    verdict = assessment.verdict
    rules = [Foreign(reason.rule) for reason in verdict.reasons if reason.decision is verdict.decision]
    asked = (" (", *listed(rules), ")") if rules else ()
    match verdict.decision:
        case Decision.BLOCK:
            return ("do not apply this change: the gate blocks it", *asked)
        case Decision.APPROVE:
            need = count(verdict.approvals_needed, "approval")
            who = " from people, not from an agent," if assessment.author_kind is AuthorKind.AGENT else ""
            return (f"get {need}{who} before it is applied", *asked)
        case Decision.WARN:
            return ("it may go in, once somebody has read the warnings", *asked)
        case Decision.PASS:
            return ("nothing is required: the gate lets it in",)


def _narrower(exposures: tuple[ClassExposure, ...]) -> list[Phrase]:
    """Name the changed lines that open most, since that is where less can be given."""
    opened: dict[Source, list[ClassExposure]] = {}
    for exposure in exposures:
        if exposure.source is not None and exposure.source.file:
            opened.setdefault(exposure.source, []).append(exposure)
    ranked = sorted(opened.items(), key=lambda entry: (-max(each.raw_score for each in entry[1]), entry[0]))
    phrases: list[Phrase] = []
    for source, classes in ranked[:MOST_OPENERS]:
        names = listed([Foreign(each.class_name) for each in classes])
        step = _changed_step(classes[0], source)
        fact = _edge(step) if step else ()
        internet = any(each.audience.outsider for each in classes)
        less = "name who needs it instead of the whole internet" if internet else "let in only who needs it"
        phrases.append(("narrow ", *place(source), *fact, ", which opens ", *names, f": {less}, or leave it out"))
    return phrases


def _edge(step: PathStep) -> Phrase:
    return (" (", Foreign(step.start), " -[", Foreign(step.relation), "]-> ", Foreign(step.end), ")")


def _changed_step(exposure: ClassExposure, source: Source) -> PathStep | None:
    changed = [step for witness in exposure.witnesses for step in witness.steps if step.changed]
    return next((step for step in changed if step.source == source), None)


def _unlisted(exposures: tuple[ClassExposure, ...]) -> list[Phrase]:
    groups = {
        witness.principal.removesuffix(UNLISTED_SUFFIX)
        for witness in _witnesses(exposures)
        if witness.principal.endswith(UNLISTED_SUFFIX)
    }
    of_cluster = {group for group in groups if group.startswith(_OF_CLUSTER)}
    phrases: list[Phrase] = []
    if groups - of_cluster:
        phrases.append(
            (
                "find out who is in ",
                *_names(groups - of_cluster),
                ": the snapshot does not list all members",
            )
        )
    if of_cluster:
        who: Phrase = ("members of ", *_names(of_cluster), " are whoever the cluster lets in, which no export lists")
        phrases.append((*who, ": check who can log in there, or name single subjects instead"))
    return phrases


def _conditions(exposures: tuple[ClassExposure, ...]) -> list[Phrase]:
    texts = {condition for witness in _witnesses(exposures) for condition in witness.conditions}
    if not texts:
        return []
    return [("check that these conditions are enforced: ", *_names(texts))]


def _names(texts: set[str]) -> Phrase:
    return listed([Foreign(text) for text in sorted(texts)], most=3)


def _witnesses(exposures: tuple[ClassExposure, ...]) -> list[Witness]:
    return [witness for exposure in exposures for witness in exposure.witnesses]
