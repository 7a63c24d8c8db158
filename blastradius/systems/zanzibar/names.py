"""The ids of what a model and its tuples speak of, and the texts of conditions."""

import json
from hashlib import sha256

from blastradius.documents import visible
from blastradius.model.snapshot import PrincipalKind
from blastradius.systems.zanzibar.objects import Condition, Dialect, Relationship

# Ids of SpiceDB may have 1,024 characters and those of OpenFGA 256; one of ours may have 1,000 with all that is added.
_ID_MAX = 500
_KEPT = 300
_TEXT_MAX = 300
_DIGEST = 16
_RESERVED = "unlisted"


class Names:
    """Ids of one store."""

    def __init__(self, dialect: Dialect) -> None:
        """Begin ids with the word for a dialect."""
        self._dialect = dialect

    def principal(self, object: str, kind: PrincipalKind) -> str:
        """Name a principal: ``user:fga/ana``, and ``user:fga/employee:ana`` where its type is no kind of principal."""
        type_name, _, name = object.partition(":")
        # A name with a colon in it could be taken for a type and a name.
        shown = name if type_name == kind and ":" not in name else object
        return f"{kind}:{self._dialect}/{_short(shown)}"

    def resource(self, object: str) -> str:
        """Name an object: ``fga:document:1``."""
        return f"{self._dialect}:{_short(object)}"

    def group(self, object: str, relation: str, part: int = 0) -> str:
        """Name who is in a relation of an object, or in a part of its expression: ``fga:document:1#viewer``."""
        if not part and relation == _RESERVED:
            return f"{self.resource(object)}#{relation}/0"  # `#unlisted` at the end has a meaning of its own
        return f"{self.resource(object)}#{relation}/{part}" if part else f"{self.resource(object)}#{relation}"

    def everybody(self, type_name: str) -> str:
        """Name everybody of a type: ``fga:user:*``."""
        return f"{self._dialect}:{type_name}:*"


def _short(name: str) -> str:
    if len(name) <= _ID_MAX:
        return name
    return f"{name[:_KEPT]}~{sha256(name.encode()).hexdigest()[:_DIGEST]}"


def condition_text(one: Relationship, conditions: dict[str, Condition]) -> str | None:
    """Write under which condition a tuple counts, the same way for the same meaning; None when it always does.

    It holds the values in the tuple and the expression, so that changing either changes the text:
    ``in_network(cidr: "10.0.0.0/8", ip: ipaddress) { ip.in_cidr(cidr) }``.
    """
    texts: list[str] = []
    if one.condition:
        texts.append(_shortened(_called(one, conditions.get(one.condition))))
    if one.expires:
        texts.append(f"before {one.expires}")
    return " and ".join(texts) if texts else None


def _called(one: Relationship, condition: Condition | None) -> str:
    values = json.loads(one.context) if one.context else {}
    parameters = condition.parameters if condition is not None else {}
    written = {name: json.dumps(value, sort_keys=True, ensure_ascii=False) for name, value in values.items()}
    # A value that the tuple does not hold is asked for when somebody comes; its type stands in its place.
    shown = [f"{name}: {value}" for name, value in sorted({**parameters, **written}.items())]
    body = f" {{ {condition.expression} }}" if condition is not None else ""
    return f"{one.condition}({', '.join(shown)}){body}"


def _shortened(text: str) -> str:
    shown = visible(text)
    if len(shown) <= _TEXT_MAX:
        return shown
    return f"{shown[:_TEXT_MAX]}… ({sha256(text.encode(errors='surrogatepass')).hexdigest()[:_DIGEST]})"
