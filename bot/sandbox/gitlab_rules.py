"""GitLab's rules that the sandbox enforces, each with GitLab's own answer.

Sources: https://docs.gitlab.com/api/discussions/, https://docs.gitlab.com/api/commits/,
https://docs.gitlab.com/user/project/merge_requests/reviews/suggestions/
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.diff import FileDiff

from .limits import Refusal
from .lines import replace_lines
from .repository import FileChange

LONGEST_NOTE: Final = 1_000_000
"""https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions"""
LONGEST_DESCRIPTION: Final = 255
FARTHEST: Final = 100
STATES: Final = ("pending", "running", "success", "failed", "canceled", "skipped")
LEVELS: Final = {"admin": 50, "maintain": 40, "write": 30, "read": 20}
"""https://docs.gitlab.com/api/access_requests/#valid-access-levels"""

_SUGGESTION: Final = re.compile(
    r"^(?P<ticks>`{3,})suggestion:-(?P<above>\d+)\+(?P<below>\d+)[ \t]*\n"
    r"(?P<lines>.*?)^(?P=ticks)`*[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_MOVES: Final = {
    "pending": ("created",),
    "running": ("created", "pending"),
    "success": ("created", "pending", "running"),
    "failed": ("created", "pending", "running"),
    "canceled": ("created", "pending", "running"),
    "skipped": ("created", "pending"),
}
_VERBS: Final = {
    "pending": "enqueue",
    "running": "run",
    "success": "success",
    "failed": "drop",
    "canceled": "cancel",
    "skipped": "skip",
}


def check_note(body: Any) -> str:
    """A note has words, and not too many."""
    if not isinstance(body, str) or not body.strip():
        raise Refusal(400, "400 Bad request - Note can't be blank")
    if len(body) > LONGEST_NOTE:
        raise Refusal(400, "400 Bad request - Note is too long (maximum is 1000000 characters)")
    return body


def check_position(
    position: Mapping[str, Any], changes: tuple[FileChange, ...], commits: Mapping[str, str]
) -> tuple[int | None, int]:
    """First and last new-side line of a position in the diff of these commits.

    GitLab derives the line's code from the two numbers, so an unchanged line needs both, and the
    right ones; an added line has only a new one.
    """
    for name in ("base_sha", "start_sha", "head_sha"):
        if position.get(name) != commits[name]:
            raise _no_line()
    if position.get("position_type") != "text":
        raise Refusal(400, "400 Bad request - Note position is invalid")
    change = next((one for one in changes if one.path == position.get("new_path")), None)
    if change is None or position.get("old_path") != (change.previous or change.path):
        raise _no_line()
    numbers = _numbers(FileDiff.parse(change.patch))
    last = _line(position, numbers)
    span = position.get("line_range")
    if span is None:
        return None, last
    ends = [_line(span[end], numbers) for end in ("start", "end")]
    for end, number in zip(("start", "end"), ends, strict=True):
        old = numbers(number)[0]
        code = f"{hashlib.sha1(change.path.encode()).hexdigest()}_{old}_{number}"  # noqa: S324 - GitLab's
        if span[end].get("line_code") != code:
            raise Refusal(400, "400 Bad request - Note position line_range is invalid")
    if not ends[0] <= ends[1] == last:
        raise Refusal(400, "400 Bad request - Note position line_range is invalid")
    return (ends[0] if ends[0] < last else None), last


def _numbers(diff: FileDiff) -> Any:
    """For a new-side line: the number it had, and whether the change added it.

    Counted here by going through the whole file, unlike in the adapter.
    """

    def of(wanted: int) -> tuple[int, bool]:
        old = new = 1
        for hunk in diff.hunks:
            while new < hunk.new_start:
                if new == wanted:
                    return old, False
                old, new = old + 1, new + 1
            old = hunk.old_start
            for text in hunk.lines:
                if text[:1] == "-":
                    old += 1
                elif text[:1] in ("+", " "):
                    if new == wanted:
                        return old, text[:1] == "+"
                    new += 1
                    old += text[:1] == " "
        return old + wanted - new, False

    return of


def _line(position: Mapping[str, Any], numbers: Any) -> int:
    new, old = position.get("new_line"), position.get("old_line")
    if not isinstance(new, int):
        raise _no_line()
    was, is_added = numbers(new)
    if (old is not None) if is_added else (old != was):
        raise _no_line()
    return new


def _no_line() -> Refusal:
    return Refusal(400, '400 Bad request - Note {:line_code=>["can\'t be blank"]}')


def suggested(body: str, line: int) -> tuple[int, int, str] | None:
    """The lines that a note's suggestion replaces, and by what; None where it has none."""
    found = _SUGGESTION.search(body)
    if found is None:
        return None
    above, below = int(found["above"]), int(found["below"])
    if max(above, below) > FARTHEST:
        return None
    return line - above, line + below, found["lines"]


def applied(text: str, first: int, last: int, lines: str) -> str:
    """The file with the suggestion in place. Raises ``Refusal`` where it does not fit."""
    if first < 1 or last > len(text.split("\n")):
        raise Refusal(422, "The suggestion goes beyond the file.")
    return replace_lines(text, first, last, lines)


def check_status(wanted: Mapping[str, Any], before: str | None) -> None:
    """A commit status, and whether it may follow on the one before."""
    state = wanted.get("state")
    if state not in STATES:
        raise Refusal(400, "state does not have a valid value")
    if len(wanted.get("description") or "") > LONGEST_DESCRIPTION:
        raise Refusal(400, "description is too long (maximum is 255 characters)")
    if before is not None and before not in _MOVES[state]:
        verb = _VERBS[state]
        reason = f'Status cannot transition via "{verb}"'
        said = f"Cannot transition status via :{verb} from :{before} (Reason(s): {reason})"
        raise Refusal(400, said)
