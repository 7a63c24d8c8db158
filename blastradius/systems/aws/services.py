"""Which services have a place of their own among the resources."""

from collections.abc import Iterable

from blastradius.systems.aws.actions import Actions
from blastradius.systems.aws.objects import AwsState
from blastradius.systems.aws.patterns import ANYTHING, complete, service_of
from blastradius.systems.aws.statements import statements_of

SENSITIVE = frozenset(
    {
        "athena",
        "cognito-idp",
        "codecommit",
        "dynamodb",
        "ec2",
        "ecr",
        "iam",
        "kms",
        "lambda",
        "rds",
        "redshift",
        "s3",
        "secretsmanager",
        "sqs",
        "sns",
        "ssm",
        "sts",
    }
)
"""Services that are shown even where nothing names them, so that a right to everything shows what it opens."""


def named_services(states: Iterable[AwsState], actions: Actions) -> list[str]:
    """Find the services that some policy or inventory names; whatever else there is has one place together.

    Returns:
        Sorted.
    """
    found = set(SENSITIVE)
    patterns: set[str] = set()
    for state in states:
        for statement, _ in statements_of(state):
            patterns.update(pattern.lower() for pattern in statement.actions)
            found.update(service_of(complete(text) or ANYTHING) for text in statement.resources or ())
        found.update(service_of(arn) for arn in (*state.inventory, *state.resource_policies))
    for pattern in patterns:
        prefix = pattern.partition(":")[0]
        if "*" not in prefix and "?" not in prefix:
            for action in actions.expand(pattern):
                found |= actions.owners(action)
    return sorted(service for service in found if service and service != ANYTHING and ":" not in service)
