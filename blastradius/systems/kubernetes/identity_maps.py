"""Objects other than those of RBAC that say which groups somebody is in, where only one side has them.

What they say is not understood. An object that both sides hold alike changes nothing, and every
cluster may have some, so only a difference is reported.

Source: the `aws-auth` ConfigMap of aws-iam-authenticator; the bootstrap token authenticator of Kubernetes 1.34.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blastradius.documents import LinedMap
from blastradius.model.sources import Problem, Source
from blastradius.systems.kubernetes.listing import Found
from blastradius.systems.kubernetes.names import UNSET_NAMESPACE

_HOMES = frozenset({"kube-system", UNSET_NAMESPACE})
_SAYS = ("type", "data", "stringData", "binaryData")
_CHECKS = {
    "ConfigMap": "check by hand whom it puts into which groups; whoever is in `system:masters` may do everything",
    "Secret": "check by hand which groups its `auth-extra-groups` gives to whoever holds the token",
}


@dataclass(frozen=True, slots=True)
class IdentityMap:
    """An object that maps identities to groups.

    Attributes:
        label: What it is, for messages.
        digest: Of what it says. SECURITY: the values of secrets are not kept.
        check: What to do about a difference.
    """

    label: str
    namespace: str
    digest: str
    source: Source
    check: str


def identity_map(found: Found, namespace: str) -> IdentityMap | None:
    """Take an object as a mapping of identities; None for any other object.

    Args:
        found: An object that is passed over otherwise.
        namespace: Token of its namespace.
    """
    value, fields = found.fields.value, found.fields
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, LinedMap) else None
    match found.group, found.kind:
        case "", "ConfigMap":
            maps = name == "aws-auth" and namespace in _HOMES
        case "", "Secret":
            maps = value.get("type") == "bootstrap.kubernetes.io/token"
        case _:
            maps = False
    if not maps:
        return None
    content = json.dumps([name, *(value.get(key) for key in _SAYS)], sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return IdentityMap(fields.label, namespace, digest, fields.at(), _CHECKS[found.kind])


def one_sided(maps: Sequence[IdentityMap], others: Sequence[IdentityMap]) -> Iterator[Problem]:
    """Report every mapping that the other side does not hold alike."""
    known = {(other.label, other.namespace, other.digest) for other in others}
    for one in maps:
        if (one.label, one.namespace, one.digest) not in known:
            yield Problem(f"{one.label} maps identities to groups, which is not understood", one.source, one.check)
