"""How a command line is read: help, completion, files after options, questions and their answers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.changes.registry import FORMATS
from blastradius.cli.boundary import run as run_here
from blastradius.cli.grammar import spread
from blastradius.errors import UsageError
from blastradius.systems.registry import SYSTEMS
from tests.support.program import environment

COMMANDS = ("check", "explain", "who-can", "what-can", "validate", "schema")
VALUED = {"--change", "--after", "--report", "--policy"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here((command, "--help")) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: blastradius {command}")
    assert text.count(f"    blastradius {command}") >= 2
    assert max(len(line) for line in text.splitlines()) <= 84


def test_every_option_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        run_here((command, "--help"))
        options = capsys.readouterr().out.partition("\nOptions:\n")[2].partition("\n\n")[0].splitlines()
        for line, following in zip(options, [*options[1:], ""], strict=True):
            if line.startswith("  -"):
                described = line[2:].partition("  ")[2].strip() or following.startswith(" " * 20)
                assert described, line


def test_the_overview_names_every_command_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(("--help",)) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {command} " in text for command in COMMANDS)
    assert all(f"{code} " in text for code in (0, 1, 2, 3, 130))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_printed(shell: str) -> None:
    program = "import sys; from blastradius.cli.boundary import run; sys.exit(run(['--show-completion', sys.argv[1]]))"
    done = subprocess.run(
        [sys.executable, "-c", program, shell],
        env=environment({"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert "_BLASTRADIUS_COMPLETE" in done.stdout


def test_a_shell_completes_commands_and_options() -> None:
    for words, expected in (
        ("blastradius wh", {"who-can", "what-can"}),
        ("blastradius check --af", {"--after"}),
        ("blastradius check a --report g", {"github", "gitlab"}),
        ("blastradius schema s", {"snapshot"}),
        ("blastradius check a --from n", {"native"}),
        ("blastradius check a --from ", set(SYSTEMS)),
        ("blastradius what-can user:ana a --change-from ", set(FORMATS)),
        ("blastradius explain user:ana ", {"list", "read", "write", "manage"}),
        ("blastradius who-can w", {"write"}),
    ):
        extra = {"_BLASTRADIUS_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        done = subprocess.run(
            [sys.executable, "-m", "blastradius"], env=environment(extra), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0
        assert set(done.stdout.split()) == expected


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a --after b c", "a --after b --after c"),
        ("a b --after c d --after e f", "a b --after c --after d --after e --after f"),
        ("a --change - --strict", "a --change - --strict"),
        ("a --change b --report json --strict", "a --change b --report json --strict"),
        ("--report json a --change b c", "--report json a --change b --change c"),
        ("--change=b a", "--change=b a"),
        ("--change b -- a", "--change b -- a"),
        ("a --after b c --report text --after d", "a --after b --after c --report text --after d"),
        ("a --change", "a --change"),
    ],
)
def test_files_after_an_option_belong_to_it(typed: str, meant: str) -> None:
    assert list(spread(typed.split(), VALUED)) == meant.split()


@pytest.mark.parametrize(
    "typed", ["a --after b --strict c", "--after b a", "--change b", "a --after b --report text c"]
)
def test_a_file_that_could_be_either_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        list(spread(typed.split(), VALUED))


@given(
    st.lists(st.sampled_from(["a", "-", "--", "--change", "--after", "--after=x", "--report", "--strict"]), max_size=8)
)
def test_no_file_is_lost_and_none_changes_sides(typed: list[str]) -> None:
    try:
        meant = list(spread(typed, VALUED))
    except UsageError:
        return
    assert [word for word in meant if word in {"a", "-"}] == [word for word in typed if word in {"a", "-"}]
    assert set(meant) == set(typed)


def test_the_second_state_may_be_many_files(acl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = (acl / "snapshot.yaml").read_text("utf-8")
    facts, _, grants = both.partition("grants:\n")
    (acl / "facts.yaml").write_text(facts, "utf-8")
    (acl / "grants.yaml").write_text("format: blastradius.snapshot/1\ngrants:\n" + grants, "utf-8")
    assert run_here(("check", "snapshot.yaml", "--after", "facts.yaml", "grants.yaml", "--report", "json")) == 0
    assert set(json.loads(capsys.readouterr().out)["totals"].values()) == {0}


def test_both_engines_answer_alike(acl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = (
        "check",
        "snapshot.yaml",
        "--change",
        "harmful.yaml",
        "--as-of",
        "2026-03-18T09:00:00Z",
        "--report",
        "json",
    )
    assert run_here((*check, "--engine", "fast")) == run_here((*check, "--engine", "reference")) == 1
    first, second = capsys.readouterr().out.split("\n}\n")[:2]
    assert first == second


@pytest.mark.usefixtures("acl")
def test_explain_shows_both_states_and_the_path(capsys: pytest.CaptureFixture[str]) -> None:
    question = ("explain", "group:everybody-else#unlisted", "read", "table:people", "snapshot.yaml")
    assert run_here((*question, "--change", "harmful.yaml")) == 0
    text = capsys.readouterr().out
    assert "before: none" in text
    assert "after: granted" in text
    assert "-[member of]-> group:analysts" in text
    assert "harmful.yaml:5" in text
    assert run_here((*question, "--change", "harmful.yaml", "--report", "json")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["before"]["state"], answer["after"]["state"]) == ("none", "granted")
    (witness,) = answer["after"]["witnesses"]
    assert "group:analysts" in [step["to"] for step in witness["steps"]]


@pytest.mark.usefixtures("acl")
def test_explain_needs_no_change(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(("explain", "user:ana", "read", "table:people", "snapshot.yaml", "--report", "json")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["before"]["state"] == "granted"
    assert answer["after"] is None


@pytest.mark.usefixtures("acl")
def test_who_can_and_what_can_answer_for_the_state_after_the_change(capsys: pytest.CaptureFixture[str]) -> None:
    who = ("who-can", "read", "table:people", "snapshot.yaml", "--report", "json")
    run_here(who)
    assert [holder["principal"] for holder in json.loads(capsys.readouterr().out)["holders"]] == ["user:ana"]
    run_here((*who, "--change", "harmful.yaml"))
    holders = json.loads(capsys.readouterr().out)["holders"]
    assert [holder["principal"] for holder in holders] == ["group:everybody-else#unlisted", "user:ana"]
    run_here(("what-can", "user:dana", "snapshot.yaml"))
    assert capsys.readouterr().out == "nothing\n"
    run_here(("what-can", "user:dana", "snapshot.yaml", "--change", "harmless.yaml", "--report", "json"))
    (holding,) = json.loads(capsys.readouterr().out)["holdings"]
    assert holding == {"resource": "wiki:handbook", "class": "public", "capability": "read", "state": "granted"}


@pytest.mark.usefixtures("acl")
def test_an_error_says_where_what_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(("check", "snapshot.yaml", "--change", "unknown-id.yaml")) == 2
    error, help_line = capsys.readouterr().err.splitlines()[:2]
    assert error.startswith("error: unknown-id.yaml:4:")
    assert "`group:analyst`" in error
    assert help_line == "  help: did you mean `group:analysts`?"


@pytest.mark.usefixtures("acl")
def test_names_on_the_command_line_are_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(("what-can", "user:\x1b]0;own\x07\u202e", "snapshot.yaml\x1b[2J")) == 2
    assert run_here(("what-can", "user:\x1b]0;own\x07\u202e\n::error::", "snapshot.yaml")) == 2
    shown = capsys.readouterr().err
    assert not set(shown) & {"\x1b", "\x07", "\u202e"}
    assert "\n::" not in shown


@pytest.mark.parametrize(
    ("resource", "help_text"),
    [
        (
            "k8s:nowhere/secrets",
            "if the snapshot names nothing in the namespace `nowhere`, ask about `k8s:*/secrets`",
        ),
        (
            "k8s:nowhere/secrets:tls",
            "if the snapshot names nothing in the namespace `nowhere`, ask about `k8s:*/secrets`",
        ),
        ("k8s:*/secretz", "did you mean `k8s:*/secrets`?"),
        ("table:people", "known are `k8s-url:*`, "),
    ],
)
@pytest.mark.parametrize("question", [("who-can",), ("explain", "user:k8s/ana")])
def test_a_namespace_that_nothing_names_is_asked_about_in_all_at_once(
    question: tuple[str, ...], resource: str, help_text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binding = tmp_path / "binding.yaml"
    binding.write_text(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: viewers}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\n"
        "subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: ana}]\n",
        "utf-8",
    )
    assert run_here((*question, "get", resource, str(binding))) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: unknown resource `{resource}`\n  help: {help_text}")


def test_other_errors_of_a_question_stay_as_they_are(acl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(("who-can", "fly", "k8s:nowhere/secrets", "snapshot.yaml")) == 2
    assert "error: unknown action `fly`\n" in capsys.readouterr().err
