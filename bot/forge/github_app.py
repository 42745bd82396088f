"""What a GitHub App may ask about itself: where it is installed, what was pushed, what it missed.

Knows no queue. Everything here is read, but for asking GitHub to deliver something again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from github import Auth
from github.Requester import Requester

from . import github_queries as queries
from .github_tokens import AppCredentials, AppDoor, ahead_of
from .github_transport import connect, guarded
from .port import FailedDelivery, OpenPull, PullRef

MAX_PAGES: Final = 20
MAX_AGAIN: Final = 3
"""A delivery that failed so often is left to the other reconciler."""
_LOOKING: Final = {"metadata": "read", "pull_requests": "read"}
_PAUSE: Final = 0.2


class GitHubApp:
    """The port's ``Watchtower`` on GitHub."""

    def __init__(
        self, base_url: str, credentials: AppCredentials, pause: float | None = None
    ) -> None:
        """``pause`` is the time between two requests; None is a moment."""
        self._pause = _PAUSE if pause is None else pause
        self.door = AppDoor(base_url.rstrip("/"), credentials, self._pause)

    def recent_pulls(self, since: float, until: float) -> Iterator[OpenPull]:
        """Open pull requests last touched between these times, wherever the App is installed.

        One search a hundred of them: https://docs.github.com/graphql/reference/queries#search
        """
        for installation in self.installations():
            if not installation.get("suspended_at"):
                yield from self._search(installation, f"{_stamp(since)}..{_stamp(until)}")

    def installations(self) -> Iterator[dict[str, Any]]:
        """Wherever the App is installed, as GitHub tells it."""
        for page in range(1, MAX_PAGES + 1):
            _, found = self.door.send("GET", f"/app/installations?per_page=100&page={page}")
            yield from found
            if len(found) < 100:
                return

    def _search(self, installation: dict[str, Any], touched: str) -> Iterator[OpenPull]:
        token, _ = self.door.token(installation["id"], {"permissions": _LOOKING})
        requester = connect(self.door.base_url, Auth.Token(token), self._pause)
        owner = installation["account"]["login"]
        wanted = f"is:pr is:open archived:false user:{owner} updated:{touched}"
        after: str | None = None
        for _ in range(MAX_PAGES):
            found = _found(requester, {"wanted": wanted, "after": after})
            for node in filter(None, found["nodes"]):
                repository = node["repository"]["nameWithOwner"]
                yield OpenPull(PullRef("github", repository, node["number"]), node["headRefOid"])
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def failed_deliveries(self, since: float) -> tuple[FailedDelivery, ...]:
        """Deliveries since then of which no attempt was accepted; GitHub repeats none by itself.

        https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries
        """
        attempts: dict[str, list[dict[str, Any]]] = {}
        for one in self._deliveries(since):
            attempts.setdefault(one["guid"], []).append(one)
        return tuple(
            FailedDelivery(made[0]["id"], guid)
            for guid, made in attempts.items()
            if len(made) <= MAX_AGAIN and not any(_was_accepted(one) for one in made)
        )

    def _deliveries(self, since: float) -> Iterator[dict[str, Any]]:
        """Newest first."""
        cursor = ""
        for _ in range(MAX_PAGES):
            path = f"/app/hook/deliveries?per_page=100{cursor}"
            headers, found = self.door.send("GET", path)
            for one in found:
                if _time(one["delivered_at"]) < since:
                    return
                yield one
            following = _cursor(headers.get("link", ""))
            if following is None:
                return
            cursor = f"&cursor={following}"

    def redeliver(self, delivery: FailedDelivery) -> None:
        """Ask GitHub to send it again, under its own id."""
        path = f"/app/hook/deliveries/{delivery.number}/attempts"
        self.door.send("POST", path)

    def seconds_ahead(self) -> float:
        """By how much this clock is ahead of GitHub's; also shows that the key is good."""
        return ahead_of(self.door.send("GET", "/app")[0])


def _found(requester: Requester, variables: dict[str, Any]) -> dict[str, Any]:
    _, answer = guarded(lambda: requester.graphql_query(queries.SEARCH, variables))
    found: dict[str, Any] = answer["data"]["search"]
    return found


def _was_accepted(attempt: dict[str, Any]) -> bool:
    return 200 <= int(attempt["status_code"]) < 300


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(stamp: str) -> float:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


def _cursor(link: str) -> str | None:
    """The place of the next page in a ``Link`` header."""
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            found = parse_qs(urlsplit(address.strip(" <>")).query).get("cursor")
            return next(islice(found or (), 1), None)
    return None
