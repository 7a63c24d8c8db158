"""A secret that stands in an export reaches no report, no answer, no message and no converted file."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import environment

SECRET = "hunter2-is-the-secret"
# Per system, files with the secret wherever systems keep one, valid ones and broken ones.
EXPORTS = {
    "postgres": {
        "globals.sql": "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE ana;\n"
        f"ALTER ROLE ana WITH NOSUPERUSER INHERIT LOGIN PASSWORD 'SCRAM-SHA-256$4096:{SECRET}';\n"
        f"ALTER ROLE ana SET app.token TO '{SECRET}';\n"
        f"CREATE USER MAPPING FOR ana SERVER x OPTIONS (password '{SECRET}');\n"
        f"COMMENT ON ROLE ana IS '{SECRET}';\nALTER ROLE ana FROBNICATE '{SECRET}';\nSELECT '{SECRET}\n",
    },
    "directory": {
        "people.ldif": "dn: uid=ana,ou=people,dc=acme,dc=example\nobjectClass: inetOrgPerson\nuid: ana\n"
        f"mail: ana@acme.example\nuserPassword: {SECRET}\nuserPassword:: aHVudGVyMi1pcy10aGUtc2VjcmV0\n"
        f"description: {SECRET}\n\ndn: cn=eng,ou=groups,dc=acme,dc=example\nobjectClass: groupOfNames\ncn: eng\n"
        "member: uid=ana,ou=people,dc=acme,dc=example\n",
        "members.csv": f"group,member,password\neng@acme.example,ana@acme.example,{SECRET}\n",
    },
    "posix": {
        "acls.facl": "# file: srv\n# owner: ana\n# group: ana\nuser::rwx\ngroup::r-x\nother::---\n",
        "passwd.txt": f"root:x:0:0::/:/bin/bash\nana:{SECRET}:1000:1000:{SECRET}:/srv/ana:/bin/bash\n",
        "group.txt": f"root:x:0:\nana:{SECRET}:1000:\n",
    },
    "posix, a listing of passwords": {
        "acls.facl": "# file: srv\n# owner: ana\n# group: ana\nuser::rwx\ngroup::r-x\nother::---\n",
        "shadow.txt": f"root:*:19000:0:99999:7:::\nana:$6${SECRET}:19000:0:99999:7:::\n",
    },
    "kubernetes": {
        "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n"
        f"stringData: {{password: {SECRET}}}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"
        "metadata: {name: r, namespace: shop}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n",
    },
    "aws": {
        "account.json": '{"UserDetailList": [{"Path": "/", "UserName": "ana", "UserId": "A", '
        '"Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": [], "AttachedManagedPolicies": [], '
        f'"SecretAccessKey": "{SECRET}", "Tags": [{{"Key": "password", "Value": "{SECRET}"}}]}}], '
        '"GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false}\n',
    },
}
REPORTS = ("json", "sarif", "markdown", "junit", "github", "gitlab")
COMMANDS = (
    ("check", ".", "--after", ".", *(f"--report={form}=../report.{form}" for form in REPORTS), "--report=text"),
    ("validate", "."),
    ("convert", ".", "-o", "../converted.yaml"),
    ("convert", ".", "-o", "../converted.brs"),
)


@pytest.mark.parametrize("name", EXPORTS)
def test_a_secret_in_an_export_stays_there(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for file, text in EXPORTS[name].items():
        (folder / file).write_text(text, "utf-8")
    assert any(SECRET in text for text in EXPORTS[name].values())
    codes = set()
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "blastradius", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            env=environment(),
        )
        codes.add(done.returncode)
        assert SECRET not in done.stdout + done.stderr, command
    assert codes <= {0, 1, 2}
    written = [path for path in tmp_path.iterdir() if path.is_file()]
    assert not any(SECRET.encode() in path.read_bytes() for path in written)
