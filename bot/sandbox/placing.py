"""Where inline comments stand after a push. Knows lines, not people."""

from __future__ import annotations

from .lines import shift_of
from .state import InlineComment, Pull, Repo


def outdate(repo: Repo, pull: Pull, before: str, comments: list[InlineComment]) -> None:
    """A comment whose lines changed loses its place; others move with their lines."""
    changes = repo.git.changes(before, pull.head_sha)
    patches = {one.path: one.patch for one in changes}
    renamed = {one.previous for one in changes}
    for comment in comments:
        if comment.line is None or comment.is_outdated:
            continue
        first = comment.start_line or comment.line
        shift = shift_of(patches.get(comment.path), first, comment.line)
        if shift is None or comment.path in renamed:
            comment.is_outdated = True
            continue
        comment.line += shift
        if comment.start_line is not None:
            comment.start_line += shift
