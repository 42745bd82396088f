"""Whether an edited document is the old one but for its edits. Knows no policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..frozen import dataclass
from ..model import Edit, Span
from ..source import apply
from .nodes import Block, Body, Document


@dataclass(frozen=True, slots=True)
class _Thing:
    """An argument, the header of a block or a comment: what it is, inside what, and where."""

    what: tuple[str, ...]
    span: Span


def verify_text(before: Document, after: Document, edits: Sequence[Edit]) -> str | None:
    """None where ``after`` is ``before`` with ``edits`` and nothing else, or the reason it is not.

    Every argument, block and comment outside of the edits is still there, inside the same blocks;
    whatever is new stands in new text. Duplicates and two arguments on one line are refused when
    ``after`` is parsed.
    """
    if apply(before.source, edits).text != after.source.text:
        return "the edits do not lead to this text"
    ordered = sorted(edits)
    kept: dict[_Thing, _Thing] = {}
    for thing in _things(before):
        if not any(_touches(edit.span, thing.span) for edit in ordered):
            kept[_Thing(thing.what, _moved(thing.span, ordered))] = thing
    there = set(_things(after))
    for now, thing in kept.items():
        if now not in there:
            line = before.source.line(thing.span.start)
            return f"`{thing.what[-1]}` on line {line} would no longer be what it is"
    written = list(_written(ordered))
    for thing in sorted(there - kept.keys(), key=lambda thing: thing.span):
        if not any(_touches(span, thing.span) for span in written):
            line = after.source.line(thing.span.start)
            return f"`{thing.what[-1]}` on line {line} would come out of text that nobody edited"
    return None


def _things(document: Document) -> Iterator[_Thing]:
    yield from (_Thing(("comment",), span) for span in document.comments)
    bodies: list[tuple[tuple[str, ...], Body]] = [((), document.body)]
    while bodies:
        outer, body = bodies.pop()
        for item in body.items:
            if isinstance(item, Block):
                inner = (*outer, " ".join((item.type, *item.labels)))
                bodies.append((inner, item.body))
                yield _Thing(inner, item.header_span)
            else:
                yield _Thing((*outer, item.name), item.span)


def _touches(edit: Span, span: Span) -> bool:
    """An insertion at either end leaves a thing as it is."""
    is_inside = span.start < edit.start < span.end
    return is_inside or (edit.start < span.end and span.start < edit.end)


def _moved(span: Span, edits: Sequence[Edit]) -> Span:
    shift = 0
    for edit in edits:
        if edit.span.end <= span.start:
            shift += len(edit.text) - (edit.span.end - edit.span.start)
    return Span(span.start + shift, span.end + shift)


def _written(edits: Sequence[Edit]) -> Iterator[Span]:
    """Where the text of each edit stands afterwards."""
    shift = 0
    for edit in edits:
        start = edit.span.start + shift
        yield Span(start, start + len(edit.text))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
