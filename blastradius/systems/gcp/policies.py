"""Allow and deny policies, read."""

from urllib.parse import unquote

from blastradius.documents import LinedMap, quoted
from blastradius.model.sources import Source
from blastradius.systems.gcp.fields import Reader
from blastradius.systems.gcp.names import ResourceName, parse_name
from blastradius.systems.gcp.objects import Binding, Condition, DenyPolicy, DenyRule, Origin, Policy

_BINDING_FIELDS = frozenset({"bindingId", "condition", "members", "role"})
_CONDITION_FIELDS = frozenset({"description", "expression", "location", "title"})
_DENY_FIELDS = frozenset(
    {"deniedPermissions", "deniedPrincipals", "denialCondition", "exceptionPermissions", "exceptionPrincipals"}
)


def read_policy(reader: Reader, value: LinedMap, resource: ResourceName, origin: Origin, source: Source) -> None:
    """Read an allow policy into the state; the same resource may be said twice only if both say the same."""
    bindings = tuple(_bindings(reader, value))
    policy = Policy(resource, bindings, origin, source)
    first = reader.state.policies.setdefault(resource, policy)
    if first is policy:
        return
    if first.content != policy.content:
        message = (
            f"the policy of {quoted(resource.path)} is given twice, with different content: first in {first.source}"
        )
        reader.state.error(source, message, "give the newer of the two")
    elif origin is Origin.INVENTORY:
        reader.state.policies[resource] = policy


def _bindings(reader: Reader, value: LinedMap) -> list[Binding]:
    found: list[Binding] = []
    for item in reader.items(value, "bindings"):
        reader.known(item, _BINDING_FIELDS, "a binding")
        role = item.get("role")
        if not isinstance(role, str) or not role.strip():
            reader.state.error(reader.at(item, "role"), "a binding names no role", "write it as `roles/viewer`")
            continue
        condition = read_condition(reader, item, "condition")
        found.append(Binding(role, reader.members(item, "members"), condition, reader.at(item, "role")))
    return found


def read_condition(reader: Reader, container: LinedMap, key: str) -> Condition | None:
    """Read a condition; None when there is none."""
    value = reader.mapping(container, key)
    if value is None:
        return None
    reader.known(value, _CONDITION_FIELDS, "a condition")
    expression = reader.text(value, "expression").strip()
    title = reader.text(value, "title")
    if not expression:
        message = "a condition has no expression, and it counts as one that may hold or not"
        reader.state.not_understood(reader.at(container, key), message)
        expression = title or "condition without expression"
    return Condition(expression, title, reader.text(value, "description"))


def read_deny_policy(reader: Reader, value: LinedMap) -> None:
    """Read a deny policy into the state."""
    source = reader.at(value, "name")
    name = reader.text(value, "name")
    resource = _attachment(name)
    if resource is None or not resource.is_node:
        message = f"what the deny policy {quoted(name)} is attached to is not known, and it is left out"
        reader.state.not_understood(source, message)
        return
    rules = tuple(_deny_rules(reader, value))
    policy = DenyPolicy(name, reader.state.aliases.canonical(resource), rules, source)
    first = reader.state.denies.setdefault(name, policy)
    if first != policy:
        message = f"the deny policy {quoted(name)} is given twice, with different content: first in {first.source}"
        reader.state.error(source, message, "give the newer of the two")


def _attachment(name: str) -> ResourceName | None:
    """Tell what a deny policy is attached to: its name holds it, with the slashes written as ``%2F``."""
    attached = unquote(name.removeprefix("policies/").partition("/denypolicies/")[0])
    return parse_name(f"//{attached}")


def _deny_rules(reader: Reader, value: LinedMap) -> list[DenyRule]:
    if "rules" not in value:
        message = "a deny policy is given without its rules, as lists give them"
        reader.state.not_understood(reader.at(value), message, "export each with `gcloud iam policies get`")
    found: list[DenyRule] = []
    for item in reader.items(value, "rules"):
        reader.known(item, ("denyRule", "description"), "a rule")
        rule = reader.mapping(item, "denyRule")
        if rule is None:
            message = "a rule of a deny policy holds no `denyRule`, and it is left out"
            reader.state.not_understood(reader.at(item), message)
            continue
        reader.known(rule, _DENY_FIELDS, "a deny rule")
        found.append(
            DenyRule(
                reader.members(rule, "deniedPrincipals"),
                reader.members(rule, "exceptionPrincipals"),
                reader.texts(rule, "deniedPermissions"),
                reader.texts(rule, "exceptionPermissions"),
                read_condition(reader, rule, "denialCondition"),
                reader.at(rule),
            )
        )
    return found
