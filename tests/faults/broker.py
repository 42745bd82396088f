"""A Redis that can be killed and started again, and a way to it that can be blocked."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests import servers


@dataclass(slots=True)
class Broker:
    """A server of its own, always at the same port."""

    directory: Path
    port: int = field(default_factory=servers.free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Empty: nothing was kept."""
        program = shutil.which("redis-server")
        assert program is not None
        arguments = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [*arguments, "--dir", str(self.directory)], stdout=subprocess.DEVNULL
        )
        servers.wait_for(self.port, self._process)

    def kill(self) -> None:
        """``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def flush(self) -> None:
        """Everything in it is gone."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


class Way:
    """Passes bytes on to a port, until it is blocked: then it takes them and says nothing."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._is_open = threading.Event()
        self._is_open.set()
        self._held: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._begin(self._welcome)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def block(self) -> None:
        """From now on nothing arrives, and nobody is told."""
        self._is_open.clear()

    def free(self) -> None:
        """New connections pass again; what was held back is lost with the old ones."""
        self._is_open.set()
        for held in self._held:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """No more connections, and none of them left open."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # wakes whoever waits at it
        self.free()
        for thread in self._threads:
            thread.join(timeout=5)
        for one in (self._door, *self._held):
            one.close()

    def _begin(self, work: Callable[..., None], *given: socket.socket) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._door.accept()
                self._held.append(ours)
                if self._is_open.is_set():
                    self._lead(ours)

    def _lead(self, ours: socket.socket) -> None:
        """To the other end; where nobody is there, whoever came is told."""
        try:
            theirs = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            ours.close()
            return
        self._held.append(theirs)
        for pair in ((ours, theirs), (theirs, ours)):
            self._begin(self._pass, *pair)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if self._is_open.is_set():
                    target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
