"""Whether the exports hold all that they should, as far as they show it."""

from collections.abc import Iterator, Sequence

from blastradius.documents import quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem, Source
from blastradius.systems.posix.account_text import AccountText
from blastradius.systems.posix.accounts import ROOT, Accounts
from blastradius.systems.posix.acl_text import AclText
from blastradius.systems.posix.file_listing import FileListing
from blastradius.systems.posix.objects import Inode, Machine, Protection
from blastradius.systems.posix.paths import folder_of
from blastradius.systems.posix.reading import Read

_EXPORT = "export again as root: `getfacl -R -P -p DIRECTORY`, without `--skip-base`"
_LIST_USERS = "give the output of `getent passwd` of the same machine"
_LIST_GROUPS = "give the output of `getent group` of the same machine"
_ENUMERATE = "let the directory service list all (with sssd: `enumerate = true`), or add the missing ones to the file"
_LIST_FILES = "list them again as root: `LC_ALL=C find -P DIRECTORY -ls`"
_SHOWN = 5


def coverage(read: Read, other: Sequence[Inode] | None = None) -> tuple[Coverage, ...]:
    """Say of each export whether it is whole.

    Args:
        read: What was read.
        other: The files of the other side of a comparison: what it shows of a file without an access control list
            of its own tells that such files are not left out.
    """
    basic = {inode.path for inode in other or () if not _extended(inode.protection)}
    paths = read.machine.inodes.keys()
    compared = bool(basic & paths) or _listed_whole(read)
    found = [_acls(label, text, compared=compared) for label, text in read.acls]
    found += [_files(label, text, read.machine) for label, text in read.files]
    found += _gaps(read.machine)
    found += _listings(read)
    found += _unlisted(read.machine)
    return tuple(found)


def uncertain_users(machine: Machine) -> list[str]:
    """Name the users who own something or are named somewhere, and are in no listing; sorted."""
    return sorted(_references(machine)[0])


def _extended(protection: Protection) -> bool:
    return protection.acl.extended or protection.default is not None


def _acls(label: str, text: AclText, *, compared: bool) -> Coverage:
    what = f"access control lists in `{label}`"
    if text.complaints:
        first: Problem = text.complaints[0]
        reason = f"{len(text.complaints)} times getfacl could not read something, first: {quoted(first.message)}"
        return Coverage(what, Completeness.TRUNCATED, reason, first.source, _EXPORT)
    if text.cut is not None:
        return Coverage(what, Completeness.TRUNCATED, "the text breaks off", text.cut, _EXPORT)
    if text.only_extended and not compared:
        reason = "every file has an access control list beyond its mode, so that those without may have been left out"
        return Coverage(what, Completeness.UNKNOWN, reason, Source(label, 1), _EXPORT)
    return Coverage(what, Completeness.COMPLETE, f"{len(text.inodes)} files and directories")


def _listed_whole(read: Read) -> bool:
    """Tell whether there is a list of all files to hold the exports against; what it finds missing is said of it."""
    listed = {path for _, text in read.files for paths in (text.files, text.directories) for path in paths}
    return bool(read.files) and read.machine.inodes.keys() <= listed


def _files(label: str, text: FileListing, machine: Machine) -> Coverage:
    what = f"files in `{label}`"
    if text.complaints:
        first = text.complaints[0]
        reason = f"{len(text.complaints)} times find could not read something, first: {quoted(first.message)}"
        return Coverage(what, Completeness.TRUNCATED, reason, first.source, _LIST_FILES)
    if text.cut is not None:
        return Coverage(what, Completeness.TRUNCATED, "the text breaks off", text.cut, _LIST_FILES)
    listed = text.files | text.directories
    missing = listed - machine.inodes.keys()
    if missing:
        reason = (
            f"{len(missing)} of {len(listed)} have no access control list in any export, first {quoted(min(missing))}"
        )
        return Coverage(what, Completeness.TRUNCATED, reason, Source(label, 1), _EXPORT)
    return Coverage(what, Completeness.COMPLETE, f"all {len(listed)} are exported with their access control lists")


def _gaps(machine: Machine) -> Iterator[Coverage]:
    """Find files whose directory was left out, although one above it was not."""
    missing: dict[str, Inode] = {}
    inside: dict[str, bool] = {}
    for path, inode in machine.inodes.items():
        folder = folder_of(path)
        if folder is not None and folder not in machine.inodes and _lies_below_one(folder, machine, inside):
            missing.setdefault(folder, inode)
    if missing:
        folder, inode = min(missing.items())
        reason = f"{len(missing)} directories are left out above files that are there, first {quoted(folder)}"
        yield Coverage("directories above files", Completeness.TRUNCATED, reason, inode.source, _EXPORT)


def _lies_below_one(path: str, machine: Machine, known: dict[str, bool]) -> bool:
    waiting: list[str] = []
    at: str | None = path
    while at is not None and at not in known and at not in machine.inodes:
        waiting.append(at)
        at = folder_of(at)
    answer = at is not None and (at in machine.inodes or known[at])
    known.update(dict.fromkeys(waiting, answer))
    return answer


def _listings(read: Read) -> Iterator[Coverage]:
    parts = (
        ("users", read.users, "who has an account, and whose primary group is which, is not known", _LIST_USERS),
        ("groups", read.groups, "who is in which group is not known", _LIST_GROUPS),
    )
    for what, listings, missing, advice in parts:
        if not listings:
            yield Coverage(what, Completeness.UNKNOWN, f"there is no listing of {what}: {missing}", None, advice)
        for label, text in listings:
            yield _listing(f"{what} in `{label}`", text, advice)


def _listing(what: str, text: AccountText, help: str) -> Coverage:
    if text.cut is not None:
        return Coverage(what, Completeness.TRUNCATED, "the text breaks off", text.cut, help)
    if text.elsewhere:
        reason = "a line beginning with `+` or `-` takes names from a service"
        return Coverage(what, Completeness.UNKNOWN, reason, text.elsewhere[0], help)
    return Coverage(what, Completeness.COMPLETE, f"{len(text.users) or len(text.groups)} lines")


def _unlisted(machine: Machine) -> Iterator[Coverage]:
    """Find names that a listing should hold and does not: of another machine, or without a directory service."""
    users, groups = _references(machine)
    parts = (("users", users, machine.users_listed), ("groups", groups, machine.groups_listed))
    for what, references, is_listed in parts:
        if is_listed and references:
            names = ", ".join(quoted(name) for name in sorted(references)[:_SHOWN])
            more = ", …" if len(references) > _SHOWN else ""
            reason = f"{len(references)} {what} are named and in no listing: {names}{more}"
            yield Coverage(f"listing of {what}", Completeness.UNKNOWN, reason, min(references.values()), _ENUMERATE)


def _references(machine: Machine) -> tuple[dict[str, Source], dict[str, Source]]:
    """Give what names users and groups that no listing holds, with the place of the first mention."""
    users: dict[str, Source] = {}
    groups: dict[str, Source] = {}
    seen: set[int] = set()
    for inode in machine.inodes.values():
        if id(inode.protection) in seen:
            continue
        seen.add(id(inode.protection))
        named_users, named_groups = _named(inode.protection)
        for names, found in ((named_users, users), (named_groups, groups)):
            for name in names:
                found.setdefault(name, inode.source)
    for group in machine.groups.values():
        for member, source in group.members:
            users.setdefault(member, source)
    accounts = Accounts(machine)
    numbers = _names_are_numbers(machine)
    return (
        {n: s for n, s in users.items() if accounts.user_key(n) not in machine.users and _counts(n, numbers)},
        {n: s for n, s in groups.items() if accounts.group_key(n) not in machine.groups and _counts(n, numbers)},
    )


def _named(protection: Protection) -> tuple[list[str], list[str]]:
    lists = [acl for acl in (protection.acl, protection.default) if acl is not None]
    return (
        [protection.owner, *(name for acl in lists for name, _ in acl.users)],
        [protection.group, *(name for acl in lists for name, _ in acl.groups)],
    )


def _counts(name: str, numbers: bool) -> bool:
    """Tell whether a missing name is a gap: a number among names is an account that was deleted."""
    return name != ROOT and (numbers or not name.isdigit())


def _names_are_numbers(machine: Machine) -> bool:
    """Tell an export with ``--numeric``: nobody is called by a name."""
    return all(inode.protection.owner.isdigit() for inode in machine.inodes.values())
