"""JSON with the place of every value: text in, members and items with their spans out.

Strict where the standard is: no comments, no trailing commas, no name twice. Knows no Terraform.
https://www.rfc-editor.org/rfc/rfc8259
"""

from __future__ import annotations

import json
import re
from dataclasses import field
from json.decoder import scanstring  # type: ignore[attr-defined] # typeshed leaves it out
from typing import Final

from ..frozen import dataclass
from ..model import Span
from ..source import SourceFile

MAX_DEPTH: Final = 100
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True, eq=False)
class JsonValue:
    """A text, a number, a boolean or null."""

    span: Span
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class JsonArray:
    """``[a, b]``"""

    span: Span
    items: tuple[JsonNode, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """``"name": value``"""

    name: str
    name_span: Span
    value: JsonNode

    @property
    def span(self) -> Span:
        """From the name to the end of the value."""
        return Span(self.name_span.start, self.value.span.end)


@dataclass(frozen=True, slots=True, eq=False)
class JsonObject:
    """``{ "name": value }``"""

    span: Span
    members: tuple[Member, ...]
    _by_name: dict[str, JsonNode] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> JsonNode | None:
        """A member's value."""
        return self._by_name.get(name)


JsonNode = JsonValue | JsonArray | JsonObject


def read(source: SourceFile) -> JsonNode:
    """The one value of a file. Raises ``Unparsable`` with line and column."""
    reader = _Reader(source)
    found = reader.value(0)
    if reader.at < len(source.text):
        raise source.unreadable(reader.at, "something follows the end of the JSON text")
    return found


class _Reader:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.blanks()

    def blanks(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def value(self, depth: int) -> JsonNode:
        """A value and the blanks behind it."""
        if depth > MAX_DEPTH:
            raise self.source.unreadable(self.at, f"nested deeper than {MAX_DEPTH}")
        begin, sign = self.at, self.text[self.at : self.at + 1]
        found: JsonNode
        if sign == "{":
            found = self.object(depth)
        elif sign == "[":
            found = self.array(depth)
        elif sign == '"':
            text = self.string()
            found = JsonValue(Span(begin, self.at), text)
        else:
            found = self.bare()
        self.blanks()
        return found

    def string(self) -> str:
        begin = self.at
        try:
            text, self.at = scanstring(self.text, begin + 1, True)
        except json.JSONDecodeError as error:
            reason = "a text has no end, or holds what JSON does not allow"
            raise self.source.unreadable(min(error.pos, len(self.text)), reason) from error
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise self.source.unreadable(begin, "a text holds half a character") from error
        return str(text)

    def bare(self) -> JsonValue:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return JsonValue(Span(self.at - len(word), self.at), value)
        found = _NUMBER.match(self.text, self.at)
        if found is None or len(found[0]) > 300:
            raise self.source.unreadable(self.at, "a JSON value is expected here")
        self.at = found.end()
        is_whole = found[0].lstrip("-").isdigit()
        return JsonValue(Span(*found.span()), int(found[0]) if is_whole else float(found[0]))

    def array(self, depth: int) -> JsonArray:
        begin = self.at
        items = []
        if not self.opens("]"):
            while True:
                items.append(self.value(depth + 1))
                if self.ends("]"):
                    break
        return JsonArray(Span(begin, self.at), tuple(items))

    def object(self, depth: int) -> JsonObject:
        begin = self.at
        members: list[Member] = []
        seen: dict[str, JsonNode] = {}
        if not self.opens("}"):
            while True:
                start = self.at
                if self.text[start : start + 1] != '"':
                    raise self.source.unreadable(start, 'a name in `"` is expected here')
                name = self.string()
                span = Span(start, self.at)
                if name in seen and name != "//":
                    raise self.source.unreadable(start, f'`"{name}"` stands here twice')
                self.blanks()
                if self.text[self.at : self.at + 1] != ":":
                    raise self.source.unreadable(self.at, "`:` is expected here")
                self.at += 1
                self.blanks()
                seen[name] = value = self.value(depth + 1)
                members.append(Member(name, span, value))
                if self.ends("}"):
                    break
        return JsonObject(Span(begin, self.at), tuple(members), seen)

    def opens(self, closing: str) -> bool:
        """Step inside; True where it is empty and closed again."""
        self.at += 1
        self.blanks()
        if self.text[self.at : self.at + 1] != closing:
            return False
        self.at += 1
        return True

    def ends(self, closing: str) -> bool:
        """Step over the comma or the closing sign; True for the latter."""
        sign = self.text[self.at : self.at + 1]
        if sign not in (",", closing) or not sign:
            raise self.source.unreadable(self.at, f"`,` or `{closing}` is expected here")
        self.at += 1
        if sign == ",":
            self.blanks()
        return sign == closing
