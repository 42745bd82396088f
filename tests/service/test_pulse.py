"""Processes without a port show that their loop goes round."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import sweeper
from bot.database import migrate, open_database
from bot.inbox import Inbox
from bot.pulse import INTERVAL, beat
from tests import servers


class Silent:
    """Wakes nobody."""

    def start(self) -> None: ...

    def wake(self, row: int) -> None: ...

    def stop(self) -> None: ...

    def reaches_workers(self) -> bool:
        return True


def test_the_sweeper_beats(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'inbox.sqlite3'}"
    migrate(url)
    inbox, stop = Inbox(open_database(url)), threading.Event()
    stop.set()
    sweeper.run(sweeper.duties(inbox, Silent()), stop, tmp_path / "sweeper.pulse")
    inbox.engine.dispose()
    assert (tmp_path / "sweeper.pulse").exists()


def test_a_disk_that_refuses_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    beat(tmp_path / "file" / "worker.pulse")
    assert "pulse not written" in caplog.text


def test_the_workers_loop_beats_again_and_again(tmp_path: Path) -> None:
    with servers.redis(tmp_path) as url:
        environment = {
            **os.environ,
            "LOCKSTITCH_DATA_DIR": str(tmp_path),
            "LOCKSTITCH_REDIS_URL": url,
            "LOCKSTITCH_GITHUB_TOKEN": "never-used",
        }
        worker = subprocess.Popen(
            [sys.executable, "-m", "bot", "worker", "--processes", "1"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            pulse = tmp_path / "worker.pulse"
            assert _within(60, pulse.exists)
            os.utime(pulse, (0, 0))
            assert _within(INTERVAL * 6, lambda: pulse.stat().st_mtime > 0)
        finally:
            worker.terminate()
            worker.wait(timeout=30)


def _within(seconds: float, is_so: Callable[[], bool]) -> bool:
    ends = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True
