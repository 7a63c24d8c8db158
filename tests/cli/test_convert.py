"""``convert`` as it is called, and its file in the place of every snapshot."""

from pathlib import Path

from tests.support.program import Run

LINES = """\
{"format": "blastradius.snapshot/1"}
{"principal": "user:ana"}
{"principal": "user:dana"}
{"group": "group:analysts", "members": ["user:ana"]}
{"resource": "table:people", "class": "user-data"}
{"grant": {"to": "group:analysts", "actions": ["read"], "on": "table:people"}}
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
    done = run("convert", "snapshot.yaml", "-o", "-")
    assert done.returncode == 2
    assert "not written to standard output" in done.stderr


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
