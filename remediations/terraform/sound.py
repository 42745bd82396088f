"""Whether what stands in a block is surely plain Terraform, told without a node of it.

A machine that steps over pieces of the text: tables say what may come next, a stack what is open.
It knows less than ``scan.py`` and ``quick.py``, which take all that is sound here, and much more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from string import ascii_letters, digits
from typing import Final

from ..model import Span
from .quick_texts import CONSTANTS, KEYWORDS

_REPEATS: Final = frozenset({"count", "for_each", "dynamic"})
_MOST_OPEN: Final = 30
_MOST_LEADS: Final = 20
"""In one body, what leads into a value, and conditions. With ``_MOST_OPEN`` they are fewer than the
levels that the reader goes down, and with the dots in one name fewer than the parts it takes."""

_WORD: Final = "[a-zA-Z_][a-zA-Z0-9_-]*"
_NAME: Final = rf"(?!(?:{'|'.join(sorted(KEYWORDS))})(?![a-zA-Z0-9_-])){_WORD}(?:\.{_WORD}){{0,8}}"
_NUMBER: Final = r"[0-9]{1,15}(?:\.[0-9]{1,15})?(?![a-zA-Z0-9_.-])"
_PLAIN: Final = r'[^"\\$%\r\n]*'
_TEXT: Final = rf'"{_PLAIN}(?:(?:\$\{{[ \t]*{_NAME}[ \t]*\}}|[$%](?!\{{)|\\[nrt"\\]){_PLAIN})*"'
_PIECE: Final = re.compile(
    # Most lines are a name and one value.
    rf"((?:{_NAME}(?:[ \t]*=[ \t]*(?:{_TEXT}|{_NAME}|{_NUMBER})[ \t]*\r?\n|\()?"
    rf"|{_TEXT}|{_NUMBER}|(?:#|//)[^\n]*|\r?\n"
    r"|\.\*|\[\*\]|==|!=|<=|>=|&&|\|\||%(?!\{)|[+*/<>!?:,.=(){}\[\]-])[ \t]*)"
    # Nobody looks for pieces behind what is none.
    r"|[\s\S]+"
)

SETTING, NAME, CALL, TEXT, NUMBER, LINE = range(6)
Symbol = str | int
"""What a piece is; of a sign, the sign."""
_BEGINS: Final[Mapping[str, Symbol]] = (
    dict.fromkeys(f"{ascii_letters}_", NAME)
    | dict.fromkeys(digits, NUMBER)
    | {'"': TEXT, "\n": LINE, "\r": LINE}
)

Moves = Mapping[Symbol, str]
"""Where each symbol leads that may come next. Any other one is not certain."""
_TERM: Final[Moves] = {
    NAME: "whole", TEXT: "whole", NUMBER: "whole",
    CALL: "call", "(": "parentheses", "[": "list", "{": "object",
}  # fmt: skip # what is a value by itself, then what opens one
_VALUE: Final[Moves] = {**_TERM, "!": "term", "-": "term"}
_GOES_ON: Final[Moves] = {
    # No minus: behind a value it may belong to a number, which only the reader can tell.
    **dict.fromkeys(("||", "&&", "==", "!=", "<", ">", "<=", ">=", "+", "*", "/", "%"), "value"),
    ".": "step", ".*": "splat", "[*]": "splat", "[": "index", "?": "condition",
}  # fmt: skip # operators in one line, what leads on in another

_BEGINNING: Final[Mapping[str, Moves]] = {
    "opened": {LINE: "items", "}": "close"},
    "items": {SETTING: "set", NAME: "named", LINE: "items", "}": "close"},
    "header": {"=": "assigned", "{": "body"},
    "block": {LINE: "items"},
    "value": _VALUE,
    "term": _TERM,
    "element": {**_VALUE, "]": "close"},
    "argument": {**_VALUE, ")": "close"},
    "entry": {SETTING: "entry", NAME: "key", TEXT: "key", LINE: "entry", "}": "close"},
    "key": {"=": "value", ":": "value"},
    "member": {NAME: "whole"},
}
"""By where the last symbol led."""
_WHOLE: Final[Mapping[str, Moves]] = {
    "body": {**_GOES_ON, LINE: "items"},
    "list": {**_GOES_ON, ",": "element", "]": "close"},
    "call": {**_GOES_ON, ",": "argument", ")": "close"},
    "object": {**_GOES_ON, ",": "entry", LINE: "entry", "}": "close"},
    "parentheses": {**_GOES_ON, ")": "close"},
    "index": {**_GOES_ON, "]": "close"},
    "condition": {**_GOES_ON, ":": "close"},
}
"""Behind a whole value, by what is around it."""
_OPENED: Final[Mapping[str, str]] = {
    "body": "opened", "list": "element", "call": "argument", "object": "entry",
    "parentheses": "value", "index": "value", "condition": "value",
}  # fmt: skip # what is opened, and what may come first in it
_FLAT: Final = frozenset({"list", "call", "parentheses", "index"})
"""Where the end of a line means nothing."""
_LEADS: Final = frozenset({"step", "splat", "index", "condition"})


def comments_of(text: str, start: int, end: int) -> tuple[Span, ...] | None:
    """The comments in the lines between two braces of a block; None where they are not sound.

    What is sound is read without a doubt, and nothing in it is made several times. Much that is not
    is fine too: no other answer is right about a text that is not certainly so.
    """
    pieces = _PIECE.findall(text, start, end)
    machine = _Machine()
    if sum(map(len, pieces)) != end - start or not machine.takes(pieces):
        return None
    return tuple(_comments(pieces, start)) if machine.met_comments else ()


def _comments(pieces: Iterable[str], position: int) -> Iterator[Span]:
    for piece in pieces:
        if _is_comment(piece):
            yield Span(position, position + len(piece.removesuffix("\r")))
        position += len(piece)


def _is_comment(piece: str) -> bool:
    return piece.startswith(("#", "//"))


class _Machine:
    """What is open on the way through one body, and the names that each open body has so far."""

    def __init__(self) -> None:
        self.around = ["body"]
        self.names: list[set[str]] = [set()]
        self.name = ""
        self.leads = 0
        self.met_comments = False

    def takes(self, pieces: Iterable[str]) -> bool:
        """Whether they are a sound body."""
        around = self.around
        moves = first = _BEGINNING["items"]
        for piece in pieces:
            symbol = _BEGINS.get(piece[0])
            if symbol == NAME:
                symbol = SETTING if "=" in piece else CALL if "(" in piece else NAME
            elif symbol is None:
                symbol = piece.rstrip(" \t")
            elif symbol == LINE and around[-1] in _FLAT:
                continue
            move = moves.get(symbol, "")
            if move == "whole":
                moves = _WHOLE[around[-1]]
            elif move in _BEGINNING:
                moves = _BEGINNING[move]
            elif _is_comment(piece):
                self.met_comments = True
            elif not (moves := self.moved(move, piece)):
                return False
        return moves is first and len(around) == 1 and self.leads <= _MOST_LEADS

    def moved(self, move: str, piece: str) -> Moves:
        """What may come next, where that depends on more than the last move; nothing in a doubt."""
        if not move:
            return {}
        if move in ("set", "named"):
            self.name = piece.partition("=")[0].rstrip(" \t")
            if self.name in _REPEATS or "." in self.name:
                return {}
            if move == "named":
                return _BEGINNING["header"]
        if move in ("set", "assigned"):
            if self.name in self.names[-1]:
                return {}
            self.names[-1].add(self.name)
            return _BEGINNING["items" if move == "set" else "value"]
        if move == "close":
            return self.closed()
        self.leads += move in _LEADS
        if move in _OPENED:
            return self.opened(move, piece)
        return _BEGINNING["member"] if move == "step" else _WHOLE[self.around[-1]]

    def opened(self, what: str, piece: str) -> Moves:
        """What may come first inside."""
        function = piece.rstrip("( \t")
        if len(self.around) == _MOST_OPEN or "." in function or function in CONSTANTS:
            return {}
        self.around.append(what)
        if what == "body":
            self.names.append(set())
        return _BEGINNING[_OPENED[what]]

    def closed(self) -> Moves:
        """What may follow what was opened last; the body itself is not closed by its own pieces."""
        what = self.around.pop()
        if not self.around:
            return {}
        if what == "body":
            self.names.pop()
            return _BEGINNING["block"]
        return _BEGINNING["value"] if what == "condition" else _WHOLE[self.around[-1]]
