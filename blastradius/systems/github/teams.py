"""The teams of one organisation, gathered from all its documents.

Source: peribolos (``pkg/config/org`` of kubernetes-sigs/prow) and the ``cmd/merge`` tool of kubernetes/org, 2026.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blastradius.documents import LinedMap, quoted
from blastradius.model.sources import Source
from blastradius.systems.github.declared import Team
from blastradius.systems.github.fields import TEAM_FIELDS, Reader
from blastradius.systems.github.layout import Part
from blastradius.systems.notes import Notes

_PRIVACIES = ("closed", "secret")


@dataclass(frozen=True, slots=True)
class _Text:
    """A team as it stands in its document, not yet read."""

    name: str
    parent: str | None
    value: object
    reader: Reader
    source: Source

    @property
    def owner(self) -> str:
        """The team as messages name it."""
        return f"the team {quoted(self.name)}"


def read_teams(described: Sequence[Part], notes: Notes) -> dict[str, Team]:
    """Read all teams of an organisation.

    Args:
        described: The parts that speak of the organisation, in the order in which a later one
            replaces an earlier one.
        notes: Takes what is wrong and what was not understood.

    Returns:
        The teams by name; those nested in others stand after all others.
    """
    texts: dict[str, _Text] = {}
    for part in described:
        if isinstance(part.value, LinedMap):
            reader = Reader(part.document, notes)
            if not part.whole:
                reader.known(part.value, frozenset({"teams"}), "a file of teams")
            for text in _texts(part.value, reader, f"the organisation {quoted(part.login)}", None):
                _put(texts, text)
    _put_nested(texts)
    return {name: _team(text) for name, text in texts.items()}


def _texts(value: LinedMap, reader: Reader, owner: str, parent: str | None) -> Iterator[_Text]:
    described = reader.mapping(value, "teams", owner)
    for written, team in described.items():
        source = reader.document.at(described, written)
        if name := reader.team(written, source):
            yield _Text(name, parent, team, reader, source)


def _put(texts: dict[str, _Text], text: _Text) -> None:
    """Add a team; one that is described twice is replaced by the later text.

    NOTE: That is what ``cmd/merge`` does, without a word. Since it is hardly ever meant, it is also a
    problem that somebody has to look at.
    """
    earlier = texts.get(text.name)
    texts[text.name] = text
    if earlier is not None and (earlier.value, earlier.parent) != (text.value, text.parent):
        message = f"{text.owner} is described twice, and this replaces what stands at {earlier.source}"
        text.reader.notes.not_understood(text.source, message, "keep one of the two")


def _put_nested(texts: dict[str, _Text]) -> None:
    """Add the teams nested in these, level by level."""
    level = list(texts.values())
    while level:
        level = [
            nested
            for text in level
            if isinstance(text.value, LinedMap)
            for nested in _texts(text.value, text.reader, text.owner, text.name)
        ]
        for nested in level:
            _put(texts, nested)


def _team(text: _Text) -> Team:
    reader, owner, value = text.reader, text.owner, text.value
    if not isinstance(value, LinedMap):
        if value is not None:
            reader.notes.error(text.source, f"{owner} must be a mapping")
        value = LinedMap()
    reader.known(value, TEAM_FIELDS, owner)
    privacy = reader.word(value, "privacy", owner)
    if privacy is not None and privacy.name not in _PRIVACIES:
        message = f"unknown privacy {quoted(privacy.name)} of {owner}"
        reader.notes.not_understood(privacy.source, message, "expected `closed` or `secret`")
    return Team(
        name=text.name,
        parent=text.parent,
        members=reader.logins(value, "members", owner),
        maintainers=reader.logins(value, "maintainers", owner),
        repositories=reader.permissions(value, "repos", owner, of_people=False),
        privacy=privacy.name if privacy else "",
        source=text.source,
    )
