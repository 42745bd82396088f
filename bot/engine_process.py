"""The process that reads strangers' text. It is warm and reads nothing itself: a child stands by
for the next question, gives up all it can before it reads that, answers once and ends.

Knows no forge, no database, no credentials. What crosses its sockets is ``wire``'s bytes.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import Final, NoReturn

import remediations
from remediations.iam.actions import load_all
from remediations.model import Profile, Safety
from remediations.schema import force_new
from remediations.terraform.grammar import Grammar

from . import confinement
from .crossing import Crossing
from .engine import LocalEngine, Repair, Texts, Wanted
from .repo_config import ConfigRead
from .wire import from_wire, to_wire

ORDER: Final = Struct("!QII")
"""Bytes of memory, seconds of computing, seconds by the clock."""
FRAME: Final = Struct("!cQ")
"""What follows, and its length."""
ANSWER, FAILURE, LAPS = b"A", b"F", b"L"
OUT_OF_MEMORY: Final = 77
LATE: Final = "late"
_LAPS: Final = ("parse", "detect", "plan")
_SAMPLE: Final = Path(__file__).parent / "demo" / "terraform" / "head"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a repair where ``wanted`` says of what, or what a configuration means."""

    texts: Texts
    profile: Profile
    wanted: Wanted | None = None
    configuration: bytes | None = None


@dataclass(frozen=True, slots=True)
class Laps:
    """Seconds by the clock that a question took, by what was done; 0 for what was not."""

    parse: float = 0.0
    detect: float = 0.0
    plan: float = 0.0


@dataclass(frozen=True, slots=True)
class Failure:
    """An error of ours on this text: its kind and where, but not its words."""

    kind: str
    frames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Standby:
    """A child without a question, and the line on which it is given one."""

    pid: int
    line: socket.socket


@dataclass(slots=True)
class _Job:
    status: socket.socket
    ends: float
    is_late: bool = False


def main(cache: str) -> None:
    """Serve whoever holds the other end of standard input, until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    confinement.be_first_to_go()
    confinement.hide_memory()
    confinement.prepare_to_close_doors()
    engine = LocalEngine(Grammar.load(Path(cache) if cache else None))
    _warm(engine)
    # What is here now stays: no child looks for garbage in it, or copies it for that. What a
    # child builds mostly stays to its end too, so that it looks less often.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    control.sendall(b"1" if _doors_close() else b"0")
    _serve(control, engine)


def _warm(engine: LocalEngine) -> None:
    """Whatever is loaded late has to be there before no file can be opened any more."""
    for module in pkgutil.walk_packages(remediations.__path__, "remediations."):
        importlib.import_module(module.name)
    load_all()
    force_new()
    head = _sample() | {"broken.tf": b"not = = Terraform"}
    texts = Texts({}, head, (), frozenset({""}))
    profile = Profile()
    repair = engine.repair(texts, profile, Wanted(Safety.REPLACE))  # judges as well, and edits all
    from_wire(Repair, to_wire(repair))
    to_wire(engine.configuration(b"fail_on: low\nrules: 1\n"))
    from_wire(Question, to_wire(Question(texts, profile)))


def _doors_close() -> bool:
    pid = os.fork()
    if pid == 0:
        os._exit(0 if confinement.close_doors() else 1)
    return os.waitpid(pid, 0)[1] == 0


def _serve(control: socket.socket, engine: LocalEngine) -> None:
    jobs: dict[int, _Job] = {}
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.set_blocking(reader, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    watched: list[socket.socket | int] = [control, reader]
    standby: _Standby | None = _stand_by(engine)
    while standby is not None:
        soonest = min((job.ends for job in jobs.values() if not job.is_late), default=None)
        wait = None if soonest is None else max(0.0, soonest - time.monotonic())
        ready, _, _ = select.select(watched, [], [], wait)
        if reader in ready:
            os.read(reader, 4096)
        _reap(jobs)
        _end_late(jobs)
        if control in ready:
            standby = _begin(control, engine, jobs, standby)
    for pid in jobs:
        os.kill(pid, signal.SIGKILL)


def _begin(
    control: socket.socket, engine: LocalEngine, jobs: dict[int, _Job], standby: _Standby
) -> _Standby | None:
    """Who stands by next, once this one has the question; None where nobody asks any more."""
    order, descriptors, _, _ = socket.recv_fds(control, ORDER.size, 2)
    if len(order) < ORDER.size or len(descriptors) != 2:
        standby.line.close()  # which ends it
        return None
    while not _has(standby, order, descriptors[0]):
        standby = _stand_by(engine)
    os.close(descriptors[0])
    wall = ORDER.unpack(order)[2]
    jobs[standby.pid] = _Job(socket.socket(fileno=descriptors[1]), time.monotonic() + wall)
    return _stand_by(engine)


def _has(standby: _Standby, order: bytes, descriptor: int) -> bool:
    """Whether the question could be given to it: whoever stands by may have been killed."""
    with standby.line, suppress(OSError):
        socket.send_fds(standby.line, [order], [descriptor])
        return True
    return False


def _stand_by(engine: LocalEngine) -> _Standby:
    ours, theirs = socket.socketpair()
    with theirs:
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            _answer_alone(theirs.fileno(), engine)
    return _Standby(pid, ours)


def _reap(jobs: dict[int, _Job]) -> None:
    for pid, status in _ended():
        job = jobs.pop(pid, None)
        if job is None:
            continue  # it stood by
        code = os.waitstatus_to_exitcode(status)
        with job.status, suppress(OSError):  # whoever has the answer does not wait for this
            job.status.send((LATE if job.is_late else str(code)).encode(), socket.MSG_DONTWAIT)


def _ended() -> Iterator[tuple[int, int]]:
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            yield ended


def _end_late(jobs: dict[int, _Job]) -> None:
    now = time.monotonic()
    for pid, job in jobs.items():
        if job.ends <= now and not job.is_late:
            job.is_late = True
            os.kill(pid, signal.SIGKILL)


class _Reporting:
    """The edge of this process: an error ends in an answer, never in words on a terminal."""

    def __init__(self) -> None:
        self.asker: socket.socket | None = None

    def __enter__(self) -> _Reporting:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            os._exit(0)
        if issubclass(kind, MemoryError):
            os._exit(OUT_OF_MEMORY)
        frames = [
            f"{Path(frame.f_code.co_filename).stem}:{line} {frame.f_code.co_name}"
            for frame, line in traceback.walk_tb(trace)
        ]
        if self.asker is not None:
            _send(self.asker, FAILURE, to_wire(Failure(kind.__name__, tuple(frames[-12:]))))
        os._exit(1)


def _answer_alone(descriptor: int, engine: LocalEngine) -> NoReturn:
    """In the child: rehearse, wait for a question, give up everything but one socket, and answer.

    What is used for the first time in a process costs a copy of its memory: that is paid before
    there is anybody who waits.
    """
    os.dup2(descriptor, 3)
    for standard in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), standard)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    confinement.end_with_parent()
    with _Reporting() as reporting:
        _rehearse(engine)
        memory, seconds, _ = ORDER.unpack(_ordered())
        reporting.asker = asker = socket.socket(fileno=3)
        confinement.limit(memory=memory, seconds=seconds)
        confinement.close_doors()
        question = from_wire(Question, _receive(asker))
        engine.laps.clear()
        answer = to_wire(_answer(engine, question))
        _send(asker, LAPS, to_wire(Laps(**{name: engine.laps.get(name, 0.0) for name in _LAPS})))
        _send(asker, ANSWER, answer)
    raise SystemExit


def _ordered() -> bytes:
    """What the next question may cost; its socket comes in the place of this line."""
    with socket.socket(fileno=3) as line:
        order, descriptors, _, _ = socket.recv_fds(line, ORDER.size, 1)
    if not descriptors:
        os._exit(0)  # nobody asks any more
    os.dup2(descriptors[0], 3)
    os.close(descriptors[0])
    return order


def _rehearse(engine: LocalEngine) -> None:
    sample = _sample()
    question = Question(Texts(sample, sample, (), frozenset({""})), Profile())
    to_wire(_answer(engine, from_wire(Question, to_wire(question))))


def _sample() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(_SAMPLE.rglob("*.tf"))}


def _answer(engine: LocalEngine, question: Question) -> Crossing | Repair | ConfigRead:
    if question.configuration is not None:
        return engine.configuration(question.configuration)
    if question.wanted is None:
        return Crossing.of(engine.judge(question.texts, question.profile))
    return engine.repair(question.texts, question.profile, question.wanted)


def _receive(asker: socket.socket) -> bytes:
    with asker.makefile("rb") as stream:
        _, length = FRAME.unpack(stream.read(FRAME.size))
        return stream.read(length)


def _send(asker: socket.socket, kind: bytes, body: bytes) -> None:
    asker.sendall(FRAME.pack(kind, len(body)) + body)


if __name__ == "__main__":
    main(sys.argv[1])
