"""What an id of another system may look like in a file of identities."""

import re

from blastradius.documents import UNSAFE_CHARACTERS, quoted
from blastradius.model.snapshot import BUILT_IN_SUBJECTS, OUTSIDER, UNLISTED_SUFFIX

_CHARACTERS_MAX = 1000
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*:(?:\S|\S.*\S)")
_FORM = "write it as `kind:name`, such as `user:github/ana`"


def id_problem(id: str) -> tuple[str, str] | None:
    """Say what is wrong with an id, and what to do about it; None when it is fine."""
    if len(id) > _CHARACTERS_MAX:
        return f"the id {quoted(id)} has more than {_CHARACTERS_MAX} characters", "shorten it"
    if UNSAFE_CHARACTERS.search(id):
        return f"the id {quoted(id)} holds a character that controls or hides text", "remove the character"
    if id.endswith(UNLISTED_SUFFIX) or id == OUTSIDER:
        return f"{quoted(id)} is reserved", "name the group, or `public`"
    if _ID.fullmatch(id) is None:
        return f"the id {quoted(id)} has the wrong form", _FORM
    return None


def subject_problem(id: str) -> tuple[str, str] | None:
    """Say what is wrong with an id that may also be a built-in subject; None when it is fine."""
    return None if id in BUILT_IN_SUBJECTS else id_problem(id)
