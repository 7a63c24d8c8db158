"""YAML streams, read event by event so that no input can outgrow its limits.

PyYAML's own composer follows nesting by recursion (deep input kills the process) and expands aliases
(a small file fills the memory). Its events do neither.
"""

import re
from sys import intern
from typing import TYPE_CHECKING, Any

from blastradius.documents.limits import (
    DEPTH_MAX,
    DOCUMENT_PROBLEMS_MAX,
    NODES_MAX,
    SCALAR_CHARS_MAX,
    paused_collection,
    quoted,
)
from blastradius.documents.scalars import NUMBER_STARTS, WORDS, NumberError, resolve
from blastradius.documents.templates import template_problem
from blastradius.documents.tree import Document, File, LinedList, LinedMap, pack_place, plain_text, unpack_place
from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source

if TYPE_CHECKING:
    from yaml import CSafeLoader, Event, Mark, SafeLoader, YAMLError

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_INTERNED_CHARS_MAX = 128


def read_yaml(file: File) -> tuple[Document, ...]:
    """Read all documents of a YAML stream that are not empty.

    Raises:
        DocumentError: When the text is not YAML, goes beyond a limit, repeats a key, or uses
            aliases, tags or merge keys.
    """
    import yaml

    loader_class: type[CSafeLoader | SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(file)
    with paused_collection():
        try:
            loader = loader_class(file.text)
            try:
                builder.run(loader)
            finally:
                loader.dispose()
        except yaml.YAMLError as error:
            raise DocumentError([*builder.problems, _syntax_problem(file, error)]) from None
        except UnicodeEncodeError:
            raise DocumentError(_character_problem(file)) from None
    if builder.problems:
        raise DocumentError(builder.problems)
    return tuple(builder.documents)


class _Builder:
    """Puts events together to trees, iteratively."""

    __slots__ = (
        "_actions",
        "_awaits_key",
        "_container",
        "_file",
        "_key",
        "_nodes",
        "_root",
        "_root_line",
        "_stack",
        "documents",
        "problems",
    )

    def __init__(self, file: File) -> None:
        from yaml import events

        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self._file = file
        self._stack: list[tuple[LinedMap | LinedList | None, str]] = []
        self._container: LinedMap | LinedList | None = None
        self._key = ""
        self._awaits_key = False
        self._nodes = 0
        self._root: object = None
        self._root_line = 1
        self._actions: dict[type[Event], Any] = {
            events.ScalarEvent: self._scalar,
            events.MappingStartEvent: self._open_map,
            events.SequenceStartEvent: self._open_list,
            events.MappingEndEvent: self._close,
            events.SequenceEndEvent: self._close,
            events.DocumentStartEvent: self._start_document,
            events.DocumentEndEvent: self._end_document,
            events.AliasEvent: self._alias,
        }

    def run(self, loader: "CSafeLoader | SafeLoader") -> None:
        actions = self._actions
        get_event = loader.get_event
        while loader.check_event():
            event: Any = get_event()
            action = actions.get(type(event))
            if action is not None:
                action(event)

    def _start_document(self, _event: "Event") -> None:
        self._root = None

    def _end_document(self, _event: "Event") -> None:
        if self._root is not None:
            self.documents.append(Document(self._file, self._root, self._root_line))
        self._root = None

    def _alias(self, event: Any) -> None:
        raise self._refusal(
            event.start_mark, "YAML aliases (`*name`) are not read", "write the value out where the alias stands"
        )

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        text: str = event.value
        self._check_node(event, mark)
        if len(text) <= _INTERNED_CHARS_MAX:
            text = intern(text)
        elif len(text) > SCALAR_CHARS_MAX:
            raise self._refusal(mark, f"a text of {len(text)} characters, at most {SCALAR_CHARS_MAX} are read")
        # With the C parser the style of a plain scalar is the empty text, not None.
        is_plain = not event.style
        if event.style == '"' and not text.isascii() and _SURROGATE.search(text):
            raise self._refusal(mark, "half a surrogate pair stands for no character", "write the whole character")
        place = pack_place(mark.line + 1, mark.column + 1)
        if self._awaits_key:
            self._take_key(text, place, mark, is_plain=is_plain)
        elif is_plain and (text in WORDS or text[0] in NUMBER_STARTS):
            self._put_resolved(text, place, mark)
        else:
            self._put(text, place)

    def _take_key(self, text: str, place: int, mark: "Mark", *, is_plain: bool) -> None:
        container = self._container
        assert isinstance(container, LinedMap)
        if is_plain and text == "<<":
            raise self._refusal(mark, "YAML merge keys (`<<`) are not read", "write the merged fields out")
        if text in container.places:
            self._report_duplicate(text, container.places[text], place)
        container.places[text] = place
        self._key = text
        self._awaits_key = False

    def _report_duplicate(self, key: str, first: int, second: int) -> None:
        source = Source(self._file.label, *unpack_place(second))
        message = f"duplicate key {quoted(key)}, first given on line {unpack_place(first)[0]}"
        self.problems.append(Problem(message, source, "keep one of the two"))
        if len(self.problems) >= DOCUMENT_PROBLEMS_MAX:
            raise DocumentError(self.problems)

    def _put_resolved(self, text: str, place: int, mark: "Mark") -> None:
        try:
            value = resolve(text)
        except NumberError as error:
            raise self._refusal(mark, str(error), "if it is a name, put it in quotes") from None
        container = self._container
        if not isinstance(value, str) and plain_text(value) != text and container is not None:
            if not container.literals:
                container.literals = {}
            position = self._key if isinstance(container, LinedMap) else len(container)
            container.literals[position] = text  # type: ignore[index]
        self._put(value, place)

    def _put(self, value: object, place: int) -> None:
        container = self._container
        if type(container) is LinedMap:
            container[self._key] = value
            self._awaits_key = True
        elif type(container) is LinedList:
            container.append(value)
            container.places.append(place)
        else:
            self._root = value
            self._root_line = unpack_place(place)[0]

    def _open_map(self, event: Any) -> None:
        self._open(event, LinedMap, awaits_key=True)

    def _open_list(self, event: Any) -> None:
        self._open(event, LinedList, awaits_key=False)

    def _open(self, event: Any, kind: type[LinedMap | LinedList], *, awaits_key: bool) -> None:
        mark = event.start_mark
        self._check_node(event, mark)
        if self._awaits_key:
            raise self._refusal(mark, "a mapping or a list stands where a key is expected")
        if len(self._stack) >= DEPTH_MAX:
            raise self._refusal(
                mark, f"nested deeper than {DEPTH_MAX} levels", "no file that is read here goes so deep"
            )
        place = pack_place(mark.line + 1, mark.column + 1)
        container = kind(place)
        self._put(container, place)
        self._stack.append((self._container, self._key))
        self._container = container
        self._awaits_key = awaits_key

    def _close(self, _event: "Event") -> None:
        self._container, self._key = self._stack.pop()
        self._awaits_key = type(self._container) is LinedMap

    def _check_node(self, event: Any, mark: "Mark") -> None:
        self._nodes += 1
        if event.tag is not None:
            raise self._refusal(mark, f"YAML tags ({quoted(event.tag)}) are not read", "remove the tag")
        if self._nodes > NODES_MAX:
            raise self._refusal(mark, f"more than {NODES_MAX} values in one file", "split the file")

    def _refusal(self, mark: "Mark", message: str, help: str = "") -> DocumentError:
        problem = template_problem(self._file, mark.line + 1) or Problem(message, _source(self._file, mark), help)
        return DocumentError([*self.problems, problem])


def _syntax_problem(file: File, error: "YAMLError") -> Problem:
    from yaml import MarkedYAMLError

    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    if mark is None or not isinstance(error, MarkedYAMLError):
        return _character_problem(file)
    if template := template_problem(file, mark.line + 1):
        return template
    place = _source(file, mark)
    if _is_at_end(file.text, mark):
        begun = error.context_mark
        since = f" {error.context}, begun on line {begun.line + 1}" if begun and begun.line < mark.line else ""
        return Problem(f"the document ends too early{since}", place, "was the file cut off?")
    details = ", ".join(part for part in (error.context, error.problem) if part)
    lines = file.text.split("\n")
    is_tab = mark.line < len(lines) and lines[mark.line][mark.column : mark.column + 1] == "\t"
    hint = "indent with spaces, not with tabs" if is_tab else ""
    return Problem(f"this is not valid YAML: {details}", place, hint)


def _character_problem(file: File) -> Problem:
    found = _FORBIDDEN.search(file.text)
    if found is None:
        return Problem("this is not valid YAML", Source(file.label))
    before = file.text[: found.start()]
    line = before.count("\n") + 1
    column = found.start() - before.rfind("\n")
    message = f"the control character {quoted(found.group())} may not stand in YAML"
    return Problem(message, Source(file.label, line, column), "remove it, or write it as an escape in double quotes")


def _is_at_end(text: str, mark: "Mark") -> bool:
    remaining = text.rstrip()
    last_line = remaining.count("\n")
    if mark.line != last_line:
        return mark.line > last_line
    return mark.column >= len(remaining) - (remaining.rfind("\n") + 1)


def _source(file: File, mark: "Mark") -> Source:
    return Source(file.label, mark.line + 1, mark.column + 1)
