"""A bare git repository, driven through the git program. Knows no pull request."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LARGEST_PATCH = 1_000_000
"""Characters of one file's patch beyond which it is not shown, as on GitHub."""
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
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
class FileChange:
    """One file of a diff. ``patch`` is its hunks, None where none are shown."""

    status: str
    """Git's letter: A, M, D, R, T."""
    path: str
    previous: str | None
    patch: str | None
    oid: str
    """The blob on the new side; of a removed file the one on the old side."""

    def count(self, marker: str) -> int:
        """How many lines of the patch begin with ``+`` or ``-``."""
        return sum(line.startswith(marker) for line in (self.patch or "").split("\n"))


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes a commit."""

    name: str
    email: str


def person(login: str) -> Person:
    """A login as git's author."""
    return Person(login, f"{login}@users.noreply.example")


@dataclass(frozen=True, slots=True)
class GitRepository:
    """Objects and refs in ``directory``, which is bare."""

    directory: Path
    _changes: dict[tuple[str, str], tuple[FileChange, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _said: dict[tuple[str, ...], str] = field(default_factory=dict, compare=False, repr=False)

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

    def fixed(self, *arguments: str) -> str:
        """As ``text``, asked once: for what follows from commit ids alone."""
        if arguments not in self._said:
            self._said[arguments] = self.text(*arguments)
        return self._said[arguments]

    def head(self, branch: str) -> str:
        """The commit a branch stands at."""
        return self.commit_id(f"refs/heads/{branch}")

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
            modes: dict[str, str] = {}
            if parent is not None:
                self.git("read-tree", parent, extra=index)
                modes = self._modes(parent, files)
            lines = [
                self._index_line(path, data, modes.get(path, "100644"))
                for path, data in files.items()
            ]
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

    def _modes(self, commit: str, paths: Mapping[str, object]) -> dict[str, str]:
        """A file that is there keeps being executable, or a link."""
        listed = self.git("ls-tree", "-z", "--full-tree", commit, "--", *paths).decode()
        entries = (line.split("\t", 1) for line in filter(None, listed.split("\0")))
        return {path: facts.split()[0] for facts, path in entries if " blob " in facts}

    def _index_line(self, path: str, data: bytes | None, mode: str) -> str:
        if data is None:
            return f"0 {'0' * 40}\t{path}\n"
        oid = self.git("hash-object", "-w", "--stdin", stdin=data).decode().strip()
        return f"{mode} {oid}\t{path}\n"

    def branch(self, name: str, commit: str) -> None:
        """Put a branch at a commit, wherever it was."""
        self.git("update-ref", f"refs/heads/{name}", commit)

    def commit_id(self, name: str) -> str:
        """The commit that a branch or an id names."""
        return self.text("rev-parse", "--verify", f"{name}^{{commit}}")

    def merge_base(self, one: str, two: str) -> str:
        """The commit a pull request's diff is taken against."""
        return self.fixed("merge-base", self.commit_id(one), self.commit_id(two))

    def tree(self, commit: str) -> tuple[Blob, ...]:
        """Every blob of a commit, submodules included."""
        return tuple(entry for entry in self.entries(commit, "-r") if entry.mode != "040000")

    def entries(self, commit: str, *flags: str) -> tuple[Blob, ...]:
        """What a tree holds; ``-r -t`` goes below its folders and names them as well."""
        raw = self.git("ls-tree", *flags, "-z", "-l", "--full-tree", commit).decode()
        found = []
        for line in filter(None, raw.split("\0")):
            facts, path = line.split("\t", 1)
            mode, _, oid, size = facts.split()
            found.append(Blob(path, mode, oid, int(size) if size != "-" else 0))
        return tuple(found)

    def mode(self, commit: str, path: str) -> str:
        """Git's own number for what stands at a path."""
        return self.fixed("ls-tree", "--full-tree", commit, "--", path).split(" ")[0]

    def blob(self, oid: str) -> bytes:
        """A blob's contents."""
        return self.git("cat-file", "blob", oid)

    def file(self, commit: str, path: str) -> bytes:
        """A file's contents at a commit."""
        return self.git("cat-file", "blob", f"{commit}:{path}")

    def last_commit(self, commit: str, path: str) -> str:
        """The newest commit up to this one that touched a file."""
        return self.fixed("log", "-1", "--format=%H", commit, "--", path)

    def changes(self, base: str, head: str) -> tuple[FileChange, ...]:
        """What differs between two commits, given by id; worked out once."""
        if (base, head) not in self._changes:
            self._changes[base, head] = tuple(self._diff(base, head))
        return self._changes[base, head]

    def _diff(self, base: str, head: str) -> Iterator[FileChange]:
        flags = ("-M", "--no-color", "--no-ext-diff", "--no-textconv")
        raw = self.git("diff", *flags, "--raw", "-z", "--no-abbrev", base, head).decode()
        written = self.git("diff", *flags, "--patch", base, head).decode(errors="replace")
        patches = iter(re.split(r"^diff --git .*\n", written, flags=re.MULTILINE)[1:])
        words = iter(raw.split("\0"))
        for facts in words:
            if not facts:
                return
            *_, old, new, status = facts.split()
            first = next(words)
            patch = next(patches)
            if status[0] == "T":  # git writes a removal and an addition
                patch = next(patches)
            path, previous = (next(words), first) if status[0] in "RC" else (first, None)
            oid = old if status[0] == "D" else new
            yield FileChange(status[0], path, previous, _hunks(patch), oid)

    def patch(self, base: str, head: str, path: str) -> str | None:
        """The hunks of one file between two commits; None where it has none."""
        found = (one.patch for one in self.changes(base, head) if one.path == path)
        return next(found, None)

    def count(self, base: str, head: str) -> int:
        """How many commits lead from one to the other."""
        return int(self.fixed("rev-list", "--count", f"{base}..{head}"))

    def is_ancestor(self, one: str, of: str) -> bool:
        """Whether a commit is in the history of another one."""
        return self.merge_base(one, of) == self.commit_id(one)

    def has_commit(self, sha: str) -> bool:
        """Whether this is the full id of a commit here."""
        try:
            return self.commit_id(sha) == sha
        except GitFailed:
            return False

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


def _hunks(patch: str) -> str | None:
    """A patch without its headers, as GitHub shows it; None for a binary or a very large file."""
    start = re.search(r"^@@ ", patch, re.MULTILINE)
    if start is None:
        return None
    text = patch[start.start() :].removesuffix("\n")
    return text if len(text) <= LARGEST_PATCH else None
