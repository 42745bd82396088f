"""python-hcl2's grammar in a Lark of our own. The only module that knows either library.

Knows no nodes: what leaves it is a raw tree whose tokens carry character offsets.
"""

from __future__ import annotations

import tempfile
import threading
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
        """Load, from ``cache`` where that file exists; write it there where that is allowed.

        Without a usable cache the tables are built anew (about a second); nothing fails.
        """
        if cache is None:
            return cls(_lark(None))
        if cache.is_file() or not _is_writable(cache.parent):
            return cls(_lark(cache if _is_readable(cache) else None))
        # Written beside and moved, so that a process that starts meanwhile sees all or nothing.
        fresh = cache.with_name(f"{cache.name}.{threading.get_native_id()}")
        grammar = cls(_lark(fresh))
        try:
            fresh.replace(cache)
        except OSError:
            fresh.unlink(missing_ok=True)
        return grammar

    def parse(self, shadow: str, source: SourceFile) -> Tree[Token]:
        """The raw tree of a shadow text. Raises ``Unparsable`` with line and column."""
        try:
            return self._lark.parse(shadow if shadow.endswith("\n") else shadow + "\n")
        except UnexpectedInput as error:
            offset = min(_offset(error, len(source.text)), len(source.text))
            raise source.unreadable(offset, _reason(error, source, offset)) from error


def _lark(cache: Path | None) -> Lark:
    return Lark.open(
        str(_GRAMMAR),
        parser="lalr",
        cache=str(cache) if cache else False,
        propagate_positions=False,
        postlex=PostLexer(),
    )


def _is_readable(file: Path) -> bool:
    try:
        with file.open("rb"):
            return True
    except OSError:
        return False


def _is_writable(directory: Path) -> bool:
    """Lark logs a traceback where it cannot write; a read-only image is no reason for one."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return True
    except OSError:
        return False


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
