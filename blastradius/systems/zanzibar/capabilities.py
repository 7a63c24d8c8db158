"""Which relation amounts to which capability, and which types are principals: by its words, or as a file says.

Source: SPEC section 2 (capabilities); the words are those of the models of OpenFGA's and SpiceDB's documentation.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from blastradius.documents import Document, LinedMap, check_schema
from blastradius.errors import SnapshotError
from blastradius.globs import matches
from blastradius.model.snapshot import CAPABILITIES, Capability, PrincipalKind
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes

FORMAT = "blastradius.relations/1"
"""The first line of a file that says what relations amount to."""
SCHEMA = "relations"
"""Name of its JSON Schema."""
NONE = "none"
"""For a relation that allows nothing itself, and for a type that is never a principal."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDS: Mapping[Capability | None, frozenset[str]] = {
    # Whoever is in one of these is kept out, or merely belongs somewhere.
    None: _words(
        """assignee assigned ban banned barred belongs block blocked blacklist blacklisted blocklist child children deny
        denied employee excluded group groups member members membership org organisation organization parent parents
        participant restricted suspended team teams tenant"""
    ),
    Capability.LIST: _words("browse discover enumerate list lister"),
    Capability.READ: _words(
        """access accessor audit auditor consume consumer copy download export fetch follow follower get guest hear
        inspect know listen lookup observe observer open play preview print query read readable reader receive review
        reviewer search
        see show subscribe view viewable viewer watch watcher"""
    ),
    Capability.WRITE: _words(
        """add append approve approver archive author book build cancel change close collaborator comment commenter
        configure contribute contributor create creator delete deleter deploy destroy developer drop edit editor
        execute import insert install maintain maintainer make merge modify moderate moderator move operate operator
        pay post publish publisher push put reboot redact remove rename reply reset respond restart restore run send
        set start stop submit submitter sync transfer triage triager unarchive update updater upload write writer
        use"""
    ),
    Capability.MANAGE: _words(
        """acl administer administrate administration administrator admin admins assign assigner chief delegate
        delegator govern grant granter impersonate invite inviter manage management manager managers own owner owners
        permission permissions privileged root share sharer superadmin superuser sysadmin"""
    ),
}
"""The words that tell what a relation amounts to; None is for those that allow nothing themselves."""

_KEPT_OUT = _words(
    """ban banned barred block blocked blacklist blacklisted blocklist deny denied excluded restricted
    suspended"""
)
_SERVICES = _words(
    """api app application apps bot client daemon job key machine pipeline process robot runner server service
    serviceaccount system token webhook workload"""
)
_AGENTS = _words("agent agents ai assistant copilot llm")
_PEOPLE = _words(
    """admin customer employee human identity individual patient people person principal staff student user
    users"""
)
_ALWAYS = _words(
    """agent bot employee human identity person principal robot serviceaccount service_account user
    users"""
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Take a name apart: ``can_viewLive-video`` is can, view, live, video."""
    return tuple(word.lower() for word in _WORD.findall(name))


@dataclass(frozen=True, slots=True)
class Ruled:
    """One line of a file: what the names that fit a pattern are.

    Attributes:
        pattern: A glob of ``RELATION`` or ``TYPE#RELATION``.
        capability: None for nothing.
    """

    pattern: str
    capability: Capability | None
    source: Source


@dataclass(slots=True)
class Rules:
    """What a file says, or nothing.

    Attributes:
        relations: In the order in which they count: the first that fits decides.
        principals: Type to the kind of its principals; None for types that are none.
        external: Types whose wildcard reaches people who do not belong to the organisation.
    """

    relations: list[Ruled] = field(default_factory=list)
    principals: dict[str, PrincipalKind | None] = field(default_factory=dict)
    external: set[str] = field(default_factory=set)

    def ruled(self, kind: str, relation: str) -> Ruled | None:
        """Find what is said about a relation of a type; None when nothing is."""
        full = f"{kind}#{relation}"
        for rule in self.relations:
            if matches(rule.pattern, full if "#" in rule.pattern else relation):
                return rule
        return None


def read_rules(documents: Iterable[Document], notes: Notes) -> Rules:
    """Read the files that say what relations amount to; together they count as one."""
    rules = Rules()
    for document in documents:
        try:
            check_schema(document, SCHEMA, SnapshotError)
        except SnapshotError as error:
            notes.errors.extend(error.problems)
            continue
        value = document.value
        assert isinstance(value, LinedMap)
        for pattern, word in value.get("relations", {}).items():
            source = document.at(value["relations"], pattern)
            rules.relations.append(Ruled(pattern, CAPABILITIES.get(word), source))
        for kind, word in value.get("principals", {}).items():
            rules.principals[kind] = None if word == NONE else PrincipalKind(word)
        rules.external.update(kind for kind, word in value.get("wildcards", {}).items() if word == "external")
    rules.relations.sort(key=lambda rule: _vagueness(rule.pattern))
    return rules


def _vagueness(pattern: str) -> tuple[bool, bool, int]:
    """Order patterns: plain names before globs, those that name a type first, longer ones first."""
    return ("*" in pattern or "?" in pattern, "#" not in pattern, -len(pattern))


def worded(relation: str) -> tuple[bool, Capability | None]:
    """Tell by its words what a relation amounts to.

    Returns:
        Whether a word is known, and the highest capability of those that are; None for nothing. A relation of people
        who are kept out (``blocked_viewer``) amounts to nothing, whatever else it says.
    """
    words = set(words_of(relation))
    if words & _KEPT_OUT:
        return True, None
    for capability in sorted(Capability, reverse=True):
        if words & WORDS[capability]:
            return True, capability
    return bool(words & WORDS[None]), None


def kind_of(type_name: str) -> PrincipalKind:
    """Tell by its words what the principals of a type are."""
    words = set(words_of(type_name.rpartition("/")[2]))
    if words & _AGENTS:
        return PrincipalKind.AGENT
    if words & _PEOPLE:
        return PrincipalKind.USER
    return PrincipalKind.SERVICE if words & _SERVICES else PrincipalKind.USER


def is_always_principal(type_name: str) -> bool:
    """Tell whether a type is one of principals whatever relations it has."""
    return type_name.rpartition("/")[2].lower() in _ALWAYS
