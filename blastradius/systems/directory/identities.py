"""Our own small file that says who is who in other systems: ``format: blastradius.identities/1``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from blastradius.documents import UNSAFE_CHARACTERS, Document, Fields, LinedList, LinedMap, quoted, shortened
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import BUILT_IN_SUBJECTS, Entry
from blastradius.model.sources import Problem, Source
from blastradius.systems.directory.names import is_address
from blastradius.systems.ids import id_fault

FORMAT = "blastradius.identities/1"
_FIELDS = ("format", "domains", "same_as", "emails", "members", "assumable_by")


@dataclass(slots=True)
class Joined:
    """What such files say, of all of them together."""

    domains: set[str] = field(default_factory=set)
    same_as: dict[frozenset[str], Source] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    named: dict[str, Source] = field(default_factory=dict)
    members: dict[tuple[str, Entry], None] = field(default_factory=dict)
    assumable_by: dict[tuple[str, Entry], None] = field(default_factory=dict)


def recognises(value: object) -> bool:
    """Tell such a file by its ``format``."""
    return isinstance(value, dict) and value.get("format") == FORMAT


def read_identities(documents: Sequence[Document]) -> Joined:
    """Read what the files say.

    Raises:
        SnapshotError: With all problems of all files.
    """
    joined = Joined()
    problems: list[Problem] = []
    for document in documents:
        fields = document.value
        assert isinstance(fields, LinedMap)
        reading = _Reading(document, SnapshotError)
        reading.known_fields(fields, _FIELDS)
        joined.domains.update(reading.domains(fields))
        joined.same_as.update(reading.accounts(fields))
        _add_emails(reading, fields, joined)
        joined.members.update(dict.fromkeys(reading.subjects_by_id(fields, "members")))
        joined.assumable_by.update(dict.fromkeys(reading.subjects_by_id(fields, "assumable_by")))
        problems.extend(reading.problems)
    if problems:
        raise SnapshotError(shortened(problems))
    return joined


def _add_emails(reading: "_Reading", fields: LinedMap, joined: Joined) -> None:
    for name, email, source in reading.emails(fields):
        first = joined.emails.setdefault(name, email)
        joined.named.setdefault(name, source)
        if first != email:
            reading.report_at(
                source, f"{quoted(name)} has the address {quoted(email)} here and {quoted(first)} elsewhere"
            )


class _Reading(Fields):
    """Access to the fields of one such file."""

    def domains(self, fields: LinedMap) -> Iterator[str]:
        """Read the mail domains of the organisation."""
        for listed, index, text in self._texts(fields, "domains"):
            domain = text.lower().removeprefix("@")
            if _is_mail(f"a@{domain}"):
                yield domain
            else:
                self.report(listed, index, f"{quoted(text)} is no mail domain", "write it as `acme.example`")

    def accounts(self, fields: LinedMap) -> Iterator[tuple[frozenset[str], Source]]:
        """Read which accounts belong to one person or workload."""
        lists = self.items(fields, "same_as")
        for index, accounts in enumerate(lists):
            if not isinstance(accounts, LinedList):
                self.wrong_type(lists, index, "a list")
                continue
            names = frozenset(name for at in range(len(accounts)) if (name := self._id(accounts, at)) is not None)
            if len(accounts) < 2:
                self.report(lists, index, "`same_as` needs at least two accounts that belong together")
            elif len(names) > 1:
                yield names, self.document.at(lists, index)

    def emails(self, fields: LinedMap) -> Iterator[tuple[str, str, Source]]:
        """Read the address of each account."""
        listed = self.section(fields, "emails")
        for name in listed:
            text = self.text(listed, name)
            if not self._is_id(listed, name, name) or text is None:
                continue
            if _is_mail(text.lower()):
                yield name, text.lower(), self.document.at(listed, name)
            else:
                self.report(listed, name, f"{quoted(text)} is no mail address", "write it as `ana@acme.example`")

    def subjects_by_id(self, fields: LinedMap, key: str) -> Iterator[tuple[str, Entry]]:
        """Read a mapping from ids to lists of subjects, each an id or ``{id, when}``."""
        listed = self.section(fields, key)
        for name in listed:
            is_id = self._is_id(listed, name, name)
            subjects = self.items(listed, name)
            for index, value in enumerate(subjects):
                entry = self._conditional(subjects, index, value)
                if entry is not None and is_id:
                    yield name, entry

    def _conditional(self, subjects: LinedList, index: int, value: object) -> Entry | None:
        if not isinstance(value, LinedMap):
            name = self._id(subjects, index, is_subject=True)
            return None if name is None else Entry(name, None, self.document.at(subjects, index))
        self.known_fields(value, ("id", "when"))
        when = self.text(value, "when")
        name = self._id(value, "id", is_subject=True) if self.needed(value, "id", "the entry") else None
        return None if name is None else Entry(name, when, self.document.at(subjects, index))

    def _texts(self, fields: LinedMap, key: str) -> Iterator[tuple[LinedList, int, str]]:
        listed = self.items(fields, key)
        for index in range(len(listed)):
            text = self.text(listed, index)
            if text is not None:
                yield listed, index, text

    def _id(self, container: LinedMap | LinedList, key: str | int, *, is_subject: bool = False) -> str | None:
        text = self.text(container, key)
        if text is None or not self._is_id(container, key, text, is_subject=is_subject):
            return None
        return text

    def _is_id(self, container: LinedMap | LinedList, key: str | int, id: str, *, is_subject: bool = False) -> bool:
        fault = None if is_subject and id in BUILT_IN_SUBJECTS else id_fault(id)
        if fault is not None:
            self.report(container, key, *fault)
        return fault is None


def _is_mail(text: str) -> bool:
    return is_address(text) and not UNSAFE_CHARACTERS.search(text)
