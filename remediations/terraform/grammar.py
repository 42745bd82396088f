"""python-hcl2's grammar in a Lark of our own. The only module that knows either library.

Knows no nodes: what leaves it is a raw tree whose tokens carry character offsets.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import hcl2
from hcl2.postlexer import PostLexer
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from ..source import SourceFile

_GRAMMAR = Path(hcl2.__file__).parent / "hcl2.lark"


@dataclass(frozen=True, slots=True)
class Grammar:
    """A loaded grammar; one per process is enough, and threads may share it."""

    _lark: Lark = field(repr=False)

    @classmethod
    def load(cls, cache: Path | None = None) -> Grammar:
        """Load, from ``cache`` where that file is good; write it there where that is allowed.

        Without a usable cache the tables are built anew (about a second); nothing fails. Lark keeps
        the path in the file, so a cache works only where it was written. It is a pickle: only the
        operator may be able to write there.
        """
        if cache is not None:
            with suppress(OSError):
                cache.parent.mkdir(parents=True, exist_ok=True)
        # Lark takes an unreadable, torn or outdated cache, and one it cannot write, in silence.
        lark = Lark.open(
            str(_GRAMMAR),
            parser="lalr",
            cache=str(cache) if cache else False,
            propagate_positions=False,
            postlex=PostLexer(),
        )
        return cls(lark)

    def parse(self, shadow: str, source: SourceFile) -> Tree[Token]:
        """The raw tree of a shadow text. Raises ``Unparsable`` with line and column."""
        try:
            return self._lark.parse(shadow if shadow.endswith("\n") else shadow + "\n")
        except UnexpectedInput as error:
            offset = min(_offset(error, len(source.text)), len(source.text))
            raise source.unreadable(offset, _reason(error, source, offset)) from error


def _offset(error: UnexpectedInput, end: int) -> int:
    position = getattr(error, "pos_in_stream", None)
    return end if position is None or isinstance(error, UnexpectedEOF) else int(position)


def _reason(error: UnexpectedInput, source: SourceFile, offset: int) -> str:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return "the file ends in the middle of something"
    if isinstance(error, (UnexpectedToken, UnexpectedCharacters)):
        word = source.text[offset : offset + 20].split("\n")[0].strip()
        return f"unexpected `{word}`" if word else "unexpected end of line"
    return "not valid Terraform"
