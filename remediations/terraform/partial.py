"""Values that are known in part: what is missing, and what Terraform would refuse.

A value is text, number, boolean, null, a tuple, a dict, or an ``Unknown`` in place of any of them.
"""

from __future__ import annotations

import math
from decimal import Decimal

from ..model import Unknown


class Fails(Unknown):
    """An expression that Terraform is sure to refuse; ``try`` goes on behind it."""

    __slots__ = ()


def first_unknown(value: object) -> Unknown | None:
    """The first part that is not known, in the order of the text; None where all is."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Unknown):
            return one
        if isinstance(one, tuple):
            pending.extend(reversed(one))
        elif isinstance(one, dict):
            pending.extend(reversed(one.values()))
    return None


def text_of(value: object) -> str | Unknown:
    """A primitive as Terraform writes it into a text."""
    if isinstance(value, Unknown):
        return value
    try:
        return as_text(value)
    except TypeError as error:
        return Fails(str(error))


def truth_of(value: object) -> bool | Unknown:
    """A boolean, or a text that Terraform takes for one."""
    if isinstance(value, Unknown):
        return value
    try:
        return as_bool(value)
    except TypeError as error:
        return Fails(str(error))


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
