"""What merging waits for on the GitLab-shaped sandbox: pipelines, commit statuses, open threads.

https://docs.gitlab.com/ci/pipelines/settings/ and https://docs.gitlab.com/api/commits/. No HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from .forge import Forge
from .gitlab_hooks import GitLabHooks
from .gitlab_rules import check_status
from .gitlab_state import Pipeline, ProjectExtras, Status
from .limits import Refusal
from .state import CheckRun, InlineComment, Pull, Repo, now

_CONCLUSIONS: Final = {"success": "success", "failed": "failure", "canceled": "cancelled"}
_OPEN: Final = ("created", "pending", "running")


class GatedForge(Forge):
    """A forge whose projects have pipelines."""

    def __init__(self, directory: Path, hooks: GitLabHooks) -> None:
        super().__init__(directory, hooks)
        self._extras: dict[int, ProjectExtras] = {}

    def extras(self, repo: Repo) -> ProjectExtras:
        """Statuses, hooks and settings of a project."""
        return self._extras.setdefault(repo.id, ProjectExtras())

    def set_status(self, repo: Repo, login: str, sha: str, wanted: dict[str, Any]) -> Status:
        """A commit status, in the pipeline that is named, or in the newest one of the commit."""
        with self.world.lock:
            extras, name = self.extras(repo), wanted.get("name") or "default"
            pipeline = self._pipeline(repo, sha, wanted)
            mine = [s for s in extras.statuses if (s.name, s.pipeline) == (name, pipeline.id)]
            current = next((s for s in mine if s.status in _OPEN), None)
            check_status(wanted, current.status if current else None)
            if current is None:
                current = Status(
                    id=self.world.next_id(),
                    sha=sha,
                    ref=pipeline.ref,
                    name=name,
                    status="created",
                    description=None,
                    target_url=None,
                    pipeline=pipeline.id,
                    author=login,
                )
                extras.statuses.append(current)
            current.status = wanted["state"]
            current.description = wanted.get("description", current.description)
            current.target_url = wanted.get("target_url", current.target_url)
            current.finished = None if current.status in _OPEN else now()
            self.world.record(login, "status", {"sha": sha, "state": current.status})
            self._mirror(repo, current)
            return current

    def _pipeline(self, repo: Repo, sha: str, wanted: dict[str, Any]) -> Pipeline:
        pipelines, number = self.extras(repo).pipelines, wanted.get("pipeline_id")
        if number is not None:
            if number not in pipelines or pipelines[number].sha != sha:
                raise Refusal(404, "404 Pipeline Not Found")
            return pipelines[number]
        ref = wanted.get("ref")
        if ref is None:
            raise Refusal(404, "404 References for commit Not Found")
        there = [one for one in pipelines.values() if (one.sha, one.ref) == (sha, ref)]
        return there[-1] if there else self.run_pipeline(repo, sha, ref, "external")

    def run_pipeline(self, repo: Repo, sha: str, ref: str, source: str = "push") -> Pipeline:
        """A pipeline of a commit, as CI makes one."""
        made = Pipeline(self.world.next_id(), sha, ref, source)
        self.extras(repo).pipelines[made.id] = made
        return made

    def _mirror(self, repo: Repo, status: Status) -> None:
        """A status as the pages and the stories look for it."""
        is_open = status.status in _OPEN
        check = repo.checks.setdefault(
            status.id, CheckRun(status.id, status.name, status.sha, str(status.pipeline))
        )
        check.status = "in_progress" if is_open else "completed"
        check.conclusion = None if is_open else _CONCLUSIONS[status.status]
        check.completed = status.finished
        check.output = {"title": status.description, "summary": "", "text": ""}

    def head_pipeline(self, repo: Repo, pull: Pull) -> Pipeline | None:
        """The pipeline that a merge request waits for."""
        found = self.extras(repo).pipelines.values()
        return next((one for one in reversed(list(found)) if one.sha == pull.head_sha), None)

    def open_threads(self, pull: Pull) -> Iterator[InlineComment]:
        """Discussions on the diff that are not resolved."""
        for comment in pull.inline.values():
            if comment.reply_to is None and comment.id not in pull.resolved:
                yield comment

    def merge_problem(self, repo: Repo, pull: Pull) -> str | None:
        """Why a merge request cannot be merged now, as ``detailed_merge_status`` says it."""
        settings = self.extras(repo).settings
        is_open = next(self.open_threads(pull), None) is not None
        if settings.get("only_allow_merge_if_all_discussions_are_resolved") and is_open:
            return "discussions_not_resolved"
        if settings.get("only_allow_merge_if_pipeline_succeeds"):
            pipeline = self.head_pipeline(repo, pull)
            if pipeline is None:
                return "ci_must_pass"
            ran = [s for s in self.extras(repo).statuses if s.pipeline == pipeline.id]
            newest = {status.name: status.status for status in ran}
            if any(status in _OPEN for status in newest.values()):
                return "ci_still_running"
            if any(status != "success" for status in newest.values()):
                return "ci_must_pass"
        return None
