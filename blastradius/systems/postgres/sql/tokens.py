"""SQL text cut into statements and tokens as psql does: quotes, dollar quotes, comments, COPY data, backslash lines.

Source: PostgreSQL 15 to 18, ``src/fe_utils/psqlscan.l`` and documentation, "Lexical Structure" (4.1).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

STATEMENT_TOKENS_MAX = 200_000
_FOLD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
# INVARIANT: every repetition is possessive, so that no text takes longer than its length.
_TOKEN = re.compile(
    r"""
    (?P<space>(?:[ \t\r\n\f\v]++|--[^\n]*+)++)
  | (?P<estring>[eE]'(?>[^'\\]++|\\[\s\S]|'')*+')
  | (?P<string>(?:[uU]&|[bBxXnN])?'(?>[^']++|'')*+')
  | (?P<quoted>(?:[uU]&)?"(?>[^"]++|"")*+")
  | (?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z_0-9\x80-\U0010ffff]*+)?\$)
  | (?P<word>[A-Za-z_\x80-\U0010ffff][A-Za-z_0-9$\x80-\U0010ffff]*+)
  | (?P<number>[0-9][A-Za-z_0-9.]*+)
  | (?P<meta>\\[^\n]*+)
  | (?P<comment>/\*)
  | (?P<symbol>[^'"])
    """,
    re.VERBOSE,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    QUOTED = auto()
    STRING = auto()
    NUMBER = auto()
    SYMBOL = auto()
    META = auto()


class Token(NamedTuple):
    """A piece of SQL; there are millions of them in a dump.

    Attributes:
        kind: What it is.
        text: A word in lower case; a quoted name or a string without its quotes; anything else as it stands.
        line: Where it begins, counted from 1.
        column: The same.
        start: Where it begins in the whole text.
        end: Where it ends there.
    """

    kind: Kind
    text: str
    line: int
    column: int
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Tell whether it is one of these words, not in quotes."""
        return self.kind is Kind.WORD and self.text in words


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, or one backslash line of psql.

    Attributes:
        tokens: Without the semicolon; never empty.
        broken: Why the text ends in the middle of it; empty when it does not.
    """

    tokens: tuple[Token, ...]
    broken: str = ""


def fold(name: str) -> str:
    """Write an unquoted name as the server keeps it: only ASCII letters become small."""
    return name.translate(_FOLD)


def statements(text: str) -> Iterator[Statement]:
    """Cut SQL text into statements.

    Args:
        text: A script for psql.

    Yields:
        The statements in order; the last one may be `broken`.

    Cost: linear in the text.
    """
    yield from _Splitter(text).run()


class _Splitter:
    """Where the reading of a text stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._line_start = 0
        self._tokens: list[Token] = []
        self._parentheses = 0
        self._blocks = 0
        self._broken = ""

    def run(self) -> Iterator[Statement]:
        while self._at < len(self._text) and not self._broken:
            token = self._next()
            if token is None:
                continue
            if token.kind is Kind.META:
                yield from self._meta(token)
            elif token.text == ";" and token.kind is Kind.SYMBOL and self._parentheses <= 0 and not self._blocks:
                yield from self._done()
            else:
                self._add(token)
        if self._tokens or self._broken:
            place = self._tokens or [Token(Kind.SYMBOL, "", self._line, 1, self._at, self._at)]
            # Whoever writes a single statement may leave the semicolon out.
            yield Statement(tuple(place), self._broken)

    def _done(self) -> Iterator[Statement]:
        tokens, self._tokens = self._tokens, []
        self._parentheses = self._blocks = 0
        if not tokens:
            return
        yield Statement(tuple(tokens))
        if tokens[0].is_word("copy") and any(token.is_word("stdin") for token in tokens):
            self._skip_data()

    def _meta(self, token: Token) -> Iterator[Statement]:
        """End a statement that is sent with a backslash, or give the line by itself."""
        word = token.text.split()[0]
        if word in ("\\g", "\\gx", "\\;"):
            yield from self._done()
            return
        if self._tokens:
            self._add(token)
            return
        yield Statement((token,))

    def _add(self, token: Token) -> None:
        if len(self._tokens) >= STATEMENT_TOKENS_MAX:
            self._broken = f"a statement has more than {STATEMENT_TOKENS_MAX} words"
            return
        if token.kind is Kind.SYMBOL:
            self._parentheses += (token.text == "(") - (token.text == ")")
        elif token.kind is Kind.WORD and self._is_routine():
            # The body of a routine may be written as a block of statements.
            if token.text == "begin" or (token.text == "case" and self._blocks):
                self._blocks += 1
            elif token.text == "end" and self._blocks:
                self._blocks -= 1
        self._tokens.append(token)

    def _is_routine(self) -> bool:
        if not self._tokens or not self._tokens[0].is_word("create"):
            return False
        return any(token.is_word("function", "procedure") for token in self._tokens[1:4])

    def _next(self) -> Token | None:
        """Read one token, or what stands between two."""
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            what = "a quoted name" if self._text[self._at] == '"' else "a string"
            self._broken = f"{what} is never closed"
            return None
        kind = match.lastgroup
        start, line, column = self._at, self._line, self._at - self._line_start + 1
        end = match.end()
        if kind == "comment":
            end = self._comment_end(end)
        elif kind == "dollar":
            end = self._text.find(match.group(), end) + len(match.group())
            if end < match.end() + len(match.group()):
                self._broken = "a dollar-quoted string is never closed"
                end = len(self._text)
        self._move(end)
        if kind in ("space", "comment"):
            return None
        token_kind, value = _made(str(kind), match.group(), self._text[start:end])
        return Token(token_kind, value, line, column, start, end)

    def _comment_end(self, at: int) -> int:
        """Find the end of a comment, which may hold others."""
        depth = 1
        for mark in _COMMENT_MARK.finditer(self._text, at):
            depth += 1 if mark.group() == "/*" else -1
            if depth == 0:
                return mark.end()
        self._broken = "a comment is never closed"
        return len(self._text)

    def _skip_data(self) -> None:
        """Pass over the rows that follow a COPY from standard input."""
        start = self._text.find("\n", self._at)
        end = self._text.find("\n\\.", start) if start >= 0 else -1
        if end < 0:
            self._broken = "the rows of a COPY are cut off"
            self._move(len(self._text))
            return
        self._move(end + len("\n\\."))

    def _move(self, end: int) -> None:
        lines = self._text.count("\n", self._at, end)
        if lines:
            self._line += lines
            self._line_start = self._text.rfind("\n", self._at, end) + 1
        self._at = end


def _unescaped(text: str) -> str:
    """Take the escapes out of an ``E'…'`` string, as far as names and passwords matter to nobody here."""
    body = text[2:-1].replace("''", "'")
    return re.sub(r"\\([\s\S])", lambda match: _ESCAPES.get(match[1], match[1]), body)


def _quoted_name(text: str) -> str:
    body = text[text.index('"') + 1 : -1].replace('""', '"')
    if text[:1] in "uU":
        body = re.sub(r"\\(?:\+([0-9A-Fa-f]{6})|([0-9A-Fa-f]{4}))", _code_point, body)
    return body


def _code_point(match: "re.Match[str]") -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 else "\ufffd"


def _made(kind: str, mark: str, text: str) -> tuple[Kind, str]:
    """Say what a piece of text is, and what it stands for.

    Args:
        kind: Name of the group of the pattern that found it.
        mark: What the pattern found: of a dollar-quoted string, its beginning.
        text: All of it.
    """
    match kind:
        case "word":
            return Kind.WORD, fold(text)
        case "quoted":
            return Kind.QUOTED, _quoted_name(text)
        case "string":
            return Kind.STRING, text[text.index("'") + 1 : -1].replace("''", "'")
        case "estring":
            return Kind.STRING, _unescaped(text)
        case "dollar":
            return Kind.STRING, text[len(mark) : -len(mark)]
        case "number":
            return Kind.NUMBER, text
        case "meta":
            return Kind.META, text.strip()
        case _:
            return Kind.SYMBOL, text
