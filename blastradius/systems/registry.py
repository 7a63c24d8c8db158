"""Every access-control system that can be read, by the word for ``--from``."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import cast

from blastradius.systems.interface import System


class _Systems(Mapping[str, System]):
    """Systems by name; each is loaded when it is asked for, so that one who reads one format pays for no other."""

    _NAMES = ("native", "github", "kubernetes")

    def __getitem__(self, name: str) -> System:
        if name not in self._NAMES:
            raise KeyError(name)
        return cast(System, import_module(f"blastradius.systems.{name}.snapshot"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._NAMES)

    def __len__(self) -> int:
        return len(self._NAMES)


SYSTEMS: Mapping[str, System] = _Systems()
"""In the order in which a document is offered to them."""
