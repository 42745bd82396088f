"""The product as processes that can be killed, in both of its shapes, before a sandbox forge."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, func, select

from bot.backlog import Backlog
from bot.database import DatabaseAway, migrate, open_database, work
from bot.sandbox.hooks import Delivery
from bot.sandbox.pages import latest_check
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import BOT_LOGIN, CheckRun, Pull, Repo
from tests import servers
from tests.faults.nursery import Child, bear

SECRET = "a secret of these faults"
DEADLINE = 120.0
BUCKET = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
BLOCK = """\
resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"""
OPEN = BLOCK.replace("block_public_acls       = true", "block_public_acls       = false", 1)


def until(is_there: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    """Wait, with a deadline. A database that lets nobody in just then tells nothing yet."""
    ends = time.monotonic() + seconds
    while True:
        with suppress(DatabaseAway):
            if is_there():
                return
        assert time.monotonic() < ends, f"waited too long for {what}"
        time.sleep(0.1)


@dataclass(slots=True)
class Product:
    """Processes by name, each of which may be killed and started again."""

    sandbox: Sandbox
    directory: Path
    environment: dict[str, str]
    database_url: str
    port: int
    commands: dict[str, list[str]]
    running: dict[str, subprocess.Popen[bytes] | Child] = field(default_factory=dict)
    engine: Engine | None = None
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the environment of a process has besides, by its name; it then imports all anew."""

    @property
    def backlog(self) -> Backlog:
        """The inbox, seen from outside."""
        if self.engine is None:
            self.engine = open_database(self.database_url)
        return Backlog(self.engine)

    def start(self, *names: str) -> None:
        """Start these, or all."""
        for name in names or self.commands:
            log = self.directory / f"{name}.log"
            if name in self.own:
                environment = self.environment | self.own[name]
                self.running[name] = _anew(self.commands[name], environment, log)
            else:
                self.running[name] = bear(self.commands[name], self.environment, log)
        if "web" in (names or self.commands):
            until(self.is_up, "the server to listen")

    def is_up(self) -> bool:
        """Whether somebody listens."""
        return self.answers(f"http://127.0.0.1:{self.port}/healthz")

    def answers(self, address: str) -> bool:
        """Whether somebody does there."""
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def readiness(self) -> tuple[int, dict[str, str]]:
        """What ``/readyz`` says, and its status."""
        try:
            answer = urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            checks: dict[str, str] = json.loads(answer.read())["checks"]
            return int(answer.status), checks

    def kill(self, name: str) -> None:
        """``kill -9``, its children included."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def end(self, name: str, within: float = 35.0) -> int:
        """SIGTERM; the exit code."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(timeout=within)

    def stop(self) -> None:
        """Nothing is left running."""
        for name in list(self.running):
            self.kill(name)
        if self.engine is not None:
            self.engine.dispose()

    @property
    def log(self) -> str:
        """What every process said."""
        texts = [path.read_text(errors="replace") for path in self.directory.glob("*.log")]
        return "\n".join(texts)

    def redeliver_failures(self) -> int:
        """What GitHub's users do with deliveries that got no 2xx; how many are left."""
        hooks = self.sandbox.forge.hooks
        hooks.settle()
        latest: dict[str, Delivery] = {one.id: one for one in list(hooks.log)}
        return sum(
            not 200 <= hooks.redeliver(one.id) < 300
            for one in latest.values()
            if not 200 <= one.status < 300
        )

    def settle(self, seconds: float = DEADLINE) -> None:
        """Everything that was delivered is worked off."""

        engine = self.backlog.engine
        left = select(func.count()).where(work.c.wanted > work.c.done, work.c.state == "ready")

        def is_idle() -> bool:
            with engine.connect() as connection:
                return connection.execute(left).scalar_one() == 0

        until(is_idle, "the inbox to be worked off", seconds)

    def open(self, repo: Repo, base: str, head: str, branch: str = "change") -> Pull:
        """A pull request that turns one ``main.tf`` into another."""
        forge = self.sandbox.forge
        if not repo.git.text("branch", "--list", "main"):
            forge.push(repo, "main", {"main.tf": base.encode()}, "Base", "dana")
        repo.git.branch(branch, repo.git.head("main"))
        forge.push(repo, branch, {"main.tf": head.encode()}, "Change", "dana")
        return forge.open_pull(repo, "main", branch, branch, "dana")

    def concluded(self, repo: Repo, pull: Pull, seconds: float = DEADLINE) -> CheckRun:
        """The finished check on the head as it stands."""

        def is_there() -> bool:
            check = latest_check(repo, pull.head_sha)
            return check is not None and check.status == "completed"

        until(is_there, f"the check of {pull.number}", seconds)
        check = latest_check(repo, pull.head_sha)
        assert check is not None
        return check


def effects(product: Product, repo: Repo) -> None:
    """Nothing was lost on this repository, and nothing was said twice."""
    for pull in repo.pulls.values():
        if pull.state != "open":
            continue
        check = latest_check(repo, pull.head_sha)
        assert check is not None, f"no check on {pull.number}"
        assert check.status == "completed", f"no conclusion on {pull.number}"
        assert check.conclusion in ("success", "failure"), check.conclusion
        ours = [c for c in pull.inline.values() if c.author == BOT_LOGIN and c.reply_to is None]
        marks = [c.body.rpartition("lockstitch:finding")[2] for c in ours]
        assert len(marks) == len(set(marks)), f"a thread twice on {pull.number}"
        summaries = [c for c in pull.conversation.values() if c.author == BOT_LOGIN]
        assert sum("lockstitch:summary" in c.body for c in summaries) <= 1
    open_heads = {pull.head_sha for pull in repo.pulls.values() if pull.state == "open"}
    for check in repo.checks.values():
        if check.head in open_heads:
            assert check.status == "completed", f"check {check.external_id} hangs"
    # A run that was started again after a push has one on each head: it reads the newer one.
    names = [(check.head, check.external_id) for check in repo.checks.values()]
    assert len(names) == len(set(names)), "a run has two checks on one head"
    ends = [
        detail["id"]
        for _, kind, detail in product.sandbox.forge.world.writes
        if kind == "check" and detail["conclusion"] is not None
    ]
    assert len(ends) == len(set(ends)), "a check was concluded twice"


def _anew(arguments: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A Python of its own, in a group of its own, so that a kill takes its children too."""
    with log.open("ab") as written:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=environment,
            stderr=written,
            stdout=written,
            process_group=0,
        )


def _environment(sandbox: Sandbox, directory: Path, port: int, **more: str) -> dict[str, str]:
    key = directory / "key.pem"
    key.write_text(sandbox.private_key or "")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "LOCKSTITCH_DATA_DIR": str(directory),
        "LOCKSTITCH_CACHE_DIR": str(directory.parent),
        "LOCKSTITCH_GITHUB_WEBHOOK_SECRET": SECRET,
        "LOCKSTITCH_GITHUB_APP_ID": str(APP_ID),
        "LOCKSTITCH_GITHUB_PRIVATE_KEY_FILE": str(key),
        "LOCKSTITCH_GITHUB_API_URL": sandbox.api_url,
        "LOCKSTITCH_GITHUB_PAUSE": "0",
        "LOCKSTITCH_RETRY": "0.5",
        "LOCKSTITCH_SWEEP": "1",
        "LOCKSTITCH_PORT": str(port),
        **more,
    }


@contextmanager
def embedded(directory: Path, *, starts: bool = True, **settings: str) -> Iterator[Product]:
    """One process with SQLite."""
    sandbox, port = Sandbox.start(directory / "forge"), servers.free_port()
    url = f"sqlite:///{directory / 'bot.sqlite3'}"
    more = {"LOCKSTITCH_DATABASE_URL": url, **settings}
    environment = _environment(sandbox, directory, port, **more)
    commands = {"web": ["bot", "serve"]}
    product = Product(sandbox, directory, environment, url, port, commands)
    migrate(url)
    with _served(product, starts=starts):
        yield product


@contextmanager
def production(
    directory: Path, database_url: str, redis_url: str, *, starts: bool = True, **settings: str
) -> Iterator[Product]:
    """A server, a worker with two processes, and a sweeper, on PostgreSQL and Redis."""
    sandbox, port = Sandbox.start(directory / "forge"), servers.free_port()
    more = {
        "LOCKSTITCH_DATABASE_URL": database_url,
        "LOCKSTITCH_REDIS_URL": redis_url,
        "LOCKSTITCH_LEASE": "2",
        **settings,
    }
    environment = _environment(sandbox, directory, port, **more)
    gunicorn = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    commands = {
        "web": [*gunicorn, "--threads", "4", "bot.web.wsgi:create()"],
        "worker": ["bot", "worker", "--processes", "2"],
        "sweeper": ["bot", "sweeper"],
    }
    migrate(database_url)
    product = Product(sandbox, directory, environment, database_url, port, commands)
    with _served(product, starts=starts):
        yield product


@contextmanager
def _served(product: Product, *, starts: bool) -> Iterator[None]:
    hook = f"http://127.0.0.1:{product.port}/webhooks/github"
    product.sandbox.send_webhooks_to(hook, SECRET)
    # What is killed cleans nothing up. A short path, as sockets in it need one.
    with TemporaryDirectory(prefix="lockstitch-faults-") as scratch:
        product.environment["TMPDIR"] = scratch
        try:
            if starts:
                product.start()
            yield
        finally:
            product.sandbox.forge.hooks.target = None
            product.stop()
            product.sandbox.stop()
