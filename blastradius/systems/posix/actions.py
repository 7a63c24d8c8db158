"""The actions of a POSIX system, and what each amounts to."""

from collections.abc import Mapping
from types import MappingProxyType

from blastradius.model.snapshot import CAPABILITIES, Capability

FILE_READ = "file.read"
FILE_WRITE = "file.write"
FILE_EXECUTE = "file.execute"
DIR_LIST = "dir.list"
DIR_SEARCH = "dir.search"
DIR_WRITE = "dir.write"
DIR_MODIFY = "dir.modify"
ENTRY_REPLACE = "entry.replace"
ACL_CHANGE = "acl.change"

OWN_ACTIONS: Mapping[str, Capability] = MappingProxyType(
    {
        FILE_READ: Capability.READ,
        FILE_WRITE: Capability.WRITE,
        # Running a program tells nobody what stands in it.
        FILE_EXECUTE: Capability.LIST,
        DIR_LIST: Capability.LIST,
        # Whoever knows a name finds out that it is there.
        DIR_SEARCH: Capability.LIST,
        # `w` alone changes nothing but times; with `x` it is `dir.modify`.
        DIR_WRITE: Capability.LIST,
        DIR_MODIFY: Capability.WRITE,
        # Deleting or renaming it, and putting something else in its place.
        ENTRY_REPLACE: Capability.WRITE,
        ACL_CHANGE: Capability.MANAGE,
    }
)
ACTIONS: Mapping[str, Capability] = MappingProxyType({**CAPABILITIES, **OWN_ACTIONS})
"""With the four capability names, which are actions too."""
