"""What a token may ask GitLab about everything it looks after: open merge requests, failed hooks.

Everything here is read, but for asking GitLab to send something again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from .errors import Gone, Refused
from .gitlab_api import Api, GitLabAccess, project_path
from .port import FailedDelivery, OpenPull, PullRef

HOOK_PATH: Final = "/webhooks/gitlab"
MAX_PROJECTS: Final = 2000
MAX_EVENTS: Final = 300
MAX_AGAIN: Final = 3
"""An event that failed so often is left to the other reconciler."""
DEVELOPER: Final = 30


class GitLabWatch:
    """The port's ``Watchtower`` on GitLab."""

    def __init__(self, access: GitLabAccess) -> None:
        self.api = Api(access)

    def recent_pulls(self, since: float, until: float) -> Iterator[OpenPull]:
        """Open merge requests last touched between these times, wherever the bot is a developer."""
        for project in self._projects(since):
            repository = project["path_with_namespace"]
            found = self.api.pages(
                f"{project_path(repository)}/merge_requests",
                limit=1000,
                state="opened",
                updated_after=_stamp(since),
                updated_before=_stamp(until),
            )
            for one in found:
                yield OpenPull(PullRef("gitlab", repository, one["iid"]), one["sha"])

    def _projects(self, since: float) -> Iterator[dict[str, Any]]:
        """What nothing happened in since then is left out by GitLab itself."""
        return self.api.pages(
            "/projects",
            limit=MAX_PROJECTS,
            membership="true",
            min_access_level=DEVELOPER,
            archived="false",
            simple="true",
            last_activity_after=_stamp(since),
        )

    def failed_deliveries(self, since: float) -> tuple[FailedDelivery, ...]:
        """What our own hooks could not deliver since then, by the answer of the last attempt.

        https://docs.gitlab.com/api/project_webhooks/#list-all-events-for-a-project-webhook
        """
        return tuple(
            found for project in self._projects(since) for found in self._failed(project, since)
        )

    def _failed(self, project: dict[str, Any], since: float) -> Iterator[FailedDelivery]:
        root = f"/projects/{project['id']}/hooks"
        try:
            hooks = list(self.api.pages(root, limit=100))
        except (Gone, Refused):  # hooks are for maintainers; the group or a person may own them
            return
        for hook in hooks:
            if not str(hook["url"]).endswith(HOOK_PATH):
                continue
            path = f"{root}/{hook['id']}/events"
            yield from _unanswered(path, self.api.pages(path, limit=MAX_EVENTS), since)

    def redeliver(self, delivery: FailedDelivery) -> None:
        """Ask GitLab to send it again; it keeps its key, and the hook comes back into service."""
        self.api.post(f"{delivery.guid}/resend")


def _unanswered(
    path: str, events: Iterator[dict[str, Any]], since: float
) -> Iterator[FailedDelivery]:
    """Events without any accepted attempt; the newest of a key stands for the others."""
    attempts: dict[str, list[dict[str, Any]]] = {}
    for one in events:
        if _time(one["created_at"]) >= since:
            headers = one.get("request_headers") or {}
            attempts.setdefault(str(headers.get("Idempotency-Key") or one["id"]), []).append(one)
    for made in attempts.values():
        if len(made) <= MAX_AGAIN and not any(_was_accepted(one) for one in made):
            yield FailedDelivery(made[0]["id"], f"{path}/{made[0]['id']}")


def _was_accepted(event: dict[str, Any]) -> bool:
    return str(event["response_status"]).startswith("2")


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(stamp: str) -> float:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
