"""Commands as people write them, carried out on a machine: only the forms that the tests use."""

import shlex
from collections.abc import Sequence
from itertools import pairwise

from blastradius.systems.posix.accounts import Accounts
from blastradius.systems.posix.acl_edits import (
    EntryEdit,
    Recalculation,
    entry_edits,
    with_entries,
    without_default,
    without_entries,
)
from blastradius.systems.posix.edits import protect
from blastradius.systems.posix.modes import mode_change, with_mode, with_owner
from blastradius.systems.posix.objects import Machine, Protection
from blastradius.systems.posix.paths import normal


def carry_out(machine: Machine, command: str) -> None:
    """Change a machine as a command would."""
    name, *words = shlex.split(command)
    recursive = "-R" in words
    words = [word for word in words if word not in ("-R", "--")]
    path = normal(words.pop())
    assert path is not None
    accounts = Accounts(machine)

    def change(protection: Protection, is_directory: bool) -> Protection:
        match name:
            case "chmod":
                mode = mode_change(words[0])
                assert mode is not None
                return with_mode(protection, mode, directory=is_directory)
            case "chown":
                owner, _, group = words[0].partition(":")
                return with_owner(protection, owner or None, group or None, directory=is_directory)
            case "chgrp":
                return with_owner(protection, None, words[0], directory=is_directory)
            case "setfacl":
                return _setfacl(protection, words, is_directory, accounts)
            case _:
                raise AssertionError(command)

    protect(machine, path, change, recursive=recursive)


def _setfacl(protection: Protection, words: Sequence[str], is_directory: bool, accounts: Accounts) -> Protection:
    if words[0] == "-b":
        return without_entries(protection)
    if words[0] == "-k":
        return without_default(protection)
    edits: list[EntryEdit] = []
    for option, text in pairwise(words):
        if option in ("-m", "-x"):
            given = entry_edits(text, removing=option == "-x", default="-d" in words)
            assert given is not None, text
            edits += given
    how = Recalculation.NEVER if "-n" in words else Recalculation.UNLESS_GIVEN
    return with_entries(protection, edits, directory=is_directory, accounts=accounts, recalculation=how)
