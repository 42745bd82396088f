"""What stands hidden in the bot's own words, so that it finds them again. Knows no host."""

from __future__ import annotations

from typing import Final

SUMMARY: Final = "<!-- lockstitch:summary -->"
"""Begins the one summary of a pull request."""
_ANSWER: Final = "<!-- lockstitch:answer "


def as_summary(body: str) -> str:
    """The body with its mark, once."""
    return body if SUMMARY in body else f"{SUMMARY}\n{body}"


def as_answer(body: str, key: str) -> str:
    """The body, to be written once for this key."""
    return f"{body.rstrip()}\n\n{_ANSWER}{key} -->" if key else body.rstrip()


def answer_mark(body: str) -> str | None:
    """The end of an answer that is to be written once; None where it may be again."""
    return body[body.rfind(_ANSWER) :] if _ANSWER in body else None
