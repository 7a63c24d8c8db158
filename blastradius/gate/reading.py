"""The kinds of fields that a policy has: texts, choices, numbers."""

from collections.abc import Collection, Iterator

from blastradius.documents import COUNT_MAX, UNSAFE_CHARACTERS, Document, Fields, LinedList, LinedMap, quoted
from blastradius.errors import PolicyError, did_you_mean

NAME_CHARACTERS_MAX = 200


class Reading(Fields):
    """Access to the fields of one policy."""

    def __init__(self, document: Document) -> None:
        """Begin to read a policy."""
        super().__init__(document, PolicyError)

    def mappings(self, container: LinedMap, key: str) -> Iterator[tuple[LinedList, int, LinedMap]]:
        """Read a list of mappings, each with the list and its position."""
        items = container[key]
        if not isinstance(items, LinedList):
            self.wrong_type(container, key, "a list")
            return
        for position in range(len(items)):
            item = self.mapping(items, position)
            if item is not None:
                yield items, position, item

    def text(self, container: LinedMap | LinedList, key: str | int) -> str | None:
        """Read a text that is not empty and can be shown."""
        value = container[key]  # type: ignore[index]
        if not isinstance(value, str):
            self.wrong_type(container, key, "text")
            return None
        fault = text_fault(value)
        if fault is not None:
            self.report(container, key, *fault)
            return None
        return value

    def texts(self, container: LinedMap, key: str) -> tuple[str, ...]:
        """Read a text or a list of texts that is not empty; nothing when any of them is wrong."""
        items = container[key]
        if not isinstance(items, LinedList):
            if isinstance(items, LinedMap) or items is None:
                self.wrong_type(container, key, "text or a list")
                return ()
            single = self.text(container, key)
            return () if single is None else (single,)
        if not items:
            self.report(container, key, f"{quoted(key)} is an empty list, which never holds", "leave the field out")
        found = [self.text(items, position) for position in range(len(items))]
        return tuple(each for each in found if each is not None) if None not in found else ()

    def choices(self, container: LinedMap, key: str, known: Collection[str]) -> frozenset[str]:
        """Read one or several of some known words."""
        words = self.texts(container, key)
        for word in words:
            if word not in known:
                self._unknown(container, key, word, known)
        return frozenset(words).intersection(known)

    def choice(self, container: LinedMap, key: str, known: Collection[str]) -> str | None:
        """Read one of some known words."""
        word = self.text(container, key)
        if word is not None and word not in known:
            self._unknown(container, key, word, known)
            return None
        return word

    def _unknown(self, container: LinedMap, key: str, word: str, known: Collection[str]) -> None:
        what = "decision" if key == "then" else key.replace("_", " ")
        message, hint = f"unknown {what} {quoted(word)}", did_you_mean(word, known)
        items = container[key]
        if isinstance(items, LinedList):
            self.report(items, items.index(word), message, hint)
        else:
            self.report(container, key, message, hint)

    def number(self, container: LinedMap, key: str, low: float, high: float, *, whole: bool = False) -> float | None:
        """Read a number within limits."""
        value = container[key]
        wanted = "a whole number" if whole else "a number"
        if isinstance(value, bool) or not isinstance(value, int | float) or (whole and value % 1):
            self.wrong_type(container, key, wanted)
            return None
        if not low <= value <= high:
            self.report(container, key, f"{quoted(key)} must be {wanted} from {low:g} to {high:g}")
            return None
        return value

    def count(self, container: LinedMap, key: str, low: int = 0) -> int | None:
        """Read a whole number that is not below a limit."""
        value = self.number(container, key, low, COUNT_MAX, whole=True)
        return None if value is None else int(value)


def text_fault(text: str) -> tuple[str, str] | None:
    """Say what no text of a policy may be.

    Returns:
        What is wrong and what to do about it; None when the text is fine.
    """
    if not text.strip():
        return "the text is empty", "leave the field out, or write something"
    if len(text) > NAME_CHARACTERS_MAX:
        return f"{quoted(text)} has more than {NAME_CHARACTERS_MAX} characters", "shorten it"
    # SECURITY: what a policy says is printed beside every verdict.
    if UNSAFE_CHARACTERS.search(text):
        return f"{quoted(text)} holds a character that controls or hides text", "remove the character"
    return None
