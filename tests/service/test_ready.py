"""``/readyz`` says what the work needs and what of it is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.database import migrate, open_database
from bot.forge.errors import Refused, Unreachable
from bot.hosts import probes
from bot.inbox import Inbox
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.settings import GitLabSettings, Settings
from bot.vitals import STALE_SECONDS, Probe, Vitals
from bot.web import create_app
from bot.worker import CeleryDispatcher
from tests import servers
from tests.service.queue import Clock
from tests.service.test_web import Bell


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    engine = open_database(url)
    yield Inbox(engine, Clock())
    engine.dispose()


def ready(inbox: Inbox, tmp_path: Path, dispatcher: Any = None) -> tuple[int, dict[str, Any]]:
    settings = Settings("", tmp_path, webhook_secrets=("s",))
    answer = create_app(settings, inbox, dispatcher or Bell()).test_client().get("/readyz")
    found: dict[str, Any] = answer.get_json()
    assert found["ready"] == (answer.status_code == 200)
    return answer.status_code, found["checks"]


def look(inbox: Inbox, *asked: Probe) -> None:
    numbered = {f"Forge {number}": probe for number, probe in enumerate(asked)}
    Vitals(inbox.engine, inbox.clock).look(numbered)


def refused() -> float:
    raise Refused("GitHub did not accept the credentials.")


def away() -> float:
    raise Unreachable("GitHub did not answer.")


def test_ready_is_what_somebody_looked_at(inbox: Inbox, tmp_path: Path) -> None:
    status, checks = ready(inbox, tmp_path)
    assert status == 503
    assert checks["credentials"].startswith("Nobody has looked lately")
    look(inbox, lambda: 0.4)
    assert ready(inbox, tmp_path) == (
        200,
        {"database": "good", "broker": "good", "clock": "good", "credentials": "good"},
    )
    assert isinstance(inbox.clock, Clock)
    inbox.clock.now += STALE_SECONDS + 1
    assert ready(inbox, tmp_path)[0] == 503


@pytest.mark.parametrize(
    ("asked", "what", "says"),
    [
        ((refused,), "credentials", "GitHub did not accept the credentials."),
        ((refused, lambda: 0.0), "credentials", "GitHub did not accept the credentials."),
        ((lambda: 0.0, refused), "credentials", "GitHub did not accept the credentials."),
        ((lambda: 45.2,), "clock", "This clock is 45 seconds ahead of Forge 0's."),
        ((lambda: -600.0,), "clock", "This clock is 600 seconds behind Forge 0's."),
    ],
)
def test_what_is_not_good_is_said(
    inbox: Inbox, tmp_path: Path, asked: tuple[Probe, ...], what: str, says: str
) -> None:
    look(inbox, lambda: 0.0)
    look(inbox, *asked)
    status, checks = ready(inbox, tmp_path)
    assert (status, checks[what]) == (503, says)
    look(inbox, lambda: 0.0)
    assert ready(inbox, tmp_path)[0] == 200


def test_a_forge_that_does_not_answer_says_nothing_of_the_credentials(
    inbox: Inbox, tmp_path: Path
) -> None:
    look(inbox, lambda: 0.0)
    look(inbox, away)
    assert ready(inbox, tmp_path)[0] == 200


def test_a_broker_that_is_away_is_said_and_comes_back(inbox: Inbox, tmp_path: Path) -> None:
    look(inbox, lambda: 0.0)
    with servers.redis(tmp_path) as url:
        dispatcher = CeleryDispatcher(url)
        assert ready(inbox, tmp_path, dispatcher)[0] == 200
        dispatcher.stop()
    gone = CeleryDispatcher(f"redis://127.0.0.1:{servers.free_port()}/0")
    status, checks = ready(inbox, tmp_path, gone)
    assert status == 503
    assert checks["broker"].startswith("The broker does not answer")
    gone.stop()


def test_the_probe_asks_the_forge_itself(sandbox: Sandbox, tmp_path: Path) -> None:
    good = {"app_id": APP_ID, "private_key": sandbox.private_key}
    sandbox.forge.world.tokens["pat"] = "dana"
    for held, is_good in ((good, True), ({"token": "pat"}, True), ({"token": "nobody"}, False)):
        settings = Settings("", tmp_path, api_url=sandbox.api_url, **held)
        (probe,) = probes(settings).values()
        if is_good:
            assert abs(probe()) < 30
        else:
            with pytest.raises(Refused, match=re.escape("credentials")):
                probe()
    assert probes(Settings("", tmp_path)) == {}


def test_gitlab_alone_is_looked_at_as_well(inbox: Inbox, tmp_path: Path) -> None:
    sandbox = Sandbox.start(tmp_path / "forge", kind="gitlab")
    told = []
    for token in (sandbox.token, "glpat-nobody"):
        held = Settings("", tmp_path, gitlab=GitLabSettings(sandbox.url, token))
        Vitals(inbox.engine, inbox.clock).look(probes(held))
        told.append(ready(inbox, tmp_path))
    sandbox.stop()
    assert [status for status, _ in told] == [200, 503]
    assert [checks["credentials"] for _, checks in told] == [
        "good",
        "GitLab did not accept the token.",
    ]
