"""The vendor's rules that the sandbox enforces, each with the vendor's own answer.

Sources: https://docs.github.com/rest/pulls/reviews, https://docs.github.com/rest/checks/runs,
https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from __future__ import annotations

from typing import Any

from bot.diff import FileDiff

MAX_ANNOTATIONS = 50
MAX_TEXT = 65_535
MAX_ACTIONS = 3


class Refusal(Exception):
    """An answer other than 2xx."""

    def __init__(self, status: int, message: str, errors: list[Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


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
    if not isinstance(line, int) or comment.get("side", "RIGHT") != "RIGHT":
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


def check_output(output: dict[str, Any], actions: list[dict[str, Any]]) -> None:
    """A check run's texts, annotations and buttons."""
    for name in ("summary", "text"):
        if len(output.get(name) or "") > MAX_TEXT:
            raise Refusal(422, f"Invalid request.\n\n{name} is too long (maximum is 65535).")
    if output and not (output.get("title") and output.get("summary") is not None):
        raise Refusal(422, "Invalid request.\n\ntitle and summary are required.")
    if len(output.get("annotations") or []) > MAX_ANNOTATIONS:
        raise Refusal(422, "Invalid request.\n\nNo more than 50 items are allowed.")
    if len(actions) > MAX_ACTIONS:
        raise Refusal(422, "Invalid request.\n\nNo more than 3 items are allowed.")
    for action in actions:
        for name, longest in (("label", 20), ("identifier", 20), ("description", 40)):
            if not 0 < len(action.get(name) or "") <= longest:
                raise Refusal(422, f"Invalid request.\n\n{name} is too long (maximum {longest}).")
