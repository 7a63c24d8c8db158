"""The tables that ship: what they say hangs together."""

import re

from blastradius.systems.kubernetes.api_types import CREDENTIALS_AND_CODE, ApiType, known_types
from blastradius.systems.kubernetes.default_roles import AGGREGATION_LABELS, default_roles
from blastradius.systems.kubernetes.kinds import Use, use_of
from blastradius.systems.kubernetes.verbs import ACTIONS, is_known


def test_every_type_is_written_as_kubernetes_writes_it():
    for known in known_types():
        assert re.fullmatch(r"([a-z0-9.]*\.k8s\.io)|apps|autoscaling|batch|policy|", known.group)
        assert re.fullmatch(r"[a-z]+", known.resource)
        assert re.fullmatch(r"[a-z]*", known.subresource)


def test_the_types_shown_everywhere_are_known_and_lie_in_namespaces():
    assert all(known_types()[known] for known in CREDENTIALS_AND_CODE)


def test_a_subresource_lies_where_its_objects_lie():
    for known, namespaced in known_types().items():
        if known.subresource:
            assert known_types()[ApiType(known.group, known.resource)] is namespaced


def test_every_verb_of_a_default_role_is_known_and_is_an_action():
    verbs = {verb for role in default_roles().values() for rule in role.rules for verb in rule.verbs}
    assert all(is_known(verb) for verb in verbs)
    assert verbs - {"*"} <= ACTIONS.keys()


def test_every_default_role_with_a_part_has_the_label_for_it():
    asked = {
        requirement.key
        for role in default_roles().values()
        for selector in role.selectors or ()
        for requirement in selector.requirements
    }
    given = {label for role in default_roles().values() for label in role.labels}
    assert asked == AGGREGATION_LABELS
    assert asked <= given


def test_the_four_kinds_of_rbac_are_read():
    assert {use_of("rbac.authorization.k8s.io", kind) for kind in ("Role", "ClusterRole")} == {Use.ROLE}
    assert {use_of("rbac.authorization.k8s.io", kind) for kind in ("RoleBinding", "ClusterRoleBinding")} == {
        Use.BINDING
    }
