"""From text to nodes: scan, then read what is plain quickly and leave the rest to the grammar.

python-hcl2's grammar has the last word about every text that is not plain, and says every error.

A block that nobody is known to look into is read when somebody does, if it is surely Terraform.
``sound.py`` sees that piece by piece: strings, brackets and the ends of blocks alone would not
tell, and the file of a body with an error in it would pass for clean. In any doubt it is read at
once. Of a cloud that no rule is about, most text stays unread; in a repository of AWS, little.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from ..model import Span
from ..source import SourceFile, Unparsable
from .grammar import Grammar
from .nodes import Body, Document
from .quick import read_plain
from .scan import scan
from .unread import Needed, Unread, blanked, unread_blocks


def parse(source: SourceFile, grammar: Grammar, needed: Needed | None = None) -> Document:
    """The nodes of a file. Raises ``Unparsable`` naming line and column.

    ``needed`` says what is read at once, which decides nothing but when: all is where it is absent.
    """
    if source.path.endswith(".json"):
        from .json_tree import parse_json

        return parse_json(source, grammar)
    unread = tuple(unread_blocks(source, needed)) if needed else ()
    document = _around(unread, source) if unread else None
    if document is not None:
        return document
    scanned = scan(source)
    body = read_plain(source, scanned)
    if body is not None:
        return Document(source, body, scanned.comments)
    # Imported here: the grammar's library takes longer to load than most repositories to read.
    from .by_grammar import parse_by_grammar

    return parse_by_grammar(source, scanned, grammar)


def _around(unread: tuple[Unread, ...], source: SourceFile) -> Document | None:
    """What stands around these blocks, and they in it; None where the rest is not plain.

    Also where one of them is no block of the file, but stands inside of something else.
    """
    try:
        scanned = scan(replace(source, text=blanked(source.text, unread)))
    except Unparsable:
        return None
    read = read_plain(source, scanned)
    if read is None:
        return None
    blocks = [one.block for one in unread]
    items = sorted((*read.items, *blocks), key=lambda item: item.span.start)
    spans = [block.span for block in blocks]
    if not _are_apart(item.span for item in items) or not _are_apart((*spans, *scanned.comments)):
        return None
    comments = (*scanned.comments, *(span for one in unread for span in one.comments))
    ordered = tuple(sorted(comments, key=_start))
    return Document(source, Body(read.span, tuple(items)), ordered)


def _are_apart(spans: Iterable[Span]) -> bool:
    ordered = sorted(spans, key=_start)
    return all(one.end <= following.start for one, following in pairwise(ordered))


def _start(span: Span) -> int:
    return span.start
