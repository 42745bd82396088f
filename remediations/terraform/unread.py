"""Blocks that nobody is known to look into: found in the text, and read when somebody does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ..frozen import dataclass
from ..model import Span
from ..source import SourceFile
from .nodes import Attribute, Block, Body
from .quick import read_sound
from .sound import comments_of

Needed = Callable[[str, str], bool]
"""Whether somebody is known to look into a block: by ``resource`` or ``data``, and its type."""

_LABEL: Final = r'[ \t]+"([a-zA-Z0-9_-]+)"'
_OPENING: Final = re.compile(
    rf"^((resource|data){_LABEL}{_LABEL})[ \t]*(\{{)[ \t]*\r?\n[ \t]*", re.MULTILINE
)
_CLOSING: Final = re.compile(r"\n\}(?=[ \t]*(?:\r?\n|\Z))")
_WORD: Final = re.compile("[a-zA-Z_][a-zA-Z0-9_-]*")


class UnreadBody(Body):
    """A body that is sound, so that it can be read at any time.

    Equal to what it is once it is read, and no different from then on.
    """

    def __init__(self, source: SourceFile, span: Span) -> None:
        self.__dict__.update(span=span, _source=source)

    @property
    def items(self) -> tuple[Attribute | Block, ...]:
        """What stands in it, read now if nobody has asked before."""
        held: tuple[Attribute | Block, ...] | None = self.__dict__.get("items")
        if held is None:
            found = read_sound(self._text, self.span)
            # Nodes are known by their identity: of two threads the first one's are everybody's.
            held = self.__dict__.setdefault("items", found)
        return held

    @property
    def _text(self) -> SourceFile:
        source: SourceFile = self.__dict__["_source"]
        return source

    @property
    def is_unread(self) -> bool:
        """Whether nobody has asked yet what stands in it."""
        return "items" not in self.__dict__

    def may_say(self, *words: str) -> bool:
        """Whether all of these stand in its text, wherever that is; True once it is read."""
        text, start, end = self._text.text, self.span.start, self.span.end
        return not self.is_unread or all(text.find(word, start, end) >= 0 for word in words)

    @property
    def words(self) -> frozenset[str]:
        """Every name in it, and what looks like one; a sound body has no others."""
        return frozenset(_WORD.findall(self._text.text, self.span.start, self.span.end))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Body):
            return NotImplemented
        return (self.span, self.items) == (other.span, other.items)

    def __hash__(self) -> int:
        return super().__hash__()


@dataclass(frozen=True, slots=True)
class Unread:
    """A block with an unread body, and the comments in that."""

    block: Block
    comments: tuple[Span, ...]


def unread_blocks(source: SourceFile, needed: Needed) -> Iterator[Unread]:
    """Those that are not needed and are sound, in the order of the text.

    What looks like a block in a comment, or in the middle of something else, is not told from one.
    """
    for opening, end in _openings(source.text):
        header, type, kind, name, _ = opening.groups()
        closing = None if needed(type, kind) else _CLOSING.search(source.text, opening.end(5), end)
        if closing is None:
            continue
        brace = closing.end() - 1
        comments = comments_of(source.text, opening.end(), brace)
        if comments is not None:
            start, body = opening.start(), UnreadBody(source, Span(opening.end(5), brace))
            whole, said = Span(start, brace + 1), Span(start, start + len(header))
            yield Unread(Block(type, (kind, name), whole, said, body, is_one_line=False), comments)


def _openings(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Each with where the next one begins: no other stands in what is sound.

    So every character is looked at once, also where no brace is ever closed.
    """
    found = [*_OPENING.finditer(text)]
    ends = (*(opening.start() for opening in found[1:]), len(text))
    return zip(found, ends, strict=False)


def blanked(text: str, blocks: Iterable[Unread]) -> str:
    """The text without these blocks, and as long as before."""
    pieces: list[str] = []
    position = 0
    for span in (one.block.span for one in blocks):
        pieces += text[position : span.start], " " * (span.end - span.start)
        position = span.end
    return "".join((*pieces, text[position:]))
