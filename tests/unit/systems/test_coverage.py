"""Exports that do not hold everything."""

from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem, Source
from blastradius.systems.coverage import coverage_problems

PLACE = Source("files.json", 3)


def test_only_what_is_complete_is_no_problem() -> None:
    found = coverage_problems(
        [
            Coverage("users", Completeness.COMPLETE, "`IsTruncated` is false"),
            Coverage("files", Completeness.TRUNCATED, "there is a `nextPageToken`", PLACE, "fetch the other pages"),
            Coverage("policies", Completeness.UNKNOWN, "no bucket policy was given"),
        ]
    )
    assert found == (
        Problem("files: cut short: there is a `nextPageToken`", PLACE, "fetch the other pages"),
        Problem("policies: perhaps not all there is: no bucket policy was given"),
    )


def test_what_is_said_twice_is_said_once() -> None:
    one = Coverage("files", Completeness.UNKNOWN, "nobody knows")
    assert len(coverage_problems([one, one])) == 1
