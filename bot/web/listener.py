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
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No new requests; those that run may end."""
        # In this order: a thread that ends after the loop has closed its pipe would write into
        # whatever file was given the pipe's number meanwhile, a database for example. And only
        # the loop may close its sockets, for the same reason.
        self._server.task_dispatcher.shutdown(timeout=5)
        woken = threading.Event()

        def close() -> None:
            # A thread that answered a moment ago may have woken the loop before we do; closing
            # its pipe then would have us write into a closed one, or into what took its place.
            woken.wait()
            self._server.close()

        try:
            self._server.trigger.pull_trigger(close)
        finally:
            woken.set()
        self._thread.join(timeout=10)
