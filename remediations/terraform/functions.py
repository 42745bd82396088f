"""Which of Terraform's functions are worked out, and how they are called. Pure and bounded.

Never a file, a clock, an address or a random number. Facts:
https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ..model import Unknown
from . import collection_functions as many
from . import text_functions as text
from .partial import Fails, first_unknown
from .template import MAX_TEXT

Function = Callable[..., object]

WHOLE: Final[Mapping[str, Function]] = {
    "abs": text.absolute,
    "alltrue": many.all_true,
    "anytrue": many.any_true,
    "base64decode": text.base64_decoded,
    "base64encode": text.base64_encoded,
    "ceil": text.ceil,
    "chomp": text.chomp,
    "contains": many.contains,
    "distinct": many.distinct,
    "endswith": lambda one, two: text.plain(one).endswith(text.plain(two)),
    "floor": text.floor,
    "format": text.formatted,
    "formatlist": text.formatted_list,
    "indent": text.indented,
    "index": many.index,
    "join": many.join,
    "jsondecode": text.json_decoded,
    "jsonencode": text.json_encoded,
    "lower": lambda one: text.ascii_only(one).lower(),
    "max": text.largest,
    "min": text.smallest,
    "range": many.numbers,
    "replace": text.replaced,
    "setintersection": many.intersection,
    "setproduct": many.product,
    "setsubtract": many.difference,
    "setunion": many.union,
    "sort": many.ordered,
    "split": text.split,
    "startswith": lambda one, two: text.plain(one).startswith(text.plain(two)),
    "strrev": lambda one: text.ascii_only(one)[::-1],
    "substr": text.substring,
    "sum": many.total,
    "title": text.title,
    "tobool": text.to_bool,
    "tonumber": text.to_number,
    "toset": many.to_set,
    "tostring": text.to_text,
    "trim": lambda one, signs: text.plain(one).strip(text.plain(signs)),
    "trimprefix": lambda one, start: text.plain(one).removeprefix(text.plain(start)),
    "trimspace": text.trimmed,
    "trimsuffix": lambda one, end: text.plain(one).removesuffix(text.plain(end)),
    "upper": lambda one: text.ascii_only(one).upper(),
}
"""Functions of values that are known in every part."""

PARTLY: Final[Mapping[str, Function]] = {
    "chunklist": many.chunks,
    "coalesce": many.coalesce,
    "coalescelist": many.coalesce_list,
    "compact": many.compact,
    "concat": many.concat,
    "element": many.element,
    "flatten": many.flatten,
    "keys": many.keys,
    "length": many.length,
    "lookup": many.lookup,
    "merge": many.merge,
    "nonsensitive": lambda one: one,
    "one": many.one,
    "reverse": lambda items: many.items_of(items)[::-1],
    "sensitive": lambda one: one,
    "slice": many.sliced,
    "tolist": many.alike,
    "tomap": many.table_of,
    "values": many.values,
    "zipmap": many.zipped,
}
"""Functions that only put values in their places, so that parts of them may be unknown."""

FUNCTIONS: Final[Mapping[str, Function]] = {
    **WHOLE,
    **PARTLY,
    # Taken by the evaluation itself, because a failure is an ordinary answer to them.
    "can": lambda *values: values,
    "try": lambda *values: values,
}


def call_function(name: str, values: Sequence[object]) -> object:
    """What a function makes of these values, or why that is not known."""
    if name in WHOLE:
        unknown = first_unknown(tuple(values))
        if unknown is not None:
            return unknown
    elif name not in ("coalesce", "coalescelist"):
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        if unknown is not None:
            return unknown
    try:
        weigh(*values)
        result = FUNCTIONS[name](*values)
        weigh(result)
    except text.Refused as error:
        return Fails(f"`{name}()` refuses: {error}")
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        return Unknown(f"`{name}()` cannot take these arguments")
    return result


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
