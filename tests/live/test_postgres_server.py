"""A running PostgreSQL server is asked about every role, thing and privilege, and held against ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from blastradius.access.reference import Reference
from blastradius.model.delta import State
from blastradius.model.snapshot import Completeness, Entry, Snapshot
from blastradius.systems.notes import Notes
from blastradius.systems.postgres import ids
from blastradius.systems.postgres.catalog import MEMBERSHIP_OPTIONS_SINCE, Catalog, ObjectKey
from blastradius.systems.postgres.collect import QUERY
from blastradius.systems.postgres.facts import Names, build
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.snapshot import read_catalog
from tests.support.pg_server import Server, binaries, running, version_of, why_not
from tests.support.postgres import (
    RELATION_ACTIONS,
    holders,
    json_document,
    sql,
    without_acting,
    without_places,
    without_row_security,
)

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
WORLD = Path(__file__).with_name("postgres_world.sql").read_text(encoding="utf-8")
# Since version 16 a single membership says whether it is used without doing anything, and whether one may act as it.
MEMBERSHIPS = """
CREATE ROLE nina LOGIN; CREATE ROLE otto LOGIN NOINHERIT; CREATE ROLE pia LOGIN; CREATE ROLE quinn LOGIN CREATEROLE;
GRANT writers TO nina WITH INHERIT FALSE, SET TRUE; GRANT writers TO otto WITH INHERIT TRUE, SET FALSE;
GRANT owners TO pia WITH INHERIT FALSE, SET FALSE, ADMIN TRUE; GRANT otto TO pia WITH SET TRUE;
GRANT readers TO quinn WITH ADMIN OPTION; SET SESSION AUTHORIZATION quinn; CREATE ROLE made; GRANT readers TO made;
"""
DATABASES = ("app", "closed", "postgres")
OF_RELATIONS = list(RELATION_ACTIONS)
Question = tuple[str, str, str]


@pytest.fixture(scope="module", params=binaries(), ids=version_of)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running(request.param) as started:
        done = started.psql(WORLD)
        if started.version >= MEMBERSHIP_OPTIONS_SINCE:
            done.stderr += started.psql(MEMBERSHIPS, "app").stderr
        assert "ERROR" not in done.stderr, done.stderr
        yield started


@pytest.fixture(scope="module")
def catalog(server: Server) -> Catalog:
    notes = Notes()
    found = read_catalog(
        [json_document("\n".join(exported(server, name)), f"{name}.json") for name in DATABASES], notes
    )
    assert notes.errors == notes.unread == []
    return found


def exported(server: Server, database: str) -> list[str]:
    done = server.psql("\\set ON_ERROR_STOP on\n" + QUERY, database)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def with_options(privileges: list[str]) -> str:
    both = [one + option for one in privileges for option in ("", " WITH GRANT OPTION")]
    return "ARRAY[" + ", ".join(f"'{one}'" for one in both) + "]"


def told(server: Server, database: str, things: str, call: str, privileges: list[str]) -> set[Question]:
    """Ask the server: (role, thing, privilege) for whatever it says yes to."""
    rows = server.query(
        f"SELECT r.rolname, t.name, p FROM pg_roles r, ({things}) t, unnest({with_options(privileges)}) p "
        f"WHERE {call.format(role='r.oid', thing='t.id', privilege='p')};",
        database,
    )
    return {(role, thing, privilege) for role, thing, privilege in rows}


def answered(catalog: Catalog, snapshot: Snapshot, things: dict[str, str], privileges: list[str]) -> set[Question]:
    """Answer the same questions; only what is granted whatever happens counts."""
    actions = [one + option for one in privileges for option in ("", " WITH GRANT OPTION")]
    wanted = [(resource, action) for resource in things for action in actions]
    names = {ids.principal_id(role): role.name for role in catalog.roles.values()}
    return {
        (names[principal], things[resource], action)
        for (resource, action), who in holders(snapshot, wanted).items()
        for principal, state in who.items()
        if state is State.GRANTED
    }


def asked_roles(catalog: Catalog, snapshot: Snapshot) -> set[str]:
    return {role.name for role in catalog.roles.values() if ids.principal_id(role) in snapshot.principals}


def asked_things(catalog: Catalog, space: Space, *, is_sequence: bool) -> Iterator[tuple[str, str]]:
    """Give the id of each thing of a kind, and how the server is asked to call it."""
    in_schema = space in (Space.RELATION, Space.ROUTINE, Space.TYPE)
    for key, thing in catalog.objects.items():
        is_here = key.database in ("app", "") or space is Space.DATABASE
        is_own = in_schema and key.schema == "pg_catalog"
        if key.space is space and is_here and not is_own and thing.sequence is is_sequence:
            yield ids.object_id(thing), f"{key.schema}.{key.name}" if in_schema else key.name


KINDS: list[tuple[str, Space, str, str, list[str]]] = [
    (
        "table",
        Space.RELATION,
        "SELECT c.oid AS id, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^(pg_|information_)'",
        "has_table_privilege({role}, {thing}, {privilege})",
        OF_RELATIONS,
    ),
    (
        "sequence",
        Space.RELATION,
        "SELECT c.oid AS id, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.relkind = 'S'",
        "has_sequence_privilege({role}, {thing}, {privilege})",
        ["USAGE", "SELECT", "UPDATE"],
    ),
    (
        "schema",
        Space.SCHEMA,
        "SELECT oid AS id, nspname AS name FROM pg_namespace WHERE nspname !~ '^(pg_toast|pg_temp|information_)'",
        "has_schema_privilege({role}, {thing}, {privilege})",
        ["USAGE", "CREATE"],
    ),
    (
        "database",
        Space.DATABASE,
        "SELECT oid AS id, datname AS name FROM pg_database WHERE NOT datistemplate",
        "has_database_privilege({role}, {thing}, {privilege})",
        ["CONNECT", "CREATE", "TEMPORARY"],
    ),
    (
        "routine",
        Space.ROUTINE,
        "SELECT p.oid AS id, n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')' AS name "
        "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname !~ '^(pg_|information_)'",
        "has_function_privilege({role}, {thing}, {privilege})",
        ["EXECUTE"],
    ),
    (
        "type",
        Space.TYPE,
        "SELECT t.oid AS id, n.nspname || '.' || t.typname AS name FROM pg_type t JOIN pg_namespace n "
        "ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE n.nspname !~ '^(pg_|information_)' "
        "AND t.typelem = 0 AND t.typtype <> 'm' AND (t.typtype <> 'c' OR c.relkind = 'c')",
        "has_type_privilege({role}, {thing}, {privilege})",
        ["USAGE"],
    ),
    (
        "language",
        Space.LANGUAGE,
        "SELECT oid AS id, lanname AS name FROM pg_language WHERE lanpltrusted",
        "has_language_privilege({role}, {thing}, {privilege})",
        ["USAGE"],
    ),
    (
        "foreign-data-wrapper",
        Space.WRAPPER,
        "SELECT oid AS id, fdwname AS name FROM pg_foreign_data_wrapper",
        "has_foreign_data_wrapper_privilege({role}, {thing}, {privilege})",
        ["USAGE"],
    ),
    (
        "foreign-server",
        Space.SERVER,
        "SELECT oid AS id, srvname AS name FROM pg_foreign_server",
        "has_server_privilege({role}, {thing}, {privilege})",
        ["USAGE"],
    ),
    (
        "tablespace",
        Space.TABLESPACE,
        "SELECT oid AS id, spcname AS name FROM pg_tablespace",
        "has_tablespace_privilege({role}, {thing}, {privilege})",
        ["CREATE"],
    ),
    (
        "parameter",
        Space.PARAMETER,
        "SELECT parname AS id, parname AS name FROM pg_parameter_acl",
        "has_parameter_privilege({role}, {thing}, {privilege})",
        ["SET", "ALTER SYSTEM"],
    ),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
def test_every_role_has_the_privileges_that_the_server_says(
    server: Server, catalog: Catalog, kind: tuple[str, Space, str, str, list[str]]
) -> None:
    name, space, things, call, privileges = kind
    if name == "table" and server.version >= 17:
        privileges = [*privileges, "MAINTAIN"]
    snapshot = without_acting(without_places(build(without_row_security(catalog))))
    roles = asked_roles(catalog, snapshot)
    found = dict(asked_things(catalog, space, is_sequence=name == "sequence"))
    ours = answered(catalog, snapshot, found, privileges)
    theirs = {one for one in told(server, "app", things, call, privileges) if one[0] in roles}
    total = len(roles) * len(found) * len(privileges) * 2
    print(f"{name}: {total - len(ours ^ theirs)} of {total} answers agree, {len(theirs)} of them yes")
    assert theirs
    assert sorted(ours - theirs) == []
    assert sorted(theirs - ours) == []


def test_every_role_has_the_privileges_on_columns_that_the_server_says(server: Server, catalog: Catalog) -> None:
    things = (
        "SELECT n.nspname, c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 "
        "AND n.nspname !~ '^(pg_|information_)'"
    )
    columns = [
        (ObjectKey(Space.RELATION, "app", schema, table), name) for schema, table, name in server.query(things, "app")
    ]
    snapshot = without_acting(without_places(build(without_row_security(catalog), Names(columns=frozenset(columns)))))
    shown = {ids.column_id(key, name): f"{key.schema}.{key.name}.{name}" for key, name in columns}
    privileges = ["SELECT", "INSERT", "UPDATE", "REFERENCES"]
    roles = asked_roles(catalog, snapshot)
    whole = (
        "SELECT c.oid AS id, a.attnum AS n, n.nspname || '.' || c.relname || '.' || a.attname AS name "
        + things[things.index("FROM") :]
    )
    call = "has_column_privilege({role}, {thing}, t.n, {privilege})"
    theirs = {one for one in told(server, "app", whole, call, privileges) if one[0] in roles}
    ours = answered(catalog, snapshot, shown, privileges)
    total = len(roles) * len(shown) * len(privileges) * 2
    print(f"column: {total - len(ours ^ theirs)} of {total} answers agree, {len(theirs)} of them yes")
    assert sorted(ours - theirs) == []
    assert sorted(theirs - ours) == []


def test_whoever_has_a_role_or_may_act_as_it_or_may_give_it_away_is_whom_the_server_says(
    server: Server, catalog: Catalog
) -> None:
    snapshot = build(catalog)
    roles = {name: role for name, role in catalog.roles.items() if ids.principal_id(role) in snapshot.principals}
    names = {ids.principal_id(role): name for name, role in roles.items()}
    rows = server.query(
        "SELECT m.rolname, r.rolname, pg_has_role(m.oid, r.oid, 'USAGE'), pg_has_role(m.oid, r.oid, "
        f"'{'SET' if server.version >= 16 else 'MEMBER'}'), pg_has_role(m.oid, r.oid, 'MEMBER WITH ADMIN OPTION') "
        "FROM pg_roles m, pg_roles r WHERE NOT m.rolsuper;"
    )
    theirs = {(m, r): (usage, may_set, admin) for m, r, usage, may_set, admin in rows if m in roles and r in roles}
    reference = Reference(snapshot, snapshot.actions)
    ours = {}
    for member, role in theirs:
        me, it = ids.principal_id(roles[member]), ids.principal_id(roles[role])
        has = me == it or reference.belonging(Entry(ids.group_id(role))).get(me) == {frozenset()}
        acts = reference.identities(me).get(it) == {frozenset()}
        admin = reference.state(me, "ADMIN OPTION", it) is State.GRANTED
        if any(roles[names[one]].superuser for one in reference.identities(me)):
            # The server does not ask here what one may do after SET ROLE to a superuser; then one may do anything.
            assert admin
            admin = theirs[member, role][2] == "t"
        ours[member, role] = tuple("t" if one else "f" for one in (has, acts, admin))
    assert names
    wrong = {pair: (ours[pair], theirs[pair]) for pair in ours if ours[pair] != theirs[pair]}
    print(f"roles: {len(ours) - len(wrong)} of {len(ours)} pairs agree in all three")
    assert wrong == {}


ATTEMPTS = """
DO $do$
DECLARE actor name; t record; what text;
BEGIN
  FOR actor IN SELECT rolname FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER') LOOP
    BEGIN
      EXECUTE format('SET ROLE %I', actor);
    EXCEPTION WHEN insufficient_privilege THEN CONTINUE;
    END;
    FOR t IN SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^(pg_|information_)' LOOP
      FOREACH what IN ARRAY ARRAY['SELECT count(*) FROM', 'DELETE FROM'] LOOP
        BEGIN
          EXECUTE format('%s %I.%I WHERE false', what, t.nspname, t.relname);
          RAISE NOTICE 'yes|%|%|%', split_part(what, ' ', 1), t.nspname, t.relname;
        EXCEPTION WHEN insufficient_privilege OR wrong_object_type THEN NULL;
        END;
      END LOOP;
    END LOOP;
    RESET ROLE;
  END LOOP;
END $do$;
"""


def test_whoever_logs_in_gets_to_just_the_tables_that_are_said_to_be_open(server: Server, catalog: Catalog) -> None:
    """Every user tries every table in every database, by itself and as every role it may act as."""
    snapshot = build(without_row_security(catalog))
    tables = {
        (key.database, key.schema, key.name): ids.object_id(thing)
        for key, thing in catalog.objects.items()
        if key.space is Space.RELATION and thing.kind in ("table", "materialized-view") and key.schema != "pg_catalog"
    }
    granted = holders(snapshot, [(table, action) for table in tables.values() for action in ("SELECT", "DELETE")])
    wrong, total = [], 0
    for role in (role for role in catalog.roles.values() if role.login):
        for database in DATABASES:
            done = server.psql(ATTEMPTS, database, role.name)
            said = [line.partition("yes|")[2] for line in done.stderr.splitlines() if "yes|" in line]
            theirs = {(parts[0], database, parts[1], parts[2]) for parts in (one.split("|") for one in said)}
            for (where, schema, name), table in tables.items():
                for action in ("SELECT", "DELETE"):
                    if where != database or (action == "DELETE" and table.startswith("materialized-view:")):
                        continue
                    total += 1
                    state = granted[table, action].get(ids.principal_id(role), State.NONE)
                    if (state is State.GRANTED) is not ((action, where, schema, name) in theirs):
                        wrong.append((role.name, action, table, state))
    print(f"attempts: {total - len(wrong)} of {total} agree")
    # CONNECT is asked of who begins a session. Whoever may act as somebody who has it counts as well.
    closed = {
        (role.name, database)
        for role in catalog.roles.values()
        for database in DATABASES
        if server.psql("SELECT 1", database, role.name).returncode
    }
    beyond = [one for one in wrong if (one[0], one[2].split("/")[1]) in closed and one[3] is State.GRANTED]
    print(f"attempts: {len(beyond)} more are said to be open where only CONNECT stands in the way")
    assert [one for one in wrong if one not in beyond] == []


# What the server makes for itself is in its catalog and in no dump; large objects count as data.
NOT_DUMPED = ("language:", "tablespace:", "large-object:")


def test_a_dump_of_the_server_says_what_its_catalog_says(server: Server, catalog: Catalog) -> None:
    notes = Notes()
    globals_text = server.program("pg_dumpall", "--globals-only", "--no-role-passwords")
    dumps = [sql(server.program("pg_dump", "--schema-only", "-C", "-d", name), f"{name}.sql") for name in DATABASES]
    dumped = read_catalog([sql(globals_text, "globals.sql"), *dumps], notes)
    assert [one.message for one in notes.unread] == []
    assert {one.completeness for one in dumped.coverage} == {Completeness.COMPLETE}
    left, right = build(catalog), build(dumped)
    resources = left.resources.keys() & right.resources.keys()
    assert right.resources.keys() == resources
    missing = left.resources.keys() - resources
    assert [one for one in missing if "/pg_catalog" not in one and not one.startswith(NOT_DUMPED)] == []
    asked = [(resource, action) for resource in sorted(resources) for action in sorted(left.actions)]
    ours, theirs = holders(right, asked), holders(left, asked)
    wrong = {one: (ours[one], theirs[one]) for one in asked if ours[one] != theirs[one]}
    print(f"dump: {len(asked) - len(wrong)} of {len(asked)} questions have the same answers")
    assert wrong == {}


COUNTS = """
DO $do$
DECLARE actor name; t text; n bigint;
BEGIN
  FOR actor IN SELECT rolname FROM pg_roles WHERE pg_has_role(session_user, oid, 'MEMBER') LOOP
    FOREACH t IN ARRAY ARRAY['open.rows', 'open.strict'] LOOP
      BEGIN
        EXECUTE format('SET ROLE %I', actor);
        EXECUTE format('SELECT count(*) FROM %s', t) INTO n;
        RAISE NOTICE 'rows|%|%', t, n;
      EXCEPTION WHEN insufficient_privilege THEN NULL;
      END;
      RESET ROLE;
    END LOOP;
  END LOOP;
END $do$;
"""


def test_row_security_lets_nobody_see_rows_of_whom_none_is_said_and_hides_none_where_all_is_granted(
    server: Server, catalog: Catalog
) -> None:
    tables = {name: f"table:pg/app/{name}" for name in ("open.rows", "open.strict")}
    said = holders(build(catalog), [(table, "SELECT") for table in tables.values()])
    seen: dict[tuple[str, str], int] = {}
    for role in (role for role in catalog.roles.values() if role.login):
        for line in server.psql(COUNTS, "app", role.name).stderr.splitlines():
            if "rows|" in line:
                _, table, count = line.split("|")
                seen[role.name, table] = max(int(count), seen.get((role.name, table), 0))
    states = {
        (role.name, name): said[table, "SELECT"].get(ids.principal_id(role), State.NONE)
        for role in catalog.roles.values()
        if role.login
        for name, table in tables.items()
    }
    # Each table holds one row, which no policy that looks at the row admits.
    assert {one for one, state in states.items() if state is State.GRANTED} == {one for one, n in seen.items() if n}
    assert State.CONDITIONAL in states.values()
    assert State.NONE in states.values()
