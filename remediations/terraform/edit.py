"""Intent to text: finds indentation, alignment and newline style.

``terraform fmt`` leaves the result alone where it left the original alone. Knows no policy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..model import Edit, Span
from ..source import SourceFile, apply
from .grammar import Grammar
from .intent import (
    AddTopLevel,
    InsertAfter,
    InsertAttribute,
    InsertBlock,
    InsertElement,
    InsertEntry,
    Intent,
    Noted,
    RemoveItem,
    SetValue,
)
from .json_tree import JsonDocument
from .json_write import splices_in_json
from .layout import align
from .nodes import Document
from .splice import indent_of, splices
from .tree import parse

__all__ = [
    "AddTopLevel",
    "InsertAfter",
    "InsertAttribute",
    "InsertBlock",
    "InsertElement",
    "InsertEntry",
    "Intent",
    "Noted",
    "RemoveItem",
    "SetValue",
    "edits_between",
    "indent_of",
    "render",
    "rewrite",
]

# Only a newline ends a line here; str.splitlines knows eight more characters.
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")


def render(document: Document, intents: Sequence[Intent], grammar: Grammar) -> SourceFile:
    """The file after all intents, aligned as its neighbours are.

    Raises ``OverlappingEdits`` where two intents claim the same text and ``Unparsable`` where the
    result is not Terraform (a bug in the caller's text).
    """
    return rewrite(document, intents, grammar).source


def rewrite(document: Document, intents: Sequence[Intent], grammar: Grammar) -> Document:
    """As ``render``, parsed: what was read to check the text need not be read again."""
    if isinstance(document, JsonDocument):
        written = splices_in_json(document, intents, grammar)
        return parse(apply(document.source, written), grammar)
    edits = splices(document, intents)
    changed = align(document.source, apply(document.source, edits), edits)
    return parse(changed, grammar)


def edits_between(before: SourceFile, after: SourceFile) -> tuple[Edit, ...]:
    """Whole-line edits that turn one text into the other."""
    old, new = _LINE.findall(before.text), _LINE.findall(after.text)
    one, two = _within(old), _within(new)
    head, shorter = 0, min(len(old), len(new))
    while head < shorter and one[head] == two[head]:
        head += 1
    tail = 0
    while tail < shorter - head and one[-1 - tail] == two[-1 - tail]:
        tail += 1
    ends, new_middle = len(old) - tail, new[head : len(new) - tail]
    starts = [sum(map(len, old[:head]))]
    for line in old[head:ends]:
        starts.append(starts[-1] + len(line))
    from difflib import SequenceMatcher  # only where something is edited

    matcher = SequenceMatcher(None, one[head:ends], two[head : len(new) - tail], False)
    return tuple(
        Edit(before.path, Span(starts[i1], starts[i2]), "".join(new_middle[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    )


def _within(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Each line with the blocks around it: a line of one is no line of another."""
    labelled: list[tuple[int, str]] = []
    around = [0]
    for line in lines:
        text = line.strip()
        if line[0] not in " \t}#/\r\n":
            del around[1:]
        if text.endswith("{"):
            around.append(hash((around[-1], text)))
        labelled.append((around[-1], line))
        if text.startswith("}"):
            del around[1 if line[0] == "}" else max(1, len(around) - 1) :]
    return labelled
