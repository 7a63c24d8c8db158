"""What every access-control system keeps to, whatever it is given."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.documents import UNSAFE_CHARACTERS, Document, File, LinedList, LinedMap, read_files
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import is_pseudo
from blastradius.systems.ids import principal_kind
from blastradius.systems.load import load
from blastradius.systems.recognising import documents_of as read_documents
from blastradius.systems.references import reference_problems
from blastradius.systems.registry import SYSTEMS
from tests.support.texts import as_file

ROOT = Path(__file__).resolve().parents[2]
# One state of each system.
FIXTURES = {
    "native": "fixtures/snapshots/every-construct.yaml",
    "github": "fixtures/github/before",
    "kubernetes": "fixtures/kubernetes/before",
    "directory": "fixtures/directory/before",
    "drive": "fixtures/drive/before",
    "posix": "fixtures/posix/before",
    "aws": "fixtures/aws/before",
    "zanzibar": "fixtures/zanzibar/before",
    "postgres": "fixtures/postgres/before",
    "gcp": "fixtures/gcp/before",
}
# The same name in a file of each system; what is put in its place is hostile.
NAMED = {
    "native": 'format: blastradius.snapshot/1\nprincipals: {"user:NAME": {}}\n',
    "github": 'orgs:\n  orchard:\n    admins: ["NAME"]\n',
    "kubernetes": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: a}\n"
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: a}\n"
    'subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "NAME"}]\n',
    "drive": '{"kind": "drive#file", "id": "f1", "permissions": [{"type": "user", "role": "owner", '
    '"emailAddress": "NAME"}]}\n',
    "directory": 'groups:\n  - email-id: orchard@acme.example\n    members: ["NAME"]\n',
    "posix": "# file: a\n# owner: NAME\n# group: g\nuser::rw-\ngroup::---\nother::---\n\n",
    "aws": '{"UserDetailList": [{"UserName": "NAME", "Arn": "arn:aws:iam::111122223333:user/NAME"}]}\n',
    "zanzibar": '- {user: "user:NAME", relation: viewer, object: "document:1"}\n',
    "postgres": '{"format": "blastradius.postgres/1", "server_version_num": 150000, "database": "d", "relations": [],\n'
    '"roles": [\n{"name": "NAME", "login": true}]}\n',
    "gcp": 'projects/acme-prod:\n  bindings: [{role: roles/viewer, members: ["user:x@NAME"]}]\n',
}
EACH = pytest.mark.parametrize("name", SYSTEMS)

KEYS = st.sampled_from(
    [
        "format",
        "kind",
        "apiVersion",
        "items",
        "metadata",
        "orgs",
        "teams",
        "members",
        "admins",
        "rules",
        "subjects",
        "roleRef",
        "roles",
        "relacl",
        "nspacl",
        "groups",
        "files",
        "drives",
        "id",
        "mimeType",
        "permissions",
        "type",
        "role",
        "email-id",
        "restrictions",
        "allowedGroups",
        "path",
        "schemas",
        "name",
        "groupKey",
        "preferredMemberKey",
        "@odata.context",
        "value",
        "UserDetailList",
        "Policies",
        "Policy",
        "arn:aws:s3:::a",
        "scps",
        "ResourceARN",
        "Resources",
        "Accounts",
        "Arn",
        "model",
        "tuples",
        "user",
        "relation",
        "object",
        "schema",
        "relationships",
        "contents",
        "schema_version",
        "type_definitions",
        "bindings",
        "etag",
        "version",
        "policy",
        "resource",
        "asset_type",
        "iamPolicy",
        "projectId",
        "lifecycleState",
        "email",
        "uniqueId",
        "selfLink",
        "nextPageToken",
        "results",
        "projects/acme-prod",
        "x",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        [
            "blastradius.snapshot/1",
            "blastradius.postgres/1",
            "List",
            "ClusterRole",
            "RoleBinding",
            "v1",
            "rbac.authorization.k8s.io/v1",
            "blastradius.identities/1",
            "drive#file",
            "drive#fileList",
            "user",
            "reader",
            "groups/a/memberships/b",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "https://graph.microsoft.com/v1.0/$metadata#groups",
            "arn:aws:s3:::a",
            "arn:aws:organizations::1:account/a",
            "blastradius.relations/1",
            "model\n  schema 1.1",
            "definition user {}",
            "project",
            "storage#bucket",
            "policies/a/denypolicies/b",
            "projects/1/secrets/a",
            "folders/1",
            "roles/viewer",
            "//storage.googleapis.com/b",
            "",
            "\u202e",
            "a",
        ]
    )
)


def lined_map(fields: dict[str, object]) -> LinedMap:
    made = LinedMap()
    made.update(fields)
    return made


def lined_list(items: list[object]) -> LinedList:
    made = LinedList()
    made.extend(items)
    made.places = [0] * len(items)
    return made


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3).map(lined_list) | st.dictionaries(KEYS, inner, max_size=4).map(lined_map),
    max_leaves=15,
)


def documents_of(name: str) -> list[Document]:
    return [document for file in read_files([str(ROOT / FIXTURES[name])]) for document in read_documents(file)]


def test_every_system_has_fixtures_and_stands_under_its_own_name() -> None:
    assert FIXTURES.keys() == SYSTEMS.keys()
    assert [system.NAME for system in SYSTEMS.values()] == list(SYSTEMS)


@EACH
def test_a_system_recognises_its_own_documents_and_nobody_elses(name: str) -> None:
    for owner in SYSTEMS:
        recognised = [SYSTEMS[name].recognises(document) for document in documents_of(owner)]
        assert any(recognised) is (name == owner)


@EACH
@given(value=VALUES)
def test_recognising_never_fails_and_never_overlaps(name: str, value: object) -> None:
    document = Document(as_file(""), value)
    others = [other for other in SYSTEMS if other != name and SYSTEMS[other].recognises(document)]
    assert not (SYSTEMS[name].recognises(document) and others)


@EACH
def test_all_that_facts_name_exists(name: str) -> None:
    snapshot = load(read_files([str(ROOT / FIXTURES[name])])).snapshot
    assert snapshot.principals or snapshot.groups
    assert reference_problems(snapshot) == []


@EACH
def test_groups_are_narrowed_without_conditions_which_nobody_would_look_at(name: str) -> None:
    groups = load(read_files([str(ROOT / FIXTURES[name])])).snapshot.groups.values()
    assert [group.id for group in groups for entry in (*group.all_of, *group.but_not) if entry.when] == []


@EACH
def test_every_fact_says_where_it_was_read(name: str) -> None:
    snapshot = load(read_files([str(ROOT / FIXTURES[name])])).snapshot
    sections = (snapshot.principals, snapshot.groups, snapshot.resources, snapshot.roles)
    placed = [entity.source for section in sections for entity in section.values()] + [
        g.source for g in snapshot.grants
    ]
    written = [source for source in placed if source.file]
    assert written
    assert all(source.line for source in written)


@EACH
def test_ids_and_kinds_agree_with_what_they_name(name: str) -> None:
    snapshot = load(read_files([str(ROOT / FIXTURES[name])])).snapshot
    for section in (snapshot.principals, snapshot.groups, snapshot.resources, snapshot.roles):
        assert all(entity.id == key for key, entity in section.items())
    for principal in snapshot.principals.values():
        assert principal_kind(principal.id) in (principal.kind, None)


@EACH
def test_the_same_files_give_the_same_facts_in_the_same_order(name: str) -> None:
    first, second = (load(read_files([str(ROOT / FIXTURES[name])])) for _ in range(2))
    assert first == second
    assert list(first.snapshot.resources) == list(second.snapshot.resources)


@EACH
@pytest.mark.parametrize(
    "hostile", ["\\e[31mana", "an\\u202ea", "a\\u200bna", "ana\\n", "\\0", "ana#unlisted", "outsider"]
)
def test_a_name_that_hides_or_pretends_never_becomes_an_id(name: str, hostile: str) -> None:
    found = ids_of(as_file(NAMED[name].replace("NAME", hostile), "orchard/org.yaml"))
    assert [one for one in found if UNSAFE_CHARACTERS.search(one) or is_pseudo(one)] == []


@EACH
def test_an_ordinary_name_becomes_an_id(name: str) -> None:
    found = ids_of(as_file(NAMED[name].replace("NAME", "ana"), "orchard/org.yaml"))
    assert [one for one in found if one.endswith("ana")]


def ids_of(file: File) -> list[str]:
    """List all ids of a file; none when the file is refused."""
    try:
        snapshot = load([file]).snapshot
    except SnapshotError:
        return []
    return [*snapshot.principals, *snapshot.groups, *snapshot.resources, *snapshot.roles]
