"""The line that says how far long work is: seen on a terminal only, late, and gone in the end."""

import io

import pytest

from blastradius.cli import progress as progress_module
from blastradius.cli.progress import QUIET_S, Progress, line


class Terminal(io.StringIO):
    """A terminal that remembers what was drawn."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Time that goes by when it is told to."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress_module, "time", made)
    monkeypatch.setenv("TERM", "xterm")
    return made


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def shown(text: str) -> str:
    """Give what a terminal shows after all that was written to it."""
    cells: list[str] = []
    at = 0
    for character in text:
        if character == "\r":
            at = 0
            continue
        cells[at : at + 1] = character
        at += 1
    return "".join(cells).rstrip()


def test_nothing_is_drawn_within_the_first_second(clock: Clock, terminal: Terminal) -> None:
    with Progress(terminal) as progress:
        clock.now += QUIET_S * 0.99
        progress.report("reading", 1, 2)
    assert terminal.getvalue() == ""


def test_a_bar_is_drawn_after_a_second_and_gone_in_the_end(clock: Clock, terminal: Terminal) -> None:
    with Progress(terminal) as progress:
        clock.now += QUIET_S
        progress.report("reading a.jsonl", 1, 2)
        assert shown(terminal.getvalue()) == "[############............]  50% reading a.jsonl"
        clock.now += QUIET_S
        progress.report("half", 3, 4)
        assert shown(terminal.getvalue()) == "[##################......]  75% half"
    assert shown(terminal.getvalue()) == ""
    assert terminal.getvalue().endswith("\r")


def test_a_bar_is_gone_before_an_error_is_told(clock: Clock, terminal: Terminal) -> None:
    def interrupted() -> None:
        with Progress(terminal) as progress:
            clock.now += QUIET_S
            progress.report("reading", 1, 2)
            assert shown(terminal.getvalue())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert shown(terminal.getvalue()) == ""


def test_a_bar_is_not_drawn_more_often_than_anybody_can_see(clock: Clock, terminal: Terminal) -> None:
    with Progress(terminal) as progress:
        clock.now += QUIET_S
        for done in range(1000):
            progress.report("reading", done, 1000)
            clock.now += 0.001
        assert 5 <= terminal.getvalue().count("\r") <= 10


@pytest.mark.parametrize("where", ["pipe", "dumb", "closed"])
def test_nothing_is_drawn_where_nobody_looks(clock: Clock, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    stream = io.StringIO() if where == "pipe" else Terminal()
    if where == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    if where == "closed":
        stream.close()
    with Progress(stream) as progress:
        clock.now += QUIET_S
        progress.report("reading", 1, 2)
    assert stream.closed or stream.getvalue() == ""


def test_a_terminal_that_goes_away_does_not_stop_the_work(clock: Clock, terminal: Terminal) -> None:
    with Progress(terminal) as progress:
        clock.now += QUIET_S
        progress.report("reading", 1, 2)
        assert shown(terminal.getvalue())
        terminal.close()
        clock.now += QUIET_S
        progress.report("reading", 2, 2)


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [
        (0, 0, "0 x"),
        (1234567, 0, "1,234,567 x"),
        (0, 3, "[........................]   0% x"),
        (2, 3, "[################........]  66% x"),
        (5, 3, "[########################] 100% x"),
        (-1, 3, "[........................]   0% x"),
    ],
)
def test_a_line_says_how_much_is_done(done: int, total: int, expected: str) -> None:
    assert line("x", done, total, 80) == expected


def test_a_line_is_harmless_and_fits() -> None:
    said = line("reading \x1b]0;owned\x07\r\n" + "ä界" * 500, 1, 2, 60)
    assert len(said) == 60
    assert said.isascii()
    assert said.isprintable()
    assert line("reading", 1, 2, 0) == ""
