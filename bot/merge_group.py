"""A group of a merge queue: a commit that becomes the base branch if its checks pass.

There is nobody to talk to and nothing to commit, so all there is of it is the check on its head.
https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from .change import read_change
from .forge.port import (
    ChangedFile,
    Check,
    Conclusion,
    FileStatus,
    Forge,
    Listing,
    PullRef,
    PullRequest,
)
from .pipeline import Reviewer, reviewed
from .review import CHECK_NAME

_WHERE: Final = "This is a group of the merge queue; what is open is mended in its pull requests."


@dataclass(frozen=True, slots=True)
class MergeGroup:
    """Which commits: what the queue made, and what it made it on."""

    repository: str
    head_sha: str
    base_sha: str

    @property
    def as_pull(self) -> PullRequest:
        """The change as every stage knows one; no pull request has the number 0."""
        return PullRequest(
            ref=PullRef("github", self.repository, 0),
            title="",
            author="",
            is_open=True,
            is_draft=False,
            base_ref=self.base_sha,
            base_sha=self.base_sha,
            head_ref=self.head_sha,
            head_sha=self.head_sha,
            head_repository=self.repository,
            head_is_writable=False,
            url="",
        )


@dataclass(frozen=True, slots=True)
class GroupFiles:
    """What the pipeline reads of a change, from the trees of two commits. No patches: nothing is
    said on lines of a group."""

    forge: Forge
    group: MergeGroup

    def merge_base(self, pull: PullRequest) -> str:
        """What the group was made on."""
        return pull.base_sha

    def changed_files(self, pull: PullRequest) -> tuple[ChangedFile, ...]:
        """Every path whose contents or mode differ."""
        base, head = (
            {e.path: (e.oid, e.mode) for e in self.list_files(pull.ref.repository, sha).entries}
            for sha in (pull.base_sha, pull.head_sha)
        )
        return tuple(
            ChangedFile(path, None, _status(base.get(path), head.get(path)), None)
            for path in sorted({*base, *head})
            if base.get(path) != head.get(path)
        )

    def list_files(self, repository: str, commit: str) -> Listing:
        """Every blob of a commit."""
        return self.forge.list_files(repository, commit)

    def read_blobs(self, repository: str, oids: Iterable[str]) -> Mapping[str, bytes]:
        """Contents by blob id."""
        return self.forge.read_blobs(repository, oids)


def _status(before: object, after: object) -> FileStatus:
    if after is None:
        return FileStatus.REMOVED
    return FileStatus.ADDED if before is None else FileStatus.MODIFIED


def review_group(forge: Forge, group: MergeGroup, reviewer: Reviewer, run_id: str) -> Check:
    """Judge what the group would bring, and conclude the check on its head.

    Raises ``ForgeError``, ``EngineStopped`` and ``EngineAway``.
    """
    running = Check(CHECK_NAME, group.head_sha, run_id, "Reviewing", "Reading the merge group.")
    forge.ensure_check(group.repository, running)
    files = GroupFiles(forge, group)
    change = read_change(files, group.as_pull)
    limits = replace(forge.limits, comments_per_review=0)
    _, composed = reviewed(files, change, reviewer, (), limits)
    check = replace(composed.check, head_sha=group.head_sha, external_id=run_id, actions=())
    if check.conclusion is not Conclusion.SUCCESS:
        check = replace(check, summary=f"{check.summary}\n\n{_WHERE}")
    forge.ensure_check(group.repository, check)
    return check


def could_not_review_group(forge: Forge, group: MergeGroup, run_id: str, reason: str) -> None:
    """Conclude the check where a run had to give up, or the queue would wait for ever."""
    said = f"{reason}\n\nNothing was judged. {_WHERE}"
    check = Check(CHECK_NAME, group.head_sha, run_id, "Could not review", said)
    forge.ensure_check(group.repository, replace(check, conclusion=Conclusion.FAILURE))
