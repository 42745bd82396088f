"""The forms that nearly all Terraform is written in, read many times faster than by a grammar.

Gives the nodes that ``tree.py`` builds, or gives up: whatever is not plain, and every error, is
left to python-hcl2's grammar. Accepts nothing that the grammar and its checks refuse.
"""

from __future__ import annotations

from dataclasses import replace

from ..model import Span
from ..source import SourceFile
from .nodes import Attribute, Block, Body, String
from .quick_values import Values
from .scan import Scan, scan
from .tokens import END, LINE, NAME, TEXT, NotPlain


def read_plain(source: SourceFile, scanned: Scan) -> Body | None:
    """The whole file, or None where any of it is not plain."""
    try:
        return _Reader(source, scanned).file()
    except NotPlain:
        return None


def read_sound(source: SourceFile, span: Span) -> tuple[Attribute | Block, ...]:
    """What stands between two braces, where ``sound.py`` says that it is sound."""
    part = replace(source, text=source.slice(span))
    return _Reader(source, scan(part), span.start).all()


class _Reader(Values):
    """Reads bodies."""

    def file(self) -> Body:
        return Body(Span(0, len(self.text)), self.all())

    def all(self) -> tuple[Attribute | Block, ...]:
        """Arguments and blocks up to the end."""
        items = self.items()
        if self.kinds[self.at] != END:
            raise NotPlain
        return items

    def items(self) -> tuple[Attribute | Block, ...]:
        """Arguments and blocks, each ended by its line."""
        found: list[Attribute | Block] = []
        names: set[str] = set()
        self.skip_lines()
        while self.kinds[self.at] == NAME:
            item = self.item()
            if isinstance(item, Attribute):
                if item.name in names:
                    raise NotPlain
                names.add(item.name)
            found.append(item)
            kind = self.kinds[self.at]
            if kind == LINE:
                self.at += 1
            elif kind != END:
                raise NotPlain
        return tuple(found)

    def item(self) -> Attribute | Block:
        begin = self.start(self.at)
        name = self.name()
        if self.is_sign("="):
            return self.attribute(name, begin)
        return self.block(name, begin)

    def attribute(self, name: str, begin: int) -> Attribute:
        name_end = self.ends[self.at - 1]
        self.at += 1
        value = self.expression()
        return Attribute(name, Span(begin, name_end), value, Span(begin, value.span.end))

    def block(self, type: str, begin: int) -> Block:
        labels: list[str] = []
        while True:
            kind = self.kinds[self.at]
            if kind == NAME:
                labels.append(self.name())
            elif kind == TEXT:
                label = self.string()
                if not isinstance(label, String):
                    raise NotPlain
                labels.append(label.literal or "")
            else:
                break
        header = Span(begin, self.ends[self.at - 1])
        self.enter()
        opening = self.ends[self.take("{")]
        items, is_one_line = self.inside()
        closing = self.start(self.take("}"))
        self.depth -= 1
        body = Body(Span(opening, closing), items)
        return Block(type, tuple(labels), Span(begin, closing + 1), header, body, is_one_line)

    def inside(self) -> tuple[tuple[Attribute | Block, ...], bool]:
        """What stands between braces, and whether no line ends beside them."""
        if self.is_sign("}"):
            return (), True
        if self.kinds[self.at] == LINE:
            return self.items(), False
        begin = self.start(self.at)
        name = self.name()
        if not self.is_sign("="):
            raise NotPlain
        return (self.attribute(name, begin),), True
