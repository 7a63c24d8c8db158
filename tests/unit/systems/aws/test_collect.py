"""The commands that export policies of resources, run by a shell against a stand-in for the command line of AWS."""

import os
import shutil
import subprocess

import pytest

from blastradius.documents import read_files
from blastradius.model.snapshot import Completeness
from blastradius.systems.aws.collect import COLLECT
from blastradius.systems.load import load

STANDS_IN = """#!/bin/sh
case "$*" in
  *describe-regions*) echo eu-west-1 ;;
  *list-buckets*) echo one two three ;;
  *list-keys*) echo arn:aws:kms:eu-west-1:111122223333:key/one arn:aws:kms:eu-west-1:111122223333:key/three ;;
  *list-secrets*) for n in one two three; do echo arn:aws:secretsmanager:eu-west-1:111122223333:secret:$n; done ;;
  *list-functions*) for n in one two three; do echo arn:aws:lambda:eu-west-1:111122223333:function:$n; done ;;
  *list-queues*) for n in one two three; do echo https://sqs.eu-west-1.amazonaws.com/111122223333/$n; done ;;
  *list-topics*) for n in one two three; do echo arn:aws:sns:eu-west-1:111122223333:$n; done ;;
  *attributes*one*) echo '{"Attributes": {"Policy": "{\\"Statement\\": []}"}}' ;;
  *attributes*two*) echo '{"Attributes": {}}' ;;
  *get-resource-policy*one*) echo '{"ARN": "a", "ResourcePolicy": "{\\"Statement\\": []}"}' ;;
  *get-resource-policy*two*) echo '{"ARN": "a"}' ;;
  *policy*one*) echo '{"Statement": []}' ;;
  *policy*two*) echo NoSuchBucketPolicy ResourceNotFoundException >&2; exit 254 ;;
  *) echo AccessDenied >&2; exit 254 ;;
esac
"""
STEPS = [step.command for step in COLLECT[0].steps if "-policies.json" in step.command]


@pytest.mark.skipif(not shutil.which("jq") or not shutil.which("bash"), reason="the commands need bash and jq")
@pytest.mark.parametrize("command", STEPS, ids=lambda command: command.rpartition(" ")[2])
def test_a_policy_that_may_not_be_read_is_told_from_none(tmp_path, command):
    program = tmp_path / "aws"
    program.write_text(STANDS_IN, "utf-8")
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stderr == "AccessDenied\n"
    facts = load(read_files([str(tmp_path / command.rpartition(" ")[2])])).snapshot
    (found,) = [one for one in facts.coverage if one.what.startswith("policies of resources")]
    assert (found.what, found.completeness) == ("policies of resources that could not be read", Completeness.UNKNOWN)
    assert "three` is empty" in found.reason
    assert facts.unread


def test_each_kind_of_resource_with_policies_is_exported():
    assert len(STEPS) == 6
