"""One forward pass over Terraform text: strings, comments, brackets and heredocs.

Gives a *shadow*: text of equal length in which everything that python-hcl2's grammar trips over is
neutralised, so that offsets into the shadow are offsets into the original. Builds no tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from ..model import Span
from ..source import SourceFile

MAX_DEPTH: Final = 200
"""Deepest nesting of brackets, braces and interpolations that is read."""

_PLAIN: Final = re.compile(r"[^\"#/<{}()\[\]\n\r\x80-\U0010ffff]+")
_HEREDOC: Final = re.compile(r"<<(?P<trim>-?)(?P<marker>[^\W\d][\w.-]*)(?P<blank>[ \t]*)\r?\n")
_STRING_PLAIN: Final = re.compile(r"[^\"\\$%\n]+")
_OPENERS: Final = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class HeredocScan:
    """Where a heredoc stands: the whole token, its body without the closing line, its marker."""

    span: Span
    body: Span
    marker: str
    is_indented: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """The shadow text, with the spans of what was neutralised."""

    shadow: str
    comments: tuple[Span, ...]
    heredocs: tuple[HeredocScan, ...]


@dataclass(slots=True)
class _Scanner:
    source: SourceFile
    out: list[str]
    position: int = 0
    stack: list[tuple[str, int]] = field(default_factory=list)
    comments: list[Span] = field(default_factory=list)
    heredocs: list[HeredocScan] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.source.text

    def run(self) -> Scan:
        while self.position < len(self.text):
            if self.stack and self.stack[-1][0] == '"':
                self.in_string()
            else:
                self.in_code()
        if self.stack:
            opener, offset = self.stack[-1]
            raise self.source.unreadable(offset, f"`{opener}` is never closed")
        return Scan("".join(self.out), tuple(self.comments), tuple(self.heredocs))

    def in_code(self) -> None:
        plain = _PLAIN.match(self.text, self.position)
        if plain:
            self.position = plain.end()
            return
        character = self.text[self.position]
        if character in "#/" and self.comment(character):
            return
        if character == "<" and self.heredoc():
            return
        if character == '"':
            self.push('"')
        elif character in _OPENERS:
            self.push(character)
        elif character in ")]}":
            self.pop(character)
        elif character in "\n\r":
            self.newline(character)
        elif ord(character) > 127:
            self.beyond_ascii(character)
        self.position += 1

    def in_string(self) -> None:
        plain = _STRING_PLAIN.match(self.text, self.position)
        if plain:
            self.position = plain.end()
            return
        two = self.text[self.position : self.position + 2]
        if self.text[self.position] == "\n":
            raise self.source.unreadable(self.stack[-1][1], "the string is not closed on its line")
        if self.text.startswith(("$${", "%%{"), self.position):
            self.position += 3
        elif two in ("${", "%{"):
            self.push("{", 1)
            self.strip_marker(self.position + 2)
            self.position += 2
        elif two[0] == "\\":
            self.position += 2
        elif two[0] == '"':
            self.pop('"')
            self.position += 1
        else:
            self.position += 1

    def strip_marker(self, offset: int) -> None:
        if self.text[offset - 2] == "$" and self.text.startswith("~", offset):
            self.blank(Span(offset, offset + 1))

    def push(self, opener: str, shift: int = 0) -> None:
        if len(self.stack) >= MAX_DEPTH:
            reason = f"more than {MAX_DEPTH} levels of nesting"
            raise self.source.unreadable(self.position, reason)
        self.stack.append((opener, self.position + shift))

    def pop(self, closer: str) -> None:
        wanted = self.stack[-1][0] if self.stack else ""
        if not wanted or (_OPENERS.get(wanted, '"') != closer):
            raise self.source.unreadable(self.position, f"`{closer}` closes nothing")
        _, offset = self.stack.pop()
        if closer == "}" and self.text[offset - 1 : offset] in ("$", "%"):
            before = self.position - 1
            if self.text[offset - 1] == "$" and self.text[before] == "~":
                self.blank(Span(before, before + 1))

    def newline(self, character: str) -> None:
        """Newlines mean nothing inside parentheses, indices and interpolations."""
        if not self.stack:
            return
        opener, offset = self.stack[-1]
        is_template = opener == "{" and self.text[offset - 1 : offset] in ("$", "%")
        if opener in "([" or is_template:
            self.out[self.position] = " "

    def beyond_ascii(self, character: str) -> None:
        if character.isidentifier() or ("a" + character).isidentifier():
            self.out[self.position] = "a"

    def blank(self, span: Span) -> None:
        for offset in range(span.start, span.end):
            if self.out[offset] != "\n":
                self.out[offset] = " "

    def comment(self, character: str) -> bool:
        two = self.text[self.position : self.position + 2]
        if character == "/" and two not in ("//", "/*"):
            return False
        start = self.position
        if two == "/*":
            end = self.text.find("*/", start + 2)
            if end < 0:
                raise self.source.unreadable(start, "the comment is never closed")
            end += 2
        else:
            end = self.text.find("\n", start)
            end = len(self.text) if end < 0 else end
            end -= self.text[end - 1] == "\r"
        span = Span(start, end)
        self.comments.append(span)
        self.out[start:end] = " " * (end - start)
        self.position = end
        return True

    def heredoc(self) -> bool:
        opening = _HEREDOC.match(self.text, self.position)
        if opening is None:
            return False
        marker = opening["marker"]
        closing = re.compile(rf"^[ \t]*{re.escape(marker)}(?=[ \t]*\r?(?:\n|\Z))", re.MULTILINE)
        end = closing.search(self.text, opening.end())
        if end is None:
            reason = f"the heredoc `{marker}` is never closed"
            raise self.source.unreadable(self.position, reason)
        span = Span(self.position, end.end())
        body = Span(opening.end(), end.start())
        self.heredocs.append(HeredocScan(span, body, marker, bool(opening["trim"])))
        # To the grammar a heredoc is the string "xxx": it ends where its marker ends.
        self.out[span.start : span.end] = '"' + "x" * (span.end - span.start - 2) + '"'
        self.position = span.end
        return True


def scan(source: SourceFile) -> Scan:
    """Scan a file. Raises ``Unparsable`` with line and column for what can never be Terraform."""
    return _Scanner(source, list(source.text)).run()
