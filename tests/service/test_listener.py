"""The listener ends by itself: its pipe is not closed under whoever wakes its loop."""

from __future__ import annotations

import time
import urllib.request
from typing import Any

import pytest
from flask import Flask

from bot.web.listener import Listener


@pytest.fixture
def listener() -> Listener:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "here")
    return Listener(app, "127.0.0.1", 0, threads=1)


def test_it_answers_until_it_is_stopped(listener: Listener) -> None:
    with urllib.request.urlopen(listener.url) as answer:
        assert answer.read() == b"here"
    listener.stop()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(listener.url)


def test_a_loop_that_is_awake_already_does_not_close_its_pipe_too_soon(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger: Any = listener._server.trigger
    wake = trigger._physical_pull

    def woken_by_another_thread_first() -> None:
        wake()
        time.sleep(0.2)
        wake()

    monkeypatch.setattr(trigger, "_physical_pull", woken_by_another_thread_first)
    listener.stop()
    assert not listener._thread.is_alive()
