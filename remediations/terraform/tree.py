"""From text to nodes: scan, then read what is plain quickly and leave the rest to the grammar.

python-hcl2's grammar has the last word about every text that is not plain, and says every error.

Every body is read, whether a rule asks for it or not. The scan finds strings, heredocs and
brackets, and so the ends of blocks, but it cannot tell that what stands between them is Terraform;
a body that nobody read could hold an error, and its file would pass for clean. Nor would it save
much: of 39,165 blocks in 413 public repositories rules and the values that they read leave 1,434,
which are 6 % of the text.
"""

from __future__ import annotations

from ..source import SourceFile
from .grammar import Grammar
from .nodes import Document
from .quick import read_plain
from .scan import scan


def parse(source: SourceFile, grammar: Grammar) -> Document:
    """The nodes of a file. Raises ``Unparsable`` naming line and column."""
    if source.path.endswith(".json"):
        from .json_tree import parse_json

        return parse_json(source, grammar)
    scanned = scan(source)
    body = read_plain(source, scanned)
    if body is not None:
        return Document(source, body, scanned.comments)
    # Imported here: the grammar's library takes longer to load than most repositories to read.
    from .by_grammar import parse_by_grammar

    return parse_by_grammar(source, scanned, grammar)
