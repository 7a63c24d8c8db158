"""What commands and plans do to the policy of one resource.

Each function changes the state in place and says whether it changed anything, since a command that finds nothing to do
is worth a word.

Source: `gcloud` 528 and the Google provider of Terraform 6 (``_member``, ``_binding``, ``_policy``).
"""

from collections.abc import Iterable
from dataclasses import replace

from blastradius.model.sources import Source
from blastradius.systems.gcp.names import ResourceName, project
from blastradius.systems.gcp.objects import Binding, Condition, Member, Node, Policy, State


def add_member(
    state: State, resource: ResourceName, role: str, member: Member, condition: Condition | None = None
) -> bool:
    """Give somebody a role: beside those who have it under the same condition, or in a binding of its own.

    Returns:
        False when they had it already.
    """
    policy = _policy(state, resource, member.source)
    same = [binding for binding in policy.bindings if (binding.role, binding.condition) == (role, condition)]
    if any(member in binding.members for binding in same):
        return False
    if not same:
        _put(state, policy, (*policy.bindings, Binding(role, (member,), condition, member.source)))
        return True
    widened = replace(same[0], members=(*same[0].members, member))
    _put(state, policy, (widened if binding is same[0] else binding for binding in policy.bindings))
    return True


def remove_member(
    state: State,
    resource: ResourceName,
    role: str,
    member: Member,
    condition: Condition | None = None,
    *,
    every: bool = False,
) -> bool:
    """Take a role from somebody, under this condition alone.

    Args:
        state: Is changed.
        resource: Whose policy it is.
        role: As the policy writes it.
        member: As the policy writes it.
        condition: The whole condition of the binding; None for the binding without one.
        every: Whatever the condition.

    Returns:
        False when there was no such binding with them.
    """
    policy = state.policies.get(resource)
    if policy is None:
        return False
    kept: list[Binding] = []
    for binding in policy.bindings:
        if binding.role == role and (every or binding.condition == condition):
            binding = replace(binding, members=tuple(one for one in binding.members if one != member))
        kept.append(binding)
    if tuple(kept) == policy.bindings:
        return False
    # A binding without members says nothing, and Google Cloud drops it.
    _put(state, policy, (binding for binding in kept if binding.members))
    return True


def set_members(
    state: State,
    resource: ResourceName,
    role: str,
    members: Iterable[Member],
    condition: Condition | None,
    source: Source,
) -> bool:
    """Say who has a role under a condition: nobody else has it any more.

    Returns:
        False when it was them already.
    """
    policy = _policy(state, resource, source)
    others = [binding for binding in policy.bindings if (binding.role, binding.condition) != (role, condition)]
    before = {member for binding in policy.bindings if binding not in others for member in binding.members}
    named = tuple(members)
    mine = [Binding(role, named, condition, source)] if named else []
    _put(state, policy, (*others, *mine))
    return before != set(named)


def set_policy(state: State, policy: Policy) -> bool:
    """Replace a whole policy.

    Returns:
        False when it said the same already.
    """
    before = _policy(state, policy.resource, policy.source)
    state.policies[policy.resource] = policy
    return before.content != policy.content


def _policy(state: State, resource: ResourceName, source: Source) -> Policy:
    """Find the policy of a resource; an empty one when nobody has been let in yet."""
    if resource not in state.nodes:
        owner = resource.project
        parent = None if owner is None else project(owner)
        state.nodes[resource] = Node(resource, parent, described=False, source=source)
        if parent is not None:
            state.nodes.setdefault(parent, Node(parent, described=False, source=source))
    return state.policies.get(resource, Policy(resource, source=source))


def _put(state: State, policy: Policy, bindings: Iterable[Binding]) -> None:
    state.policies[policy.resource] = replace(policy, bindings=tuple(bindings))
