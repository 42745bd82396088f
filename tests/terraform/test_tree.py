"""What the text says, node by node, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remediations.source import SourceFile, Unparsable
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import (
    Attribute,
    Call,
    Conditional,
    Document,
    ForExpression,
    Heredoc,
    ListExpression,
    Literal,
    ObjectExpression,
    Operation,
    Reference,
    String,
    Traversal,
)
from remediations.terraform.scan import scan
from remediations.terraform.tree import parse
from tests.terraform.edges import EDGES, Edge
from tests.terraform.generate import SLOW_DRAWS, files
from tests.terraform.oracle import judge, needs_terraform
from tests.terraform.spans import ours, theirs
from tests.terraform.variants import variants

SAMPLE = """\
resource "aws_s3_bucket" "training" {
  bucket = "train-${var.name}-\\u00e9$${x}" # the name
  count  = var.on ? 1 : 0

  tags = { Name = "a", "b" : 2, (local.k) = [1, -2.5, true, null] }

  lifecycle { prevent_destroy = true }
  policy = jsonencode(merge(local.base, [for s in var.s : s.id if s.on]...))
  arn    = aws_s3_bucket.other[0].arn
  all    = aws_s3_bucket.other[*].arn
  sum    = 5-1 + f(2).x
}
"""


def read(text: str, grammar: Grammar) -> Document:
    return parse(SourceFile.of("main.tf", text), grammar)


def value(text: str, grammar: Grammar) -> object:
    return read(f"a = {text}\n", grammar).body.attributes["a"].value


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: repr(edge.text))
def test_each_edge_is_read_or_refused(edge: Edge, grammar: Grammar) -> None:
    if edge.read:
        read(edge.text, grammar)
        return
    with pytest.raises(Unparsable) as caught:
        read(edge.text, grammar)
    lines = edge.text.split("\n")
    assert 1 <= caught.value.line <= len(lines)
    assert 1 <= caught.value.column <= len(lines[caught.value.line - 1]) + 1


@needs_terraform
def test_terraform_agrees_with_the_table_of_edges(tmp_path: Path) -> None:
    verdicts = judge({edge.text: edge.text.encode() for edge in EDGES}, tmp_path)
    assert {e.text for e in EDGES if not e.valid} == verdicts.invalid


def test_a_block_has_its_parts(grammar: Grammar) -> None:
    document = read(SAMPLE, grammar)
    (block,) = document.body.blocks("resource")
    assert block.labels == ("aws_s3_bucket", "training")
    assert document.source.slice(block.header_span) == 'resource "aws_s3_bucket" "training"'
    assert document.text_of(block) == SAMPLE.rstrip()
    assert not block.is_one_line
    assert block.body.blocks("lifecycle")[0].is_one_line
    assert [document.source.slice(span) for span in document.comments] == ["# the name"]
    for name, attribute in block.body.attributes.items():
        assert document.source.slice(attribute.name_span) == name
        assert document.text_of(attribute).startswith(name)


def test_the_one_argument_of_a_block_may_have_several_lines(grammar: Grammar) -> None:
    document = read('environment { variables = {\n  A : "b",\n} }\n', grammar)
    (block,) = document.body.blocks("environment")
    assert block.is_one_line
    assert isinstance(block.body.attributes["variables"].value, ObjectExpression)


def test_expressions_are_what_they_look_like(grammar: Grammar) -> None:
    attributes = read(SAMPLE, grammar).body.blocks()[0].body.attributes
    bucket, count, tags = (attributes[n].value for n in ("bucket", "count", "tags"))
    assert isinstance(bucket, String)
    assert bucket.parts[0] == "train-"
    assert isinstance(bucket.parts[1], Reference)
    assert bucket.parts[1].dotted == "var.name"
    assert bucket.parts[2] == "-é${x}"
    assert bucket.literal is None
    assert isinstance(count, Conditional)
    assert isinstance(tags, ObjectExpression)
    assert [entry.name for entry in tags.entries] == ["Name", "b", None]
    items = tags.entries[2].value
    assert isinstance(items, ListExpression)
    assert [i.value for i in items.items if isinstance(i, Literal)] == [1, -2.5, True, None]


def test_calls_and_references_are_what_they_look_like(grammar: Grammar) -> None:
    attributes = read(SAMPLE, grammar).body.blocks()[0].body.attributes
    policy, arn, every, total = (attributes[n].value for n in ("policy", "arn", "all", "sum"))
    assert isinstance(policy, Call)
    merge = policy.arguments[0]
    assert isinstance(merge, Call)
    assert (merge.name, merge.expands) == ("merge", True)
    assert isinstance(merge.arguments[1], ForExpression)
    assert isinstance(arn, Reference)
    assert arn.dotted == "aws_s3_bucket.other[0].arn"
    assert arn.names == ("aws_s3_bucket", "other", "arn")
    assert isinstance(every, Reference)
    assert every.parts == ("aws_s3_bucket", "other", "*", "arn")
    assert isinstance(total, Operation)
    assert total.operator == "+"
    assert isinstance(total.operands[0], Operation)
    assert total.operands[0].operator == "-"
    assert isinstance(total.operands[1], Traversal)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ('""', ""),
        ('"a\\n\\t\\"\\\\ \\u00e9\\U0001F600"', 'a\n\t"\\ é😀'),
        ('"$${a} %%{b} $$${c} $ % $x"', "${a} %{b} $${c} $ % $x"),
        ('"\\u0024\\u0024{x}"', "$${x}"),
        ('"${a}"', None),
        ("<<E\nE", ""),
        ("<<E\n a \\n\n  $${b}\nE", " a \\n\n  ${b}\n"),
        ("<<-E\n    a\n      b\n\n  \n    E", "a\n  b\n\n  \n"),
        ("<<-E\n\ta\n\t  b\n\tE", "a\n  b\n"),
        ("<<E\n${a}\nE", None),
    ],
)
def test_literal_text_is_what_terraform_makes_of_it(
    text: str, literal: str | None, grammar: Grammar
) -> None:
    node = value(text, grammar)
    assert isinstance(node, (String, Heredoc))
    assert node.literal == literal


def test_a_heredoc_holds_its_interpolations(grammar: Grammar) -> None:
    node = value('<<-EOF\n  {"a": "${aws_s3_bucket.x.arn}/*"}\n  EOF', grammar)
    assert isinstance(node, Heredoc)
    assert [part if isinstance(part, str) else type(part) for part in node.parts] == [
        '{"a": "',
        Reference,
        '/*"}\n',
    ]


def test_the_shared_indentation_ends_where_a_line_begins_with_less(grammar: Grammar) -> None:
    node = value("<<-E\n    a\n      ${1}b\n ${2} c\n   d\n    E", grammar)
    assert isinstance(node, Heredoc)
    texts = [part for part in node.parts if isinstance(part, str)]
    assert texts == ["   a\n     ", "b\n", " c\n  d\n"]


HIDING = """\
resource "aws_s3_bucket" "one" {{
  policy = <<EOF
{{}}
EOF{blank}
}}

resource "aws_s3_bucket_acl" "public" {{
  acl = "public-read"
}}

resource "aws_s3_bucket" "two" {{
  policy = <<EOF
{{}}
EOF
}}
"""


@pytest.mark.parametrize("blank", ["", " ", "\t", "  \t ", "\u00a0", "\r"])
def test_a_blank_behind_a_marker_hides_nothing(blank: str, grammar: Grammar) -> None:
    blocks = read(HIDING.format(blank=blank), grammar).body.blocks()
    assert [block.labels[1] for block in blocks] == ["one", "public", "two"]


def test_a_marker_within_an_interpolation_ends_nothing(grammar: Grammar) -> None:
    text = 'a = <<E\n${\nE\n}\nb = "still text"\nE\n\nc {}\n'
    document = read(text, grammar)
    assert list(document.body.attributes) == ["a"]
    assert len(document.body.blocks("c")) == 1


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("a = 1\nb = \n", 2, 5, "unexpected end of line"),
        ("a {\n  x = 1\n  x = 2\n}\n", 3, 3, "`x` is set twice in this block"),
        ("a {\n  x = 1 y = 2\n}\n", 2, 9, "unexpected|two arguments on one line"),
        ("a { x = 1 }  b {}\n", 1, 14, "two arguments on one line"),
        ("a { b {} }\n", 1, 5, "one argument at most"),
        ("a {\n  x = 1 }\n", 2, 9, "own line"),
        ("a = <<E\nx\n", 1, 5, "the heredoc `E` is never closed"),
        ("a {\n  b {\n}\n", 1, 3, "`{` is never closed"),
        ('a = "x\n', 1, 5, "not closed on its line"),
        ("/* x\n", 1, 1, "never closed"),
        ("a = 1\n}\n", 2, 1, "closes nothing"),
        ('a = "\\d"\n', 1, 6, "`\\\\d` is not an escape"),
        ("a = 1\rb = 2", 1, 6, "carriage return"),
        ("a = " + "[" * 201 + "]" * 201, 1, 205, "more than 200 levels"),
        ("a = " + "9" * 500, 1, 5, "the number is too long"),
    ],
)
def test_what_is_not_terraform_is_refused_with_its_place(
    text: str, line: int, column: int, reason: str, grammar: Grammar
) -> None:
    with pytest.raises(Unparsable, match=reason) as caught:
        read(text, grammar)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_two_hundred_levels_are_read(grammar: Grammar) -> None:
    assert isinstance(value("[" * 200 + "]" * 200, grammar), ListExpression)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files())
def test_spans_are_those_of_tree_sitter(text: str, grammar: Grammar) -> None:
    text = text.replace("1e3", "103")  # it knows no exponents, and takes `e3` for a block
    other = theirs(text)
    document = read(text, grammar)
    assert other is None or ours(document) == other


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files())
def test_every_variant_says_the_same(text: str, grammar: Grammar) -> None:
    expected = shape(read(text, grammar))
    for name, data in variants(text):
        assert shape(parse(SourceFile.decode("a.tf", data), grammar)) == expected, name


def shape(document: Document) -> list[tuple[object, ...]]:
    """Blocks and arguments in order, without anything about layout."""
    found: list[tuple[object, ...]] = []
    stack = list(document.body.items)
    while stack:
        item = stack.pop()
        if isinstance(item, Attribute):
            kinds = [type(node).__name__ for node in item.value.walk()]
            found.append((item.name, *kinds))
        else:
            found.append((item.type, *item.labels, item.is_one_line))
            stack.extend(item.body.items)
    return found


DAMAGE = [*'\n\r\t {}[]()"$%\\#/*<>=.,:?-~_aé0\u00a0', "${", "<<E\n", "EOF\n", "/*", "*/"]


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files(), data=st.data())
def test_damaged_text_is_read_or_refused_and_nothing_else(
    text: str, data: st.DataObject, grammar: Grammar
) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 3))
        new = data.draw(st.sampled_from(DAMAGE))
        text = text[:at] + new + text[at + gone :]
    try:
        document = read(text, grammar)
    except Unparsable as error:
        place = (error.line, error.column)
    else:
        place = (1, 1)
        assert shape(document) is not None
    assert min(place) >= 1


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files())
def test_the_shadow_has_the_length_of_the_text(text: str) -> None:
    scanned = scan(SourceFile.of("a.tf", text))
    assert len(scanned.shadow) == len(scanned.code) == len(text)
    for span in scanned.comments:
        assert text[span.start : span.end].startswith(("#", "//", "/*"))
