"""Terraform's functions and conversions, as far as values are worked out here.

Pure and bounded. Whoever passes what Terraform would refuse gets a ``TypeError`` or ``ValueError``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

MAX_TEXT: Final = 64 * 1024
"""Characters and items that one value may hold, all told."""

_VERB: Final = re.compile(r"%(.)")
# What Go's JSON encoder writes as an escape, and with it Terraform's jsonencode.
_JSON_ESCAPES: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def weigh(*values: object) -> None:
    """Raises ``ValueError`` where the values hold more than may be worked out."""
    left, pending = MAX_TEXT, list(values)
    while pending:
        value = pending.pop()
        left -= len(value) + 1 if isinstance(value, str) else 1
        if left < 0:
            raise ValueError("the value is too large")
        if isinstance(value, tuple):
            pending.extend(value)
        elif isinstance(value, dict):
            pending.extend(value.keys())
            pending.extend(value.values())


def as_text(value: object) -> str:
    """A primitive as Terraform writes it into a text. Raises ``TypeError`` for others and null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return format(Decimal(int(value)) if value.is_integer() else Decimal(repr(value)), "f")
    raise TypeError("a value that is no text stands in a text")


def as_bool(value: object) -> bool:
    """A boolean, or a text that Terraform takes for one. Raises ``TypeError`` for others."""
    if isinstance(value, bool):
        return value
    if value in ("true", "1"):
        return True
    if value in ("false", "0"):
        return False
    raise TypeError("a value that is neither true nor false decides")


def equal(left: object, right: object) -> bool:
    """Equality without conversion: ``1`` is neither ``true`` nor ``"1"``."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(equal(one, two) for one, two in pairs)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return _kind(left) == _kind(right) and left == right


def _kind(value: object) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def _items(value: object) -> tuple[object, ...]:
    if not isinstance(value, tuple):
        raise TypeError("not a list")
    return value


def _alike(value: object) -> tuple[object, ...]:
    """A list whose elements Terraform would not have to convert."""
    items = _items(value)
    if len({_kind(item) for item in items}) > 1:
        raise TypeError("elements of several types")
    return items


def _table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("not a map")
    return value


def _plain(value: object) -> str:
    """A text whose case and length mean the same in every language."""
    if not isinstance(value, str) or not value.isascii():
        raise TypeError("not a plain text")
    return value


def _coalesce(*values: object) -> object:
    for value in _alike(tuple(value for value in values if value is not None)):
        if value != "":
            return value
    raise ValueError("every argument is null or empty")


def _concat(*lists: object) -> tuple[object, ...]:
    return tuple(item for one in lists for item in _items(one))


def _contains(items: object, item: object) -> bool:
    return any(equal(one, item) for one in _alike((*_items(items), item)))


def _format(template: str, *values: object) -> str:
    """Only ``%s``, ``%v``, ``%d`` and ``%%``."""
    left = list(values)

    def write(verb: re.Match[str]) -> str:
        if verb[1] == "%":
            return "%"
        value = left.pop(0)
        if verb[1] not in "svd" or (verb[1] == "d" and type(value) is not int):
            raise ValueError("a verb that is not worked out here")
        return as_text(value)

    text = _VERB.sub(write, template)
    if left:
        raise ValueError("more values than verbs")
    return text


def _join(separator: str, *lists: object) -> str:
    texts = [as_text(item) for item in _concat(*lists)]
    weigh(*texts)
    if len(separator) * len(texts) > MAX_TEXT:
        raise ValueError("the value is too large")
    return separator.join(texts)


def _jsonencode(value: object) -> str:
    text = json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.translate(_JSON_ESCAPES)


def _whole(value: object) -> object:
    """Numbers without a fraction as Terraform writes them, all the way down."""
    if isinstance(value, tuple):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number that is too large")
        return int(value) if value.is_integer() else value
    return value


def _length(value: object) -> int:
    return len(value) if isinstance(value, (tuple, dict)) else len(_plain(value))


def _lookup(table: object, key: str, *default: object) -> object:
    held = _table(table)
    return held.get(key, *default) if default else held[key]


def _merge(*tables: object) -> dict[str, object]:
    given = [_table(table) for table in tables if table is not None]
    return {key: value for table in given for key, value in table.items()}


def _replace(text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        raise ValueError("a pattern that is not worked out here")
    if len(text) + (text.count(old) * len(new)) > MAX_TEXT:
        raise ValueError("the value is too large")
    return text.replace(old, new)


def _toset(value: object) -> tuple[object, ...]:
    """Each once, in Terraform's order; only of texts, where that order is certain."""
    items = _alike(value)
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) != len(items):
        raise TypeError("a set of other things than texts")
    return tuple(sorted(set(texts), key=lambda text: text.encode()))


FUNCTIONS: Final[Mapping[str, Callable[..., object]]] = {
    "coalesce": _coalesce,
    "concat": _concat,
    "contains": _contains,
    "format": _format,
    "join": _join,
    "jsonencode": _jsonencode,
    "keys": lambda table: tuple(sorted(_table(table))),
    "length": _length,
    "lookup": _lookup,
    "lower": lambda text: _plain(text).lower(),
    "merge": _merge,
    "replace": _replace,
    "tobool": lambda value: None if value is None else as_bool(value),
    "tolist": _alike,
    "toset": _toset,
    "tostring": lambda value: None if value is None else as_text(value),
    "upper": lambda text: _plain(text).upper(),
    "values": lambda table: tuple(value for _, value in sorted(_table(table).items())),
}
