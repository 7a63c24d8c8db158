"""Whether the policies of resources were given."""

from collections import Counter
from collections.abc import Iterator

from blastradius.documents import quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.systems.aws.objects import AwsState
from blastradius.systems.aws.patterns import segment, service_of

_HELP = "`blastradius collect aws` shows how to export them; write `null` for a resource that has none"
_KINDS = {
    "kms": "key/",
    "lambda": "function:",
    "s3": "",
    "secretsmanager": "secret:",
    "sns": "",
    "sqs": "",
}
"""How the resources begin that have policies of their own, by service."""


def resource_policy_coverage(state: AwsState) -> Iterator[Coverage]:
    """Say which policies of resources are missing: any of them may let somebody in."""
    what = "policies of resources"
    if not state.resource_policies:
        reason = "no policy of any bucket, key, secret, function, queue or topic is in the input"
        yield Coverage(what, Completeness.UNKNOWN, reason, None, _HELP)
        return
    missing = Counter[str]()
    examples: dict[str, str] = {}
    for arn in sorted(state.inventory):
        service, name = service_of(arn), segment(arn, 5)
        start = _KINDS.get(service)
        if start is None or not name.startswith(start) or arn in state.resource_policies:
            continue
        if "/" in name.removeprefix(start) and service == "s3":
            continue
        missing[service] += 1
        examples.setdefault(service, arn)
    for service in sorted(missing):
        more = f" and {missing[service] - 1} more" if missing[service] > 1 else ""
        reason = f"the inventory has {quoted(examples[service])}{more}, and no policy is given for it"
        source = state.inventory[examples[service]].source
        yield Coverage(f"{what} of {service}", Completeness.UNKNOWN, reason, source, _HELP)
    if not missing:
        yield Coverage(what, Completeness.COMPLETE)
