"""Who this bot is to GitHub: an App with its keys, or a token; and tokens worth no more than meant.

Nothing here, or anywhere, assumes how long a token is or what it looks like:
https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final

import jwt
from github import Auth, GithubException
from github.Requester import Requester

from .errors import Gone, Refused
from .github_transport import connect, guarded

PERMISSIONS: Final = {
    "checks": "write",
    "contents": "write",
    "metadata": "read",
    "pull_requests": "write",
}
"""What the App needs, and nothing more."""

EARLY: Final = 300
"""A token is minted anew this many seconds before it ends."""
SIGNED: Final = 240
"""A signature of the App is used for so many seconds, half of its life; GitHub allows 600."""
_LONGEST: Final = 3_600.0
_BACK: Final = 60
"""A signature is dated back by so much, as GitHub advises."""
_SKEW: Final = 20.0
"""A clock that is wrong by less is no reason for a refusal."""
_BAD_KEY: Final = "The private key of the App cannot be used: it is no RSA key in PEM."


class Scope(Enum):
    """How much a token may do. Reviewing needs no right to change what a repository holds."""

    REVIEW = "review"
    CONTENTS = "contents"
    """To commit, and to settle threads, for which GitHub wants the same right:
    https://github.com/orgs/community/discussions/44650
    """

    @property
    def permissions(self) -> Mapping[str, str]:
        """What a token of this scope is asked for."""
        return PERMISSIONS if self is Scope.CONTENTS else {**PERMISSIONS, "contents": "read"}


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """A GitHub App. The previous key is tried where GitHub does not take the first."""

    app_id: int
    private_key: str = field(repr=False)
    previous_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenCredentials:
    """A personal or fine-grained token."""

    token: str = field(repr=False)


Credentials = AppCredentials | TokenCredentials


class AppDoor:
    """Requests that the App makes as itself, signed with whichever of its keys GitHub takes.

    Signatures are dated by GitHub's clock once it has refused one that was dated by this machine's.
    """

    def __init__(self, base_url: str, app: AppCredentials, pause: float | None) -> None:
        self.base_url, self._app_id, self._pause = base_url, app.app_id, pause
        self._keys = [key for key in (app.private_key, app.previous_key) if key is not None]
        self._open: dict[str, tuple[Requester, float]] = {}
        self._ahead = 0.0

    def send(self, verb: str, path: str, body: Any = None) -> tuple[Mapping[str, str], Any]:
        """Headers, by small letters, and the answer. Raises ``ForgeError``."""
        for _ in self._keys[1:]:
            try:
                return self._send(verb, path, body)
            except Refused as error:
                if not _is_about_the_key(error):
                    raise
                self._keys.append(self._keys.pop(0))
        return self._send(verb, path, body)

    def _send(self, verb: str, path: str, body: Any) -> tuple[Mapping[str, str], Any]:
        key = self._keys[0]
        is_kept = key in self._open
        try:
            return self._ask(key, verb, path, body)
        except Refused as error:
            self._open.pop(key, None)
            if not (_is_about_the_key(error) and (self._has_learned(error) or is_kept)):
                raise
        # This machine may have slept since it signed, or its clock is wrong.
        return self._ask(key, verb, path, body)

    def _has_learned(self, refusal: Refused) -> bool:
        """Whether this clock is further off GitHub's than was known, by the refusal's own date."""
        cause = refusal.__cause__
        found = (cause.headers if isinstance(cause, GithubException) else None) or {}
        ahead = ahead_of({name.lower(): value for name, value in found.items()})
        if abs(ahead - self._ahead) <= _SKEW:
            return False
        self._ahead = ahead
        return True

    def _ask(self, key: str, verb: str, path: str, body: Any) -> tuple[Mapping[str, str], Any]:
        requester = self._requester(key)
        headers, answer = guarded(lambda: requester.requestJsonAndCheck(verb, path, input=body))
        return {name.lower(): value for name, value in headers.items()}, answer

    def _requester(self, key: str) -> Requester:
        """Signed in, for a few minutes: to load a key and sign takes long."""
        held = self._open.get(key)
        if held is not None and time.monotonic() < held[1]:
            return held[0]
        try:
            now = int(time.time() - self._ahead)
            claims = {"iat": now - _BACK, "exp": now + 2 * SIGNED, "iss": str(self._app_id)}
            signed = jwt.encode(claims, key, algorithm="RS256")
        except jwt.InvalidKeyError as error:
            raise Refused(_BAD_KEY) from error
        made = connect(self.base_url, Auth.AppAuthToken(signed), self._pause)
        self._open[key] = made, time.monotonic() + SIGNED
        return made

    def token(self, installation: int, wanted: Mapping[str, Any]) -> tuple[str, float]:
        """A token and the seconds that it is good for, by GitHub's own clock."""
        path = f"/app/installations/{installation}/access_tokens"
        headers, answer = self.send("POST", path, dict(wanted))
        return str(answer["token"]), _lifetime(headers, answer)


@dataclass(slots=True)
class Tokens:
    """Tokens for one repository alone, kept until five minutes before they end."""

    door: AppDoor
    repository: str
    pause: float | None
    count: int = 0
    """Requests that were sent."""
    hint: int | None = None
    """Which installation a webhook told of; believed until GitHub knows it no more."""
    _installation: int | None = None
    _held: dict[Scope, tuple[Requester, float]] = field(default_factory=dict, repr=False)

    def requester(self, scope: Scope) -> Requester:
        """One with a token of this scope."""
        held = self._held.get(scope)
        if held is not None and time.monotonic() < held[1]:
            return held[0]
        name = self.repository.split("/")[1]
        wanted = {"repositories": [name], "permissions": scope.permissions}
        token, lifetime = self._token(wanted)
        made = connect(self.door.base_url, Auth.Token(token), self.pause)
        self._held[scope] = made, time.monotonic() + lifetime - EARLY
        return made

    def _token(self, wanted: Mapping[str, Any]) -> tuple[str, float]:
        self.count += 1
        if self._installation is None and self.hint is not None:
            try:
                return self.door.token(self.hint, wanted)
            except Gone:  # it was installed anew since
                self.hint = None
                self.count += 1
        return self.door.token(self._installed(), wanted)

    def holds(self, scope: Scope) -> bool:
        """Whether the next request uses a token that is there already."""
        return scope in self._held

    def drop(self) -> None:
        """The forge takes these no more: the App may have been installed anew."""
        self._held.clear()
        self._installation = self.hint = None

    def _installed(self) -> int:
        if self._installation is None:
            self.count += 1
            _, found = self.door.send("GET", f"/repos/{self.repository}/installation")
            self._installation = int(found["id"])
        return self._installation


def seconds_ahead(base_url: str, credentials: Credentials) -> float:
    """By how much this clock is ahead of GitHub's; also shows that the credentials are good."""
    base_url = base_url.rstrip("/")
    if isinstance(credentials, AppCredentials):
        headers, _ = AppDoor(base_url, credentials, 0.0).send("GET", "/app")
    else:
        requester = connect(base_url, Auth.Token(credentials.token), 0.0)
        found, _ = guarded(lambda: requester.requestJsonAndCheck("GET", "/rate_limit"))
        headers = {name.lower(): value for name, value in found.items()}
    return ahead_of(headers)


def ahead_of(headers: Mapping[str, str]) -> float:
    """By how much this clock is ahead of that of whoever answered."""
    said = headers.get("date")
    return time.time() - parsedate_to_datetime(said).timestamp() if said else 0.0


def _is_about_the_key(error: Refused) -> bool:
    cause = error.__cause__
    return not isinstance(cause, GithubException) or cause.status == 401


def _lifetime(headers: Mapping[str, str], answer: Mapping[str, Any]) -> float:
    """This machine's clock may be wrong, so both ends are GitHub's."""
    try:
        ends = datetime.fromisoformat(answer["expires_at"].replace("Z", "+00:00"))
        now = parsedate_to_datetime(headers["date"])
        return min(_LONGEST, (ends - now).total_seconds())
    except (KeyError, ValueError, TypeError):
        return _LONGEST
