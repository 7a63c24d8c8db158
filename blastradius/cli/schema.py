"""``blastradius schema``: the JSON Schemas of the formats."""

from typing import Annotated

import typer

from blastradius.cli import output
from blastradius.cli.completion import complete_schema
from blastradius.cli.options import examples, usage
from blastradius.errors import ExitCode, did_you_mean

SCHEMA_EXAMPLES = examples(
    ("Which schemas are there?", "blastradius schema"),
    ("Let the editor check snapshots while typing", "blastradius schema snapshot > snapshot.schema.json"),
)


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="Name of a format; without one, the names.",
            show_default=False,
            autocompletion=complete_schema,
        ),
    ] = None,
) -> int:
    """Print the JSON Schema of a format."""
    from blastradius import pipeline

    if name is None:
        output.write("".join(f"{known}\n" for known in pipeline.SCHEMAS))
        return ExitCode.PASS
    if name not in pipeline.SCHEMAS:
        raise usage(f"unknown schema `{name}`", did_you_mean(name, pipeline.SCHEMAS))
    output.write(pipeline.schema(name))
    return ExitCode.PASS
