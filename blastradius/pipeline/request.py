"""What is asked, whoever asks it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from blastradius.model.assessment import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked, whoever asks it. Paths may be ``-`` for standard input, once.

    Attributes:
        snapshots: Files and folders of the baseline.
        changes: Files of the change; empty when ``after`` or nothing is given.
        after: Files and folders of the state to compare with.
        system: Forces the system of the snapshots; None to recognise it.
        change_kind: Forces the kind of the changes; None to recognise it.
        policy: A policy file; None for the one that ships.
        strict: True for the strict policy that ships.
        author: Overrides the author the change names.
        as_of: The time everything is judged at; it has a time zone.
        fail_on: Block from this level on, whatever the policy says.
        reference: True to let the reference engine compare.
        stdin: Gives the bytes of standard input.
        progress: Is told by long work, now and then, what is being done, how much of it is, and how much there is in
            all (0 where nobody knows). None when nobody watches.
    """

    snapshots: tuple[str, ...]
    as_of: datetime
    stdin: Callable[[], bytes]
    changes: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    system: str | None = None
    change_kind: str | None = None
    policy: str | None = None
    strict: bool = False
    author: str | None = None
    fail_on: Level | None = None
    reference: bool = False
    progress: Callable[[str, int, int], None] | None = None

    @property
    def compares(self) -> bool:
        """Whether there is a second state to speak of."""
        return bool(self.changes or self.after)
