"""``lockstitch dead``, as an operator types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main
from bot.database import migrate, open_database
from bot.inbox import Inbox
from tests.service.queue import delivery


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'bot.sqlite3'}"
    monkeypatch.setenv("LOCKSTITCH_DATABASE_URL", url)
    return url


def bury(url: str, *numbers: int) -> None:
    inbox = Inbox(open_database(url))
    for number in numbers:
        inbox.accept(delivery(number))
        item = inbox.lease()
        assert item is not None
        inbox.bury(item, f"GitHub refused:\n{'ghp_' + 'a' * 36}")
    inbox.engine.dispose()


def test_dead_rows_are_shown_and_tried_again(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(place)
    assert main(["dead", "list"]) == 0
    assert "Nothing was given up." in capsys.readouterr().err
    bury(place, 1, 2, 3)
    assert main(["dead", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:3] for line in lines] == [
        [str(number), "review", f"acme/ml#{number}"] for number in (1, 2, 3)
    ]
    assert "ghp_" not in "".join(lines)
    assert main(["dead", "retry", "2", "77"]) == 1
    said = capsys.readouterr().err
    assert "row 77 is not dead" in said
    assert "1 row will be tried again" in said
    assert main(["dead", "retry", "--all"]) == 0
    inbox = Inbox(open_database(place))
    assert inbox.waiting() == (1, 2, 3)
    inbox.engine.dispose()


def test_wrong_usage_and_a_missing_schema_are_said(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dead", "retry"]) == 64
    assert main(["dead", "retry", "1", "--all"]) == 64
    assert main(["dead", "list"]) == 1
    assert "run `lockstitch migrate`" in capsys.readouterr().err
