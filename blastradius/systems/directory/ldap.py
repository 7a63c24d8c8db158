"""Entries of an LDAP directory: who is in which group, by the names of entries, by logins, and by numbers.

Source: RFC 4519 (``groupOfNames``, ``groupOfUniqueNames``), RFC 2307 (``posixGroup``), the Active Directory schema
(``member``, ``memberOf``, ``primaryGroupID``, ``userAccountControl``).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blastradius.documents import Document, quoted
from blastradius.documents.tree import PlainText
from blastradius.model.snapshot import PrincipalKind
from blastradius.model.sources import Source
from blastradius.systems.directory.distinguished import canonical, first_value, kind_of_first
from blastradius.systems.directory.ldif import Entry, Listing, failed, read_listing
from blastradius.systems.directory.names import OWN, is_address
from blastradius.systems.directory.notes import DirectoryNotes
from blastradius.systems.directory.objects import Account, Directory, ListedGroup, Management, Membership, Nature

_GROUP_CLASSES = frozenset(
    {
        "group",
        "groupofnames",
        "groupofuniquenames",
        "groupofentries",
        "groupofmembers",
        "groupofurls",
        "posixgroup",
        "ipausergroup",
    }
)
_ACCOUNT_CLASSES = frozenset(
    {
        "user",
        "person",
        "inetorgperson",
        "organizationalperson",
        "posixaccount",
        "account",
        "inetuser",
        "simplesecurityobject",
    }
)
_MACHINE_CLASSES = frozenset({"computer", "msds-groupmanagedserviceaccount", "msds-managedserviceaccount", "device"})
_MEMBERS = ("member", "uniquemember")
_OWNERS = ("owner", "managedby", "memberofmanager")
_WANTED = frozenset(
    {
        "cn",
        "displayname",
        "gidnumber",
        "loginshell",
        "mail",
        "managedby",
        "member",
        "memberof",
        "memberuid",
        "memberurl",
        "nsaccountlock",
        "objectclass",
        "objectsid",
        "owner",
        "primarygroupid",
        "primarygrouptoken",
        "samaccountname",
        "uid",
        "uniquemember",
        "useraccountcontrol",
    }
)
_DISABLED = 0x2
_OWNER_CONDITION = "the directory lets the owner of a group change its members"
_EVERYBODY_SIDS = frozenset({"s-1-1-0", "s-1-5-11", "s-1-5-7"})


@dataclass(slots=True)
class _Known:
    """Entries by the names that others call them by."""

    by_dn: dict[str, tuple[str, Nature]]
    by_login: dict[str, str]
    group_by_number: dict[str, str]


def read_entries(
    documents: Sequence[Document], other: Sequence[Document], directory: Directory, notes: DirectoryNotes
) -> None:
    """Add the entries of LDIF texts to a directory.

    Args:
        documents: Recognised ones.
        other: Those of the other side of a comparison: what an entry is there it is here, and a title that two groups
            share there is no name of one group here.
        directory: Takes accounts and groups.
        notes: Takes what is wrong, what was not understood, and what is missing.
    """
    entries: list[Entry] = []
    for document in documents:
        listing = _listing(document, notes)
        entries.extend(listing.entries)
        _coverage(document, listing, notes)
    elsewhere = [entry for document in other for entry in _listing(document, DirectoryNotes()).entries]
    titles = _titles([*entries, *elsewhere])
    known = _accounts_and_groups(entries, titles, directory, notes)
    for dn, found in _accounts_and_groups(elsewhere, titles, Directory(), DirectoryNotes()).by_dn.items():
        # Whoever has no entry here any more may still be a member, and is what the other side says.
        known.by_dn.setdefault(dn, found)
    links = _Links(known, titles, directory, notes)
    for entry in entries:
        links.follow(entry)
    links.say_what_is_missing()


def groups_in(document: Document) -> Iterable[str]:
    """Name the groups of a text of the other side that have an address."""
    for entry in _listing(document, DirectoryNotes()).entries:
        if _is_group(entry) and is_address(entry.first("mail").lower()):
            yield entry.first("mail").lower()


def _listing(document: Document, notes: DirectoryNotes) -> Listing:
    assert isinstance(document.value, PlainText)
    return read_listing(document.value, document.file.label, _WANTED, notes)


def _coverage(document: Document, listing: Listing, notes: DirectoryNotes) -> None:
    assert isinstance(document.value, PlainText)
    label = document.file.label
    what = f"entries in {label}"
    reason = failed(listing)
    place = listing.entries[0].source if listing.entries else Source(label, 1)
    if reason and listing.result is not None:
        hint = "ask again in pages (`ldapsearch -E pr=1000/noprompt`) or with the rights to read everything"
        notes.truncated(what, listing.result.source, f"the search ended with {quoted(reason)}", hint)
    elif listing.is_cut:
        last = Source(label, len(document.value.lines))
        notes.truncated(what, last, "the search printed no result at its end, so it was cut off", "export it again")
    elif not listing.entries:
        notes.unknown(what, place, "there are no entries", "was the base of the search right, and may one read there?")
    if listing.open_page is not None:
        hint = "let the search fetch all pages: `ldapsearch -E pr=1000/noprompt`"
        notes.truncated(what, listing.open_page, "the last page names a next one (`pagedresults`)", hint)
    if listing.referrals:
        hint = "export what the other servers hold, or follow referrals (`ldapsearch -C`)"
        notes.truncated(
            what, listing.referrals[0], f"{len(listing.referrals)} parts are on other servers (`ref`)", hint
        )
    for entry in listing.entries:
        for attribute, source in entry.cut.items():
            hint = f"ask for the rest, `{attribute};range=N-*`, or export with a tool that does"
            notes.truncated(f"{attribute} of {quoted(entry.dn)}", source, "only a range of the values is there", hint)
    breaks_off = not listing.is_cut and notes.breaks_off(what, document)
    is_cut = listing.is_cut or listing.open_page is not None or breaks_off
    if listing.entries and not reason and not listing.referrals and not is_cut:
        notes.complete(what, place)


def _classes(entry: Entry) -> frozenset[str]:
    return frozenset(value.text.lower() for value in entry.values("objectclass"))


def _is_group(entry: Entry) -> bool:
    classes = _classes(entry)
    if not classes.isdisjoint(_GROUP_CLASSES):
        return True
    return classes.isdisjoint(_ACCOUNT_CLASSES) and any(entry.values(*_MEMBERS, "memberuid"))


def _is_account(entry: Entry) -> bool:
    classes = _classes(entry)
    is_person = not classes.isdisjoint(_ACCOUNT_CLASSES | _MACHINE_CLASSES)
    return is_person or (not classes and any(entry.values("uid", "samaccountname", "memberof", "mail")))


def _titles(entries: Iterable[Entry]) -> Counter[str]:
    """Count how many groups have a title: one that several share names none of them."""
    dns: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        dn = canonical(entry.dn)
        if _is_group(entry):
            dns[_title(entry)].add(dn)
        for value in entry.values("memberof"):
            dns[first_value(value.text)].add(canonical(value.text))
    return Counter({title: len(found) for title, found in dns.items()})


def _title(entry: Entry) -> str:
    return (entry.first("cn", "samaccountname", "displayname") or first_value(entry.dn)).lower()


def _accounts_and_groups(
    entries: Sequence[Entry], titles: Counter[str], directory: Directory, notes: DirectoryNotes
) -> _Known:
    known = _Known({}, {}, {})
    for entry in entries:
        dn = canonical(entry.dn)
        for value in entry.values("mail"):
            notes.one_address(value.text, value.source)
        if _is_group(entry):
            written = (
                entry.first("mail")
                if is_address(entry.first("mail").lower())
                else _group_name(_title(entry), dn, titles)
            )
            name = notes.name(written, entry.source, "group")
            if name is None:
                continue
            directory.add_group(ListedGroup(name, unlisted=any(entry.values("memberurl")), source=entry.source))
            known.by_dn[dn] = name, Nature.GROUP
            for number in (entry.first("gidnumber"), entry.first("primarygrouptoken"), _relative_id(entry)):
                if number:
                    known.group_by_number.setdefault(number, name)
        elif _is_account(entry):
            _account(entry, dn, known, directory, notes)
    return known


def _account(entry: Entry, dn: str, known: _Known, directory: Directory, notes: DirectoryNotes) -> None:
    classes = _classes(entry)
    login = entry.first("uid", "samaccountname")
    mail = entry.first("mail").lower()
    is_machine = not classes.isdisjoint(_MACHINE_CLASSES)
    written = mail if is_address(mail) else login or entry.first("cn") or first_value(entry.dn)
    name = notes.name(written, entry.source, "user")
    if name is None:
        return
    kind = PrincipalKind.SERVICE if is_machine else PrincipalKind.USER
    directory.add_account(Account(name, kind, active=_is_active(entry), source=entry.source))
    known.by_dn[dn] = name, Nature.SERVICE if is_machine else Nature.USER
    for one in (entry.first("uid"), entry.first("samaccountname")):
        if one:
            known.by_login.setdefault(one.lower(), name)


def _is_active(entry: Entry) -> bool:
    control = entry.first("useraccountcontrol")
    is_disabled = control.isascii() and control.isdigit() and len(control) < 12 and int(control) & _DISABLED
    return not is_disabled and entry.first("nsaccountlock").lower() != "true"


def _relative_id(entry: Entry) -> str:
    """Give the last part of a Windows security identifier, by which users name their first group."""
    sid = entry.first("objectsid")
    if sid.startswith("\\") and len(sid) >= 9:
        return str(int.from_bytes(bytes.fromhex(sid[-8:]), "little"))
    return sid.rpartition("-")[2] if sid.upper().startswith("S-1-") else ""


def _group_name(title: str, dn: str, titles: Counter[str]) -> str:
    return dn if titles[title] > 1 else title


class _Links:
    """Follows the names by which entries call each other."""

    def __init__(self, known: _Known, titles: Counter[str], directory: Directory, notes: DirectoryNotes) -> None:
        self._known = known
        self._titles = titles
        self._directory = directory
        self._notes = notes
        self._lost: list[Source] = []

    def follow(self, entry: Entry) -> None:
        """Add what an entry says about memberships."""
        found = self._known.by_dn.get(canonical(entry.dn))
        if found is None:
            return
        name, nature = found
        if nature is Nature.GROUP:
            self._members(entry, name)
        else:
            self._numbers(entry, name, nature)
        for value in entry.values("memberof"):
            group = self._group_of(value.text, value.source)
            if group is not None:
                self._directory.add_group(ListedGroup(group, source=value.source))
                self._directory.add_membership(Membership(group, name, nature, source=value.source))

    def _members(self, entry: Entry, group: str) -> None:
        for value in entry.values(*_MEMBERS):
            if value.text:
                self._add(group, self._by_dn(value.text, value.source), value.source)
        for value in entry.values("memberuid"):
            login = value.text.lower()
            name = self._known.by_login.get(login) or self._notes.member(login, value.source)
            self._add(group, (name, Nature.USER) if name else None, value.source)
        for value in entry.values(*_OWNERS):
            found = self._by_dn(value.text, value.source)
            if found is not None:
                name, nature = found
                self._directory.add_management(
                    Management(group, name, nature, when=_OWNER_CONDITION, source=value.source)
                )

    def _numbers(self, entry: Entry, name: str, nature: Nature) -> None:
        """Put an account into its first group, which lists it nowhere."""
        for value in entry.values("primarygroupid", "gidnumber"):
            group = self._known.group_by_number.get(value.text)
            if group is not None:
                self._directory.add_membership(Membership(group, name, nature, source=value.source))

    def _add(self, group: str, found: tuple[str, Nature] | None, source: Source) -> None:
        if found is not None:
            self._directory.add_membership(Membership(group, found[0], found[1], source=source))

    def _by_dn(self, dn: str, source: Source) -> tuple[str, Nature] | None:
        known = self._known.by_dn.get(canonical(dn))
        if known is not None:
            return known
        value = first_value(dn)
        if value in _EVERYBODY_SIDS:
            return OWN + "all", Nature.CUSTOMER
        if kind_of_first(dn) != "uid":
            self._lost.append(source)
        name = self._notes.name(value or dn, source, "member")
        return None if name is None else (name, Nature.USER)

    def _group_of(self, dn: str, source: Source) -> str | None:
        known = self._known.by_dn.get(canonical(dn))
        if known is not None:
            return known[0]
        title = first_value(dn)
        return self._notes.name(_group_name(title, canonical(dn), self._titles), source, "group")

    def say_what_is_missing(self) -> None:
        """Tell of members whose entries are not there: they may be groups with members of their own."""
        if self._lost:
            reason = f"{len(self._lost)} members have no entry here, so they may be groups with members of their own"
            hint = "export users and groups together, from the top of the directory"
            self._notes.unknown("members of groups", self._lost[0], reason, hint)
