"""What tests of PostgreSQL share: documents out of texts, statements applied, and answers as the server gives them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from blastradius.access.conditions import GRANTED
from blastradius.access.engine import Comparison
from blastradius.columns.pair import paired
from blastradius.documents import Document, PlainText, parse
from blastradius.model.delta import State
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Source
from blastradius.systems.postgres import ids
from blastradius.systems.postgres.catalog import Catalog, ObjectKey
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.sql.apply import apply
from blastradius.systems.postgres.sql.cursor import NotUnderstood
from blastradius.systems.postgres.sql.reading import read_statement
from blastradius.systems.postgres.sql.session import Session
from blastradius.systems.postgres.sql.tokens import statements
from tests.support.texts import as_file

RELATION_ACTIONS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
COLUMN_ACTIONS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


def sql(text: str, label: str = "dump.sql") -> Document:
    """Make a document of SQL text."""
    return Document(as_file(text, label), PlainText(text))


def json_document(text: str, label: str = "catalog.json") -> Document:
    """Make a document of JSON text."""
    return parse(as_file(text, label))[0]


def run(text: str, session: Session) -> list[str]:
    """Apply SQL text, and give what was refused or not understood."""
    refused = []
    for statement in statements(text):
        source = Source("change.sql", statement.tokens[0].line)
        try:
            apply(read_statement(statement, text), session, source)
        except NotUnderstood as error:
            refused.append(str(error))
    return refused


def without_acting(snapshot: Snapshot) -> Snapshot:
    """Take away that anybody may act as somebody else: `has_table_privilege` does not ask about SET ROLE."""
    principals = {name: replace(one, assumable_by=()) for name, one in snapshot.principals.items()}
    return replace(snapshot, principals=principals)


def without_places(snapshot: Snapshot) -> Snapshot:
    """Take away that one must get to a database and a schema: `has_table_privilege` asks about the table alone."""
    groups = {
        name: replace(group, all_of=()) if name.startswith("reach:pg/") else group
        for name, group in snapshot.groups.items()
    }
    return replace(snapshot, groups=groups)


def holders(snapshot: Snapshot, questions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Mapping[str, State]]:
    """Say who holds what.

    Args:
        snapshot: One state.
        questions: (resource, action) pairs.

    Returns:
        For each pair, principal to state; those who do not hold it at all are left out.
    """
    engine = Comparison(paired(snapshot, snapshot))
    resources, principals = engine.pair.before.resources.names, engine.pair.before.principals.names
    found: dict[tuple[str, str], Mapping[str, State]] = {}
    for resource, action in questions:
        code = resources.find(resource)
        states: dict[str, State] = {}
        if code >= 0:
            ways = engine.ways(0, engine.access_list(0, code), action)
            states = {principals[p]: State.CONDITIONAL for who in ways.by_way.values() for p in who}
            states |= {principals[p]: State.GRANTED for p in ways.by_way.get(GRANTED, ())}
        found[resource, action] = states
    return found


def role_of(principal: str) -> str:
    """Give the name of the role of a principal with a plain name."""
    return principal.partition("/")[2]


def relation(catalog: Catalog, schema: str, name: str, database: str = "app") -> str:
    """Name the resource of a relation."""
    return ids.object_id(catalog.objects[ObjectKey(Space.RELATION, database, schema, name)])


def without_row_security(catalog: Catalog) -> Catalog:
    """Give the same catalog with row-level security switched off: `has_table_privilege` does not ask about it."""
    copy = catalog.copy()
    copy.objects.update((key, replace(one, row_security=False)) for key, one in catalog.objects.items())
    return copy
