"""``blastradius explain``: why somebody can, or cannot, do something."""

from typing import Annotated

import typer

from blastradius.cli.options import (
    Action,
    After,
    AnswerFormat,
    AnswerReport,
    Call,
    ChangeFrom,
    Changes,
    From,
    Snapshots,
    examples,
)
from blastradius.cli.progress import Progress
from blastradius.errors import ExitCode

EXPLAIN_EXAMPLES = examples(
    ("Why can Ana read that table?", "blastradius explain user:ana read table:people snapshot.yaml"),
    (
        "What does the change do to it, and along which path?",
        "blastradius explain user:ana read table:people snapshot.yaml \\\n    --change change.yaml",
    ),
    ("The outsider is anyone on the internet", "blastradius explain outsider read drive:strategy snapshot.yaml"),
)


def explain(
    principal: Annotated[
        str, typer.Argument(help="Id of a principal, `outsider`, or GROUP#unlisted.", show_default=False)
    ],
    action: Action,
    resource: Annotated[str, typer.Argument(help="Id of a resource.", show_default=False)],
    snapshot: Snapshots,
    change: Changes = None,
    after: After = None,
    from_: From = None,
    change_from: ChangeFrom = None,
    report: AnswerReport = AnswerFormat.TEXT,
) -> int:
    """Show whether somebody may do something, before and after a change, and the path that makes it so."""
    call = Call(snapshots=snapshot, changes=change, after=after, system=from_, change_kind=change_from)
    from blastradius import pipeline
    from blastradius.cli.answers import show
    from blastradius.report import queries

    with Progress() as progress:
        explanation = pipeline.explain(call.request(progress.report), principal, action, resource)
    show(
        report,
        lambda style: queries.explanation_text(explanation, style),
        lambda: queries.explanation_json(explanation),
    )
    return ExitCode.PASS
