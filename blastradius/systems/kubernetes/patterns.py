"""Sets of requests that a rule can name, their ids, and which set holds which.

The matching is that of the RBAC authorizer: `*` stands for all groups or all resources with their
subresources, `*/exec` for one subresource of everything, `pods` does not hold `pods/exec`, and no
other star means anything.

Source: Kubernetes 1.34, `pkg/apis/rbac/v1/evaluation_helpers.go`.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from blastradius.systems.kubernetes.names import object_token, token

ANY = "*"
_CORE = "core"


class Kind(NamedTuple):
    """The types of things that a pattern is about.

    Attributes:
        group: API group, empty for the core group, `ANY` for all.
        resource: Plural name, or `ANY`.
        subresource: Empty for the objects themselves; with the resource `ANY`, empty means everything.
    """

    group: str
    resource: str
    subresource: str = ""

    @property
    def is_single(self) -> bool:
        """Whether this is one type, not several."""
        return ANY not in (self.group, self.resource)

    def wider(self) -> Iterator["Kind"]:
        """Give every kind that holds this one, itself first."""
        names = [(self.resource, self.subresource)]
        if self.subresource and self.resource != ANY:
            names.append((ANY, self.subresource))
        if names[-1] != (ANY, ""):
            names.append((ANY, ""))
        for group in (self.group,) if self.group == ANY else (self.group, ANY):
            for resource, subresource in names:
                yield Kind(group, resource, subresource)

    def holds(self, other: "Kind") -> bool:
        """Tell whether every request about the other kind is one about this kind."""
        return (
            self.group in (ANY, other.group)
            and self.resource in (ANY, other.resource)
            and (self.subresource == other.subresource or (self.resource == ANY and not self.subresource))
        )


class Pattern(NamedTuple):
    """Requests about some kinds of things in one namespace or in all.

    Attributes:
        namespace: Token of a namespace; `ANY` for all of them and for what lies in none.
        name: Name of one object; empty for all objects, and for requests that name none.
    """

    namespace: str
    kind: Kind
    name: str = ""

    @property
    def id(self) -> str:
        """The id of the resource that stands for the pattern."""
        group, resource, subresource = self.kind
        text = f"k8s:{self.namespace}/{resource}"
        if group or resource == ANY:
            # NOTE: everything of everything is a plain star, so everything of the core group needs its name.
            text += "" if group == resource == ANY else f".{group or _CORE}"
        if subresource:
            text += f"/{subresource}"
        return f"{text}:{self.name}" if self.name else text


EVERYTHING = Pattern(ANY, Kind(ANY, ANY))


def kind_of(group: str, resource: str) -> Kind | None:
    """Read a group and a resource as a rule names them.

    Returns:
        The kind, or None when no request can match: a star inside a word is no wildcard to the authorizer, so
        that ``pods/*`` and ``secret*`` grant nothing.
    """
    plural, _, subresource = resource.partition("/")
    if not plural or resource.endswith("/") or _stray_star(group) or _stray_star(plural) or ANY in subresource:
        return None
    return Kind(_group_token(group), ANY if plural == ANY else _part(plural), token(subresource))


def object_name(name: str) -> str:
    """Write the name of an object as patterns hold it."""
    return object_token(name)


class UrlPattern(NamedTuple):
    """Requests for paths that are no API resources.

    Attributes:
        path: A path, or with `is_prefix` the beginning of paths.
    """

    path: str
    is_prefix: bool = False

    @property
    def id(self) -> str:
        """The id of the resource that stands for the pattern."""
        # NOTE: a star inside a path is a star, and must not look like one that stands for something.
        return f"k8s-url:{object_token(self.path).replace('*', '%2A')}{'*' if self.is_prefix else ''}"


def url_pattern(text: str) -> UrlPattern:
    """Read a path as a rule names it: only stars at the very end stand for something."""
    bare = text.rstrip("*")
    return UrlPattern(bare, is_prefix=bare != text)


EVERY_URL = UrlPattern("", is_prefix=True)


def enclosing_urls(patterns: Iterable[UrlPattern]) -> Iterator[tuple[UrlPattern, UrlPattern | None]]:
    """Give each path pattern with the narrowest other that holds it, sorted.

    Cost: that of sorting. What a beginning holds stands right behind it, so the open beginnings are a stack.
    """
    holding: list[UrlPattern] = []
    for pattern in sorted(patterns, key=lambda one: (one.path, not one.is_prefix)):
        while holding and not pattern.path.startswith(holding[-1].path):
            holding.pop()
        yield pattern, holding[-1] if holding else None
        if pattern.is_prefix:
            holding.append(pattern)


def _stray_star(text: str) -> bool:
    return ANY in text and text != ANY


def _group_token(group: str) -> str:
    if group == ANY:
        return ANY
    # NOTE: no API group is called `core`, but rules do say it; it must not look like the real core group.
    return "%63ore" if group == _CORE else token(group)


def _part(resource: str) -> str:
    return token(resource).replace(".", "%2E")
