"""Every way of writing a change, by the word for ``--change-from``."""

from blastradius.changes import native
from blastradius.changes.interface import ChangeFormat

FORMATS: dict[str, ChangeFormat] = {
    native.NAME: native,
}
"""In the order in which a document is offered to them."""
