"""The arguments of routines, written as the catalog writes them, so that one routine has one name."""

from collections.abc import Sequence

from blastradius.systems.postgres.sql.cursor import Cursor, Name
from blastradius.systems.postgres.sql.tokens import Kind, Token

_ALIASES = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "serial": "integer",
    "bool": "boolean",
    "varchar": "character varying",
    "char varying": "character varying",
    "char": "character",
    "bpchar": "character",
    "float8": "double precision",
    "float": "double precision",
    "float4": "real",
    "decimal": "numeric",
    "dec": "numeric",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "varbit": "bit varying",
}
# Types of several words, by their first one; what follows may be any of these.
_FOLLOWING = {
    "double": {"precision"},
    "character": {"varying"},
    "char": {"varying"},
    "national": {"character", "char", "varying"},
    "bit": {"varying"},
    "timestamp": {"with", "without", "time", "zone"},
    "time": {"with", "without", "time", "zone"},
    "interval": {"year", "month", "day", "hour", "minute", "second", "to"},
}
_MODES = ("in", "out", "inout", "variadic")


def routine_name(cursor: Cursor) -> Name:
    """Take the name of a routine, with its arguments where they are written."""
    name = cursor.qualified()
    if not cursor.next_is("("):
        return name
    return Name(name.schema, f"{name.name}({arguments(cursor.parenthesised())})")


def arguments(tokens: Sequence[Token]) -> str:
    """Write the types of the input arguments, separated by commas.

    Args:
        tokens: What stands between the parentheses; ``*`` of an aggregate means none.
    """
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind is Kind.SYMBOL:
            depth += (token.text in "([") - (token.text in ")]")
        if token.text == "," and token.kind is Kind.SYMBOL and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    types = [type_of(part) for part in parts if part]
    return ", ".join(one for one in types if one)


def type_of(tokens: Sequence[Token]) -> str:
    """Write the type of one argument; empty for one that is only an output."""
    mode = ""
    left = list(tokens)
    if left and left[0].is_word(*_MODES) and len(left) > 1:
        mode = left.pop(0).text
    for at, token in enumerate(left):
        if token.is_word("default") or (token.text == "=" and token.kind is Kind.SYMBOL):
            left = left[:at]
            break
    if mode == "out" or not left or left[0].text == "*":
        return ""
    if _has_name(left):
        left = left[1:]
    return _type(left)


def _has_name(tokens: Sequence[Token]) -> bool:
    """Tell whether the first word is the argument's name: another word follows that is no part of a type."""
    if len(tokens) < 2 or tokens[1].kind not in (Kind.WORD, Kind.QUOTED):
        return False
    first, second = tokens[0], tokens[1]
    if first.is_word("setof"):
        return False
    return not (first.kind is Kind.WORD and second.text in _FOLLOWING.get(first.text, ()))


def _type(tokens: Sequence[Token]) -> str:
    words: list[str] = []
    suffix = ""
    depth = 0
    for token in tokens:
        if token.kind is Kind.SYMBOL and token.text in "()":
            depth += 1 if token.text == "(" else -1
        elif depth:
            continue
        elif token.is_word("array") or (token.kind is Kind.SYMBOL and token.text in "[]"):
            suffix = "[]"
        elif token.text == "." and token.kind is Kind.SYMBOL and words:
            words[-1] += "."
        elif words and words[-1].endswith("."):
            words[-1] += _quoted(token)
        elif token.kind is not Kind.NUMBER:
            words.append(_quoted(token))
    name = " ".join(words).removeprefix("pg_catalog.")
    return _ALIASES.get(name, name) + suffix


def _quoted(token: Token) -> str:
    """Write a name with the quotes that the server would give it."""
    text = token.text
    plain = text[:1].isalpha() or text[:1] == "_"
    if token.kind is Kind.QUOTED and not (plain and text == text.lower() and text.replace("_", "a").isalnum()):
        return '"' + text.replace('"', '""') + '"'
    return text
