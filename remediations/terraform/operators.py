"""Terraform's operators on values that may be known in part.

https://developer.hashicorp.com/terraform/language/expressions/operators
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from ..model import Unknown
from .partial import Fails, as_text, first_unknown, truth_of

Number = int | float


def equal(left: object, right: object) -> bool:
    """Equality without conversion: ``1`` is neither ``true`` nor ``"1"``."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(equal(one, two) for one, two in pairs)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return kind_of(left) == kind_of(right) and left == right


def kind_of(value: object) -> str:
    """One word for numbers of every sort, else the type."""
    return "number" if type(value) in (int, float) else type(value).__name__


def operate(operator: str, values: Sequence[object]) -> object:
    """One or two operands and what comes of them."""
    if operator in ("&&", "||"):
        return _logic(operator, values)
    if operator in ("==", "!=") and _is_null_beside_some(values):
        return operator == "!="
    unknown = first_unknown(tuple(values))
    if unknown is not None:
        return unknown
    match operator, values:
        case "==", [left, right]:
            return equal(left, right)
        case "!=", [left, right]:
            return not equal(left, right)
        case "!", [only]:
            truth = truth_of(only)
            return truth if isinstance(truth, Unknown) else not truth
        case "-", [only]:
            return _arithmetic("-", 0, only)
        case _, [left, right]:
            return _arithmetic(operator, left, right)
        case _:
            return Unknown(f"`{operator}` is not worked out here")


def _is_null_beside_some(values: Sequence[object]) -> bool:
    """Null is no list and no object, whatever these hold."""
    is_some = any(isinstance(value, tuple | dict) for value in values)
    return is_some and any(value is None for value in values)


def _logic(operator: str, values: Sequence[object]) -> object:
    """What one side settles is settled, whatever the other one turns out to be."""
    truths = [truth_of(value) for value in values]
    decides = operator == "||"
    failed = next((truth for truth in truths if isinstance(truth, Fails)), None)
    if failed is not None:
        return failed
    if any(truth is decides for truth in truths):
        return decides
    unknown = next((truth for truth in truths if isinstance(truth, Unknown)), None)
    return (not decides) if unknown is None else unknown


def _arithmetic(operator: str, left: object, right: object) -> object:
    one, two = _fraction(left), _fraction(right)
    if one is None or two is None or operator not in _ARITHMETIC:
        return Fails(f"`{operator}` is not worked out here")
    if operator in "/%" and two == 0:
        return Fails("a division by zero")
    if operator == "%" and (one < 0 or two < 0):
        return Unknown("a remainder of negative numbers is not worked out here")
    result = _ARITHMETIC[operator](one, two)
    return result if isinstance(result, bool) else _number(result)


_ARITHMETIC: Final[Mapping[str, Callable[[Fraction, Fraction], Fraction | bool]]] = {
    "+": lambda one, two: one + two,
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": lambda one, two: one / two,
    "%": lambda one, two: one % two,
    "<": lambda one, two: one < two,
    "<=": lambda one, two: one <= two,
    ">": lambda one, two: one > two,
    ">=": lambda one, two: one >= two,
}
_MOST_DIGITS: Final = 400


def _fraction(value: object) -> Fraction | None:
    """A number, or a text that Terraform takes for one, exactly as it was written."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        text = as_text(value)
        return Fraction(text) if "/" not in text and len(text) < _MOST_DIGITS else None
    except (TypeError, ValueError):
        return None


def _number(value: Fraction) -> object:
    if value.denominator == 1:
        is_short = abs(value.numerator) < 10**_MOST_DIGITS
        return value.numerator if is_short else Unknown("the number is too long")
    short = float(value)
    return short if Fraction(repr(short)) == value else Unknown("the number is not a short one")


def unified(value: object, other: object) -> object:
    """A branch of a condition; of two primitives of different types Terraform makes texts."""
    kinds = {kind_of(value), kind_of(other)}
    if kinds in ({"number", "str"}, {"bool", "str"}):
        return as_text(value)
    return value
