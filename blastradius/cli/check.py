"""``blastradius check``: simulate a change, report what it opens, and let the gate decide."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from blastradius.cli.completion import complete_format
from blastradius.cli.options import (
    After,
    AsOf,
    Call,
    ChangeFrom,
    Changes,
    Engine,
    EngineChoice,
    FailOn,
    From,
    PolicyFile,
    Snapshots,
    Strict,
    examples,
    usage,
)
from blastradius.cli.progress import Progress
from blastradius.errors import ExitCode

if TYPE_CHECKING:
    from blastradius.model.assessment import Decision

CHECK_EXAMPLES = examples(
    ("Simulate a change", "blastradius check snapshot.yaml --change change.yaml"),
    ("Compare two exports of a Kubernetes cluster", "blastradius check rbac-before/ --after rbac-after/"),
    (
        "In CI: text in the log, SARIF for code scanning, and a comment",
        "blastradius check acl/ --change change.yaml \\\n    --report sarif=br.sarif --report markdown=br.md",
    ),
    ("Block anything that is high or worse", "blastradius check acl/ --change change.yaml --fail-on high"),
    (
        "Every changed (principal, capability, resource)",
        "blastradius check acl/ --change change.yaml --tuples changed.jsonl",
    ),
)


class By(StrEnum):
    """What one line of ``--tuples`` speaks of."""

    CAPABILITY = "capability"
    ACTION = "action"


def check(
    snapshot: Snapshots,
    change: Changes = None,
    after: After = None,
    policy: PolicyFile = None,
    strict: Strict = False,
    report: Annotated[
        list[str] | None,
        typer.Option(
            "--report",
            metavar="FORMAT[=FILE]",
            help="Write a report: text, json, sarif, markdown, junit, github or gitlab. Repeatable; "
            "one may go to standard output, which otherwise gets text.",
            show_default=False,
            autocompletion=complete_format,
        ),
    ] = None,
    tuples: Annotated[
        str | None,
        typer.Option(
            "--tuples",
            metavar="FILE",
            help="Write every changed access tuple: as CSV or Parquet if FILE ends in .csv or .parquet, "
            "else as JSON Lines; - for standard output.",
        ),
    ] = None,
    tuples_limit: Annotated[
        int | None,
        typer.Option("--tuples-limit", metavar="N", min=1, help="Write at most N tuples, and say how many there are."),
    ] = None,
    by: Annotated[By, typer.Option("--by", help="Write tuples per capability, or per single action.")] = By.CAPABILITY,
    fail_on: Annotated[
        FailOn | None, typer.Option("--fail-on", help="Block at this level or worse, beside what the policy says.")
    ] = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Leave with 0 where the gate says 1; nothing else changes.")
    ] = False,
    author: Annotated[
        str | None, typer.Option("--author", metavar="ID", help="Who proposes the change, whatever its file says.")
    ] = None,
    as_of: AsOf = None,
    from_: From = None,
    change_from: ChangeFrom = None,
    engine: EngineChoice = Engine.FAST,
) -> int:
    """Simulate a change, report which class of data it newly opens to whom, and let the gate decide."""
    call = Call(
        snapshots=snapshot,
        changes=change,
        after=after,
        policy=policy,
        strict=strict,
        system=from_,
        change_kind=change_from,
        as_of=as_of,
        author=author,
        fail_on=fail_on,
        engine=engine,
    )
    if not change and not after:
        raise usage("nothing to check", "name a change with `--change FILE`, or a second state with `--after SNAPSHOT`")
    if tuples is None and tuples_limit is not None:
        raise usage("`--tuples-limit` limits nothing", "name a file with `--tuples FILE`")
    from blastradius import pipeline
    from blastradius.cli.reports import plan
    from blastradius.cli.tuples import TuplesPlan

    with Progress() as progress:
        request = call.request(progress.report)
        asked = None if tuples is None else TuplesPlan(tuples, by is By.ACTION, tuples_limit)
        planned = plan(report or (), asked, call.inputs)
        checked = pipeline.check(request)
        # The verdict stands before anything is written, so that no lost report can turn it around.
        code = exit_code(checked.assessment.verdict.decision, exit_zero=exit_zero)
        planned.deliver(checked, progress)
    return code


def exit_code(decision: "Decision", *, exit_zero: bool) -> ExitCode:
    """Turn the gate's decision into what the shell is told."""
    from blastradius.model.assessment import Decision

    if decision in {Decision.PASS, Decision.WARN} or exit_zero:
        return ExitCode.PASS
    return ExitCode.BLOCKED
