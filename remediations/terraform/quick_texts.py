"""Strings, heredocs and what stands inside of them, in the forms that nearly everybody writes."""

from __future__ import annotations

from abc import abstractmethod
from typing import Final

from ..model import Span
from .literal import outdent, unescape, unescape_signs
from .nodes import Directive, Expression, Heredoc, Other, String
from .scan import HeredocScan
from .tokens import NAME, NotPlain, Tokens

CONSTANTS: Final = {"true": True, "false": False, "null": None}
KEYWORDS: Final = frozenset({"if", "in", "for", "for_each", "else", "endif", "endfor"})
_DIRECTIVES: Final = frozenset({"if", "else", "endif", "for", "endfor"})
_CLOSES: Final = {"else": ("if",), "endif": ("if", "else"), "endfor": ("for",)}


class Texts(Tokens):
    """Reads templates; the expressions in them are read by its heirs."""

    @abstractmethod
    def expression(self) -> Expression:
        """A value, with ``? :`` behind it where there is one."""

    def string(self) -> Expression:
        """A text without interpolation, or such a heredoc."""
        end = self.ends[self.at]
        begin = end - len(self.words[self.at])
        self.at += 1
        heredoc = self.heredocs.get(begin)
        if heredoc is not None:
            return self.heredoc(heredoc, [Span(begin + 1, end - 1)])
        if end - begin == 2:
            return String(Span(begin, end), ())
        return String(Span(begin, end), (unescape(self.text[begin + 1 : end - 1]),))

    def template(self) -> Expression:
        """A text with interpolations and directives."""
        begin = self.start(self.take('"'))
        self.enter()
        parts: list[Span | Expression] = []
        opened: list[str] = []
        position = begin + 1
        while not (self.is_sign('"') and self.start(self.at) == position):
            if self.start(self.at) != position:
                raise NotPlain
            if self.is_sign("${"):
                parts.append(self.interpolation())
            elif self.is_sign("%{"):
                parts.append(self.directive(opened))
            elif self.kinds[self.at] == NAME:
                parts.append(Span(position, self.ends[self.at]))
                self.at += 1
            else:
                raise NotPlain
            position = self.ends[self.at - 1]
        end = self.ends[self.take('"')]
        self.depth -= 1
        if opened:
            raise NotPlain
        heredoc = self.heredocs.get(begin)
        if heredoc is not None:
            return self.heredoc(heredoc, parts)
        made = (
            part if isinstance(part, Expression) else unescape(self.text[part.start : part.end])
            for part in parts
        )
        return String(Span(begin, end), tuple(made))

    def interpolation(self) -> Expression:
        """``${ … }``; one that trims its neighbours is something else."""
        begin = self.start(self.take("${"))
        inner = self.expression()
        end = self.ends[self.take("}")]
        trims = self.text[begin + 2] == "~" or self.text[end - 2] == "~"
        return Other(Span(begin, end), (inner,)) if trims else inner

    def directive(self, opened: list[str]) -> Directive:
        """``opened`` are the words of this template that wait for their end."""
        begin = self.start(self.take("%{"))
        before = self.tilde()
        keyword = self.name()
        closes = _CLOSES.get(keyword, ())
        if keyword not in _DIRECTIVES or (closes and (not opened or opened.pop() not in closes)):
            raise NotPlain
        if not keyword.startswith("end"):
            opened.append(keyword)
        names: tuple[str, ...] = ()
        inner = None
        if keyword == "for":
            names = self.loop_names()
        if keyword in ("if", "for"):
            inner = self.expression()
        after = self.tilde()
        end = self.ends[self.take("}")]
        return Directive(Span(begin, end), keyword, names, inner, (before, after))

    def tilde(self) -> bool:
        """Step over a ``~`` where there is one."""
        is_there = self.is_sign("~")
        self.at += is_there
        return is_there

    def heredoc(self, found: HeredocScan, inner: list[Span | Expression]) -> Heredoc:
        """A heredoc of what was read between its quotes in the shadow."""
        texts: list[str | None] = []
        for part in inner:
            if isinstance(part, Expression):
                texts.append(None)
                continue
            start, end = max(part.start, found.body.start), min(part.end, found.body.end)
            texts.append(self.text[start:end])
        texts = outdent(texts) if found.is_indented else texts
        parts = (
            part if isinstance(part, Expression) else unescape_signs(text or "")
            for part, text in zip(inner, texts, strict=True)
        )
        kept = tuple(part for part in parts if part != "")
        return Heredoc(found.span, found.body, found.marker, found.is_indented, kept)

    def loop_names(self) -> tuple[str, ...]:
        """One or two names, and the ``in`` behind them."""
        names = [self.loop_name()]
        if self.is_sign(","):
            self.at += 1
            names.append(self.loop_name())
        if self.name() != "in":
            raise NotPlain
        return tuple(names)

    def loop_name(self) -> str:
        """A name that a ``for`` binds."""
        if self.words[self.at] in KEYWORDS or self.words[self.at] in CONSTANTS:
            raise NotPlain
        return self.name()
