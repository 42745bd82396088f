"""Celery: spreads rows over worker processes. Messages carry a row's id and may be lost.

Settings as measured under kill -9: late acknowledgement, prefetch 1, JSON only, no results.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from celery import Celery, bootsteps, signals
from celery.exceptions import SoftTimeLimitExceeded
from celery.utils.log import current_process_index
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from . import tracing
from .dispatch import OutOfTime, Work, run_one
from .inbox import Inbox, WorkItem
from .metrics import take_slot
from .pulse import INTERVAL, beat
from .settings import Settings
from .work import Worker

TASK: Final = "lockstitch.row"
_SOON: Final = 1.0
ATTEMPT_SECONDS: Final = 90
"""What one attempt may take; where it cannot be told so, its process is killed a little later."""
_ONE_TRY: Final = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}
_SULK_SECONDS: Final = 5.0
"""After a broker that did not answer nobody waits for it again, for so long."""
_LOG: Final = logging.getLogger(__name__)


def create_celery(redis_url: str, *, sends: bool = False) -> Celery:
    """The Celery application. One that only sends gives up fast: the sweeper asks again."""
    app = Celery("lockstitch", broker=redis_url)
    app.conf.update(
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # or a long outage would end the worker
        broker_transport_options={
            "visibility_timeout": 300,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 1 if sends else 10,
            "socket_connect_timeout": 1 if sends else 5,
            **(_ONE_TRY if sends else {}),
        },
        task_acks_late=True,
        task_default_queue="interactive",
        task_ignore_result=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        task_soft_time_limit=ATTEMPT_SECONDS,
        task_time_limit=ATTEMPT_SECONDS + 30,
        worker_hijack_root_logger=False,
        worker_max_tasks_per_child=200,
        worker_prefetch_multiplier=1,
    )
    return app


class CeleryDispatcher:
    """Sends row ids to the broker. A broker that is down loses nothing: the sweeper asks again."""

    def __init__(self, redis_url: str) -> None:
        self._app = create_celery(redis_url, sends=True)
        self._sulks_until = 0.0

    def start(self) -> None:
        """Nothing to start here; workers are processes of their own."""

    def wake(self, row: int) -> None:
        """Tell the workers about a row."""
        if time.monotonic() < self._sulks_until:
            return
        try:
            self._app.send_task(TASK, args=[row], retry=False)
        except (OperationalError, RedisError) as error:
            _LOG.warning("broker unreachable row=%d reason=%s", row, type(error).__name__)
            self._sulks_until = time.monotonic() + _SULK_SECONDS

    def reaches_workers(self) -> bool:
        """Whether the broker answers now."""
        try:
            with self._app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=0, timeout=1)
        except (OperationalError, RedisError, OSError):
            return False
        return True

    def stop(self) -> None:
        """Close connections."""
        self._app.close()


def worker_app() -> Celery:
    """The application a worker process runs; settings come from its environment."""
    settings = Settings.from_environment(os.environ).needs_credentials()
    assert settings.redis_url is not None
    app = create_celery(settings.redis_url)
    app.steps["worker"].add(_pulse_of(settings.pulse("worker")))
    signals.worker_shutting_down.connect(_drain_of(settings.drain), weak=False)

    @cache
    def worker() -> Worker:
        # Built after the fork: no database handle and no thread may cross it.
        take_slot(settings.metrics_dir, f"worker{current_process_index()}")
        tracing.set_up(settings.traces_url, "worker")
        inbox = Inbox.open(settings.database_url, settings.lease, settings.retry)
        return Worker.from_settings(settings, inbox)

    @app.task(name=TASK)  # type: ignore[untyped-decorator] # Celery ships no types
    def row(number: int) -> None:
        """The message says that there is work; whose turn it is, the inbox says."""
        del number
        held = worker()
        item = held.inbox.lease() or _lease_soon(held.inbox)
        if item is not None:
            run_one(held.inbox, item, in_time(held), held.give_up)
            _wake_next(app, held.inbox)

    del row
    return app


def in_time(work: Work) -> Work:
    """The same, which says in our words that Celery stopped it. Raises ``OutOfTime``."""

    def do(item: WorkItem) -> None:
        try:
            work(item)
        except SoftTimeLimitExceeded as error:
            raise OutOfTime(
                f"An attempt took longer than {ATTEMPT_SECONDS} seconds, so it was stopped."
            ) from error

    return do


def _drain_of(seconds: float) -> Callable[..., None]:
    """Told to end: what still runs after this long is left to others, whose turn comes soon."""

    def drain(**_: Any) -> None:
        ending = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGQUIT))
        ending.daemon = True
        ending.start()

    return drain


def _pulse_of(path: Path) -> type[Any]:
    class Pulse(bootsteps.StartStopStep):  # type: ignore[misc] # Celery ships no types
        """Beats from the loop that takes messages: a loop that hangs stops beating."""

        requires = frozenset({"celery.worker.components:Timer"})

        def start(self, parent: Any) -> None:
            beat(path)
            parent.timer.call_repeatedly(INTERVAL, beat, (path,))

    return Pulse


def _lease_soon(inbox: Inbox) -> WorkItem | None:
    """A push waits a moment for the next one, and its message is here before that is over."""
    due = inbox.next_due()
    if due is None or due > _SOON:
        return None
    time.sleep(due)
    return inbox.lease()


def _wake_next(app: Any, inbox: Inbox) -> None:
    """A newer generation, or a command that waited for this pull request, goes on at once."""
    for waiting in inbox.waiting()[:1]:
        app.send_task(TASK, args=[waiting])
