"""Asks GitLab for a new pair of OAuth tokens. Keeps nothing.

An access token lives for two hours, and each refresh token is good for one use
(https://docs.gitlab.com/api/oauth2/#authorization-code-flow).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests

from .errors import RateLimited, Refused, Unreachable

_TIMEOUT: Final = 20
_LIVES: Final = 7200
"""Seconds, where GitLab does not say it."""
DEAD: Final = (
    "GitLab takes the OAuth refresh token no more: it was used elsewhere or the authorisation was "
    "revoked."
)
_STRANGER: Final = "GitLab does not know the OAuth application, or its secret is another one."


class DeadToken(Refused):
    """The refresh token is of no use any more, and asking again would not help."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What one exchange gave. ``ends_at`` is when the access token does, by this clock."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_at: float = 0.0


@dataclass(frozen=True, slots=True)
class OAuthApplication:
    """The application of GitLab that the bot's account has authorised."""

    url: str
    number: str
    secret: str = field(repr=False)
    redirect: str = ""
    """As the application has it."""
    ca_file: Path | None = None
    clock: Callable[[], float] = time.time

    def renewed(self, refresh: str) -> Pair:
        """A new pair; the old one is good for nothing from then on.

        Raises ``DeadToken``, ``Refused``, ``RateLimited`` and ``Unreachable``.
        """
        form = {
            "grant_type": "refresh_token",
            "client_id": self.number,
            "client_secret": self.secret,
            "refresh_token": refresh,
        }
        if self.redirect:
            form["redirect_uri"] = self.redirect
        answer = self._send(form)
        said = _object(answer)
        if answer.status_code == 200 and said.get("access_token") and said.get("refresh_token"):
            lives = said.get("expires_in")
            ends = self.clock() + (lives if isinstance(lives, int) else _LIVES)
            return Pair(str(said["access_token"]), str(said["refresh_token"]), ends)
        if answer.status_code == 429:
            raise RateLimited("GitLab asked to wait with OAuth tokens.", 60.0)
        if answer.status_code >= 500 or answer.status_code == 200:
            raise Unreachable(f"GitLab gave no OAuth token ({answer.status_code}).")
        match said.get("error"):
            case "invalid_grant":
                raise DeadToken(DEAD)
            case "invalid_client" | "unauthorized_client":
                raise Refused(_STRANGER)
        raise Refused(f"GitLab gave no OAuth token ({answer.status_code}).")

    def _send(self, form: dict[str, str]) -> requests.Response:
        try:
            return requests.post(
                f"{self.url}/oauth/token",
                data=form,
                timeout=_TIMEOUT,
                verify=str(self.ca_file) if self.ca_file else True,
                allow_redirects=False,
                headers={"User-Agent": "lockstitch", "Accept": "application/json"},
            )
        except requests.RequestException as error:
            raise Unreachable(f"GitLab did not answer ({type(error).__name__}).") from None
        except OSError:
            raise Refused(f"{self.ca_file} cannot be read; it should be PEM.") from None


def _object(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
