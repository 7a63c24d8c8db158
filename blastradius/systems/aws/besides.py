"""What is given beside account details: resource policies, service control policies, inventories, lists of accounts."""

from dataclasses import replace

from blastradius.documents import Document, LinedList, LinedMap, quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem
from blastradius.systems.aws.fields import Fields, is_clean
from blastradius.systems.aws.layout import CONTROL_KEYS
from blastradius.systems.aws.objects import AwsState, InventoryItem, ResourcePolicy, ServiceControlPolicy
from blastradius.systems.aws.patterns import ANYTHING, account_of, is_literal
from blastradius.systems.aws.policies import Statements, read_policy

_BLOCK = "PublicAccessBlockConfiguration"
_BLOCKS_POLICIES = "RestrictPublicBuckets"
_RESOURCE_KEYS = frozenset({"Policy", _BLOCK, "RevisionId", "ResourcePolicy", "ARN", "Name", "PolicyName"})
_POLICY_AS_TEXT = ("Policy", "ResourcePolicy")
_RESOURCE_SEGMENTS = 6


def read_resource_policies(document: Document, value: object, state: AwsState) -> None:
    """Read a mapping from ARNs to policies: objects, texts, or what the command line prints."""
    assert isinstance(value, LinedMap)
    fields = Fields(document, value, "the resource policies", state)
    for arn in value:
        if not is_clean(arn) or not _is_resource(arn):
            fields.error(arn, f"{quoted(arn)} is no ARN of a resource")
            continue
        policy = _resource_policy(fields, arn)
        if policy is not None:
            first = state.resource_policies.setdefault(arn, policy)
            if first != policy:
                message = f"the policy of {quoted(arn)} is given twice, with different content: first at {first.source}"
                fields.error(arn, message, "keep one of the two")


def _resource_policy(fields: Fields, arn: str) -> ResourcePolicy | None:
    label = f"the policy of {quoted(arn)}"
    value = fields.value[arn]
    if value is None or value == "" or (isinstance(value, LinedMap) and not value):
        return ResourcePolicy(arn, None, is_blank=value is not None, source=fields.at(arn))
    if isinstance(value, LinedMap) and "Statement" not in value:
        wrapped = fields.below(value, label)
        wrapped.known(_RESOURCE_KEYS)
        key = next((key for key in _POLICY_AS_TEXT if value.get(key) not in (None, "")), None)
        inner = wrapped.embedded(key, label) if key else None
        policy = read_policy(inner, Statements.OF_RESOURCE) if inner else None
        return ResourcePolicy(arn, policy, _is_blocked(wrapped), key is None and _is_blank(value), fields.at(arn))
    inner = fields.embedded(arn, label)
    if inner is not None and "Statement" not in inner.value and isinstance(value, str):
        # What the command line prints, kept whole as a text.
        inner = inner.embedded("Policy", label)
    return ResourcePolicy(arn, read_policy(inner, Statements.OF_RESOURCE), source=fields.at(arn)) if inner else None


def _is_blank(value: LinedMap) -> bool:
    """Tell whether an answer without a policy leaves open if there is one; of secrets it has just their name then."""
    return "ARN" not in value and not any(key in value and value[key] is None for key in _POLICY_AS_TEXT)


def _is_blocked(fields: Fields) -> bool:
    block = fields.child(_BLOCK)
    return block is not None and block.value.get(_BLOCKS_POLICIES) is True


def read_control(document: Document, value: object, state: AwsState) -> None:
    """Read service control policies by what they are attached to."""
    assert isinstance(value, LinedMap)
    fields = Fields(document, value, "the service control policies", state)
    fields.known(CONTROL_KEYS)
    targets = fields.child("scps")
    for target in targets.value if targets else ():
        assert targets is not None
        kept = state.control.setdefault(target, [])
        for entry in targets.children(target, f"a service control policy of {quoted(target)}"):
            name = entry.optional_text("Name") or entry.optional_text("Id") or "unnamed"
            label = f"the service control policy {quoted(name)}"
            is_plain = "Statement" in entry.value
            content = entry.below(entry.value, label) if is_plain else entry.embedded("Content", label)
            if content is not None:
                names = {"Name", "Id"} & content.value.keys()
                policy = read_policy(_without(content, names) if names else content)
                kept.append(ServiceControlPolicy(name, policy, entry.at()))
    parents = fields.child("parents")
    for child in parents.value if parents else ():
        assert parents is not None
        state.parents[child] = parents.text(child)
    state.management = state.management or fields.optional_text("management")


def _without(fields: Fields, names: set[str]) -> Fields:
    kept = LinedMap(fields.value.place)
    kept.update({key: item for key, item in fields.value.items() if key not in names})
    kept.places = fields.value.places
    return fields.below(kept, fields.label)


def read_inventory(document: Document, value: object, state: AwsState) -> None:
    """Read what resources there are: a list of ARNs, or what the tagging API or the resource explorer print."""
    state.has_inventory = True
    if isinstance(value, LinedList):
        for index, arn in enumerate(value):
            _keep(InventoryItem(arn if isinstance(arn, str) else "", source=document.at(value, index)), state)
        return
    assert isinstance(value, LinedMap)
    fields = Fields(document, value, "the inventory", state)
    if isinstance(value.get("ResourceARN"), str):
        _keep(_tagged(fields), state)
    tagged = [_tagged(entry) for entry in fields.children("ResourceTagMappingList", "a resource of the inventory")]
    owners = {account_of(item.arn) for item in tagged} - {"", ANYTHING}
    for item in tagged:
        # The tagging API lists what one account has, so a bucket belongs to the account of what is beside it.
        _keep(replace(item, owner=next(iter(owners))) if len(owners) == 1 else item, state)
    for entry in fields.children("Resources", "a resource of the inventory"):
        owner = entry.optional_text("OwningAccountId")
        _keep(InventoryItem(entry.text("Arn"), owner, source=entry.at("Arn")), state)
    key = next((key for key in ("PaginationToken", "NextToken") if value.get(key)), None)
    if key is not None:
        state.coverage.append(
            Coverage(
                "the inventory of resources",
                Completeness.TRUNCATED,
                "the page says that there are more",
                fields.at(key),
                "export again without `--max-items`, or give all pages",
            )
        )


def _tagged(fields: Fields) -> InventoryItem:
    tags = {tag.text("Key"): tag.optional_text("Value") for tag in fields.children("Tags", "a tag")}
    kept = sorted((key, text) for key, text in tags.items() if key)
    return InventoryItem(fields.text("ResourceARN"), tags=tuple(kept), source=fields.at("ResourceARN"))


def _keep(item: InventoryItem, state: AwsState) -> None:
    if not _is_resource(item.arn) or not is_clean(item.arn):
        if item.arn or not state.errors:
            state.unread.append(Problem(f"{quoted(item.arn)} is no ARN of a resource", item.source))
        return
    first = state.inventory.get(item.arn)
    if first is None or (item.owner and not first.owner) or (item.tags and not first.tags):
        owner = item.owner or (first.owner if first else "")
        tags = item.tags or (first.tags if first else ())
        state.inventory[item.arn] = InventoryItem(item.arn, owner, tags, item.source)


def _is_resource(arn: str) -> bool:
    parts = arn.split(":", _RESOURCE_SEGMENTS - 1)
    return len(parts) == _RESOURCE_SEGMENTS and bool(parts[2]) and is_literal(arn.partition("/")[0])


def read_accounts(document: Document, value: object, state: AwsState) -> None:
    """Read which accounts the organisation has."""
    assert isinstance(value, LinedMap)
    fields = Fields(document, value, "the accounts", state)
    for entry in fields.children("Accounts", "an account"):
        number = entry.text("Id")
        if number:
            state.members.add(number)
        arn = entry.optional_text("Arn")
        if arn and not state.management:
            # The ARN of each account names the account that manages the organisation.
            state.management = account_of(arn)
    if fields.value.get("NextToken"):
        state.coverage.append(
            Coverage("the accounts of the organisation", Completeness.TRUNCATED, "the page says that there are more")
        )
