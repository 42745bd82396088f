"""Functions of texts and numbers. Whoever passes what Terraform refuses gets an exception."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Final

from .operators import operate
from .partial import as_bool, as_text
from .template import MAX_TEXT

_VERB: Final = re.compile(r"%(?:(%)|(0\d{1,2})?([svdqt]))")
# What Go's JSON encoder writes as an escape, and with it Terraform's jsonencode.
_JSON_ESCAPES: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
_BLANKS: Final = " \t\n\v\f\r"
_DEEPEST_JSON: Final = 100
_LONGEST: Final = 4_096


def plain(value: object) -> str:
    """A text. Raises ``TypeError`` for anything else."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def ascii_only(value: object) -> str:
    """A text whose case and length mean the same in every language."""
    if not plain(value).isascii():
        raise TypeError("not a plain text")
    return plain(value)


def number(value: object) -> int | float:
    """A number or a text of one."""
    made = operate("+", [value, 0])
    if type(made) not in (int, float):
        raise TypeError("no number")
    assert isinstance(made, int | float)
    return made


class Refused(Exception):
    """Terraform is sure to refuse these arguments, so that ``try`` goes on behind them."""


def to_text(value: object) -> str | None:
    """``tostring``"""
    return None if value is None else as_text(value)


def to_bool(value: object) -> bool | None:
    """``tobool``"""
    try:
        return None if value is None else as_bool(value)
    except TypeError as error:
        raise Refused("neither true nor false") from error


def to_number(value: object) -> int | float | None:
    """``tonumber``"""
    return None if value is None else number(value)


def absolute(value: object) -> int | float:
    """``abs``"""
    return abs(number(value))


def ceil(value: object) -> int:
    """``ceil``"""
    return math.ceil(number(value))


def floor(value: object) -> int:
    """``floor``"""
    return math.floor(number(value))


def largest(*values: object) -> int | float:
    """``max``"""
    return max(number(value) for value in values)


def smallest(*values: object) -> int | float:
    """``min``"""
    return min(number(value) for value in values)


def formatted(template: object, *values: object) -> str:
    """``format`` with ``%s``, ``%v``, ``%d``, ``%03d``, ``%q``, ``%t`` and ``%%`` only."""
    left = list(values)
    if re.sub(_VERB, "", plain(template)).count("%"):
        raise ValueError("a verb that is not worked out here")

    def write(verb: re.Match[str]) -> str:
        return "%" if verb[1] else _written(verb[3], verb[2], left.pop(0))

    text = _VERB.sub(write, plain(template))
    if left:
        raise ValueError("more values than verbs")
    return text


def _written(verb: str, width: str | None, value: object) -> str:
    if verb == "d":
        whole = number(value)
        if type(whole) is not int:
            raise ValueError("no whole number")
        return f"{whole:{width or ''}d}"
    if width:
        raise ValueError("a width of a text")
    if verb == "q":
        return json.dumps(ascii_only(value)).translate(_JSON_ESCAPES)
    return as_text(value)


def formatted_list(template: object, *values: object) -> tuple[str, ...]:
    """``formatlist``: lists of one length, everything else for each of them."""
    lengths = {len(value) for value in values if isinstance(value, tuple)}
    if len(lengths) != 1:
        raise ValueError("lists of several lengths")
    rows = (
        [value[row] if isinstance(value, tuple) else value for value in values]
        for row in range(lengths.pop())
    )
    return tuple(formatted(template, *row) for row in rows)


def indented(spaces: object, text: object) -> str:
    """``indent``: every line but the first."""
    count = number(spaces)
    if type(count) is not int or not 0 <= count <= _LONGEST:
        raise ValueError("no number of blanks")
    if plain(text).count("\n") * count > MAX_TEXT:
        raise ValueError("the value is too large")
    return plain(text).replace("\n", "\n" + " " * count)


def replaced(text: object, old: object, new: object) -> str:
    """``replace``, but for patterns."""
    one, two, three = plain(text), plain(old), plain(new)
    if len(two) > 1 and two.startswith("/") and two.endswith("/"):
        raise ValueError("a pattern that is not worked out here")
    if len(one) + (one.count(two) * len(three)) > MAX_TEXT:
        raise ValueError("the value is too large")
    return one.replace(two, three)


def split(separator: object, text: object) -> tuple[str, ...]:
    """``split``"""
    return tuple(plain(text).split(plain(separator)) if separator else ascii_only(text))


def substring(text: object, offset: object, length: object) -> str:
    """``substr``: of plain texts, where a character is a character everywhere."""
    whole, start, count = ascii_only(text), number(offset), number(length)
    if not isinstance(start, int) or not isinstance(count, int):
        raise TypeError("no whole number")
    start = max(0, len(whole) + start) if start < 0 else start
    return whole[start:] if count < 0 else whole[start : start + count]


def chomp(text: object) -> str:
    """``chomp``"""
    return plain(text).rstrip("\r\n")


def trimmed(text: object) -> str:
    """``trimspace``"""
    return ascii_only(text).strip(_BLANKS)


def title(text: object) -> str:
    """``title``: a capital at the start of each word."""
    return re.sub(r"(?<![A-Za-z0-9_])[a-z]", lambda found: found[0].upper(), ascii_only(text))


def base64_encoded(text: object) -> str:
    """``base64encode``"""
    return base64.b64encode(plain(text).encode()).decode()


def base64_decoded(text: object) -> str:
    """``base64decode``"""
    return base64.b64decode(plain(text), validate=True).decode()


def json_encoded(value: object) -> str:
    """``jsonencode``"""
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


def json_decoded(text: object) -> object:
    """``jsondecode``"""
    whole = plain(text)
    depth = deepest = 0
    for sign in whole:
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST_JSON:
        raise ValueError("nested too deep")
    return _frozen(json.loads(whole, parse_constant=_no_constant))


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return value
