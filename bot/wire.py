"""Our nouns as JSON bytes and back. Reading builds the types that the reader named, nothing else.

The bytes may come from a process that a stranger's text has taken over, so nothing in them can
name a type, run code or be of any shape but the one that was asked for.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar

from remediations.environment import Environment

T = TypeVar("T")
_NAMED_LATE: Final = {"Environment": Environment}
"""Types that a noun's module names for the type checker only."""


class WireError(ValueError):
    """The bytes are not what was asked for."""


def to_wire(value: object) -> bytes:
    """A noun as bytes. Raises ``TypeError`` for what has no place on the wire."""
    return json.dumps(_plain(value), separators=(",", ":")).encode()


def from_wire(kind: type[T], data: bytes) -> T:
    """The noun of that type. Raises ``WireError``."""
    try:
        plain = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WireError("the answer is not JSON") from error
    made: T = _reader(typing.cast(Any, kind))(plain)
    return made


_AS_THEY_ARE: Final = frozenset({str, bool, int, float, types.NoneType})


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    return value if kind in _AS_THEY_ARE else _writer(kind)(value)


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """What writes one type; found once, because an answer holds thousands of each."""
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, bytes):
        return lambda value: base64.b64encode(value).decode()
    if issubclass(kind, Mapping):
        return lambda value: {str(key): _plain(held) for key, held in value.items()}
    if issubclass(kind, frozenset):
        return lambda value: sorted(map(_plain, value))
    if issubclass(kind, tuple):
        return lambda value: [*map(_plain, value)]
    if dataclasses.is_dataclass(kind):
        names = tuple(field.name for field in dataclasses.fields(kind))
        return lambda value: [_plain(getattr(value, name)) for name in names]
    if issubclass(kind, str | int | float):
        return lambda value: value
    raise TypeError(f"{kind.__name__} has no place on the wire")


Reader = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> Reader:
    """What reads one type, strictly: an int is no float, a bool is no int."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in (str, bool, int, float, types.NoneType):
        return _text if kind is str else _exactly(kind)
    if kind is bytes:
        return _bytes
    if origin in (typing.Union, types.UnionType):
        return _either(arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return _many(tuple, arguments[0])
    if origin is frozenset:
        return _many(frozenset, arguments[0])
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(arguments[1])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if dataclasses.is_dataclass(kind):
        return _noun(kind)
    raise TypeError(f"{kind} has no place on the wire")


def _exactly(kind: type) -> Reader:
    def read(plain: Any) -> Any:
        if type(plain) is not kind:
            raise WireError(f"expected {kind.__name__}, got {type(plain).__name__}")
        return plain

    return read


def _text(plain: Any) -> str:
    if not isinstance(plain, str):
        raise WireError(f"expected a text, got {type(plain).__name__}")
    try:
        plain.encode()
    except UnicodeEncodeError as error:
        raise WireError("a text holds half a character") from error
    return plain


def _bytes(plain: Any) -> bytes:
    try:
        return base64.b64decode(_text(plain), validate=True)
    except binascii.Error as error:
        raise WireError("contents are not base64") from error


def _either(kinds: tuple[Any, ...]) -> Reader:
    """Only ``X | None`` crosses, so nothing has to be guessed."""
    (other,) = (kind for kind in kinds if kind is not types.NoneType)
    read = _reader(other)
    return lambda plain: None if plain is None else read(plain)


def _many(container: Callable[[Any], Any], kind: Any) -> Reader:
    read = _reader(kind)

    def read_all(plain: Any) -> Any:
        if not isinstance(plain, list):
            raise WireError(f"expected a list, got {type(plain).__name__}")
        return container(read(held) for held in plain)

    return read_all


def _mapping(kind: Any) -> Reader:
    read = _reader(kind)

    def read_all(plain: Any) -> Any:
        if not isinstance(plain, dict):
            raise WireError(f"expected a mapping, got {type(plain).__name__}")
        return {_text(key): read(held) for key, held in plain.items()}

    return read_all


def _enum(kind: type[Enum]) -> Reader:
    known = {member.value: member for member in kind}

    def read(plain: Any) -> Enum:
        if not isinstance(plain, str) or plain not in known:
            raise WireError(f"no {kind.__name__} is called so")
        return known[plain]

    return read


def _noun(kind: Any) -> Reader:
    hints = typing.get_type_hints(kind, localns=_NAMED_LATE)
    # The fields' readers are found late: a noun may hold its own kind.
    learnt: tuple[Reader, ...] | None = None

    def read(plain: Any) -> Any:
        nonlocal learnt
        readers = learnt
        if readers is None:
            # Whole or not at all: another thread may be reading at this moment.
            readers = tuple(_reader(hints[field.name]) for field in dataclasses.fields(kind))
            learnt = readers
        if not isinstance(plain, list) or len(plain) != len(readers):
            raise WireError(f"that is no {kind.__name__}")
        return kind(*[one(held) for one, held in zip(readers, plain, strict=True)])

    return read
