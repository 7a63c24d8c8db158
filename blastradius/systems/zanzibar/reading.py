"""Documents to a model and its tuples.

SECURITY: a document may name files (``model_file``, ``tuple_file``, ``contents``, ``import``). They are looked for
among the documents that were given, by their names, and never opened.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from blastradius.documents import Document, LinedList, LinedMap, PlainText, quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.capabilities import Rules, read_rules
from blastradius.systems.zanzibar.excerpt import scalar, whole
from blastradius.systems.zanzibar.fga_json import is_json_model, read_json_model
from blastradius.systems.zanzibar.fga_language import Module, read_module
from blastradius.systems.zanzibar.forms import Form, form_of
from blastradius.systems.zanzibar.objects import Dialect, Key, Relationship, Schema, Store
from blastradius.systems.zanzibar.schema import open_schema, schema_of_declared, schema_of_modules
from blastradius.systems.zanzibar.spicedb_language import Declared, read_declared
from blastradius.systems.zanzibar.tuples import read_item, read_items, read_lines, read_table

EXPORT_STEP = 100
"""``fga store export`` stops after so many tuples unless it is told otherwise."""
PAGE = 50
"""``fga tuple read`` reads pages of this size, and stops after twenty of them unless it is told otherwise."""
_ROUND = 1000

_EXPORT_HELP = "export again with `--max-tuples` far above the number of tuples"
_READ_HELP = "read again with `--max-pages 0`"
_NOTHING_HELP = "export it again; was it the right store?"
_TESTS = frozenset({"tests", "assertions", "validation"})
_TUPLE_FILES = frozenset({"tuple_file", "tuple_files"})
_MODEL_FROM = {Dialect.OPENFGA: "`fga model get`", Dialect.SPICEDB: "`zed backup parse-schema`"}
_TUPLES_FROM = {Dialect.OPENFGA: "`fga tuple read`", Dialect.SPICEDB: "`zed backup parse-relationships`"}


@dataclass(slots=True)
class Given:
    """What all documents hold.

    Attributes:
        stores: By dialect; one for each that occurs.
        rules: What relations amount to, as far as a file says it.
    """

    stores: dict[Dialect, Store] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)


def read_given(documents: Sequence[Document], notes: Notes) -> Given:
    """Read what the documents hold.

    Args:
        documents: Recognised ones.
        notes: Takes what is wrong and what was not understood.
    """
    reader = _Reader(documents, notes)
    return reader.run()


class _Reader:
    def __init__(self, documents: Sequence[Document], notes: Notes) -> None:
        self._documents = documents
        self._notes = notes
        self._names = {_plain_path(document.file.label): document for document in documents}
        self._models: list[tuple[Sequence[Module], Source]] = []
        self._modules: list[Module] = []
        self._declared: list[Declared] = []
        self._given = Given()
        self._tuples: dict[Dialect, dict[Key, Relationship]] = {}

    def run(self) -> Given:
        settings: list[Document] = []
        for document in self._documents:
            form = form_of(document)
            if form is Form.CAPABILITIES:
                settings.append(document)
            elif form is not None:
                self._read(document, form)
        self._given.rules = read_rules(settings, self._notes)
        self._finish_openfga()
        self._finish_spicedb()
        return self._given

    def _read(self, document: Document, form: Form) -> None:
        """Read what OpenFGA has forms for."""
        value = document.value
        match form:
            case Form.STORE if isinstance(value, LinedMap):
                self._read_store(document, value)
            case Form.MODEL_TEXT:
                self._keep_model(read_module(whole(document), self._notes), Source(document.file.label, 1))
            case Form.MODEL_JSON if isinstance(value, LinedMap):
                model = value if is_json_model(value) else value["authorization_model"]
                self._keep_model(read_json_model(document, model, self._notes), document.at(model))
            case Form.MANIFEST if isinstance(value, LinedMap):
                self._refer(document, value, "contents", "modules of the model")
            case Form.TUPLES:
                self._read_tuples(document)
            case Form.TUPLE_TABLE:
                self._read_table(document)
            case _:
                self._read_spicedb(document, form)

    def _read_spicedb(self, document: Document, form: Form) -> None:
        value = document.value
        if form is Form.VALIDATION and isinstance(value, LinedMap):
            self._read_validation(document, value)
        elif form is Form.SCHEMA_TEXT:
            self._keep_declared(document, read_declared(whole(document), self._notes))
        elif isinstance(value, PlainText):
            self._keep(Dialect.SPICEDB, read_lines(whole(document), value.lines, self._notes))
            if not self._breaks_off(document):
                self._cover(_tuples_of(document), Completeness.COMPLETE, "a backup holds all relationships")

    def _read_table(self, document: Document) -> None:
        self._keep_counted(document, read_table(document, self._notes), PAGE, _READ_HELP)

    def _breaks_off(self, document: Document) -> bool:
        """Report a text whose last line has no end: it may have been cut, and a name in it with it."""
        if isinstance(document.value, LinedMap) and next(reversed(document.value), "") in _TESTS:
            return False  # what may be cut is not read
        return self._notes.breaks_off(_tuples_of(document), document)

    # OpenFGA

    def _read_store(self, document: Document, value: LinedMap) -> None:
        model = value.get("model")
        if isinstance(model, str):
            module = read_module(scalar(document, value, "model"), self._notes)
            self._keep_model(module, document.at(value, "model"))
        elif isinstance(model, LinedMap) and is_json_model(model):
            self._keep_model(read_json_model(document, model, self._notes), document.at(model))
        elif model is not None:
            self._notes.error(document.at(value, "model"), "`model` must be a model as text or as JSON")
        for key, what in (("model_file", "the model"), ("tuple_file", "tuples"), ("tuple_files", "tuples")):
            if key in value:
                self._refer(document, value, key, what)
        tuples = value.get("tuples")
        if isinstance(tuples, LinedList) and (tuples or _TUPLE_FILES.isdisjoint(value)):
            self._keep_counted(document, read_items(document, tuples, self._notes), EXPORT_STEP, _EXPORT_HELP)
        elif tuples is not None and not isinstance(tuples, LinedList):
            self._notes.error(document.at(value, "tuples"), "`tuples` must be a list")

    def _read_tuples(self, document: Document) -> None:
        value = document.value
        if isinstance(value, LinedList):
            self._keep_counted(document, read_items(document, value, self._notes), PAGE, _READ_HELP)
        elif isinstance(value, LinedMap) and isinstance(value.get("tuples"), LinedList):
            made = read_items(document, value["tuples"], self._notes)
            if value.get("continuation_token"):
                self._keep(Dialect.OPENFGA, made)
                reason = "the answer holds a `continuation_token`: more tuples follow"
                source = document.at(value, "continuation_token")
                self._cover(_tuples_of(document), Completeness.TRUNCATED, reason, source, _READ_HELP)
            else:
                self._keep_counted(document, made, PAGE, _READ_HELP)
        elif isinstance(value, LinedMap):
            item = value["key"] if isinstance(value.get("key"), LinedMap) else value
            made_one = read_item(document, item, document.at(item), self._notes)
            self._keep(Dialect.OPENFGA, [made_one] if made_one is not None else [])

    def _keep_model(self, module: Module, source: Source) -> None:
        if module.version:
            self._models.append(([module], source))
        else:
            self._modules.append(module)

    def _keep_counted(self, document: Document, made: Iterable[Relationship], step: int, help: str) -> None:
        count = self._keep(Dialect.OPENFGA, made)
        what = _tuples_of(document)
        if self._breaks_off(document):
            return
        if not count:
            self._cover_nothing(document)
            return
        # Whoever tells a tool where to stop names a round number; few large exports end on one by chance.
        if count % (step if count <= _ROUND else _ROUND) == 0:
            reason = f"there are exactly {count}, a number at which an export may have stopped"
            self._cover(what, Completeness.UNKNOWN, reason, Source(document.file.label, document.line), help)
        else:
            self._cover(what, Completeness.COMPLETE, f"there are {count}, and an export that stops has a round number")

    def _cover_nothing(self, document: Document, source: Source | None = None) -> None:
        """Doubt an export without a tuple: an empty store is rare, another store than was meant is not."""
        place = source or Source(document.file.label, document.line)
        self._cover(_tuples_of(document), Completeness.UNKNOWN, "there are no tuples", place, _NOTHING_HELP)

    def _finish_openfga(self) -> None:
        if self._modules:
            source = next((one.source for module in self._modules for one in module.types), Source(""))
            self._models.append((self._modules, source))
        schemas = [(schema_of_modules(modules, self._notes), source) for modules, source in self._models]
        schema = self._only(schemas)
        tuples = self._tuples.get(Dialect.OPENFGA)
        if schema is None and tuples is None:
            return
        self._given.stores[Dialect.OPENFGA] = self._store(Dialect.OPENFGA, schema, tuples)

    def _only(self, schemas: Sequence[tuple[Schema, Source]]) -> Schema | None:
        for schema, source in schemas[1:]:
            if schema != schemas[0][0]:
                message = f"this is another model than the one in {schemas[0][1]}"
                self._notes.error(source, message, "give the files of one store at a time")
        return schemas[0][0] if schemas else None

    # SpiceDB

    def _read_validation(self, document: Document, value: LinedMap) -> None:
        if isinstance(value.get("schema"), str):
            self._keep_declared(document, read_declared(scalar(document, value, "schema"), self._notes))
        elif "schemaFile" in value:
            self._refer(document, value, "schemaFile", "the schema")
        relationships = value.get("relationships")
        if isinstance(relationships, str):
            excerpt = scalar(document, value, "relationships")
            count = self._keep(Dialect.SPICEDB, read_lines(excerpt, relationships.split("\n"), self._notes))
            if self._breaks_off(document):
                return
            if count:
                self._cover(_tuples_of(document), Completeness.COMPLETE, "the file states its relationships itself")
            else:
                self._cover_nothing(document, document.at(value, "relationships"))
        elif relationships is not None:
            self._notes.error(document.at(value, "relationships"), "`relationships` must be text, one on each line")

    def _keep_declared(self, document: Document, declared: Declared) -> None:
        self._declared.append(declared)
        for path, source in declared.imports:
            if self._find(document, path) is None:
                self._missing(path, "definitions of the schema", source)

    def _finish_spicedb(self) -> None:
        schema = schema_of_declared(self._declared, self._notes) if self._declared else None
        tuples = self._tuples.get(Dialect.SPICEDB)
        if schema is None and tuples is None:
            return
        self._given.stores[Dialect.SPICEDB] = self._store(Dialect.SPICEDB, schema, tuples)

    # Both

    def _store(self, dialect: Dialect, schema: Schema | None, tuples: dict[Key, Relationship] | None) -> Store:
        if schema is None:
            reason = "tuples were given without their model, so nothing follows from them"
            what = f"the model of {dialect.name_for_people}"
            self._cover(what, Completeness.TRUNCATED, reason, help=f"add the output of {_MODEL_FROM[dialect]}")
            schema = open_schema(dialect, (tuples or {}).values())
        if tuples is None:
            what = f"tuples of {dialect.name_for_people}"
            hint = f"add the output of {_TUPLES_FROM[dialect]}"
            self._cover(what, Completeness.UNKNOWN, "only the model was given", schema.source, hint)
        return Store(schema, tuples or {})

    def _keep(self, dialect: Dialect, made: Iterable[Relationship]) -> int:
        """Add tuples; give how many there were."""
        known = self._tuples.setdefault(dialect, {})
        count = 0
        for one in made:
            count += 1
            first = known.setdefault(one.key, one)
            if first is not one and first != one:
                message = f"the tuple {quoted(one)} is given twice, with another condition: first in {first.source}"
                self._notes.error(one.source, message, "a store holds a tuple once; keep one of the two")
        return count

    def _refer(self, document: Document, value: LinedMap, key: str, what: str) -> None:
        """Look for files that a document names; whatever of them was given is read as a document of its own."""
        named = value[key]
        paths = named if isinstance(named, LinedList) else [named]
        for at, path in enumerate(paths):
            source = document.at(named, at) if isinstance(named, LinedList) else document.at(value, key)
            if not isinstance(path, str) or not path:
                self._notes.error(source, f"{quoted(key)} must name a file")
                continue
            found = self._find(document, path)
            if found is None and not (key == "model_file" and self._has_modules(path)):
                self._missing(path, what, source)

    def _has_modules(self, path: str) -> bool:
        """Tell whether the modules that a manifest would name were given without it."""
        if PurePosixPath(path).suffix != ".mod":
            return False
        texts = (one for one in self._documents if form_of(one) is Form.MODEL_TEXT)
        return any(isinstance(one.value, PlainText) and "module" in one.value.text for one in texts)

    def _missing(self, path: str, what: str, source: Source) -> None:
        reason = f"{quoted(path)} is not among the files that were given"
        self._cover(f"{what} in {quoted(path)}", Completeness.TRUNCATED, reason, source, "give that file as well")

    def _find(self, document: Document, path: str) -> Document | None:
        beside = PurePosixPath(document.file.label).parent / path
        return self._names.get(_plain_path(str(beside)))

    def _cover(
        self, what: str, completeness: Completeness, reason: str, source: Source | None = None, help: str = ""
    ) -> None:
        self._notes.coverage.append(Coverage(what, completeness, reason, source, help))


def _tuples_of(document: Document) -> str:
    return f"tuples of {quoted(document.file.label)}"


def _plain_path(path: str) -> tuple[str, ...]:
    """Write a path without ``.`` and ``..``, as far as the text goes."""
    parts: list[str] = []
    for part in PurePosixPath(path).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return tuple(parts)


def mentioned(stores: Mapping[Dialect, Store]) -> Iterator[tuple[Dialect, str, bool]]:
    """Name every object that a tuple names: (dialect, object, whether it stands as a subject)."""
    for dialect, store in stores.items():
        for one in store.relationships.values():
            yield dialect, one.object, False
            if not one.is_wildcard:
                yield dialect, one.subject, True
