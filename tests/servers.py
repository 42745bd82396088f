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
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not homes:
        _missing("PostgreSQL")
    # Not below pytest's own directory, which every new session closes to other users again.
    with TemporaryDirectory(prefix="lockstitch-postgres-") as scratch:
        yield from _run_postgres(homes[-1], Path(scratch))


def empty_database(server: str) -> str:
    """The URL of a new database on a server."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{server.rpartition('/')[0]}/{name}"


def _run_postgres(programs: Path, directory: Path) -> Iterator[str]:
    data, port = directory / "data", free_port()
    user = _unprivileged(directory)
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
    )
    options = ["-p", str(port), "-k", str(directory), "-c", "listen_addresses=127.0.0.1"]
    process = subprocess.Popen(
        [programs / "postgres", "-D", data, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user,
    )
    try:
        wait_for(port, process)
        _wait_until_ready(programs, port)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(programs: Path, port: int) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        asked = subprocess.run(
            [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port)],
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
