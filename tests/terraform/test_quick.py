"""The quick reader gives what the grammar gives, or gives up; it accepts nothing more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remediations.source import SourceFile, Unreadable
from remediations.terraform.by_grammar import parse_by_grammar
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Body
from remediations.terraform.quick import read_plain
from remediations.terraform.scan import scan
from tests.rules.pages import all_examples
from tests.terraform.generate import SLOW_DRAWS

from .edges import EDGES, Edge
from .generate import files

PAGES = [
    text
    for kind in ("before", "good")
    for example in all_examples(kind)
    for text in example.files.values()
]


def both(text: str, grammar: Grammar) -> tuple[Body | None, Body | None]:
    """What each of the two makes of a text; None where it refuses or gives up."""
    source = SourceFile.of("main.tf", text)
    try:
        scanned = scan(source)
    except Unreadable:
        return None, None
    try:
        judged = parse_by_grammar(source, scanned, grammar).body
    except Unreadable:
        judged = None
    return read_plain(source, scanned), judged


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: repr(edge.text))
def test_edges_are_read_alike_or_left_to_the_grammar(edge: Edge, grammar: Grammar) -> None:
    quick, judged = both(edge.text, grammar)
    assert quick is None or quick == judged


def test_every_page_is_plain_and_read_alike(grammar: Grammar) -> None:
    assert len(PAGES) > 150
    for text in PAGES:
        quick, judged = both(text, grammar)
        assert quick is not None, text
        assert quick == judged, text


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files())
def test_generated_text_is_read_alike(text: str, grammar: Grammar) -> None:
    quick, judged = both(text, grammar)
    assert quick is None or quick == judged


PIECES = [
    "{", "}", "[", "]", "(", ")", '"', "\n", " ", ",", "=", "==", "=>", ".", "...", ".*", "[*]",
    "?", ":", "-", "!", "+", "*", "/", "%", "${", "%{", "~", "for", "in", "if", "else", "true",
    "0", "15", "1.5", "1e3", "a", "é", "#x\n", "/*z*/", "<<E\n", "E\n", "\\", "\t", "\r\n", "&&",
    "||", "::", "-15", "-5", "x.0.1", "%{ if a }", "%{ endif }", "%{ else }", "${~ a ~}", "b {",
]  # fmt: skip # pieces to draw from, not lines to read


@settings(max_examples=400, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(data=st.data(), text=st.sampled_from([text for text in PAGES if len(text) < 800]))
def test_damaged_text_is_read_alike_or_left_to_the_grammar(
    data: st.DataObject, text: str, grammar: Grammar
) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.sampled_from([0, 0, 1, 1, 3, 20]))
        text = text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[end:]
    quick, judged = both(text, grammar)
    assert quick is None or quick == judged


@pytest.mark.parametrize(
    "text",
    [
        'a = "x"-15\n',
        "a = f(1)-15\n",
        'a = { true (b): "c" }\n',
        "a = [1 2]\n",
        "a = 1 b = 2\n",
        "a = 1\na = 2\n",
        "b { a = 1 }\nc { a = 1, b = 2 }\n",
        "b {\n  a = 1 }\n",
        "b { a = 1\n}\n",
        "a = x ?\n 1 : 2\n",
        'b "${x}" {}\n',
        'a = "%{ if x }"\n',
        'a = "%{ endif }"\n',
        "a = [for x in y]\n",
        "a = {for k in x : k}\n",
        "a = " + "b." * 200 + "c\n",
        "a = " + "9" * 500 + "\n",
    ],
)
def test_what_is_not_terraform_is_left_to_the_grammar(text: str, grammar: Grammar) -> None:
    assert both(text, grammar) == (None, None)


@pytest.mark.parametrize("depth", [61, 199])
def test_deep_text_is_left_to_the_grammar_and_read(depth: int, grammar: Grammar) -> None:
    text = "a = " + "[" * depth + "]" * depth + "\n"
    quick, judged = both(text, grammar)
    assert quick is None
    assert judged is not None
