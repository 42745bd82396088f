"""One process with everything: the server, the inbox in SQLite, threads that review."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import waitress

from bot.database import migrate, open_database
from bot.dispatch import EmbeddedDispatcher
from bot.inbox import Inbox
from bot.settings import Settings
from bot.work import Worker

from .app import create_app


@dataclass(slots=True)
class Embedded:
    """A running bot."""

    url: str
    inbox: Inbox
    dispatcher: EmbeddedDispatcher
    _server: Any
    _thread: threading.Thread

    @classmethod
    def start(cls, settings: Settings) -> Embedded:
        """Migrate, start the threads, listen. Raises ``SettingsError``."""
        settings.needs_secret().needs_credentials()
        migrate(settings.database_url)
        inbox = Inbox(open_database(settings.database_url))
        worker = Worker.from_settings(settings, inbox)
        dispatcher = EmbeddedDispatcher(inbox, worker, worker.give_up, settings.workers)
        app = create_app(settings, inbox, dispatcher)
        server = waitress.create_server(app, host=settings.host, port=settings.port, threads=8)
        dispatcher.start()
        thread = threading.Thread(target=server.run, name="web", daemon=True)
        thread.start()
        url = f"http://{settings.host}:{server.effective_port}"
        return cls(url, inbox, dispatcher, server, thread)

    def stop(self) -> None:
        """No new requests; let running work finish."""
        self._server.close()
        self._thread.join(timeout=5)
        self.dispatcher.stop()
        self.inbox.engine.dispose()
