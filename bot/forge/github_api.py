"""PyGithub's requester with credentials, and its errors as ours. Knows transport, not reviews."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
from github import Auth, Github, GithubException
from github.GithubException import BadCredentialsException, RateLimitExceededException
from github.Requester import Requester

from .errors import ForgeError, Gone, HeadMoved, RateLimited, Refused, Rejected, Unreachable
from .pacer import Hurry, Kind, Pacer

PERMISSIONS: Final = {
    "checks": "write",
    "contents": "write",
    "metadata": "read",
    "pull_requests": "write",
}
"""What an installation token is asked for, and nothing more."""

_TIMEOUT: Final = 20
_TOLD: Final = ("createCommitOnBranch", "addPullRequestReviewThreadReply")
_EARLY: Final = 300
"""A token is minted anew this many seconds before it ends."""


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """A GitHub App."""

    app_id: int
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenCredentials:
    """A personal or fine-grained token."""

    token: str = field(repr=False)


Credentials = AppCredentials | TokenCredentials


@dataclass(slots=True)
class Api:
    """REST and GraphQL for one repository. ``count`` is how many requests were sent."""

    base_url: str
    credentials: Credentials
    repository: str
    pause: float | None = None
    """Seconds between requests; None leaves PyGithub's own pace."""
    pacer: Pacer = field(default_factory=Hurry)
    count: int = 0
    _held: tuple[Requester, float] | None = field(default=None, repr=False)
    _login: str = ""

    @property
    def is_app(self) -> bool:
        """Apps may create check runs, tokens may not."""
        return isinstance(self.credentials, AppCredentials)

    @property
    def app_id(self) -> int | None:
        """Our App's id; None with a token."""
        return self.credentials.app_id if isinstance(self.credentials, AppCredentials) else None

    def login(self) -> str:
        """Under which name this bot writes; asked once."""
        if not self._login:
            if isinstance(self.credentials, TokenCredentials):
                self._login = str(self.get("/user")["login"])
            else:
                app = self.credentials
                auth = Auth.AppAuth(app.app_id, app.private_key)
                requester = connect(self.base_url, auth, self.pause)
                self.count += 1
                _, said = guarded(lambda: requester.requestJsonAndCheck("GET", "/app"))
                self._login = f"{said['slug']}[bot]"
        return self._login

    def get(self, path: str) -> Any:
        """A JSON answer. ``path`` starts below the API's base."""
        return self._send("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Create something."""
        return self._send("POST", path, body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """Change something."""
        return self._send("PATCH", path, body)

    def pages(self, path: str, *, limit: int) -> Iterator[Any]:
        """Items of a listing, 100 a page, up to ``limit``."""
        joint = "&" if "?" in path else "?"
        for page in range(1, limit // 100 + 2):
            items = self.get(f"{path}{joint}per_page=100&page={page}")
            yield from items
            if len(items) < 100:
                return

    def graphql(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The ``data`` of an answer. Raises the error it carries."""
        kind = Kind.READ if not query.lstrip().startswith("mutation") else Kind.WRITE
        if any(deed in query for deed in _TOLD):
            kind = Kind.CONTENT
        answer = self._sent(kind, lambda requester: requester.graphql_query(query, variables))
        data: dict[str, Any] = answer["data"]
        return data

    def _send(self, verb: str, path: str, body: dict[str, Any] | None) -> Any:
        return self._sent(
            _kind(verb, path),
            lambda requester: requester.requestJsonAndCheck(verb, path, input=body),
        )

    def _sent(self, kind: Kind, call: Callable[[Requester], tuple[Any, Any]]) -> Any:
        """The answer. A token that the forge takes no more is minted anew, once."""
        is_minted = self._held is not None and self.is_app
        requester = self._requester()
        try:
            return self._once(kind, requester, call)
        except Refused as error:
            if not (is_minted and isinstance(error.__cause__, BadCredentialsException)):
                raise
            self._held = None
        return self._once(kind, self._requester(), call)

    def _once(
        self, kind: Kind, requester: Requester, call: Callable[[Requester], tuple[Any, Any]]
    ) -> Any:
        self.pacer.before(kind)
        self.count += 1
        headers, answer = guarded(lambda: call(requester))
        left, resets = headers.get("x-ratelimit-remaining"), headers.get("x-ratelimit-reset")
        if left and resets and left.isdigit() and resets.isdigit():
            self.pacer.heard(int(left), float(resets))
        return answer

    def _requester(self) -> Requester:
        if self._held is not None and time.monotonic() < self._held[1]:
            return self._held[0]
        ends = float("inf")
        if isinstance(self.credentials, TokenCredentials):
            token = self.credentials.token
        else:
            token, ends = self._mint(self.credentials), time.monotonic() + 3600 - _EARLY
        self._held = connect(self.base_url, Auth.Token(token), self.pause), ends
        return self._held[0]

    def _mint(self, app: AppCredentials) -> str:
        """An installation token for this repository alone."""
        requester = connect(self.base_url, Auth.AppAuth(app.app_id, app.private_key), self.pause)
        self.count += 2
        _, installation = guarded(
            lambda: requester.requestJsonAndCheck("GET", f"/repos/{self.repository}/installation")
        )
        body = {"repositories": [self.repository.split("/")[1]], "permissions": PERMISSIONS}
        path = f"/app/installations/{installation['id']}/access_tokens"
        _, answer = guarded(lambda: requester.requestJsonAndCheck("POST", path, input=body))
        return str(answer["token"])


def seconds_ahead(base_url: str, credentials: Credentials) -> float:
    """By how much this clock is ahead of GitHub's; also shows that the credentials are good."""
    if isinstance(credentials, AppCredentials):
        auth: Auth.Auth = Auth.AppAuth(credentials.app_id, credentials.private_key)
        path = "/app"
    else:
        auth, path = Auth.Token(credentials.token), "/rate_limit"
    requester = connect(base_url.rstrip("/"), auth, 0.0)
    headers, _ = guarded(lambda: requester.requestJsonAndCheck("GET", path))
    said = {name.lower(): value for name, value in headers.items()}.get("date")
    if not said:
        return 0.0
    return time.time() - parsedate_to_datetime(said).timestamp()


def _kind(verb: str, path: str) -> Kind:
    """What people are told of counts most: comments, replies, reactions and reviews."""
    if verb == "GET":
        return Kind.READ
    is_told = verb == "POST" and ("/comments" in path or path.endswith(("/reviews", "/pulls")))
    return Kind.CONTENT if is_told else Kind.WRITE


def connect(base_url: str, auth: Auth.Auth, pause: float | None) -> Requester:
    """The library's requester, which retries nothing by itself."""
    pace: dict[str, Any] = {}
    if pause is not None:
        pace = {"seconds_between_requests": pause, "seconds_between_writes": pause}
    client = Github(
        auth=auth,
        base_url=base_url,
        timeout=_TIMEOUT,
        retry=None,
        user_agent="lockstitch",
        **pace,
    )
    return client.requester


def guarded(call: Callable[[], tuple[Any, Any]]) -> tuple[Any, Any]:
    """Headers and answer of a request. Raises one of our errors for any of theirs."""
    try:
        return call()
    except (GithubException, requests.RequestException) as error:
        raise translate(error) from error
    except RuntimeError as error:
        # The library's word for a redirect to another host, which it does not follow.
        raise Refused("GitHub's API is at another address than the one configured.") from error


def translate(error: GithubException | requests.RequestException) -> ForgeError:
    """One of ours for any of theirs; the message never holds a header or a token."""
    if not isinstance(error, GithubException):
        return Unreachable(f"GitHub did not answer ({type(error).__name__}).")
    words = _words(error)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if _is_stale(words):
        return HeadMoved("The head branch moved meanwhile.")
    if isinstance(error, BadCredentialsException) or error.status == 401:
        return Refused("GitHub did not accept the credentials.")
    if _is_limited(error, headers, words):
        return RateLimited(f"GitHub asked to wait: {words}", _wait(headers))
    if error.status in (404, 410) or _graphql_type(error) == "NOT_FOUND":
        return Gone(f"GitHub knows nothing there: {words}")
    if error.status == 403 or _graphql_type(error) == "FORBIDDEN":
        return Refused(f"GitHub refused: {words}")
    if error.status >= 500:
        return Unreachable(f"GitHub failed with {error.status}.")
    return Rejected(f"GitHub called the request invalid ({error.status}): {words}")


def _words(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    errors = data.get("errors") or []
    said = [str(one.get("message", one) if isinstance(one, dict) else one) for one in errors]
    return "; ".join(filter(None, [str(data.get("message") or ""), *said])) or str(error.status)


def _graphql_type(error: GithubException) -> str:
    """What GraphQL calls it; empty for other errors."""
    data = error.data if isinstance(error.data, dict) else {}
    errors = data.get("errors") or [{}]
    return str(errors[0].get("type", "")) if isinstance(errors[0], dict) else ""


def _is_stale(words: str) -> bool:
    return "Expected branch to point to" in words


def _is_limited(error: GithubException, headers: dict[str, str], words: str) -> bool:
    if isinstance(error, RateLimitExceededException) or error.status == 429:
        return True
    if _graphql_type(error) == "RATE_LIMITED":
        return True
    if error.status != 403:
        return False
    is_spent = headers.get("x-ratelimit-remaining") == "0"
    return is_spent or "retry-after" in headers or "secondary rate limit" in words.lower()


def _wait(headers: dict[str, str]) -> float:
    after = headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    reset = headers.get("x-ratelimit-reset", "")
    return max(1.0, float(reset) - time.time()) if reset.isdigit() else 60.0
