"""``convert`` as it is called, and its file in the place of every snapshot."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.program import Run, environment

LINES = """\
{"format": "blastradius.snapshot/1"}
{"principal": "user:ana"}
{"principal": "user:dana"}
{"group": "group:analysts", "members": ["user:ana"]}
{"resource": "table:people", "class": "user-data"}
{"grant": {"to": "group:analysts", "actions": ["read"], "on": "table:people"}}
"""
# A name that ends in a blank, which an id of the native format does not.
UNSAYABLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "ana "}]
"""


def test_a_converted_snapshot_is_read_by_every_command(run: Run, acl: Path) -> None:
    done = run("convert", "snapshot.yaml", "-o", "acme.brs")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "wrote 3 principals, 2 groups, 2 resources, 1 grant to acme.brs\n"
    assert run("check", "acme.brs", "--change", "harmful.yaml").returncode == 1
    assert run("check", "acme.brs", "--change", "harmless.yaml").returncode == 0
    assert run("check", "acme.brs", "--after", "acme.brs").returncode == 0
    assert run("validate", "acme.brs", "harmless.yaml").returncode == 0
    assert "user:ana" in run("who-can", "read", "table:people", "acme.brs").stdout
    assert "table:people" in run("what-can", "user:ana", "acme.brs").stdout
    assert "analysts" in run("explain", "user:ana", "read", "table:people", "acme.brs").stdout


def test_both_kinds_of_large_files_are_read_from_standard_input(run: Run, acl: Path) -> None:
    (acl / "acme.jsonl").write_text(LINES, "utf-8")
    assert "user:ana" in run("who-can", "read", "table:people", "-", stdin=LINES).stdout
    assert run("convert", "-", "-o", "acme.brs", stdin=LINES).returncode == 0
    data = (acl / "acme.brs").read_bytes()
    assert "user:ana" in run("who-can", "read", "table:people", "-", stdin=data).stdout
    assert run("convert", "acme.jsonl", "-o", "again.brs").returncode == 0
    # They differ in the name of what they were made from, and in nothing that was read.
    assert len((acl / "again.brs").read_bytes()) == len(data)


def test_the_same_input_gives_the_same_bytes(run: Run, acl: Path) -> None:
    for name in ("a.brs", "b.brs"):
        assert run("convert", "snapshot.yaml", "-o", name).returncode == 0
    assert (acl / "a.brs").read_bytes() == (acl / "b.brs").read_bytes()


def test_nothing_is_written_when_the_input_is_wrong(run: Run, acl: Path) -> None:
    (acl / "wrong.jsonl").write_text(LINES + '{"resource": "x"}\n', "utf-8")
    (acl / "acme.brs").write_bytes(b"what was there")
    done = run("convert", "wrong.jsonl", "-o", "acme.brs")
    assert done.returncode == 2
    assert "error: wrong.jsonl:7:2: the id `x` has the wrong form" in done.stderr
    assert (acl / "acme.brs").read_bytes() == b"what was there"
    assert not [path for path in acl.iterdir() if path.name.endswith(".part")]


def test_an_input_is_not_written_over(run: Run, acl: Path) -> None:
    done = run("convert", "snapshot.yaml", "-o", "snapshot.yaml")
    assert done.returncode == 2
    assert "is read by this run and is not written over" in done.stderr


def test_a_compiled_file_does_not_go_to_standard_output(run: Run, acl: Path) -> None:
    done = run("convert", "snapshot.yaml", "--to", "brs", "-o", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert "not written to standard output" in done.stderr


@pytest.mark.parametrize("name", ["acme.yaml", "acme.YML", "acme.json", "acme.jsonl"])
def test_a_native_snapshot_is_written_as_its_name_ends(run: Run, acl: Path, name: str) -> None:
    done = run("convert", "snapshot.yaml", "-o", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"wrote 3 principals, 2 groups, 2 resources, 1 grant to {name}\n"
    text = (acl / name).read_text("utf-8")
    assert text.startswith("{" if "json" in name else "format: ")
    assert run("check", name, "--change", "harmful.yaml").returncode == 1
    assert run("check", name, "--after", "snapshot.yaml").returncode == 0
    assert "user:ana" in run("who-can", "read", "table:people", name).stdout


def test_to_says_what_the_name_does_not(run: Run, acl: Path) -> None:
    assert run("convert", "snapshot.yaml", "--to", "json", "-o", "acme.yaml").returncode == 0
    assert (acl / "acme.yaml").read_text("utf-8").startswith('{\n  "format"')
    assert run("convert", "snapshot.yaml", "--to", "brs", "-o", "acme").returncode == 0
    assert (acl / "acme").read_bytes().startswith(b"\x89BRS")


@pytest.mark.parametrize("name", ["acme.txt", "acme", "acme.yaml.gz", ".yaml"])
def test_a_name_that_says_nothing_is_refused_with_those_that_do(run: Run, acl: Path, name: str) -> None:
    done = run("convert", "snapshot.yaml", "-o", name)
    assert done.returncode == 2
    assert done.stderr == (
        f"error: the name `{name}` does not say what to write\n"
        "  help: end it in one of `.brs`, `.yaml`, `.yml`, `.json`, `.jsonl`, or add `--to` with one of "
        "`yaml`, `json`, `jsonl`, `brs`\n"
    )
    assert not (acl / name).exists()


def test_standard_output_takes_a_native_snapshot_and_nothing_else(run: Run, acl: Path) -> None:
    done = run("convert", "snapshot.yaml", "-o", "-")
    assert (done.returncode, done.stdout) == (2, "")
    assert "add `--to` with one of `yaml`, `json`, `jsonl`, `brs`" in done.stderr
    for form, begins in (("yaml", "format: "), ("json", '{\n  "format": '), ("jsonl", '{"format": ')):
        done = run("convert", "snapshot.yaml", "--to", form, "-o", "-")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(begins)
        assert "user:ana" in run("who-can", "read", "table:people", "-", stdin=done.stdout).stdout


def test_nothing_is_begun_on_standard_output_that_cannot_be_written_whole(run: Run, acl: Path) -> None:
    done = run("convert", "-", "--to", "yaml", "-o", "-", stdin=UNSAYABLE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: `user:k8s/ana ` cannot be written as a native snapshot" in done.stderr
    assert "a compiled snapshot (`.brs`) can hold it" in done.stderr
    assert run("convert", "-", "-o", "acme.brs", stdin=UNSAYABLE).returncode == 0


def test_what_was_not_understood_is_said_and_kept(run: Run, acl: Path) -> None:
    folder = acl / "exports"
    folder.mkdir()
    (folder / "snapshot.yaml").write_text((acl / "snapshot.yaml").read_text("utf-8"), "utf-8")
    (folder / "other.yaml").write_text("what: nobody knows\n", "utf-8")
    done = run("convert", "exports", "-o", "acme.yaml")
    assert done.stdout.endswith("1 not understood: every check of acme.yaml will say so\n")
    assert "at: exports/other.yaml:1:1" in (acl / "acme.yaml").read_text("utf-8")
    for given in ("exports", "acme.yaml"):
        checked = run("check", given, "--change", "harmless.yaml")
        assert checked.returncode == 1
        assert "exports/other.yaml:1" in checked.stdout
        assert "incomplete-evidence" in checked.stdout
    done = run("convert", "acme.yaml", "--to", "jsonl", "-o", "-")
    assert done.stderr == "note: 1 not understood: every check of it will say so\n"


def test_a_policy_is_for_compiled_snapshots(run: Run, acl: Path) -> None:
    done = run("convert", "snapshot.yaml", "--policy", "policy.yaml", "-o", "acme.json")
    assert done.returncode == 2
    assert "`--policy` is for compiled snapshots" in done.stderr


def test_the_other_side_is_an_input_too(run: Run, acl: Path) -> None:
    assert run("convert", "snapshot.yaml", "--beside", "snapshot.yaml", "-o", "acme.json").returncode == 0
    done = run("convert", "snapshot.yaml", "--beside", "acme.json", "-o", "acme.json")
    assert "is read by this run and is not written over" in done.stderr
    assert run("convert", "snapshot.yaml", "--beside", "missing.yaml", "-o", "b.json").returncode == 2
    done = run("convert", "snapshot.yaml", "--beside", "-", "-o", "b.json")
    assert "`--beside` takes no standard input" in done.stderr


def test_what_the_native_format_cannot_say_leaves_nothing_behind(run: Run, acl: Path) -> None:
    (acl / "kept.yaml").write_text("what was there", "utf-8")
    done = run("convert", "-", "-o", "kept.yaml", stdin=UNSAYABLE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written as a native snapshot" in done.stderr
    assert (acl / "kept.yaml").read_text("utf-8") == "what was there"
    assert not list(acl.glob(".*.part"))


def test_an_interrupted_conversion_leaves_nothing_behind(acl: Path) -> None:
    with (acl / "many.jsonl").open("w", encoding="utf-8") as stream:
        stream.write('{"format": "blastradius.snapshot/1"}\n')
        stream.writelines(f'{{"resource": "box:{at}"}}\n' for at in range(150_000))
    command = [sys.executable, "-m", "blastradius", "convert", "many.jsonl", "-o", "out.jsonl"]
    with subprocess.Popen(command, cwd=acl, env=environment(), stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 100
        while not list(acl.glob(".*.part")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=100)
    assert process.returncode == 130
    assert error == b"interrupted: nothing was decided\n"
    assert [path.name for path in acl.glob("*out*")] == []
    assert not list(acl.glob(".*.part"))


def test_a_compiled_snapshot_is_no_change_and_no_policy(run: Run, acl: Path) -> None:
    assert run("convert", "snapshot.yaml", "-o", "acme.brs").returncode == 0
    for option in ("--change", "--policy"):
        done = run("check", "snapshot.yaml", option, "acme.brs", "--after", "snapshot.yaml")
        assert done.returncode == 2
    done = run("check", "snapshot.yaml", "--change", "acme.brs")
    assert done.stderr.startswith("error: acme.brs: this is a compiled snapshot, and can stand for nothing else")


def test_a_damaged_file_is_refused_in_one_line(run: Run, acl: Path) -> None:
    assert run("convert", "snapshot.yaml", "-o", "acme.brs").returncode == 0
    data = (acl / "acme.brs").read_bytes()
    (acl / "acme.brs").write_bytes(data[:-100])
    done = run("who-can", "read", "table:people", "acme.brs")
    assert done.returncode == 2
    assert done.stderr == (
        "error: acme.brs: the compiled snapshot is cut off\n  help: make it again with `blastradius convert`\n"
    )
