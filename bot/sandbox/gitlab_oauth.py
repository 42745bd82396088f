"""OAuth applications on the GitLab-shaped sandbox: refresh tokens that are good for one use.

https://docs.gitlab.com/api/oauth2/#authorization-code-flow
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .limits import Refusal
from .state import World

LIVES: Final = 7200


@dataclass(slots=True)
class OAuth:
    """One application, which the bot's account has authorised. ``exchanges`` counts attempts."""

    world: World
    login: str
    number: str = "an-application"
    secret: str = field(default_factory=lambda: f"gloas-{secrets.token_hex(8)}", repr=False)
    redirect: str = "https://bot.example/authorised"
    exchanges: int = 0
    _refresh: str = field(default="", repr=False)
    _access: str = field(default="", repr=False)
    _ends: dict[str, float] = field(default_factory=dict, repr=False)

    def authorise(self) -> str:
        """The account authorises the application (again); a refresh token."""
        self._refresh = secrets.token_hex(32)
        return self._refresh

    def revoke(self) -> None:
        """The account takes that back."""
        self.world.tokens.pop(self._access, None)
        self._refresh = self._access = ""

    def has_ended(self, token: str) -> bool:
        """Whether this is an access token whose two hours are over."""
        return self.world.clock() >= self._ends.get(token, float("inf"))

    def exchange(self, form: Mapping[str, str]) -> dict[str, Any]:
        """A new pair; the old ones are good for nothing. Raises ``Refusal``."""
        self.exchanges += 1
        if (form.get("client_id"), form.get("client_secret")) != (self.number, self.secret):
            raise Refusal(401, "invalid_client")
        if form.get("grant_type") != "refresh_token":
            raise Refusal(400, "unsupported_grant_type")
        is_good = bool(self._refresh) and form.get("refresh_token") == self._refresh
        if not is_good or form.get("redirect_uri", self.redirect) != self.redirect:
            raise Refusal(400, "invalid_grant")
        self.world.tokens.pop(self._access, None)
        self._access, self._refresh = secrets.token_hex(32), secrets.token_hex(32)
        self.world.tokens[self._access] = self.login
        self._ends[self._access] = self.world.clock() + LIVES
        return {
            "access_token": self._access,
            "token_type": "bearer",
            "expires_in": LIVES,
            "refresh_token": self._refresh,
            "scope": "api",
            "created_at": int(self.world.clock()),
        }
