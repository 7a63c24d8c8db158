"""How a PostgreSQL server is exported: the catalog query as it stands in `catalog_query.sql`, or dumps."""

from importlib import resources

from blastradius.systems.collecting import Collection, Step

QUERY = (resources.files(__package__) / "catalog_query.sql").read_text(encoding="utf-8")
"""The query that gives one JSON document for one database."""
_EVERY_DATABASE = """\
for db in $(psql -XAtqc "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate"); do
  psql -XAtq -v ON_ERROR_STOP=1 -d "$db" -f catalog_query.sql > "$db.json"
done"""
_DUMPS = """\
pg_dumpall --globals-only --no-role-passwords > globals.sql
for db in $(psql -XAtqc "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate"); do
  pg_dump --schema-only -C -d "$db" > "$db.sql"
done"""

COLLECT = (
    Collection(
        name="postgres",
        title="PostgreSQL",
        rights="any role that may connect to every database: the catalogs that are read are open to everybody; "
        "nothing is changed, and no table is looked into",
        steps=(
            Step(
                "the query itself, into `catalog_query.sql`",
                f"cat > catalog_query.sql <<'SQL'\n{QUERY}SQL",
            ),
            Step(
                "one JSON document for every database, each with the roles and memberships of the whole server",
                _EVERY_DATABASE,
            ),
            Step(
                "in place of the documents, where only dumps can be made: roles without passwords, and every database "
                "without its data (needs the right to lock every table, which the query does not)",
                _DUMPS,
                optional=True,
            ),
        ),
        check="blastradius check *.json --after AFTER",
        notes=(
            "Give either the documents or the dumps of a server, never both",
            "`pg_dump` without `-C` leaves out who may connect to the database",
            "Dumps leave out what an extension made and what holds by default on the server's own functions; the query "
            "does not",
            "Managed servers hide `pg_authid` from `pg_dumpall`; `--no-role-passwords` goes without it",
            "Who gets past `pg_hba.conf` is not in the catalog; everybody who can log in is taken to",
            "The query reads version 15 and later; for an older server leave out its lines about `pg_parameter_acl`",
        ),
    ),
)
