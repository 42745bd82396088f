"""One process with everything: the server, the inbox in SQLite, threads that review."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from bot.database import migrate
from bot.dispatch import EmbeddedDispatcher
from bot.greeter import Greeter
from bot.greetings import Greetings
from bot.hosts import probes, watchtower
from bot.inbox import Inbox
from bot.settings import Settings
from bot.sweeper import duties, run
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
    _greeter: Greeter
    _listener: Listener
    _stop: threading.Event
    _sweeper: threading.Thread
    _drain: float

    @classmethod
    def start(cls, settings: Settings) -> Embedded:
        """Migrate, start the threads, listen. Raises ``SettingsError``."""
        settings.needs_secret().needs_credentials()
        migrate(settings.database_url)
        inbox = Inbox.open(settings.database_url, settings.lease, settings.retry)
        worker = Worker.from_settings(settings, inbox)
        greeter = Greeter(Greetings(inbox.engine, inbox.clock), settings, worker.pace)
        dispatcher = EmbeddedDispatcher(
            inbox, worker, worker.give_up, settings.workers, greeter.ring
        )
        app = create_app(settings, inbox, dispatcher)
        greeter.start()
        dispatcher.start()
        listener = Listener(app, settings.host, settings.port)
        stop = threading.Event()
        tower, looks, every = watchtower(settings), probes(settings), settings.sweep
        held = duties(inbox, dispatcher, tower, looks, stop.is_set, every)
        sweeper = threading.Thread(
            target=run, args=(held, stop, None, every), name="sweeper", daemon=True
        )
        sweeper.start()
        return cls(
            listener.url,
            inbox,
            dispatcher,
            worker,
            greeter,
            listener,
            stop,
            sweeper,
            settings.drain,
        )

    def stop(self) -> None:
        """No new requests; let running work finish."""
        self._stop.set()
        self._listener.stop()
        self.dispatcher.stop(self._drain)
        self._greeter.stop()
        self._greeter.close()
        self._sweeper.join(timeout=5)
        self._worker.close()
        self.inbox.engine.dispose()
