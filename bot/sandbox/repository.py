"""A bare git repository, driven through the git program. Knows no pull request."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": os.devnull,
    "LC_ALL": "C.UTF-8",
}


class GitFailed(Exception):
    """Git refused; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Blob:
    """An entry of a tree."""

    path: str
    mode: str
    oid: str
    size: int


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes a commit."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class GitRepository:
    """Objects and refs in ``directory``, which is bare."""

    directory: Path

    @classmethod
    def create(cls, directory: Path) -> GitRepository:
        """A new, empty repository."""
        directory.mkdir(parents=True)
        repository = cls(directory)
        repository.git("init", "--quiet", "--bare", "--initial-branch=main", ".")
        return repository

    def git(
        self, *arguments: str, stdin: bytes = b"", extra: Mapping[str, str] | None = None
    ) -> bytes:
        """Run git here. Raises ``GitFailed``."""
        environment = {"PATH": os.environ.get("PATH", os.defpath), **_ENVIRONMENT, **(extra or {})}
        done = subprocess.run(  # noqa: S603 - the sandbox drives git with its own arguments
            ["git", "-C", str(self.directory), *arguments],  # noqa: S607 - git from PATH
            input=stdin,
            capture_output=True,
            check=False,
            env=environment,
        )
        if done.returncode != 0:
            raise GitFailed(done.stderr.decode(errors="replace").strip())
        return done.stdout

    def text(self, *arguments: str) -> str:
        """As ``git``, as stripped text."""
        return self.git(*arguments).decode(errors="replace").strip()

    def head(self, branch: str) -> str:
        """The commit a branch stands at."""
        return self.text("rev-parse", "--verify", f"refs/heads/{branch}^{{commit}}")

    def commit(
        self,
        branch: str,
        files: Mapping[str, bytes | None],
        message: str,
        author: Person,
        parent: str | None,
    ) -> str:
        """One commit on ``branch``, if it still is at ``parent``; ``None`` deletes a file."""
        with tempfile.TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
            if parent is not None:
                self.git("read-tree", parent, extra=index)
            lines = [self._index_line(path, data) for path, data in files.items()]
            self.git("update-index", "--index-info", stdin="".join(lines).encode(), extra=index)
            tree = self.git("write-tree", extra=index).decode().strip()
        who = {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", author.name), ("EMAIL", author.email))
        }
        parents = ["-p", parent] if parent is not None else []
        made = self.git("commit-tree", tree, *parents, stdin=message.encode(), extra=who)
        sha = made.decode().strip()
        self.git("update-ref", f"refs/heads/{branch}", sha, parent or "0" * 40)
        return sha

    def _index_line(self, path: str, data: bytes | None) -> str:
        if data is None:
            return f"0 {'0' * 40}\t{path}\n"
        oid = self.git("hash-object", "-w", "--stdin", stdin=data).decode().strip()
        return f"100644 {oid}\t{path}\n"

    def branch(self, name: str, commit: str) -> None:
        """Put a branch at a commit, wherever it was."""
        self.git("update-ref", f"refs/heads/{name}", commit)

    def merge_base(self, one: str, two: str) -> str:
        """The commit a pull request's diff is taken against."""
        return self.text("merge-base", one, two)

    def tree(self, commit: str) -> tuple[Blob, ...]:
        """Every blob of a commit, submodules included."""
        raw = self.git("ls-tree", "-r", "-z", "-l", "--full-tree", commit).decode()
        found = []
        for line in filter(None, raw.split("\0")):
            facts, path = line.split("\t", 1)
            mode, _, oid, size = facts.split()
            found.append(Blob(path, mode, oid, int(size) if size != "-" else 0))
        return tuple(found)

    def blob(self, oid: str) -> bytes:
        """A blob's contents."""
        return self.git("cat-file", "blob", oid)

    def file(self, commit: str, path: str) -> bytes:
        """A file's contents at a commit."""
        return self.git("cat-file", "blob", f"{commit}:{path}")

    def diff(self, base: str, head: str) -> tuple[tuple[str, str, str | None], ...]:
        """Status letter, path and previous path of every file that differs."""
        raw = self.git("diff", "--name-status", "-z", "-M", base, head).decode()
        words = iter(raw.split("\0"))
        found: list[tuple[str, str, str | None]] = []
        for status in words:
            if not status:
                break
            first = next(words)
            if status[0] in "RC":
                found.append((status[0], next(words), first))
            else:
                found.append((status[0], first, None))
        return tuple(found)

    def patch(self, base: str, head: str, path: str, previous: str | None) -> str | None:
        """The hunks of one file as GitHub shows them, or None for a binary one."""
        paths = [path] if previous is None else [previous, path]
        raw = self.git("diff", "-M", "--no-color", "--no-ext-diff", base, head, "--", *paths)
        text = raw.decode(errors="replace")
        start = text.find("\n@@")
        return text[start + 1 :].removesuffix("\n") if start >= 0 else None

    def fetch(self, source: Path, ref: str, branch: str) -> str:
        """Copy a ref of a local repository into a branch here; its commit."""
        # A ref may be a bare commit id, which git hands out only where it is told that it may.
        pack = "git -c uploadpack.allowAnySHA1InWant=true upload-pack"
        wanted = GitRepository(source).text("rev-parse", "--verify", f"{ref}^{{commit}}")
        spec = f"+{wanted}:refs/heads/{branch}"
        self.git(
            "fetch", "--quiet", "--no-tags", "--upload-pack", pack, str(source.resolve()), spec
        )
        return self.head(branch)
