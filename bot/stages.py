"""A stage of a piece of work: one line in the log, one figure, one span where traces are on.

Knows what the work is about; not what is done, nor for whom.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final

from . import metrics, tracing

_LOG: Final = logging.getLogger(__name__)
_PLAIN: Final = re.compile(r"[\w./:@#+-]+\Z")


@dataclass(slots=True)
class About:
    """What every line of a piece of work says."""

    delivery: str = ""
    repository: str = ""
    number: int = 0
    head: str = ""

    def __str__(self) -> str:
        return (
            f"delivery={word(self.delivery)} repository={word(self.repository)} "
            f"number={self.number} head={word(self.head)}"
        )

    def facts(self) -> dict[str, str | int]:
        """For a span."""
        names = ("delivery", "repository", "number", "head")
        return {f"lockstitch.{name}": getattr(self, name) for name in names}


_ABOUT: ContextVar[About | None] = ContextVar("about", default=None)


@contextmanager
def about(what: About) -> Iterator[About]:
    """Whatever happens inside is about this."""
    token = _ABOUT.set(what)
    try:
        with tracing.span("work", what.facts()):
            yield what
    finally:
        _ABOUT.reset(token)


def at_head(sha: str) -> None:
    """The head is known by now."""
    what = _ABOUT.get()
    if what is not None:
        what.head = sha


@dataclass(slots=True)
class Stage:
    """``with stage("fetch"):``; errors pass through."""

    name: str
    _began: float = field(default=0.0, init=False)
    _span: tracing.Span = field(init=False)

    def __enter__(self) -> Stage:
        self._began = time.perf_counter()
        what = _ABOUT.get()
        self._span = tracing.span(self.name, what.facts() if what else {})
        self._span.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        seconds = time.perf_counter() - self._began
        self._span.__exit__(kind, error, trace)
        timed(self.name, seconds, "ok" if kind is None else kind.__name__)


def timed(name: str, seconds: float, ended: str = "ok") -> None:
    """A stage that somebody else has timed."""
    metrics.STAGES.labels(name, ended).observe(seconds)
    what = _ABOUT.get() or About()
    _LOG.info("stage name=%s %s ended=%s seconds=%.3f", name, what, ended, seconds)


def stage(name: str) -> Stage:
    """A stage that begins with ``with``."""
    return Stage(name)


def word(text: str) -> str:
    """One value of a line: bare where it is plain, else in quotes, so that nobody can add one."""
    if not text:
        return "-"
    if _PLAIN.match(text):
        return text
    escaped = text.encode("unicode_escape").decode().replace('"', '\\"')
    return f'"{escaped[:300]}"'
