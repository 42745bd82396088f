"""The one place where text from a change becomes Markdown: it can only ever be words or code.

Knows no template. Nothing that comes in can mention, link, load, format or close anything.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from .redaction import redacted

MAX_CODE: Final = 200
MAX_PROSE: Final = 1_500

_RUN: Final = re.compile(r"`+")
_SPAN: Final = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
# A word that no Markdown and no host reads as anything but a word; everything else stands in code.
_PLAIN: Final = re.compile(r"[(\"']{0,2}[^\W_]+(?:[-/.,'][^\W_]+)*[)\"']{0,2}|[%–—]")  # noqa: RUF001 - the en dash is meant
_PUNCTUATION: Final = re.compile(r"(?<=.)[.,;:?]?[)\"']{0,2}[.,;:?]?\Z", re.DOTALL)
_CLOSING: Final = re.compile(r"[.,;:?)\"']+")
_NUMBERED: Final = re.compile(r"\A(\d+)([.)])(?=\s|\Z)")  # would begin a list
# What a host makes a link of by itself: a commit's id is one wherever a word of it begins.
_LINKED: Final = re.compile(r"www\.|gh-\d|\d+[.)]\Z|\b(?=[a-f]*\d)[0-9a-f]{7,}\b", re.IGNORECASE)


class Markdown(str):
    """Text that is Markdown already; templates let nothing else through unescaped."""

    __slots__ = ()


def code(value: object, limit: int = MAX_CODE) -> Markdown:
    """A name, path or value as a code span on one line."""
    text = visible(re.sub(r"\r?\n|\t", " ", redacted(str(value))))
    text = _cut(text, limit).replace("|", "\\u{7c}")
    if not text.strip():
        return Markdown("` `") if text else Markdown("")
    fence = "`" * (_longest_run(text) + 1)
    edge = " " if text[0] in "` " or text[-1] in "` " else ""
    return Markdown(f"{fence}{edge}{text}{edge}{fence}")


def prose(text: str, limit: int = MAX_PROSE) -> Markdown:
    """A sentence on one line. Its code spans stay; what could be more than a word becomes one."""
    text = _cut(" ".join(visible(redacted(text), keep="\n\t").split()), limit)
    pieces: list[str] = []
    position = 0
    for span in _SPAN.finditer(text):
        pieces += (_words(text[position : span.start()]), code(span[2].strip() or "`", limit))
        position = span.end()
    pieces.append(_words(text[position:]))
    return Markdown(_NUMBERED.sub(r"\1\\\2", _joined(pieces)))


def fenced(text: str, language: str) -> Markdown:
    """A code block whose fence is longer than any run of backticks inside."""
    fence = "`" * max(3, _longest_run(text) + 1)
    body = text if text.endswith("\n") or not text else text + "\n"
    return Markdown(f"{fence}{language}\n{body}{fence}")


def visible(text: str, keep: str = "") -> str:
    """Control, zero-width and direction-changing characters written out, so that nothing hides."""
    return "".join(
        char if char in keep or not _hides(char) else f"\\u{{{ord(char):x}}}" for char in text
    )


def _words(text: str) -> str:
    """Harmless words as they are, the others in code; the blanks between them stay."""
    return "".join(_word(piece) if piece.strip() else piece for piece in re.split(r"( +)", text))


def _word(word: str) -> str:
    if _is_plain(word) or _CLOSING.fullmatch(word):
        return word
    tail = _PUNCTUATION.search(word)
    end = tail.start() if tail else len(word)
    head, rest = word[:end], word[end:]
    return (head if _is_plain(head) else code(head, MAX_PROSE)) + rest


def _is_plain(word: str) -> bool:
    return bool(_PLAIN.fullmatch(word)) and not _LINKED.search(word)


def _joined(pieces: list[str]) -> str:
    """Concatenated, with a blank where two code spans would touch and run into each other."""
    text = ""
    for piece in pieces:
        text += " " + piece if text.endswith("`") and piece.startswith("`") else piece
    return text


def _longest_run(text: str) -> int:
    return max((len(run) for run in _RUN.findall(text)), default=0)


def _hides(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
