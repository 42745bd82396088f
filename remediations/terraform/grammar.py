"""python-hcl2's grammar in a Lark of our own. The only module that knows either library.

Knows no nodes: what leaves it is a raw tree whose tokens carry character offsets.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from ..frozen import dataclass
from ..source import SourceFile

if TYPE_CHECKING:
    from lark import Lark, Token, Tree
    from lark.exceptions import UnexpectedInput


@dataclass(frozen=True, slots=True)
class Grammar:
    """The grammar, loaded when it is first needed. One is enough; threads may share it."""

    _cache: Path | None = None
    _loaded: list[Lark] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def load(cls, cache: Path | None = None) -> Grammar:
        """From ``cache`` where that file is good; written there where that is allowed.

        Without a usable cache the tables are built anew (about a second); nothing fails. Lark keeps
        the path in the file, so a cache works only where it was written. It is a pickle: only the
        operator may be able to write there.
        """
        return cls(cache)

    def parse(self, shadow: str, source: SourceFile) -> Tree[Token]:
        """The raw tree of a shadow text. Raises ``Unparsable`` with line and column."""
        from lark.exceptions import UnexpectedInput

        try:
            return self._lark().parse(shadow if shadow.endswith("\n") else shadow + "\n")
        except UnexpectedInput as error:
            offset = min(_offset(error, len(source.text)), len(source.text))
            raise source.unreadable(offset, _reason(error, source, offset)) from error

    def _lark(self) -> Lark:
        if not self._loaded:  # two threads may both load it, and then use the first one's
            self._loaded.append(_load(self._cache))
        return self._loaded[0]


def _load(cache: Path | None) -> Lark:
    import hcl2
    from hcl2.postlexer import PostLexer
    from lark import Lark

    if cache is not None:
        with suppress(OSError):
            cache.parent.mkdir(parents=True, exist_ok=True)
    # Lark takes an unreadable, torn or outdated cache, and one it cannot write, in silence.
    return Lark.open(
        str(Path(hcl2.__file__).parent / "hcl2.lark"),
        parser="lalr",
        cache=str(cache) if cache else False,
        propagate_positions=False,
        postlex=PostLexer(),
    )


def _offset(error: UnexpectedInput, end: int) -> int:
    from lark.exceptions import UnexpectedEOF

    position = getattr(error, "pos_in_stream", None)
    return end if position is None or isinstance(error, UnexpectedEOF) else int(position)


def _reason(error: UnexpectedInput, source: SourceFile, offset: int) -> str:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return "the file ends in the middle of something"
    if isinstance(error, (UnexpectedToken, UnexpectedCharacters)):
        word = source.text[offset : offset + 20].split("\n")[0].strip()
        return f"unexpected `{word}`" if word else "unexpected end of line"
    return "not valid Terraform"
