"""Hides what looks like a secret before a text leaves for a comment, a check or a log.

Knows shapes of secrets only; a false alarm costs a word, a miss costs a key.
"""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "(hidden: looks like a secret)"

_TOKENS: Final = re.compile(
    r"""
      \b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b            # AWS access key id
    | \bgh[pousr]_[0-9A-Za-z_.-]{20,} | \bgithub_pat_\w{20,}
    | \bgl(?:pat|rt|dt)-[0-9A-Za-z_-]{16,}
    | \bxox[abeprs]-[0-9A-Za-z-]{10,}                    # Slack
    | \b(?:sk|rk)[-_](?:live|test|ant|proj)[-_][0-9A-Za-z_-]{10,}
    | \bhf_[0-9A-Za-z]{20,} | \bnpm_[0-9A-Za-z]{20,} | \bAIza[0-9A-Za-z_-]{30,}
    | \beyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{5,}\.[0-9A-Za-z_-]*   # a signed web token
    | -----BEGIN[ ][A-Z ]{0,30}PRIVATE[ ]KEY-----[0-9A-Za-z+/=\s\\]{0,8000}
      (?:-----END[ ][A-Z ]{0,30}PRIVATE[ ]KEY-----)?
    | (?<=://)[^\s/:@"'<>]{1,100}:[^\s/@"'<>]{1,200}(?=@)     # user and password in an address
    """,
    re.VERBOSE,
)
_ASSIGNED: Final = re.compile(
    r"""
    (?P<name>[\w-]{0,80}?(?:password|passwd|passphrase|secret|token|api_?key|access_?key
      |secret_?key|private_?key|credentials?)["']?\s{0,40}[=:]\s{0,40})
    (?P<quote>["'])(?P<value>(?![^"'\n]{0,200}\$\{)[^"'\n]{4,500})(?P=quote)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# 40 characters of base64 are what AWS gives out as a secret key; a digest in hex has no capitals.
_KEY_SHAPED: Final = re.compile(
    r"(?<![0-9A-Za-z/+=_.-])(?=[^a-z]{0,39}[a-z])(?=[^A-Z]{0,39}[A-Z])(?=[^0-9]{0,39}[0-9])"
    r"[0-9A-Za-z/+]{40}(?![0-9A-Za-z/+=_.-])"
)


def redacted(text: str) -> str:
    """The text with ``HIDDEN`` in place of every secret-shaped value."""
    text = _TOKENS.sub(HIDDEN, text)
    text = _ASSIGNED.sub(
        lambda match: f"{match['name']}{match['quote']}{HIDDEN}{match['quote']}", text
    )
    return _KEY_SHAPED.sub(HIDDEN, text)


def holds_secret(text: str) -> bool:
    """True where ``redacted`` would change the text."""
    return redacted(text) != text
