"""``blastradius convert``: write a snapshot into one file, compiled for machines or native for people."""

from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from blastradius.cli import output
from blastradius.cli.files import Delivery, refuse_bad_targets
from blastradius.cli.options import STDIN, From, examples, read_stdin, usage
from blastradius.cli.progress import Progress
from blastradius.errors import ExitCode

if TYPE_CHECKING:
    from blastradius.pipeline import Converted, NativeForm

CONVERT_EXAMPLES = examples(
    ("Compile an export once, then ask it often", "blastradius convert acme.jsonl -o acme.brs"),
    ("Ask it", "blastradius check acme.brs --change change.yaml"),
    ("Turn exports of several systems into one file to read and edit", "blastradius convert exports/ -o acme.yaml"),
    ("Look at it", "blastradius convert exports/ --to yaml -o -"),
    ("Keep one side of a comparison", "blastradius convert before/ --beside after/ -o before.yaml"),
)


class To(StrEnum):
    """What can be written."""

    YAML = "yaml"
    JSON = "json"
    JSONL = "jsonl"
    BRS = "brs"


_SUFFIXES = {".brs": To.BRS, ".yaml": To.YAML, ".yml": To.YAML, ".json": To.JSON, ".jsonl": To.JSONL}


def convert(
    snapshot: Annotated[
        list[str],
        typer.Argument(
            metavar="SNAPSHOT...", help="What to read: files, folders, or - for standard input.", show_default=False
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file to write; - for standard output, which takes no compiled snapshot.",
            show_default=False,
        ),
    ],
    to: Annotated[
        To | None,
        typer.Option(
            "--to",
            help="Write a native snapshot as YAML, JSON or JSON Lines, or a compiled one. [default: what the name of "
            "FILE ends in: .yaml, .yml, .json, .jsonl or .brs]",
            show_default=False,
        ),
    ] = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(
            "--beside",
            metavar="SNAPSHOT",
            help="The state it will be compared with: what exists in both, such as the kinds of resources of a "
            "cluster, is taken from both. Repeatable.",
            show_default=False,
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy",
            metavar="FILE",
            help="The policy that checks will use: a compiled snapshot keeps the classes it gives. [default: the one "
            "that ships]",
        ),
    ] = None,
    from_: From = None,
) -> int:
    """Write what is read into one file, which every command takes in place of its sources and answers the same.

    A compiled snapshot (.brs) is read in a blink, however large it is. A native one (.yaml, .json, .jsonl) can be
    read and edited by people and other programs.
    """
    others = beside or []
    if snapshot.count(STDIN) > 1:
        raise usage("`-` stands for standard input, which can be read only once", "put the other input into a file")
    if STDIN in others:
        raise usage("`--beside` takes no standard input", "put it into a file")
    form = _form(out, to)
    if form is not To.BRS and policy is not None:
        raise usage("`--policy` is for compiled snapshots, and a native one keeps no classes of a policy", "leave it")
    from blastradius import pipeline

    refuse_bad_targets([] if out == STDIN else [out], [*snapshot, *others])
    with Progress() as progress, Delivery() as delivery:
        converted = pipeline.convert(
            snapshot, read_stdin, beside=others, system=from_, policy=policy, progress=progress.report
        )
        if out == STDIN:
            progress.clear()
            _print(converted, pipeline.NativeForm(form))
            return ExitCode.PASS
        if form is To.BRS:
            delivery.stage_with(out, converted.write)
        else:
            delivery.stage(out, converted.text(pipeline.NativeForm(form), out, progress.report))
        delivery.commit()
    _say(converted, out)
    return ExitCode.PASS


def _form(out: str, to: To | None) -> To:
    """Say what to write.

    Raises:
        UsageError: When nothing says it, or it cannot be written there.
    """
    form = to or _SUFFIXES.get(PurePath(out).suffix.lower())
    if form is None:
        names = ", ".join(f"`{one}`" for one in To)
        if out == STDIN:
            raise usage("`-o -` does not say what to write", f"add `--to` with one of {names}")
        suffixes = ", ".join(f"`{suffix}`" for suffix in _SUFFIXES)
        message = f"the name `{out}` does not say what to write"
        raise usage(message, f"end it in one of {suffixes}, or add `--to` with one of {names}")
    if form is To.BRS and out == STDIN:
        raise usage("a compiled snapshot is not written to standard output", "name a file, such as `-o acme.brs`")
    return form


def _print(converted: "Converted", form: "NativeForm") -> None:
    # Once for nothing, so that what cannot be written whole is not begun.
    for _ in converted.text(form):
        pass
    output.write_all(converted.text(form))
    if converted.unread:
        output.complain(f"note: {_unread(converted)}: every check of it will say so\n")


def _say(converted: "Converted", out: str) -> None:
    from blastradius.documents import visible

    shown = visible(out)
    counts = ", ".join(
        f"{count:,} {name if count != 1 else name.removesuffix('s')}" for name, count in converted.counts.items()
    )
    output.write(f"wrote {counts} to {shown}\n")
    if converted.unread:
        output.write(f"{_unread(converted)}: every check of {shown} will say so\n")


def _unread(converted: "Converted") -> str:
    return f"{len(converted.unread):,} not understood"
