"""The class of a resource as SPEC section 2 says it, one resource at a time."""

from blastradius.assess.matching import holds
from blastradius.model.policy import UNCLASSIFIED


def by_definition(policy, baseline, simulated):
    """Give the class of every resource, before and after, as two dicts by id."""
    ranked = sorted(policy.classes.values(), key=lambda each: (-each.sensitivity, each.order))
    rank = {each.id: place for place, each in enumerate(ranked)}
    before = _side(policy, rank, baseline.resources, baseline.resources, {})
    return before, _side(policy, rank, simulated.resources, baseline.resources, before)


def _side(policy, rank, resources, known, earlier):
    found = {}

    def class_of(name):
        if name not in found:
            found[name] = decide(resources[name])
        return found[name]

    def decide(resource):
        own, is_new = resource.class_name, resource.id not in known
        if own is not None and not is_new:
            return own
        of_parents = [class_of(parent) for parent in resource.parents]
        if is_new:
            of_parents += [earlier[parent] for parent in resource.parents if parent in earlier]
        of_parents = [name for name in of_parents if name != UNCLASSIFIED] or of_parents
        of_rules = [rule.class_name for rule in policy.classify if holds(rule.match, resource.id, resource.labels)]
        stated = [] if own is None else [own]
        return min([*of_parents, *of_rules, *stated], key=rank.__getitem__, default=UNCLASSIFIED)

    for name in resources:
        class_of(name)
    return found
