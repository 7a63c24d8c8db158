"""Random statements run on a PostgreSQL server and by ours: both refuse the same and end with the same catalog."""

import random
from collections.abc import Iterator

import pytest

from blastradius.systems.notes import Notes
from blastradius.systems.postgres.catalog import MEMBERSHIP_OPTIONS_SINCE, Catalog, SqlObject
from blastradius.systems.postgres.collect import QUERY
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.snapshot import read_catalog
from blastradius.systems.postgres.sql.session import Session
from tests.support.pg_server import Server, binaries, running, version_of, why_not
from tests.support.postgres import json_document, run

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
SEEDS = 8
ROLES = ["a", "b", "c", "d", "z"]
ACTORS = ["", "", "SET ROLE a; ", "SET ROLE b; ", "SET ROLE c; ", "SET ROLE d; "]
START = """
CREATE ROLE a; CREATE ROLE b; CREATE ROLE c NOINHERIT; CREATE ROLE d; CREATE ROLE z SUPERUSER;
GRANT b TO a; CREATE SCHEMA s AUTHORIZATION a; CREATE SCHEMA t; GRANT USAGE, CREATE ON SCHEMA t TO PUBLIC;
CREATE TABLE s.one (x int, y int); CREATE TABLE s.two (x int, y int); ALTER TABLE s.one OWNER TO a;
CREATE VIEW t.v AS SELECT 1 AS x; ALTER VIEW t.v OWNER TO c; CREATE SEQUENCE s.q;
CREATE FUNCTION s.f(integer) RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION s.f(integer) OWNER TO d;
CREATE TYPE t.m AS ENUM ('x');
"""


@pytest.fixture(scope="module", params=binaries(), ids=version_of)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running(request.param) as started:
        yield started


def statement(pick: random.Random, version: int) -> str:
    def some(names: list[str], most: int = 2) -> str:
        return ", ".join(pick.sample(names, pick.randint(1, min(most, len(names)))))

    one, who = pick.choice(ROLES), [*ROLES, "PUBLIC"]
    tables = ["s.one", "s.two", "t.v"]
    privileges = some(["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"], 3)
    columns = some(["SELECT (x)", "UPDATE (x, y)", "INSERT (y)", "ALL (x)", "SELECT"], 2)
    what = pick.choice(
        [
            f"{privileges} ON {some(tables)}",
            f"ALL ON TABLE {some(tables)}",
            f"{columns} ON {pick.choice(['s.one', 's.two'])}",
            f"{privileges} ON ALL TABLES IN SCHEMA {some(['s', 't'])}",
            f"{some(['USAGE', 'CREATE'])} ON SCHEMA {some(['s', 't'])}",
            f"{some(['USAGE', 'SELECT', 'UPDATE'])} ON SEQUENCE s.q",
            "EXECUTE ON FUNCTION s.f(int)",
            "ALL ON ALL FUNCTIONS IN SCHEMA s",
            "USAGE ON TYPE t.m",
            f"{some(['CONNECT', 'TEMP', 'CREATE'])} ON DATABASE {{database}}",
        ]
    )
    grant = f"GRANT {what} TO {some(who)}{pick.choice(['', '', ' WITH GRANT OPTION'])}"
    revoke = f"REVOKE {pick.choice(['', 'GRANT OPTION FOR '])}{what} FROM {some(who)}{pick.choice(['', ' CASCADE'])}"
    role = pick.choice(ROLES)
    options, option = ["", " WITH ADMIN OPTION"], ["", "ADMIN OPTION FOR "]
    if version >= MEMBERSHIP_OPTIONS_SINCE:
        options += [" WITH INHERIT FALSE", " WITH SET FALSE, INHERIT TRUE", " WITH ADMIN FALSE, SET TRUE"]
        option += ["INHERIT OPTION FOR ", "SET OPTION FOR "]
    defaults = pick.choice(["TABLES", "SEQUENCES", "FUNCTIONS", "TYPES"])
    allowed = {"TABLES": "SELECT", "SEQUENCES": "USAGE", "FUNCTIONS": "EXECUTE", "TYPES": "USAGE"}[defaults]
    where = pick.choice(["", "", " IN SCHEMA s", " IN SCHEMA t"])
    return pick.choice(
        [
            *[grant] * 6,
            *[revoke] * 4,
            f"GRANT {one} TO {role}{pick.choice(options)}",
            f"REVOKE {pick.choice(option)}{one} FROM {role}{pick.choice(['', ' CASCADE'])}",
            f"ALTER ROLE {one} {pick.choice(['INHERIT', 'NOINHERIT', 'LOGIN', 'NOLOGIN', 'CREATEROLE'])}",
            f"ALTER TABLE {pick.choice(tables)} OWNER TO {one}",
            f"ALTER TABLE s.one {pick.choice(['ENABLE', 'DISABLE', 'FORCE', 'NO FORCE'])} ROW LEVEL SECURITY",
            f"ALTER FUNCTION s.f(integer) SECURITY {pick.choice(['DEFINER', 'INVOKER'])}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {one}{where} GRANT {allowed} ON {defaults} TO {some(who)}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {one}{where} REVOKE {allowed} ON {defaults} FROM {some(who)}",
            f"CREATE TABLE IF NOT EXISTS t.n{pick.randint(0, 99)} (x int)",
            f"CREATE POLICY p{pick.randint(0, 9)} ON s.one TO {some(who)} USING (x > {pick.randint(0, 9)})",
        ]
    )


def shape(acl: tuple[object, ...] | None) -> object:
    return None if acl is None else frozenset(acl)


def held(catalog: Catalog, thing: SqlObject) -> tuple[object, ...]:
    columns = {name: shape(acl) for name, acl in thing.columns.items() if acl}
    flags = (thing.row_security, thing.forced, thing.definer, thing.kind)
    acl = frozenset(item for item in catalog.acl_of(thing) if item.letters)
    return thing.owner, acl, tuple(sorted(columns.items())), flags


def exported(server: Server, database: str) -> Catalog:
    done = server.psql("\\set ON_ERROR_STOP on\n" + QUERY, database)
    assert done.returncode == 0, done.stderr
    notes = Notes()
    catalog = read_catalog([json_document(done.stdout, "catalog.json")], notes)
    assert notes.errors == notes.unread == []
    return catalog


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_statements_are_refused_and_do_just_as_on_the_server(server: Server, seed: int) -> None:
    pick = random.Random(seed)
    database = f"fuzz{seed}"
    server.psql("".join(f"DROP DATABASE IF EXISTS fuzz{n};" for n in range(SEEDS)))
    server.psql("".join(f"DROP ROLE IF EXISTS {name};" for name in ROLES))
    server.query(f"CREATE DATABASE {database};")
    started = server.psql(START, database)
    assert "ERROR" not in started.stderr, started.stderr
    version = server.version
    texts = [statement(pick, version).replace("{database}", database) for _ in range(250)]
    # Whether somebody may alter what is another's is not followed; who may pass privileges on is.
    actors = [pick.choice(ACTORS) if " ON " in text and text[:5] in ("GRANT", "REVOK") else "" for text in texts]
    session = Session(exported(server, database), began_as="root")
    session.connect(database, next(iter(session.catalog.databases.values())))
    script = "".join(
        f"\\warn @{n}\n{actor}{text};\nRESET ROLE;\n" for n, (actor, text) in enumerate(zip(actors, texts, strict=True))
    )
    said = server.psql(script, database).stderr.split("@")[1:]
    wrong = []
    for number, (actor, text, answer) in enumerate(zip(actors, texts, said, strict=True)):
        refused = run(f"{actor}{text}; RESET ROLE;", session)
        if bool(refused) is not ("ERROR" in answer):
            wrong.append((number, actor, text, refused, answer))
    there = exported(server, database)
    agreed = len(texts) - len(wrong)
    print(f"seed {seed}: {agreed} of {len(texts)} statements are refused or run alike")
    assert wrong == []
    assert session.catalog.roles == there.roles
    assert set(session.catalog.memberships.values()) == set(there.memberships.values())
    assert session.catalog.policies == there.policies
    assert {key: shape(one.acl) for key, one in session.catalog.defaults.items()} == {
        key: shape(one.acl) for key, one in there.defaults.items()
    }
    here = session.catalog.objects
    differ = [key for key in there.objects if held(session.catalog, here[key]) != held(there, there.objects[key])]
    assert [(held(session.catalog, here[key]), held(there, there.objects[key])) for key in differ] == []
    assert here.keys() == there.objects.keys()
    assert all(key.space is not Space.PARAMETER for key in here)
