"""Snapshots that a person can read. They change by ``make accept`` only, and never in CI."""

from __future__ import annotations

import os
from pathlib import Path

from bot.diff import unified

FOLDER = Path(__file__).parent / "snapshots"


def check_snapshot(name: str, shown: str) -> None:
    """The text is what was accepted under this name, byte for byte."""
    path = FOLDER / f"{name}.md"
    if os.environ.get("LOCKSTITCH_ACCEPT") == "1" and not os.environ.get("CI"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(shown.encode())
    assert path.is_file(), f"{path.name} was never accepted; read it, then run make accept"
    accepted = path.read_bytes().decode()
    assert shown == accepted, f"\n{unified(accepted, shown, path.name)}"
