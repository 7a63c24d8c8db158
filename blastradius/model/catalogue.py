"""What each finding means in general and what to do about it, in our own words.

A `Finding` says what happened this time; reports that explain the kind of finding take the sentences from here.
`docs/findings.md` says more, under the same titles.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding, explained.

    Attributes:
        title: What happened, a short sentence without its period.
        meaning: Why a reviewer must see it; whole sentences.
        remedy: What to do about it; whole sentences.
    """

    title: str
    meaning: str
    remedy: str


FINDING_KINDS: Mapping[str, Kind] = {
    "public-exposure": Kind(
        "Anyone on the internet gains access",
        "The change lets people in who belong to no organisation and whom nobody can name: through a grant to "
        "`public`, or because `public` was put into a group or may act as somebody. Reading data that is meant for "
        "everybody (sensitivity 0) is no finding; writing or managing it is.",
        "Grant it to the people who need it. If everybody is meant to see it, give it a class of sensitivity 0 "
        "first, in a change of its own.",
    ),
    "external-exposure": Kind(
        "Somebody outside the organisation gains access",
        "A principal that is marked as external, or the unlisted members of a group that is, can reach data that "
        "they cannot reach now. An account counts as external if any account of the same person does.",
        "Check that a contract covers this data, and that the access ends when the contract does.",
    ),
    "agent-write": Kind(
        "An AI agent gains write or manage access",
        "An agent acts at once and at any scale on whatever it is told, so what it can write or manage deserves a "
        "person between its proposal and the change. By default it counts ten times a person in the score.",
        "Let the agent propose changes and a person make them, or narrow what it can write to.",
    ),
    "manage-gained": Kind(
        "Somebody can from now on let others in",
        "Whoever gains `manage` can change who has access, without a change that anybody checks beforehand.",
        "Give `write` instead where that is enough.",
    ),
    "privileged-verb": Kind(
        "A Kubernetes verb is gained that amounts to more than it says",
        "With it one can act as somebody else, hand out roles beyond one's own, read secrets, get tokens or "
        "certificates, or run commands in containers and on nodes: a way to most of the rest of the cluster.",
        "Name the single objects that are needed (`resourceNames`), or leave the verb out.",
    ),
    "wider-actions": Kind(
        "Somebody may do more with what they reach already",
        "A capability that was there before takes in further actions, such as deleting beside editing. It is no new "
        "exposure of a class and enters no score.",
        "Check that each new action is needed.",
    ),
    "unknown-membership": Kind(
        "A group gains access whose members are not all listed",
        "Who is let in by it cannot be said. The group counts with its stated size or, where nobody knows that, by "
        "default as at least 100 people and at least as many as there are principals.",
        "Export the members of the group, or state its `size`. Where no export can list them, as for the built-in "
        "groups of a Kubernetes cluster, find out whom the cluster lets in, or name single subjects instead of the "
        "group.",
    ),
    "declassification": Kind(
        "Data would belong to a less sensitive class",
        "A resource that is there before and after was given another class, was moved, or lost a label that the "
        "policy looks at. This change is still judged by the more sensitive class; the next one will not be.",
        "Let the owner of the data confirm the new class.",
    ),
    "attributes-lowered": Kind(
        "Something would count for less than it does now",
        "A resource would stand for fewer items, a group would have fewer unlisted members, or somebody would no "
        "longer be marked as external. This change is still judged by the larger figure; the next one will not be.",
        "Let somebody who knows it confirm the new figure.",
    ),
    "deny-removed": Kind(
        "A denial no longer holds",
        "It was revoked, became narrower or conditional, lost the group it names, or a group no longer leaves out "
        "another. Somebody once had a reason to keep those people out.",
        "Find out why it was denied before the denial goes.",
    ),
    "deny-removed-unlisted": Kind(
        "A denial falls that may have kept out unlisted members",
        "It falls for somebody who may be among the unlisted members of a group that is allowed there. No access "
        "tuple shows a gain, and nobody can say that there is none.",
        "Export the members of the group.",
    ),
    "inheritance-break-removed": Kind(
        "A resource inherits access again",
        "It was cut off from its parents. Whoever has access above has it here too, now and whenever somebody is "
        "added there.",
        "Check who has access above.",
    ),
    "lockout": Kind(
        "Nobody can manage a resource any more",
        "Somebody could change who has access to it before, and nobody can afterwards, though it still exists: only "
        "an administrator of the system can undo that.",
        "Leave at least one principal with `manage`.",
    ),
    "incomplete-evidence": Kind(
        "Something in the inputs was not understood",
        "An unknown construct, a reference to something that is not there, or a removal from a group that does not "
        "list its members was left out. It may grant access, so all numbers are a lower bound.",
        "Look at each part that the report lists; mend it, or have somebody confirm that it grants nothing.",
    ),
    "stale-snapshot": Kind(
        "The snapshot is too old, or dated in the future",
        "It is older than the policy allows, or dated more than a day after the time of the check. What was judged "
        "may no longer be what is.",
        "Export the snapshot again.",
    ),
    "undated-snapshot": Kind(
        "The snapshot does not say when it was taken",
        "The policy limits the age of the snapshot, and nobody can tell how old this one is.",
        "Write the time of the export into `taken_at`. Beside files that have no place for it, give a native "
        "snapshot of two lines (`format` and `taken_at`).",
    ),
    "no-effect": Kind(
        "A step changes nothing",
        "It grants what stands, or revokes what nobody had. The resulting state is well defined, but the step may "
        "not name what was meant.",
        "Leave the step out, or check its names.",
    ),
}
"""Every kind of finding by its id, in the order of `FINDING_RULES`."""
