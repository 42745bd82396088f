"""The listener ends by itself: its pipe is not closed under whoever wakes its loop."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

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


def test_a_connection_that_is_kept_open_does_not_keep_it_going(listener: Listener) -> None:
    where = ("127.0.0.1", int(listener.url.rpartition(":")[2]))
    with socket.create_connection(where, timeout=30) as kept:
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while not answer.endswith(b"here"):  # head and body may come one by one
            more = kept.recv(65_536)
            assert more
            answer += more
        listener.stop()
        assert not listener._thread.is_alive()
        assert kept.recv(1) == b""


def test_nobody_writes_into_a_number_that_was_the_pipes(tmp_path: Path) -> None:
    """A request that outlives the server wakes a loop whose pipe is closed, and a file is there."""
    app, is_inside, may_end = Flask(__name__), threading.Event(), threading.Event()

    @app.get("/")
    def slow() -> str:
        is_inside.set()
        may_end.wait(30)
        return "late"

    before = set(threading.enumerate())
    listener = Listener(app, "127.0.0.1", 0, threads=1)
    late = set(threading.enumerate()) - before - {listener._thread}
    where = ("127.0.0.1", int(listener.url.rpartition(":")[2]))
    with socket.create_connection(where) as asking, ExitStack() as held:
        asking.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert is_inside.wait(30)
        number = listener._server.trigger.trigger
        ending = threading.Thread(target=lambda: listener.stop(within=0.0))
        ending.start()
        while not listener._is_closed:
            time.sleep(0.01)
        files = [tmp_path / f"{n}.sqlite3" for n in range(8)]
        opened = [held.enter_context(path.open("wb")) for path in files]
        assert number in [one.fileno() for one in opened]
        may_end.set()
        for thread in late:
            thread.join(timeout=30)
        listener._server.pull_trigger()
    ending.join(timeout=30)
    assert not any(path.read_bytes() for path in files)
