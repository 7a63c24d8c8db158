"""What each verb of a rule amounts to.

Source: Kubernetes 1.34, API verbs and the special verbs of RBAC, certificates and impersonation.
"""

from collections.abc import Mapping
from types import MappingProxyType

from blastradius.model.snapshot import ANY_ACTION, CAPABILITIES, Capability

LIST_CONTENT = "list.content"
"""What a list gives besides the names: every object, whole."""

_BY_CAPABILITY: dict[Capability, str] = {
    Capability.READ: "get watch head options",
    Capability.WRITE: (
        "create update patch delete deletecollection"
        # Methods of paths that are no API resources.
        " post put"
        # Of old API servers: everything behind the proxy of a node, a pod or a service.
        " proxy connect redirect"
        # Run under a pod security policy or a security context constraint.
        " use"
        # Ask for a token with an audience of one's choice, for a pod of one's own node.
        " request-serviceaccounts-token-audience"
    ),
    Capability.MANAGE: (
        # Write roles and bindings with more than one's own access; act as somebody else.
        "escalate bind impersonate"
        # Say who somebody is: a signed certificate is an identity.
        " approve sign attest"
        # The same as impersonate, for one kind of identity (Kubernetes 1.35).
        " impersonate:user-info impersonate:serviceaccount impersonate:arbitrary-node impersonate:associated-node"
    ),
}
_KNOWN: Mapping[str, Capability] = MappingProxyType(
    {verb: capability for capability, verbs in _BY_CAPABILITY.items() for verb in verbs.split()}
)
_ON_BEHALF = "impersonate-on:"
"""Begins the verbs that say what may be done while impersonating (Kubernetes 1.35)."""
_RESERVED = frozenset({*CAPABILITIES, LIST_CONTENT}) - {"list"}
"""Actions with a meaning of their own, which a verb of the same name must not take on."""
_EVERYWHERE = (
    *("get", "watch", "create", "update", "patch", "delete", "deletecollection"),
    *("escalate", "bind", "impersonate", "approve", "sign", "proxy", "use"),
)
# NOTE: the rarer verbs are actions only where a rule says them: whoever has `*` has them all, so that
# they would tell nobody apart, and every action is compared on every resource.
ACTIONS: Mapping[str, Capability] = MappingProxyType(
    {**CAPABILITIES, LIST_CONTENT: Capability.READ, **{verb: _KNOWN[verb] for verb in _EVERYWHERE}}
)
"""Every action that is known without looking at any rule."""


def actions_of(verb: str) -> Mapping[str, Capability]:
    """Say which actions a verb other than ``*`` grants, and what each amounts to; a verb nobody knows is `manage`."""
    if verb == "list":
        return {"list": Capability.LIST, LIST_CONTENT: Capability.READ}
    return {f"{verb}.verb" if verb in _RESERVED else verb: _KNOWN.get(verb, Capability.MANAGE)}


def is_known(verb: str) -> bool:
    """Tell whether it is known what a verb amounts to."""
    return verb in _KNOWN or verb in (ANY_ACTION, "list") or verb.startswith(_ON_BEHALF)
