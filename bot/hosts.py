"""Which host a pull request is on, and how it is reached: the settings made into adapters."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from functools import cache
from itertools import chain

from .database import open_database
from .forge.github import GitHub
from .forge.github_app import GitHubApp
from .forge.github_tokens import AppCredentials, Credentials, TokenCredentials, seconds_ahead
from .forge.gitlab import GitLab
from .forge.gitlab_api import GitLabAccess
from .forge.gitlab_api import seconds_ahead as gitlab_seconds_ahead
from .forge.gitlab_oauth import OAuthApplication
from .forge.gitlab_watch import GitLabWatch
from .forge.kept import Kept
from .forge.pacer import Pacer
from .forge.port import FailedDelivery, Forge, OpenPull, PullRef, Watchtower
from .oauth_tokens import OAuthTokens
from .settings import GitLabSettings, Settings
from .shared_time import time_of
from .vitals import Probe


def open_forge(
    settings: Settings,
    ref: PullRef,
    blobs: MutableMapping[str, bytes] | None = None,
    pacer: Pacer | None = None,
    kept: Kept | None = None,
    installation: int = 0,
) -> Forge:
    """The forge of one repository, with a token for it alone where the host has such.

    Requests follow the pacer. ``installation`` is the App's on GitHub, where a webhook told it.
    Raises ``SettingsError`` where there are no credentials for its host.
    """
    if ref.forge == "gitlab":
        status_check = settings.gitlab.status_check
        return GitLab(gitlab_access(settings), ref.repository, blobs, status_check, pacer)
    held = credentials(settings)
    pause = settings.pause if pacer is None else 0.0
    forge = GitHub(settings.api_url, held, ref.repository, blobs, pause, pacer, kept)
    forge.api.installation = installation
    return forge


def credentials(settings: Settings) -> Credentials:
    """The App's, or a token's. Raises ``SettingsError`` where there are none."""
    settings.needs_github()
    if settings.app_id is not None and settings.private_key is not None:
        return AppCredentials(settings.app_id, settings.private_key, settings.previous_key)
    return TokenCredentials(settings.token or "")


def gitlab_access(settings: Settings) -> GitLabAccess:
    """With a token, or where tokens come from. Raises ``SettingsError`` where there is neither."""
    held = settings.needs_gitlab().gitlab
    source = None if held.oauth is None else _oauth(held, settings.database_url)
    return GitLabAccess(held.url, held.token or "", held.token_file, held.ca_file, source)


@cache
def _oauth(held: GitLabSettings, database_url: str) -> OAuthTokens | None:
    """One for all projects of a process, so that they share what it holds."""
    if held.oauth is None:
        return None
    given, engine = held.oauth, open_database(database_url)
    clock = time_of(engine)
    application = OAuthApplication(
        held.url, given.number, given.secret, given.redirect, held.ca_file, clock
    )
    return OAuthTokens(engine, application, given.refresh, clock)


def probes(settings: Settings) -> dict[str, Probe]:
    """What to ask of each forge to know whether clock and credentials are good."""
    found: dict[str, Probe] = {}
    if settings.has_github:
        held = credentials(settings)
        found["GitHub"] = lambda: seconds_ahead(settings.api_url, held)
    if settings.gitlab.is_set:
        access = gitlab_access(settings)
        found["GitLab"] = lambda: gitlab_seconds_ahead(access)
    return found


def watchtower(settings: Settings) -> Watchtower | None:
    """Whoever sees all that this bot looks after; a token of GitHub cannot."""
    towers: list[Watchtower] = []
    if settings.has_github and isinstance(held := credentials(settings), AppCredentials):
        towers.append(GitHubApp(settings.api_url, held, settings.pause))
    if settings.gitlab.is_set:
        towers.append(GitLabWatch(gitlab_access(settings)))
    if len(towers) > 1:
        return Towers(towers)
    return towers[0] if towers else None


class Towers:
    """Several as one. A failed delivery is asked for where it was found."""

    def __init__(self, towers: Iterable[Watchtower]) -> None:
        self._towers = tuple(towers)
        self._found: dict[FailedDelivery, Watchtower] = {}

    def recent_pulls(self, since: float, until: float) -> Iterable[OpenPull]:
        """Of all of them."""
        return chain.from_iterable(tower.recent_pulls(since, until) for tower in self._towers)

    def failed_deliveries(self, since: float) -> tuple[FailedDelivery, ...]:
        """Of all of them."""
        found = {one: tower for tower in self._towers for one in tower.failed_deliveries(since)}
        self._found = found
        return tuple(found)

    def redeliver(self, delivery: FailedDelivery) -> None:
        """Ask for it again."""
        self._found[delivery].redeliver(delivery)
