"""Where a host lets a suggestion reach beyond the diff, it gives the bytes that were planned."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diff import FileDiff, unified
from bot.forge.gitlab_positions import BEYOND, Version, line_of, placed
from bot.forge.port import Comment
from bot.markdown import fenced
from bot.sandbox.gitlab_rules import applied, check_position, suggested
from bot.sandbox.repository import FileChange
from bot.suggestion import MAX_LINES, Suggestion, place
from remediations.model import Edit, Span
from remediations.source import OverlappingEdits, SourceFile, apply

VERSION = Version("b" * 40, "s" * 40, "h" * 40)


def numbered(count: int) -> str:
    return "".join(f"a{number} = 1\n" for number in range(1, count + 1))


def edit(text: str, old: str, new: str) -> Edit:
    start = text.index(old)
    return Edit("main.tf", Span(start, start + len(old)), new)


def shown(head: str, *changed: str) -> FileDiff:
    """The diff in which these lines are new."""
    base = head
    for line in changed:
        base = base.replace(line, f"old {line}", 1)
    return FileDiff.parse(unified(base, head, "main.tf"))


def reach(head: str, diff: FileDiff, *edits: Edit) -> Suggestion | None:
    return place(edits, SourceFile.of("main.tf", head), diff, beyond=BEYOND)


def comment_on(suggestion: Suggestion) -> Comment:
    lines = "".join(f"{line}\n" for line in suggestion.lines)
    body = f"Words.\n\n{fenced(lines, 'suggestion')}\n"
    return Comment("main.tf", suggestion.start_line, suggestion.end_line, body)


def test_inside_of_a_hunk_nothing_changes() -> None:
    head = numbered(30)
    suggestion = reach(head, shown(head, "a10 = 1\n"), edit(head, "a10 = 1", "a10 = 2"))
    assert suggestion == Suggestion("main.tf", 10, 10, ("a10 = 2",))


def test_a_line_below_the_hunk_hangs_on_its_last_line() -> None:
    head = numbered(40)
    diff = shown(head, "a10 = 1\n")
    suggestion = reach(head, diff, edit(head, "a16 = 1", "a16 = 2"))
    assert suggestion == Suggestion("main.tf", 13, 16, ("a13 = 1", "a14 = 1", "a15 = 1", "a16 = 2"))
    body, position = placed(comment_on(suggestion), diff, VERSION, "main.tf")
    assert "```suggestion:-0+3\na13 = 1\n" in body
    assert (position["old_line"], position["new_line"]) == (13, 13)


def test_a_line_above_the_hunk_hangs_on_its_first_line() -> None:
    head = numbered(40)
    diff = shown(head, "a20 = 1\n")
    suggestion = reach(head, diff, edit(head, "a15 = 1", "a15 = 2"))
    assert suggestion is not None
    assert (suggestion.start_line, suggestion.end_line) == (15, 17)
    body, _ = placed(comment_on(suggestion), diff, VERSION, "main.tf")
    assert "```suggestion:-2+0\n" in body


def test_the_nearest_hunk_carries_it() -> None:
    head = numbered(60)
    diff = shown(head, "a10 = 1\n", "a40 = 1\n")
    suggestion = reach(head, diff, edit(head, "a35 = 1", "a35 = 2"))
    assert suggestion is not None
    assert (suggestion.start_line, suggestion.end_line) == (35, 37)


def test_too_far_away_is_no_suggestion() -> None:
    head = numbered(200)
    diff = shown(head, "a10 = 1\n")
    longest = edit(head, f"a{13 + MAX_LINES - 1} = 1", "x = 2")
    assert reach(head, diff, longest) is not None
    assert reach(head, diff, edit(head, f"a{13 + MAX_LINES} = 1", "x = 2")) is None
    assert place([longest], SourceFile.of("main.tf", head), diff) is None


def test_an_added_line_has_no_old_number_and_an_unchanged_one_has_both() -> None:
    diff = FileDiff.parse(unified(numbered(20), "new\n" + numbered(20), "main.tf"))
    body, added = placed(Comment("main.tf", 1, 1, "w"), diff, VERSION, "was.tf")
    assert (body, added["new_line"], "old_line" in added) == ("w", 1, False)
    assert (added["old_path"], added["new_path"]) == ("was.tf", "main.tf")
    _, same = placed(Comment("main.tf", 2, 3, "w"), diff, VERSION, "was.tf")
    assert (same["old_line"], same["new_line"]) == (2, 3)
    assert same["line_range"]["start"]["line_code"].endswith("_1_2")
    assert line_of(diff, 15).old == 14


LINES = st.sampled_from(["", "}", "a = 1", "```", "EOT", "é `x`", "  b = 2"])


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, str, list[Edit]]:
    """A base, a head that differs in a line or two, and edits of the head, near or far."""
    lines = draw(st.lists(LINES, min_size=1, max_size=24))
    other = list(lines)
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(other) - 1)) if other else 0
        other[at : at + draw(st.integers(0, 1))] = draw(st.lists(st.just("was"), max_size=2))
    head = "\n".join([*lines, ""])
    at = draw(st.integers(0, len(head)))
    end = draw(st.integers(at, min(len(head), at + 6)))
    text = draw(st.sampled_from(["", "x", "x = 1\n", "\nx\n"]))
    return "\n".join([*other, ""]), head, [Edit("main.tf", Span(at, end), text)]


@settings(max_examples=3_000, deadline=None)
@given(changes())
def test_applied_by_gitlab_it_is_what_was_planned(change: tuple[str, str, list[Edit]]) -> None:
    base, head, edits = change
    try:
        planned = apply(SourceFile.of("main.tf", head), edits)
    except OverlappingEdits:
        return
    patch = unified(base, head, "main.tf")
    diff = FileDiff.parse(patch)
    suggestion = reach(head, diff, *edits)
    if suggestion is None:
        return
    body, position = placed(comment_on(suggestion), diff, VERSION, "main.tf")
    file = FileChange("M", "main.tf", None, patch, "")
    commits = {
        "base_sha": VERSION.base_sha,
        "start_sha": VERSION.start_sha,
        "head_sha": VERSION.head_sha,
    }
    first, line = check_position(position, (file,), commits)
    assert diff.hunk_holding(first or line, line) is not None
    taken = suggested(body, line)
    assert taken is not None
    assert taken[:2] == (suggestion.start_line, suggestion.end_line)
    assert applied(head, *taken) == planned.text != head


@settings(max_examples=500, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=5))
def test_suggestions_of_one_review_never_overlap(lines: list[int]) -> None:
    head = numbered(60)
    diff, taken = shown(head, "a30 = 1\n"), list[Suggestion]()
    for line in lines:
        edits = [edit(head, f"a{line} = 1", f"a{line} = 2")]
        made = place(edits, SourceFile.of("main.tf", head), diff, taken, BEYOND)
        if made is not None:
            taken.append(made)
    claimed = [n for s in taken for n in range(s.start_line, s.end_line + 1)]
    assert len(claimed) == len(set(claimed))
