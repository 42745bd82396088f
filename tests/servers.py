"""Real Redis and PostgreSQL servers for the tests: given by a URL, or started here.

Where neither can be had a test is skipped, loudly; in CI it fails instead.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

START_SECONDS = 30.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _missing(what: str) -> None:
    message = f"{what} is not on this machine; the tests that need it did not run"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody listens there; fails where the process ends before."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the server did not start in time")


@contextmanager
def redis(directory: Path) -> Iterator[str]:
    """The URL of a Redis."""
    given = os.environ.get("LOCKSTITCH_TEST_REDIS_URL")
    if given:
        yield given
        return
    binary = shutil.which("redis-server")
    if binary is None:
        _missing("redis-server")
    port = free_port()
    arguments = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen([*arguments, "--dir", str(directory)], stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait(timeout=10)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL whose user may create databases."""
    given = os.environ.get("LOCKSTITCH_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with own_postgres() as server:
        yield server.url


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """One that the test may stop, and start again with what it kept."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not homes:
        _missing("PostgreSQL")
    # Not below pytest's own directory, which every new session closes to other users again.
    with TemporaryDirectory(prefix="lockstitch-postgres-") as scratch:
        server = Postgres(homes[-1], Path(scratch))
        server.create()
        try:
            server.start()
            yield server
        finally:
            server.stop("fast")


def empty_database(server: str) -> str:
    """The URL of a new database on a server."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{server.rpartition('/')[0]}/{name}"


def redis_place(server: str, number: int) -> str:
    """One of the sixteen databases of a Redis; whoever shares one shares messages."""
    return f"{server.rpartition('/')[0]}/{number % 16}"


@dataclass(slots=True)
class Postgres:
    """A server with a directory and a port of its own."""

    programs: Path
    directory: Path
    port: int = field(default_factory=free_port)
    user: int | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def create(self) -> None:
        """An empty one."""
        self.user = _unprivileged(self.directory)
        subprocess.run(
            [self.programs / "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            user=self.user,
        )

    def start(self) -> None:
        """Until it answers; what it kept is there."""
        options = ["-p", str(self.port), "-k", str(self.directory), "-h", "127.0.0.1"]
        self._process = subprocess.Popen(
            [self.programs / "postgres", "-D", self._data, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self.user,
        )
        wait_for(self.port, self._process)
        self._wait_until_ready()

    def stop(self, mode: str) -> None:
        """As ``pg_ctl`` does: ``fast`` ends connections, ``immediate`` is a crash."""
        if self._process is None:
            return
        subprocess.run(
            [self.programs / "pg_ctl", "stop", "-D", self._data, "-m", mode, "-w"],
            check=True,
            stdout=subprocess.DEVNULL,
            user=self.user,
        )
        self._process.wait(timeout=20)
        self._process = None

    def _wait_until_ready(self) -> None:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            asked = subprocess.run(
                [self.programs / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port)],
                stdout=subprocess.DEVNULL,
                check=False,
            )
            if asked.returncode == 0:
                return
            time.sleep(0.05)
        pytest.fail("PostgreSQL did not become ready in time")


def _unprivileged(directory: Path) -> int | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody").pw_uid
    os.chown(directory, nobody, -1)
    return nobody
