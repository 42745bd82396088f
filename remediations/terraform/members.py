"""Steps into lists and objects, and what a ``for`` makes of its results."""

from __future__ import annotations

from ..model import Unknown
from .nodes import ForExpression
from .partial import Fails, text_of


def member(value: object, key: object, dotted: str) -> object:
    """One member by name or number; of something unknown, that."""
    for one in (value, key):
        if isinstance(one, Unknown):
            return one
    if isinstance(value, dict):
        name = text_of(key)
        if isinstance(name, str) and name in value:
            return value[name]
    if isinstance(value, tuple):
        number = _number(key)
        if number is not None and 0 <= number < len(value):
            return value[number]
    return Fails(f"`{dotted}` does not name a value that is written here")


def _number(key: object) -> int | None:
    if isinstance(key, str) and key.isdecimal() and key.isascii() and len(key) < 10:
        return int(key)
    return key if type(key) is int else None


def members(value: object) -> tuple[object, ...]:
    """What a splat goes over: the elements of a list, nothing of null, else the value itself."""
    if isinstance(value, tuple):
        return value
    return () if value is None else (value,)


def collected(node: ForExpression, made: list[tuple[object, object]]) -> object:
    """The list or the object of a ``for``, its values grouped by key where it asks for that."""
    if node.key is None:
        return tuple(value for _, value in made)
    result: dict[str, object] = {}
    for key, value in made:
        name = text_of(key)
        if isinstance(name, Unknown):
            return name
        if node.groups:
            held = result.setdefault(name, ())
            result[name] = (*held, value) if isinstance(held, tuple) else (value,)
        elif name in result:
            return Fails(f"`for` gives two values for `{name}`")
        else:
            result[name] = value
    return dict(sorted(result.items()))
