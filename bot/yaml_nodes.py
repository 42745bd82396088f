"""YAML text as nodes that know their line and column. The only place that knows a YAML library.

Plain data alone: no aliases, tags, merge keys or second documents. Knows no configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

MAX_DEPTH: Final = 16

_NULL: Final = re.compile(r"null|Null|NULL|~|")
_BOOLEAN: Final = re.compile(r"true|True|TRUE|false|False|FALSE")
_NUMBER: Final = re.compile(
    r"[-+]?(?:0o[0-7]+|0x[0-9a-fA-F]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)


class NotYaml(Exception):
    """The text is no plain YAML; the message is a sentence. ``line`` and ``column`` start at 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, or with ``kind`` "null", "boolean" or "number" what YAML 1.2 reads it as.

    In 1.2 ``off``, ``on``, ``yes`` and ``no`` are text (https://yaml.org/spec/1.2.2/, 10.3.2).
    """

    text: str
    kind: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int
    kind: str = "list"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values in the order of the text; a key may stand there twice."""

    items: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int
    kind: str = "map"


Node = Scalar | Sequence | Mapping


def read(text: str) -> Node | None:
    """The one document of a text; None where there is nothing but comments. Raises ``NotYaml``."""
    try:
        return _document(_events(text))
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
        reason = f"the character U+{ord(text[error.position]):04X} may not stand in YAML"
        raise NotYaml(reason, line, column) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise NotYaml(f"this is no YAML: {error.problem or error.context}", *where) from error


def _events(text: str) -> Iterator[yaml.Event]:
    """Events one by one; nothing is built, resolved or expanded."""
    parser = yaml.SafeLoader(text)
    while (event := _next(parser)) is not None:
        if isinstance(event, yaml.AliasEvent):
            raise _refused("an alias (`*`) is not followed; write the value out", event)
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) is not None:
            raise _refused("a tag (`!`) has no meaning here; take it away", event)
        yield event


def _next(parser: yaml.SafeLoader) -> yaml.Event | None:
    try:
        # The stubs of types-PyYAML leave this one method without types.
        return parser.get_event() if parser.check_event() else None  # type: ignore[no-untyped-call] # as above
    except (ValueError, OverflowError) as error:
        # The library turns escapes and version numbers of any size into numbers.
        reason = "this is no YAML: a number in it is out of range"
        raise NotYaml(reason, parser.line + 1, parser.column + 1) from error


def _document(events: Iterator[yaml.Event]) -> Node | None:
    found: Node | None = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused("a second document (`---`) is not read; keep one", event)
            found = _node(next(events), events, 1)
    return found


def _node(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
    line, column = _place(event)
    if isinstance(event, yaml.ScalarEvent):
        return Scalar(event.value, _kind(event), line, column)
    if depth > MAX_DEPTH:
        raise _refused(f"this is nested more than {MAX_DEPTH} levels deep", event)
    if isinstance(event, yaml.SequenceStartEvent):
        return Sequence(tuple(_items(events, depth)), line, column)
    return Mapping(tuple(_pairs(events, depth)), line, column)


def _items(events: Iterator[yaml.Event], depth: int) -> Iterator[Node]:
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        yield _node(event, events, depth + 1)


def _pairs(events: Iterator[yaml.Event], depth: int) -> Iterator[tuple[Scalar, Node]]:
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise _refused("a key has to be a word, not a list or a map", event)
        line, column = _place(event)
        key = Scalar(event.value, "text", line, column)
        yield key, _node(next(events), events, depth + 1)


def _kind(event: yaml.ScalarEvent) -> str:
    if not event.implicit[0]:
        return "text"
    for kind, pattern in (("null", _NULL), ("boolean", _BOOLEAN), ("number", _NUMBER)):
        if pattern.fullmatch(event.value):
            return kind
    return "text"


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _refused(reason: str, event: yaml.Event) -> NotYaml:
    return NotYaml(reason, *_place(event))
