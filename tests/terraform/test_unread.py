"""A block that nobody needs is left unread only where reading it later gives the same."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings

from remediations.model import Span
from remediations.source import SourceFile, Unreadable
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Attribute, Block, Document
from remediations.terraform.quick import read_plain, read_sound
from remediations.terraform.scan import scan
from remediations.terraform.sound import comments_of
from remediations.terraform.tree import parse
from remediations.terraform.unread import unread_blocks
from tests.rules.pages import all_examples

from .edges import EDGES, Edge
from .generate import SLOW_DRAWS, files
from .test_quick import PIECES

OPENING = 'resource "a" "b" {\n'
MORE = ["a = 1\n", "b = a.c\n", "f(", "a.b(", "true(", "{}", "[]", '"${a}"', '"$${a}"', "-a", "\r"]
PIECE = re.compile(r"[A-Za-z_][\w-]*|[0-9.]+|[ \t]+|\r?\n|[$%]\{|<<-?|[^\w]")


def nobody(_type: str, _kind: str) -> bool:
    """Needs no block."""
    return False


BLOCKS = [
    one
    for kind in ("before", "good")
    for example in all_examples(kind)
    for text in example.files.values()
    for one in re.findall(r"^(?:resource|data) .*?^\}$", text, re.MULTILINE | re.DOTALL)
    if len(one) < 1500
]


def damaged(random: Random) -> Iterator[str]:
    """Blocks of the rules' pages, with pieces of their bodies lost, doubled, swapped or foreign."""
    while True:
        opening, line, body = random.choice(BLOCKS).partition("\n")
        pieces = PIECE.findall(body[:-1])
        for _ in range(random.choice((1, 1, 2, 3)) if pieces else 0):
            here, there = random.randrange(len(pieces)), random.randrange(len(pieces))
            foreign = random.choice((*PIECES, *MORE))
            how = random.randrange(6)
            if how == 0:
                pieces[here] = ""
            elif how == 1:
                pieces[here], pieces[there] = pieces[there], pieces[here]
            elif how == 2:
                pieces[here] = foreign
            else:
                pieces.insert(here, (pieces[here], pieces[there], foreign)[how - 3])
        yield f"{opening}{line}{''.join(pieces)}}}\n"


def alone(text: str) -> SourceFile:
    return SourceFile.of("main.tf", text)


def test_what_is_sound_is_read_without_a_doubt() -> None:
    texts, sound = damaged(Random(16)), 0
    for _, text in zip(range(20_000), texts, strict=False):
        for one in unread_blocks(alone(text), nobody):
            span = one.block.span
            source = alone(" " * span.start + text[span.start : span.end])
            scanned = scan(source)
            body = read_plain(source, scanned)
            assert body is not None, source.text
            assert body.items == (one.block,), source.text
            assert scanned.comments == one.comments, source.text
            sound += 1
    assert sound > 4000


def read(source: SourceFile, grammar: Grammar, *, lazily: bool) -> Document | str:
    try:
        return parse(source, grammar, nobody if lazily else None)
    except Unreadable as error:
        return str(error)


def is_same(text: str, grammar: Grammar) -> bool:
    """Whether a text gives the same nodes, comments or error, read at once or when asked."""
    lazily = read(alone(text), grammar, lazily=True)
    at_once = read(alone(text), grammar, lazily=False)
    if isinstance(lazily, Document) and isinstance(at_once, Document):
        return lazily == at_once and lazily.comments == at_once.comments
    return lazily == at_once


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: repr(edge.text))
def test_edges_are_the_same_when_asked(edge: Edge, grammar: Grammar) -> None:
    assert is_same(edge.text, grammar)
    assert is_same(f"{OPENING}{edge.text}}}\n", grammar)


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files())
def test_generated_text_is_the_same_when_asked(text: str, grammar: Grammar) -> None:
    assert is_same(text, grammar)


def test_damaged_text_is_the_same_when_asked(grammar: Grammar) -> None:
    between = ["", "# c\n", "a = [\n", "]\n", "/*\n", "*/\n", "a = <<E\n", "E\n", "}\n", "x {\n"]
    random = Random(17)
    texts = damaged(random)
    for _ in range(400):
        text = "".join(random.choice(between) + next(texts) for _ in range(3))
        assert is_same(text + random.choice(between), grammar), text


def unread(text: str, grammar: Grammar) -> list[bool]:
    blocks = parse(alone(text), grammar, nobody).body.blocks()
    return [block.body.is_unread for block in blocks]


SOUND = f"{OPENING}  c = 1\n}}\n"


def test_a_sound_body_is_read_when_somebody_asks(grammar: Grammar) -> None:
    (block,) = parse(alone(SOUND), grammar, nobody).body.blocks()
    body = block.body
    before = body.is_unread, body.may_say("c"), body.may_say("c", "d")
    assert list(body.attributes) == ["c"]
    after = body.is_unread, body.may_say("c"), body.may_say("c", "d")
    assert (before, after) == ((True, True, False), (False, True, True))
    assert body.items is body.items


def test_two_who_ask_at_once_get_the_same(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = parse(alone(SOUND), grammar, nobody).body.blocks()
    others = []

    def slowly(source: SourceFile, span: Span) -> tuple[Attribute | Block, ...]:
        monkeypatch.undo()
        others.append(block.body.items)  # another thread asks meanwhile
        return read_sound(source, span)

    monkeypatch.setattr("remediations.terraform.unread.read_sound", slowly)
    assert block.body.items is others[0]
    assert block.body.items is others[0]


def test_a_needed_block_is_read_at_once(grammar: Grammar) -> None:
    text = SOUND + SOUND.replace('"a"', '"z"')
    document = parse(alone(text), grammar, lambda *named: named == ("resource", "z"))
    assert [block.body.is_unread for block in document.body.blocks()] == [True, False]


@pytest.mark.parametrize(
    "body",
    [
        "count = 2\n",
        "for_each = var.x\n",
        'dynamic "x" {\n  for_each = y\n  content {\n  }\n  }\n',
        " a {\n  count = 2\n }\n",
        "a = [for x in y : x]\n",
        " a { b = 1\n }\n",
        "a { b = 1 }\n",
        "a = 1\na = 2\n",
        "a = 1\n b {\n c = 1\n }\na = 2\n",
        "a = 1 b = 2\n",
        "a = b.c(1)\n",
        "a = true(1)\n",
        "a = 1 -15\n",
        "a = x %{ b = 1 }\n",
        "a = " + "b ? c : " * 21 + "d\n",
        "a = " + "[" * 31 + "]" * 31 + "\n",
        "a = b" + ".c" * 200 + "\n",
        "a = b" + "[0]" * 21 + "\n",
        "a = " + "9" * 500 + "\n",
        "größe = 1\n",
        "a = <<E\nx\nE\n",
    ],
)
def test_whatever_is_in_doubt_is_read_at_once(body: str, grammar: Grammar) -> None:
    assert list(unread_blocks(alone(f"{OPENING}{body}}}\n"), nobody)) == []
    assert is_same(f"{OPENING}{body}}}\n", grammar)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "  # only a comment\n",
        'a = "x" # one\nb = y.z // another\n',
        'a = "${var.x}-\\"y\\" 5% $1 https://z"\n',
        'a = merge(local.b, {\n  "c" = -1, d : !e\n\n  # no\n  f = g ? "h" : i[0].j\n })\n',
        "a = [\n  b.*.c, d[*].e, # yes\n  (1 + 2) * 3 <= f(),\n]\n",
        "  a {\n    b = 1\n  }\n  a {\n    b = 2\n    c {}\n  }\n",
        "a = 1\r\nb = [ # c\r\n  2\r\n]\r\n",
    ],
)
def test_what_nearly_everybody_writes_is_sound(body: str, grammar: Grammar) -> None:
    text = f"{OPENING}{body}}}\n"
    assert unread(text, grammar) == [True]
    assert is_same(text, grammar)


@pytest.mark.parametrize(
    "text",
    [
        f"/*\n{SOUND}*/\n",
        f"a = <<EOF\n{SOUND}EOF\n",
        f"a = [\n{SOUND}]\n",
        f'a = "${{[\n{SOUND}]}}"\n',
        f"x {{\n{SOUND}}}\n",
        f"a =\n{SOUND}",
        f"{SOUND[:-1]} # c\n",
        f"{SOUND[:-1]} b = 1\n",
    ],
)
def test_what_is_no_block_of_its_own_is_not_left_out(text: str, grammar: Grammar) -> None:
    assert is_same(text, grammar)
    assert is_same(text + SOUND, grammar)


def test_an_error_that_nobody_would_meet_is_told_as_ever(grammar: Grammar) -> None:
    text = SOUND + SOUND.replace("c = 1", "c = = 1") + SOUND
    with pytest.raises(Unreadable) as told:
        parse(alone(text), grammar, nobody)
    assert (told.value.line, told.value.column) == (5, 7)
    assert is_same(text, grammar)


def test_a_missing_brace_does_not_swallow_the_next_block(grammar: Grammar) -> None:
    text = SOUND.removesuffix("}\n") + SOUND + SOUND
    assert list(unread_blocks(alone(text), nobody))
    assert is_same(text, grammar)
    assert isinstance(read(alone(text), grammar, lazily=True), str)


def test_comments_stand_in_the_order_of_the_text(grammar: Grammar) -> None:
    commented = SOUND.replace("c = 1", "c = 1 # in it")
    assert is_same(f"# first\n{commented}# between\n{commented}# last\n", grammar)


@pytest.mark.parametrize("body", ["a = 1", "a =", "a = [\n", "}\n", "a {\n"])
def test_half_a_body_is_not_sound(body: str) -> None:
    assert comments_of(body, 0, len(body)) is None


@pytest.mark.parametrize(
    "text",
    [
        OPENING * 10_000,
        OPENING * 10_000 + "}\n",
        OPENING + 'a = "' + '\\"' * 100_000 + "\n}\n",
        OPENING + "a = " + '"$' * 100_000 + "\n}\n",
        OPENING + "a = b" + "[0" * 100_000 + "\n}\n",
        OPENING + "a" + " " * 200_000 + "b\n}\n",
    ],
    ids=lambda text: text[19:50],
)
def test_what_is_meant_to_hurt_is_looked_at_once(text: str) -> None:
    began = time.process_time()
    assert len(list(unread_blocks(alone(text), nobody))) <= 1
    assert time.process_time() - began < 1
