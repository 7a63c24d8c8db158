"""Schemas of SpiceDB in their own language.

Operators bind in this order: ``->`` first, then ``+``, then ``&``, and ``-`` last.

Source: SpiceDB ``pkg/schemadsl`` (parser and lexer, 2026); SpiceDB documentation, "Schema language" and "Composable
schemas".
"""

import re
from dataclasses import dataclass, field

from blastradius.documents import quoted
from blastradius.errors import SnapshotError
from blastradius.model.sources import Source
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
    Itself,
    Nothing,
    Relation,
    Type,
    Union,
)
from blastradius.systems.zanzibar.scanner import Scanner, Token

DEPTH_MAX = 30
_LANGUAGE = "SpiceDB schema"
_SKIPPED = re.compile(r"(?:\s|;|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+")
_TOKEN = re.compile(r'[A-Za-z_][A-Za-z0-9_]*(?:/[A-Za-z_][A-Za-z0-9_]*)*|->|\.\.\.|"[^"\n]*"|[][{}()|+&=:#*.,@<>-]')
_START = re.compile(
    r"(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)*"
    r"(?:(?:definition|partial)\s+[A-Za-z_/0-9]+\s*\{|caveat\s+[A-Za-z_/0-9]+\s*\(|use\s+[a-z]+\b|import\s+\")"
)
_SELF_USED = "self"


@dataclass(slots=True)
class Declared:
    """What one text declares.

    Attributes:
        types: In order; a type may be there twice, which is for the caller to find.
        partials: Sets of relations that types take in by name.
        taken_in: Type or partial to the partials that it names, with their places.
        imports: Files that the text wants read as well.
    """

    types: list[Type] = field(default_factory=list)
    partials: dict[str, Type] = field(default_factory=dict)
    taken_in: dict[str, list[tuple[str, Source]]] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    imports: list[tuple[str, Source]] = field(default_factory=list)


def is_schema(text: str) -> bool:
    """Tell whether a text begins like a schema."""
    return _START.match(text) is not None


def read_declared(excerpt: Excerpt, notes: Notes) -> Declared:
    """Read a schema.

    Args:
        excerpt: The text.
        notes: Takes the first thing that is wrong; what stands behind it is not read.
    """
    declared = Declared()
    try:
        _Parser(excerpt, declared, notes).run()
    except SnapshotError as error:
        notes.errors.extend(error.problems)
    return declared


class _Parser:
    def __init__(self, excerpt: Excerpt, declared: Declared, notes: Notes) -> None:
        self._scan = Scanner(excerpt, _SKIPPED, _TOKEN, _LANGUAGE)
        self._declared = declared
        self._notes = notes
        self._used: set[str] = set()

    def run(self) -> None:
        scan = self._scan
        while scan.now.text:
            token = scan.take()
            match token.text:
                case "definition":
                    self._declared.types.append(self._type())
                case "partial":
                    partial = self._type()
                    self._declared.partials[partial.name] = partial
                case "caveat":
                    self._declared.conditions.append(self._caveat())
                case "use":
                    self._used.add(scan.word("the name of a feature").text)
                case "import":
                    path = scan.take()
                    self._declared.imports.append((path.text.strip('"'), scan.source(path)))
                case "@":
                    self._annotation()
                case _:
                    wanted = "`definition`, `caveat`, `partial`, `use` or `import`"
                    found = quoted(token.text)
                    raise SnapshotError.at(scan.source(token), f"{_LANGUAGE}: expected {wanted}, found {found}")

    def _annotation(self) -> None:
        """Pass over ``@deprecated(…)`` and its like, which change no access."""
        scan = self._scan
        scan.word("the name of an annotation")
        depth = 0
        while scan.now.text == "(" or depth:
            if not scan.now.text:
                raise scan.unexpected("`)`")
            depth += {"(": 1, ")": -1}.get(scan.take().text, 0)

    def _type(self) -> Type:
        scan = self._scan
        name = scan.word("the name of a definition")
        scan.expect("{", "after the name of a definition")
        relations: dict[str, Relation] = {}
        while not scan.accept("}"):
            match scan.now.text:
                case "relation":
                    self._add(relations, self._relation(), name.text)
                case "permission":
                    self._add(relations, self._permission(), name.text)
                case "...":
                    scan.take()
                    partial = scan.word("the name of a partial")
                    taken = self._declared.taken_in.setdefault(name.text, [])
                    taken.append((partial.text, scan.source(partial)))
                case "@":
                    scan.take()
                    self._annotation()
                case _:
                    raise scan.unexpected("`relation`, `permission` or `}`")
        return Type(name.text, relations, scan.source(name))

    def _add(self, relations: dict[str, Relation], relation: Relation, owner: str) -> None:
        if relation.name in relations:
            message = f"the relation {quoted(relation.name)} of {quoted(owner)} is defined twice"
            self._notes.error(relation.source, message, f"first in {relations[relation.name].source}")
        relations[relation.name] = relation

    def _relation(self) -> Relation:
        scan = self._scan
        scan.take()
        name = scan.word("the name of a relation")
        scan.expect(":", f"after the relation {quoted(name.text)}")
        allowed = [self._subject()]
        while scan.accept("|"):
            allowed.append(self._subject())
        return Relation(name.text, Direct(), tuple(allowed), stored=True, source=scan.source(name))

    def _subject(self) -> Allowed:
        scan = self._scan
        name = scan.word("a type")
        relation = ""
        wildcard = False
        if scan.accept(":"):
            scan.expect("*", "after `:`")
            wildcard = True
        elif scan.accept("#") and not scan.accept("..."):
            relation = scan.word("a relation after `#`").text
        condition = ""
        expires = False
        if scan.accept("with"):
            trait = scan.word("a caveat after `with`").text
            if trait == "expiration":
                expires = True
            else:
                condition = trait
                if scan.accept("and"):
                    scan.expect("expiration", "after `and`")
                    expires = True
        return Allowed(name.text, relation, wildcard, condition, expires, scan.source(name))

    def _permission(self) -> Relation:
        scan = self._scan
        scan.take()
        name = scan.word("the name of a permission")
        if scan.accept(":"):  # the kinds of subjects it may have, which only a check of types reads
            self._subject()
            while scan.accept("|"):
                self._subject()
        scan.expect("=", f"after the permission {quoted(name.text)}")
        return Relation(name.text, self._exclusion(0), source=scan.source(name))

    def _exclusion(self, depth: int) -> Expression:
        scan = self._scan
        if depth > DEPTH_MAX:
            raise SnapshotError.at(scan.source(scan.now), f"more than {DEPTH_MAX} brackets in each other")
        base = self._intersection(depth)
        without: list[Expression] = []
        while scan.accept("-"):
            without.append(self._intersection(depth))
        return Exclusion(base, tuple(without)) if without else base

    def _intersection(self, depth: int) -> Expression:
        parts = [self._union(depth)]
        while self._scan.accept("&"):
            parts.append(self._union(depth))
        return Intersection(tuple(parts)) if len(parts) > 1 else parts[0]

    def _union(self, depth: int) -> Expression:
        parts = [self._part(depth)]
        while self._scan.accept("+"):
            parts.append(self._part(depth))
        return Union(tuple(parts)) if len(parts) > 1 else parts[0]

    def _part(self, depth: int) -> Expression:
        scan = self._scan
        if scan.accept("("):
            inner = self._exclusion(depth + 1)
            scan.expect(")", "to close the bracket")
            return inner
        name = scan.word("a relation, a permission or `(`")
        if scan.accept("->"):
            return self._arrow_end(Arrow(name.text, scan.word("a permission after `->`").text))
        if scan.accept("."):
            how = scan.word("`any` or `all`")
            if how.text not in ("any", "all"):
                raise SnapshotError.at(scan.source(how), f"{_LANGUAGE}: unknown function {quoted(how.text)}")
            scan.expect("(", "after the function")
            target = scan.word("a permission").text
            scan.expect(")", "after the permission")
            return self._arrow_end(Arrow(name.text, target, every=how.text == "all"))
        return self._named(name)

    def _arrow_end(self, arrow: Arrow) -> Arrow:
        if self._scan.now.text in ("->", "."):
            message = f"{_LANGUAGE}: an arrow cannot follow an arrow"
            raise SnapshotError.at(self._scan.source(self._scan.now), message, "make a permission of the first")
        return arrow

    def _named(self, name: Token) -> Expression:
        if name.text == "nil":
            return Nothing()
        if name.text == _SELF_USED and _SELF_USED in self._used:
            return Itself()
        return Computed(name.text)

    def _caveat(self) -> Condition:
        scan = self._scan
        name = scan.word("the name of a caveat")
        scan.expect("(", "after the name of a caveat")
        parameters: dict[str, str] = {}
        while not scan.accept(")"):
            parameter = scan.word("the name of a parameter")
            parameters[parameter.text] = self._parameter_type()
            if scan.now.text != ")":
                scan.expect(",", "or `)` after a parameter")
        if scan.now.text != "{":
            raise scan.unexpected("`{` before the caveat")
        return Condition(name.text, parameters, scan.condition_after(scan.now), scan.source(name))

    def _parameter_type(self) -> str:
        scan = self._scan
        text = scan.word("the type of a parameter").text
        depth = 0
        while scan.now.text == "<" or depth:
            if not scan.now.text:
                raise scan.unexpected("`>`")
            depth += {"<": 1, ">": -1}.get(scan.now.text, 0)
            text += scan.take().text
        return text
