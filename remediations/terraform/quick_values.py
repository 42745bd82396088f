"""Values in the forms that nearly everybody writes. Builds the nodes that ``tree.py`` builds."""

from __future__ import annotations

import re
from typing import Final

from ..model import Span
from .nodes import (
    Call,
    Conditional,
    Entry,
    Expression,
    ForExpression,
    ListExpression,
    Literal,
    ObjectExpression,
    Operation,
    Parentheses,
    Reference,
    Traversal,
)
from .quick_texts import CONSTANTS, KEYWORDS, Texts
from .tokens import LINE, NAME, NUMBER, SIGN, TEXT, NotPlain

MAX_PARTS: Final = 200
"""Longest reference that is read: each part repeats those before it."""
_MAX_DIGITS: Final = 400
_LEVELS: Final = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip # a row a family of operators
_BLANK: Final = re.compile(r"\s+")
_STEPS: Final = frozenset({".", "[", ".*", "[*]"})


class Values(Texts):
    """Reads expressions; each method leaves ``at`` behind what it read."""

    def expression(self) -> Expression:
        """A value, with ``? :`` behind it where there is one."""
        self.enter()
        test = self.binary(1)
        if self.is_sign("?"):
            self.at += 1
            then = self.expression()
            self.take(":")
            otherwise = self.expression()
            test = Conditional(Span(test.span.start, otherwise.span.end), test, then, otherwise)
        self.depth -= 1
        return test

    def binary(self, level: int) -> Expression:
        """Operators that bind at least as strong as ``level``, from the left."""
        left = self.unary()
        while self.kinds[self.at] == SIGN:
            strength = _LEVELS.get(self.words[self.at], 0)
            if strength < level:
                break
            place = self.start(self.at)
            word = self.text[place : self.ends[self.at]]
            self.at += 1
            if self.is_signed_number():
                raise NotPlain
            right = self.binary(strength + 1)
            left = Operation(Span(left.span.start, right.span.end), word, (left, right))
        return left

    def unary(self) -> Expression:
        """A term, with ``-`` or ``!`` before it."""
        if self.kinds[self.at] == SIGN and self.words[self.at] in ("-", "!"):
            return self.signed()
        return self.term()

    def signed(self) -> Expression:
        """What stands behind a sign."""
        sign, begin = self.words[self.at], self.start(self.at)
        self.at += 1
        if self.is_signed_number():
            # The grammar takes the sign for a part of the number, but for one digit.
            literal = self.number()
            return self.steps(Literal(Span(begin, literal.span.end), -literal.value))  # type: ignore[operator] # a number
        operand = self.term()
        return Operation(Span(begin, operand.span.end), sign, (operand,))

    def is_signed_number(self) -> bool:
        """Whether a minus was just taken that the grammar takes for a part of the number."""
        sign, number = self.at - 1, self.at
        return (
            self.words[sign] == "-"
            and self.kinds[number] == NUMBER
            and len(self.words[number]) > 1
            and self.start(number) == self.ends[sign]
        )

    def term(self) -> Expression:
        """A value without operators, and the steps into it."""
        kind = self.kinds[self.at]
        if kind == NAME:
            return self.named()
        if kind == TEXT:
            return self.steps(self.string())
        if kind == NUMBER:
            return self.steps(self.number())
        if kind == SIGN:
            word = self.words[self.at]
            if word == "[":
                return self.steps(self.listed())
            if word == "{":
                return self.steps(self.table())
            if word == "(":
                begin = self.start(self.at)
                self.at += 1
                inner = self.expression()
                end = self.ends[self.take(")")]
                return self.steps(Parentheses(Span(begin, end), inner))
            if word == '"':
                return self.steps(self.template())
        raise NotPlain

    def number(self) -> Literal:
        """A whole number or one with a fraction."""
        word, end = self.words[self.at], self.ends[self.at]
        self.at += 1
        if len(word) > _MAX_DIGITS:
            raise NotPlain
        span = Span(end - len(word), end)
        return Literal(span, int(word) if word.isdecimal() else float(word))

    def named(self) -> Expression:
        """A constant, a call or a reference."""
        begin, word = self.start(self.at), self.words[self.at]
        end = self.ends[self.at]
        if word in KEYWORDS:
            raise NotPlain
        self.at += 1
        if self.is_sign("("):
            if word in CONSTANTS:
                raise NotPlain
            return self.steps(self.call(begin))
        if word in CONSTANTS:
            return self.steps(Literal(Span(begin, end), CONSTANTS[word]))
        name = self.text[begin:end]
        if self.kinds[self.at] != SIGN or self.words[self.at] not in _STEPS:
            return Reference(Span(begin, end), (name,), name)
        parts = (name, *self.parts())
        if len(parts) > MAX_PARTS:
            raise NotPlain
        span = Span(begin, self.ends[self.at - 1])
        return Reference(span, parts, _BLANK.sub("", self.text[begin : span.end]))

    def steps(self, base: Expression) -> Expression:
        """What is reached from a value by ``.name`` and ``[index]``."""
        if self.kinds[self.at] != SIGN or self.words[self.at] not in _STEPS:
            return base
        parts = self.parts()
        if len(parts) > MAX_PARTS:
            raise NotPlain
        return Traversal(Span(base.span.start, self.ends[self.at - 1]), base, parts)

    def parts(self) -> tuple[str | Expression, ...]:
        """The steps themselves."""
        found: list[str | Expression] = []
        while self.kinds[self.at] == SIGN and self.words[self.at] in _STEPS:
            word = self.words[self.at]
            self.at += 1
            if word in (".*", "[*]"):
                found.append("*")
            elif word == "[":
                found.append(self.expression())
                self.take("]")
            elif self.kinds[self.at] == NUMBER:
                literal = self.number()
                if not isinstance(literal.value, int):
                    raise NotPlain
                found.append(literal)
            else:
                found.append(self.name())
        return tuple(found)

    def call(self, begin: int) -> Call:
        """The arguments of a function."""
        opening = self.take("(")
        name = _BLANK.sub("", self.text[begin : self.start(opening)])
        arguments: list[Expression] = []
        expands = False
        while not self.is_sign(")"):
            arguments.append(self.expression())
            if self.is_sign("..."):
                self.at += 1
                expands = True
                break
            if not self.is_sign(")"):
                self.take(",")
        end = self.ends[self.take(")")]
        return Call(Span(begin, end), name, tuple(arguments), expands)

    def listed(self) -> Expression:
        """``[…]``, which may be a ``for``."""
        begin = self.start(self.take("["))
        if self.kinds[self.at] == NAME and self.words[self.at] == "for":
            return self.loop(begin, "]")
        items: list[Expression] = []
        while not self.is_sign("]"):
            items.append(self.expression())
            if not self.is_sign("]"):
                self.take(",")
        return ListExpression(Span(begin, self.ends[self.take("]")]), tuple(items))

    def loop(self, begin: int, closer: str) -> ForExpression:
        """A ``for``, behind its opening bracket."""
        self.at += 1
        names = self.loop_names()
        collection = self.expression()
        self.take(":")
        key, value, groups = None, self.expression(), False
        if closer == "}":
            self.take("=>")
            key, value = value, self.expression()
            if self.is_sign("..."):
                self.at += 1
                groups = True
        condition = None
        if self.kinds[self.at] == NAME and self.words[self.at] == "if":
            self.at += 1
            condition = self.expression()
        span = Span(begin, self.ends[self.take(closer)])
        return ForExpression(span, names, collection, key, value, condition, groups)

    def table(self) -> Expression:
        """``{…}``, which may be a ``for``."""
        begin = self.start(self.take("{"))
        if self.kinds[self.at] == NAME and self.words[self.at] == "for":
            following = self.words[self.at + 1]
            if following not in ("=", ":"):
                return self.loop(begin, "}")
        entries: list[Entry] = []
        self.skip_lines()
        while not self.is_sign("}"):
            key = self.key()
            if not (self.is_sign("=") or self.is_sign(":")):
                raise NotPlain
            self.at += 1
            value = self.expression()
            entries.append(Entry(key, value, Span(key.span.start, value.span.end)))
            if self.is_sign(","):
                self.at += 1
                self.skip_lines()
            elif self.kinds[self.at] == LINE:
                self.at += 1
            elif not self.is_sign("}"):
                raise NotPlain
        return ObjectExpression(Span(begin, self.ends[self.take("}")]), tuple(entries))

    def key(self) -> Expression:
        """A word, which may be a keyword here, or any value without operators."""
        if self.kinds[self.at] == NAME and self.words[self.at] in KEYWORDS:
            name = self.name()
            return Reference(Span(self.start(self.at - 1), self.ends[self.at - 1]), (name,), name)
        return self.term()
