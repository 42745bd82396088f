"""REST and GraphQL for one repository, with a token worth no more than a request needs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from github import Auth
from github.GithubException import BadCredentialsException
from github.Requester import Requester

from .errors import Refused, Unreachable
from .github_tokens import (
    AppCredentials,
    AppDoor,
    Credentials,
    Scope,
    TokenCredentials,
    Tokens,
)
from .github_transport import connect, guarded, seconds_until
from .kept import Recent
from .pacer import Hurry, Kind, Pacer

_KEPT_ELSEWHERE: Final = ("/git/trees/", "/git/blobs/", "/compare/")
_STUMBLES: Final = 2
_STUMBLE_SECONDS: Final = 0.5
_TOLD: Final = ("createCommitOnBranch", "addPullRequestReviewThreadReply")


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
    installation: int = 0
    """The App's installation there; 0 where it has to be asked for."""
    _minted: Tokens | None = field(default=None, repr=False)
    _fixed: Requester | None = field(default=None, repr=False)
    _login: str = ""
    _tagged: Recent = field(default_factory=lambda: Recent(64), repr=False)
    """Answers with the tag that the forge gave them, by path."""

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
                self.count += 1
                _, said = self._tokens(self.credentials).door.send("GET", "/app")
                self._login = f"{said['slug']}[bot]"
        return self._login

    def get(self, path: str) -> Any:
        """A JSON answer. ``path`` starts below the API's base.

        What was answered before is asked for only if it changed, which costs nothing if not:
        https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
        """
        tag, known = self._tagged.get(path, (None, None))
        given = {"If-None-Match": tag} if tag else None
        headers, answer = self._sent(
            Kind.READ,
            Scope.REVIEW,
            lambda requester: requester.requestJsonAndCheck("GET", path, headers=given),
        )
        if tag and answer is None:
            return known
        if headers.get("etag") and not any(part in path for part in _KEPT_ELSEWHERE):
            self._tagged[path] = headers["etag"], answer
        return answer

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
        is_mutation = query.lstrip().startswith("mutation")
        kind = Kind.WRITE if is_mutation else Kind.READ
        if any(deed in query for deed in _TOLD):
            kind = Kind.CONTENT
        scope = Scope.CONTENTS if is_mutation else Scope.REVIEW
        _, answer = self._sent(
            kind, scope, lambda requester: requester.graphql_query(query, variables)
        )
        data: dict[str, Any] = answer["data"]
        return data

    def _send(self, verb: str, path: str, body: dict[str, Any] | None) -> Any:
        _, answer = self._sent(
            _kind(verb, path),
            _scope(verb, path),
            lambda requester: requester.requestJsonAndCheck(verb, path, input=body),
        )
        return answer

    def _sent(
        self, kind: Kind, scope: Scope, call: Callable[[Requester], tuple[Any, Any]]
    ) -> tuple[dict[str, str], Any]:
        """Headers and answer. A token that the forge takes no more is minted anew, once."""
        minted = self._minted
        is_kept = minted is not None and minted.holds(scope)
        try:
            return self._patiently(kind, self._requester(scope), call)
        except Refused as error:
            if not (is_kept and isinstance(error.__cause__, BadCredentialsException)):
                raise
        assert minted is not None
        minted.drop()
        return self._patiently(kind, self._requester(scope), call)

    def _patiently(
        self, kind: Kind, requester: Requester, call: Callable[[Requester], tuple[Any, Any]]
    ) -> tuple[dict[str, str], Any]:
        """What only reads is sent again at once where the host stumbled. A write may have been
        made (annotations of a check add up), and only who reads first knows.
        """
        for tries in range(_STUMBLES if kind is Kind.READ else 0):
            try:
                return self._once(kind, requester, call)
            except Unreachable:
                time.sleep(random.uniform(0.0, _STUMBLE_SECONDS * 2**tries))  # noqa: S311 - spreads load
        return self._once(kind, requester, call)

    def _once(
        self, kind: Kind, requester: Requester, call: Callable[[Requester], tuple[Any, Any]]
    ) -> tuple[dict[str, str], Any]:
        self.pacer.before(kind)
        self.count += 1
        headers, answer = guarded(lambda: call(requester))
        left, resets = headers.get("x-ratelimit-remaining"), headers.get("x-ratelimit-reset")
        if left and resets and left.isdigit() and resets.isdigit():
            self.pacer.heard(int(left), seconds_until(float(resets), headers))
        return headers, answer

    def _requester(self, scope: Scope) -> Requester:
        if isinstance(self.credentials, TokenCredentials):
            if self._fixed is None:
                auth = Auth.Token(self.credentials.token)
                self._fixed = connect(self.base_url, auth, self.pause)
            return self._fixed
        tokens = self._tokens(self.credentials)
        before = tokens.count
        try:
            return tokens.requester(scope)
        finally:
            self.count += tokens.count - before

    def _tokens(self, app: AppCredentials) -> Tokens:
        if self._minted is None:
            door = AppDoor(self.base_url, app, self.pause)
            self._minted = Tokens(door, self.repository, self.pause, hint=self.installation or None)
        return self._minted


def _scope(verb: str, path: str) -> Scope:
    """Git's own objects and branches are the contents; everything else is talk."""
    is_git = "/git/" in path or "/contents/" in path or path.endswith("/merges")
    return Scope.CONTENTS if is_git and verb != "GET" else Scope.REVIEW


def _kind(verb: str, path: str) -> Kind:
    """What people are told of counts most: comments, replies, reactions and reviews."""
    if verb == "GET":
        return Kind.READ
    is_told = verb == "POST" and ("/comments" in path or path.endswith(("/reviews", "/pulls")))
    return Kind.CONTENT if is_told else Kind.WRITE
