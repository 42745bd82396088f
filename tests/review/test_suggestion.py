"""A suggestion, applied the way a host applies it, gives exactly the bytes that were planned."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.diff import FileDiff, unified
from bot.markdown import fenced
from bot.sandbox.lines import replace_lines
from bot.suggestion import MAX_LINES, Suggestion, place
from remediations.model import Edit, Span
from remediations.source import OverlappingEdits, SourceFile, apply

HEAD = """\
resource "aws_s3_bucket_public_access_block" "training" {
  bucket = aws_s3_bucket.training.id

  block_public_acls   = false
  block_public_policy = true
}
"""


def whole(text: str) -> FileDiff:
    """The diff of a file that the change adds."""
    return FileDiff.parse(unified(None, text, "main.tf"))


def replaced(text: str, old: str, new: str) -> Edit:
    start = text.index(old)
    return Edit("main.tf", Span(start, start + len(old)), new)


def placed(text: str, *edits: Edit, diff: FileDiff | None = None) -> Suggestion | None:
    return place(edits, SourceFile.decode("main.tf", text.encode()), diff or whole(text))


def accept(content: bytes, suggestion: Suggestion, comment: str) -> bytes:
    """What a host does: take the first suggestion block of the rendered comment, line for line."""
    blocks = [t for t in MarkdownIt().parse(comment) if t.type == "fence"]
    assert [block.info for block in blocks] == ["suggestion"]
    lines = content.split(b"\n")
    kept = blocks[0].content.encode().split(b"\n")[:-1] if blocks[0].content else []
    lines[suggestion.start_line - 1 : suggestion.end_line] = kept
    return b"\n".join(lines)


def test_a_value_is_its_line() -> None:
    suggestion = placed(HEAD, replaced(HEAD, "false", "true"))
    assert suggestion == Suggestion("main.tf", 4, 4, ("  block_public_acls   = true",))


def test_lines_between_two_edits_are_carried() -> None:
    acls = replaced(HEAD, "block_public_acls   = false", "acls = true")
    policy = replaced(HEAD, "block_public_policy = true", "policy = true")
    suggestion = placed(HEAD, acls, policy, replaced(HEAD, "aws_s3_bucket.training.id", "x"))
    assert suggestion is not None
    assert (suggestion.start_line, suggestion.end_line) == (2, 5)
    assert suggestion.lines == ("  bucket = x", "", "  acls = true", "  policy = true")


def test_an_insertion_holds_on_to_the_line_before() -> None:
    at = HEAD.index("}")
    suggestion = placed(HEAD, Edit("main.tf", Span(at, at), "  ignore_public_acls  = true\n"))
    assert suggestion == Suggestion(
        "main.tf", 5, 5, ("  block_public_policy = true", "  ignore_public_acls  = true")
    )


def test_an_insertion_holds_on_to_the_line_after_where_the_one_before_is_not_shown() -> None:
    at = HEAD.index("}")
    diff = FileDiff.parse("@@ -6 +6 @@\n }")
    edit = Edit("main.tf", Span(at, at), "  a = 1\n")
    assert placed(HEAD, edit, diff=diff) == Suggestion("main.tf", 6, 6, ("  a = 1", "}"))


def test_an_insertion_gives_way_to_a_suggestion_on_the_line_before() -> None:
    at = HEAD.index("}")
    edit = Edit("main.tf", Span(at, at), "  a = 1\n")
    source = SourceFile.decode("main.tf", HEAD.encode())
    first = Suggestion("main.tf", 5, 5, ("x",))
    second = place([edit], source, whole(HEAD), (first,))
    assert second == Suggestion("main.tf", 6, 6, ("  a = 1", "}"))
    assert place([edit], source, whole(HEAD), (first, second)) is None


def test_a_deleted_line_is_an_empty_suggestion() -> None:
    edit = replaced(HEAD, "  block_public_acls   = false\n", "")
    suggestion = placed(HEAD, edit)
    assert suggestion == Suggestion("main.tf", 4, 4, ())
    assert accept(HEAD.encode(), suggestion, fenced("", "suggestion")) == (
        apply(SourceFile.of("main.tf", HEAD), [edit]).encode()
    )


def test_lines_outside_the_hunk_are_no_suggestion() -> None:
    diff = FileDiff.parse("@@ -1,2 +1,2 @@\n" + "\n".join(" " + x for x in HEAD.split("\n")[:2]))
    assert placed(HEAD, replaced(HEAD, "false", "true"), diff=diff) is None


def test_two_hunks_are_no_suggestion() -> None:
    diff = FileDiff.parse(
        "@@ -2 +2 @@\n   bucket = aws_s3_bucket.training.id\n"
        "@@ -4 +4 @@\n-x\n+  block_public_acls   = false"
    )
    edits = replaced(HEAD, "training.id", "x"), replaced(HEAD, "false", "true")
    assert placed(HEAD, edits[1], diff=diff) is not None
    assert placed(HEAD, *edits, diff=diff) is None


def test_a_diff_of_another_head_is_no_suggestion() -> None:
    diff = whole(HEAD.replace("false", "null"))
    assert placed(HEAD, replaced(HEAD, "false", "true"), diff=diff) is None


def test_a_change_of_nothing_is_no_suggestion() -> None:
    assert placed(HEAD, replaced(HEAD, "false", "false")) is None


def test_what_a_host_may_write_otherwise_is_no_suggestion() -> None:
    crlf = HEAD.replace("\n", "\r\n")
    assert placed(crlf, replaced(crlf, "false", "true")) is None
    assert placed(crlf, replaced(crlf, "  block_public_acls   = false\r\n", "")) is None
    assert placed("a = 1", replaced("a = 1", "1", "2")) is None
    assert placed("a = 1\n", replaced("a = 1\n", "1\n", "2")) is None
    assert placed("a = 1\n", Edit("main.tf", Span(6, 6), "b = 2")) is None
    assert placed("a\n", replaced("a\n", "a", " ")) is None
    assert placed("# \u202e a\n", replaced("# \u202e a\n", "a", "b")) is None
    bom = SourceFile.decode("main.tf", b"\xef\xbb\xbfa = 1\nb = 2\n")
    assert place([replaced(bom.text, "1", "3")], bom, whole(bom.text)) is None
    assert place([replaced(bom.text, "2", "3")], bom, whole(bom.text)) is not None


def test_a_last_line_without_newline_leaves_the_other_lines_alone() -> None:
    text = "a = 1\nb = 2"
    assert placed(text, replaced(text, "1", "3")) == Suggestion("main.tf", 1, 1, ("a = 3",))


def test_a_suggestion_is_never_longer_than_hosts_and_people_take() -> None:
    text = "".join(f"a{number} = 1\n" for number in range(MAX_LINES + 1))
    near, far = replaced(text, "a1 = 1", "a1 = 2"), replaced(text, f"a{MAX_LINES} = 1", "x = 2")
    assert placed(text, near, far) is not None
    assert placed(text, replaced(text, "a0 = 1", "a0 = 2"), far) is None


LINES = st.sampled_from(
    ["", "}", "a = 1", "  b = <<EOT", "```", "````suggestion", "# ~~~", "\tc", "EOT", "é `x`", " "]
)
ENDS = st.sampled_from(["\n", "\n", "\n", ""])


def texts(longest: int) -> st.SearchStrategy[str]:
    return st.tuples(st.lists(LINES, max_size=longest).map("\n".join), ENDS).map("".join)


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, str, list[Edit]]:
    """A base, a head, and edits of the head."""
    head = draw(texts(14))
    base = draw(st.one_of(st.just(""), texts(14)))
    cuts = draw(st.lists(st.integers(0, len(head)), min_size=2, max_size=4).map(sorted))
    pieces = draw(st.lists(texts(3), min_size=2, max_size=2))
    edits = [
        Edit("main.tf", Span(start, end), text)
        for start, end, text in zip(cuts[::2], cuts[1::2], pieces, strict=False)
    ]
    return base, head, edits


@settings(max_examples=5_000, deadline=None)
@given(changes())
def test_applied_by_the_host_it_is_what_was_planned(change: tuple[str, str, list[Edit]]) -> None:
    base, head, edits = change
    source = SourceFile.of("main.tf", head)
    try:
        planned = apply(source, edits).encode()
    except OverlappingEdits:
        return
    diff = FileDiff.parse(unified(base, head, "main.tf"))
    suggestion = place(edits, source, diff)
    if suggestion is None:
        return
    body = f"Words.\n\n{fenced(chr(10).join([*suggestion.lines, '']), 'suggestion')}\n\nMore."
    assert diff.hunk_holding(suggestion.start_line, suggestion.end_line) is not None
    assert accept(head.encode(), suggestion, body) == planned != head.encode()
    text = "".join(f"{line}\n" for line in suggestion.lines)
    written = replace_lines(head, suggestion.start_line, suggestion.end_line, text)
    assert written.encode() == planned  # our sandbox and our own reading agree


@settings(max_examples=1_000, deadline=None)
@given(texts(10), st.lists(st.tuples(st.integers(0, 60), texts(2)), min_size=2, max_size=4))
def test_suggestions_of_one_review_never_overlap(head: str, inserts: list[tuple[int, str]]) -> None:
    source, taken = SourceFile.of("main.tf", head), list[Suggestion]()
    for offset, text in inserts:
        at = min(offset, len(head))
        suggestion = place([Edit("main.tf", Span(at, at), text)], source, whole(head), taken)
        if suggestion is not None:
            taken.append(suggestion)
    claimed = [n for s in taken for n in range(s.start_line, s.end_line + 1)]
    assert len(claimed) == len(set(claimed))
