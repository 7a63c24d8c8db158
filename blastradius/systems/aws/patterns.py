"""Patterns of ARNs: which holds which, and which have nothing in common.

Source: IAM User Guide, "IAM JSON policy elements: Resource" (2026): ``*`` and ``?`` are wildcards, a star at the end of
a segment goes on past the colon, an incomplete ARN is completed with stars.
"""

import re
from functools import lru_cache

from blastradius.globs import compile_glob

ANYTHING = "*"
_ANY_RUN = "\ue000"
_ANY_ONE = "\ue001"
_CACHE_SIZE = 65_536
_STEPS_MAX = 1_000_000
_STARS = re.compile(r"\*{2,}")
_WILD = re.compile(r"[*?]")
_COLONS = 5


def complete(pattern: str) -> str | None:
    """Bring a pattern of ARNs into the one form that stands for it.

    Returns:
        None when it is no pattern of ARNs.
    """
    pattern = _STARS.sub("*", pattern)
    if pattern == ANYTHING:
        return pattern
    if not pattern.startswith("arn:"):
        return None
    if pattern.count(":") < _COLONS and not pattern.endswith("*"):
        pattern += "*" if pattern.endswith(":") else ":*"
    while pattern.endswith(":*:*"):
        pattern = pattern.removesuffix(":*")
    return ANYTHING if pattern in ("arn:*", "arn:") else pattern


def is_literal(pattern: str) -> bool:
    """Tell whether a pattern fits itself alone."""
    return _WILD.search(pattern) is None


def literal_start(pattern: str) -> str:
    """Give what every text that fits begins with."""
    found = _WILD.search(pattern)
    return pattern if found is None else pattern[: found.start()]


@lru_cache(maxsize=_CACHE_SIZE)
def segment(pattern: str, at: int) -> str:
    """Give a segment of a pattern; a star where nothing says which."""
    parts = pattern.split(":", _COLONS)
    return parts[at] if at < len(parts) else ANYTHING


def service_of(pattern: str) -> str:
    """Give the service of the resources that fit, in lower case; a star when it may be any."""
    service = segment(pattern, 2).lower()
    return service if is_literal(service) else ANYTHING


def account_of(pattern: str) -> str:
    """Give the account of the resources that fit: empty where ARNs have none, a star when it may be any."""
    account = segment(pattern, 4)
    return account if is_literal(account) else ANYTHING


def with_service(pattern: str, service: str) -> str:
    """Give the part of a pattern, whose service may be any, that fits the resources of one service."""
    if segment(pattern, 2) != ANYTHING:
        return pattern
    parts = pattern.split(":", _COLONS)
    if len(parts) <= 2:
        return f"arn:*:{service}:*"
    parts[2] = service
    return complete(":".join(parts)) or pattern


@lru_cache(maxsize=_CACHE_SIZE)
def holds(wide: str, narrow: str) -> bool:
    """Tell whether everything that fits the narrow pattern fits the wide one as well.

    Never true when it is not so; in contrived cases with ``?`` not true although it is so.
    """
    if wide in (ANYTHING, narrow):
        return True
    service = service_of(wide)
    if service not in (ANYTHING, service_of(narrow)):
        return False
    if is_literal(narrow):
        return compile_glob(wide).matches(narrow)
    if "?" not in wide:
        # A star in the narrow pattern may stand for any text, so only a star of the wide one holds it.
        return compile_glob(wide).matches(narrow.replace("*", _ANY_RUN).replace("?", _ANY_ONE))
    return _covers(wide, narrow)


@lru_cache(maxsize=_CACHE_SIZE)
def are_apart(one: str, other: str) -> bool:
    """Tell whether nothing fits both patterns. Never true when something does."""
    services = {service_of(one), service_of(other)} - {ANYTHING}
    if len(services) > 1:
        return True
    if is_literal(one):
        return not holds(other, one)
    if is_literal(other):
        return not holds(one, other)
    starts = literal_start(one), literal_start(other)
    if not starts[0].startswith(starts[1]) and not starts[1].startswith(starts[0]):
        return True
    ends = literal_start(one[::-1]), literal_start(other[::-1])
    if not ends[0].startswith(ends[1]) and not ends[1].startswith(ends[0]):
        return True
    return len(one) * len(other) <= _STEPS_MAX and not _meet(one, other)


def _covers(wide: str, narrow: str) -> bool:
    """Match a pattern against a pattern; only a star holds a star."""
    if len(wide) * len(narrow) > _STEPS_MAX:
        return False
    reached = {0}
    for character in wide:
        if character == "*":
            reached = set(range(min(reached), len(narrow) + 1))
        else:
            reached = {
                at + 1 for at in reached if at < len(narrow) and narrow[at] != "*" and character in ("?", narrow[at])
            }
        if not reached:
            return False
    return len(narrow) in reached


def _meet(one: str, other: str) -> bool:
    """Find whether some text fits both patterns: walk through both at once."""
    row = [True] + [False] * len(other)
    for at, character in enumerate(other):
        row[at + 1] = row[at] and character == "*"
    for mine in one:
        above, row = row, [row[0] and mine == "*"]
        for at, its in enumerate(other):
            if mine == "*" or its == "*":
                # Either star may stand for nothing, or take one more character of the other pattern.
                row.append(above[at + 1] or row[at] or above[at])
            else:
                row.append(above[at] and (mine == its or "?" in (mine, its)))
    return row[-1]
