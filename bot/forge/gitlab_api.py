"""python-gitlab's client with credentials, and its errors as ours. Knows transport, not reviews."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, quote, urlsplit

import requests
from gitlab import Gitlab
from gitlab.exceptions import GitlabError

from .errors import ForgeError, Gone, HeadMoved, RateLimited, Refused, Rejected, Unreachable
from .pacer import Hurry, Kind, Pacer

_TIMEOUT: Final = 20
_PAGE: Final = 100
_LIMITS: Final = ("remaining", "reset", "limit", "observed")
_ELSEWHERE: Final = "GitLab's API is at another address than the one configured."
_STALE: Final = (
    "has changed since you started editing it",
    "A file with this name already exists",
    "A file with this name doesn't exist",
    "reference update",
)
"""Words with which the commits API says that the branch is not what was read any more."""


class TokenSource(Protocol):
    """Where tokens come from that do not last."""

    def token(self) -> str:
        """One that is good now. Raises ``ForgeError``."""

    def another(self, refused: str) -> str:
        """One that is not the one GitLab refused. Raises ``ForgeError``."""


class NotAccepted(Refused):
    """The token is no good; with another one it may be."""


@dataclass(frozen=True, slots=True)
class GitLabAccess:
    """Where a GitLab is and how to be let in.

    One header carries every kind of token: personal, project and group access tokens are taken
    as OAuth's are (https://docs.gitlab.com/api/rest/authentication/). Unlike ``PRIVATE-TOKEN`` it
    is never sent on to another host.
    """

    url: str
    token: str = field(repr=False)
    token_file: Path | None = None
    """Read again where the token is refused: whoever renews it needs no restart."""
    ca_file: Path | None = None
    source: TokenSource | None = field(default=None, repr=False)
    """In place of a token, where tokens end and are renewed."""


class Api:
    """REST and GraphQL. ``count`` is how many requests were sent."""

    def __init__(self, access: GitLabAccess, pacer: Pacer | None = None) -> None:
        self.access = access
        self._pacer = pacer or Hurry()
        self.count = 0
        self._token = access.token
        self._client = self._connect()
        self._last = threading.local()
        self._me: dict[str, Any] | None = None

    @property
    def url(self) -> str:
        """Where the host is."""
        return self.access.url

    def me(self) -> dict[str, Any]:
        """The account behind the token, asked once."""
        if self._me is None:
            self._me = self.get("/user")
        return self._me

    def seconds_ahead(self) -> float:
        """By how much this clock is ahead of the host's."""
        answer = self._send("get", "/user", {}, None)
        said = answer.headers.get("Date")
        return time.time() - parsedate_to_datetime(said).timestamp() if said else 0.0

    def get(self, path: str, **query: Any) -> Any:
        """A JSON answer. ``path`` starts below ``/api/v4``."""
        return self._json("get", path, query=query)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Create something; None where the answer is empty."""
        return self._json("post", path, body=body or {})

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Change something."""
        return self._json("put", path, body=body)

    def delete(self, path: str) -> None:
        """Take something away."""
        self._send("delete", path, {}, None)

    def pages(self, path: str, *, limit: int, **query: Any) -> Iterator[Any]:
        """Items of a listing, 100 a page, up to ``limit``."""
        for page in range(1, limit // _PAGE + 2):
            items = self.get(path, per_page=_PAGE, page=page, **query)
            yield from items
            if len(items) < _PAGE:
                return

    def keyset(self, path: str, *, limit: int, **query: Any) -> Iterator[Any]:
        """The same for listings that go on from a token instead of a number."""
        token: dict[str, Any] = {}
        for _ in range(limit // _PAGE + 1):
            answer = self._send(
                "get", path, {**query, "pagination": "keyset", "per_page": _PAGE, **token}, None
            )
            yield from _decoded(answer)
            following = urlsplit(answer.links.get("next", {}).get("url", ""))
            found = parse_qs(following.query).get("page_token")
            if not found:
                return
            token = {"page_token": found[0]}

    def graphql(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The ``data`` of an answer. Raises ``Rejected`` for the errors it carries."""
        body = {"query": query, "variables": variables}
        answer = self._json("post", f"{self.access.url}/api/graphql", body=body)
        if answer.get("errors"):
            said = "; ".join(str(one.get("message", one)) for one in answer["errors"])
            raise Rejected(f"GitLab called the query invalid: {said}")
        data: dict[str, Any] = answer["data"]
        return data

    def _json(
        self,
        verb: str,
        path: str,
        query: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Any:
        return _decoded(self._send(verb, path, query or {}, body))

    def _send(
        self, verb: str, path: str, query: dict[str, Any], body: dict[str, Any] | None
    ) -> requests.Response:
        if self.access.source is not None:
            self._take(self.access.source.token())
        try:
            return self._once(verb, path, query, body)
        except NotAccepted:
            if not self._take(self._another()):
                raise
            return self._once(verb, path, query, body)

    def _once(
        self, verb: str, path: str, query: dict[str, Any], body: dict[str, Any] | None
    ) -> requests.Response:
        self._pacer.before(_kind(verb, path))
        self.count += 1
        self._last.headers = {}
        try:
            return self._client.http_request(
                verb,
                path,
                query_data=query,
                post_data=body,
                obey_rate_limit=False,
                retry_transient_errors=False,
            )
        except (GitlabError, requests.RequestException) as error:
            raise translate(error, self._last.headers) from error
        except OSError as error:
            raise Refused(f"{self.access.ca_file} cannot be read; it should be PEM.") from error
        finally:
            self._tell()

    def _tell(self) -> None:
        """What the answer says of the requests that are left, where it does.

        https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
        """
        said = {name.lower(): value for name, value in self._last.headers.items()}
        left, resets, limit, seen = (_number(said, f"ratelimit-{name}") for name in _LIMITS)
        if left is None or resets is None:
            return
        # ``Limit`` is told for a minute, whatever time it is counted for; the others are not.
        in_all = left + seen if left and seen else 0
        self._pacer.heard(left, resets - _date(said), limit or 0, in_all)

    def _another(self) -> str:
        """What the file or the source has in place of the token that was refused."""
        if self.access.source is not None:
            return self.access.source.another(self._token)
        if self.access.token_file is None:
            return ""
        try:
            return self.access.token_file.read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def _take(self, token: str) -> bool:
        """Go on with this token; False where it is none, or the same."""
        if not token or token == self._token:
            return False
        self._token = token
        self._client = self._connect()
        return True

    def _connect(self) -> Gitlab:
        """The library's client, which retries nothing and follows nobody to another address."""
        ca_file = self.access.ca_file
        client = Gitlab(
            self.access.url,
            oauth_token=self._token,
            ssl_verify=str(ca_file) if ca_file else True,
            timeout=_TIMEOUT,
            user_agent="lockstitch",
            keep_base_url=True,
        )
        client.session.max_redirects = 0
        # The library's errors carry no headers, and only a header says how long to wait.
        client.session.hooks["response"].append(self._keep_headers)
        return client

    def _keep_headers(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        self._last.headers = dict(answer.headers)


def _kind(verb: str, path: str) -> Kind:
    """Queries are sent as posts; what GitLab counts besides are new notes."""
    if verb == "get" or path.endswith("/api/graphql"):
        return Kind.READ
    return Kind.CONTENT if verb == "post" and path.endswith("/notes") else Kind.WRITE


def _number(headers: dict[str, str], name: str) -> int | None:
    said = headers.get(name, "")
    return int(said) if said.isdigit() else None


def _date(headers: dict[str, str]) -> float:
    """When an answer was sent, by the clock of whoever sent it if it told."""
    said = headers.get("date")
    return parsedate_to_datetime(said).timestamp() if said else time.time()


def seconds_ahead(access: GitLabAccess) -> float:
    """By how much this clock is ahead of GitLab's; also shows that the token is good."""
    return Api(access).seconds_ahead()


def project_path(repository: str) -> str:
    """Where a project is below the API's base; its path is one segment."""
    return f"/projects/{quote(repository, safe='')}"


def _decoded(answer: requests.Response) -> Any:
    if answer.status_code == 204 or not answer.content:
        return None
    try:
        return answer.json()
    except ValueError as error:
        raise Unreachable("GitLab did not answer in JSON.") from error


def translate(
    error: GitlabError | requests.RequestException, headers: dict[str, str]
) -> ForgeError:
    """One of ours for any of theirs; the message never holds a header or a token."""
    if isinstance(error, requests.TooManyRedirects):
        return Refused(_ELSEWHERE)
    if not isinstance(error, GitlabError):
        return Unreachable(f"GitLab did not answer ({type(error).__name__}).")
    status, words = error.response_code or 0, _words(error)
    if status == 401:
        return NotAccepted("GitLab did not accept the token.")
    if status == 429:
        return RateLimited(f"GitLab asked to wait: {words}", _wait(headers))
    if status in (404, 410):
        return Gone(f"GitLab knows nothing there: {words}")
    if status == 403:
        return Refused(f"GitLab refused: {words}")
    if status >= 500:
        return Unreachable(f"GitLab failed with {status}.")
    if status in (400, 409, 422) and any(one in words for one in _STALE):
        return HeadMoved("The head branch moved meanwhile.")
    return Rejected(f"GitLab called the request invalid ({status}): {words}")


def _words(error: GitlabError) -> str:
    said = error.error_message
    return (said if isinstance(said, str) else str(said))[:500] or str(error.response_code)


def _wait(headers: dict[str, str]) -> float:
    """https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers"""
    after = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return float(after) if after.isdigit() else 60.0
