"""What a way of writing a change must offer to be read."""

from typing import Protocol

from blastradius.documents import Document
from blastradius.model.change import Change


class ChangeFormat(Protocol):
    """A module ``changes/<name>.py`` with these three names."""

    NAME: str
    """The word for ``--change-from``, such as ``native``."""

    def recognises(self, document: Document) -> bool:
        """Tell by content whether a document is a change written this way.

        Must not raise, whatever the value is, and must not recognise what another format reads.
        """
        ...

    def read(self, document: Document) -> Change:
        """Turn a document into steps.

        Args:
            document: A recognised document.

        Returns:
            The steps in order, each with the line it stands on; possibly none. Whether the ids in
            them exist is not looked at: `blastradius.access.simulate` knows the snapshot.

        Raises:
            ChangeError: With all problems of the document.
        """
        ...
