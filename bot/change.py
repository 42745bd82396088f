"""What a pull request changed: the Terraform of every directory it touches, at both ends.

Reads blobs and nothing else: no checkout, no git, no link followed. What cannot be read is named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from posixpath import dirname
from typing import Final, Protocol

from remediations.model import NotAnalysed
from remediations.source import MAX_BYTES
from remediations.terraform.calls import target_of
from remediations.terraform.files import READ

from .bounds import MAX_FILES, MAX_TOTAL_BYTES, is_ordinary
from .forge.errors import Incomplete
from .forge.port import ChangedFile, FileStatus, Listing, PullRequest, TreeEntry
from .repo_config import NAME

MAX_WHOLE: Final = 600
"""Terraform files of a repository that is read whole; the host gives 60 at a time."""
MAX_ROUNDS: Final = 8
"""How far the calls of modules are followed in a larger one."""

_SYMLINK: Final = "120000"
_SUBMODULE: Final = "160000"
_FILES: Final = ("100644", "100755")
_STRANGE: Final = "its name climbs out of the repository or holds hidden characters"
_LOCAL_SOURCE: Final = re.compile(r'''"?source"?\s*[=:]\s*"(\.{1,2}/[^"$%\\\n]*)"''')
# U+202A to U+202E and U+2066 to U+2069 in UTF-8: https://trojansource.codes
_TURNING: Final = re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
_TURNED: Final = (
    "it holds characters that change the direction of writing, so people may read it otherwise "
    "than Terraform does; take them out"
)
_LFS: Final = b"version https://git-lfs.github.com/spec/"
_SUBPROJECT: Final = ("-Subproject commit ", "+Subproject commit ")


@dataclass(frozen=True, slots=True)
class Change:
    """Both ends of a pull request. ``base`` and ``head`` map paths to contents.

    ``skipped`` names what could not be read at the head; it blocks where this change touches it.
    """

    pull: PullRequest
    merge_base: str
    base: Mapping[str, bytes]
    head: Mapping[str, bytes]
    files: tuple[ChangedFile, ...]
    skipped: tuple[NotAnalysed, ...]

    @property
    def touched(self) -> frozenset[str]:
        """Every path of the diff, old names of renamed files included."""
        return frozenset(path for file in self.files for path in _paths(file))

    @property
    def directories(self) -> frozenset[str]:
        """Where Terraform was touched, at either end."""
        return frozenset(dirname(path) for path in self.touched if _is_read(path))


class Repository(Protocol):
    """The part of the port that reads a pull request's files."""

    def changed_files(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        """The diff, file by file."""

    def merge_base(self, pull: PullRequest) -> str:
        """The commit that the diff is taken against."""

    def list_files(self, repository: str, commit: str) -> Listing:
        """Every blob of a commit."""

    def read_blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Contents by blob id; what is not text is absent."""


def read_change(forge: Repository, pull: PullRequest) -> Change:
    """Read the Terraform that a pull request can have an effect on, whole, at both ends.

    That is all of a repository of up to ``MAX_WHOLE`` files, because anybody may call a module;
    of a larger one the touched directories and the modules they call, which is said. Contents that
    are the same at both ends are read once. Raises ``Incomplete`` where the host cut a list short
    or there is more than one run may read, and what the port raises.
    """
    files = forge.changed_files(pull)
    merge_base = forge.merge_base(pull)
    notes = tuple(_notes(files))
    change = Change(pull, merge_base, {}, {}, files, notes)
    if not change.directories:
        return change
    repository = pull.ref.repository
    head = _terraform(_listed(forge, repository, pull.head_sha))
    listed = _listed(forge, repository, merge_base)
    base = _terraform(listed)
    # Most often the configuration is as it was there; read along, it costs no request of its own.
    along = tuple(entry for entry in listed if entry.path == NAME)
    _refuse_gaps(files, head)
    named = {note.path for note in notes}
    if max(len(head), len(base)) <= MAX_WHOLE:
        blobs = _read(forge, repository, (*head, *base, *along), {})
    else:
        notes = (*notes, _only_a_part(len(head)))
        near, blobs = _read_near(forge, repository, (*head, *base), change.directories)
        head, base = (tuple(e for e in end if dirname(e.path) in near) for end in (head, base))
    skipped = [item for item in _skipped(head, blobs, change.touched) if item.path not in named]
    return replace(
        change,
        base=_contents(base, blobs),
        head=_contents(head, blobs),
        skipped=(*notes, *skipped),
    )


def _only_a_part(count: int) -> NotAnalysed:
    reason = (
        f"this repository has {count} Terraform files; of more than {MAX_WHOLE} only the touched "
        "directories and the modules they call are read, not who else calls those"
    )
    return NotAnalysed(".", 1, reason, blocking=False)


def _read_near(
    forge: Repository,
    repository: str,
    entries: Collection[TreeEntry],
    directories: Collection[str],
) -> tuple[frozenset[str], Mapping[str, bytes]]:
    """These directories, those with their values, and the ones that they call, in a few rounds."""
    there: dict[str, list[TreeEntry]] = {}
    for entry in entries:
        there.setdefault(dirname(entry.path), []).append(entry)
    near: set[str] = set()
    fresh = set(directories)
    blobs: Mapping[str, bytes] = {}
    for _ in range(MAX_ROUNDS):
        near |= fresh
        blobs = _read(forge, repository, [e for d in near for e in there.get(d, ())], blobs)
        called = {
            target
            for directory in fresh
            for entry in there.get(directory, ())
            for target in _called(directory, blobs.get(entry.oid, b""))
        }
        fresh = {directory for directory in called if directory in there} - near
        if not fresh:
            break
    return frozenset(near), blobs


def _called(directory: str, data: bytes) -> Iterator[str]:
    for source in _LOCAL_SOURCE.findall(data.decode(errors="replace")):
        target = target_of(directory, source)
        if target is not None:
            yield target


def _read(
    forge: Repository,
    repository: str,
    entries: Collection[TreeEntry],
    known: Mapping[str, bytes],
) -> Mapping[str, bytes]:
    wanted = {entry.oid: entry for entry in entries if _refusal(entry) is None}
    _refuse_excess(wanted.values())
    missing = sorted(oid for oid in wanted if oid not in known)
    return {**known, **forge.read_blobs(repository, missing)} if missing else known


def is_ordinary_file(entry: TreeEntry) -> bool:
    """False for links and submodules."""
    return entry.mode in _FILES


def _paths(file: ChangedFile) -> Iterator[str]:
    yield file.path
    if file.previous_path:
        yield file.previous_path


def _is_read(path: str) -> bool:
    return path.endswith(READ) and is_ordinary(path)


def _listed(forge: Repository, repository: str, commit: str) -> tuple[TreeEntry, ...]:
    listing = forge.list_files(repository, commit)
    if not listing.is_complete:
        raise Incomplete(
            f"The host cut the list of files of {commit[:12]} short, so some were never seen."
        )
    return listing.entries


def _terraform(entries: Iterable[TreeEntry]) -> tuple[TreeEntry, ...]:
    return tuple(entry for entry in entries if entry.path.endswith(READ))


def _refuse_gaps(files: Iterable[ChangedFile], head: Iterable[TreeEntry]) -> None:
    listed = {entry.path for entry in head}
    for file in files:
        if file.status is FileStatus.REMOVED or not _is_read(file.path):
            continue
        if file.path not in listed:
            raise Incomplete(f"The diff names {file.path}, but the head's list of files does not.")


def _refuse_excess(entries: Collection[TreeEntry]) -> None:
    size = sum(entry.size for entry in entries)
    if len(entries) > MAX_FILES or size > MAX_TOTAL_BYTES:
        raise Incomplete(
            f"This change reaches {len(entries)} files and {size // 1024} KB of Terraform;"
            f" one run reads {MAX_FILES} files and {MAX_TOTAL_BYTES // 1024} KB."
        )


def _refusal(entry: TreeEntry) -> str | None:
    """Why a blob is not even asked for."""
    if not is_ordinary(entry.path):
        return _STRANGE
    if entry.mode == _SYMLINK:
        return "it is a symbolic link, and links are not followed"
    if entry.mode == _SUBMODULE:
        return "it is a submodule, and other repositories are not read"
    if entry.mode not in _FILES:
        return f"its mode is {entry.mode}, which is not a file's"
    if entry.size > MAX_BYTES:
        return f"the file has {entry.size // 1024} KB; the limit is {MAX_BYTES // 1024} KB"
    return None


def _skipped(
    head: Iterable[TreeEntry], blobs: Mapping[str, bytes], touched: Collection[str]
) -> Iterator[NotAnalysed]:
    for entry in head:
        data = blobs.get(entry.oid)
        reason = _refusal(entry) or _unusable(data)
        if reason is not None:
            yield NotAnalysed(entry.path, 1, reason, blocking=entry.path in touched)
        elif data is not None and (found := _TURNING.search(data)):
            line = data.count(b"\n", 0, found.start()) + 1
            yield NotAnalysed(entry.path, line, _TURNED, blocking=entry.path in touched)


def _unusable(data: bytes | None) -> str | None:
    if data is None:
        return "the host gives no text for it (binary, or missing)"
    if data.startswith(_LFS):
        return "it is a Git LFS pointer; the text itself is not in the repository"
    return None


def _contents(entries: Iterable[TreeEntry], blobs: Mapping[str, bytes]) -> dict[str, bytes]:
    return {
        entry.path: blobs[entry.oid]
        for entry in entries
        if _refusal(entry) is None and _unusable(blobs.get(entry.oid)) is None
    }


def _notes(files: Iterable[ChangedFile]) -> Iterator[NotAnalysed]:
    """What the diff touches and this version does not read, by its name or its patch."""
    for file in files:
        if file.status is FileStatus.REMOVED:
            continue
        if file.path.endswith(READ) and not is_ordinary(file.path):
            yield NotAnalysed(file.path, 1, _STRANGE)
        elif _is_submodule(file):
            reason = "it is a submodule, and other repositories are not read"
            yield NotAnalysed(file.path, 1, reason, blocking=False)


def _is_submodule(file: ChangedFile) -> bool:
    lines = (file.patch or "").split("\n")
    return not file.path.endswith(READ) and any(line.startswith(_SUBPROJECT) for line in lines)
