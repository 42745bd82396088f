"""One forward pass over Terraform text: strings, comments, brackets and heredocs.

Gives a *shadow*: text of equal length in which everything that python-hcl2's grammar trips over is
neutralised, so that offsets into the shadow are offsets into the original. Builds no tree.
"""

from __future__ import annotations

import re
from dataclasses import field
from enum import Enum, auto
from typing import Final

from ..frozen import dataclass
from ..model import Span
from ..source import SourceFile

MAX_DEPTH: Final = 200
"""Deepest nesting of brackets, strings and interpolations that is read."""

# A minus stands alone only outside of names and exponents; a name holds its own.
_SIGNS: Final = re.escape(
    "".join(c for c in map(chr, range(128)) if not c.isalnum() and c not in '-_"#/<{}()[]\r\n')
)
_WORDS: Final = r"(?:[A-Za-z_][A-Za-z0-9_-]*|[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?"
_STRINGS: Final = r"\"[^\"\\$%\r\n]*\""
_PLAIN: Final = re.compile(f"{_WORDS}|[{_SIGNS}]+|{_STRINGS})+")
_PLAIN_LINES: Final = re.compile(f"{_WORDS}|[{_SIGNS}\n]+|{_STRINGS})+")
"""The same where line ends mean what they are."""
_NUMBER_BEFORE: Final = re.compile(r"(?:\A|[^\w.-])[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?[ \t]*\Z")
_HEREDOC: Final = re.compile(r"<<(?P<trim>-?)(?P<marker>[^\W\d][\w-]*)\r?\n")
# No possessive quantifier: Python 3.11 before its fifth release takes `*+` of a group wrongly.
_FOR: Final = re.compile(r"(?:\s|#[^\n]*\n|//[^\n]*\n|/\*[^*]*\*+(?:[^*/][^*]*\*+)*/)*for(?![\w-])")
_COLONS: Final = re.compile(r"(?<=\w)::(?=[^\W\d][\w-]{0,99}(?:::[^\W\d][\w-]{0,99})?[ \t]*\()")
_STRING_PLAIN: Final = re.compile(r"[^\"\\$%\r\n]+")
_HEREDOC_PLAIN: Final = re.compile(r"[^$%\r\n]+")
_ESCAPE: Final = re.compile(r"\\(?:[nrt\"\\]|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8}))")
# What Go's bytes.TrimSpace takes off around a closing marker; str.strip takes a few more.
_GO_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


class _Kind(Enum):
    BODY = auto()
    OBJECT = auto()
    BRACKET = auto()
    """``(``, ``[`` and the ``{`` of a ``for``: newlines mean nothing inside."""
    TEMPLATE = auto()
    STRING = auto()
    HEREDOC = auto()


_CLOSER: Final = {"(": ")", "[": "]", "{": "}", "${": "}", "%{": "}", '"': '"'}


@dataclass(frozen=True, slots=True)
class HeredocScan:
    """Where a heredoc stands: the whole token, its body without the closing line, its marker."""

    span: Span
    body: Span
    marker: str
    is_indented: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """Two texts of equal length, with the spans of what was neutralised in both.

    ``code`` holds every newline that ends a line of code; in ``shadow`` those that mean nothing to
    the grammar are blanks too. The literal text of strings and heredocs is ``x`` in both.
    """

    code: str
    shadow: str
    comments: tuple[Span, ...]
    heredocs: tuple[HeredocScan, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    kind: _Kind
    opener: str
    offset: int
    heredoc: re.Match[str] | None = None


@dataclass(slots=True)
class _Scanner:
    source: SourceFile
    text: str
    out: list[str] = field(default_factory=list)
    """Pieces of the code, which together are as long as the text up to ``written``."""
    written: int = 0
    position: int = 0
    previous: str = "\n"
    """The last character of code that is neither a blank nor a comment."""
    stack: list[_Frame] = field(default_factory=list)
    flat: list[int] = field(default_factory=list)
    comments: list[Span] = field(default_factory=list)
    heredocs: list[HeredocScan] = field(default_factory=list)

    def run(self) -> Scan:
        while self.position < len(self.text):
            kind = self.stack[-1].kind if self.stack else _Kind.BODY
            if kind is _Kind.STRING:
                self.in_string()
            elif kind is _Kind.HEREDOC:
                self.in_heredoc()
            else:
                self.in_code(kind)
        if self.stack:
            self.never_closed(self.stack[-1])
        code = "".join((*self.out, self.text[self.written :]))
        return Scan(code, self.flattened(code), tuple(self.comments), tuple(self.heredocs))

    def flattened(self, code: str) -> str:
        """Without the newlines that mean nothing to the grammar, and the names it cannot read."""
        after = [0, *(offset + 1 for offset in self.flat)]
        shadow = " ".join(map(code.__getitem__, map(slice, after, (*self.flat, len(code)))))
        pieces: list[str] = []
        position = 0
        for colons in _COLONS.finditer(code):
            # The grammar knows functions of one and of three names; Terraform also those of two.
            pieces += shadow[position : colons.start()], "__"
            position = colons.end()
        return "".join((*pieces, shadow[position:]))

    def put(self, start: int, written: str) -> None:
        """This in the place of what stands from ``start`` on, which is as long."""
        self.out += self.text[self.written : start], written
        self.written = start + len(written)

    def never_closed(self, frame: _Frame) -> None:
        name = f"the heredoc `{frame.heredoc['marker']}`" if frame.heredoc else f"`{frame.opener}`"
        raise self.source.unreadable(frame.offset, f"{name} is never closed")

    def in_code(self, kind: _Kind) -> None:
        is_flat = kind is _Kind.BRACKET or kind is _Kind.TEMPLATE
        plain = (_PLAIN if is_flat else _PLAIN_LINES).match(self.text, self.position)
        if plain:
            self.without_strings(plain[0])
            self.previous = plain[0].rstrip(" \t")[-1:] or self.previous
            self.position = plain.end()
            if self.position == len(self.text):
                return
        character = self.text[self.position]
        if character in "#/" and self.comment():
            return
        if character == "<" and self.heredoc():
            return
        if character == "\n":
            self.flat.append(self.position)  # elsewhere the pattern took it
            self.position += 1
        elif character == "\r":
            self.carriage_return(kind)
        elif ord(character) > 127:
            self.beyond_ascii()
        else:
            self.punctuation(character)

    def without_strings(self, plain: str) -> None:
        """Each second piece between quotes is the text of a string."""
        pieces = plain.split('"')
        if len(pieces) == 1:
            return
        if len(self.stack) >= MAX_DEPTH:
            self.position += len(pieces[0])
            self.push(_Frame(_Kind.STRING, '"', self.position))
        pieces[1::2] = ["x" * len(piece) for piece in pieces[1::2]]
        self.put(self.position, '"'.join(pieces))

    def punctuation(self, character: str) -> None:
        offset = self.position
        if character == '"':
            self.push(_Frame(_Kind.STRING, '"', offset))
        elif character == "{":
            self.push(_Frame(self.brace(), "{", offset))
        elif character in "([":
            self.push(_Frame(_Kind.BRACKET, character, offset))
        elif character in ")]}":
            self.pop(character)
        elif character == "-" and _NUMBER_BEFORE.search(self.text[max(0, offset - 40) : offset]):
            # The grammar reads `5 -10` as two numbers; a plus has the same precedence.
            self.put(offset, "+")
        self.previous = character
        self.position += 1

    def brace(self) -> _Kind:
        """A body follows a word or a label, and only where a body may stand."""
        is_open = not self.stack or self.stack[-1].kind is _Kind.BODY
        if is_open and (self.previous in '"_-' or self.previous.isalnum()):
            return _Kind.BODY
        return _Kind.BRACKET if _FOR.match(self.text, self.position + 1) else _Kind.OBJECT

    def push(self, frame: _Frame) -> None:
        if len(self.stack) >= MAX_DEPTH:
            reason = f"more than {MAX_DEPTH} levels of nesting"
            raise self.source.unreadable(self.position, reason)
        self.stack.append(frame)

    def pop(self, closer: str) -> None:
        frame = self.stack[-1] if self.stack else None
        if frame is None or _CLOSER.get(frame.opener) != closer:
            raise self.source.unreadable(self.position, f"`{closer}` closes nothing")
        self.stack.pop()
        before = self.position - 1
        if frame.opener == "${" and self.text[before] == "~" and before >= self.written:
            self.put(before, " ")

    def check_carriage_return(self) -> None:
        if not self.text.startswith("\n", self.position + 1):
            reason = "a carriage return stands without its newline"
            raise self.source.unreadable(self.position, reason)

    def carriage_return(self, kind: _Kind) -> None:
        self.check_carriage_return()
        if kind in (_Kind.BRACKET, _Kind.TEMPLATE):
            self.put(self.position, " ")
        self.position += 1

    def beyond_ascii(self) -> None:
        """Terraform accepts names of any script; the grammar only ASCII."""
        end = self.position
        while end < len(self.text) and ("a" + self.text[end].replace("-", "a")).isidentifier():
            if self.text[end] > "\x7f":
                self.put(end, "a")
            end += 1
        self.previous = "a" if end > self.position else self.text[end]
        self.position = max(end, self.position + 1)

    def comment(self) -> bool:
        start = self.position
        if self.text.startswith("/*", start):
            end = self.text.find("*/", start + 2) + 2
            if end < 2:
                raise self.source.unreadable(start, "the comment is never closed")
        elif self.text.startswith(("#", "//"), start):
            end = self.text.find("\n", start)
            end = len(self.text) if end < 0 else end
            end -= self.text[end - 1] == "\r"
        else:
            return False
        self.comments.append(Span(start, end))
        self.put(start, " " * (end - start))
        self.position = end
        return True

    def literal(self, end: int) -> None:
        """Text up to ``end`` says nothing to the grammar."""
        self.put(self.position, "x" * (end - self.position))
        self.position = end

    def in_string(self) -> None:
        plain = _STRING_PLAIN.match(self.text, self.position)
        if plain:
            self.literal(plain.end())
            return
        character = self.text[self.position]
        if character in "\r\n":
            offset = self.stack[-1].offset
            raise self.source.unreadable(offset, "the string is not closed on its line")
        if character == '"':
            self.pop('"')
            self.previous = '"'
            self.position += 1
        elif character == "\\":
            self.escape()
        else:
            self.template()

    def escape(self) -> None:
        found = _ESCAPE.match(self.text, self.position)
        code = int((found["u"] or found["U"] or "0"), 16) if found else 0
        if found is None or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            word = self.text[self.position : self.position + 2].strip()
            raise self.source.unreadable(self.position, f"`{word}` is not an escape sequence")
        self.literal(found.end())

    def template(self) -> None:
        """At a ``$`` or ``%`` in literal text: an interpolation, an escape, or only itself."""
        sign = self.text[self.position]
        if self.text.startswith(f"{sign}{sign}{{", self.position):
            self.literal(self.position + 3)
        elif self.text.startswith("{", self.position + 1):
            self.push(_Frame(_Kind.TEMPLATE, sign + "{", self.position))
            self.position += 2
            self.previous = "{"
            if sign == "$" and self.text.startswith("~", self.position):
                self.put(self.position, " ")
                self.position += 1
        else:
            self.literal(self.position + 1)

    def heredoc(self) -> bool:
        opening = _HEREDOC.match(self.text, self.position)
        if opening is None:
            if self.text.startswith("<<", self.position):
                # The grammar has a looser idea of a heredoc; it must never get to apply it.
                raise self.source.unreadable(self.position, "`<<` begins no heredoc here")
            return False
        self.push(_Frame(_Kind.HEREDOC, "<<", self.position, opening))
        # To the grammar a heredoc is a string: a quote first, a quote where its marker ends.
        self.put(self.position, '"')
        self.position += 1
        self.literal(opening.end())
        return True

    def in_heredoc(self) -> None:
        if self.text[self.position - 1] == "\n" and self.closes_heredoc():
            return
        plain = _HEREDOC_PLAIN.match(self.text, self.position)
        if plain:
            self.literal(plain.end())
        elif self.text[self.position] == "\n":
            self.literal(self.position + 1)
        elif self.text[self.position] == "\r":
            self.check_carriage_return()
            self.literal(self.position + 1)
        else:
            self.template()

    def closes_heredoc(self) -> bool:
        """A line that holds only the marker, whatever blanks surround it, and a newline."""
        frame, start = self.stack[-1], self.position
        end = self.text.find("\n", start)
        line = self.text[start:end].removesuffix("\r") if end >= 0 else ""
        if frame.heredoc is None or line.strip(_GO_SPACE) != frame.heredoc["marker"]:
            return False
        if "\r" in line:
            return False
        self.stack.pop()
        stop = start + len(line.rstrip(_GO_SPACE))
        span, body = Span(frame.offset, stop), Span(frame.heredoc.end(), start)
        marker, trim = frame.heredoc["marker"], frame.heredoc["trim"]
        self.heredocs.append(HeredocScan(span, body, marker, bool(trim)))
        self.literal(stop - 1)
        self.put(stop - 1, '"' + " " * (end - stop))
        self.previous = '"'
        self.position = end
        return True


def scan(source: SourceFile) -> Scan:
    """Scan a file. Raises ``Unparsable`` with line and column for what can never be Terraform."""
    return _Scanner(source, source.text).run()
