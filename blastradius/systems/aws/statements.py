"""Every statement of a state, wherever it stands."""

from collections.abc import Iterator

from blastradius.systems.aws.objects import AWS_MANAGED, AwsState, PolicyDocument, Statement
from blastradius.systems.aws.patterns import account_of


def documents_of(state: AwsState) -> Iterator[tuple[PolicyDocument, bool]]:
    """Give every policy document, and whether AWS itself keeps it; only default versions."""
    for account in state.accounts.values():
        for section in (account.users, account.groups, account.roles):
            for identity in section.values():
                yield from ((document, False) for document in identity.inline.values())
        for role in account.roles.values():
            yield role.trust, False
        for arn, policy in account.policies.items():
            if policy.document is not None:
                yield policy.document, account_of(arn) == AWS_MANAGED
    for resource in state.resource_policies.values():
        if resource.document is not None:
            yield resource.document, False
    for policies in state.control.values():
        yield from ((policy.document, False) for policy in policies)


def statements_of(state: AwsState) -> Iterator[tuple[Statement, bool]]:
    """Give every statement, and whether it stands in a policy that AWS itself keeps."""
    for document, is_of_aws in documents_of(state):
        yield from ((statement, is_of_aws) for statement in document.statements)
