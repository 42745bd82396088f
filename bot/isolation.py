"""An engine in another process: text goes over, an answer or a reason comes back.

A crash, a hang or a memory bomb ends the one child that read the text. Knows no forge.
"""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from remediations.model import Profile
from remediations.terraform.files import READ

from .bounds import is_ordinary
from .crossing import Crossing
from .engine import EngineAway, EngineStopped, Judgement, Repair, Texts, Wanted
from .engine_process import (
    ANSWER,
    FAILURE,
    FRAME,
    LAPS,
    LATE,
    ORDER,
    OUT_OF_MEMORY,
    Failure,
    Laps,
    Question,
)
from .repo_config import ConfigRead
from .stages import timed
from .wire import WireError, from_wire, to_wire

_LOG: Final = logging.getLogger(__name__)
_START_SECONDS: Final = 60.0
_GRACE_SECONDS: Final = 10.0
_MEGABYTE: Final = 1024 * 1024
_LONGEST_LAP: Final = 600.0
MAX_ANSWER: Final = 64 * _MEGABYTE
ODD: Final = "The process that read this change gave an answer that makes no sense."
BROKE: Final = (
    "Something unexpected went wrong while this change was read; the bot's log says where."
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one question may cost; computing grows with the text, up to ``most_seconds``."""

    memory: int = 1024 * _MEGABYTE
    seconds: int = 20
    seconds_a_megabyte: int = 20
    most_seconds: int = 60
    patience: int = 20
    """Seconds by the clock beyond those: a busy machine gives a process a part of a core."""

    def computing(self, size: int) -> int:
        """Seconds of a core for so many bytes of text."""
        return min(self.most_seconds, self.seconds + size * self.seconds_a_megabyte // _MEGABYTE)

    def wall(self, size: int) -> int:
        """Seconds by the clock."""
        return self.computing(size) + self.patience


class ConfinedEngine:
    """Judges in children of a warm process of its own. Threads may share it."""

    program: ClassVar[str] = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from bot.engine_process import main; main(sys.argv[2])"
    )
    """What the process runs: arguments are where the code lies, and the grammar's tables."""

    def __init__(self, cache: Path | None = None, bounds: Bounds | None = None) -> None:
        self._cache = cache
        self._bounds = bounds or Bounds()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def judge(self, texts: Texts, profile: Profile) -> Judgement:
        """As ``Engine`` says. Raises ``EngineStopped`` and ``EngineAway``."""
        crossed = self._ask(Crossing, Question(texts, profile))
        try:
            return crossed.judgement()
        except WireError as error:
            _LOG.error("engine answered oddly reason=%s", error)
            raise EngineStopped(ODD) from error

    def repair(self, texts: Texts, profile: Profile, wanted: Wanted) -> Repair:
        """As ``Engine`` says. Raises ``EngineStopped`` and ``EngineAway``."""
        repair = self._ask(Repair, Question(texts, profile, wanted))
        for path in repair.files or ():
            # Whatever took the child over may write Terraform wrongly, and no other file at all.
            if not (path.endswith(READ) and is_ordinary(path)):
                _LOG.error("engine answered with a file that is no Terraform path=%r", path)
                raise EngineStopped(ODD)
        return repair

    def configuration(self, data: bytes) -> ConfigRead:
        """As ``Engine`` says. Raises ``EngineStopped`` and ``EngineAway``."""
        nothing = Texts({}, {}, (), frozenset())
        return self._ask(ConfigRead, Question(nothing, Profile(), configuration=data))

    def close(self) -> None:
        """End the process and whatever it still reads."""
        with self._lock:
            self._end()

    def _ask(self, kind: type[T], question: Question) -> T:
        texts = question.texts
        size = sum(len(data) for end in (texts.base, texts.head) for data in end.values())
        asked, theirs = socket.socketpair()
        status, reporter = socket.socketpair()
        with asked, status:
            with theirs, reporter:
                order = self._order(size)
                self._hand_over(ORDER.pack(*order), [theirs.fileno(), reporter.fileno()])
            ends = time.monotonic() + order[2] + _GRACE_SECONDS
            answer = _exchange(asked, to_wire(question), ends)
            if answer is None:
                raise self._why(status, order, ends)
        return _read(kind, *answer)

    def _order(self, size: int) -> tuple[int, int, int]:
        bounds = self._bounds
        return bounds.memory, bounds.computing(size), bounds.wall(size)

    def _hand_over(self, order: bytes, descriptors: list[int]) -> None:
        with self._lock:
            for _ in range(2):
                try:
                    socket.send_fds(self._running(), [order], descriptors)
                    return
                except OSError as error:
                    _LOG.warning("engine process gone reason=%s", error.strerror)
                    self._end()
        raise EngineAway("The process that reads changes cannot be started.")

    def _running(self) -> socket.socket:
        if self._control is not None and self._process is not None:
            if self._process.poll() is None:
                return self._control
            self._end()
        ours, theirs = socket.socketpair()
        began = time.monotonic()
        with theirs:
            self._process = _start(self.program, theirs, str(self._cache or ""))
        self._control = ours
        ours.settimeout(_START_SECONDS)
        hello = ours.recv(1)
        if not hello:
            raise OSError(0, "the engine's process ended while it started")
        _LOG.info("engine ready seconds=%.2f", time.monotonic() - began)
        if hello != b"1":
            _LOG.warning(
                "engine confined by limits only: this system cannot close files and network to it"
            )
        return ours

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
        self._control = self._process = None

    def _why(
        self, status: socket.socket, order: tuple[int, int, int], ends: float
    ) -> EngineStopped | EngineAway:
        """What the warm process says of a child that gave no answer."""
        status.settimeout(max(0.1, ends - time.monotonic()))
        said = ""
        with suppress(OSError):
            said = status.recv(16).decode()
        _LOG.error("engine stopped status=%s", said or "unknown")
        memory, seconds, wall = order
        if not said:
            self.close()
            return EngineAway("The process that reads changes ended.")
        return EngineStopped(_reason(said, memory // _MEGABYTE, seconds, wall))


def _start(program: str, control: socket.socket, cache: str) -> subprocess.Popen[bytes]:
    """Isolated from the environment, the user's site and the directory; of our own code only."""
    here = str(Path(__file__).parents[1])
    arguments = [sys.executable, "-I", "-B", "-X", "utf8", "-c", program, here, cache]
    return subprocess.Popen(  # noqa: S603 - this interpreter, our own module
        arguments, stdin=control.fileno(), env={}, cwd="/", start_new_session=True
    )


def _reason(said: str, megabytes: int, seconds: int, wall: int) -> str:
    if said == LATE:
        return f"Reading this change took longer than {wall} seconds, so it was stopped."
    code = int(said)
    if code == -signal.SIGXCPU:
        return (
            f"Reading this change took more than {seconds} seconds of computing, so it was stopped."
        )
    if code in (OUT_OF_MEMORY, -signal.SIGKILL):
        return f"Reading this change needed more than {megabytes} MB of memory, so it was stopped."
    return f"The process that read this change ended by itself ({_ending(code)})."


def _ending(code: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"code {code}"


def _exchange(asked: socket.socket, body: bytes, ends: float) -> tuple[bytes, bytes] | None:
    """The answer's kind and body, or None where it never came whole."""
    try:
        asked.settimeout(max(0.1, ends - time.monotonic()))
        asked.sendall(FRAME.pack(ANSWER, len(body)) + body)
        kind, body = _frame(asked, ends)
        if kind == LAPS:
            _note(body)
            kind, body = _frame(asked, ends)
        return kind, body
    except OSError:
        return None


def _frame(asked: socket.socket, ends: float) -> tuple[bytes, bytes]:
    kind, length = FRAME.unpack(_receive(asked, FRAME.size, ends))
    if length > MAX_ANSWER:
        raise EngineStopped(ODD)
    return kind, _receive(asked, length, ends)


def _note(body: bytes) -> None:
    """What the child says of its time is believed within reason, and costs nothing else."""
    with suppress(WireError):
        laps = from_wire(Laps, body)
        for name in ("parse", "detect", "plan"):
            if 0.0 < (seconds := getattr(laps, name)) < _LONGEST_LAP:
                timed(name, seconds)


def _receive(asked: socket.socket, length: int, ends: float) -> bytes:
    """Exactly that much. Raises ``OSError`` where it does not come, or not in time."""
    received = bytearray()
    while len(received) < length:
        asked.settimeout(max(0.1, ends - time.monotonic()))
        piece = asked.recv(min(length - len(received), _MEGABYTE))
        if not piece or time.monotonic() > ends:
            raise OSError(0, "no more comes")
        received += piece
    return bytes(received)


def _read(kind: type[T], sort: bytes, body: bytes) -> T:
    try:
        if sort == FAILURE:
            failure = from_wire(Failure, body)
            _LOG.error(
                "engine failed kind=%s at=%s", failure.kind, " < ".join(failure.frames[::-1])
            )
            raise EngineStopped(BROKE)
        return from_wire(kind, body)
    except WireError as error:
        _LOG.error("engine answered oddly reason=%s", error)
        raise EngineStopped(ODD) from error
