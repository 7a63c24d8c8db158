"""What each construct of PostgreSQL means."""

import json

import pytest

from blastradius.access.reference import Reference
from blastradius.model.delta import State
from blastradius.model.snapshot import Snapshot
from blastradius.systems.postgres.snapshot import read
from blastradius.systems.references import reference_problems
from tests.support.postgres import json_document, sql

NONE, CONDITIONAL, GRANTED = State.NONE, State.CONDITIONAL, State.GRANTED
ROLES = """
CREATE ROLE boss SUPERUSER LOGIN; CREATE ROLE owner; CREATE ROLE readers;
CREATE ROLE ana LOGIN; CREATE ROLE bo LOGIN NOINHERIT;
"""
TABLE = """
\\connect app
CREATE SCHEMA crm AUTHORIZATION owner;
CREATE TABLE crm.customers (id int, card text); ALTER TABLE crm.customers OWNER TO owner;
CREATE TABLE crm.orders (id int); ALTER TABLE crm.orders OWNER TO owner;
GRANT USAGE ON SCHEMA crm TO PUBLIC;
"""
CUSTOMERS = "table:pg/app/crm.customers"


def state(more: str, roles: str = "", version: int = 15) -> Snapshot:
    head = f"-- Dumped from database version {version}.1\n"
    snapshot = read([sql(head + ROLES + roles + TABLE + more)])
    assert [one.message for one in snapshot.unread] == []
    assert reference_problems(snapshot) == []
    return snapshot


def may(snapshot: Snapshot, who: str, action: str, what: str = CUSTOMERS) -> State:
    assert action in snapshot.actions
    assert what in snapshot.resources
    return Reference(snapshot, snapshot.actions).state(who, action, what)


def test_a_member_has_the_privileges_of_the_role_and_of_the_roles_that_has() -> None:
    found = state(
        "GRANT SELECT ON crm.customers TO readers; CREATE ROLE all_of_them; GRANT readers TO all_of_them, bo;"
        "GRANT all_of_them TO ana;"
    )
    assert may(found, "user:pg/ana", "SELECT") is GRANTED
    assert found.principals["role:pg/readers"].kind == "role"
    assert "user:pg/ana" in found.principals


def test_whoever_does_not_inherit_may_still_act_as_the_role() -> None:
    found = state("GRANT SELECT ON crm.customers TO readers; GRANT readers TO bo;")
    assert [entry.id for entry in found.groups["group:pg/readers"].members] == ["role:pg/readers"]
    assert [entry.id for entry in found.principals["role:pg/readers"].assumable_by] == ["user:pg/bo"]
    assert may(found, "user:pg/bo", "SELECT") is GRANTED


def test_since_version_16_each_membership_says_whether_it_is_used_and_whether_one_may_act_as_it() -> None:
    inherit = "GRANT readers TO ana WITH INHERIT TRUE, SET FALSE; GRANT readers TO bo WITH INHERIT FALSE, SET FALSE;"
    found = state("GRANT SELECT ON crm.customers TO readers;" + inherit, version=16)
    assert may(found, "user:pg/ana", "SELECT") is GRANTED
    assert may(found, "user:pg/bo", "SELECT") is NONE
    assert found.principals["role:pg/readers"].assumable_by == ()


def test_a_superuser_may_do_everything_and_its_members_only_by_acting_as_it() -> None:
    found = state("GRANT boss TO ana;")
    assert may(found, "user:pg/boss", "TRUNCATE") is GRANTED
    assert [entry.id for entry in found.groups["superusers:pg"].members] == ["user:pg/boss"]
    assert may(found, "user:pg/ana", "TRUNCATE") is GRANTED
    assert found.groups["group:pg/boss"].members[1].id == "user:pg/ana"


def test_an_owner_may_pass_on_even_what_it_took_from_itself() -> None:
    found = state("REVOKE ALL ON crm.customers FROM owner;")
    assert may(found, "role:pg/owner", "SELECT") is NONE
    assert may(found, "role:pg/owner", "SELECT WITH GRANT OPTION") is GRANTED
    assert may(found, "role:pg/owner", "OWNER") is GRANTED


def test_a_table_cannot_be_reached_without_usage_on_its_schema() -> None:
    found = state(
        "GRANT SELECT ON crm.customers TO readers, ana; REVOKE USAGE ON SCHEMA crm FROM PUBLIC;"
        "GRANT USAGE ON SCHEMA crm TO ana;"
    )
    assert may(found, "role:pg/readers", "SELECT") is NONE
    assert may(found, "user:pg/ana", "SELECT") is GRANTED
    assert may(found, "user:pg/boss", "SELECT") is GRANTED


def test_a_table_cannot_be_reached_without_connecting_to_its_database() -> None:
    text = "GRANT SELECT ON crm.customers TO readers, ana; REVOKE CONNECT ON DATABASE app FROM PUBLIC;"
    assert may(state(text), "user:pg/ana", "SELECT") is NONE
    assert may(state(text + "GRANT CONNECT ON DATABASE app TO ana;"), "user:pg/ana", "SELECT") is GRANTED


def test_whoever_connects_and_then_acts_as_another_needs_connect_only_once() -> None:
    text = "GRANT SELECT ON crm.customers TO readers; REVOKE CONNECT ON DATABASE app FROM PUBLIC; GRANT readers TO bo;"
    assert may(state(text), "user:pg/bo", "SELECT") is NONE
    assert may(state(text + "GRANT CONNECT ON DATABASE app TO bo;"), "user:pg/bo", "SELECT") is GRANTED


def test_everybody_has_what_a_new_function_type_and_database_gives() -> None:
    found = state("CREATE FUNCTION crm.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE crm.m AS ENUM ('a');")
    assert may(found, "user:pg/ana", "EXECUTE", "function:pg/app/crm.f(integer)") is GRANTED
    assert may(found, "user:pg/ana", "USAGE", "type:pg/app/crm.m") is GRANTED
    assert may(found, "user:pg/ana", "CONNECT", "database:pg/app") is GRANTED
    assert may(found, "user:pg/ana", "TEMPORARY", "database:pg/app") is GRANTED
    assert may(found, "user:pg/ana", "USAGE", "schema:pg/app/public") is GRANTED
    assert may(found, "user:pg/ana", "CREATE", "schema:pg/app/public") is NONE


def test_until_version_14_everybody_could_make_things_in_the_schema_public() -> None:
    assert may(state("", version=14), "user:pg/ana", "CREATE", "schema:pg/app/public") is GRANTED


def test_a_privilege_on_a_column_is_none_on_the_table_and_one_on_the_table_is_one_on_every_column() -> None:
    found = state("GRANT SELECT (card) ON crm.customers TO ana; GRANT SELECT ON crm.customers TO readers;")
    assert may(found, "user:pg/ana", "SELECT", "column:pg/app/crm.customers.card") is GRANTED
    assert may(found, "user:pg/ana", "SELECT") is NONE
    assert may(found, "role:pg/readers", "SELECT", "column:pg/app/crm.customers.card") is GRANTED


def test_a_column_that_only_the_other_side_names_is_no_new_column() -> None:
    text = "-- Dumped from database version 15.1\n" + ROLES + TABLE
    before, after = sql(text), sql(text + "GRANT SELECT (card) ON crm.customers TO ana;")
    assert "column:pg/app/crm.customers.card" in read([before], [after]).resources
    assert "column:pg/app/crm.customers.card" not in read([before]).resources


def test_a_grant_option_counts_as_manage() -> None:
    found = state("GRANT SELECT ON crm.customers TO ana WITH GRANT OPTION;")
    assert may(found, "user:pg/ana", "SELECT WITH GRANT OPTION") is GRANTED
    assert found.actions["SELECT WITH GRANT OPTION"].label == "manage"


def test_whoever_runs_a_security_definer_function_may_act_as_its_owner_as_far_as_the_function_does() -> None:
    text = "CREATE FUNCTION crm.f() RETURNS int LANGUAGE sql {} AS 'SELECT 1'; ALTER FUNCTION crm.f() OWNER TO owner;"
    assert may(state(text.format("")), "user:pg/ana", "SELECT") is NONE
    found = state(text.format("SECURITY DEFINER"))
    assert may(found, "user:pg/ana", "SELECT") is CONDITIONAL
    door = next(entry for entry in found.principals["role:pg/owner"].assumable_by if entry.when)
    assert (door.id, door.when) == ("execute:pg/app/crm.f()", "what a SECURITY DEFINER routine of owner does")


def test_a_trigger_function_cannot_be_called() -> None:
    text = "CREATE FUNCTION crm.f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS '';"
    text += "ALTER FUNCTION crm.f() OWNER TO owner;"
    assert may(state(text), "user:pg/ana", "SELECT") is NONE


def test_default_privileges_are_rights_on_what_will_be_made() -> None:
    found = state("ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA crm GRANT SELECT ON TABLES TO ana;")
    future = "future-tables:pg/app/crm/owner"
    assert may(found, "user:pg/ana", "SELECT", future) is GRANTED
    assert may(found, "role:pg/owner", "INSERT", future) is GRANTED
    assert may(found, "role:pg/readers", "SELECT", future) is NONE


def test_what_is_made_after_default_privileges_has_them() -> None:
    found = state(
        "ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT INSERT ON TABLES TO ana;"
        "SET ROLE owner; CREATE TABLE crm.late (a int);"
    )
    assert may(found, "user:pg/ana", "INSERT", "table:pg/app/crm.late") is GRANTED
    assert may(found, "user:pg/ana", "INSERT") is NONE


def test_predefined_roles_reach_every_table_and_schema() -> None:
    found = state(
        "REVOKE USAGE ON SCHEMA crm FROM PUBLIC; GRANT pg_read_all_data TO ana; GRANT pg_write_all_data TO bo;"
    )
    assert may(found, "user:pg/ana", "SELECT") is GRANTED
    assert may(found, "user:pg/ana", "USAGE", "schema:pg/app/crm") is GRANTED
    assert may(found, "user:pg/ana", "INSERT") is NONE
    assert may(found, "user:pg/bo", "DELETE") is GRANTED
    assert "role:pg/pg_signal_backend" not in found.principals


def test_whoever_runs_programs_on_the_server_may_become_superuser_and_whoever_reads_its_files_may_read_all() -> None:
    found = state(
        "GRANT pg_execute_server_program TO ana; GRANT pg_read_server_files TO bo;ALTER ROLE readers REPLICATION;"
    )
    assert may(found, "user:pg/ana", "TRUNCATE") is CONDITIONAL
    assert (may(found, "user:pg/bo", "SELECT"), may(found, "user:pg/bo", "DELETE")) == (CONDITIONAL, NONE)
    assert may(found, "role:pg/readers", "SELECT") is CONDITIONAL


def test_the_owner_of_a_database_owns_its_schema_public() -> None:
    found = state("ALTER DATABASE app OWNER TO ana;")
    assert may(found, "user:pg/ana", "CREATE", "schema:pg/app/public") is GRANTED
    assert may(found, "user:pg/bo", "CREATE", "schema:pg/app/public") is NONE


def test_createrole_is_a_right_over_every_role_until_version_15_and_over_new_ones_since() -> None:
    old, new = (state("", "ALTER ROLE ana CREATEROLE;", version) for version in (15, 16))
    assert may(old, "user:pg/ana", "CREATEROLE", "role:pg/readers") is GRANTED
    assert may(old, "user:pg/ana", "CREATEROLE", "user:pg/boss") is NONE
    assert may(new, "user:pg/ana", "CREATEROLE", "role:pg/readers") is NONE
    assert may(new, "user:pg/ana", "CREATEROLE", "new-roles:pg") is GRANTED


def test_the_admin_option_is_a_right_over_the_role() -> None:
    found = state("GRANT readers TO ana WITH ADMIN OPTION;")
    assert may(found, "user:pg/ana", "ADMIN OPTION", "role:pg/readers") is GRANTED
    assert may(found, "user:pg/ana", "ADMIN OPTION", "role:pg/owner") is NONE


RLS = """
ALTER TABLE crm.customers ENABLE ROW LEVEL SECURITY; GRANT SELECT, INSERT, TRUNCATE ON crm.customers TO readers, ana;
"""


def test_row_security_without_a_policy_lets_nobody_see_a_row_but_the_owner() -> None:
    found = state(RLS)
    assert may(found, "user:pg/ana", "SELECT") is NONE
    assert may(found, "user:pg/ana", "TRUNCATE") is GRANTED
    assert may(found, "role:pg/owner", "SELECT") is GRANTED
    assert may(state(RLS + "ALTER TABLE crm.customers FORCE ROW LEVEL SECURITY;"), "role:pg/owner", "SELECT") is NONE


def test_a_policy_makes_a_condition_for_its_roles_and_its_command() -> None:
    found = state(RLS + "CREATE POLICY own ON crm.customers FOR SELECT TO ana USING (id = 1);")
    assert may(found, "user:pg/ana", "SELECT") is CONDITIONAL
    assert may(found, "user:pg/ana", "INSERT") is NONE
    assert may(found, "role:pg/readers", "SELECT") is NONE
    assert {g.when for g in found.grants} == {None, "policy own on app/crm.customers admits the row: id = 1"}


def test_a_policy_that_admits_every_row_is_no_condition_unless_another_restricts_it() -> None:
    everything = RLS + "CREATE POLICY everything ON crm.customers USING (true);"
    assert may(state(everything), "user:pg/ana", "SELECT") is GRANTED
    restricted = everything + "CREATE POLICY not_mine ON crm.customers AS RESTRICTIVE USING (id > 1);"
    assert may(state(restricted), "user:pg/ana", "SELECT") is CONDITIONAL


def test_the_check_of_a_policy_is_the_condition_of_what_is_written() -> None:
    found = state(RLS + "CREATE POLICY own ON crm.customers USING (true) WITH CHECK (id = 2);")
    assert may(found, "user:pg/ana", "SELECT") is GRANTED
    assert may(found, "user:pg/ana", "INSERT") is CONDITIONAL


def test_bypassrls_holds_for_the_role_itself_and_for_whoever_acts_as_it() -> None:
    found = state(RLS + "GRANT readers TO bo;", "ALTER ROLE readers BYPASSRLS;")
    assert may(found, "role:pg/readers", "SELECT") is GRANTED
    assert may(found, "user:pg/bo", "SELECT") is GRANTED
    assert [entry.id for entry in found.groups["bypassrls:pg"].members] == ["role:pg/readers"]


def test_a_changed_expression_is_another_condition() -> None:
    texts = set()
    for number in (1, 2):
        found = state(RLS + f"CREATE POLICY own ON crm.customers USING (id = {number} OR {'id = id AND ' * 90} true);")
        texts |= {grant.when for grant in found.grants if grant.when}
    assert len(texts) == 2
    assert all(len(text) < 450 for text in texts)


def test_without_roles_the_members_of_each_are_unlisted() -> None:
    text = "-- Dumped from database version 15.1\n\\connect app\nCREATE TABLE public.t (a int);"
    text += "ALTER TABLE public.t OWNER TO owner; GRANT SELECT ON public.t TO ana;"
    found = read([sql(text)])
    assert found.groups["group:pg/ana"].unlisted
    assert found.groups["group:pg/public"].unlisted
    assert found.groups["superusers:pg"].unlisted


def test_roles_databases_and_expressions_with_odd_names_get_ids_of_their_own() -> None:
    names = ["a/b", "a.b", "a b", " a", "a%2Fb", "ä", "a#unlisted", "\u202ea", "public2"]
    roles = ",".join(json.dumps({"name": name, "login": True}) for name in names)
    relations = ",".join(json.dumps({"schema": n, "name": m, "kind": "r", "owner": "ä"}) for n in names for m in names)
    text = f'{{"format": "blastradius.postgres/1", "database": "d/e", "roles": [{roles}], "relations": [{relations}]}}'
    found = read([json_document(text)])
    assert len([one for one in found.principals if one.startswith("user:pg/")]) == len(names)
    assert len([one for one in found.resources if one.startswith("table:pg/")]) == len(names) ** 2


@pytest.mark.parametrize("acl", [None, [], ["=r/owner"]])
def test_a_list_that_is_null_means_defaults_and_an_empty_one_means_nothing(acl: list[str] | None) -> None:
    lists = {
        "roles": [{"role": "owner", "login": True}, {"role": "ana", "login": True}],
        "relacl": [{"rel": "s.t", "kind": "r", "owner": "owner", "acl": acl}],
        "nspacl": [{"schema": "s", "owner": "owner", "acl": ["=U/owner"]}],
    }
    found = read([json_document(json.dumps(lists))])
    table = "table:pg/database/s.t"
    assert (may(found, "user:pg/owner", "SELECT", table) is GRANTED) is (acl != [])
    assert (may(found, "user:pg/ana", "SELECT", table) is GRANTED) is (acl == ["=r/owner"])


def test_a_user_called_by_an_address_is_known_by_it() -> None:
    found = state("", 'CREATE ROLE "Ana@acme.example" LOGIN; CREATE ROLE "team@acme.example"; CREATE ROLE "a@b" LOGIN;')
    assert found.identities.emails == {"user:pg/Ana@acme%2Eexample": "ana@acme.example"}


def test_what_every_server_has_needs_no_listing() -> None:
    found = state("GRANT pg_monitor TO ana;")
    assert may(found, "user:pg/ana", "pg_read_all_stats", "cluster:pg") is GRANTED
    assert may(found, "user:pg/bo", "pg_monitor", "cluster:pg") is NONE
