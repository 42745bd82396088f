"""Threads that read answers for the first time, all at once, read what was written."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from bot import wire

MANY = 8


@dataclass(frozen=True, slots=True)
class Answer:
    first: str
    second: str
    third: int


def test_a_noun_is_learnt_by_one_thread_while_others_read(monkeypatch: pytest.MonkeyPatch) -> None:
    learn, together = wire._reader, threading.Barrier(MANY)

    def slowly(kind: Any) -> wire.Reader:
        time.sleep(0.01)
        return learn(kind)

    read = wire._noun(Answer)
    monkeypatch.setattr(wire, "_reader", slowly)

    def once(number: int) -> Answer:
        together.wait()
        time.sleep(number * 0.003)  # so that some come in the middle
        answer: Answer = read(["a", "b", number])
        return answer

    with ThreadPoolExecutor(MANY) as threads:
        assert list(threads.map(once, range(MANY))) == [Answer("a", "b", n) for n in range(MANY)]
