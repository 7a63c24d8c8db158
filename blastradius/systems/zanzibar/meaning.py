"""What a model means for people: which types are principals, and which relations allow something or only link."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from blastradius.documents import quoted
from blastradius.model.snapshot import CAPABILITIES, Capability, PrincipalKind
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.capabilities import Rules, is_always_principal, kind_of, worded, words_of
from blastradius.systems.zanzibar.narrowing import narrowed
from blastradius.systems.zanzibar.objects import Arrow, Computed, Direct, Relation, Schema, Type
from blastradius.systems.zanzibar.schema import leaves_of

_SHOWN = 8
Named = tuple[str, str]
"""A type and the name of one of its relations."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the parts of a model mean.

    Attributes:
        kinds: Type to the kind of its principals, for the types that are principals.
        actions: Relations that allow something, to the action that stands for each.
        capabilities: What each of these actions amounts to.
        links: Relations that only link objects.
    """

    kinds: Mapping[str, PrincipalKind]
    actions: Mapping[Named, str]
    capabilities: Mapping[str, Capability]
    links: Set[Named]


def meaning_of(schema: Schema, rules: Rules, notes: Notes) -> Meaning:
    """Find out what a model means.

    Args:
        schema: The model.
        rules: What a file says; it counts before anything else.
        notes: Takes what is not known.
    """
    links = _Links(schema, rules)
    actions: dict[Named, str] = {}
    capabilities: dict[str, Capability] = {}
    unknown: dict[str, Relation] = {}
    for kind, one in schema.types.items():
        ruled = {name: rule for name in one.relations if (rule := rules.ruled(kind, name)) is not None}
        linking = {name for name in one.relations if (kind, name) in links.links}
        named = _by_name(one, ruled.keys() | linking, unknown)
        beneath = narrowed(one, named)
        allowed = {name: capability for name, capability in named.items() if name not in beneath}
        allowed.update((name, rule.capability) for name, rule in ruled.items() if rule.capability is not None)
        for name in one.relations:
            if name in allowed:
                of_type = name in ruled and "#" in ruled[name].pattern
                action = actions[(kind, name)] = _action(kind, name, allowed[name], of_type)
                capabilities[action] = max(allowed[name], capabilities.get(action, allowed[name]))
    _report_unknown(unknown, notes)
    return Meaning(links.kinds, actions, capabilities, links.links)


def _by_name(owner: Type, decided: Set[str], unknown: dict[str, Relation]) -> dict[str, Capability]:
    """Say what relations amount to by their words, those aside about which something else decides."""
    found: dict[str, Capability] = {}
    for name, relation in owner.relations.items():
        if name in decided:
            continue
        is_known, capability = worded(name)
        if not is_known:
            capability = Capability.MANAGE
            unknown.setdefault(name, relation)
        if capability is not None:
            found[name] = capability
    return found


def _action(kind: str, relation: str, capability: Capability, of_type: bool) -> str:
    """Name the action that a relation stands for.

    What is said of one type alone is an action of its own, since the same name may amount to less elsewhere; and what
    is called like another capability cannot have its name.
    """
    if of_type or CAPABILITIES.get(relation, capability) != capability:
        return f"{kind}#{relation}"
    return relation


def unfitting_rules(schemas: Iterable[Schema], rules: Rules, notes: Notes) -> None:
    """Report what a file says about relations and types that no model has."""
    relations = {(kind, name) for schema in schemas for kind, one in schema.types.items() for name in one.relations}
    types = {kind for schema in schemas for kind in schema.types}
    used = {rule for kind, name in relations if (rule := rules.ruled(kind, name)) is not None}
    for rule in rules.relations:
        alone = Rules([rule])
        if rule not in used and not any(alone.ruled(kind, name) for kind, name in relations):
            notes.not_understood(rule.source, f"no relation is called {quoted(rule.pattern)}", "check its spelling")
    for kind in sorted((rules.principals.keys() | rules.external) - types):
        notes.not_understood(None, f"no type is called {quoted(kind)}", "check its spelling in the file of relations")


def _report_unknown(unknown: Mapping[str, Relation], notes: Notes) -> None:
    if not unknown:
        return
    names = sorted(unknown)
    shown = ", ".join(quoted(name) for name in names[:_SHOWN]) + (" and more" if len(names) > _SHOWN else "")
    what = "relation allows" if len(names) == 1 else f"{len(names)} relations allow"
    message = f"what the {what} is not known, and counts as `manage`: {shown}"
    hint = f"say it in a file of `format: blastradius.relations/1`, such as `relations: {{{names[0]}: read}}`"
    notes.not_understood(unknown[names[0]].source, message, hint)


class _Links:
    """Tells relations that only link objects from those that people stand in.

    A link is a relation whose subjects are objects with relations of their own, and which only an arrow looks at:
    ``parent: [folder]`` with ``viewer from parent``. Types that stand in any other relation are principals.
    """

    def __init__(self, schema: Schema, rules: Rules) -> None:
        self._schema = schema
        self._followed: set[Named] = set()
        self._used: set[Named] = set()
        for kind, one in schema.types.items():
            for relation in one.relations.values():
                self._note_uses(kind, one, relation)
        self.kinds: dict[str, PrincipalKind] = {}
        self._never = {kind for kind, known in rules.principals.items() if known is None}
        for kind, one in schema.types.items():
            if kind in rules.principals:
                known = rules.principals[kind]
                if known is not None:
                    self.kinds[kind] = known
            elif not one.relations or is_always_principal(kind):
                self.kinds[kind] = kind_of(kind)
        self._find_principals()
        self.links = {
            (kind, relation.name)
            for kind, one in schema.types.items()
            for relation in one.relations.values()
            if self._is_link(kind, relation)
        }

    def _note_uses(self, kind: str, owner: Type, relation: Relation) -> None:
        for allowed in relation.allowed:
            if allowed.relation:
                self._used.add((allowed.type, allowed.relation))
        for leaf in leaves_of(relation.expression):
            if isinstance(leaf, Computed):
                self._used.add((kind, leaf.relation))
            elif isinstance(leaf, Arrow):
                self._followed.add((kind, leaf.link))
                through = owner.relations.get(leaf.link)
                for allowed in through.allowed if through is not None else ():
                    self._used.add((allowed.type, leaf.relation))

    def _find_principals(self) -> None:
        """Take in types that stand in a relation which is no link, until there are no more."""
        grown = True
        while grown:
            grown = False
            for kind, one in self._schema.types.items():
                for relation in one.relations.values():
                    if self._is_link(kind, relation):
                        continue
                    for allowed in relation.allowed:
                        if not allowed.relation and allowed.type not in self.kinds and allowed.type not in self._never:
                            self.kinds[allowed.type] = kind_of(allowed.type)
                            grown = True

    def _is_link(self, kind: str, relation: Relation) -> bool:
        if not isinstance(relation.expression, Direct) or not relation.allowed:
            return False
        if any(allowed.wildcard or allowed.type in self.kinds for allowed in relation.allowed):
            return False
        named = (kind, relation.name)
        if named in self._used:
            return False
        # Nothing looks at it: then it is a link if it is called like what it links to, or like one.
        types = {word for allowed in relation.allowed for word in words_of(allowed.type)}
        return named in self._followed or worded(relation.name) == (True, None) or relation.name in types
