"""Documents to what AWS keeps: each document by its kind, contradictions found."""

from collections.abc import Callable, Mapping, Sequence

from blastradius.documents import Document, LinedMap
from blastradius.model.sources import Problem
from blastradius.systems.aws.account import AccountPages
from blastradius.systems.aws.besides import read_accounts, read_control, read_inventory, read_resource_policies
from blastradius.systems.aws.fields import Fields
from blastradius.systems.aws.layout import Kind, kind_of, parts_of
from blastradius.systems.aws.objects import AwsState

_READERS: Mapping[Kind, Callable[[Document, object, AwsState], None]] = {
    Kind.RESOURCE_POLICIES: read_resource_policies,
    Kind.CONTROL: read_control,
    Kind.INVENTORY: read_inventory,
    Kind.ACCOUNTS: read_accounts,
}


def read_state(documents: Sequence[Document]) -> AwsState:
    """Read everything that was exported.

    Args:
        documents: Recognised ones, in the order of the inputs.

    Returns:
        The state; what was wrong is in its ``errors``.
    """
    state = AwsState()
    pages = AccountPages(state)
    for document in documents:
        for value in parts_of(document.value):
            kind = kind_of(value)
            if kind is Kind.ACCOUNT and isinstance(value, LinedMap):
                pages.add(Fields(document, value, "the account", state))
            elif kind is Kind.LONE_POLICY:
                state.unread.append(
                    Problem(
                        "this policy does not say which resource it belongs to",
                        document.at(value),
                        "write it as `{ARN: POLICY}`; `blastradius collect aws` shows how",
                    )
                )
            elif kind is not None:
                _READERS[kind](document, value, state)
            else:
                state.unread.append(Problem("this part is of no known kind", document.at(value)))
    pages.finish()
    return state
