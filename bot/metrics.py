"""Figures of this process, and how they are read together with those of its siblings.

Knows Prometheus, and nobody's work: whoever does something counts it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_OURS: Final = CollectorRegistry()
_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 120, 300, 600)

# Every one has a label: a metric without makes its file at import, before there is a directory.
STAGES: Final = Histogram(
    "lockstitch_stage_seconds",
    "Seconds that a stage took, and how it ended: ok, or the kind of error.",
    ("stage", "ended"),
    registry=_OURS,
    buckets=_BUCKETS,
)
WAITS: Final = Histogram(
    "lockstitch_wait_seconds",
    "Seconds from the delivery that asked for work to the beginning of the work.",
    ("kind",),
    registry=_OURS,
    buckets=(*_BUCKETS, 1_800, 3_600),
)
WEBHOOKS: Final = Counter(
    "lockstitch_webhooks", "Webhooks by what they were answered.", ("status",), registry=_OURS
)
RUNS: Final = Counter("lockstitch_runs", "Reviews by how they ended.", ("ended",), registry=_OURS)
ROWS: Final = Counter(
    "lockstitch_rows_settled",
    "Rows by what became of an attempt: done, retry, hold, given_up, dead.",
    ("how",),
    registry=_OURS,
)
DUTIES: Final = Counter(
    "lockstitch_duties", "Rounds of the sweeper's duties.", ("duty", "ended"), registry=_OURS
)
PACED: Final = Counter(
    "lockstitch_paced_seconds",
    "Seconds that requests waited so as not to overstep the forge's limits.",
    ("kind",),
    registry=_OURS,
)
BUDGET: Final = Gauge(
    "lockstitch_forge_requests_left",
    "Requests that the forge still allows before the next reset, as it said last.",
    ("owner",),
    registry=_OURS,
    multiprocess_mode="mostrecent",
)


Depth = Mapping[str, float]
"""Rows of work by state, and under ``oldest`` the age in seconds of what has waited longest."""


class _Queue(Collector):
    def __init__(self, depth: Callable[[], Depth | None]) -> None:
        self._depth = depth

    def collect(self) -> Iterator[GaugeMetricFamily]:
        depth = self._depth()
        up = GaugeMetricFamily("lockstitch_database_up", "1 while the database answers.")
        up.add_metric((), 0 if depth is None else 1)
        yield up
        if depth is None:
            return
        rows = GaugeMetricFamily("lockstitch_rows", "Rows of work by state.", labels=("state",))
        for state in ("ready", "running", "put_off", "dead"):
            rows.add_metric((state,), depth[state])
        yield rows
        age = GaugeMetricFamily(
            "lockstitch_oldest_row_seconds", "Age of the oldest row of work that is not done."
        )
        age.add_metric((), depth["oldest"])
        yield age


def share(directory: Path | None) -> None:
    """Make the place where the processes of one pod keep their figures, where one is set."""
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)


def take_slot(directory: Path | None, name: str) -> None:
    """From now on this process writes under ``name``: whoever has its place after it goes on with
    the same files, so that their number does not grow with every process that ends.
    """
    if directory is not None:
        # The library asks for a number only to make a name of it, and is not typed.
        values.ValueClass = values.MultiProcessValue(lambda: name)  # type: ignore[assignment,arg-type,return-value,no-untyped-call,unused-ignore] # as above


def exposition(
    depth: Callable[[], Depth | None] | None = None, directory: Path | None = None
) -> bytes:
    """All figures in Prometheus' text format; those of the queue as they are now."""
    parts = [_OURS]
    if directory is not None:
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared, str(directory))  # type: ignore[no-untyped-call] # it has no types
        parts = [shared]
    if depth is not None:
        queue = CollectorRegistry()
        queue.register(_Queue(depth))
        parts.append(queue)
    return b"".join(generate_latest(part) for part in parts)
