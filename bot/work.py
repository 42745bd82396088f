"""From a leased row to a review or an answer: builds the forge and the reviewer for it."""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

from . import pipeline
from .answer import Answered, Asked, answer, could_not_answer
from .commands import Command, Verb, button, parse
from .ended import Ended
from .forge.errors import Gone, Queued, Refused
from .forge.kept import Recent
from .forge.port import Forge, PullRef
from .hosts import open_forge
from .inbox import Inbox, WorkItem
from .isolation import ConfinedEngine
from .ledger import Ledger
from .merge_group import MergeGroup, could_not_review_group, review_group
from .metrics import RUNS
from .new_terms import judge_again
from .pace import Pace
from .record import note_threads, record
from .row_names import owner_of
from .settings import Settings
from .shared_pace import pace_of
from .stages import stage, word

_LOG: Final = logging.getLogger(__name__)
_MAX_BLOBS: Final = 10_000
_MAX_BYTES: Final = 128 * 1024 * 1024
_MAX_FORGES: Final = 1_000


class BlobCache(OrderedDict[str, bytes]):
    """The blobs used last; bounded in number and bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._size = 0
        self._lock = Lock()

    def __setitem__(self, oid: str, data: bytes) -> None:
        with self._lock:
            self._size += len(data) - len(self.get(oid, b""))
            super().__setitem__(oid, data)
            while len(self) > _MAX_BLOBS or self._size > _MAX_BYTES:
                self._size -= len(self.popitem(last=False)[1])


@dataclass(slots=True)
class Worker:
    """Does rows. One a process; threads may share it."""

    settings: Settings
    inbox: Inbox
    ledger: Ledger
    reviewer: pipeline.Reviewer
    pace: Pace = field(default_factory=Pace)
    _forges: dict[tuple[str, str], Forge] = field(default_factory=dict)
    _blobs: BlobCache = field(default_factory=BlobCache)
    _kept: Recent = field(default_factory=Recent)
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def from_settings(cls, settings: Settings, inbox: Inbox) -> Worker:
        """Raises ``SettingsError`` where credentials are missing."""
        settings.needs_credentials()
        cache = settings.cache_dir / "grammar" if settings.cache_dir else None
        reviewer = pipeline.Reviewer(ConfinedEngine(cache), settings.profile, docs_url=settings.url)
        ledger = Ledger(inbox.engine, inbox.clock)
        return cls(settings, inbox, ledger, reviewer, pace_of(settings))

    def __call__(self, item: WorkItem) -> None:
        """Do one row. Raises ``ForgeError``."""
        owner = owner_of(item.wish)
        self.pace.gate(owner)
        with self.pace.turn(owner, f"{item.id}.{item.generation}"):
            try:
                self._do(item)
            except (Gone, Refused):
                self._forget(item.ref)
                raise

    def _do(self, item: WorkItem) -> None:
        self.forge(item.ref, item.wish.installation)
        if (group := _group(item)) is not None:
            run_id = self._run_id(item, group.as_pull.ref)
            check = review_group(self.forge(item.ref), group, self.reviewer, run_id)
            _LOG.info("merge group head=%s ended=%s", group.head_sha, check.title)
            return
        match item.wish.kind:
            case "branch":
                count = judge_again(self.forge(item.ref), self.inbox, item.wish)
                _LOG.info("configuration branch=%s again=%d", word(item.wish.branch), count)
                return
            case "threads":
                note_threads(self.ledger, self.forge(item.ref), item.ref)
                return
        for ref in self._refs(item):
            command = _command(item)
            if command is None:
                self._review(item, ref)
            elif self._answer(item, ref, command) is Answered.REVIEW_AGAIN:
                self.inbox.want(
                    replace(item.wish, number=ref.number, head_sha="", body="", button="")
                )

    def give_up(self, item: WorkItem, reason: str) -> None:
        """Conclude a row that will not be tried again: its check, or an answer to who asked.

        Silent where something newer is wanted, and where nobody waits for a word.

        Raises ``ForgeError``.
        """
        if not self.inbox.is_current(item) or item.wish.kind in ("branch", "threads"):
            return
        with self.pace.turn(owner_of(item.wish), f"{item.id}.{item.generation}"):
            self._conclude(item, reason)

    def _conclude(self, item: WorkItem, reason: str) -> None:
        if (group := _group(item)) is not None:
            run_id = self._run_id(item, group.as_pull.ref)
            could_not_review_group(self.forge(item.ref), group, run_id, reason)
            return
        for ref in self._refs(item):
            forge = self.forge(ref)
            command = _command(item)
            if command is None:
                run_id = self._run_id(item, ref)
                started = self.inbox.clock()
                outcome = pipeline.could_not_review(forge, ref, self.reviewer, run_id, reason)
                RUNS.labels(outcome.ended.value).inc()
                self.ledger.record(outcome, started, run_id, {})
            else:
                could_not_answer(forge, self._asked(item, ref, command), reason)

    def close(self) -> None:
        """End the engine's process."""
        self.reviewer.engine.close()

    def forge(self, ref: PullRef, installation: int = 0) -> Forge:
        """The forge of one repository."""
        key = ref.forge, ref.repository
        with self._lock:
            if key not in self._forges:
                while len(self._forges) >= _MAX_FORGES:
                    del self._forges[next(iter(self._forges))]
                self._forges[key] = open_forge(
                    self.settings, ref, self._blobs, self.pace, self._kept, installation
                )
            return self._forges[key]

    def _forget(self, ref: PullRef) -> None:
        """What is known of a repository, its tokens too: the bot may have been sent away."""
        with self._lock:
            self._forges.pop((ref.forge, ref.repository), None)

    def _run_id(self, item: WorkItem, ref: PullRef) -> str:
        """The same for every attempt at one generation, another one in another database."""
        database = hashlib.sha256(self.settings.database_url.encode()).hexdigest()[:8]
        return f"{ref}/{database}.{item.id}.{item.generation}"

    def _refs(self, item: WorkItem) -> tuple[PullRef, ...]:
        if item.wish.number:
            return (item.ref,)
        forge = self.forge(item.ref)
        return forge.pull_requests_of(item.wish.repository, item.wish.head_sha)

    def _review(self, item: WorkItem, ref: PullRef) -> None:
        started, run_id = self.inbox.clock(), self._run_id(item, ref)
        run = _run(item, run_id)
        forge = self.forge(ref)
        try:
            outcome = pipeline.review(
                forge,
                ref,
                self.reviewer,
                run,
                lambda: self.inbox.may_speak(item),
                self.ledger.note,
                is_done=lambda pull: (
                    item.wish.for_head and self.ledger.is_reviewed(ref, pull.head_sha)
                ),
            )
        except Queued as error:
            pipeline.say_when(forge, ref, run.check, self.pace.clock() + error.retry_after)
            raise
        RUNS.labels(outcome.ended.value).inc()
        if outcome.ended is Ended.KNOWN:
            return
        with stage("ledger"):
            record(self.ledger, forge, self.reviewer, outcome, started, run_id)
        _LOG.info(
            "review pull=%s head=%s ended=%s comments=%d seconds=%.2f",
            ref,
            outcome.pull.head_sha,
            outcome.ended.value,
            outcome.posted,
            self.inbox.clock() - started,
        )

    def _answer(self, item: WorkItem, ref: PullRef, command: Command) -> Answered:
        asked = self._asked(item, ref, command)
        answered = answer(self.forge(ref), asked, self.reviewer)
        _LOG.info("command pull=%s verb=%s ended=%s", ref, command.verb.value, answered.value)
        return answered

    def _asked(self, item: WorkItem, ref: PullRef, command: Command) -> Asked:
        wish, key = item.wish, self._run_id(item, ref).rpartition("/")[2]
        where = wish.comment_id, wish.thread_root
        return Asked(ref, command, wish.login, *where, key, item.is_greeted)


def _run(item: WorkItem, run_id: str) -> pipeline.Run:
    """A head has one conclusion, however often it is told of, and one for each time it is asked
    for: a run that was killed right behind its last write is found again by the next one.
    """
    work, _, generation = run_id.rpartition(".")
    wish = item.wish
    name = "head" if wish.for_head else f"asked-{wish.asked or generation}"
    is_new = item.generation == 1 or not (wish.for_head or wish.asked)
    is_first = is_new and item.attempts == 1 and item.waits == 0
    return pipeline.Run(run_id, f"{work}.{name}", is_first)


def _group(item: WorkItem) -> MergeGroup | None:
    wish = item.wish
    if not wish.base_sha:
        return None
    return MergeGroup(wish.repository, wish.head_sha, wish.base_sha)


def _command(item: WorkItem) -> Command | None:
    wish = item.wish
    if wish.button:
        return button(wish.button) or Command(Verb.HELP)
    if not wish.body:
        return None
    return parse(wish.body, in_thread=wish.thread_root is not None)
