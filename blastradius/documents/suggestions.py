"""The name that was probably meant."""

from collections.abc import Collection, Iterable

from blastradius.documents.limits import quoted

_CANDIDATES_MAX = 2000
_LENGTH_DIFFERENCE_MAX = 3
_CUTOFF = 0.7


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Write the help line that proposes the closest known name.

    Args:
        name: The name nobody knows.
        known: The names there are, in any number and order.

    Returns:
        Such as ``did you mean `group:eng```; empty when nothing is close.

    Cost:
        Bounded: of more than a few thousand names only those of about the same length that begin
        or end alike are compared.
    """
    from difflib import get_close_matches

    candidates = _narrowed(name, known) if len(known) > _CANDIDATES_MAX else known
    close = get_close_matches(name, sorted(candidates), n=1, cutoff=_CUTOFF)
    return f"did you mean {quoted(close[0])}" if close else ""


def one_of(names: Iterable[str]) -> str:
    """List the names that are possible, for a help line."""
    return "one of " + ", ".join(quoted(name) for name in names)


def _narrowed(name: str, known: Iterable[str]) -> list[str]:
    start, end = name[:2], name[-2:]
    size = len(name)
    kept: list[str] = []
    for candidate in known:
        if abs(len(candidate) - size) > _LENGTH_DIFFERENCE_MAX:
            continue
        # Ids begin with their kind, so two letters at the end tell more than two at the start.
        if candidate[-2:] == end or (candidate[:2] == start and candidate[:-1].startswith(name[:-4])):
            kept.append(candidate)
    kept.sort()
    return kept[:_CANDIDATES_MAX]
