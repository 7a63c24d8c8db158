"""How to export a system completely: commands for a person to run; blastradius runs none of them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    Attributes:
        purpose: What it exports and why it is needed, one sentence without a final period.
        command: The exact commands for a shell, or a query; may have several lines.
        optional: True when a system may have nothing of the kind.
    """

    purpose: str
    command: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """How one system is exported.

    Attributes:
        name: The word for ``blastradius collect``.
        title: The name of the system for people.
        rights: The least rights that all steps together need, read-only ones.
        steps: In order; the files they make are given to ``check`` together.
        check: The command line that reads what was exported.
        notes: What is easily missed, one sentence each.
        data_as_of: The date of the facts about the system that blastradius ships; None when it ships none.
    """

    name: str
    title: str
    rights: str
    steps: tuple[Step, ...]
    check: str
    notes: tuple[str, ...] = ()
    data_as_of: date | None = None
