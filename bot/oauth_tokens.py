"""OAuth tokens that are kept in the database, sealed, and renewed by one process at a time.

A refresh token is good for one use, so whoever renews claims the row first, and the others wait
for what comes of it. Sends nothing itself.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from .database import DatabaseAway, oauth_tokens
from .forge.errors import ForgeError, Refused, Unreachable
from .forge.gitlab_oauth import DEAD, DeadToken, OAuthApplication, Pair

EARLY: Final = 120.0
"""Seconds before its end from which an access token is not begun with any more."""
CLAIM: Final = 60.0
"""So long nobody else renews; longer than an exchange may take."""
_POLL: Final = 0.25
_AWAY: Final = (
    "The database that keeps the OAuth tokens does not answer, or `lockstitch migrate` has to run."
)
_STUCK: Final = "Another process renews the OAuth token and has not come to an end."


@dataclass(slots=True)
class OAuthTokens:
    """Those of one application. ``seed`` is the refresh token that the settings have."""

    engine: Engine
    application: OAuthApplication
    seed: str = field(repr=False)
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    _held: Pair = field(default_factory=lambda: Pair("", ""), repr=False)

    def token(self) -> str:
        """An access token that is good for a while. Raises ``ForgeError``."""
        with _said_well():
            if not self._is_fresh(self._held):
                self._held = self._other_than(self._held.access)
        return self._held.access

    def another(self, refused: str) -> str:
        """One that is not the one GitLab refused. Raises ``ForgeError``."""
        with _said_well():
            if self._held.access == refused:
                self._held = self._other_than(refused)
        return self._held.access

    def _is_fresh(self, pair: Pair) -> bool:
        return bool(pair.access) and self.clock() < pair.ends_at - EARLY

    def _other_than(self, known: str) -> Pair:
        ends = self.clock() + CLAIM + EARLY
        while self.clock() < ends:
            row = self._row()
            pair = self._opened(row)
            if self._is_fresh(pair) and pair.access != known:
                return pair
            if row.is_dead:
                raise DeadToken(DEAD)
            if self._claims(row):
                return self._renew(row, pair)
            self.sleep(_POLL)
        raise Unreachable(_STUCK)

    def _renew(self, row: Row[Any], pair: Pair) -> Pair:
        try:
            made = self.application.renewed(pair.refresh)
        except DeadToken:
            if self._write(row, is_dead=True):
                raise
            return self._other_than(pair.access)  # it was spent by somebody who has the new one
        except ForgeError:
            self._write(row)
            raise
        following = {"generation": row.generation + 1, "is_dead": False}
        self._write(row, sealed=self._sealed(made), **following)
        return made

    def _row(self) -> Row[Any]:
        """What is kept, begun anew where the settings have another refresh token."""
        seed = sha256(self.seed.encode()).hexdigest()
        mine = oauth_tokens.c.name == self._name
        with self.engine.begin() as connection:
            row = connection.execute(select(oauth_tokens).where(mine)).one_or_none()
            if row is not None and row.seed == seed:
                return row
            first = {
                "seed": seed,
                "sealed": self._sealed(Pair("", self.seed)),
                "claimed_until": 0.0,
                "is_dead": False,
            }
            if row is None:
                self._insert(connection, {**first, "name": self._name, "generation": 1})
            else:
                again = mine & (oauth_tokens.c.generation == row.generation)
                values = {**first, "generation": row.generation + 1}
                connection.execute(update(oauth_tokens).where(again).values(values))
            return connection.execute(select(oauth_tokens).where(mine)).one()

    def _insert(self, connection: Any, values: dict[str, Any]) -> None:
        try:
            with connection.begin_nested():
                connection.execute(insert(oauth_tokens).values(values))
        except IntegrityError:
            pass  # another process was first, with the same

    def _claims(self, row: Row[Any]) -> bool:
        """Whether this process is the one that renews."""
        now = self.clock()
        is_free = oauth_tokens.c.claimed_until <= now
        return self._changed(row, is_free, {"claimed_until": now + CLAIM})

    def _write(self, row: Row[Any], **values: Any) -> bool:
        """False where somebody else was faster."""
        return self._changed(row, True, {"claimed_until": 0.0, **values})

    def _changed(self, row: Row[Any], condition: Any, values: dict[str, Any]) -> bool:
        mine = (
            oauth_tokens.c.name == self._name,
            oauth_tokens.c.generation == row.generation,
        )
        change = update(oauth_tokens).where(*mine, condition).values(values)
        with self.engine.begin() as connection:
            return connection.execute(change).rowcount == 1

    @property
    def _name(self) -> str:
        return f"{self.application.url} {self.application.number}"[:300]

    def _cipher(self) -> Fernet:
        """The database alone opens nothing: the key is the application's secret."""
        key = sha256(b"lockstitch oauth " + self.application.secret.encode()).digest()
        return Fernet(urlsafe_b64encode(key))

    def _sealed(self, pair: Pair) -> str:
        told = json.dumps([pair.access, pair.refresh, pair.ends_at])
        return self._cipher().encrypt(told.encode()).decode()

    def _opened(self, row: Row[Any]) -> Pair:
        try:
            access, refresh, ends_at = json.loads(self._cipher().decrypt(row.sealed.encode()))
        except (InvalidToken, ValueError) as error:
            raise Refused(
                "The application's secret is another one than the OAuth tokens were kept with."
            ) from error
        return Pair(access, refresh, ends_at)


@contextmanager
def _said_well() -> Iterator[None]:
    """A database that is away is one more host that does not answer."""
    try:
        yield
    except DatabaseAway as error:
        raise Unreachable(_AWAY) from error
