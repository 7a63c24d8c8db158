"""Documents to what they declare about each organisation.

Source: peribolos (``pkg/config/org`` and ``cmd/peribolos`` of kubernetes-sigs/prow, 2026).
"""

from collections.abc import Iterable, Sequence

from blastradius.documents import Document, LinedMap, quoted
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.github.declared import Named, Organisation, Repository
from blastradius.systems.github.fields import ORGANISATION_FIELDS, REPOSITORY_FIELDS, Reader
from blastradius.systems.github.layout import Part, is_full, parts
from blastradius.systems.github.teams import read_teams
from blastradius.systems.notes import Notes

_VISIBILITIES = ("public", "private", "internal")


def read_organisations(documents: Iterable[Document], notes: Notes) -> tuple[Organisation, ...]:
    """Read what the documents declare.

    Args:
        documents: Recognised ones.
        notes: Takes what is wrong and what was not understood.

    Returns:
        One value per organisation, sorted by login.
    """
    documents = tuple(documents)
    for document in documents:
        if isinstance(document.value, LinedMap) and is_full(document.value):
            Reader(document, notes).known(document.value, frozenset({"orgs"}), "the document")
    by_login: dict[str, list[Part]] = {}
    for part in parts(documents):
        login = Reader(part.document, notes).organisation(part.login, part.source)
        if login is None or part.value is None:
            continue
        if isinstance(part.value, LinedMap):
            by_login.setdefault(login, []).append(part)
        else:
            notes.error(part.source, f"the organisation {quoted(login)} must be a mapping")
    return tuple(_organisation(login, by_login[login], notes) for login in sorted(by_login))


def _organisation(login: str, described: Sequence[Part], notes: Notes) -> Organisation:
    owner = f"the organisation {quoted(login)}"
    whole = [part for part in described if part.whole]
    for part in whole[1:]:
        message = f"{owner} is described twice, first at {whole[0].source}"
        notes.error(part.source, message, "give one of the two; files beside it may hold only `teams`")
    # Without such a part only its teams are known, and all that is read here is empty.
    part = (whole or described)[0]
    value = part.value if whole and isinstance(part.value, LinedMap) else LinedMap()
    reader = Reader(part.document, notes)
    reader.known(value, ORGANISATION_FIELDS, owner)
    base = reader.word(value, "default_repository_permission", owner)
    return Organisation(
        login=login,
        source=part.source,
        stated=bool(whole),
        admins=reader.logins(value, "admins", owner),
        admins_source=_place(part, value, "admins"),
        members=reader.logins(value, "members", owner),
        # What GitHub gives a new organisation, and what it keeps when the file says nothing.
        base_permission=base or Named("read", part.source),
        members_create=reader.flag(value, "members_can_create_repositories", owner) is not False,
        members_create_source=_place(part, value, "members_can_create_repositories"),
        teams=read_teams(described, notes),
        repositories=_repositories(value, reader, owner),
    )


def _place(part: Part, value: LinedMap, key: str) -> Source:
    return part.document.at(value, key) if key in value else part.source


def _repositories(value: LinedMap, reader: Reader, owner: str) -> dict[str, Repository]:
    described = reader.mapping(value, "repos", owner)
    found: dict[str, Repository] = {}
    for written, settings in described.items():
        source = reader.document.at(described, written)
        name = reader.repository(written, source)
        itself = f"the repository {quoted(written)}"
        if name is None:
            continue
        if settings is not None and not isinstance(settings, LinedMap):
            reader.notes.error(source, f"{itself} must be a mapping")
        elif name in found:
            message = f"{itself} is described twice, first at {found[name].source}"
            reader.notes.error(source, message, "GitHub tells no upper from lower case; keep one of the two")
        else:
            found[name] = _repository(name, settings or LinedMap(), reader, itself, source)
    return found


def _repository(name: str, value: LinedMap, reader: Reader, owner: str, source: Source) -> Repository:
    reader.known(value, REPOSITORY_FIELDS, owner)
    visibility = _visibility(value, reader, owner)
    return Repository(
        name=name,
        visibility=visibility.name,
        visibility_source=visibility.source,
        archived=reader.flag(value, "archived", owner),
        collaborators=reader.permissions(value, "collaborators", owner, of_people=True),
        source=source,
    )


def _visibility(value: LinedMap, reader: Reader, owner: str) -> Named:
    """Combine ``private`` and ``visibility``; an empty name when neither is stated."""
    private = reader.flag(value, "private", owner)
    stated = reader.word(value, "visibility", owner)
    if stated is None:
        if private is None:
            return Named("", NOWHERE)
        return Named("private" if private else "public", reader.document.at(value, "private"))
    if stated.name not in _VISIBILITIES:
        message = f"unknown visibility {quoted(stated.name)} of {owner}"
        reader.notes.error(stated.source, message, "expected `public`, `private` or `internal`")
    elif private is not None and private == (stated.name == "public"):
        message = f"{owner} is {stated.name}, and `private` says otherwise"
        reader.notes.error(stated.source, message, "keep one of the two")
    return stated
