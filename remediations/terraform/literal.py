"""The text of strings and heredocs as Terraform reads it: escapes undone, indentation taken off.

Knows no nodes and no grammar.
"""

from __future__ import annotations

import re
from typing import Final

_ESCAPE: Final = re.compile(r'\\(n|r|t|"|\\|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})')
_SIGN: Final = re.compile(r"([$%])\1\{")
_SIMPLE: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_INDENT: Final = re.compile(r"^ *", re.MULTILINE)


def unescape(text: str) -> str:
    """Literal text of a quoted string. The scanner has refused every other escape."""

    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return _SIMPLE.get(code) or chr(int(code[1:], 16))

    # Signs first: what an escape such as `\u0024` writes is never a sign of a template.
    return _ESCAPE.sub(plain, unescape_signs(text))


def unescape_signs(text: str) -> str:
    """Literal text of a heredoc, where only ``$${`` and ``%%{`` are escapes."""
    return _SIGN.sub(r"\1{", text)


def outdent(texts: list[str | None]) -> list[str | None]:
    """Take off what all lines of a ``<<-`` heredoc begin with; ``None`` is an interpolation.

    As Terraform does it: only blanks at the beginning of a line count, tabs do not.
    """
    widths: list[int] = []
    for number, text in enumerate(texts):
        if text is not None:
            widths += (len(blanks) for blanks in _line_indents(text, at_start=number == 0))
    width = min(widths, default=0)
    if not width:
        return texts
    return [
        text if text is None else _shorten(text, width, at_start=number == 0)
        for number, text in enumerate(texts)
    ]


def _line_indents(text: str, *, at_start: bool) -> list[str]:
    """The blanks each line of ``text`` begins with; an unfinished last line counts too."""
    found = [match[0] for match in _INDENT.finditer(text)]
    found = found if at_start else found[1:]
    return found[:-1] if found and text.endswith("\n") else found


def _shorten(text: str, width: int, *, at_start: bool) -> str:
    lines = text.split("\n")
    first = lines[0][width:] if at_start else lines[0]
    return "\n".join([first, *(line[width:] for line in lines[1:])])
