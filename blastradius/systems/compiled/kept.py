"""What a compiled snapshot keeps beside the facts, so that no check has to find it again: beginnings and classes.

SECURITY: kept values are used in place of what would be found, so they are held against the facts as far as that is
quick: beginnings in full, of the classes those that resources state themselves.
"""

from typing import Any

import numpy as np

from blastradius.access.scopes import Containment
from blastradius.columns.names import ABSENT, Ints
from blastradius.columns.tables import Columns, StoredClasses

Json = dict[str, Any]
BEGINNINGS, CLASSES = "beginnings", "stored_classes"


def written_classes(stored: StoredClasses | None) -> Json | None:
    """Write what the codes of kept classes mean as JSON values; None where no classes are kept."""
    return None if stored is None else {"digest": stored.digest, "ids": list(stored.ids)}


def read_classes(found: Json | None, codes: Ints | None) -> StoredClasses | None:
    """Read kept classes.

    Raises:
        ValueError, TypeError, KeyError: When something else stands there.
    """
    if found is None or codes is None:
        if (found is None) is not (codes is None):
            raise ValueError("classes without their meaning, or a meaning without classes")
        return None
    digest, ids = found["digest"], tuple(found["ids"])
    if not all(isinstance(text, str) for text in (digest, *ids)) or len(set(ids)) < len(ids):
        raise TypeError("no names of classes")
    return StoredClasses(digest, ids, codes)


def fault_in_kept(columns: Columns) -> str:
    """Say what is wrong with the kept values; empty when nothing is.

    Args:
        columns: Facts that are in order.

    Cost: a few passes over the resources.
    """
    return _fault_in_beginnings(columns) or _fault_in_classes(columns)


def _fault_in_beginnings(columns: Columns) -> str:
    found = columns.beginnings
    if found is None:
        return ""
    if len(found) and not 0 <= int(found.min()) <= int(found.max()) < len(found):
        return "a beginning that is no resource"
    containment = Containment(columns)
    up = containment.up
    begins = up < 0
    begins[columns.grants.resource] = True
    if len(columns.more_parents):
        begins |= containment.several
    # What begins nowhere has the beginning of what it lies in; as nothing contains itself, that settles all.
    expected = np.where(begins, np.arange(len(found), dtype=found.dtype), found[up])
    return "" if np.array_equal(found, expected) else "beginnings that are not where something begins"


def _fault_in_classes(columns: Columns) -> str:
    stored, rows = columns.stored_classes, columns.resources
    if stored is None:
        return ""
    codes = stored.codes
    if len(codes) and not ABSENT <= int(codes.min()) <= int(codes.max()) < len(stored.ids):
        return "a class that is none"
    if not np.array_equal(codes < 0, ~rows.present):
        return "a class of what is not there, or none of what is"
    place = {name: code for code, name in enumerate(stored.ids)}
    known = np.array([place.get(name, ABSENT) for name in columns.interned.classes], np.int64)
    stated = np.flatnonzero((rows.class_code >= 0) & rows.present)
    if not np.array_equal(codes[stated], known[rows.class_code[stated]]):
        return "another class than the one that is stated"
    return ""
