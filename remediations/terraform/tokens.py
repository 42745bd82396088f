"""Tokens of Terraform's shadow text, and steps over them. Knows no nodes."""

from __future__ import annotations

import re
from typing import Final

from ..source import SourceFile
from .scan import HeredocScan, Scan

MAX_NESTING: Final = 60

_TOKEN: Final = re.compile(
    r"[ \t\r]*(?:"
    r"(?P<name>[a-zA-Z_][a-zA-Z0-9_-]*)"
    r'|(?P<text>"x*")'
    r"|(?P<line>\n[ \t\r\n]*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<sign>\$\{|%\{|\.\.\.|\.\*|\[\*\]|=>|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:,.=(){}\[\]\"~])"
    r"|(?P<end>\Z))"
)
NAME, TEXT, LINE, NUMBER, SIGN, END = range(1, 7)


class NotPlain(Exception):
    """Something that the grammar has to decide about."""


class Tokens:
    """The tokens of a file; ``at`` is the next one. The last one is the end."""

    def __init__(self, source: SourceFile, scanned: Scan) -> None:
        self.text = source.text
        self.shadow = scanned.shadow
        self.heredocs: dict[int, HeredocScan] = {h.span.start: h for h in scanned.heredocs}
        self.kinds: list[int] = []
        self.words: list[str] = []
        self.ends: list[int] = []
        self.at = 0
        self.depth = 0
        self.split()

    def split(self) -> None:
        """Tokens, one after the other; the last one is the end."""
        position = 0
        kinds, words, ends = self.kinds, self.words, self.ends
        for found in _TOKEN.finditer(self.shadow):
            if found.start() != position:
                break
            kind = found.lastindex or END
            position = found.end()
            kinds.append(kind)
            words.append(found[kind])
            ends.append(position)
            if kind == END:
                return
        raise NotPlain

    def start(self, at: int) -> int:
        """Where a token begins, without the blanks before it."""
        return self.ends[at] - len(self.words[at])

    def is_sign(self, word: str) -> bool:
        """Whether the next token is this sign."""
        return self.words[self.at] == word and self.kinds[self.at] == SIGN

    def take(self, word: str) -> int:
        """Step over a sign; its number."""
        if self.words[self.at] != word or self.kinds[self.at] != SIGN:
            raise NotPlain
        self.at += 1
        return self.at - 1

    def name(self) -> str:
        """Step over a name, as it is written."""
        if self.kinds[self.at] != NAME:
            raise NotPlain
        self.at += 1
        return self.text[self.start(self.at - 1) : self.ends[self.at - 1]]

    def skip_lines(self) -> None:
        """Step over line ends."""
        if self.kinds[self.at] == LINE:
            self.at += 1

    def enter(self) -> None:
        """One level deeper, where that is still plain."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise NotPlain
