"""How git names contents. Nothing else."""

from __future__ import annotations

import hashlib


def is_blob(oid: str, data: bytes) -> bool:
    """Whether these bytes are the ones git names ``oid``."""
    whole = b"blob %d\0" % len(data) + data
    if len(oid) == 64:
        return hashlib.sha256(whole).hexdigest() == oid
    return hashlib.sha1(whole, usedforsecurity=False).hexdigest() == oid
