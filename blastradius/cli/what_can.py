"""``blastradius what-can``: everything that somebody may do."""

from typing import Annotated

import typer

from blastradius.cli.options import (
    After,
    AnswerFormat,
    AnswerReport,
    Call,
    ChangeFrom,
    Changes,
    From,
    PolicyFile,
    Snapshots,
    Strict,
    examples,
)
from blastradius.cli.progress import Progress
from blastradius.errors import ExitCode

WHAT_CAN_EXAMPLES = examples(
    ("What can the agent reach?", "blastradius what-can agent:forum-helper snapshot.yaml"),
    (
        "What could it reach, once the change is made?",
        "blastradius what-can agent:helper snapshot.yaml --change change.yaml",
    ),
    ("What can anyone on the internet reach?", "blastradius what-can outsider snapshot.yaml --report json"),
)


def what_can(
    principal: Annotated[
        str, typer.Argument(help="Id of a principal, `outsider`, or GROUP#unlisted.", show_default=False)
    ],
    snapshot: Snapshots,
    change: Changes = None,
    after: After = None,
    policy: PolicyFile = None,
    strict: Strict = False,
    from_: From = None,
    change_from: ChangeFrom = None,
    report: AnswerReport = AnswerFormat.TEXT,
) -> int:
    """List everything somebody may do, with the class of each resource; with a change, once it is made."""
    call = Call(
        snapshots=snapshot,
        changes=change,
        after=after,
        policy=policy,
        strict=strict,
        system=from_,
        change_kind=change_from,
    )
    from blastradius import pipeline
    from blastradius.cli.answers import show
    from blastradius.report import queries

    with Progress() as progress:
        holdings = pipeline.what_can(call.request(progress.report), principal)
    show(
        report,
        lambda style: queries.holdings_text(holdings, style),
        lambda: queries.holdings_json(holdings),
    )
    return ExitCode.PASS
