"""``blastradius who-can``: everybody who may do something to a resource."""

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

WHO_CAN_EXAMPLES = examples(
    ("Who can read that table?", "blastradius who-can read table:people snapshot.yaml"),
    ("Who could, once the change is made?", "blastradius who-can read table:people snapshot.yaml --change change.yaml"),
    ("Who can change who has access?", "blastradius who-can manage drive:strategy snapshot.yaml --report json"),
)


def who_can(
    action: Action,
    resource: Annotated[str, typer.Argument(help="Id of a resource.", show_default=False)],
    snapshot: Snapshots,
    change: Changes = None,
    after: After = None,
    from_: From = None,
    change_from: ChangeFrom = None,
    report: AnswerReport = AnswerFormat.TEXT,
) -> int:
    """List everybody who may do something to a resource; with a change, who may once it is made."""
    call = Call(snapshots=snapshot, changes=change, after=after, system=from_, change_kind=change_from)
    from blastradius import pipeline
    from blastradius.cli.answers import show
    from blastradius.report import queries

    with Progress() as progress:
        holders = pipeline.who_can(call.request(progress.report), action, resource)
    show(
        report,
        lambda style: queries.holders_text(holders, style),
        lambda: queries.holders_json(holders),
    )
    return ExitCode.PASS
