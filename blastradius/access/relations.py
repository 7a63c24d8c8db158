"""What an edge between two entities says, in the words of paths and graphs."""

from blastradius.model.snapshot import Effect, Grant

MEMBER_OF = "member of"
MAY_ACT_AS = "may act as"
SAME_PERSON = "same person as"
CONTAINS = "contains"
NARROWED_BY = "narrowed by"


def grant_relation(grant: Grant) -> str:
    """Write a grant as the relation of a path step, such as ``viewer on``."""
    what = grant.role if grant.role is not None else ", ".join(sorted(grant.actions))
    return f"{what} on" if grant.effect is Effect.ALLOW else f"denied {what} on"
