"""The vendor's rules that the sandbox enforces, each with the vendor's own answer.

Sources: https://docs.github.com/rest/pulls/reviews, https://docs.github.com/rest/checks/runs,
https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.diff import FileDiff

MAX_ANNOTATIONS = 50
MAX_TEXT = 65_535
MAX_ACTIONS = 3
MAX_MESSAGE = 64 * 1024
MAX_TITLE = 255
MAX_DESCRIPTION = 140

_LEVELS: Final = ("notice", "warning", "failure")
_STATUSES: Final = ("queued", "in_progress", "completed")
_CONCLUSIONS: Final = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "skipped",
    "success",
    "timed_out",
)
_STATES: Final = ("error", "failure", "pending", "success")


class Refusal(Exception):
    """An answer other than 2xx."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: list[Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers or {}


def check_comment_body(body: Any) -> None:
    """Bodies are there, and not too long."""
    if not isinstance(body, str) or not body.strip():
        raise _invalid_body("body can't be blank")
    if len(body) > MAX_TEXT:
        raise _invalid_body("body is too long (maximum is 65536 characters)")


def _invalid_body(message: str) -> Refusal:
    where = {"resource": "IssueComment", "field": "body", "code": "unprocessable"}
    return Refusal(422, "Validation Failed", [{**where, "message": message}])


def check_anchor(comment: dict[str, Any], patches: dict[str, str | None]) -> None:
    """A review comment's lines stand in one hunk on the right side of the diff."""
    path, line, start = comment.get("path"), comment.get("line"), comment.get("start_line")
    if path not in patches:
        raise Refusal(422, "Unprocessable Entity", ["Path could not be resolved"])
    sides = {comment.get("side", "RIGHT"), comment.get("start_side", "RIGHT")}
    if not isinstance(line, int) or sides != {"RIGHT"}:
        raise Refusal(422, "Unprocessable Entity", ["Line could not be resolved"])
    diff = FileDiff.parse(patches[path])
    if diff.hunk_holding(line, line) is None:
        raise Refusal(422, "Unprocessable Entity", ["Line must be part of the diff"])
    if start is None:
        return
    if not isinstance(start, int) or start >= line:
        raise Refusal(422, "Unprocessable Entity", ["start_line must precede the end line."])
    if diff.hunk_holding(start, line) is None:
        errors = ["Start line must be part of the same hunk as the line."]
        raise Refusal(422, "Unprocessable Entity", errors)


def check_run_body(wanted: dict[str, Any], *, is_new: bool) -> None:
    """A check run's state, texts, annotations and buttons."""
    for name in ("name", "head_sha") if is_new else ():
        if not isinstance(wanted.get(name), str) or not wanted[name]:
            raise _invalid(f'"{name}" wasn\'t supplied.')
    _one_of(wanted.get("status"), _STATUSES)
    _one_of(wanted.get("conclusion"), _CONCLUSIONS)
    if wanted.get("status") == "completed" and wanted.get("conclusion") is None:
        raise _invalid('"conclusion" wasn\'t supplied.')
    if wanted.get("output") is not None:
        _check_output(wanted["output"], is_new=is_new)
    actions = wanted.get("actions") or []
    _at_most(actions, MAX_ACTIONS)
    for action in actions:
        for name, longest in (("label", 20), ("identifier", 20), ("description", 40)):
            _there(action, name)
            _short(action[name], longest)


def _check_output(output: dict[str, Any], *, is_new: bool) -> None:
    for name in ("title", "summary") if is_new else ("summary",):
        _there(output, name)
    for name in ("summary", "text"):
        _short(output.get(name) or "", MAX_TEXT)
    notes = output.get("annotations") or []
    _at_most(notes, MAX_ANNOTATIONS)
    for note in notes:
        for name in ("path", "start_line", "end_line", "annotation_level", "message"):
            _there(note, name)
        _one_of(note["annotation_level"], _LEVELS)
        _short(note["message"], MAX_MESSAGE)
        _short(note.get("title") or "", MAX_TITLE)
        if not 0 < note["start_line"] <= note["end_line"]:
            raise _invalid("end_line must not be before start_line.")
        is_columned = note.get("start_column") is not None or note.get("end_column") is not None
        if is_columned and note["start_line"] != note["end_line"]:
            raise _invalid("Columns need start_line and end_line to be the same.")


def check_status_body(wanted: dict[str, Any]) -> None:
    """A commit status."""
    if wanted.get("state") not in _STATES:
        raise Refusal(422, "Validation Failed", ["State is not included in the list"])
    if len(wanted.get("description") or "") > MAX_DESCRIPTION:
        said = f"description is too long (maximum is {MAX_DESCRIPTION} characters)"
        raise Refusal(422, "Validation Failed", [said])


def _invalid(reason: str) -> Refusal:
    return Refusal(422, f"Invalid request.\n\n{reason}")


def _there(holder: dict[str, Any], name: str) -> None:
    if holder.get(name) in (None, ""):
        raise _invalid(f'"{name}" wasn\'t supplied.')


def _one_of(value: Any, known: Sequence[str]) -> None:
    if value is not None and value not in known:
        raise _invalid(f"{value} is not a possible value. Must be one of: {', '.join(known)}.")


def _short(text: str, longest: int) -> None:
    if len(text) > longest:
        raise _invalid(f"Only {longest} characters are allowed; {len(text)} were supplied.")


def _at_most(items: list[Any], most: int) -> None:
    if len(items) > most:
        raise _invalid(f"No more than {most} items are allowed; {len(items)} were supplied.")
