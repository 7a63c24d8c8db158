"""Whatever the roles and bindings are, the facts say what an authorizer would decide, request by request."""

import json
from itertools import product
from pathlib import PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st

from blastradius.access.engine import Comparison
from blastradius.columns.pair import paired
from blastradius.documents import File, parse
from blastradius.systems.kubernetes.snapshot import read
from tests.support.rbac import Request, may, may_visit

NAMESPACES = ("ant", "bee")
NAMES = ("one", "two")
GROUPS = ("", "apps", "acme.example")
# Group, resource, subresource, and whether requests about it can be requests about a namespace.
KINDS = (
    ("", "pods", "", True),
    ("", "pods", "exec", True),
    ("", "secrets", "", True),
    ("apps", "deployments", "", True),
    ("apps", "deployments", "scale", True),
    ("acme.example", "widgets", "", True),
    ("acme.example", "widgets", "exec", True),
    ("", "nodes", "", False),
    ("", "nodes", "proxy", False),
    ("", "namespaces", "", True),
    ("rbac.authorization.k8s.io", "clusterroles", "", True),
)
PATHS = ("/healthz", "/healthz/ping", "/metrics", "/")
VERBS = ("get", "list", "create", "bind")
NAMELESS = ("list", "create")

wanted_resources = [
    "pods",
    "pods/exec",
    "secrets",
    "deployments",
    "deployments/scale",
    "widgets",
    "widgets/exec",
    "nodes",
    "nodes/proxy",
    "namespaces",
    "clusterroles",
    "*",
    "*/exec",
    "*/scale",
    "pods/*",
    "*/*",
    "pod*",
    "*s",
    "secrets/",
]
rules = st.one_of(
    st.fixed_dictionaries(
        {
            "verbs": st.lists(st.sampled_from([*VERBS, "*"]), min_size=1, max_size=2),
            "apiGroups": st.lists(
                st.sampled_from([*GROUPS, "rbac.authorization.k8s.io", "*", "*.example"]), max_size=2
            ),
            "resources": st.lists(st.sampled_from(wanted_resources), max_size=3),
        },
        optional={"resourceNames": st.lists(st.sampled_from([*NAMES, "", "*"]), max_size=2)},
    ),
    st.fixed_dictionaries(
        {
            "verbs": st.lists(st.sampled_from(["get", "*"]), min_size=1, max_size=1),
            "nonResourceURLs": st.lists(
                st.sampled_from([*PATHS, "*", "/*", "/healthz/*", "/health*", "/m**", "/he*lthz"]), max_size=2
            ),
        }
    ),
)
subjects = st.one_of(
    st.builds(lambda name: {"kind": "User", "name": name}, st.sampled_from(["ana", "system:serviceaccount:bee:app"])),
    st.builds(
        lambda name: {"kind": "Group", "name": name},
        st.sampled_from(
            [
                "devs",
                "system:authenticated",
                "system:unauthenticated",
                "system:serviceaccounts",
                "system:serviceaccounts:ant",
            ]
        ),
    ),
    st.builds(lambda place: {"kind": "ServiceAccount", "name": "app", "namespace": place}, st.sampled_from(NAMESPACES)),
    st.just({"kind": "ServiceAccount", "name": "app"}),
    st.just({"kind": "User", "name": "system:anonymous"}),
)
some_rules = st.lists(rules, min_size=1, max_size=3)
some_subjects = st.lists(subjects, min_size=1, max_size=2)


@st.composite
def clusters(draw):
    """Make roles and bindings of both kinds, some of them dangling."""
    objects = []
    for number, (place, role_rules) in enumerate(draw(st.lists(st.tuples(st.sampled_from(NAMESPACES), some_rules)))):
        metadata = {"name": f"role-{number % 2}", "namespace": place}
        if metadata not in [one["metadata"] for one in objects]:
            objects.append({"kind": "Role", "metadata": metadata, "rules": role_rules})
    for number, role_rules in enumerate(draw(st.lists(some_rules, min_size=1, max_size=2))):
        objects.append({"kind": "ClusterRole", "metadata": {"name": f"wide-{number}"}, "rules": role_rules})
    references = st.sampled_from(
        [("Role", "role-0"), ("Role", "role-1"), ("ClusterRole", "wide-0"), ("ClusterRole", "wide-1")]
    )
    for number in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from([None, *NAMESPACES]))
        kind, name = draw(references if place else references.filter(lambda reference: reference[0] == "ClusterRole"))
        objects.append(
            {
                "kind": "RoleBinding" if place else "ClusterRoleBinding",
                "metadata": {"name": f"binding-{number}"} | ({"namespace": place} if place else {}),
                "roleRef": {"kind": kind, "name": name},
                "subjects": draw(some_subjects),
            }
        )
    return objects


def facts_of(objects, other=()):
    return read(listed([*objects, *EVERYBODY]), listed(other) if other else ())


def listed(objects):
    items = [{"apiVersion": "v1" if one["kind"] in CORE else "rbac.authorization.k8s.io/v1", **one} for one in objects]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    return parse(File("list.json", PurePosixPath("list.json"), text, "0" * 64))


CORE = ("ServiceAccount", "Namespace")
# Whoever is asked about exists, and so do the namespaces; none of these grants anything.
EVERYBODY = [
    *({"kind": "Namespace", "metadata": {"name": place}} for place in NAMESPACES),
    *({"kind": "ServiceAccount", "metadata": {"name": "app", "namespace": place}} for place in NAMESPACES),
    {
        "kind": "RoleBinding",
        "metadata": {"name": "nothing", "namespace": "ant"},
        "roleRef": {"kind": "Role", "name": "nothing"},
        "subjects": [{"kind": "User", "name": "ana"}, {"kind": "Group", "name": "devs"}],
    },
    {"kind": "Role", "metadata": {"name": "nothing", "namespace": "ant"}, "rules": []},
]
PEOPLE = {
    "user:k8s/ana": ("ana", ("system:authenticated",)),
    "group:k8s/devs#unlisted": ("somebody", ("devs", "system:authenticated")),
    "group:k8s/system:authenticated#unlisted": ("somebody", ("system:authenticated",)),
    "outsider": ("system:anonymous", ("system:unauthenticated",)),
} | {
    f"service:k8s/{place}/app": (
        f"system:serviceaccount:{place}:app",
        ("system:serviceaccounts", f"system:serviceaccounts:{place}", "system:authenticated"),
    )
    for place in NAMESPACES
}


def decided(objects, principal, ask):
    """Ask as oneself, and as nobody: whoever can log in can also leave it."""
    return any(ask(objects, *who) for who in (PEOPLE[principal], PEOPLE["outsider"]))


def covering(group, resource, subresource, namespace, name):
    """Name everything that holds a request, the request itself first."""
    groups = [f".{group}" if group else "", ".*"]
    kinds = [(resource + g, subresource) for g in groups]
    stars = [f"*.{group or 'core'}", "*"]
    kinds += [(star, subresource) for star in stars] + [(star, "") for star in stars]
    for place, (kind, part), one in product((namespace or "*", "*"), kinds, (name, "")):
        yield f"k8s:{place}/{kind}" + (f"/{part}" if part else "") + (f":{one}" if one else "")


@given(clusters())
@settings(max_examples=60)
def test_every_request_is_decided_as_the_authorizer_decides_it(objects):
    facts = facts_of(objects)
    engine = Comparison(paired(facts, facts))
    names, principals = engine.pair.before.resources.names, engine.pair.before.principals.names

    def granted(principal, verb, resources):
        number = principals.find(principal)
        lists = (engine.access_list(0, names.find(one)) for one in resources)
        return any(number in engine.ways(0, each, verb).granted for each in lists)

    for (group, resource, subresource, namespaced), verb in product(KINDS, VERBS):
        for namespace, name in product(("", *NAMESPACES), (*NAMES, "other", "")):
            if (namespace and not namespaced) or (not name and verb not in NAMELESS):
                continue
            known = [one for one in covering(group, resource, subresource, namespace, name) if one in facts.resources]
            # A resource of its own answers alone: what holds it must have been inherited.
            exact = f"k8s:{namespace or '*'}/{resource}"
            holders = known[:1] if known and known[0].startswith(exact) and known[0].endswith(f":{name}") else known
            requests = [Request(verb, group, resource, subresource, namespace, name)]
            if verb in NAMELESS:
                # Whoever may list or create without a name reaches the object of any name.
                requests.append(requests[0]._replace(name=""))
            for principal in PEOPLE:
                expected = any(decided(objects, principal, asking(request)) for request in requests)
                assert granted(principal, verb, holders) == expected, (principal, requests[0])
    for path, principal in product(PATHS, PEOPLE):
        expected = decided(objects, principal, lambda o, u, g, path=path: may_visit(o, u, g, "get", path))
        holders = [one for one in facts.resources if holds_path(one, path)]
        exact = f"k8s-url:{path}"
        assert granted(principal, "get", [exact] if exact in holders else holders) == expected, (principal, path)


def asking(request):
    return lambda objects, user, groups: may(objects, user, groups, request)


def holds_path(resource, path):
    kind, _, text = resource.partition(":")
    return kind == "k8s-url" and (text == path or (text.endswith("*") and path.startswith(text[:-1])))


@given(clusters(), clusters())
@settings(max_examples=30)
def test_both_sides_of_a_comparison_have_the_same_resources(before, after):
    assert facts_of(before, after).resources == facts_of(after, before).resources


@given(clusters(), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_objects_does_not_matter(objects, chance):
    mixed = list(objects)
    chance.shuffle(mixed)
    one, other = facts_of(objects), facts_of(mixed)
    assert one.resources == other.resources
    assert one.groups == other.groups
    assert set(one.grants) == set(other.grants)
