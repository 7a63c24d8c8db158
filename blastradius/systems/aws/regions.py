"""Sets of AWS resources that a statement can be about, and their ids."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from blastradius.systems.aws.patterns import ANYTHING, account_of, are_apart, holds, is_literal, service_of

KIND = "aws"
OTHER_SERVICES = "other-services"
"""Stands in place of a service for all those that nothing names."""
_ID_CHARACTERS_MAX = 600
_DIGEST_LENGTH = 12


@dataclass(frozen=True)
class Region:
    """The resources that fit all of some patterns and none of others.

    Attributes:
        patterns: At least one, sorted; none of them holds another.
        without: Sorted; none of them holds another.
        owner: The account that has the resources; empty when that does not matter.
    """

    patterns: tuple[str, ...]
    without: tuple[str, ...] = ()
    owner: str = ""

    @cached_property
    def id(self) -> str:
        """The id of the resource that stands for them."""
        text = " and ".join(self.patterns)
        if self.without:
            text += f" except {', '.join(self.without)}"
        if len(text) > _ID_CHARACTERS_MAX:
            digest = sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]
            count = len(self.patterns) + len(self.without)
            text = f"{self.patterns[0][:_ID_CHARACTERS_MAX]} with {count} patterns ({digest})"
        return f"{KIND}:{self.owner}/{text}" if self.owner else f"{KIND}:{text}"

    @cached_property
    def service(self) -> str:
        """The service of the resources; a star when it may be any."""
        return next((s for s in map(service_of, self.patterns) if s != ANYTHING), ANYTHING)

    @cached_property
    def account(self) -> str:
        """The account that has the resources; a star when it may be any, empty when ARNs do not say."""
        return self.owner or next((a for a in map(account_of, self.patterns) if a != ANYTHING), ANYTHING)

    @cached_property
    def arn(self) -> str | None:
        """The ARN of the only resource; None when there may be several."""
        return self.patterns[0] if len(self.patterns) == 1 and is_literal(self.patterns[0]) else None


def region(pattern: str, without: tuple[str, ...] = (), owner: str = "") -> Region | None:
    """Make the region of a pattern and its exceptions; None when nothing is left of it."""
    if not without:
        return Region((pattern,), (), owner)
    return _made({pattern}, set(without), owner)


def meet(one: Region, other: Region) -> Region | None:
    """Give the resources that are in both regions; None when there are none."""
    if one.owner and other.owner and one.owner != other.owner:
        return None
    if any(are_apart(a, b) for a in one.patterns for b in other.patterns):
        return None
    return _made({*one.patterns, *other.patterns}, {*one.without, *other.without}, one.owner or other.owner)


def contains(wide: Region, narrow: Region) -> bool:
    """Tell whether a region holds another.

    An unknown owner counts as the one that is asked for: who owns a bucket cannot be seen in its ARN.
    """
    if wide.owner:
        account = narrow.account
        if account == ANYTHING or (account and account != wide.owner):
            return False
    return all(any(holds(w, n) for n in narrow.patterns) for w in wide.patterns) and all(
        any(are_apart(w, n) for n in narrow.patterns) or any(holds(n, w) for n in narrow.without) for w in wide.without
    )


def _made(patterns: set[str], without: set[str], owner: str) -> Region | None:
    narrowest = _widest_or_narrowest(patterns, keep_wide=False)
    left = [w for w in without if not any(are_apart(w, p) for p in narrowest)]
    if any(holds(w, p) for w in left for p in narrowest):
        return None
    return Region(tuple(narrowest), tuple(_widest_or_narrowest(set(left), keep_wide=True)), owner)


def _widest_or_narrowest(patterns: set[str], *, keep_wide: bool) -> list[str]:
    """Leave out patterns that others make superfluous; of two that say the same, the first stays."""
    kept: list[str] = []
    for pattern in sorted(patterns):
        others = [other for other in patterns if other != pattern]
        if not any(_is_superfluous(pattern, other, keep_wide=keep_wide) for other in others):
            kept.append(pattern)
    return kept


def _is_superfluous(pattern: str, other: str, *, keep_wide: bool) -> bool:
    wide, narrow = (other, pattern) if keep_wide else (pattern, other)
    return holds(wide, narrow) and not (holds(narrow, wide) and pattern < other)
