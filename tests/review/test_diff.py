"""Patches as GitHub sends them, and patches that git takes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diff import FileDiff, unified

PATCH = """\
@@ -1,3 +1,4 @@ resource "aws_s3_bucket" "training" {
 one
-two
+TWO
+two and a half
 three
@@ -10 +11,2 @@
-ten
\\ No newline at end of file
+ten
+eleven
\\ No newline at end of file"""


def test_hunks_know_their_lines_on_the_new_side() -> None:
    first, second = FileDiff.parse(PATCH).hunks
    assert list(first.new_side()) == [(1, "one"), (2, "TWO"), (3, "two and a half"), (4, "three")]
    assert list(second.new_side()) == [(11, "ten"), (12, "eleven")]
    assert (second.old_start, second.old_lines, second.new_end) == (10, 1, 12)


@pytest.mark.parametrize(("first", "last"), [(1, 4), (2, 3), (12, 12)])
def test_a_hunk_holds_the_lines_it_shows(first: int, last: int) -> None:
    assert FileDiff.parse(PATCH).hunk_holding(first, last) is not None


@pytest.mark.parametrize(("first", "last"), [(4, 5), (4, 11), (13, 13), (3, 2), (0, 1)])
def test_no_hunk_holds_what_it_does_not_show(first: int, last: int) -> None:
    assert FileDiff.parse(PATCH).hunk_holding(first, last) is None


def test_a_hunk_that_only_removes_holds_nothing() -> None:
    diff = FileDiff.parse("@@ -3,2 +2,0 @@\n-a\n-b")
    assert len(diff.hunks) == 1
    assert diff.hunk_holding(2, 2) is None


@pytest.mark.parametrize("patch", [None, "", "Binary files differ", "-Subproject commit 1234"])
def test_no_patch_has_no_hunks(patch: str | None) -> None:
    assert FileDiff.parse(patch) == FileDiff()


def test_a_hunk_cut_short_is_left_out_and_the_others_stay() -> None:
    diff = FileDiff.parse("@@ -1,2 +1,3 @@\n a\n+b\n@@ -9,1 +10,2 @@\n x\n+y")
    assert [hunk.new_start for hunk in diff.hunks] == [10]
    assert FileDiff.parse("@@ -1,2 +1,3 @@\n a\n+b") == FileDiff()


def test_a_line_that_looks_like_a_header_is_content() -> None:
    diff = FileDiff.parse("@@ -1 +1,2 @@\n a\n+@@ -1 +1 @@")
    assert list(diff.hunks[0].new_side()) == [(1, "a"), (2, "@@ -1 +1 @@")]


def test_lines_are_compared_with_the_file() -> None:
    diff = FileDiff.parse("@@ -1 +1,2 @@\n a\n+b\r")
    assert diff.shows(["a", "b\r", ""], 1, 2)
    assert not diff.shows(["a", "c\r", ""], 1, 2)
    assert not diff.shows(["a"], 1, 2)


TEXTS = st.lists(st.sampled_from(["a", "b", "}", "", "\x0c", "\r"]), max_size=25).map("\n".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS, TEXTS)
def test_a_written_patch_reads_back_as_the_new_text(before: str, after: str) -> None:
    shown = FileDiff.parse(unified(before, after, "a.tf"))
    lines = before.split("\n")[:-1] + [line for line in before.split("\n")[-1:] if line]
    wanted = after.split("\n")[:-1] + [line for line in after.split("\n")[-1:] if line]
    for hunk in reversed(shown.hunks):
        start = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        lines[start : start + hunk.old_lines] = [text for _, text in hunk.new_side()]
    assert lines == wanted


LONG = "".join(f"line {number}\n" for number in range(400))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\n", "a\nc\n"),
        ("a", "a\n"),
        ("a\n", "a"),
        ("a\r\nb\r\n", "a\r\nB\r\n"),
        (None, 'resource "aws_kms_key" "training" {\n}\n'),
        ("a\n", None),
        (LONG, "first\n" + LONG.replace("line 200\n", "two\nhundred\n") + "last"),
    ],
)
def test_git_takes_the_patch(before: str | None, after: str | None, tmp_path: Path) -> None:
    file = tmp_path / "main.tf"
    if before is not None:
        file.write_bytes(before.encode())
    patch = tmp_path / "change.patch"
    patch.write_bytes(unified(before, after, "main.tf").encode())
    subprocess.run(["git", "apply", "--whitespace=nowarn", patch.name], cwd=tmp_path, check=True)
    assert (file.read_bytes().decode() if file.exists() else None) == after


def test_nothing_changed_is_no_patch() -> None:
    assert unified("a\n", "a\n", "main.tf") == ""


def test_a_patch_of_a_long_file_shows_its_neighbourhood_only() -> None:
    patch = unified(LONG, LONG.replace("line 7\n", "seven\n"), "main.tf")
    assert patch.splitlines()[2] == "@@ -5,7 +5,7 @@"
    assert len(patch.splitlines()) == 11


def test_an_inserted_block_is_shown_from_its_first_line_to_its_last() -> None:
    one, two = "a {\n  x\n}\n", "b {\n  x\n}\n"
    patch = unified(f"{one}\n", f"{one}\n{two}\n", "main.tf")
    assert [line for line in patch.split("\n") if line.startswith("+")][1:] == [
        "+b {",
        "+  x",
        "+}",
        "+",
    ]


def test_changes_far_apart_are_hunks_of_their_own() -> None:
    after = LONG.replace("line 7\n", "seven\n").replace("line 300\n", "").replace("399", "end")
    headers = [line for line in unified(LONG, after, "main.tf").split("\n") if line[:2] == "@@"]
    assert headers == ["@@ -5,7 +5,7 @@", "@@ -298,7 +298,6 @@", "@@ -397,4 +396,4 @@"]
