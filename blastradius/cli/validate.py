"""``blastradius validate``: tell whether snapshots, changes and policies are what they should be."""

from typing import Annotated

import typer

from blastradius.cli import output
from blastradius.cli.options import STDIN, examples, read_stdin, usage
from blastradius.errors import ExitCode

VALIDATE_EXAMPLES = examples(
    ("Check every file of a folder", "blastradius validate acl/"),
    ("Check a change against the snapshot it is for", "blastradius validate snapshot.yaml change.yaml"),
    ("Check a policy before it is used", "blastradius validate policy.yaml"),
)


def validate(
    file: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Snapshots, changes and policies, in any order: files, folders, or - for standard input.",
            show_default=False,
        ),
    ],
) -> int:
    """Tell whether snapshots, changes and policies are valid, with warnings about what may not be meant.

    Leaves with 0 when everything is valid, warnings or not, and with 2 otherwise.
    """
    if file.count(STDIN) > 1:
        raise usage("`-` stands for standard input, which can be read only once", "put the other input into a file")
    from blastradius import pipeline
    from blastradius.report.interface import Style
    from blastradius.report.queries import validation_text

    validation = pipeline.validate(tuple(file), read_stdin)
    output.write(validation_text(validation, Style(width=output.width(), colour=output.colour_wanted())))
    return ExitCode.PASS
