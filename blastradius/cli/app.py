"""The commands, put together; the one module that knows how the parser is run."""

from collections.abc import Sequence
from typing import Annotated

import typer
from typer._click.exceptions import ClickException, UsageError  # the parser typer carries; held by the bounds on typer

from blastradius.cli import output
from blastradius.cli.boundary import PROGRAM
from blastradius.cli.check import CHECK_EXAMPLES, check
from blastradius.cli.collect import COLLECT_EXAMPLES, collect
from blastradius.cli.convert import CONVERT_EXAMPLES, convert
from blastradius.cli.explain import EXPLAIN_EXAMPLES, explain
from blastradius.cli.grammar import FilesAfterOption
from blastradius.cli.options import examples, usage
from blastradius.cli.schema import SCHEMA_EXAMPLES, schema
from blastradius.cli.validate import VALIDATE_EXAMPLES, validate
from blastradius.cli.what_can import WHAT_CAN_EXAMPLES, what_can
from blastradius.cli.who_can import WHO_CAN_EXAMPLES, who_can
from blastradius.errors import ExitCode

EPILOG = examples(
    ("Is this change safe to make?", "blastradius check snapshot.yaml --change change.yaml"),
    ("What did somebody change between two exports?", "blastradius check before/ --after after/"),
    ("Why does Ana reach that table?", "blastradius explain user:ana read table:people snapshot.yaml"),
    ("Who can read it?", "blastradius who-can read table:people snapshot.yaml"),
)

app = typer.Typer(
    name=PROGRAM,
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def overview(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Say, before an access-control change is made, who will newly reach which class of data.

    Offline and read-only: nothing is executed, fetched or changed.

    Exit codes: 0 the gate lets the change in; 1 it blocks it or an approval is missing; 2 nothing was
    decided because of the call or its input; 3 nothing was decided because of a bug; 130 interrupted.
    """
    if version:
        raise usage("`--version` goes alone", f"run `{context.command_path} --version`")


_add = app.command
_add(short_help="Judge a change before it is made.", epilog=CHECK_EXAMPLES, cls=FilesAfterOption)(check)
_add(short_help="Why somebody can do something, or not.", epilog=EXPLAIN_EXAMPLES, cls=FilesAfterOption)(explain)
_add("who-can", short_help="Who may do something.", epilog=WHO_CAN_EXAMPLES, cls=FilesAfterOption)(who_can)
_add("what-can", short_help="What somebody may do.", epilog=WHAT_CAN_EXAMPLES, cls=FilesAfterOption)(what_can)
_add(short_help="Write a snapshot as one file, compiled or native.", epilog=CONVERT_EXAMPLES)(convert)
_add(short_help="How to export a system.", epilog=COLLECT_EXAMPLES)(collect)
_add(short_help="Are these files what they should be?", epilog=VALIDATE_EXAMPLES)(validate)
_add(short_help="The JSON Schema of a format.", epilog=SCHEMA_EXAMPLES)(schema)


def parse_and_run(arguments: Sequence[str], *, completing: bool) -> int:
    """Parse a command line and run its command.

    Args:
        arguments: What was typed after the program's name.
        completing: True when a shell asks what could be typed next.

    Returns:
        The exit code of the command.

    Raises:
        UsageError: When the command line does not parse.
    """
    command = typer.main.get_command(app)
    try:
        if completing:
            command.main(args=list(arguments), prog_name=PROGRAM, standalone_mode=False)
            return ExitCode.PASS
        # NOTE: not `command.main`, which ends with 1 on a closed pipe, as if the gate had said no.
        with command.make_context(PROGRAM, list(arguments)) as context:
            if not arguments:
                output.complain(command.get_help(context) + "\n")
                return ExitCode.UNDECIDED
            return int(command.invoke(context))
    except ClickException as error:
        raise _in_our_words(error) from error
    except typer.Exit as done:
        return ExitCode.UNDECIDED if done.exit_code else ExitCode.PASS
    except SystemExit as done:
        # The parser leaves by itself after a completion script; a shell it does not know would be a 1.
        return ExitCode.UNDECIDED if done.code else ExitCode.PASS


def _in_our_words(error: ClickException) -> Exception:
    context = error.ctx if isinstance(error, UsageError) else None
    path = context.command_path if context else PROGRAM
    message = error.format_message().strip().rstrip(".").replace("\n", " ")
    return usage(message[:1].lower() + message[1:], f"run `{path} --help` to see how it is called")
