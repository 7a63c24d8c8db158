"""Names of repositories that the other side of a comparison mentions."""

from collections.abc import Iterable, Iterator

from blastradius.documents import Document, LinedMap
from blastradius.systems.github.declared import Organisation
from blastradius.systems.github.fields import Reader
from blastradius.systems.github.layout import Part, parts
from blastradius.systems.notes import Notes


def repositories_elsewhere(
    other: Iterable[Document], organisations: Iterable[Organisation]
) -> dict[str, frozenset[str]]:
    """Name repositories that exist although these organisations do not mention them.

    Giving a team its first permission on a repository does not make the repository. Describing one
    under ``repos`` of the organisation does, if the organisation describes its repositories at all.

    Args:
        other: Recognised documents of the other side; what is wrong with them is reported there.
        organisations: What this side declares.

    Returns:
        Names in lower case, by login of the organisation.
    """
    describes_its_own = {organisation.login for organisation in organisations if organisation.repositories}
    granted: dict[str, set[str]] = {}
    described: dict[str, set[str]] = {}
    for part in parts(other):
        if not isinstance(part.value, LinedMap):
            continue
        login = part.login.lower()
        granted.setdefault(login, set()).update(_names(_team_repositories(part.value), part))
        described.setdefault(login, set()).update(_names(_keys(part.value, "repos"), part))
    return {
        login: frozenset(
            granted[login] - described[login] if login in describes_its_own else granted[login] | described[login]
        )
        for login in granted
    }


def _team_repositories(value: LinedMap) -> Iterator[str]:
    waiting: list[object] = [value]
    while waiting:
        teams = waiting.pop()
        nested = teams.get("teams") if isinstance(teams, LinedMap) else None
        for team in nested.values() if isinstance(nested, LinedMap) else ():
            if isinstance(team, LinedMap):
                yield from _keys(team, "repos")
                waiting.append(team)


def _keys(value: LinedMap, key: str) -> Iterable[str]:
    described = value.get(key)
    return described.keys() if isinstance(described, LinedMap) else ()


def _names(written: Iterable[str], part: Part) -> Iterator[str]:
    reader = Reader(part.document, Notes())
    for name in written:
        if checked := reader.repository(name, part.source):
            yield checked
