"""Models of OpenFGA in their own language, schema 1.1 and 1.2, and modules of them.

Source: OpenFGA language grammar (``OpenFGALexer.g4``, ``OpenFGAParser.g4`` of openfga/language, 2026).
"""

import re
from dataclasses import dataclass, field

from blastradius.documents import quoted
from blastradius.errors import SnapshotError
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.excerpt import Excerpt
from blastradius.systems.zanzibar.objects import (
    Allowed,
    Arrow,
    Computed,
    Condition,
    Direct,
    Exclusion,
    Expression,
    Intersection,
    Relation,
    Type,
    Union,
)
from blastradius.systems.zanzibar.scanner import Scanner, Token

VERSIONS = ("1.1", "1.2")
DEPTH_MAX = 30
_LANGUAGE = "OpenFGA model"
# A comment begins at a `#` at the start of a line or behind a blank: `group#member` holds none.
_SKIPPED = re.compile(r"(?:\s|(?:(?<=\s)|(?<![\s\S]))#[^\n]*)+")
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*|[0-9]+\.[0-9]+|[][():,#*{}<>]")
_START = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:model\s+schema\s+[0-9]|module\s+[A-Za-z_])")


@dataclass(slots=True)
class Module:
    """What one text declares.

    Attributes:
        types: In order; a type may be there twice, which is for the caller to find.
        extensions: Types that are declared elsewhere, with relations to add.
        version: Of the schema; empty for a module.
    """

    version: str = ""
    types: list[Type] = field(default_factory=list)
    extensions: list[Type] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)


def is_model(text: str) -> bool:
    """Tell whether a text begins like a model or a module."""
    return _START.match(text) is not None


def read_module(excerpt: Excerpt, notes: Notes) -> Module:
    """Read a model or a module.

    Args:
        excerpt: The text.
        notes: Takes the first thing that is wrong; what stands behind it is not read.
    """
    module = Module()
    try:
        _Parser(excerpt, module, notes).run()
    except SnapshotError as error:
        notes.errors.extend(error.problems)
    return module


class _Parser:
    def __init__(self, excerpt: Excerpt, module: Module, notes: Notes) -> None:
        self._scan = Scanner(excerpt, _SKIPPED, _TOKEN, _LANGUAGE)
        self._module = module
        self._notes = notes

    def run(self) -> None:
        self._header()
        scan = self._scan
        while scan.now.text:
            match scan.now.text:
                case "type":
                    self._module.types.append(self._type())
                case "extend":
                    scan.take()
                    self._module.extensions.append(self._type())
                case "condition":
                    self._module.conditions.append(self._condition())
                case _:
                    raise scan.unexpected("`type`, `extend type` or `condition`")

    def _header(self) -> None:
        scan = self._scan
        if scan.accept("module"):
            scan.word("the name of the module")
            return
        scan.expect("model", "or `module` at the start")
        scan.expect("schema", "after `model`")
        version = scan.take()
        if version.text not in VERSIONS:
            message = f"schema {quoted(version.text)} of an OpenFGA model is not known"
            self._notes.error(scan.source(version), message, f"known are {' and '.join(VERSIONS)}")
        self._module.version = version.text

    def _type(self) -> Type:
        scan = self._scan
        scan.expect("type", "after `extend`")
        name = scan.word("the name of a type")
        relations: dict[str, Relation] = {}
        if scan.accept("relations"):
            while scan.now.text == "define":
                self._define(relations, name.text)
        return Type(name.text, relations, scan.source(name))

    def _define(self, relations: dict[str, Relation], owner: str) -> None:
        scan = self._scan
        scan.take()
        name = scan.word("the name of a relation")
        scan.expect(":", f"after the relation {quoted(name.text)}")
        allowed: list[Allowed] = []
        direct: list[Token] = []
        expression = self._expression(allowed, direct, 0)
        source = scan.source(name)
        if name.text in relations:
            message = f"the relation {quoted(name.text)} of {quoted(owner)} is defined twice"
            self._notes.error(source, message, f"first in {relations[name.text].source}")
        for again in direct[1:]:
            self._notes.error(scan.source(again), f"the relation {quoted(name.text)} lists its subjects twice")
        relations[name.text] = Relation(name.text, expression, tuple(allowed), bool(direct), source)

    def _expression(self, allowed: list[Allowed], direct: list[Token], depth: int) -> Expression:
        scan = self._scan
        if depth > DEPTH_MAX:
            raise SnapshotError.at(scan.source(scan.now), f"more than {DEPTH_MAX} brackets in each other")
        parts = [self._part(allowed, direct, depth)]
        operator = scan.now.text
        if operator == "but":
            without: list[Expression] = []
            while scan.accept("but"):
                scan.expect("not", "after `but`")
                without.append(self._part(allowed, direct, depth))
            self._end_of_expression(operator)
            return Exclusion(parts[0], tuple(without))
        if operator not in ("and", "or"):
            return parts[0]
        while scan.accept(operator):
            parts.append(self._part(allowed, direct, depth))
        self._end_of_expression(operator)
        return Union(tuple(parts)) if operator == "or" else Intersection(tuple(parts))

    def _end_of_expression(self, operator: str) -> None:
        """Refuse another operator: OpenFGA wants brackets where two kinds meet."""
        scan = self._scan
        if scan.now.text in ("and", "or", "but"):
            message = f"`{scan.now.text}` and `{operator}` stand beside each other"
            raise SnapshotError.at(scan.source(scan.now), message, "put one of the two in brackets")

    def _part(self, allowed: list[Allowed], direct: list[Token], depth: int) -> Expression:
        scan = self._scan
        if scan.accept("("):
            inner = self._expression(allowed, direct, depth + 1)
            scan.expect(")", "to close the bracket")
            return inner
        if scan.now.text == "[":
            direct.append(scan.take())
            self._subjects(allowed)
            return Direct()
        name = scan.word("a relation, `[` or `(`")
        if scan.accept("from"):
            return Arrow(scan.word("a relation after `from`").text, name.text)
        return Computed(name.text)

    def _subjects(self, allowed: list[Allowed]) -> None:
        scan = self._scan
        while True:
            name = scan.word("a type")
            relation = ""
            wildcard = False
            if scan.accept("#"):
                relation = scan.word("a relation after `#`").text
            elif scan.accept(":"):
                scan.expect("*", "after `:`")
                wildcard = True
            condition = scan.word("a condition after `with`").text if scan.accept("with") else ""
            allowed.append(Allowed(name.text, relation, wildcard, condition, source=scan.source(name)))
            if not scan.accept(","):
                scan.expect("]", "or `,` after a type")
                return

    def _condition(self) -> Condition:
        scan = self._scan
        scan.take()
        name = scan.word("the name of a condition")
        scan.expect("(", "after the name of a condition")
        parameters: dict[str, str] = {}
        while not scan.accept(")"):
            parameter = scan.word("the name of a parameter")
            scan.expect(":", "after the name of a parameter")
            parameters[parameter.text] = self._parameter_type()
            if scan.now.text != ")":
                scan.expect(",", "or `)` after a parameter")
        if scan.now.text != "{":
            raise scan.unexpected("`{` before the condition")
        # What follows is another language, so nothing of it may be taken for a token of this one.
        opening = scan.now
        return Condition(name.text, parameters, scan.condition_after(opening), scan.source(name))

    def _parameter_type(self) -> str:
        scan = self._scan
        name = scan.word("the type of a parameter").text
        if not scan.accept("<"):
            return name
        inner = scan.word("a type after `<`").text
        scan.expect(">", "after the type")
        return f"{name}<{inner}>"
