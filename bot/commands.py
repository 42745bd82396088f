"""What a person may ask of the bot, read from a comment or a button. Reads text, does nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from remediations.model import Safety

FIX_SAFE_BUTTON: Final = "fix-safe"
"""Identifier of the check's button that commits every safe fix."""

_SLASH: Final = re.compile(r"^[ \t]*/lockstitch\b[ \t]*(?P<words>[^\r\n]*)", re.MULTILINE)
_REPLY: Final = re.compile(r"\A\s*(?P<words>fix(?:[ \t]+replace)?)[ \t]*[.!]?\s*\Z", re.IGNORECASE)
_COMMENT: Final = re.compile(r"(?:\A|#discussion_r|#note_)([1-9][0-9]{0,18})\Z")
_RULE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+\Z")


class Verb(Enum):
    """What is asked."""

    FIX = "fix"
    RECHECK = "recheck"
    EXPLAIN = "explain"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Command:
    """One request. ``up_to`` is the costliest fix it may commit; ``rule`` narrows or names.

    ``thread_only`` fixes touch nothing but the findings of the thread they stand in, or of the one
    that ``comment`` began.
    """

    verb: Verb
    rule: str | None = None
    up_to: Safety = Safety.SAFE
    thread_only: bool = False
    comment: int | None = None


def parse(body: str, *, in_thread: bool) -> Command | None:
    """The command in a comment, or None where nobody asked for anything.

    In a thread the single word ``fix`` (or ``fix replace``) is enough. Everywhere a line that
    starts with ``/lockstitch`` counts; what cannot be understood asks for help.
    """
    reply = _REPLY.match(body) if in_thread else None
    if reply is not None:
        return _thread_fix(reply["words"])
    slash = _SLASH.search(body)
    if slash is None:
        return None
    return _slash(slash["words"].lower().split(), in_thread=in_thread)


def button(identifier: str) -> Command | None:
    """The command behind a check's button."""
    return Command(Verb.FIX) if identifier == FIX_SAFE_BUTTON else None


def _slash(words: list[str], *, in_thread: bool) -> Command:
    match words:
        case ["recheck"]:
            return Command(Verb.RECHECK)
        case ["fix"] | ["fix", "replace"] if in_thread:
            return _thread_fix(" ".join(words))
        case ["fix"]:
            return Command(Verb.FIX)
        case ["fix", name] if named := _COMMENT.search(name):
            return replace(_thread_fix("fix"), comment=int(named[1]))
        case ["fix", rule] if _RULE.match(rule):
            return Command(Verb.FIX, rule=rule)
        case ["explain", rule] if _RULE.match(rule):
            return Command(Verb.EXPLAIN, rule=rule)
        case _:
            return Command(Verb.HELP)


def _thread_fix(words: str) -> Command:
    replaces = words.lower().split()[1:] == ["replace"]
    return Command(Verb.FIX, up_to=Safety.REPLACE if replaces else Safety.REVIEW, thread_only=True)
