"""Members of Google groups as ``gcloud identity groups memberships list --format=json`` prints them.

Source: Cloud Identity API v1, ``groups.memberships`` and ``groups`` (2026).
"""

from collections.abc import Iterable, Sequence

from blastradius.documents import Document, LinedList, LinedMap, quoted
from blastradius.model.sources import Source
from blastradius.systems.directory.columns import NATURES, letters
from blastradius.systems.directory.names import OWN, name_of
from blastradius.systems.directory.notes import DirectoryNotes
from blastradius.systems.directory.objects import Directory, ListedGroup, Management, Membership, Nature
from blastradius.systems.directory.trees import items_of, maps_in, text_in

_KEYS = ("preferredMemberKey", "memberKey")


def recognises(value: object) -> bool:
    """Tell whether a document lists members of Google groups, or describes such a group."""
    items = (value.get("memberships", [value]) if isinstance(value, LinedMap) else value) or ()
    first = next(iter(items), None) if isinstance(items, list) else None
    return isinstance(first, LinedMap) and (_is_membership(first) or _is_group(first))


def _is_membership(value: LinedMap) -> bool:
    name = text_in(value, "name")
    return name.startswith("groups/") and "/memberships/" in name and any(key in value for key in _KEYS)


def _is_group(value: LinedMap) -> bool:
    return text_in(value, "name").startswith("groups/") and isinstance(value.get("groupKey"), LinedMap)


def read_memberships(documents: Sequence[Document], directory: Directory, notes: DirectoryNotes) -> None:
    """Add memberships to a directory; a group is called by its address where a document describes it."""
    addresses = _addresses(documents, directory, notes)
    nameless: dict[str, Source] = {}
    without_roles: list[Source] = []
    for document in documents:
        for item in items_of(document, "memberships"):
            if not _is_membership(item):
                continue
            source = document.at(item)
            number = text_in(item, "name").partition("/memberships/")[0]
            group = addresses.get(number, OWN + number.lower())
            if number not in addresses:
                nameless.setdefault(number, source)
            directory.add_group(ListedGroup(group, source=source))
            if not isinstance(item.get("roles"), LinedList):
                without_roles.append(source)
            _member(document, item, group, directory, notes)
        _page(document, notes)
    _say_what_is_missing(nameless, without_roles, notes)


def _addresses(documents: Iterable[Document], directory: Directory, notes: DirectoryNotes) -> dict[str, str]:
    found: dict[str, str] = {}
    for document in documents:
        for item in items_of(document, "groups"):
            if _is_group(item):
                key = item["groupKey"]
                source = document.at(key, "id")
                name = notes.name(text_in(key, "id"), source, "group")
                if name is not None:
                    found[text_in(item, "name")] = name
                    directory.add_group(ListedGroup(name, source=source))
    return found


def _member(document: Document, item: LinedMap, group: str, directory: Directory, notes: DirectoryNotes) -> None:
    key = next((item[key] for key in _KEYS if isinstance(item.get(key), LinedMap)), LinedMap())
    source = document.at(key, "id")
    member = notes.name(text_in(key, "id"), source, "member")
    if member is None:
        return
    word = letters(text_in(item, "type"))
    if word not in NATURES:
        notes.not_understood(source, f"the kind of member {quoted(text_in(item, 'type'))} is not known")
    nature = NATURES.get(word, Nature.UNSAID)
    roles = list(maps_in(item.get("roles"))) or [LinedMap()]
    for role in roles:
        name = text_in(role, "name") or "MEMBER"
        when = _until(role)
        if name == "MEMBER" or len(roles) == 1:
            directory.add_membership(Membership(group, member, nature, when, source))
        if name != "MEMBER":
            if name not in ("OWNER", "MANAGER"):
                notes.not_understood(source, f"the role {quoted(name)} of a member is not known, and counts as owner")
            directory.add_management(Management(group, member, nature, name != "MANAGER", when, source))


def _until(role: LinedMap) -> str | None:
    time = text_in(role.get("expiryDetail"), "expireTime")
    return f"before {time}" if time else None


def _page(document: Document, notes: DirectoryNotes) -> None:
    what = f"members in {document.file.label}"
    if text_in(document.value, "nextPageToken"):
        hint = "export it with `gcloud identity groups memberships list`, which fetches all pages"
        source = document.at(document.value, "nextPageToken")
        notes.truncated(what, source, "the page names a next page (`nextPageToken`)", hint)
    else:
        notes.complete(what, document.at(document.value))


def _say_what_is_missing(nameless: dict[str, Source], without_roles: Sequence[Source], notes: DirectoryNotes) -> None:
    for number, source in nameless.items():
        message = f"nothing says which address {quoted(number)} has, so grants to that address do not reach its members"
        hint = "give the output of `gcloud identity groups describe ADDRESS --format=json` as well"
        notes.not_understood(source, message, hint)
    if without_roles:
        reason = f"{len(without_roles)} memberships do not say whether the member is an owner or a manager"
        notes.unknown("roles of members", without_roles[0], reason, "export them with `--view=full`")


def groups_in(document: Document) -> Iterable[str]:
    """Name the groups that a document of the other side describes."""
    for item in items_of(document, "groups"):
        if _is_group(item) and (name := name_of(text_in(item["groupKey"], "id"))) is not None:
            yield name
