"""What makes two findings the same one, whatever became of lines and files."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from .model import Finding


def fingerprint(rule: str, directory: str, address: str, attribute: str, statement: str) -> str:
    """16 hexadecimal characters. ``directory`` is where the block is defined."""
    parts = (rule, directory, address, attribute, statement)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def moved(finding: Finding, directory: str, address: str) -> Finding:
    """The finding as it would be called at another place."""
    renamed = fingerprint(finding.rule, directory, address, finding.attribute, finding.statement)
    return replace(finding, directory=directory, address=address, fingerprint=renamed)
