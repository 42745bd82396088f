"""One process with everything: the server, the inbox in SQLite, threads that review."""

from __future__ import annotations

from dataclasses import dataclass

from bot.database import migrate, open_database
from bot.dispatch import EmbeddedDispatcher
from bot.inbox import Inbox
from bot.settings import Settings
from bot.work import Worker

from .app import create_app
from .listener import Listener


@dataclass(slots=True)
class Embedded:
    """A running bot."""

    url: str
    inbox: Inbox
    dispatcher: EmbeddedDispatcher
    _worker: Worker
    _listener: Listener

    @classmethod
    def start(cls, settings: Settings) -> Embedded:
        """Migrate, start the threads, listen. Raises ``SettingsError``."""
        settings.needs_secret().needs_credentials()
        migrate(settings.database_url)
        inbox = Inbox(open_database(settings.database_url), lease_seconds=settings.lease)
        worker = Worker.from_settings(settings, inbox)
        dispatcher = EmbeddedDispatcher(inbox, worker, worker.give_up, settings.workers)
        app = create_app(settings, inbox, dispatcher)
        dispatcher.start()
        listener = Listener(app, settings.host, settings.port)
        return cls(listener.url, inbox, dispatcher, worker, listener)

    def stop(self) -> None:
        """No new requests; let running work finish."""
        self._listener.stop()
        self.dispatcher.stop()
        self._worker.close()
        self.inbox.engine.dispose()
