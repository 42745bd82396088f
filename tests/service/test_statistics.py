"""Figures over the records, the same on the command line and on the page."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from bot import period
from bot.became import Became
from bot.cli.main import main
from bot.database import migrate, offers, open_database
from bot.formats.of_statistics import duration
from bot.inbox import Inbox
from bot.settings import Settings
from bot.statistics import Figures, Told
from bot.web import create_app
from tests.service.test_web import Bell

NOW = 1_800_000_000.0
DAY = 86_400.0
ROWS = [
    # repository, rule, offered, outcome, first seen, outcome at
    ("acme/ml", "s3-acl-public", "suggestion", "accepted", NOW, NOW + 60),
    ("acme/ml", "s3-acl-public", "suggestion", "edited", NOW, NOW + 120),
    ("acme/ml", "s3-acl-public", "advice", "otherwise", NOW, NOW + 7200),
    ("acme/ml", "notebook-no-cmk", "commit", "merged", NOW, NOW + 5),
    ("acme/ml", "notebook-no-cmk", "commit", "", NOW - 50 * DAY, 0),
    ("acme/ml", "notebook-no-cmk", "", "", NOW, 0),
    ("acme/lake", "s3-acl-public", "suggestion", "dismissed", NOW, NOW + 5),
    ("<b>/x", "s3-acl-public", "suggestion", "unseen", NOW, NOW + 5),
]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    monkeypatch.setenv("LOCKSTITCH_DATABASE_URL", url)
    return url


@pytest.fixture
def inbox(url: str) -> Iterator[Inbox]:
    migrate(url)
    engine = open_database(url)
    with engine.begin() as connection:
        for number, (repository, rule, offered, outcome, first, end) in enumerate(ROWS):
            values = {
                "pull": f"{repository}#1",
                # A row of the first version does not say its repository by itself.
                "repository": "" if number == 0 else repository,
                "fingerprint": str(number),
                "rule": rule,
                "path": "main.tf",
                "safety": "safe",
                "first_head": "h",
                "first_seen_at": first,
                "offered": offered,
                "outcome": outcome,
                "outcome_at": end,
            }
            connection.execute(insert(offers).values(values))
    yield Inbox(engine)
    engine.dispose()


def test_the_table(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0][:5] == ["repository", "rule", "offered", "fixes", "accepted"]
    told = {(line[0], line[1]): " ".join(line[2:]) for line in lines[1:-1]}
    assert told["acme/ml", "s3-acl-public"] == "3 2 1 1 1 0 0 0 0 2 min 2.0 h"
    assert told["acme/ml", "notebook-no-cmk"] == "2 2 0 0 0 0 1 0 1 - -"
    assert told["acme/lake", "s3-acl-public"] == "1 1 0 0 0 1 0 0 0 - -"
    assert " ".join(lines[-1]) == "all 7 6 1 1 1 1 1 0 1 2 min 2.0 h"


def test_json_and_csv_say_the_same(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", "--format", "json", "--repo", "acme/lake"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["version"] == 1
    (line,) = found["lines"]
    assert line.items() >= found["total"].items()
    assert (line["repository"], line["dismissed"], line["median_seconds"]) == ("acme/lake", 1, None)
    assert main(["stats", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 4
    assert sum(int(row["offered"]) for row in rows) == 7
    assert {row["p90_seconds"] for row in rows} == {"", "7200.0"}


def test_since_asks_when_a_finding_was_seen_first(
    inbox: Inbox, capsys: pytest.CaptureFixture[str]
) -> None:
    day = time.strftime("%Y-%m-%d", time.gmtime(NOW - DAY))
    assert main(["stats", "--since", day, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["offered"] == 6
    assert main(["stats", "--since", "yesterday"]) == 64
    assert "2026-11-30" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "2026-13-01", "5w", "-3d", "now"])
def test_a_period_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is neither"):
        period.since(text, NOW)


def test_a_period_counts_back_from_now() -> None:
    assert period.since("2d", NOW) == NOW - 2 * DAY
    assert period.since("12h", NOW) == NOW - DAY / 2
    assert period.since("1970-01-02", NOW) == DAY


def test_a_database_that_is_not_there_is_said(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats"]) == 1
    assert "migrate" in capsys.readouterr().err


def test_nine_of_ten_were_not_slower_than_p90() -> None:
    def took(count: int) -> Figures:
        return Figures.of(
            Told("r", "x", "suggestion", Became.ACCEPTED, 0.0, float(n))
            for n in range(1, count + 1)
        )

    found = [(took(count).median_seconds, took(count).p90_seconds) for count in (1, 2, 10, 11)]
    assert found == [(1.0, 1.0), (1.5, 2.0), (5.5, 9.0), (6.0, 10.0)]


def test_durations_are_short() -> None:
    said = [duration(n) for n in (None, 0.0, 59.4, 60.0, 3_600.0, 90_000.0, 20 * DAY)]
    assert " ".join(said) == "- 0 s 59 s 1 min 1.0 h 1.0 d 20 d"


@pytest.fixture
def page(inbox: Inbox, tmp_path: Path) -> FlaskClient:
    settings = Settings("", tmp_path, webhook_secrets=("s",), operator_token="a long enough token")
    return create_app(settings, inbox, Bell()).test_client()


def test_the_page_shows_the_same(page: FlaskClient) -> None:
    answer = page.get("/stats?since=2020-01-01")
    assert answer.status_code == 200
    cells = [one.split("</td>")[0] for one in answer.text.split("<td>")[1:]]
    assert " ".join(cells[-13:]) == "all  7 6 1 1 1 1 1 0 1 2 min 2.0 h"
    assert "<b>/x" not in answer.text
    assert "&lt;b&gt;/x" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Nothing was offered" in page.get("/stats?repo=acme/none").text
    assert page.get("/stats?since=soon").status_code == 400
