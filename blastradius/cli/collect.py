"""``blastradius collect``: how a system is exported, as commands for a person to read and run."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from blastradius.cli import output
from blastradius.cli.completion import complete_collection
from blastradius.cli.options import AsOf, examples, moment, usage
from blastradius.errors import ExitCode, did_you_mean

if TYPE_CHECKING:
    from blastradius.systems.collecting import Collection, Step

COLLECT_EXAMPLES = examples(
    ("Which systems are there?", "blastradius collect"),
    ("How is a cluster exported? Read it, then run it yourself", "blastradius collect kubernetes > collect.sh"),
)
OLD_DAYS = 365
_WIDTH = 100


def collect(
    system: Annotated[
        str | None,
        typer.Argument(
            metavar="[SYSTEM]",
            help="What to export; without it, what there is.",
            show_default=False,
            autocompletion=complete_collection,
        ),
    ] = None,
    as_of: AsOf = None,
) -> int:
    """Print the commands that export a system completely, with read-only rights. None of them is run."""
    from blastradius import pipeline

    known = pipeline.collections()
    today = moment(as_of).date()
    if system is None:
        size = max(map(len, known))
        output.write("".join(f"{one.name.ljust(size)}  {one.title}\n" for one in known.values()))
        return ExitCode.PASS
    if system not in known:
        raise usage(f"nobody knows how to export `{system}`", did_you_mean(system, known))
    output.write("\n".join(_script(known[system], today)) + "\n")
    return ExitCode.PASS


def _script(one: "Collection", today: date) -> list[str]:
    """Lay out a shell script in which everything but the commands is a comment."""
    lines = ["#!/bin/sh", *_comment(f"{one.title}: what to export. blastradius runs none of this.")]
    lines += _comment(f"Rights: {one.rights}.")
    lines += ["set -eu", ""]
    for number, step in enumerate(one.steps, 1):
        lines += [*_comment(_purpose(number, step)), *step.command.splitlines(), ""]
    lines += [*_comment("Then:"), f"#   {one.check}"]
    for note in one.notes:
        lines += _comment(f"Note: {note}.")
    if one.data_as_of is not None:
        age_days = (today - one.data_as_of).days
        old = f", {age_days} days old: a newer version of blastradius may know more" if age_days > OLD_DAYS else ""
        lines += _comment(f"What blastradius ships about {one.title} is of {one.data_as_of.isoformat()}{old}.")
    return lines


def _purpose(number: int, step: "Step") -> str:
    return f"{number}. {step.purpose}{' (if there is any)' if step.optional else ''}."


def _comment(text: str) -> list[str]:
    """Break a sentence into comment lines."""
    lines, line = [], "#"
    for word in text.split():
        if len(line) + 1 + len(word) > _WIDTH and line != "#":
            lines.append(line)
            line = "#"
        line += f" {word}"
    return [*lines, line]
