"""``blastradius convert``: write a snapshot into one file that later runs read at once."""

from typing import Annotated

import typer

from blastradius.cli import output
from blastradius.cli.files import Delivery, refuse_bad_targets
from blastradius.cli.options import STDIN, From, examples, read_stdin, usage
from blastradius.cli.progress import Progress
from blastradius.errors import ExitCode

CONVERT_EXAMPLES = examples(
    ("Compile an export once, then ask it often", "blastradius convert acme.jsonl -o acme.brs"),
    ("Ask it", "blastradius check acme.brs --change change.yaml"),
)


def convert(
    snapshot: Annotated[
        list[str],
        typer.Argument(
            metavar="SNAPSHOT...", help="What to read: files, folders, or - for standard input.", show_default=False
        ),
    ],
    out: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="The file to write.", show_default=False)],
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="FILE",
            help="The policy that checks will use: the classes it gives are kept. [default: the one that ships]",
        ),
    ] = None,
    from_: From = None,
) -> int:
    """Write what is read into one compiled file, which every command takes in place of its sources.

    Everything is checked while it is written, so that a million resources are read in a blink later.
    """
    if snapshot.count(STDIN) > 1:
        raise usage("`-` stands for standard input, which can be read only once", "put the other input into a file")
    if out == STDIN:
        raise usage("a compiled snapshot is not written to standard output", "name a file, such as `-o acme.brs`")
    from blastradius import pipeline
    from blastradius.documents import visible

    refuse_bad_targets([out], snapshot)
    with Progress() as progress, Delivery() as delivery:
        converted = pipeline.convert(snapshot, read_stdin, system=from_, policy=policy, progress=progress.report)
        delivery.stage_with(out, converted.write)
        delivery.commit()
    shown = visible(out)
    counts = ", ".join(
        f"{count:,} {name if count != 1 else name.removesuffix('s')}" for name, count in converted.counts.items()
    )
    output.write(f"wrote {counts} to {shown}\n")
    if converted.unread:
        output.write(f"{len(converted.unread):,} not understood: every check of {shown} will say so\n")
    return ExitCode.PASS
