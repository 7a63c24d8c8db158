"""Every access-control system that can be read, by the word for ``--from``."""

from blastradius.systems.github import snapshot as github
from blastradius.systems.interface import System
from blastradius.systems.kubernetes import snapshot as kubernetes
from blastradius.systems.native import snapshot as native

SYSTEMS: dict[str, System] = {
    native.NAME: native,
    github.NAME: github,
    kubernetes.NAME: kubernetes,
}
"""In the order in which a document is offered to them."""
