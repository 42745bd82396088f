"""Tokens of Terraform's shadow text, and steps over them. Knows no nodes."""

from __future__ import annotations

import re
from itertools import accumulate
from string import ascii_letters, digits
from typing import Final

from ..source import SourceFile
from .scan import HeredocScan, Scan

MAX_NESTING: Final = 60

_TOKEN: Final = re.compile(
    r"[ \t\r]*(?:"
    r"[a-zA-Z_][a-zA-Z0-9_-]*"
    r'|"x*"'
    r"|\n[ \t\r\n]*"
    r"|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
    r"|\$\{|%\{|\.\.\.|\.\*|\[\*\]|=>|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:,.=(){}\[\]\"~]"
    r"|\Z)"
)
NAME, TEXT, LINE, NUMBER, SIGN, END = range(1, 7)
_KINDS: Final = (
    dict.fromkeys(f"{ascii_letters}_", NAME)
    | dict.fromkeys(digits, NUMBER)
    | dict.fromkeys("$%.[=!<>&|-+*/?:,(){}]~", SIGN)
    | {'"': TEXT, "\n": LINE, "": END}
)
"""What a token is, by how it begins. A quote alone is a sign: of a text that is not all plain."""


class NotPlain(Exception):
    """Something that the grammar has to decide about."""


class Tokens:
    """The tokens of a file, or of a piece of it that begins at ``start``.

    ``at`` is the next one. The last one is the end.
    """

    def __init__(self, source: SourceFile, scanned: Scan, start: int = 0) -> None:
        self.text = source.text
        self.shadow = scanned.shadow
        self.heredocs: dict[int, HeredocScan] = {h.span.start: h for h in scanned.heredocs}
        self.at = 0
        self.depth = 0
        self.split(start)

    def split(self, start: int) -> None:
        """Tokens, one after the other; the last one is the end."""
        pieces = _TOKEN.findall(self.shadow)
        self.ends = list(accumulate(map(len, pieces), initial=start))[1:]
        if self.ends[-1] - start != len(self.shadow):
            raise NotPlain  # something between them is none
        self.words = [piece.lstrip(" \t\r") for piece in pieces]
        self.kinds = [SIGN if word == '"' else _KINDS[word[:1]] for word in self.words]

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
