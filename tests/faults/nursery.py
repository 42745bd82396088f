"""Processes forked from one that has imported the product already: a start costs no imports.

Each is a process of its own that may be killed like any other. Knows nothing of what they do.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

_LOADED: Final = [
    "bot.cli.main",
    "bot.cli.serve",
    "bot.cli.sweeper",
    "bot.cli.worker",
    "bot.web.wsgi",
    "bot.worker",
    "celery.apps.worker",
    "celery.bin.worker",
    "celery.concurrency.prefork",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "kombu.transport.redis",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "tests.faults.nursery",
]
_CONTEXT: Final = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(_LOADED)


@dataclass(frozen=True, slots=True)
class Child:
    """As much of ``subprocess.Popen`` as the tests ask for."""

    process: BaseProcess

    @property
    def pid(self) -> int:
        """Also the number of its group."""
        assert self.process.pid is not None
        return self.process.pid

    def terminate(self) -> None:
        """SIGTERM."""
        self.process.terminate()

    def wait(self, timeout: float) -> int:
        """The exit code. Raises ``TimeoutExpired``."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout)
        return self.process.exitcode


def bear(arguments: list[str], environment: dict[str, str], log: Path) -> Child:
    """``python -m arguments`` with this environment and nothing of ours, in a group of its own."""
    process = _CONTEXT.Process(target=_live, args=(arguments, environment, str(log)))
    process.start()
    child = Child(process)
    # Whoever kills it at once kills its group.
    with suppress(ProcessLookupError):
        while os.getpgid(child.pid) != child.pid:
            time.sleep(0.001)
    return child


def _live(arguments: list[str], environment: dict[str, str], log: str) -> None:
    os.setpgid(0, 0)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(written, stream)
    os.close(written)
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
