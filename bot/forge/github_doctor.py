"""Looks at how GitHub sees this bot: its App, webhook and installations. Reads only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from bot.diagnosis import Diagnosis, State

from . import github_required as required
from .errors import ForgeError, Gone, RateLimited, Refused, Unreachable
from .github_api import Api
from .github_manifest import APP_PERMISSIONS, EVENTS, web_url
from .github_tokens import AppCredentials, AppDoor, Credentials, ahead_of, seconds_ahead

SLOW, WRONG = 5.0, 60.0
"""Seconds that a clock may be off before it is said, and before GitHub refuses what it signs."""

_LEVELS: Final = ("", "read", "write", "admin")
_PATH: Final = "/webhooks/github"
_KEY: Final = (
    "Set LOCKSTITCH_GITHUB_APP_ID to the id on the App's page, and the private key to one that is "
    "listed there; make a new one if in doubt."
)


def examine(api_url: str, credentials: Credentials, repository: str | None) -> Iterator[Diagnosis]:
    """Everything, or what is left to say where GitHub does not take the credentials."""
    if isinstance(credentials, AppCredentials):
        yield from _App(api_url, credentials).examine(repository)
        return
    try:
        ahead = seconds_ahead(api_url, credentials)
        login = Api(api_url.rstrip("/"), credentials, repository or "", 0.0).login()
    except ForgeError as error:
        yield _unable("github credentials", error, "Set LOCKSTITCH_GITHUB_TOKEN to a valid token.")
        return
    says = f"The token is that of {login}. With a token the check is a commit status."
    mend = "Make an App (`lockstitch github create-app`): its check cannot be set by others."
    yield Diagnosis("github credentials", State.WARNING, says, mend)
    yield _clock(ahead)
    if repository is not None:
        yield from required.with_token(api_url, credentials, repository)


class _App:
    def __init__(self, api_url: str, credentials: AppCredentials) -> None:
        self.api_url, self.id = api_url.rstrip("/"), credentials.app_id
        self.door = AppDoor(self.api_url, credentials, 0.0)
        self.page = web_url(api_url)

    def examine(self, repository: str | None) -> Iterator[Diagnosis]:
        name = "github credentials"
        try:
            headers, app = self.door.send("GET", "/app")
        except ForgeError as error:
            yield _unable(name, error, _KEY)
            return
        owner = app.get("owner") or {}
        of = f"/organizations/{owner.get('login')}" if owner.get("type") == "Organization" else ""
        self.page += f"{of}/settings/apps/{app.get('slug')}"
        yield Diagnosis(name, State.OK, f"{app['name']} (id {self.id}) takes the key.")
        yield _clock(ahead_of(headers))
        yield from self.grants(app["permissions"], app["events"])
        yield from self.tried("github webhook", self.webhook)
        yield from self.tried("github deliveries", self.deliveries)
        yield from self.tried("github installations", lambda: self.installations(app, repository))

    def tried(self, name: str, look: Callable[[], Iterator[Diagnosis]]) -> Iterator[Diagnosis]:
        """What a look finds; a refusal is a finding too."""
        try:
            yield from look()
        except ForgeError as error:
            yield _unable(name, error, f"Look at {self.page}.")

    def grants(self, held: Mapping[str, str], events: list[str]) -> Iterator[Diagnosis]:
        """Permissions and events: what is missing, and what is more than is used."""
        place = f"Change it at {self.page}/permissions, and accept it where the App is installed."
        lacks, name = missing(held), "github permissions"
        more = sorted(set(held) - set(APP_PERMISSIONS))
        if lacks:
            yield Diagnosis(name, State.BROKEN, f"Missing: {', '.join(lacks)}.", place)
        elif more:
            says = f"More is granted than is used: {', '.join(more)}."
            yield Diagnosis(name, State.WARNING, says, place)
        else:
            yield Diagnosis(name, State.OK, "Those that are used, and no more.")
        absent = sorted(set(EVENTS) - set(events))
        if absent:
            says = f"Not subscribed to: {', '.join(absent)}."
            yield Diagnosis("github events", State.BROKEN, says, place)
        else:
            yield Diagnosis("github events", State.OK, "All that are acted on.")

    def webhook(self) -> Iterator[Diagnosis]:
        """Its configuration."""
        _, held = self.door.send("GET", "/app/hook/config")
        url = str(held.get("url") or "")
        faults = []
        if not url.split("?")[0].endswith(_PATH):
            faults.append(f"its address is {url or 'not set'}, and has to end in {_PATH}")
        if held.get("content_type") != "json":
            faults.append("its content type has to be application/json")
        if not held.get("secret"):
            faults.append("it has no secret")
        if str(held.get("insecure_ssl", "0")) != "0":
            faults.append("it does not check certificates")
        if faults:
            says = f"The webhook: {'; '.join(faults)}."
            yield Diagnosis("github webhook", State.BROKEN, says, f"Change it at {self.page}.")
        else:
            yield Diagnosis("github webhook", State.OK, f"It goes to {url}.")

    def deliveries(self) -> Iterator[Diagnosis]:
        """Whether the last ones arrived; GitHub keeps them for three days."""
        name = "github deliveries"
        _, found = self.door.send("GET", "/app/hook/deliveries?per_page=100")
        if not found:
            says = "GitHub has sent nothing for three days."
            yield Diagnosis(name, State.WARNING, says, "Open a pull request, and look again.")
            return
        newest, failed = found[0], [one for one in found if not _arrived(one)]
        ago = max(0.0, time.time() - _time(newest["delivered_at"])) / 60
        last = f"{len(found) - len(failed)} of the last {len(found)} arrived"
        if not _arrived(newest):
            says = f"{last}; the newest was answered with {newest['status_code'] or 'nothing'}."
            yield Diagnosis(name, State.BROKEN, says, _mend(int(newest["status_code"])))
        elif failed:
            says = f"{last}, the newest {ago:.0f} minutes ago."
            mend = "Nothing, if the bot was away: it asks for failed ones again by itself."
            yield Diagnosis(name, State.WARNING, says, mend)
        else:
            yield Diagnosis(name, State.OK, f"{last}, the newest {ago:.0f} minutes ago.")

    def installations(self, app: Mapping[str, Any], repository: str | None) -> Iterator[Diagnosis]:
        """Each of them, and the required check of the repositories that they show."""
        _, found = self.door.send("GET", "/app/installations?per_page=100")
        if not found:
            says, mend = "The App is installed nowhere.", f"{app['html_url']}/installations/new"
            yield Diagnosis("github installations", State.BROKEN, says, f"Install it: {mend}")
        for one in found:
            name = f"github installation {(one.get('account') or {}).get('login', one['id'])}"
            if one.get("suspended_at"):
                mend = f"Lift it at {one['html_url']}."
                yield Diagnosis(name, State.BROKEN, "It is suspended.", mend)
                continue
            lacks = missing(one["permissions"])
            if lacks:
                says = f"It has not accepted: {', '.join(lacks)}."
                mend = f"An owner accepts it at {one['html_url']}."
                yield Diagnosis(name, State.BROKEN, says, mend)
            else:
                yield Diagnosis(name, State.OK, "It has accepted all permissions.")
            look = partial(required.examine, self.door, int(one["id"]), self.id, repository)
            yield from self.tried(name, look)


def missing(held: Mapping[str, str]) -> list[str]:
    """Permissions that are used and not granted, in GitHub's words."""
    return [
        f"{name} ({level})"
        for name, level in sorted(APP_PERMISSIONS.items())
        if name != "metadata" and _rank(held.get(name, "")) < _rank(level)
    ]


def _rank(level: str) -> int:
    return _LEVELS.index(level) if level in _LEVELS else 0


def _clock(ahead: float) -> Diagnosis:
    way = "ahead of" if ahead > 0 else "behind"
    says = f"This clock is {abs(ahead):.0f} seconds {way} GitHub's."
    mend = "Let this machine keep its time by NTP."
    if abs(ahead) >= WRONG:
        return Diagnosis("clock", State.BROKEN, says, mend)
    if abs(ahead) >= SLOW:
        return Diagnosis("clock", State.WARNING, says, mend)
    return Diagnosis("clock", State.OK, "It agrees with GitHub's.")


def _mend(status: int) -> str:
    match status:
        case 401:
            return "The secret of the webhook and LOCKSTITCH_GITHUB_WEBHOOK_SECRET differ."
        case 404:
            return f"Let the proxy forward {_PATH} to the bot."
        case 0 | 502 | 503 | 504:
            return "GitHub does not reach the bot: look at its address, proxy and certificate."
    return "The bot's log says what went wrong."


def _unable(name: str, error: ForgeError, mend: str) -> Diagnosis:
    """Refused is an answer; no answer is none."""
    if isinstance(error, Unreachable | RateLimited):
        return Diagnosis(name, State.UNKNOWN, str(error), "Try again later.")
    is_answer = isinstance(error, Refused | Gone)
    return Diagnosis(name, State.BROKEN if is_answer else State.UNKNOWN, str(error), mend)


def _arrived(delivery: Mapping[str, Any]) -> bool:
    return 200 <= int(delivery["status_code"]) < 300


def _time(stamp: str) -> float:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()
