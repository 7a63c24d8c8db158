"""What a shell can offer for arguments and options that take one of a few words.

What is offered is imported only when a shell asks, so that no other call pays for it.
"""

from collections.abc import Iterable


def complete_format(incomplete: str) -> list[str]:
    """Say which report formats begin so."""
    from blastradius.report.registry import REPORTERS

    return _beginning(REPORTERS, incomplete)


def complete_schema(incomplete: str) -> list[str]:
    """Say which names of schemas begin so."""
    from blastradius import pipeline

    return _beginning(pipeline.SCHEMAS, incomplete)


def complete_collection(incomplete: str) -> list[str]:
    """Say which systems that can be exported begin so."""
    from blastradius import pipeline

    return _beginning(pipeline.collections(), incomplete)


def complete_system(incomplete: str) -> list[str]:
    """Say which kinds of snapshots begin so."""
    from blastradius.systems.registry import SYSTEMS

    return _beginning(SYSTEMS, incomplete)


def complete_change_kind(incomplete: str) -> list[str]:
    """Say which kinds of changes begin so."""
    from blastradius.changes.registry import FORMATS

    return _beginning(FORMATS, incomplete)


def complete_action(incomplete: str) -> list[str]:
    """Say which capabilities begin so; the single actions are known only to the snapshot."""
    from blastradius.model.snapshot import CAPABILITIES

    return _beginning(CAPABILITIES, incomplete)


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
