"""OAuth tokens of GitLab end after two hours, and are renewed once for everybody."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import hosts
from bot.database import migrate, open_database
from bot.diagnosis import State
from bot.doctor import examine
from bot.forge.errors import Gone, Refused, Unreachable
from bot.forge.gitlab_api import Api, GitLabAccess
from bot.forge.gitlab_oauth import DeadToken, OAuthApplication
from bot.gitlab_deliveries import Secrets
from bot.hosts import gitlab_access, probes
from bot.inbox import Inbox
from bot.oauth_tokens import CLAIM, OAuthTokens
from bot.sandbox.gitlab_forge import GitLabForge
from bot.sandbox.gitlab_oauth import LIVES, OAuth
from bot.sandbox.server import Sandbox
from bot.settings import GitLabSettings, OAuthSettings, Settings, SettingsError
from tests.contract.gitlab_watch import watched
from tests.service.queue import Clock


@pytest.fixture
def sandbox(tmp_path: Path, clock: Clock) -> Iterator[Sandbox]:
    started = Sandbox.start(tmp_path / "forge", kind="gitlab")
    started.forge.world.clock = clock
    try:
        with watched(started):
            yield started
    finally:
        started.stop()


@pytest.fixture
def oauth(sandbox: Sandbox) -> OAuth:
    assert isinstance(sandbox.forge, GitLabForge)
    return sandbox.forge.oauth


def application(sandbox: Sandbox, oauth: OAuth, clock: Clock) -> OAuthApplication:
    return OAuthApplication(sandbox.url, oauth.number, oauth.secret, oauth.redirect, None, clock)


@pytest.fixture
def tokens(inbox: Inbox, sandbox: Sandbox, oauth: OAuth, clock: Clock) -> OAuthTokens:
    held = application(sandbox, oauth, clock)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    return OAuthTokens(inbox.engine, held, oauth.authorise(), clock, sleep)


def restarted(tokens: OAuthTokens) -> OAuthTokens:
    """Another process with the same settings and the same database."""
    return replace(tokens, _held=type(tokens._held)("", ""))


def me(sandbox: Sandbox, tokens: OAuthTokens) -> str:
    return str(Api(GitLabAccess(sandbox.url, "", source=tokens)).me()["username"])


def test_a_token_is_renewed_before_it_ends_and_outlives_a_restart(
    sandbox: Sandbox, oauth: OAuth, tokens: OAuthTokens, clock: Clock
) -> None:
    assert me(sandbox, tokens) == me(sandbox, tokens) == sandbox.forge.bot
    assert oauth.exchanges == 1
    assert restarted(tokens).token() == tokens.token()
    assert oauth.exchanges == 1
    for count in range(2, 5):
        clock.now += LIVES - 60
        assert me(sandbox, restarted(tokens)) == sandbox.forge.bot
        assert oauth.exchanges == count, "each refresh token is good for one use"


def test_many_processes_renew_once(oauth: OAuth, tokens: OAuthTokens, clock: Clock) -> None:
    tokens.token()
    clock.now += LIVES
    crowd = [replace(restarted(tokens), sleep=lambda _: None) for _ in range(6)]
    got: list[str] = []
    threads = [threading.Thread(target=lambda one=one: got.append(one.token())) for one in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 6
    assert len(set(got)) == 1
    assert oauth.exchanges == 2


def test_who_is_refused_takes_what_another_process_has_renewed(
    sandbox: Sandbox, oauth: OAuth, tokens: OAuthTokens, clock: Clock
) -> None:
    mine, other = restarted(tokens), restarted(tokens)
    first = mine.token()
    clock.now += LIVES - 60
    other.token()
    clock.now -= LIVES - 60  # nothing tells this process that its token has ended
    assert mine.token() == first
    assert me(sandbox, mine) == sandbox.forge.bot
    assert oauth.exchanges == 2


def test_a_missing_permission_renews_nothing(
    sandbox: Sandbox, oauth: OAuth, tokens: OAuthTokens
) -> None:
    api = Api(GitLabAccess(sandbox.url, "", source=tokens))
    sandbox.forge.fail_next(1, 403, "403 Forbidden")
    with pytest.raises(Refused):
        api.get("/user")
    with pytest.raises(Gone):
        api.get("/projects/acme%2Fnone")
    assert oauth.exchanges == 1


def test_a_dead_refresh_token_is_not_sent_again_and_a_new_one_is_taken(
    oauth: OAuth, tokens: OAuthTokens, clock: Clock
) -> None:
    tokens.token()
    oauth.revoke()
    clock.now += LIVES
    for _ in range(3):
        with pytest.raises(DeadToken, match="takes the OAuth refresh token no more"):
            restarted(tokens).token()
    assert oauth.exchanges == 2
    again = replace(restarted(tokens), seed=oauth.authorise())
    assert again.token()
    assert restarted(again).token() == again.token()
    assert oauth.exchanges == 3


@pytest.mark.parametrize("status", [502, 429])
def test_a_host_that_is_away_costs_nothing(
    sandbox: Sandbox, oauth: OAuth, tokens: OAuthTokens, status: int
) -> None:
    sandbox.forge.fail_next(1, status, "Away", match="POST /oauth/token")
    with pytest.raises(Exception, match="GitLab"):
        tokens.token()
    assert tokens.token()
    assert oauth.exchanges == 1


def test_an_exchange_whose_answer_is_lost_is_found_out(
    sandbox: Sandbox, oauth: OAuth, tokens: OAuthTokens
) -> None:
    """The one case that takes a person: GitLab has spent the token and nobody has the new one."""
    sandbox.forge.fail_next(1, 502, "Lost", match="POST /oauth/token", is_after=True)
    with pytest.raises(Unreachable):
        tokens.token()
    with pytest.raises(DeadToken):
        tokens.token()


def test_a_process_that_died_while_it_renewed_holds_nobody_up_for_long(
    oauth: OAuth, tokens: OAuthTokens, clock: Clock
) -> None:
    assert tokens._claims(tokens._row())
    began = clock.now
    assert tokens.token()
    assert CLAIM <= clock.now - began < CLAIM + 5
    assert oauth.exchanges == 1


def test_one_that_slept_through_its_claim_is_not_taken_for_dead(
    tokens: OAuthTokens, clock: Clock
) -> None:
    """Its claim ran out while its exchange was on the way; another process tries the same token."""
    tokens.token()
    clock.now += LIVES
    slow, other = restarted(tokens), restarted(tokens)
    row = slow._row()
    assert slow._claims(row)
    made = slow.application.renewed(slow._opened(row).refresh)
    clock.now += CLAIM + 1
    with pytest.raises(DeadToken):
        other.token()
    assert slow._write(row, sealed=slow._sealed(made), generation=row.generation + 1, is_dead=False)
    assert restarted(tokens).token() == made.access
    assert other.token() == made.access


def test_who_finds_it_spent_takes_what_was_written_meanwhile(
    oauth: OAuth, tokens: OAuthTokens, clock: Clock
) -> None:
    tokens.token()
    clock.now += LIVES
    late, quick = restarted(tokens), restarted(tokens)
    row = late._row()
    got = quick.token()
    assert late._renew(row, late._opened(row)).access == got
    assert oauth.exchanges == 3, "the third was refused, and nothing is dead"


def test_another_application_is_told_apart(tokens: OAuthTokens) -> None:
    wrong = replace(tokens.application, secret="another one")
    with pytest.raises(Refused, match="does not know the OAuth application"):
        replace(tokens, application=wrong).token()
    assert "another one" not in repr(wrong)
    with pytest.raises(Refused, match="secret is another one"):
        tokens.token()


def test_tokens_are_seen_nowhere(
    inbox: Inbox, oauth: OAuth, tokens: OAuthTokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access = tokens.token()
    pair = tokens._opened(tokens._row())
    hidden = (access, pair.refresh, tokens.seed, oauth.secret)
    with inbox.engine.begin() as connection:
        (row,) = connection.execute(text("SELECT * FROM oauth_tokens")).all()
    shown = f"{row} {tokens!r} {pair!r} {tokens.application!r} {caplog.text}"
    assert [one for one in hidden if one in shown] == []


@pytest.fixture
def settings(tmp_path: Path, sandbox: Sandbox, oauth: OAuth) -> Iterator[Settings]:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    given = OAuthSettings(oauth.number, oauth.secret, oauth.authorise(), oauth.redirect)
    held = GitLabSettings(sandbox.url, secrets=Secrets(("s",)), oauth=given)
    yield Settings(url, tmp_path, gitlab=held)
    hosts._oauth.cache_clear()


def test_everything_takes_its_tokens_from_there(
    sandbox: Sandbox, oauth: OAuth, settings: Settings
) -> None:
    sandbox.forge.world.clock = time.time
    assert settings.needs_gitlab().needs_secret().needs_credentials() is settings
    assert abs(probes(settings)["GitLab"]()) < 30
    for _ in range(2):
        assert Api(gitlab_access(settings)).me()["username"] == sandbox.forge.bot
    assert oauth.exchanges == 1


def test_the_doctor_says_what_to_do_with_a_dead_token(oauth: OAuth, settings: Settings) -> None:
    oauth.revoke()
    found = {one.name: one for one in examine(settings)}
    ill = found["gitlab credentials"]
    assert ill.state is State.BROKEN
    assert "takes the OAuth refresh token no more" in ill.says
    assert "Authorise the application again" in ill.mend
    assert "LOCKSTITCH_GITLAB_OAUTH_REFRESH_TOKEN_FILE" in ill.mend


def test_without_its_table_the_reason_is_said(
    tmp_path: Path, sandbox: Sandbox, oauth: OAuth, clock: Clock
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    tokens = OAuthTokens(engine, application(sandbox, oauth, clock), "x", clock)
    with pytest.raises(Unreachable, match="lockstitch migrate"):
        tokens.token()
    engine.dispose()


GIVEN = {
    "GITLAB_OAUTH_APPLICATION_ID": "a",
    "GITLAB_OAUTH_APPLICATION_SECRET": "s",
    "GITLAB_OAUTH_REFRESH_TOKEN": "r",
}


def environment(**given: str) -> dict[str, str]:
    return {f"LOCKSTITCH_{name}": value for name, value in given.items()}


def test_the_settings_go_together() -> None:
    held = Settings.from_environment(environment(**GIVEN)).gitlab.oauth
    assert held == OAuthSettings("a", "s", "r")
    assert "'s'" not in repr(held)
    assert "'r'" not in repr(held)
    for name in GIVEN:
        rest = {key: value for key, value in GIVEN.items() if key != name}
        with pytest.raises(SettingsError, match="go together"):
            Settings.from_environment(environment(**rest))
    with pytest.raises(SettingsError, match="not both"):
        Settings.from_environment(environment(**GIVEN, GITLAB_TOKEN="t"))
