"""Templates: texts with values and directives in them.

https://developer.hashicorp.com/terraform/language/expressions/strings#directives
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..model import Unknown
from .nodes import Directive, Expression
from .partial import Fails, text_of, truth_of

MAX_TEXT: Final = 64 * 1024
"""Characters and items that one value may hold, all told."""

Names = dict[str, object]
Evaluate = Callable[[Expression, Names], object]
Part = str | Expression


def render(parts: tuple[Part, ...], evaluate: Evaluate) -> str | Unknown:
    """The text, or why it is not known. ``evaluate`` takes the names that a ``for`` binds."""
    rendering = _Rendering(_trimmed(parts), evaluate)
    unknown = rendering.run(0, len(parts), {})
    return "".join(rendering.pieces) if unknown is None else unknown


def _trimmed(parts: tuple[Part, ...]) -> list[Part]:
    """Without the blanks that a directive's ``~`` takes away."""
    found = list(parts)
    for number, part in enumerate(parts):
        if not isinstance(part, Directive):
            continue
        before, after = part.trims
        left = found[number - 1] if number else None
        right = found[number + 1] if number + 1 < len(found) else None
        if before and isinstance(left, str):
            found[number - 1] = left.rstrip()
        if after and isinstance(right, str):
            found[number + 1] = right.lstrip()
    return found


class _Rendering:
    def __init__(self, parts: list[Part], evaluate: Evaluate) -> None:
        self.parts = parts
        self.evaluate = evaluate
        self.pieces: list[str] = []
        self.left = MAX_TEXT

    def run(self, start: int, end: int, names: Names) -> Unknown | None:
        """Write the parts from ``start`` to ``end``; why not, where that cannot be."""
        number = start
        while number < end:
            part = self.parts[number]
            if isinstance(part, Directive):
                middle, close = self.ends(number)
                unknown = self.directive(part, number, middle, close, names)
                number = close
            else:
                unknown = self.write(part, names)
            if unknown is not None:
                return unknown
            number += 1
        return None

    def write(self, part: Part, names: Names) -> Unknown | None:
        text = part if isinstance(part, str) else text_of(self.evaluate(part, names))
        if isinstance(text, Unknown):
            return text
        self.left -= len(text)
        if self.left < 0:
            return Unknown("the text is too long to work out")
        self.pieces.append(text)
        return None

    def ends(self, number: int) -> tuple[int, int]:
        """Where ``else`` (or the end) and the end of a directive stand."""
        depth, middle = 0, None
        for place in range(number, len(self.parts)):
            part = self.parts[place]
            if not isinstance(part, Directive):
                continue
            depth += (part.keyword in ("if", "for")) - part.keyword.startswith("end")
            if part.keyword == "else" and depth == 1:
                middle = place
            if depth == 0:
                return place if middle is None else middle, place
        return number, number  # never: the parser has matched them

    def directive(
        self, part: Directive, start: int, middle: int, close: int, names: Names
    ) -> Unknown | None:
        value = self.evaluate(part.expression, names) if part.expression else None
        if isinstance(value, Unknown):
            return value
        if part.keyword == "if":
            truth = truth_of(value)
            if isinstance(truth, Unknown):
                return truth
            span = (start + 1, middle) if truth else (middle + 1, close)
            return self.run(*span, names)
        if isinstance(value, dict):
            pairs: list[tuple[object, object]] = sorted(value.items())
        elif isinstance(value, tuple):
            pairs = list(enumerate(value))
        else:
            return Fails("`for` goes over something that is no collection")
        for key, item in pairs:
            bound = dict(zip(part.names[::-1], (item, key), strict=False))
            unknown = self.run(start + 1, close, {**names, **bound})
            if unknown is not None:
                return unknown
        return None
