"""What an operator sees of a running bot, and that nobody else does."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bot import metrics, tracing
from bot.database import migrate, open_database
from bot.dispatch import run_one
from bot.forge.errors import Unreachable
from bot.inbox import Inbox, WorkItem
from bot.settings import Settings, SettingsError
from bot.stages import About, about, stage, word
from bot.web import create_app
from bot.web.access import who_may_see
from tests.service.queue import Clock, delivery
from tests.service.test_web import Bell

TOKEN = "an operator's own long token"
HERE = {"REMOTE_ADDR": "127.0.0.1"}
ELSEWHERE = {"REMOTE_ADDR": "10.1.2.3"}


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    migrate(url)
    engine = open_database(url)
    yield Inbox(engine, Clock())
    engine.dispose()


def client(inbox: Inbox, tmp_path: Path, token: str | None = TOKEN) -> FlaskClient:
    settings = Settings("", tmp_path, webhook_secrets=("s",), operator_token=token)
    return create_app(settings, inbox, Bell()).test_client()


@pytest.mark.parametrize(
    ("where", "host", "headers", "status"),
    [
        (HERE, "localhost:8080", {}, 200),
        (HERE, "127.0.0.1:8080", {}, 200),
        ({"REMOTE_ADDR": "::1"}, "[::1]:8080", {}, 200),
        (ELSEWHERE, "bot.example.com", {"Authorization": f"Bearer {TOKEN}"}, 200),
        (ELSEWHERE, "bot.example.com", {"Authorization": f"bearer  {TOKEN}"}, 200),
        (ELSEWHERE, "bot.example.com", {}, 404),
        (ELSEWHERE, "localhost", {}, 404),
        (ELSEWHERE, "bot.example.com", {"Authorization": f"Basic {TOKEN}"}, 404),
        (ELSEWHERE, "bot.example.com", {"Authorization": f"Bearer {TOKEN}é"}, 404),
        (ELSEWHERE, "bot.example.com", {"Authorization": "Bearer "}, 404),
        # A proxy on this machine, and a name that somebody made up to lead here.
        (HERE, "localhost", {"X-Forwarded-For": "10.1.2.3"}, 404),
        (HERE, "localhost", {"Forwarded": "for=10.1.2.3"}, 404),
        (HERE, "bot.example.com", {}, 404),
        (HERE, "evil.example", {}, 404),
    ],
)
def test_only_the_operator_sees_figures(
    inbox: Inbox,
    tmp_path: Path,
    where: dict[str, str],
    host: str,
    headers: dict[str, str],
    status: int,
) -> None:
    asked = client(inbox, tmp_path)
    answer = asked.get("/metrics", headers=headers, environ_base=where, base_url=f"http://{host}")
    assert answer.status_code == status
    assert ("lockstitch_rows" in answer.text) == (status == 200)


def test_without_a_token_there_is_nothing_to_guess(inbox: Inbox, tmp_path: Path) -> None:
    asked = client(inbox, tmp_path, None)
    for given in ("Bearer ", "Bearer None", "Bearer"):
        headers = {"Authorization": given}
        assert asked.get("/metrics", headers=headers, environ_base=ELSEWHERE).status_code == 404
    assert "set LOCKSTITCH_OPERATOR_TOKEN" in who_may_see(Settings("", tmp_path))
    with pytest.raises(SettingsError, match="shorter than 16"):
        Settings.from_environment({"LOCKSTITCH_OPERATOR_TOKEN": "short"})
    kept = Settings.from_environment({"LOCKSTITCH_OPERATOR_TOKEN": TOKEN})
    assert TOKEN not in repr(kept)


def figure(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_figures_say_what_waits_and_what_became_of_work(inbox: Inbox, tmp_path: Path) -> None:
    asked = client(inbox, tmp_path)
    before = asked.get("/metrics").text
    clock = inbox.clock
    assert isinstance(clock, Clock)
    for number in (1, 2, 3, 4):
        inbox.accept(delivery(number))
    clock.now += 50

    def fail(_: WorkItem) -> None:
        raise Unreachable("down")

    for work in (fail, lambda _: None):
        item = inbox.lease()
        assert item is not None
        run_one(inbox, item, work, lambda *_: None)
    item = inbox.lease()
    assert item is not None
    inbox.bury(item, "hopeless")
    after = asked.get("/metrics").text
    rows = {
        state: figure(after, f'lockstitch_rows{{state="{state}"}}')
        for state in ("ready", "running", "put_off", "dead")
    }
    assert rows == {"ready": 1, "running": 0, "put_off": 1, "dead": 1}
    assert figure(after, "lockstitch_oldest_row_seconds") == 50
    assert figure(after, "lockstitch_database_up") == 1
    for name in (
        'lockstitch_rows_settled_total{how="retry"}',
        'lockstitch_rows_settled_total{how="done"}',
        'lockstitch_stage_seconds_count{ended="Unreachable",stage="work"}',
        'lockstitch_stage_seconds_count{ended="ok",stage="work"}',
    ):
        assert figure(after, name) == figure(before, name) + 1, name
    waited = 'lockstitch_wait_seconds_sum{kind="review"}'
    assert figure(after, waited) == figure(before, waited) + 100


def test_figures_are_there_while_the_database_is_not(inbox: Inbox, tmp_path: Path) -> None:
    asked = client(inbox, tmp_path)
    (tmp_path / "bot.sqlite3").unlink()
    inbox.engine.dispose()
    answer = asked.get("/metrics")
    assert answer.status_code == 200
    assert figure(answer.text, "lockstitch_database_up") == 0


def test_a_stage_is_one_line_that_nobody_can_add_to(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    what = About("d-1 ended=ok\nstage name=forged", "acme/ml", 7, "a" * 40)
    with pytest.raises(ValueError, match="secret words"), about(what), stage("fetch"):
        raise ValueError("secret words")
    (line,) = caplog.messages
    assert re.fullmatch(
        r'stage name=fetch delivery="d-1 ended=ok\\nstage name=forged" repository=acme/ml '
        r"number=7 head=a{40} ended=ValueError seconds=\d+\.\d{3}",
        line,
    )
    assert (word(""), word("a b"), word('"')) == ("-", '"a b"', '"\\""')


def test_spans_tell_a_piece_of_work_from_begin_to_end() -> None:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept = InMemorySpanExporter()
    tracing.set_up(None, "test", kept)
    try:
        with about(About("d-1", "acme/ml", 7)):
            with stage("fetch"):
                pass
            with pytest.raises(ValueError, match="words"), stage("judge"):
                raise ValueError("words of a stranger")
    finally:
        tracing.close()
    spans = {span.name: span for span in kept.get_finished_spans()}
    assert set(spans) == {"fetch", "judge", "work"}
    for name in ("fetch", "judge"):
        parent, root = spans[name].parent, spans["work"].context
        assert parent is not None
        assert root is not None
        assert parent.span_id == root.span_id
    facts = spans["fetch"].attributes
    assert facts is not None
    assert facts["lockstitch.delivery"] == "d-1"
    assert not spans["judge"].status.is_ok
    assert "stranger" not in repr(spans["judge"].to_json())


def test_traces_without_the_extra_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "find_spec", lambda _: None)
    tracing.check(None)
    with pytest.raises(tracing.TracingMissing, match="pip install"):
        tracing.check("http://collector:4318")


SHARED = """
import sys
from pathlib import Path
from bot import metrics
where = Path(sys.argv[1])
metrics.share(where)
metrics.take_slot(where, sys.argv[2])
metrics.RUNS.labels("reviewed").inc()
print(metrics.exposition(None, where).decode())
"""


def test_processes_of_a_pod_are_counted_together(tmp_path: Path) -> None:
    """The third one has the place of the first, and goes on with its files."""
    import os
    import subprocess
    import sys

    shared = tmp_path / "figures"
    for number, name in enumerate(("worker1", "worker2", "worker1"), 1):
        done = subprocess.run(
            [sys.executable, "-c", SHARED, str(shared), name],
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(shared)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert figure(done.stdout, 'lockstitch_runs_total{ended="reviewed"}') == number
    assert len(list(shared.iterdir())) == 2
    assert metrics.CONTENT_TYPE.startswith("text/plain")
