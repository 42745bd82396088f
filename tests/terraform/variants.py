"""The same Terraform as other people's editors write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_INDENT = re.compile(r"^(?:  )+", re.MULTILINE)
_BOM = b"\xef\xbb\xbf"


def variants(text: str) -> Iterator[tuple[str, bytes]]:
    """Name and bytes: LF, CRLF, BOM, tabs, four blanks, no final newline.

    Tabs and four blanks move the body of a heredoc too, so its value differs there.
    """
    crlf = text.replace("\n", "\r\n")
    yield "lf", text.encode()
    yield "crlf", crlf.encode()
    yield "bom", _BOM + text.encode()
    yield "bom-crlf", _BOM + crlf.encode()
    yield "tabs", _INDENT.sub(lambda m: "\t" * (len(m[0]) // 2), text).encode()
    yield "four-blanks", _INDENT.sub(lambda m: m[0] * 2, text).encode()
    if text.endswith("\n") and not re.search(r"<<-?\w", text):
        yield "no-final-newline", text.rstrip("\n").encode()
