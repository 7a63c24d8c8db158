"""Walking along the tokens of one statement."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from blastradius.documents import quoted
from blastradius.systems.postgres.sql.tokens import Kind, Statement, Token

_Item = TypeVar("_Item")


class Name(NamedTuple):
    """A name that may say its schema (and, of a column or a database-qualified table, more)."""

    schema: str
    name: str


class NotUnderstood(Exception):  # noqa: N818 - no error: the statement may be right
    """A statement is not one of those that are known, or not in a form that is."""


class Cursor:
    """A place in a statement."""

    __slots__ = ("_at", "_tokens", "text")

    def __init__(self, statement: Statement, text: str) -> None:
        """Stand before the first token.

        Args:
            statement: The statement.
            text: The whole text that it is part of.
        """
        self._tokens = statement.tokens
        self._at = 0
        self.text = text

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    def peek(self, ahead: int = 0) -> Token | None:
        """Give the next token without taking it; None at the end."""
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def take(self) -> Token:
        """Take the next token, whatever it is."""
        token = self.peek()
        if token is None:
            raise NotUnderstood("it ends too early")
        self._at += 1
        return token

    def next_is(self, *words: str) -> bool:
        """Tell whether these words, or symbols, come next, without taking them."""
        for ahead, word in enumerate(words):
            token = self.peek(ahead)
            if token is None or token.text != word or token.kind not in (Kind.WORD, Kind.SYMBOL):
                return False
        return True

    def accept(self, *words: str) -> bool:
        """Take these words, or symbols, if they come next."""
        if not self.next_is(*words):
            return False
        self._at += len(words)
        return True

    def one_of(self, *words: str) -> str | None:
        """Take one of these words if it comes next."""
        token = self.peek()
        if token is not None and token.is_word(*words):
            self._at += 1
            return token.text
        return None

    def expect(self, *words: str) -> None:
        """Take these words, or give up."""
        if not self.accept(*words):
            raise NotUnderstood(f"{quoted(' '.join(words).upper())} is expected{self.place()}")

    def place(self) -> str:
        """Say where this is, without repeating what may be a secret."""
        token = self.peek()
        if token is None:
            return " at its end"
        shown = token.text.upper() if token.kind is Kind.WORD else token.text
        return "" if token.kind is Kind.STRING else f" before {quoted(shown)}"

    def name(self) -> str:
        """Take a name."""
        token = self.take()
        if token.kind not in (Kind.WORD, Kind.QUOTED):
            raise NotUnderstood("a name is expected")
        return token.text

    def qualified(self) -> Name:
        """Take a name with its schema, if it states one; a database before that is passed over."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return Name(parts[-2] if len(parts) > 1 else "", parts[-1])

    def list_of(self, item: Callable[[], _Item]) -> tuple[_Item, ...]:
        """Take items that are separated by commas, one at least."""
        found = [item()]
        while self.accept(","):
            found.append(item())
        return tuple(found)

    def string(self) -> str:
        """Take a string."""
        token = self.take()
        if token.kind is not Kind.STRING:
            raise NotUnderstood("a string is expected")
        return token.text

    def parenthesised(self) -> tuple[Token, ...]:
        """Take what stands in parentheses, and give it without them."""
        self.expect("(")
        depth, start = 1, self._at
        while depth:
            token = self.take()
            if token.kind is Kind.SYMBOL:
                depth += (token.text == "(") - (token.text == ")")
        return self._tokens[start : self._at - 1]

    def written(self, tokens: tuple[Token, ...]) -> str:
        """Give the text of some neighbouring tokens as it was written, blanks joined."""
        return " ".join(self.text[tokens[0].start : tokens[-1].end].split()) if tokens else ""

    def rest(self) -> tuple[Token, ...]:
        """Take all that is left."""
        left = self._tokens[self._at :]
        self._at = len(self._tokens)
        return left
