"""Bytes to text and back, offsets to lines and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remediations.model import Edit, Span
from remediations.source import MAX_BYTES, OverlappingEdits, SourceFile, Unreadable, apply

TEXTS = st.text(st.sampled_from("ab \n\r\té🙂"), max_size=40)


@given(TEXTS, st.booleans())
def test_bytes_come_back_exactly(text: str, has_bom: bool) -> None:  # noqa: FBT001 - drawn, not called
    data = (b"\xef\xbb\xbf" if has_bom else b"") + text.encode()
    source = SourceFile.decode("a.tf", data)
    assert source.encode() == data
    assert source.text == text


@given(TEXTS)
def test_every_offset_has_its_line_and_column(text: str) -> None:
    source = SourceFile.of("a.tf", text)
    for offset in range(len(text) + 1):
        before = text[:offset]
        assert source.line(offset) == before.count("\n") + 1
        assert source.column(offset) == offset - (before.rfind("\n") + 1) + 1
    lines = [source.slice(source.line_span(n + 1)) for n in range(text.count("\n") + 1)]
    expected = [line.removesuffix("\r") for line in text.split("\n")[:-1]]
    assert lines == [*expected, text.split("\n")[-1]]


@pytest.mark.parametrize(
    ("data", "line", "column", "reason"),
    [
        (b"a = 1\nb = \xff\n", 2, 5, "UTF-8"),
        (b"\xff\xfea\x00", 1, 1, "UTF-8"),
        ("é = 1\nü = ".encode() + b"\xc3", 2, 5, "UTF-8"),
        (b"a = 1\n\nb\x00 = 2\n", 3, 2, "NUL"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n", 1, 1, "git lfs"),
        (b"#" * (MAX_BYTES + 1), 1, 1, "513 KB; the limit is 512 KB"),
    ],
)
def test_unreadable_bytes_say_where_and_why(
    data: bytes, line: int, column: int, reason: str
) -> None:
    with pytest.raises(Unreadable, match=reason) as caught:
        SourceFile.decode("a.tf", data)
    assert (caught.value.path, caught.value.line, caught.value.column) == ("a.tf", line, column)


@pytest.mark.parametrize(
    ("text", "newline"), [("", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\r\nb\n", "\n"), ("a", "\n")]
)
def test_the_newline_of_most_lines_is_the_files(text: str, newline: str) -> None:
    assert SourceFile.of("a.tf", text).newline == newline


def test_edits_replace_insert_and_delete_in_any_order() -> None:
    source = SourceFile.of("a.tf", "one two three")
    edits = [
        Edit("a.tf", Span(8, 13), ""),
        Edit("a.tf", Span(0, 0), "<"),
        Edit("a.tf", Span(4, 7), "2"),
    ]
    assert apply(source, edits).text == "<one 2 "


@pytest.mark.parametrize(
    ("one", "two"), [(Span(0, 3), Span(2, 4)), (Span(1, 1), Span(1, 1)), (Span(0, 3), Span(1, 1))]
)
def test_edits_that_claim_the_same_text_are_refused(one: Span, two: Span) -> None:
    with pytest.raises(OverlappingEdits):
        apply(SourceFile.of("a.tf", "abcdef"), [Edit("a.tf", one, "x"), Edit("a.tf", two, "y")])


def test_a_location_counts_the_lines_it_covers() -> None:
    source = SourceFile.of("a.tf", "a\nb {\n}\nc")
    assert (source.location(Span(2, 7)).line, source.location(Span(2, 7)).end_line) == (2, 3)
