"""Every field that peribolos knows, and how the values below them are read."""

import re
from collections.abc import Iterator

from blastradius.documents import UNSAFE_CHARACTERS, Document, LinedList, LinedMap, quoted, type_name
from blastradius.errors import did_you_mean
from blastradius.model.snapshot import UNLISTED_SUFFIX
from blastradius.model.sources import Source
from blastradius.systems.github.declared import Named, Permission
from blastradius.systems.notes import Notes

ORGANISATION_FIELDS = frozenset(
    {
        "admins",
        "default_repository_permission",
        "members",
        "members_can_create_repositories",
        "repos",
        "teams",
        # These say nothing about who may reach what.
        "billing_email",
        "company",
        "description",
        "email",
        "has_organization_projects",
        "has_repository_projects",
        "location",
        "name",
    }
)
TEAM_FIELDS = frozenset({"maintainers", "members", "privacy", "repos", "teams", "description", "previously"})
REPOSITORY_FIELDS = frozenset(
    {
        "archived",
        "collaborators",
        "private",
        "visibility",
        # These say nothing about who may reach what.
        "allow_merge_commit",
        "allow_rebase_merge",
        "allow_squash_merge",
        "default_branch",
        "default_branch_only",
        "description",
        "fork_from",
        "has_issues",
        "has_projects",
        "has_wiki",
        "homepage",
        "on_create",
        "previously",
        "squash_merge_commit_message",
        "squash_merge_commit_title",
    }
)

_AS_SHOWN = "write the name as GitHub shows it"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}(\[bot\])?", re.ASCII)
_REPOSITORY = re.compile(r"[a-z0-9._-]{1,100}", re.ASCII)


class Reader:
    """Reads the values of one document and notes what does not fit."""

    __slots__ = ("document", "notes")

    def __init__(self, document: Document, notes: Notes) -> None:
        """Read this document, and take down there what does not fit."""
        self.document = document
        self.notes = notes

    def mapping(self, container: LinedMap, key: str, owner: str) -> LinedMap:
        """Read a mapping; an empty one when it was left out."""
        value = container.get(key)
        if isinstance(value, LinedMap):
            return value
        if value is not None:
            self._wrong(container, key, owner, "a mapping")
        return LinedMap()

    def logins(self, container: LinedMap, key: str, owner: str) -> tuple[Named, ...]:
        """Read a list of logins; empty when it was left out."""
        value = container.get(key)
        if isinstance(value, LinedList):
            return tuple(self._logins_of(value, f"`{key}` of {owner}"))
        if value is not None:
            self._wrong(container, key, owner, "a list of logins")
        return ()

    def flag(self, container: LinedMap, key: str, owner: str) -> bool | None:
        """Read a truth value; None when it was left out."""
        value = container.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong(container, key, owner, "`true` or `false`")
        return None

    def word(self, container: LinedMap, key: str, owner: str) -> Named | None:
        """Read a word such as a permission, in lower case; None when it was left out or is none."""
        if container.get(key) is None:
            return None
        text = self.document.text_of(container, key)
        if not text:
            self._wrong(container, key, owner, "a word")
            return None
        return Named(text.lower(), self.document.at(container, key))

    def permissions(self, container: LinedMap, key: str, owner: str, *, of_people: bool) -> tuple[Permission, ...]:
        """Read a mapping from repositories, or from logins, to permissions."""
        described = self.mapping(container, key, owner)
        found: list[Permission] = []
        for name in described:
            word = self.word(described, name, f"`{key}` of {owner}")
            source = self.document.at(described, name)
            holder = self.login(name, source) if of_people else self.repository(name, source)
            if described[name] is None:
                self._wrong(described, name, f"`{key}` of {owner}", "a permission such as `read`")
            elif word and holder:
                found.append(Permission(Named(holder, source), word.name))
        return tuple(found)

    def known(self, value: LinedMap, fields: frozenset[str], owner: str) -> None:
        """Note every field that nobody knows."""
        for key in value:
            if key in fields:
                continue
            message = f"unknown field {quoted(key)} in {owner}"
            self.notes.not_understood(self.document.at(value, key), message, did_you_mean(key, sorted(fields)))

    def login(self, written: str, source: Source) -> str | None:
        """Normalise a login as peribolos does: no leading ``@``, lower case."""
        login = written.removeprefix("@").lower()
        return self._checked(login, source, "login", is_usual=_LOGIN.fullmatch(login) is not None)

    def repository(self, written: str, source: Source) -> str | None:
        """Normalise the name of a repository."""
        name = written.lower()
        return self._checked(name, source, "repository", is_usual=_REPOSITORY.fullmatch(name) is not None)

    def team(self, written: str, source: Source) -> str | None:
        """Normalise the name of a team, in which GitHub allows nearly everything."""
        name = written.lower()
        if name.endswith(UNLISTED_SUFFIX):
            message = f"{quoted(written)} cannot be the name of a team"
            self.notes.error(source, message, f"`{UNLISTED_SUFFIX}` is reserved")
            return None
        return self._checked(name, source, "team", is_usual=True)

    def organisation(self, written: str, source: Source) -> str | None:
        """Normalise the login of an organisation."""
        login = written.lower()
        return self._checked(login, source, "organisation", is_usual=_LOGIN.fullmatch(login) is not None)

    def _checked(self, name: str, source: Source, what: str, *, is_usual: bool) -> str | None:
        if not name or name.isspace() or UNSAFE_CHARACTERS.search(name):
            message = f"{quoted(name)} cannot be the name of {_article(what)}"
            self.notes.error(source, message, _AS_SHOWN)
            return None
        if not is_usual:
            message = f"{quoted(name)} does not look like {_article(what)} that GitHub could know"
            self.notes.not_understood(source, message, _AS_SHOWN)
        return name

    def _logins_of(self, entries: LinedList, where: str) -> Iterator[Named]:
        for position, entry in enumerate(entries):
            source = self.document.at(entries, position)
            text = None if entry is None else self.document.text_of(entries, position)
            if text is None:
                advice = "put it in quotes if it is a login" if entry is None else "write one login for each entry"
                self.notes.error(source, f"{where} holds an entry that is {type_name(entry)}, not a login", advice)
            elif login := self.login(text, source):
                yield Named(login, source)

    def _wrong(self, container: LinedMap, key: str, owner: str, expected: str) -> None:
        source = self.document.at(container, key)
        self.notes.error(source, f"{quoted(key)} of {owner} must be {expected}, not {type_name(container[key])}")


def _article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"
