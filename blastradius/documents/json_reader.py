"""JSON, concatenated JSON and JSON Lines, read without recursion and with places.

The standard library's reader recurses, keeps the last of two equal keys, takes ``NaN``, and does not
say where anything stood.
"""

import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]
from sys import intern

from blastradius.documents.limits import (
    DEPTH_MAX,
    DOCUMENT_PROBLEMS_MAX,
    NODES_MAX,
    SCALAR_CHARS_MAX,
    paused_collection,
    quoted,
)
from blastradius.documents.scalars import NumberError, check_length, decimal_number
from blastradius.documents.templates import template_problem
from blastradius.documents.tree import Document, File, LinedList, LinedMap, pack_place, plain_text, unpack_place
from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source

_SPACE = re.compile(r"[ \t\n\r]*")
_KEY = re.compile(r'[ \t\n\r]*"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*')
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_VALUE = re.compile(
    r'"(?P<text>[^"\\\x00-\x1f]*)"|(?P<open>[\[{])'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![0-9.A-Za-z_])"
    r'|(?P<word>true|false|null)(?![0-9A-Za-z_])|(?P<start>")|(?P<alien>-?(?:NaN|Infinity))'
)
_AFTER = re.compile(r"[ \t\n\r]*([,\]}])[ \t\n\r]*")
_EMPTY = re.compile(r"[ \t\n\r]*([\]}])")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_WORDS = {"true": True, "false": False, "null": None}
_INTERNED_CHARS_MAX = 128


class JsonSyntaxError(Exception):
    """The text is not JSON; it may still be YAML.

    Attributes:
        problem: What to say about it.
    """

    def __init__(self, problem: Problem) -> None:
        """Keep what to say."""
        super().__init__(problem.message)
        self.problem = problem


def read_json(file: File) -> tuple[Document, ...]:
    """Read one JSON mapping or list after the other until the text ends.

    Raises:
        JsonSyntaxError: When the text is not JSON.
        DocumentError: When it is JSON, but goes beyond a limit, repeats a key, or holds a number or
            a text that cannot be used.
    """
    with paused_collection():
        reader = _Reader(file)
        documents = reader.run()
    if reader.problems:
        raise DocumentError(reader.problems)
    return documents


class _Reader:
    """One pass over the text; the open containers are on a stack of its own."""

    __slots__ = (
        "_column_base",
        "_container",
        "_file",
        "_key",
        "_line",
        "_next_break",
        "_nodes",
        "_stack",
        "_text",
        "problems",
    )

    def __init__(self, file: File) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._text = file.text
        self._line = 1
        self._column_base = -1
        self._next_break = self._find_break(0)
        self._nodes = 0
        self._stack: list[tuple[LinedMap | LinedList | None, str]] = []
        self._container: LinedMap | LinedList | None = None
        self._key = ""

    def run(self) -> tuple[Document, ...]:
        documents: list[Document] = []
        position = self._skip(0)
        while position < len(self._text):
            if self._text[position] not in "[{":
                raise self._syntax_error(position, "expected `{` or `[`")
            root, position = self._read_root(position)
            documents.append(Document(self._file, root, root.line))
            position = self._skip(position)
        return tuple(documents)

    def _read_root(self, position: int) -> tuple[LinedMap | LinedList, int]:
        root = self._open(position)
        position += 1
        is_open = True
        while True:
            if is_open and (closing := _EMPTY.match(self._text, position)):
                position = self._close(closing)
                is_open = False
            if is_open:
                position = self._skip(position)
            else:
                position = self._leave(position)
            if self._container is None:
                return root, position
            if type(self._container) is LinedMap:
                position = self._read_key(position)
            is_open, position = self._read_value(position)

    def _read_key(self, position: int) -> int:
        match = _KEY.match(self._text, position)
        if match is not None:
            key, start, end = match.group(1), match.start(1) - 1, match.end()
        else:
            start = self._skip(position)
            if self._text[start : start + 1] != '"':
                raise self._syntax_error(start, "expected a key in double quotes")
            key, end = self._escaped_text(start)
            colon = _COLON.match(self._text, end)
            if colon is None:
                raise self._syntax_error(self._skip(end), "expected `:` after a key")
            end = colon.end()
        container = self._container
        assert isinstance(container, LinedMap)
        key = self._kept(key, start)
        place = self._place(start)
        if key in container.places:
            self._report_duplicate(key, container.places[key], place)
        container.places[key] = place
        self._key = key
        return end

    def _read_value(self, position: int) -> tuple[bool, int]:
        """Read a scalar, or open a container: then the first of the pair is True."""
        match = _VALUE.match(self._text, position)
        if match is None:
            raise self._syntax_error(self._skip(position), "expected a value")
        value: object
        end = match.end()
        match match.lastgroup:
            case "text":
                value = self._kept(match.group("text"), position)
            case "open":
                self._open(position)
                return True, end
            case "number":
                value = self._number(match.group(), position)
            case "word":
                value = _WORDS[match.group()]
            case "start":
                text, end = self._escaped_text(position)
                value = self._kept(text, position)
            case _:
                raise self._refusal(position, f"{quoted(match.group())} is no number that can be used")
        self._put(value, position)
        return False, end

    def _leave(self, position: int) -> int:
        """Go on to where the next key or value must stand, closing what ends on the way."""
        while self._container is not None:
            match = _AFTER.match(self._text, position)
            if match is None:
                raise self._syntax_error(self._skip(position), "expected `,` or the end of what was begun")
            if match.group(1) == ",":
                return match.end()
            position = self._close(match)
        return position

    def _open(self, position: int) -> LinedMap | LinedList:
        if len(self._stack) >= DEPTH_MAX:
            raise self._refusal(
                position, f"nested deeper than {DEPTH_MAX} levels", "no file that is read here goes so deep"
            )
        kind = LinedMap if self._text[position] == "{" else LinedList
        container = kind(self._place(position))
        self._put(container, position)
        self._stack.append((self._container, self._key))
        self._container = container
        return container

    def _close(self, match: re.Match[str]) -> int:
        sign = match.group(1)
        if sign != ("}" if type(self._container) is LinedMap else "]"):
            raise self._syntax_error(match.start(1), f"{quoted(sign)} does not fit what was begun")
        self._container, self._key = self._stack.pop()
        return match.end()

    def _put(self, value: object, position: int) -> None:
        self._nodes += 1
        if self._nodes > NODES_MAX:
            raise self._refusal(position, f"more than {NODES_MAX} values in one file", "split the file")
        container = self._container
        if type(container) is LinedMap:
            container[self._key] = value
        elif type(container) is LinedList:
            container.append(value)
            container.places.append(self._place(position))

    def _number(self, text: str, position: int) -> int | float:
        value: int | float
        try:
            check_length(text)
            value = int(text) if text.lstrip("-").isdigit() else decimal_number(text)
        except NumberError as error:
            raise self._refusal(position, str(error), "if it is a name, put it in quotes") from None
        container = self._container
        if plain_text(value) != text and container is not None:
            if not container.literals:
                container.literals = {}
            index = self._key if isinstance(container, LinedMap) else len(container)
            container.literals[index] = text  # type: ignore[index]
        return value

    def _escaped_text(self, position: int) -> tuple[str, int]:
        try:
            text, end = scanstring(self._text, position + 1, True)
        except JSONDecodeError as error:
            # A text that never ends leads to the end of the file, wherever it began.
            stopped = len(self._text) if error.msg.startswith("Unterminated") else error.pos
            raise self._syntax_error(stopped, _lowered(error.msg)) from None
        return text, end

    def _kept(self, text: str, position: int) -> str:
        if len(text) > SCALAR_CHARS_MAX:
            message = f"a text of {len(text)} characters, at most {SCALAR_CHARS_MAX} are read"
            raise self._refusal(position, message)
        if not text.isascii() and _HALF_PAIR.search(text):
            message = "half a surrogate pair stands for no character"
            raise self._refusal(position, message, "write the whole character")
        return intern(text) if len(text) <= _INTERNED_CHARS_MAX else text

    def _report_duplicate(self, key: str, first: int, second: int) -> None:
        source = Source(self._file.label, *unpack_place(second))
        (line, column), here = unpack_place(first), unpack_place(second)[0]
        # In a file of lines, the line that is known here is not the one in the file.
        where = f"at column {column} of the same line" if line == here and column else f"on line {line}"
        message = f"duplicate key {quoted(key)}, first given {where}"
        self.problems.append(Problem(message, source, "keep one of the two"))
        if len(self.problems) >= DOCUMENT_PROBLEMS_MAX:
            raise DocumentError(self.problems)

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self._text, position)
        return match.end() if match else position

    def _place(self, position: int) -> int:
        """Say where an offset stands; offsets must come in ascending order."""
        while position > self._next_break:
            self._line += 1
            self._column_base = self._next_break
            self._next_break = self._find_break(self._next_break + 1)
        return pack_place(self._line, position - self._column_base)

    def _find_break(self, start: int) -> int:
        found = self._text.find("\n", start)
        return found if found >= 0 else len(self._text)

    def _source(self, position: int) -> Source:
        line = self._text.count("\n", 0, position) + 1
        return Source(self._file.label, line, position - self._text.rfind("\n", 0, position))

    def _syntax_error(self, position: int, message: str) -> JsonSyntaxError:
        source = self._source(position)
        if position >= len(self._text):
            return JsonSyntaxError(Problem("the document ends too early", source, "was the file cut off?"))
        problem = Problem(f"this is not valid JSON: {message}", source)
        return JsonSyntaxError(template_problem(self._file, source.line) or problem)

    def _refusal(self, position: int, message: str, help: str = "") -> DocumentError:
        return DocumentError([*self.problems, Problem(message, self._source(position), help)])


def _lowered(message: str) -> str:
    """Bring a message of the standard library into our form."""
    message = message.partition(":")[0].removesuffix(" at")
    return message[:1].lower() + message[1:]
