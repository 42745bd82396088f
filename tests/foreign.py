"""Words of one host that people of another one do not know."""

from __future__ import annotations

import re

_OF_GITHUB = re.compile(
    r"pull requests?|\bPRs?\b|re-?run|\bApps?\b|check runs?|checks? tab|check's details|buttons?"
    r"|annotations?|merge queue|GitHub|neutral:|#\d",
    re.IGNORECASE,
)
_ALLOWED = re.compile(r"`on_\w+: neutral`|^#+ .*$|<!--.*?-->", re.MULTILINE)
"""A setting of the file, a heading, and what nobody sees."""


def foreign(text: str) -> list[str]:
    """Those of GitHub in a text."""
    return _OF_GITHUB.findall(_ALLOWED.sub("", text))
