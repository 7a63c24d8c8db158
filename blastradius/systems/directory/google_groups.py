"""Google Groups kept as files: ``groups:`` with owners, managers and members.

Source: the tool in ``groups/`` of kubernetes/k8s.io (2026) for the layout and what it does with a group; the Groups
Settings API for what a setting means.
"""

from blastradius.documents import Document, LinedList, LinedMap, quoted, type_name
from blastradius.errors import did_you_mean
from blastradius.model.snapshot import PUBLIC
from blastradius.model.sources import Source
from blastradius.systems.directory.names import domain_of
from blastradius.systems.directory.notes import DirectoryNotes
from blastradius.systems.directory.objects import Directory, ListedGroup, Management, Membership

_GROUP_FIELDS = frozenset({"email-id", "name", "description", "settings", "owners", "managers", "members"})
_CONFIG_FIELDS = frozenset(
    {"bot-id", "confirm-changes", "groups-file", "groups-path", "restrictions-path", "secret-version", "token-file"}
)
_JOIN = "WhoCanJoin"
_JOINING = {
    "ANYONE_CAN_JOIN": PUBLIC,
    "ALL_IN_DOMAIN_CAN_JOIN": "domain",
    "CAN_REQUEST_TO_JOIN": "",
    "INVITED_CAN_JOIN": "",
}
_MEMBERS_MAY = {
    "WhoCanAdd": "ALL_MEMBERS_CAN_ADD",
    "WhoCanApproveMembers": "ALL_MEMBERS_CAN_APPROVE",
    "WhoCanInvite": "ALL_MEMBERS_CAN_INVITE",
    "WhoCanModerateMembers": "ALL_MEMBERS",
    "WhoCanModifyMembers": "ALL_MEMBERS",
}
_OTHER_SETTINGS = frozenset(
    {
        "AllowExternalMembers",
        "AllowWebPosting",
        "ArchiveOnly",
        "CustomFooterText",
        "CustomReplyTo",
        "CustomRolesEnabledForSettingsToBeMerged",
        "DefaultMessageDenyNotificationText",
        "DefaultSender",
        "EnableCollaborativeInbox",
        "FavoriteRepliesOnTop",
        "IncludeCustomFooter",
        "IncludeInGlobalAddressList",
        "IsArchived",
        "MembersCanPostAsTheGroup",
        "MessageModerationLevel",
        "PrimaryLanguage",
        "ReconcileMembers",
        "ReplyTo",
        "SendMessageDenyNotification",
        "SpamModerationLevel",
        "WhoCanAssistContent",
        "WhoCanBanUsers",
        "WhoCanContactOwner",
        "WhoCanDiscoverGroup",
        "WhoCanLeaveGroup",
        "WhoCanModerateContent",
        "WhoCanPostMessage",
        "WhoCanViewGroup",
        "WhoCanViewMembership",
    }
)
_SETTINGS = _OTHER_SETTINGS | {_JOIN} | _MEMBERS_MAY.keys()


def recognises(value: object) -> bool:
    """Tell whether a document holds groups, or says how such files are kept."""
    return isinstance(value, LinedMap) and (_is_groups(value) or is_about_files(value))


def is_about_files(value: LinedMap) -> bool:
    """Tell whether a document is configuration of the tool, or says who may edit which file: neither changes access."""
    return ("groups-path" in value and value.keys() <= _CONFIG_FIELDS) or _is_restrictions(value)


def _is_groups(value: LinedMap) -> bool:
    groups = value.get("groups")
    return (
        len(value) == 1
        and isinstance(groups, LinedList)
        and any(isinstance(group, LinedMap) and "email-id" in group for group in groups)
    )


def _is_restrictions(value: LinedMap) -> bool:
    rules = value.get("restrictions")
    return (
        len(value) == 1
        and isinstance(rules, LinedList)
        and any(isinstance(rule, LinedMap) and "allowedGroups" in rule for rule in rules)
    )


def read_groups(document: Document, directory: Directory, notes: DirectoryNotes) -> None:
    """Add the groups of a document to a directory."""
    value = document.value
    assert isinstance(value, LinedMap)
    if is_about_files(value):
        return
    groups = value["groups"]
    for position, group in enumerate(groups):
        if isinstance(group, LinedMap):
            _Reader(document, directory, notes).group(group)
        else:
            notes.error(document.at(groups, position), f"a group must be a mapping, not {type_name(group)}")
    what = f"groups in {document.file.label}"
    if not notes.breaks_off(what, document):
        notes.complete(what, document.at(value))


def groups_in(document: Document) -> list[str]:
    """Name the groups of a document of the other side, whatever is wrong with it."""
    scratch = Directory()
    read_groups(document, scratch, DirectoryNotes())
    return list(scratch.groups)


class _Reader:
    """Reads the groups of one document."""

    def __init__(self, document: Document, directory: Directory, notes: DirectoryNotes) -> None:
        self._document = document
        self._directory = directory
        self._notes = notes

    def group(self, value: LinedMap) -> None:
        at = self._document.at
        written = self._document.text_of(value, "email-id")
        if not written:
            self._notes.error(at(value, "email-id"), "the group lacks its address in `email-id`")
            return
        source = at(value, "email-id")
        name = self._notes.name(written, source, "group")
        self._known(value, _GROUP_FIELDS)
        if name is None:
            return
        if name in self._directory.groups:
            message = f"{quoted(name)} is described twice, first at {self._directory.groups[name].source}"
            self._notes.not_understood(source, f"{message}; the members of both count", "keep one of the two")
        settings = self._settings(value)
        self._directory.add_group(
            ListedGroup(
                name,
                # Without this the tool adds members and takes none away.
                unlisted=settings.get("ReconcileMembers", "").lower() != "true",
                joined_by=self._joined_by(name, settings, value),
                members_manage=any(settings.get(key) == word for key, word in _MEMBERS_MAY.items()),
                source=source,
            )
        )
        for key in ("owners", "managers", "members"):
            self._members(name, value, key)

    def _members(self, group: str, value: LinedMap, key: str) -> None:
        listed = value.get(key)
        if listed is None:
            return
        if not isinstance(listed, LinedList):
            message = f"{quoted(key)} of {quoted(group)} must be a list of addresses, not {type_name(listed)}"
            self._notes.error(self._document.at(value, key), message)
            return
        for position in range(len(listed)):
            source = self._document.at(listed, position)
            text = self._document.text_of(listed, position)
            if text is None or listed[position] is None:
                message = f"{quoted(key)} of {quoted(group)} holds an entry that is {type_name(listed[position])}"
                self._notes.error(source, message, "write one address for each entry")
            elif (member := self._notes.member(text, source)) is not None:
                self._directory.add_membership(Membership(group, member, source=source))
                if key != "members":
                    self._directory.add_management(Management(group, member, owner=key == "owners", source=source))

    def _settings(self, value: LinedMap) -> dict[str, str]:
        settings = value.get("settings")
        if settings is None:
            return {}
        if not isinstance(settings, LinedMap):
            message = f"`settings` must be a mapping, not {type_name(settings)}"
            self._notes.error(self._document.at(value, "settings"), message)
            return {}
        self._known(settings, _SETTINGS)
        return {key: self._document.text_of(settings, key) or "" for key in settings}

    def _joined_by(self, name: str, settings: dict[str, str], value: LinedMap) -> str:
        word = settings.get(_JOIN, "INVITED_CAN_JOIN")
        if word not in _JOINING:
            source = self._document.at(value["settings"], _JOIN)
            message = f"the setting {quoted(word)} of `{_JOIN}` is not known, and counts as anyone can join"
            self._notes.not_understood(source, message, did_you_mean(word, _JOINING))
        whom = _JOINING.get(word, PUBLIC)
        return domain_of(name) if whom == "domain" else whom

    def _known(self, value: LinedMap, fields: frozenset[str]) -> None:
        for key in value:
            if key not in fields:
                source: Source = self._document.at(value, key)
                self._notes.not_understood(source, f"unknown field {quoted(key)}", did_you_mean(key, sorted(fields)))
