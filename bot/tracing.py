"""Spans of OpenTelemetry where the operator asks for them; otherwise nothing, at no cost.

The only home of OpenTelemetry, which is an extra: ``pip install lockstitch[tracing]``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
from typing import Any, Final

Facts = Mapping[str, str | int]
Span = AbstractContextManager[Any]

_MISSING: Final = (
    "LOCKSTITCH_TRACES_URL is set, but OpenTelemetry is not installed: "
    "pip install 'lockstitch[tracing]'."
)
_NONE: Final = nullcontext()
_HELD: Final[dict[str, Any]] = {}
"""The tracer of this process, once there is one."""


class TracingMissing(Exception):
    """Traces are wanted and the extra is not installed; the message says what to do."""


def span(name: str, facts: Facts) -> Span:
    """A span below the one that is open; errors inside are noted on it and pass through.

    What an error says is not noted: its words may be a stranger's.
    """
    tracer = _HELD.get("tracer")
    if tracer is None:
        return _NONE
    return _opened(tracer, name, facts)


@contextmanager
def _opened(tracer: Any, name: str, facts: Facts) -> Iterator[None]:
    with tracer.start_as_current_span(
        name, attributes=dict(facts), record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield
        finally:
            kind = sys.exc_info()[0]
            if kind is not None:
                opened.set_status(_HELD["failed"](kind.__name__))


def check(address: str | None) -> None:
    """Raises ``TracingMissing`` where traces are wanted and cannot be made."""
    if address is not None and find_spec("opentelemetry") is None:
        raise TracingMissing(_MISSING)


def set_up(address: str | None, process: str, exporter: Any = None) -> None:
    """Send spans to ``address``, an OTLP endpoint over HTTP. After a fork, not before.

    Raises ``TracingMissing``.
    """
    if address is None and exporter is None:
        return
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
        from opentelemetry.trace import Status, StatusCode

        if exporter is None:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise TracingMissing(_MISSING) from error
    provider = TracerProvider(resource=Resource.create({"service.name": f"lockstitch-{process}"}))
    if exporter is None:
        processor: Any = BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{address}/v1/traces"))
    else:
        processor = SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    _HELD["failed"] = lambda kind: Status(StatusCode.ERROR, kind)
    _HELD["tracer"] = provider.get_tracer("lockstitch")
    _HELD["provider"] = provider


def close() -> None:
    """Send what is still held."""
    provider = _HELD.pop("provider", None)
    _HELD.pop("tracer", None)
    if provider is not None:
        provider.shutdown()
