"""Very many pull requests at once, and one of somebody else, under the forge's own limits."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.backlog import Backlog
from bot.database import migrate, open_database
from bot.dispatch import EmbeddedDispatcher
from bot.inbox import Inbox
from bot.pace import LocalSlots, Pace
from bot.sandbox.meter import Meter
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import Pull, Repo
from bot.settings import Settings
from bot.sweeper import sweep
from bot.work import Worker
from tests.faults.fast_time import FastTime
from tests.faults.product import BLOCK, BUCKET, OPEN
from tests.service.queue import delivery

NOISY, QUIET = "noisy/many", "quiet/one"


@dataclass(frozen=True, slots=True)
class Drained:
    """How it went, in the forge's own seconds."""

    seconds: float
    quiet_seconds: float
    conclusions: dict[str, int]
    refusals: int
    shortest_gap: float
    """Between two writes for the noisy owner."""


def drain(
    directory: Path,
    count: int,
    factor: float,
    say: Callable[[str], None] = lambda _: None,
    patience: float = 1_800.0,
) -> Drained:
    """Deliver all at once, every third with something to say, and wait for every conclusion."""
    clock = FastTime(factor)
    sandbox = Sandbox.start(directory / "forge")
    forge = sandbox.forge
    forge.world.clock = clock
    noisy, pulls = _open(sandbox, NOISY, count)
    quiet, others = _open(sandbox, QUIET, 1)
    forge.meter = meter = Meter(clock)
    worker, dispatcher = _bot(sandbox, directory, clock)
    try:
        began = clock()
        for pull in pulls:
            worker.inbox.accept(delivery(pull.number, f"n-{pull.number}", repository=NOISY))
        dispatcher.start()
        _wait(lambda: _concluded(noisy, pulls) * 4 >= count, dispatcher, worker, patience)
        asked = clock()
        worker.inbox.accept(delivery(1, "q", repository=QUIET))
        _wait(lambda: _concluded(quiet, others) == 1, dispatcher, worker, patience)
        quiet_seconds = clock() - asked
        say(f"the quiet one waited {quiet_seconds:.0f} s")
        _wait(lambda: _concluded(noisy, pulls) == count, dispatcher, worker, patience)
        ended = clock()
    finally:
        dispatcher.stop()
        worker.close()
        sandbox.stop()
    writes = meter.writes["noisy"]
    gaps = [later - sooner for sooner, later in itertools.pairwise(writes)]
    return Drained(
        ended - began, quiet_seconds, _conclusions(noisy, pulls), len(meter.refusals), min(gaps)
    )


def _open(sandbox: Sandbox, name: str, count: int) -> tuple[Repo, list[Pull]]:
    forge = sandbox.forge
    repo = forge.create_repository(name, {"dana": "write"})
    forge.push(repo, "main", {"main.tf": (BUCKET + BLOCK).encode()}, "Base", "dana")
    pulls = []
    for number in range(count):
        repo.git.branch(f"change-{number}", repo.git.head("main"))
        text = BUCKET + (OPEN if number % 3 == 0 else BLOCK) + f"# {name} {number}\n"
        forge.push(repo, f"change-{number}", {"main.tf": text.encode()}, "Change", "dana")
        pulls.append(forge.open_pull(repo, "main", f"change-{number}", f"{number}", "dana"))
    return repo, pulls


def _bot(sandbox: Sandbox, directory: Path, clock: FastTime) -> tuple[Worker, EmbeddedDispatcher]:
    url = f"sqlite:///{directory / 'bot.sqlite3'}"
    migrate(url)
    settings = Settings(
        database_url=url,
        data_dir=directory,
        app_id=APP_ID,
        private_key=sandbox.private_key,
        api_url=sandbox.api_url,
        cache_dir=directory.parent,
    )
    # A lease is renewed by the clock on the wall, and so has to be as long by it.
    inbox = Inbox(open_database(url), clock, lease_seconds=30 * clock.factor)
    worker = Worker.from_settings(settings, inbox)
    worker.pace = Pace(LocalSlots(clock), None, clock, clock.sleep)
    return worker, EmbeddedDispatcher(inbox, worker, worker.give_up, threads=4)


def _wait(
    is_so: Callable[[], bool], dispatcher: EmbeddedDispatcher, worker: Worker, patience: float
) -> None:
    ends = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < ends, Backlog(worker.inbox.engine, worker.inbox.clock).depth()
        sweep(worker.inbox, dispatcher)
        time.sleep(0.1)


def _concluded(repo: Repo, pulls: list[Pull]) -> int:
    return sum(_conclusions(repo, pulls).values())


def _conclusions(repo: Repo, pulls: list[Pull]) -> dict[str, int]:
    counts: dict[str, int] = {}
    latest = {check.head: check for check in list(repo.checks.values())}
    for pull in pulls:
        check = latest.get(pull.head_sha)
        if check is not None and check.conclusion is not None:
            counts[check.conclusion] = counts.get(check.conclusion, 0) + 1
    return counts
