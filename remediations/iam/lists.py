"""The lines of a list, each item with its comments, so that items can move. Knows no policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..frozen import dataclass
from ..source import SourceFile
from ..terraform.edit import indent_of
from ..terraform.nodes import Document, Expression, ListExpression


@dataclass(frozen=True, slots=True)
class Line:
    """An item, the comment lines above it, and what follows its comma on the line."""

    text: str
    above: tuple[str, ...] = ()
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """A list taken apart. ``below`` are comment lines after the last item."""

    lines: tuple[Line, ...]
    is_several: bool
    opening: str = ""
    below: tuple[str, ...] = ()
    step: str = "  "
    """How much deeper than the list its items stand."""
    ends_with_comma: bool = True
    """Whether a comma follows the last item too, where they stand on lines of their own."""

    @property
    def has_comments(self) -> bool:
        """Whether any comment stands in it."""
        return bool(self.opening or self.below) or any(
            line.above or line.behind for line in self.lines
        )

    def keep(self, wanted: Callable[[int], bool]) -> Lines:
        """Only the items whose number is wanted; the others take their comments along."""
        kept = tuple(line for number, line in enumerate(self.lines) if wanted(number))
        return replace(self, lines=kept)

    def with_items(self, texts: Sequence[str]) -> Lines:
        """Other items in the place of all; every comment stays."""
        above = [comment for line in self.lines for comment in line.above]
        behind = [line.behind for line in self.lines if line.behind]
        above += [comment.strip() for comment in behind[1:]]
        made = [Line(text) for text in texts]
        made[0] = replace(made[0], above=tuple(above))
        made[-1] = replace(made[-1], behind="".join(behind[:1]))
        return replace(self, lines=tuple(made))

    def written(self, indent: str, step: str = "  ") -> str:
        """The list again, for a place that is indented by ``indent``."""
        if not self.is_several:
            return f"[{', '.join(line.text for line in self.lines)}]"
        rows = [f"[{self.opening}"]
        for number, line in enumerate(self.lines, 1):
            comma = "," if self.ends_with_comma or number < len(self.lines) else ""
            rows += [f"{indent}{step}{comment}".rstrip() for comment in line.above]
            rows.append(f"{indent}{step}{line.text}{comma}{line.behind}")
        rows += [f"{indent}{step}{comment}".rstrip() for comment in self.below]
        return "\n".join([*rows, f"{indent}]"])


def take_apart(
    document: Document, node: Expression, *, ends_with_comma: bool = True
) -> Lines | None:
    """A list's lines; None where something stands between its items that cannot be placed.

    A single value counts as a list of one.
    """
    found = _taken_apart(document, node)
    return None if found is None else replace(found, ends_with_comma=ends_with_comma)


def _taken_apart(document: Document, node: Expression) -> Lines | None:
    source = document.source
    if not isinstance(node, ListExpression):
        return Lines((Line(source.slice(node.span)),), is_several=False)
    if "\n" not in source.slice(node.span):
        has_comment = any(node.span.start <= c.start < node.span.end for c in document.comments)
        texts = tuple(Line(source.slice(item.span)) for item in node.items)
        return None if has_comment else Lines(texts, is_several=False)
    return _of_several_lines(document, node)


def _of_several_lines(document: Document, node: ListExpression) -> Lines | None:
    source, items = document.source, node.items
    if not items or any("\n" in source.slice(item.span) for item in items):
        return None
    ends = [node.span.start + 1, *(item.span.end for item in items)]
    starts = [*(item.span.start for item in items), node.span.end - 1]
    gaps = [_gap(document, end, start) for end, start in zip(ends, starts, strict=True)]
    whole = [gap for gap in gaps if gap is not None]
    if len(whole) != len(gaps):
        return None
    lines = tuple(
        Line(source.slice(item.span), whole[number][1], whole[number + 1][0])
        for number, item in enumerate(items)
    )
    inner = indent_of(source, items[0].span.start)
    step = inner.removeprefix(indent_at(document, node)) or "  "
    return Lines(lines, is_several=True, opening=whole[0][0], below=whole[-1][1], step=step)


def _gap(document: Document, start: int, end: int) -> tuple[str, tuple[str, ...]] | None:
    """What stands behind an item on its line, and the comment lines below it."""
    text = _without_comma(document, start, end)
    if text is None:
        return None
    if "\n" not in text:
        return None if text.strip() else ("", ())  # what shares a line gets one of its own
    first, *rest = text.replace("\r\n", "\n").split("\n")
    return first.rstrip(), tuple(line.strip() for line in rest[:-1])


def _without_comma(document: Document, start: int, end: int) -> str | None:
    """The gap's text; None where the comma is not the first thing in it."""
    source: SourceFile = document.source
    text = source.text[start:end]
    code = text
    for span in document.comments:
        if start <= span.start < end:
            low, high = span.start - start, min(span.end, end) - start
            code = code[:low] + " " * (high - low) + code[high:]
    comma = code.find(",")
    if comma < 0:
        return text
    if text[:comma].strip():
        return None
    return text[comma + 1 :]


def indent_at(document: Document, node: Expression) -> str:
    """The indentation of the line that a node ends on, or begins on where it ends behind more."""
    source, last = document.source, node.span.end - 1
    before = source.text[source.text.rfind("\n", 0, last) + 1 : last]
    return indent_of(source, node.span.start if before.strip() else last)
