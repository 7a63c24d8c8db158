"""Policy documents to statements.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" (2026).
"""

from collections.abc import Iterator
from enum import StrEnum

from blastradius.documents import LinedList, LinedMap, quoted, type_name
from blastradius.model.sources import Problem, Source
from blastradius.systems.aws.fields import Fields, is_clean
from blastradius.systems.aws.objects import Clause, NamedPrincipal, PolicyDocument, PrincipalType, Statement
from blastradius.systems.aws.patterns import complete

_POLICY_KEYS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_KEYS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_EFFECTS = {"Allow": True, "Deny": False}
_PRINCIPAL_TYPES = frozenset(PrincipalType)
_EVERYBODY = "*"
_WITH_VARIABLES = "2012-10-17"
_VARIABLE = "${"


class Statements(StrEnum):
    """What the statements of a policy cannot do without: nobody has a statement that names no principal."""

    OF_IDENTITY = "resource"
    OF_RESOURCE = "principal"


def read_policy(fields: Fields, kind: Statements = Statements.OF_IDENTITY) -> PolicyDocument:
    """Read a policy document.

    Args:
        fields: The document; what is wrong with it is noted there.
        kind: Whether it belongs to a resource, as the trust policy of a role does too.
    """
    fields.known(_POLICY_KEYS)
    has_variables = fields.value.get("Version") == _WITH_VARIABLES
    stated = fields.value.get("Statement")
    if isinstance(stated, LinedMap):
        statements = [fields.below(stated, fields.label)]
    elif "Statement" in fields.value:
        statements = fields.children("Statement", fields.label)
    else:
        fields.error(None, f"{fields.label} has no `Statement`", "was it exported whole?")
        statements = []
    found = (_statement(statement, has_variables, kind) for statement in statements)
    return PolicyDocument(tuple(statement for statement in found if statement is not None), fields.at())


def _statement(fields: Fields, has_variables: bool, kind: Statements) -> Statement | None:
    fields.known(_STATEMENT_KEYS)
    effect = fields.value.get("Effect")
    if not isinstance(effect, str) or effect not in _EFFECTS:
        fields.error("Effect", f"the effect of a statement of {fields.label} is neither `Allow` nor `Deny`")
        return None
    actions, not_actions = _either(fields, "Action", "NotAction")
    resources, not_resources = _either(fields, "Resource", "NotResource")
    if actions is None:
        fields.error(None, f"a statement of {fields.label} names no action")
        return None
    _needs(fields, kind)
    kept = None if resources is None else tuple(_resources(fields, resources))
    principals, not_principals = _principals(fields)
    return Statement(
        allows=_EFFECTS[effect],
        actions=tuple(dict.fromkeys(text for text, _ in actions)),
        not_actions=not_actions,
        resources=kept,
        not_resources=not_resources,
        principals=principals,
        not_principals=not_principals,
        conditions=_conditions(fields),
        has_variables=has_variables,
        source=fields.at(),
    )


def _needs(fields: Fields, kind: Statements) -> None:
    """Report a statement that AWS would not have taken: something of it was lost, or it stands in the wrong place."""
    key = kind.value.capitalize()
    if not fields.value.get(key) and not fields.value.get(f"Not{key}"):
        message = f"a statement of {fields.label} names no {kind.value}, so that nobody knows what it means"
        fields.unread(None, message, "AWS takes no such statement; was it exported whole, and from the right place?")


def _resources(fields: Fields, resources: list[tuple[str, Source]]) -> Iterator[str]:
    for text, source in resources:
        if complete(text) is None and not text.startswith(_VARIABLE):
            message = f"{quoted(text)} in {fields.label} is no ARN, so that nobody knows what the statement is about"
            fields.state.unread.append(Problem(message, source, "write it as `arn:…` or `*`"))
        else:
            yield text


def _either(fields: Fields, key: str, opposite: str) -> tuple[list[tuple[str, Source]] | None, bool]:
    """Read the one of two keys that is there, and say whether it is the second."""
    if key in fields.value and opposite in fields.value:
        fields.error(opposite, f"a statement of {fields.label} has both {quoted(key)} and {quoted(opposite)}")
    is_opposite = key not in fields.value
    name = opposite if is_opposite else key
    return (_texts(fields, fields.value, name) if name in fields.value else None), is_opposite and name in fields.value


def _texts(fields: Fields, container: LinedMap, key: str) -> list[tuple[str, Source]]:
    """Read a text or a list of texts; numbers and truth values as they are written."""
    value = container[key]
    place = fields.place or fields.document.at(container, key)
    single = fields.document.text_of(container, key)
    if single is not None and value is not None:
        return [(single, place)] if _is_usable(fields, single, place) else []
    if not isinstance(value, LinedList):
        fields.state.errors.append(Problem(f"{quoted(key)} of {fields.label} is {type_name(value)}, not text", place))
        return []
    found: list[tuple[str, Source]] = []
    for index in range(len(value)):
        place = fields.at_item(value, index)
        text = fields.document.text_of(value, index)
        if text is None or value[index] is None:
            shown = f"an item of {quoted(key)} of {fields.label} is {type_name(value[index])}, not text"
            fields.state.errors.append(Problem(shown, place))
        elif _is_usable(fields, text, place):
            found.append((text, place))
    return found


def _is_usable(fields: Fields, text: str, place: Source) -> bool:
    if is_clean(text):
        return True
    message = f"{quoted(text)} in {fields.label} is too long, or holds characters that control or hide text"
    fields.state.unread.append(Problem(message, place, "check by hand what it allows"))
    return False


def _principals(fields: Fields) -> tuple[tuple[NamedPrincipal, ...], bool]:
    is_opposite = "Principal" not in fields.value and "NotPrincipal" in fields.value
    key = "NotPrincipal" if is_opposite else "Principal"
    value = fields.value.get(key)
    if isinstance(value, str):
        if value == _EVERYBODY:
            return (NamedPrincipal(PrincipalType.AWS, _EVERYBODY),), is_opposite
        fields.error(key, f"{quoted(value)} names nobody in {fields.label}", 'write `"*"` or `{"AWS": …}`')
    elif isinstance(value, LinedMap):
        found = (named for kind in value for named in _named(fields, value, kind))
        return tuple(sorted(set(found))), is_opposite
    elif value is not None:
        fields.error(key, f"{quoted(key)} of {fields.label} is {type_name(value)}, not a mapping")
    return (), False


def _named(fields: Fields, value: LinedMap, kind: str) -> Iterator[NamedPrincipal]:
    if kind in _PRINCIPAL_TYPES:
        for text, _ in _texts(fields, value, kind):
            yield NamedPrincipal(PrincipalType(kind), text)
    else:
        place = fields.place or fields.document.at(value, kind)
        message = f"{fields.label} names principals of the unknown kind {quoted(kind)}"
        fields.state.unread.append(Problem(message, place, "check by hand who that is"))


def _conditions(fields: Fields) -> tuple[Clause, ...]:
    block = fields.child("Condition")
    found: list[Clause] = []
    for operator in block.value if block else ():
        compared = block.child(operator) if block else None
        for key in compared.value if compared else ():
            assert compared is not None
            values = tuple(sorted({text for text, _ in _texts(compared, compared.value, key)}))
            found.append(Clause(operator, key, values))
    return tuple(sorted(found))
