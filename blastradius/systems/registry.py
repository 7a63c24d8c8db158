"""Every access-control system that can be read, by the word for ``--from``."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar, cast

from blastradius.systems.interface import Collected, System

_NAMES = ("native", "github", "kubernetes", "directory", "drive", "posix", "aws", "zanzibar", "postgres", "gcp")
_Module = TypeVar("_Module", System, Collected)


class _Modules(Mapping[str, _Module], Generic[_Module]):
    """Modules of systems by name; each is loaded when asked for, so that who reads one format pays for one."""

    def __init__(self, names: tuple[str, ...], module: str) -> None:
        self._names, self._module = names, module

    def __getitem__(self, name: str) -> _Module:
        if name not in self._names:
            raise KeyError(name)
        return cast(_Module, import_module(f"blastradius.systems.{name}.{self._module}"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


SYSTEMS: Mapping[str, System] = _Modules[System](_NAMES, "snapshot")
"""In the order in which a document is offered to them."""
COLLECTED: Mapping[str, Collected] = _Modules[Collected](_NAMES[1:], "collect")
"""How those that are not our own format are exported."""
