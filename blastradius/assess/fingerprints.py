"""Stable ids for what a report says, so that it can be recognised in the next one."""

import hashlib
import json

_LENGTH = 16


def fingerprint(*parts: str) -> str:
    """Digest the parts that make something what it is.

    Args:
        parts: No line and no count may be among them: both change while the matter stays the same.

    Returns:
        16 lower-case hex digits, the first of SHA-256 over the parts as a JSON list.
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_LENGTH]
