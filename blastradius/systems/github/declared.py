"""What the documents say about one organisation, before it becomes facts."""

from collections.abc import Mapping
from dataclasses import dataclass

from blastradius.model.sources import Source


@dataclass(frozen=True, slots=True)
class Named:
    """A name and the place it was read from.

    Attributes:
        name: In lower case: GitHub tells no upper from lower case in any name.
    """

    name: str
    source: Source


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that somebody has on a repository.

    Attributes:
        holder: The repository (for a team's permission) or the login (for a collaborator's).
        permission: As written, such as ``write``.
    """

    holder: Named
    permission: str


@dataclass(frozen=True, slots=True)
class Team:
    """One team, without the teams below it.

    Attributes:
        name: In lower case.
        parent: Name of the team that this one is nested in; None at the top.
        members, maintainers: As listed; may overlap.
        repositories: Permissions of the team, by repository.
        privacy: ``closed`` or ``secret``; empty when not stated.
    """

    name: str
    parent: str | None
    members: tuple[Named, ...]
    maintainers: tuple[Named, ...]
    repositories: tuple[Permission, ...]
    privacy: str
    source: Source


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository that the organisation describes.

    Attributes:
        visibility: ``public``, ``private`` or ``internal``; empty when unknown.
        visibility_source: Where the visibility stands.
        archived: None when not stated.
        collaborators: People with a permission of their own.
    """

    name: str
    visibility: str
    visibility_source: Source
    archived: bool | None
    collaborators: tuple[Permission, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything said about one organisation.

    Attributes:
        login: In lower case.
        stated: True when a document describes it; otherwise only teams are known, and neither who is in it
            nor what the members may do.
        admins, members: As listed; may overlap.
        base_permission: What every member may do on every repository.
        members_create: Whether every member may make new repositories.
        teams: By name, nested ones included.
        repositories: By name; only those that the organisation describes.
        source: Where it is described first.
    """

    login: str
    source: Source
    stated: bool
    admins: tuple[Named, ...]
    admins_source: Source
    members: tuple[Named, ...]
    base_permission: Named
    members_create: bool
    members_create_source: Source
    teams: Mapping[str, Team]
    repositories: Mapping[str, Repository]
