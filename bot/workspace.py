"""Terraform files of a directory on this machine. Reads and writes files; parses nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from remediations.codebase import SUFFIX
from remediations.model import NotAnalysed
from remediations.source import MAX_BYTES

SKIPPED = frozenset({".git", ".terraform", "node_modules", ".venv"})


@dataclass(frozen=True, slots=True)
class Workspace:
    """Contents by path relative to ``root``, and what could not be read."""

    root: Path
    files: dict[str, bytes]
    skipped: tuple[NotAnalysed, ...]


def read(path: Path) -> Workspace:
    """A directory, or one file of it. Links are not followed, and said."""
    root = path if path.is_dir() else path.parent
    candidates = sorted(_walk(root)) if path.is_dir() else [path]
    files: dict[str, bytes] = {}
    skipped: list[NotAnalysed] = []
    for candidate in candidates:
        name = candidate.relative_to(root).as_posix()
        try:
            files[name] = _contents(candidate)
        except _Refused as refused:
            skipped.append(NotAnalysed(name, 1, str(refused)))
    return Workspace(root, files, tuple(skipped))


class _Refused(Exception):
    pass


def _walk(root: Path) -> Iterator[Path]:
    for directory, folders, names in os.walk(root):
        folders[:] = sorted(folder for folder in folders if folder not in SKIPPED)
        for name in names:
            if name.endswith(SUFFIX):
                yield Path(directory, name)


def _contents(path: Path) -> bytes:
    if path.is_symlink():
        raise _Refused("the file is a symbolic link, which is not followed")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _Refused(f"the file has {size // 1024} KB; the limit is 512 KB")
        return path.read_bytes()
    except OSError as error:
        raise _Refused(f"the file cannot be read: {error.strerror}") from error


def write(path: Path, data: bytes) -> None:
    """Replace a file whole or not at all; its mode is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
        scratch.write(data)
    Path(scratch.name).chmod(mode)
    Path(scratch.name).replace(path)
