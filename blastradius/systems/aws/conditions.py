"""Condition blocks as texts: the same meaning, the same text, whoever wrote it."""

from collections.abc import Iterable
from hashlib import sha256

from blastradius.systems.aws.fields import written
from blastradius.systems.aws.objects import Clause

When = frozenset[str]
"""Texts that must all hold; empty for always."""
ALWAYS: When = frozenset()
_VALUES_MAX = 20
_DIGEST_LENGTH = 12
_SECRET = frozenset({"aws:referer", "sts:externalid"})
"""Keys whose values are known to those only who may pass, so that no report may have them."""
_KEYS = {
    key.lower(): key
    for key in (
        "aws:CalledVia",
        "aws:CurrentTime",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIdentity",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "iam:AWSServiceName",
        "iam:PassedToService",
        "kms:ViaService",
        "sts:ExternalId",
        "sts:RoleSessionName",
    )
}


def texts_of(clauses: Iterable[Clause]) -> When:
    """Write each comparison of a condition block as a text."""
    return frozenset(_text(clause) for clause in clauses)


def joined(when: When) -> str | None:
    """Write texts that must all hold as one; None for always."""
    return " and ".join(sorted(when)) or None


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def _text(clause: Clause) -> str:
    # Names of keys are compared without regard to case.
    key = _KEYS.get(clause.key.lower(), clause.key.lower())
    values = [written(value.lower() if clause.operator.startswith("Bool") else value) for value in clause.values]
    if clause.key.lower() in _SECRET and "String" in clause.operator:
        values = [f"a value that is not shown ({_digest(value)})" for value in values]
    shown = " or ".join(values[:_VALUES_MAX])
    if len(values) > _VALUES_MAX:
        digest = _digest("\n".join(values))
        shown += f" or {len(values) - _VALUES_MAX} more ({digest})"
    return f"{written(key)[1:-1]} {written(clause.operator)[1:-1]} {shown or 'nothing'}"
