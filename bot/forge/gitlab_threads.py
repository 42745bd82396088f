"""The discussions that this bot began on lines of a merge request: begun, read, ended, reopened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.diff import FileDiff

from .errors import Rejected
from .gitlab_api import Api
from .gitlab_positions import Version, placed
from .port import ChangedFile, Comment, Reply, Thread

MARKER: Final = "<!-- lockstitch:"
_MOST: Final = 2000


def threads(api: Api, path: str) -> Iterator[Thread]:
    """Discussions on the diff whose first note is ours. Their ids begin with the path."""
    me = api.me()["id"]
    for one in api.pages(f"{path}/discussions", limit=_MOST):
        first, *later = one["notes"]
        is_ours = first["author"]["id"] == me and MARKER in first["body"]
        if first.get("type") == "DiffNote" and is_ours:
            said = (note for note in later if not note.get("system"))
            yield Thread(
                id=f"{path}/discussions/{one['id']}",
                comment_id=int(one["id"], 16),
                path=(first.get("position") or {}).get("new_path") or "",
                body=first["body"],
                is_resolved=bool(first.get("resolved")),
                replies=tuple(Reply(n["body"], is_ours=n["author"]["id"] == me) for n in said),
                linked_as=int(first["id"]),
            )


def publish(
    api: Api,
    path: str,
    comments: tuple[Comment, ...],
    files: Mapping[str, ChangedFile],
    version: Version,
) -> tuple[Comment, ...]:
    """Drafts that are published together, with one notification; the comments that were taken.

    A refused anchor loses only itself. What an attempt that was cut short left as drafts is taken
    away first (https://docs.gitlab.com/api/draft_notes/).
    """
    drafts = f"{path}/draft_notes"
    for left in list(api.pages(drafts, limit=200)):
        api.delete(f"{drafts}/{left['id']}")
    kept = tuple(one for one in comments if _draft(api, drafts, one, files, version))
    if kept:
        api.post(f"{drafts}/bulk_publish")
    return kept


def _draft(
    api: Api,
    drafts: str,
    comment: Comment,
    files: Mapping[str, ChangedFile],
    version: Version,
) -> bool:
    file = files.get(comment.path)
    if file is None:
        return False
    old_path = file.previous_path or file.path
    note, position = placed(comment, FileDiff.parse(file.patch), version, old_path)
    try:
        api.post(drafts, {"note": note, "position": position})
    except Rejected:
        return False
    return True


def resolve(api: Api, thread: Thread, word: str) -> None:
    """Say the word, then mark as resolved; a word that stands there already is not said again."""
    if not thread.is_resolved:
        _mark(api, thread, word, {"resolved": True})


def reopen(api: Api, thread: Thread, word: str) -> None:
    """Say the word, then mark as open."""
    if thread.is_resolved:
        _mark(api, thread, word, {"resolved": False})


def _mark(api: Api, thread: Thread, word: str, state: dict[str, Any]) -> None:
    last = thread.replies[-1] if thread.replies else None
    if word and not (last is not None and last.is_ours and last.body == word):
        api.post(f"{thread.id}/notes", {"body": word})
    api.put(thread.id, state)
