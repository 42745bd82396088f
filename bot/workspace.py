"""Terraform files of a directory on this machine. Reads and writes files; parses nothing.

What cannot be read is named, never left out; links are never followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from remediations.frozen import dataclass
from remediations.model import NotAnalysed
from remediations.source import MAX_BYTES
from remediations.terraform.files import READ

from .bounds import MAX_FILES, MAX_TOTAL_BYTES, is_ordinary
from .repo_config import MAX_BYTES as MAX_CONFIG_BYTES
from .repo_config import MISTAKEN_NAME, NAME, ConfigError, Problem, RepoConfig, too_large

SKIPPED: Final = frozenset({".git", ".terraform", "node_modules", ".venv"})


@dataclass(frozen=True, slots=True)
class Workspace:
    """Contents by path relative to ``root``, and what could not be read.

    ``only`` is the one file that was asked about; the others of its directory are its context.
    """

    root: Path
    files: dict[str, bytes]
    skipped: tuple[NotAnalysed, ...]
    only: str | None = None


def read(path: Path) -> Workspace:
    """A directory, or one file with the files beside it."""
    only = None if path.is_dir() else path.name
    root = path if only is None else path.parent
    skipped: list[NotAnalysed] = []
    walked = _walk(root, skipped) if only is None else (one for one in root.iterdir())
    files: dict[str, bytes] = {}
    size = 0
    for candidate in sorted(walked):
        name = _printable(candidate.relative_to(root).as_posix())
        if not name.endswith(READ):
            continue
        try:
            data = _contents(candidate, name)
        except _Refused as refused:
            skipped.append(NotAnalysed(name, 1, str(refused)))
            continue
        size += len(data)
        if len(files) == MAX_FILES or size > MAX_TOTAL_BYTES:
            limit = f"{MAX_FILES} files and {MAX_TOTAL_BYTES // 1024 // 1024} MB"
            reason = f"one run reads {limit}; nothing from here on was read"
            skipped.append(NotAnalysed(name, 1, reason))
            break
        files[name] = data
    return Workspace(root, files, tuple(skipped), only)


def read_config(root: Path, named: Path | None = None) -> RepoConfig:
    """What the file in ``root`` says, or the one that is named; the defaults where there is none.

    Raises ``ConfigError``; ``OSError`` where the named one is not there.
    """
    path = named or root / NAME
    if named is None and not path.is_symlink() and not path.exists():
        if (root / MISTAKEN_NAME).exists():
            raise ConfigError(Problem(f"there is a `{MISTAKEN_NAME}`; call it `{NAME}`"))
        return RepoConfig()
    from .config_reader import parse  # a directory without one stays quick

    if named is None and path.is_symlink():
        raise ConfigError(Problem("it is a symbolic link, which is not followed"))
    size = path.stat().st_size
    if size > MAX_CONFIG_BYTES:
        raise ConfigError(too_large(size))
    return parse(path.read_bytes())


class _Refused(Exception):
    pass


def _walk(root: Path, skipped: list[NotAnalysed]) -> Iterator[Path]:
    def cannot_list(error: OSError) -> None:
        name = _printable(Path(error.filename).relative_to(root).as_posix())
        skipped.append(NotAnalysed(name, 1, f"the directory cannot be read: {error.strerror}"))

    for directory, folders, names in os.walk(root, onerror=cannot_list):
        folders[:] = sorted(folder for folder in folders if folder not in SKIPPED)
        for folder in folders:
            link = Path(directory, folder)
            if link.is_symlink():
                name = _printable(link.relative_to(root).as_posix())
                reason = "the directory is a symbolic link, which is not followed"
                skipped.append(NotAnalysed(name, 1, reason, blocking=False))
        yield from (Path(directory, name) for name in names)


def _printable(name: str) -> str:
    """A name that a terminal shows and cannot act on."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)


def _contents(path: Path, name: str) -> bytes:
    if "\N{REPLACEMENT CHARACTER}" in name or not is_ordinary(name):
        raise _Refused("its name holds hidden characters")
    try:
        details = path.lstat()
        if stat.S_ISLNK(details.st_mode):
            raise _Refused("the file is a symbolic link, which is not followed")
        if not stat.S_ISREG(details.st_mode):
            raise _Refused("it is no ordinary file")
        if details.st_size > MAX_BYTES:
            raise _Refused(f"the file has {details.st_size // 1024} KB; the limit is 512 KB")
        return path.read_bytes()
    except OSError as error:
        raise _Refused(f"the file cannot be read: {error.strerror}") from error


def write(path: Path, data: bytes) -> None:
    """Replace a file whole or not at all; its mode is kept. Raises ``OSError``."""
    import tempfile  # most runs only read

    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
        scratch.write(data)
    try:
        Path(scratch.name).chmod(mode)
        Path(scratch.name).replace(path)
    except OSError:
        Path(scratch.name).unlink(missing_ok=True)
        raise
