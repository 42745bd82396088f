"""A pull request made of texts: two trees, and the diff between them as GitHub would send it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.diff import unified
from bot.forge.port import (
    ChangedFile,
    FileStatus,
    Limits,
    Listing,
    PullRef,
    PullRequest,
    TreeEntry,
)

LIMITS = Limits(
    comment_characters=65_535,
    comments_per_review=30,
    check_characters=65_535,
    annotations_per_request=50,
    has_check_runs=True,
)
HEAD_SHA, BASE_SHA, MERGE_BASE = "b" * 40, "a" * 40, "c" * 40
FILE, SYMLINK, SUBMODULE = "100644", "120000", "160000"

Tree = Mapping[str, bytes | str]


@dataclass(slots=True)
class Trees:
    """Answers the reading verbs of the port from two trees, and remembers what was asked."""

    base: Tree
    head: Tree
    modes: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    is_complete: bool = True
    asked: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def changed_files(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        """Added, modified, removed and renamed files, with their patches."""
        self.asked.append("changed_files")
        old_names = set(self.renamed.values())
        files = []
        for path in sorted({*self.base, *self.head} - old_names):
            previous = self.renamed.get(path)
            before, after = self.base.get(previous or path), self.head.get(path)
            if before != after or previous:
                files.append(
                    ChangedFile(
                        path, previous, _status(before, after, previous), patch(before, after)
                    )
                )
        return tuple(files)

    def merge_base(self, pull: PullRequest) -> str:
        """Always the same commit."""
        self.asked.append("merge_base")
        return MERGE_BASE

    def list_files(self, repository: str, commit: str) -> Listing:
        """One of the two trees."""
        self.asked.append(f"list_files {commit[0]}")
        tree = self.head if commit == HEAD_SHA else self.base
        entries = tuple(
            TreeEntry(path, self.modes.get(path, FILE), oid(data), len(raw(data)))
            for path, data in sorted(tree.items())
        )
        return Listing(entries, self.is_complete)

    def read_blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Contents by id, but for the missing ones."""
        wanted = list(oids)
        self.asked.append("read_blobs")
        self.read.extend(wanted)
        blobs = {oid(data): raw(data) for data in (*self.base.values(), *self.head.values())}
        gone = {oid(self.head[path]) for path in self.missing}
        return {name: blobs[name] for name in wanted if name not in gone}


def pull_request(*, is_writable: bool = True) -> PullRequest:
    """The one pull request of these tests."""
    return PullRequest(
        ref=PullRef("github", "acme/platform", 7),
        title="Add the training bucket",
        author="mira",
        is_open=True,
        is_draft=False,
        base_ref="main",
        base_sha=BASE_SHA,
        head_ref="training",
        head_sha=HEAD_SHA,
        head_repository="acme/platform",
        head_is_writable=is_writable,
        url="https://forge.example/acme/platform/pull/7",
    )


def patch(before: bytes | str | None, after: bytes | str | None) -> str | None:
    """Hunks only, no file headers; None for what is not text."""
    try:
        old = None if before is None else raw(before).decode()
        new = None if after is None else raw(after).decode()
    except UnicodeDecodeError:
        return None
    return unified(old, new, "x").partition("\n")[2].partition("\n")[2].rstrip("\n")


def raw(data: bytes | str) -> bytes:
    """Contents as bytes."""
    return data.encode() if isinstance(data, str) else data


def oid(data: bytes | str) -> str:
    """A blob's id."""
    return hashlib.sha1(raw(data)).hexdigest()


def _status(before: object, after: object, previous: str | None) -> FileStatus:
    if previous:
        return FileStatus.RENAMED
    if before is None:
        return FileStatus.ADDED
    return FileStatus.REMOVED if after is None else FileStatus.MODIFIED
