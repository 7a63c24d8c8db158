"""Where reports go: whole or not at all, never over an input, several in one run."""

import json
import os
import stat
from pathlib import Path

import pytest

from blastradius.cli.boundary import run as run_here

CHECK = ("check", "snapshot.yaml", "--change", "harmful.yaml", "--as-of", "2026-03-18T09:00:00Z")

pytestmark = pytest.mark.usefixtures("acl")


def _left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_one_run_writes_several_reports(acl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_here((*CHECK, "--report", "json=r.json", "--report", "sarif=r.sarif", "--report", "markdown"))
    assert code == 1
    assert json.loads((acl / "r.json").read_text("utf-8"))["verdict"]["decision"] in {"approve", "block"}
    assert json.loads((acl / "r.sarif").read_text("utf-8"))["version"] == "2.1.0"
    assert "<!--" in capsys.readouterr().out
    assert _left_behind(acl) == []


def test_text_goes_to_standard_output_unless_another_report_does(capsys: pytest.CaptureFixture[str]) -> None:
    run_here(CHECK)
    text = capsys.readouterr().out
    run_here((*CHECK, "--report", "json=r.json"))
    assert capsys.readouterr().out == text
    run_here((*CHECK, "--report", "text"))
    assert capsys.readouterr().out == text
    run_here((*CHECK, "--report", "json"))
    assert json.loads(capsys.readouterr().out)["format"] == "blastradius.report/1"


def test_the_same_run_gives_the_same_bytes(acl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("text", "json", "sarif", "markdown", "junit", "github", "gitlab"):
        run_here((*CHECK, "--report", f"{form}=one"))
        run_here((*CHECK, "--report", f"{form}=two"))
        assert (acl / "one").read_bytes() == (acl / "two").read_bytes()
        capsys.readouterr()
        run_here((*CHECK, "--report", form))
        assert (acl / "one").read_text("utf-8") == capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--report", "json", "--report", "text"), "two reports go to standard output"),
        (("--report", "json", "--tuples", "-"), "two reports go to standard output"),
        (("--report", "json=/dev/stdout", "--report", "text"), "two reports go to standard output"),
        (("--report", "json=a", "--report", "text=./a"), "two reports go to `"),
        (("--report", "json=a", "--tuples", "a"), "two reports go to `"),
        (("--report", "jsn=a"), "did you mean `json`"),
        (("--report", "json="), "names no file"),
        (("--tuples", ""), "names no file"),
        (("--report", "json=."), "is a folder"),
        (("--report", "json=no/such/r.json"), "no folder `no/such`"),
        (("--report", "json=snapshot.yaml"), "is not written over"),
        (("--report", "json=./harmful.yaml"), "is not written over"),
        (("--tuples", "snapshot.yaml"), "is not written over"),
        (("--report", "json=linked.json"), "is not written over"),
        (("--report", "json=hard.json"), "is not written over"),
        (("--report", "json=snapshot.yaml/r.json"), "no folder `snapshot.yaml`"),
        (("--report", "json=a\0b"), "is no name for a file"),
        (("--report", "json=" + "x" * 300), "is no name for a file"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is(
    acl: Path, arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (acl / "linked.json").symlink_to("snapshot.yaml")
    (acl / "hard.json").hardlink_to(acl / "snapshot.yaml")
    before = {path.name: path.read_bytes() for path in acl.iterdir()}
    assert run_here((*CHECK, *arguments)) == 2
    assert says in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in acl.iterdir()} == before


def test_a_report_is_not_left_where_the_next_run_would_read_it(acl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = acl / "state"
    folder.mkdir()
    (acl / "snapshot.yaml").rename(folder / "snapshot.yaml")
    check = ("check", "state", "--change", "harmless.yaml", "--report")
    assert run_here((*check, "json=state/report.json")) == 2
    assert "would lie in the folder `state`, and be an input of the next run" in capsys.readouterr().err
    assert run_here((*check, "sarif=state/report.sarif")) == 0


def test_a_report_is_written_whole_or_not_at_all(acl: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (acl / "r.json").write_text("the old one", "utf-8")
    closed = acl / "closed"
    closed.mkdir(mode=0o555)
    # Root may write into any folder but one that makes its files up.
    target = "/proc/r.sarif" if os.access(closed, os.W_OK) else "closed/r.sarif"
    code = run_here((*CHECK, "--report", "json=r.json", "--report", f"sarif={target}"))
    assert code == 2
    assert "cannot write" in capsys.readouterr().err
    assert (acl / "r.json").read_text("utf-8") == "the old one"
    assert _left_behind(acl) == []


def test_a_report_keeps_the_rights_of_the_file_it_replaces(acl: Path) -> None:
    old = acl / "r.json"
    old.write_text("the old one", "utf-8")
    old.chmod(0o640)
    run_here((*CHECK, "--report", "json=r.json"))
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert old.read_text("utf-8") != "the old one"


def test_a_link_is_replaced_and_what_it_named_is_left_alone(acl: Path) -> None:
    (acl / "elsewhere").write_text("precious", "utf-8")
    (acl / "r.json").symlink_to("elsewhere")
    assert run_here((*CHECK, "--report", "json=r.json")) == 1
    assert (acl / "elsewhere").read_text("utf-8") == "precious"
    assert not (acl / "r.json").is_symlink()


def test_a_device_is_written_to_and_not_replaced(acl: Path) -> None:
    assert run_here((*CHECK, "--report", f"json={os.devnull}", "--tuples", os.devnull)) == 1
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_tuples_are_one_object_a_line(acl: Path) -> None:
    assert run_here((*CHECK, "--tuples", "t.jsonl")) == 1
    lines = [json.loads(line) for line in (acl / "t.jsonl").read_text("utf-8").splitlines()]
    assert lines == [
        {
            "principal": "group:everybody-else#unlisted",
            "capability": "read",
            "resource": "table:people",
            "class": "user-data",
            "change": "gained",
            "novelty": "existing",
        }
    ]


def test_tuples_by_action_name_the_action(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here((*CHECK, "--tuples", "-", "--by", "action")) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert list(json.loads(line)) == ["principal", "capability", "action", "resource", "class", "change", "novelty"]
