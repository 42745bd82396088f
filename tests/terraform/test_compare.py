"""The comparison says no: each way in which an edit does more than it says."""

from __future__ import annotations

import pytest

from remediations.model import Edit, Span
from remediations.source import SourceFile, apply
from remediations.terraform.compare import verify_text
from remediations.terraform.grammar import Grammar
from remediations.terraform.tree import parse

TEXT = "x {\n  a = 1\n}\n\n# c */ }\ny {\n  b = 2\n}\n"


def verdict(old: str, new: str, grammar: Grammar) -> str | None:
    """What is said of replacing the one place where ``old`` stands, as narrowly as can be."""
    assert TEXT.count(old) == 1
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    start = TEXT.index(old)
    edits = [Edit("a.tf", Span(start + head, start + len(old)), new[head:])]
    before = parse(SourceFile.of("a.tf", TEXT), grammar)
    return verify_text(before, parse(apply(before.source, edits), grammar), edits)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a = 1", "a = 5"),
        ("a = 1", "a = [\n1\n]"),
        ("a = 1\n", "a = 1\n  z = 3\n"),
        ("  a = 1\n", ""),
        ("}\n\n", "}\n\nz {\n}\n\n"),
        ("# c */ }\n", ""),
        ("x {\n  a = 1\n}\n", ""),
    ],
)
def test_what_was_meant_passes(old: str, new: str, grammar: Grammar) -> None:
    assert verdict(old, new, grammar) is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("a = 1\n", "a = 1\n  /*\n", "`comment` on line 5 would no longer be what it is"),
        ("x {\n", "x {\n}\nw {\n", "`a` on line 2 would no longer be what it is"),
        ("x {\n", "x {\n  n {\n  }\n}\nw {\n", "`a` on line 2 would no longer be what it is"),
    ],
)
def test_what_reaches_further_is_named(old: str, new: str, reason: str, grammar: Grammar) -> None:
    assert verdict(old, new, grammar) == reason


def test_what_appears_in_text_that_nobody_edited_is_named(grammar: Grammar) -> None:
    before = parse(SourceFile.of("a.tf", "/*\na = 1\n# */\n"), grammar)
    edits = [Edit("a.tf", Span(0, 2), "")]
    after = parse(apply(before.source, edits), grammar)
    reason = verify_text(before, after, edits)
    assert reason == "`a` on line 2 would come out of text that nobody edited"


def test_a_text_that_the_edits_do_not_give_is_named(grammar: Grammar) -> None:
    before = parse(SourceFile.of("a.tf", TEXT), grammar)
    after = parse(SourceFile.of("a.tf", TEXT + "\n"), grammar)
    assert verify_text(before, after, []) == "the edits do not lead to this text"
