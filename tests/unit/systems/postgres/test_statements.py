"""What is read from SQL text, and what statements do where a server is not at hand."""

import time

import pytest

from blastradius.model.sources import Source
from blastradius.systems.postgres.acl import AclItem, parse_item
from blastradius.systems.postgres.catalog import Catalog, ObjectKey, SqlObject, SqlRole
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.snapshot import read, recognises
from blastradius.systems.postgres.sql.cursor import NotUnderstood
from blastradius.systems.postgres.sql.reading import read_statement
from blastradius.systems.postgres.sql.said import Connect, Create, GrantRoles, Harmless, SetRoleOptions
from blastradius.systems.postgres.sql.session import Session
from blastradius.systems.postgres.sql.tokens import statements
from tests.support.postgres import run, sql

START = """
CREATE ROLE ana; CREATE ROLE bo; CREATE ROLE cy; CREATE SCHEMA s; CREATE TABLE s.t (a int, b int);
ALTER SCHEMA s OWNER TO ana; ALTER TABLE s.t OWNER TO ana;
"""


def session(more: str = "", version: int = 15) -> Session:
    made = Session(Catalog(version=version, roles={"root": SqlRole("root", superuser=True)}), "app", began_as="root")
    made.connect("app", Source("start.sql", 1))
    assert run(START + more, made) == []
    return made


def table(made: Session, name: str = "t") -> SqlObject:
    return made.catalog.objects[ObjectKey(Space.RELATION, "app", "s", name)]


def texts(text: str) -> list[str]:
    return [" ".join(token.text for token in one.tokens) for one in statements(text)]


def said(text: str) -> object:
    (statement,) = statements(text)
    return read_statement(statement, text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a; b", ["a", "b"]),
        ("a 'x;y' ; b", ["a x;y", "b"]),
        ("a 'it''s' \"q;\"\"r\"", ["a it's q;\"r"]),
        ("a E'x\\';y'; b", ["a x';y", "b"]),
        ("a $$x;y$$; b $t$ $$;$t$", ["a x;y", "b  $$;"]),
        ("a -- x;y\n; b /* ; /* ; */ ; */ c", ["a", "b c"]),
        ("CREATE RULE r AS ON INSERT TO t DO (a; b); c", ["create rule r as on insert to t do ( a ; b )", "c"]),
        ("CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; c; END; d", None),
        ("COPY t (a) FROM stdin;\n1;\n\\.\nb;", ["copy t ( a ) from stdin", "b"]),
        ("\\connect app\na;", ["\\connect app", "a"]),
        ("a \\g\nb", ["a", "b"]),
        ('Größe "Größe" U&"d\\0061t"', ["größe Größe dat"]),
        (";;a;;", ["a"]),
    ],
)
def test_text_is_cut_where_psql_cuts_it(text: str, wanted: list[str] | None) -> None:
    assert len(texts(text)) == 2 if wanted is None else texts(text) == wanted


def test_places_are_those_of_the_first_word() -> None:
    found = [(one.tokens[0].line, one.tokens[0].column) for one in statements("a;\n  b 'x\ny';  c\n/* \n */ ; d")]
    assert found == [(1, 1), (2, 3), (3, 6), (5, 7)]


@pytest.mark.parametrize("start", ["'", '"', "$$", "/*", "E'\\", "(" * 9, "CREATE FUNCTION f() BEGIN "])
def test_hostile_text_takes_time_in_step_with_its_length(start: str) -> None:
    text = "a; " + start + "x'y\\ /* $q$ " * 30_000
    begun = time.perf_counter()
    list(statements(text))
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\\connect app", Connect("app")),
        ("\\connect -reuse-previous=on \"dbname='a b'\"", Connect("a b")),
        ("INSERT INTO t VALUES (1)", Harmless()),
        (
            "CREATE USER x PASSWORD 'p' VALID UNTIL 'infinity' CONNECTION LIMIT 3",
            SetRoleOptions(True, "x", (("login", True),)),
        ),
        ("ALTER ROLE x WITH NOSUPERUSER PASSWORD NULL", SetRoleOptions(False, "x", (("superuser", False),))),
        ("ALTER ROLE x IN DATABASE y SET a TO b", Harmless()),
        (
            "GRANT a, b TO c WITH ADMIN TRUE, INHERIT FALSE GRANTED BY d",
            GrantRoles(("a", "b"), ("c",), False, (("admin", True), ("inherit", False)), "d"),
        ),
        ("REVOKE ADMIN OPTION FOR a FROM c CASCADE", GrantRoles(("a",), ("c",), True, (("admin", False),), None, True)),
        ("GRANT admin TO c", GrantRoles(("admin",), ("c",), False)),
        ("ALTER GROUP a ADD USER b", GrantRoles(("a",), ("b",), False)),
    ],
)
def test_a_statement_says_what_it_says(text: str, wanted: object) -> None:
    assert said(text) == wanted


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a integer, b text DEFAULT 'x'", "integer, text"),
        ("int4, pg_catalog.int8, varchar(10)", "integer, bigint, character varying"),
        ("IN a timestamp with time zone, OUT b int, VARIADIC c numeric(3,1)[]", "timestamp with time zone, numeric[]"),
        (
            'double precision, character varying, "Odd.Schema"."T"',
            'double precision, character varying, "Odd.Schema"."T"',
        ),
        ("*", ""),
        ("", ""),
    ],
)
def test_arguments_are_written_as_the_catalog_writes_them(written: str, kept: str) -> None:
    made = said(f"CREATE FUNCTION s.f({written}) RETURNS int AS 'x' LANGUAGE sql")
    assert isinstance(made, Create)
    assert made.name.name == f"f({kept})"


@pytest.mark.parametrize(
    "text",
    [
        "DO $$ GRANT ALL ON t TO PUBLIC $$",
        "SELECT steal()",
        "CALL p()",
        "GRANT SELECT ON t TO a SOMEHOW",
        "GRANT SELECT",
        "ALTER TABLE t RENAME TO u",
        "DROP OWNED BY a",
        "DROP TABLE t CASCADE",
        "REASSIGN OWNED BY a TO b",
        "ALTER SYSTEM SET x = 1",
        "IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c",
        "\\i other.sql",
        "\\! rm x",
        "SET standard_conforming_strings = off",
        "'text'",
    ],
)
def test_what_may_change_access_in_a_way_that_is_not_followed_is_not_passed_over(text: str) -> None:
    with pytest.raises(NotUnderstood):
        said(text)


@pytest.mark.parametrize("secret", ["'s3cret'", "E's3cret'", "$$s3cret$$", "$q$s3cret$q$", "U&'s3cret'"])
def test_a_password_is_kept_nowhere_and_never_repeated(secret: str) -> None:
    text = f"CREATE ROLE x PASSWORD {secret} SURPRISE; CREATE ROLE y LOGIN ENCRYPTED PASSWORD {secret};"
    text += f"ALTER USER y PASSWORD {secret};"
    text += f"CREATE USER MAPPING FOR y SERVER z OPTIONS (password {secret}); PASSWORD {secret}; GRANT {secret} TO y;"
    found = read([sql("-- Dumped from database version 15.1\n" + text)])
    assert found.unread
    assert "user:pg/y" in found.principals
    assert "s3cret" not in repr(found)


def test_a_list_item_is_read_as_the_server_prints_it() -> None:
    assert parse_item("=U/owner") == AclItem("public", "owner", frozenset("U"))
    assert parse_item("ana=r*w/bo") == AclItem("ana", "bo", frozenset("rw"), frozenset("r"))
    assert parse_item('"a=b/""c"=X/"d e"') == AclItem('a=b/"c', "d e", frozenset("X"))
    assert parse_item("ana=/bo") == AclItem("ana", "bo")
    for wrong in ("ana", "ana=r", "ana=r/", "ana=*r/bo", "ana=?/bo", '"ana=r/bo', "ana=r/bo/cy", ""):
        assert parse_item(wrong) is None


def test_a_statement_that_names_what_is_not_there_changes_nothing() -> None:
    made = session()
    before = dict(made.catalog.objects)
    assert run(
        "GRANT SELECT ON s.t, s.missing TO bo; GRANT SELECT ON s.t TO nobody; ALTER TABLE s.x OWNER TO bo;", made
    ) == [
        "unknown relation `s.missing`",
        "unknown role `nobody`",
        "unknown relation `s.x`",
    ]
    assert made.catalog.objects == before


def test_a_revoke_takes_what_was_passed_on_only_when_it_says_so() -> None:
    made = session(
        "GRANT SELECT ON s.t TO bo WITH GRANT OPTION; GRANT USAGE ON SCHEMA s TO bo;"
        "SET ROLE bo; GRANT SELECT ON s.t TO cy; RESET ROLE;"
    )
    assert run("REVOKE SELECT ON s.t FROM bo", made) == ["`bo` has granted it on, and CASCADE is not said"]
    assert {item.grantee for item in made.catalog.acl_of(table(made))} == {"ana", "bo", "cy"}
    assert run("REVOKE SELECT ON s.t FROM bo CASCADE", made) == []
    assert {item.grantee for item in made.catalog.acl_of(table(made))} == {"ana"}


def test_a_new_owner_takes_the_place_of_the_old_one() -> None:
    made = session("GRANT SELECT ON s.t TO bo; ALTER TABLE s.t OWNER TO cy;")
    assert {(item.grantee, item.grantor) for item in made.catalog.acl_of(table(made))} == {("cy", "cy"), ("bo", "cy")}


def test_names_without_a_schema_are_looked_up_in_the_search_path() -> None:
    made = session("SET search_path TO s, public; CREATE TABLE u (a int); GRANT SELECT ON u, t TO bo;")
    assert any(item.grantee == "bo" for item in made.catalog.acl_of(table(made, "u")))
    assert run("SET search_path TO ''; GRANT SELECT ON u TO bo;", made) == [
        "`u` has no schema, and the search path is empty"
    ]


def test_dropping_forgets_a_thing_and_its_policies_and_refuses_what_is_in_use() -> None:
    made = session("CREATE POLICY p ON s.t USING (true);")
    assert run("DROP SCHEMA s; DROP ROLE ana; DROP TABLE s.t; DROP ROLE cy; DROP ROLE IF EXISTS bo;", made) == [
        "the schema `s` is not empty",
        "the role `ana` owns things, or something is granted to it",
    ]
    assert made.catalog.policies == {}
    assert made.catalog.roles.keys() == {"root", "ana"}


def test_an_identity_column_makes_a_sequence_of_the_same_owner() -> None:
    made = session(
        "ALTER TABLE s.t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s.t_a_seq START WITH 1);"
    )
    assert (table(made, "t_a_seq").kind, table(made, "t_a_seq").owner) == ("sequence", "ana")


def test_a_copy_of_a_session_leaves_the_first_alone() -> None:
    made = session()
    other = made.copy()
    assert run("GRANT SELECT ON s.t TO bo; CREATE ROLE new; CREATE TABLE s.u (a int);", other) == []
    assert "new" not in made.catalog.roles
    assert table(made).acl is None
    assert run("DROP TABLE s.u", made) == ["unknown relation `s.u`"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("CREATE ROLE a;", True),
        ("-- a comment\n\n/* another */ create table t (a int);", True),
        ("\\restrict x\nSET a = b;", True),
        ("GRANT SELECT ON t TO a;", False),
        ("GRANT SELECT ON t TO a; CREATE ROLE b;", True),
        ("create a better world", False),
        ("Set the table", False),
        ("name,type\na,b\n", False),
        ("", False),
    ],
)
def test_a_text_is_recognised_by_how_it_begins(text: str, wanted: bool) -> None:
    assert recognises(sql(text)) is wanted
