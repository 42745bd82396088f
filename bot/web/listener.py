"""An application behind waitress, in a thread that can be ended. Knows no routes."""

from __future__ import annotations

import threading
from typing import Any

import waitress
from flask import Flask

from bot.deliveries import MAX_BYTES


class Listener:
    """Listens from the start until ``stop``."""

    def __init__(self, app: Flask, host: str, port: int, threads: int = 8) -> None:
        self._server: Any = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            # A slow sender holds a connection and no thread, and not for long.
            connection_limit=1_000,
            channel_timeout=30,
            cleanup_interval=10,
            max_request_body_size=MAX_BYTES + 1,
        )
        self.url = f"http://{host}:{self._server.effective_port}"
        self._lock, self._is_closed = threading.Lock(), False
        trigger = self._server.trigger
        self._wake, trigger._physical_pull = trigger._physical_pull, self._wake_while_open
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)
        self._thread.start()

    def stop(self, within: float = 5.0) -> None:
        """No new requests; those that run may end, within seconds."""
        self._server.task_dispatcher.shutdown(timeout=within)
        # Only the loop may close its sockets: it reads them by their numbers.
        self._server.trigger.pull_trigger(self._close)
        self._thread.join(timeout=10)

    def _wake_while_open(self) -> None:
        """Write into the loop's pipe. A thread may be late, and by then the pipe's number may be
        that of whatever was opened since, a database for example.
        """
        with self._lock:
            if not self._is_closed:
                self._wake()

    def _close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._server.close()
        for channel in self._server.active_channels.values():
            # Or whoever keeps a connection open would keep the loop going.
            channel.close_when_flushed = True
