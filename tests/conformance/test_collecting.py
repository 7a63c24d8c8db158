"""Every system says how it is exported, in commands that a shell can read and that change nothing."""

import re
import subprocess
import sys
from datetime import date

import pytest

from blastradius.cli.collect import OLD_DAYS
from blastradius.pipeline import collections
from blastradius.systems.registry import COLLECTED, SYSTEMS
from tests.support.program import environment

EACH = pytest.mark.parametrize("name", collections())
# Whole words that no export needs; redirections into files of the working folder are how exports are kept.
CHANGING = re.compile(
    r"\b(?:rm|mv|dd|chmod|chown|setfacl|apply|create|delete|patch|put|update|attach|detach|grant|revoke|alter|drop|insert|set-iam-policy"
    r"|add-iam-policy-binding|remove-iam-policy-binding)\b",
    re.IGNORECASE,
)


def collect(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "blastradius", "collect", *arguments], capture_output=True, text=True, env=environment()
    )


def test_every_system_but_our_own_format_can_be_collected() -> None:
    assert list(COLLECTED) == [name for name in SYSTEMS if name != "native"]
    assert all(module.COLLECT for module in COLLECTED.values())
    names = [one.name for module in COLLECTED.values() for one in module.COLLECT]
    assert len(names) == len(set(names))


def test_without_a_system_all_are_listed() -> None:
    done = collect()
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(collections())


@EACH
def test_what_is_printed_is_a_script_that_a_shell_can_read(name: str) -> None:
    done = collect(name)
    assert done.returncode == 0
    assert subprocess.run(["bash", "-n"], input=done.stdout, text=True, capture_output=True).stderr == ""
    assert all(step.command in done.stdout for step in collections()[name].steps)


@EACH
def test_no_command_changes_anything(name: str) -> None:
    one = collections()[name]
    assert one.steps
    assert [found[0] for step in one.steps for found in CHANGING.finditer(step.command)] == []


@EACH
def test_sentences_are_complete_without_a_period(name: str) -> None:
    one = collections()[name]
    for text in (one.rights, *one.notes, *(step.purpose for step in one.steps)):
        assert text
        assert not text.endswith((".", " "))
    assert one.check.startswith("blastradius check ")


@EACH
def test_old_data_are_said_to_be_old(name: str) -> None:
    data_as_of = collections()[name].data_as_of
    later = collect(name, "--as-of", "2099-01-01").stdout
    assert (f"is of {data_as_of}" in later) is (data_as_of is not None)
    assert ("days old" in later) is (data_as_of is not None)
    if data_as_of is not None:
        assert data_as_of < date.today()
        assert "days old" not in collect(name, "--as-of", data_as_of.isoformat()).stdout
        assert OLD_DAYS < 400


def test_an_unknown_system_is_refused_with_the_one_that_was_meant() -> None:
    done = collect("kubernets")
    assert done.returncode == 2
    assert "kubernetes" in done.stderr
