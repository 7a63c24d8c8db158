"""What tests of OpenFGA and SpiceDB share: documents out of texts, and the engine's answers to checks."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from blastradius.access.engine import Comparison
from blastradius.access.queries import who_can_do
from blastradius.columns.pair import paired
from blastradius.documents import Document, File
from blastradius.model.delta import State
from blastradius.model.snapshot import PrincipalKind, Snapshot
from blastradius.systems.load import load
from blastradius.systems.recognising import documents_of
from blastradius.systems.zanzibar import snapshot as zanzibar
from blastradius.systems.zanzibar.names import Names
from blastradius.systems.zanzibar.objects import Dialect

EVERY_RELATION = 'format: blastradius.relations/1\nrelations: {"*#*": read}\n'
"""Makes an action ``TYPE#RELATION`` of every relation, so that each can be asked about."""


def documents(texts: Mapping[str, str]) -> list[Document]:
    """Read texts as files of these names would be."""
    files = [File(name, PurePosixPath(name), text, "0" * 64, named=True) for name, text in texts.items()]
    return [document for file in files for document in documents_of(file, {zanzibar.NAME: zanzibar})]


def facts(*texts: str, other: Sequence[Document] | None = None, **named: str) -> Snapshot:
    """Read texts of one side; each is a file of its own."""
    files = {f"file-{number}.txt": text for number, text in enumerate(texts)} | named
    return zanzibar.read(documents(files), other)


def loaded(text: str) -> Snapshot:
    """Read one text as ``check`` does, with all laws of facts."""
    return load([File("given.yaml", PurePosixPath("given.yaml"), text, "0" * 64)], system="zanzibar").snapshot


def naming(subjects: Iterable[str]) -> list[Document]:
    """Make a document of another side that names these subjects."""
    items = [{"user": one, "relation": "nothing", "object": "nowhere:else"} for one in sorted(subjects)]
    return documents({"names.json": json.dumps(items)}) if items else []


class Answers:
    """The engine's answers about one state."""

    def __init__(self, snapshot: Snapshot, dialect: Dialect) -> None:
        """Solve a state."""
        self.snapshot = snapshot
        self._engine = Comparison(paired(snapshot, snapshot))
        self._names = Names(dialect)

    def principal(self, subject: str) -> str | None:
        """Find the principal of ``TYPE:ID``; None when there is none."""
        for kind in PrincipalKind:
            shown = self._names.principal(subject, kind)
            if shown in self.snapshot.principals:
                return shown
        return None

    @staticmethod
    def type_of(principal: str) -> str:
        """Name the type of a principal."""
        kind, _, rest = principal.partition(":")
        name = rest.partition("/")[2]
        return name.partition(":")[0] if ":" in name else kind

    def holders(self, object: str, relation: str) -> dict[str, State]:
        """Say who stands in a relation of an object."""
        resource = self._names.resource(object)
        action = f"{object.partition(':')[0]}#{relation}"
        if resource not in self.snapshot.resources or action not in self.snapshot.actions:
            return {}
        return {one.principal: one.state for one in who_can_do(self._engine, 0, action, resource)}

    def check(self, object: str, relation: str, subject: str) -> State:
        """Say whether a subject stands in a relation of an object."""
        return self.holders(object, relation).get(self.principal(subject) or "", State.NONE)
