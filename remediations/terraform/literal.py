"""The text of strings and heredocs as Terraform reads it: escapes undone, indentation taken off.

Knows no nodes and no grammar.
"""

from __future__ import annotations

import re
from typing import Final

_ESCAPE: Final = re.compile(r'\\(n|r|t|"|\\|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})')
_SIGN: Final = re.compile(r"([$%])\1\{")
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_BLANK: Final = re.compile(r"\s*\n")
_SIMPLE: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def unescape(text: str) -> str:
    """Literal text of a quoted string. The scanner has refused every other escape."""

    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return _SIMPLE.get(code) or chr(int(code[1:], 16))

    # Signs first: what an escape such as `\u0024` writes is never a sign of a template.
    return _ESCAPE.sub(plain, unescape_signs(text))


def unescape_signs(text: str) -> str:
    """Literal text of a heredoc, where only ``$${`` and ``%%{`` are escapes."""
    return _SIGN.sub(r"\1{", text) if "{" in text else text


def outdent(texts: list[str | None]) -> list[str | None]:
    """Take off what all lines of a ``<<-`` heredoc begin with; ``None`` is an interpolation.

    As Terraform does it: blank lines neither count nor change, a tab counts as one blank.
    """
    pieces = [None if text is None else _LINE.findall(text) for text in texts]
    widths: list[int] = []
    is_start = True
    for lines in pieces:
        for line in lines or [""]:
            if is_start and not _BLANK.fullmatch(line):
                widths.append(len(line) - len(line.lstrip()))
            is_start = line.endswith("\n")
    width = min(widths, default=0)
    return [
        None if lines is None else _shorten(lines, width, at_start=number == 0)
        for number, lines in enumerate(pieces)
    ]


def _shorten(lines: list[str], width: int, *, at_start: bool) -> str:
    kept = [
        line if _BLANK.fullmatch(line) or (number == 0 and not at_start) else line[width:]
        for number, line in enumerate(lines)
    ]
    return "".join(kept)
