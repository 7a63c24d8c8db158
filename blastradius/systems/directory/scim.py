"""Users and groups as a SCIM service lists them.

Source: RFC 7643 (core schema) and RFC 7644 section 3.4.2 (list responses).
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from blastradius.documents import Document, LinedList, LinedMap, quoted
from blastradius.model.snapshot import PrincipalKind
from blastradius.model.sources import Source
from blastradius.systems.directory.names import is_address, name_of
from blastradius.systems.directory.notes import DirectoryNotes
from blastradius.systems.directory.objects import Account, Directory, ListedGroup, Membership, Nature
from blastradius.systems.directory.trees import items_of, maps_in, text_in

_LIST = ("urn:ietf:params:scim:api:messages:2.0:ListResponse",)
_USER = ("urn:ietf:params:scim:schemas:core:2.0:User", "urn:scim:schemas:core:1.0:User")
_GROUP = ("urn:ietf:params:scim:schemas:core:2.0:Group", "urn:scim:schemas:core:1.0:Group")


def recognises(value: object) -> bool:
    """Tell whether a document is a list response, a user or a group."""
    first = next(iter(value), None) if isinstance(value, LinedList) else value
    return isinstance(first, LinedMap) and (_has_schema(first, _LIST) or _is_user(first) or _is_group(first))


def read_resources(documents: Sequence[Document], directory: Directory, notes: DirectoryNotes) -> None:
    """Add users and groups to a directory; all pages are needed, since groups name their members by id."""
    names: dict[str, tuple[str, Nature]] = {}
    found = [(document, item) for document in documents for item in items_of(document, "Resources")]
    for document, item in found:
        number = text_in(item, "id")
        if _is_user(item):
            name = _user(document, item, directory, notes)
            if name and number:
                names[number] = name, Nature.USER
        elif _is_group(item):
            name = _group(document, item, directory, notes)
            if name and number:
                names[number] = name, Nature.GROUP
        elif not _has_schema(item, _LIST):
            notes.not_understood(document.at(item), "a resource is neither a user nor a group")
    links = _Links(names, directory, notes)
    for document, item in found:
        if _is_group(item):
            links.members(document, item)
        elif _is_user(item):
            links.groups(document, item)
    links.say_what_is_missing()
    _count_pages(documents, notes)
    _are_members_listed([(document, item) for document, item in found if _is_group(item)], notes)


def _user(document: Document, item: LinedMap, directory: Directory, notes: DirectoryNotes) -> str | None:
    login = text_in(item, "userName")
    emails = [text_in(email, "value") for email in sorted(maps_in(item.get("emails")), key=_not_primary)]
    email = next((address for address in emails if is_address(address.strip().lower())), "").strip().lower()
    chosen = login if not login or is_address(login.strip().lower()) else (email or login)
    source = document.at(item, "userName")
    for written in (login, *emails):
        notes.one_address(written, source)
    name = notes.name(chosen or email or text_in(item, "id"), source, "user")
    if name is not None:
        active = item.get("active")
        external = "#ext#" in login.lower() or text_in(item, "userType").lower() in ("guest", "external")
        directory.add_account(Account(name, PrincipalKind.USER, external, active is not False, email, source))
        if active not in (True, False, None):
            notes.not_understood(document.at(item, "active"), "`active` is no truth value, and counts as true")
    return name


def _group(document: Document, item: LinedMap, directory: Directory, notes: DirectoryNotes) -> str | None:
    written = text_in(item, "displayName", "id")
    source = document.at(item, "displayName")
    name = notes.name(written, source, "group")
    if name is not None:
        if name in directory.groups:
            message = f"two groups are called {quoted(written)}, first at {directory.groups[name].source}"
            notes.not_understood(source, f"{message}; they count as one")
        directory.add_group(ListedGroup(name, source=source))
    return name


class _Links:
    """Follows the ids by which groups and users name each other."""

    def __init__(self, names: dict[str, tuple[str, Nature]], directory: Directory, notes: DirectoryNotes) -> None:
        self._names = names
        self._directory = directory
        self._notes = notes
        self._lost: list[Source] = []

    def members(self, document: Document, item: LinedMap) -> None:
        group = self._names.get(text_in(item, "id"))
        name = group[0] if group else name_of(text_in(item, "displayName", "id"))
        if name is None:
            return
        for member in maps_in(item.get("members")):
            source = document.at(member)
            found = self._find(member, source, "member")
            if found is not None:
                self._directory.add_membership(Membership(name, found[0], found[1], source=source))

    def groups(self, document: Document, item: LinedMap) -> None:
        user = self._names.get(text_in(item, "id"))
        for group in maps_in(item.get("groups")) if user else ():
            source = document.at(group)
            found = self._find(group, source, "group")
            if found is not None and user is not None:
                self._directory.add_group(ListedGroup(found[0], source=source))
                self._directory.add_membership(Membership(found[0], user[0], user[1], source=source))

    def _find(self, link: LinedMap, source: Source, what: str) -> tuple[str, Nature] | None:
        number = text_in(link, "value")
        if number in self._names:
            return self._names[number]
        place = text_in(link, "$ref").lower()
        kind = text_in(link, "type").lower()
        is_group = what == "group" or kind == "group" or "/groups/" in place
        is_user = kind == "user" or "/users/" in place
        if not is_group and not is_user:
            self._lost.append(source)
        name = self._notes.name(text_in(link, "display", "displayName") or number, source, what)
        return None if name is None else (name, Nature.GROUP if is_group else Nature.USER)

    def say_what_is_missing(self) -> None:
        if self._lost:
            reason = f"{len(self._lost)} members are in no list, so they may be groups with members of their own"
            hint = "export `/Users` and `/Groups`, all pages of both"
            self._notes.unknown("members of groups", self._lost[0], reason, hint)


def _count_pages(documents: Sequence[Document], notes: DirectoryNotes) -> None:
    """Hold the number of resources on all pages against the number that the pages announce."""
    announced: dict[str, int] = {}
    first: dict[str, Source] = {}
    seen: Counter[str] = Counter()
    for document in documents:
        value = document.value
        if not isinstance(value, LinedMap) or not _has_schema(value, _LIST):
            continue
        items = items_of(document, "Resources") if isinstance(value.get("Resources"), LinedList) else ()
        what = "SCIM groups" if any(_is_group(item) for item in items) else "SCIM users"
        total = value.get("totalResults")
        if isinstance(total, int) and not isinstance(total, bool) and (items or total):
            announced[what] = max(total, announced.get(what, 0))
            first.setdefault(what, document.at(value, "totalResults"))
            seen[what] += len(items)
        elif total == 0:
            source = document.at(value, "totalResults")
            notes.unknown(f"SCIM resources in {document.file.label}", source, "there are none", _NOTHING)
        elif items:
            source = document.at(value)
            notes.unknown(what, source, "the list does not say how many there are (`totalResults`)", _ALL_PAGES)
    for what, total in announced.items():
        if seen[what] < total:
            reason = f"{seen[what]} of {total} are there"
            notes.truncated(what, first[what], reason, _ALL_PAGES)
        else:
            notes.complete(what, first[what])


_NOTHING = "export it again; may the token read all?"
_ALL_PAGES = "fetch every page (`startIndex`, `count`) and give all of them"


def _are_members_listed(groups: Iterable[tuple[Document, LinedMap]], notes: DirectoryNotes) -> None:
    groups = tuple(groups)
    if groups and not any("members" in item for _, item in groups):
        document, item = groups[0]
        reason = f"none of the {len(groups)} groups has the field `members`"
        hint = "export the groups again, without `excludedAttributes=members`"
        notes.unknown("members of SCIM groups", document.at(item), reason, hint)


def groups_in(document: Document) -> Iterable[str]:
    """Name the groups of a document of the other side."""
    for item in items_of(document, "Resources"):
        if _is_group(item) and (name := name_of(text_in(item, "displayName", "id"))) is not None:
            yield name


def _not_primary(email: LinedMap) -> bool:
    return email.get("primary") is not True


def _is_user(value: LinedMap) -> bool:
    return _has_schema(value, _USER)


def _is_group(value: LinedMap) -> bool:
    return _has_schema(value, _GROUP)


def _has_schema(value: LinedMap, schemas: Sequence[str]) -> bool:
    stated = value.get("schemas")
    return isinstance(stated, LinedList) and any(schema in stated for schema in schemas)
