"""Whether the accounts were given whole, and the policies of resources too."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from blastradius.documents import quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Source
from blastradius.systems.aws.objects import Account, AwsState
from blastradius.systems.aws.patterns import account_of, segment, service_of

ACCOUNT_DIGITS = 12
DETAILS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
"""The lists of account details; AWS prints each, also where it is empty."""
_ACCOUNT = "users, groups, roles and policies"
_ALL_PAGES = "export again without `--max-items`, or give all pages"
_NO_FILTER = "export again without `--filter` and `--query`, and cut nothing out"
_GIVE = "give what `aws iam get-account-authorization-details` prints for each account"

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


@dataclass(frozen=True, slots=True)
class Page:
    """What shows of a page of account details whether it is whole.

    Attributes:
        is_cut: Whether it announces another page.
        lists: Those of `DETAILS` that it has, be they empty.
        filled: Those that hold something.
        source: Where the page begins.
        end: Where it says whether there are more.
    """

    is_cut: bool
    lists: frozenset[str]
    filled: frozenset[str]
    source: Source
    end: Source


def account_coverage(state: AwsState, pages: Mapping[str, Sequence[Page]]) -> Iterator[Coverage]:
    """Say which accounts are not there whole: whoever is left out may have access.

    Args:
        state: Everything that was read.
        pages: By the account that each page names; empty for pages that name none.
    """
    loose = pages.get("", ())
    if not state.accounts:
        if loose:
            reason = "the account details name no user, group or role, and no policy of an account"
            yield Coverage(_ACCOUNT, Completeness.UNKNOWN, reason, loose[-1].source, _NO_FILTER)
        else:
            yield Coverage(_ACCOUNT, Completeness.UNKNOWN, "no account details are in the input", None, _GIVE)
        return
    for number in sorted(state.accounts):
        # A page may hold nothing but policies that AWS keeps. Of several accounts it could belong to each.
        own = (*pages[number], *loose) if len(state.accounts) == 1 else pages[number]
        yield _of_account(state.accounts[number], own, any("Policies" in page.filled for page in (*own, *loose)))
    is_awaited = len(state.accounts) == 1 and all(page.is_cut for number in state.accounts for page in pages[number])
    stray = next((page for page in loose if not page.filled and not page.is_cut), None)
    if stray is not None and not is_awaited:
        reason = "there are account details that hold nothing and name no account"
        yield Coverage(f"{_ACCOUNT} of another account", Completeness.UNKNOWN, reason, stray.source, _NO_FILTER)
    yield from _accounts_without_details(state)


def _of_account(account: Account, pages: Sequence[Page], has_policies: bool) -> Coverage:
    what = f"{_ACCOUNT} of account {account.id}"
    if all(page.is_cut for page in pages):
        return Coverage(
            what, Completeness.TRUNCATED, "the last page says that there are more", pages[-1].end, _ALL_PAGES
        )
    lacking = [key for key in DETAILS if not any(key in page.lists for page in pages)]
    if lacking:
        reason = f"the export lacks {', '.join(quoted(key) for key in lacking)}"
    elif not account.roles:
        reason = "the export has no role, and AWS itself keeps some in every account"
    elif not has_policies and _has_attached(account):
        reason = f"policies are attached, and {quoted('Policies')} is empty"
    else:
        return Coverage(what, Completeness.COMPLETE)
    return Coverage(what, Completeness.UNKNOWN, reason, pages[-1].source, _NO_FILTER)


def _has_attached(account: Account) -> bool:
    attached = [one.managed for one in account.users.values()]
    attached += [one.managed for one in account.groups.values()]
    attached += [one.managed for one in account.roles.values()]
    return any(attached)


def _accounts_without_details(state: AwsState) -> Iterator[Coverage]:
    """Name the accounts of which only resources are given: what their own users and roles may do, nobody sees."""
    examples: dict[str, str] = {}
    owned = [(account_of(arn), arn) for arn in state.resource_policies]
    owned += [(item.owner or account_of(arn), arn) for arn, item in state.inventory.items()]
    for owner, arn in sorted(owned):
        if owner not in state.accounts and len(owner) == ACCOUNT_DIGITS and owner.isdigit():
            examples.setdefault(owner, arn)
    if examples:
        first, arn = next(iter(examples.items()))
        more = f" and {len(examples) - 1} more" if len(examples) > 1 else ""
        reason = f"{quoted(arn)} is in the input, and the details of its account are not"
        place = state.inventory.get(arn) or state.resource_policies[arn]
        yield Coverage(f"{_ACCOUNT} of account {first}{more}", Completeness.UNKNOWN, reason, place.source, _GIVE)


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
    blank = sorted(arn for arn, policy in state.resource_policies.items() if policy.is_blank)
    if blank:
        more = f" and {len(blank) - 1} more" if len(blank) > 1 else ""
        reason = f"what is given for {quoted(blank[0])}{more} is empty, so that it may have a policy or none"
        source = state.resource_policies[blank[0]].source
        yield Coverage(f"{what} that could not be read", Completeness.UNKNOWN, reason, source, _HELP)
    if not missing and not blank:
        yield Coverage(what, Completeness.COMPLETE)
