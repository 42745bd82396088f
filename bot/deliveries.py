"""A webhook's headers and bytes in, a ``Delivery`` or a refusal out. No I/O.

Reads only the fields it needs (https://docs.github.com/webhooks/webhook-events-and-payloads).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from . import commands, homes
from .homes import HomeChange
from .payloads import Rejected, at, number_at, payload_of, text_at
from .repo_config import NAMES

__all__ = ["MAX_BYTES", "Delivery", "Rejected", "Wish", "read"]

MAX_BYTES: Final = 25 * 1024 * 1024
_REVIEWED: Final = frozenset({"opened", "reopened", "synchronize", "ready_for_review", "closed"})
"""A closed one is only looked at for the records."""
_OF_A_HEAD: Final = frozenset({"opened", "synchronize"})
"""One that was reopened, is no draft any more or has another base is looked at again."""
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+\Z")
_QUEUE: Final = re.compile(r"gh-readonly-queue/.+/pr-\d+-([0-9a-f]{40})\Z")
_MOST_COMMITS: Final = 2_048
"""A push lists no more: https://docs.github.com/webhooks/webhook-events-and-payloads#push"""
_LONGEST_BRANCH: Final = 400
_OWN: Final = "<!-- lockstitch:"
_SHA: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a delivery asks for. ``number`` is 0 where only the head commit is known.

    Without ``body`` and ``button`` it is a review of the pull request as it stands.
    """

    repository: str
    number: int = 0
    head_sha: str = ""
    login: str = ""
    body: str = ""
    button: str = ""
    comment_id: int | None = None
    thread_root: int | None = None
    forge: str = "github"
    for_head: bool = False
    """True where a head that has its conclusion need not be looked at again."""
    asked: int = 0
    """The generation that asked for more than that, where the row was wanted again since."""
    delivery: str = ""
    """The id of the newest delivery that asked for it, for the log."""
    base_sha: str = ""
    """What a group of a merge queue was made on; ``head_sha`` is what the queue made."""
    installation: int = 0
    """Which installation of the App is told; 0 where that is not known."""
    of_threads: bool = False
    """True where somebody settled a thread, or opened one again: only the records have to know."""
    branch: str = ""
    """What was pushed to with a change of the configuration in it; ``head_sha`` is its new tip."""
    before: str = ""
    """Where the branch stood; empty where that does not tell."""

    @property
    def kind(self) -> str:
        """ "review", "command", "threads" or "branch"."""
        if self.body or self.button:
            return "command"
        if self.branch:
            return "branch"
        return "threads" if self.of_threads else "review"

    @property
    def is_command(self) -> bool:
        """Whether a person asked for something."""
        return self.kind == "command"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A genuine delivery. ``wish`` is None for what is accepted and ignored."""

    id: str
    event: str
    action: str
    wish: Wish | None
    forge: str = "github"
    homes: tuple[HomeChange, ...] = ()
    """Repositories that come, leave and move."""


def read(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> Delivery:
    """Check and understand a GitHub webhook. Raises ``Rejected``."""
    headers = {name.lower(): value for name, value in headers.items()}
    if len(body) > MAX_BYTES:
        raise Rejected(413, "The body is larger than 25 MB.")
    signature = headers.get("x-hub-signature-256") or ""
    if not _is_genuine(signature, body, secrets):
        raise Rejected(401, "The signature is missing or wrong.")
    delivery, event = headers.get("x-github-delivery") or "", headers.get("x-github-event") or ""
    if not delivery or not event or len(delivery) > 200:
        raise Rejected(400, "X-GitHub-Delivery or X-GitHub-Event is missing.")
    payload = payload_of(body)
    action = payload.get("action")
    action = action if isinstance(action, str) else ""
    wish = _wish(event, action, payload)
    if wish is not None:
        wish = replace(wish, installation=number_at(payload, "installation", "id"))
    changes = homes.read(event, action, payload)
    return Delivery(delivery, event, action, wish, homes=changes)


def _is_genuine(signature: str, body: bytes, secrets: Sequence[str]) -> bool:
    # Bytes on both sides: compare_digest raises for text beyond ASCII.
    given = signature.encode("utf-8", errors="surrogateescape")
    matches = [
        hmac.compare_digest(
            b"sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode(), given
        )
        for secret in secrets
    ]
    return any(matches)


def _wish(event: str, action: str, payload: dict[str, Any]) -> Wish | None:
    repository = text_at(payload, "repository", "full_name")
    if not _NAME.match(repository) or at(payload, "repository", "archived") is True:
        return None
    match event:
        case "pull_request":
            return _pull_wish(action, payload, repository)
        case "issue_comment" if action == "created":
            if isinstance(at(payload, "issue", "pull_request"), dict):
                number = number_at(payload, "issue", "number")
                return _said(payload, repository, number, thread_root=None)
        case "pull_request_review_comment" if action == "created":
            root = number_at(payload, "comment", "in_reply_to_id")
            number = number_at(payload, "pull_request", "number")
            return _said(payload, repository, number, thread_root=root or None) if root else None
        case "pull_request_review_thread" if action in ("resolved", "unresolved"):
            return _thread_wish(payload, repository)
        case "push":
            return _push_wish(payload, repository)
        case "check_run":
            return _check_wish(action, payload, repository)
        case "check_suite" if action == "rerequested":
            return _again(payload, repository, "check_suite")
        case "merge_group" if action == "checks_requested":
            return _group_wish(payload, repository)
    return None


def _pull_wish(action: str, payload: dict[str, Any], repository: str) -> Wish | None:
    is_rebased = action == "edited" and isinstance(at(payload, "changes", "base"), dict)
    number = number_at(payload, "pull_request", "number")
    if not number or not (action in _REVIEWED or is_rebased):
        return None
    return Wish(repository, number, for_head=action in _OF_A_HEAD)


def _said(
    payload: dict[str, Any], repository: str, number: int, thread_root: int | None
) -> Wish | None:
    body = text_at(payload, "comment", "body")
    # With a token the bot writes as a person; its own words end in a marker.
    is_bot = text_at(payload, "comment", "user", "type") == "Bot" or _OWN in body
    if is_bot or not number or commands.parse(body, in_thread=thread_root is not None) is None:
        return None
    return Wish(
        repository,
        number,
        login=text_at(payload, "comment", "user", "login"),
        body=body[:10_000],
        comment_id=number_at(payload, "comment", "id") or None,
        thread_root=thread_root,
    )


def _thread_wish(payload: dict[str, Any], repository: str) -> Wish | None:
    """A thread that this bot began and a person settled; what the bot does it knows."""
    number = number_at(payload, "pull_request", "number")
    comments = at(payload, "thread", "comments")
    first = comments[0] if isinstance(comments, list) and comments else None
    is_ours = isinstance(first, dict) and _OWN in text_at(first, "body")
    if not (number and is_ours) or text_at(payload, "sender", "type") == "Bot":
        return None
    return Wish(repository, number, for_head=True, of_threads=True)


def _push_wish(payload: dict[str, Any], repository: str) -> Wish | None:
    commits = at(payload, "commits")
    is_whole = isinstance(commits, list) and len(commits) < _MOST_COMMITS
    if is_whole and at(payload, "forced") is not True and not may_name(commits):
        return None
    return branch_wish(payload, repository, "github")


def branch_wish(payload: dict[str, Any], repository: str, forge: str) -> Wish | None:
    """A push to a branch that may change what its pull requests are judged by."""
    ref, before, after = (text_at(payload, name) for name in ("ref", "before", "after"))
    branch = ref.removeprefix("refs/heads/")
    if branch == ref or not 0 < len(branch) <= _LONGEST_BRANCH:
        return None
    if not _is_commit(after):  # the branch was deleted
        return None
    before = before if _is_commit(before) else ""
    return Wish(repository, head_sha=after, branch=branch, before=before, forge=forge)


def _is_commit(sha: str) -> bool:
    return _SHA.match(sha) is not None and bool(sha.strip("0"))


def may_name(commits: list[Any]) -> bool:
    """Whether commits of a push touch the configuration, or do not tell what they touch."""
    return any(
        not isinstance(paths, list) or not NAMES.isdisjoint(map(str, paths))
        for commit in commits
        for paths in (at(commit, "added"), at(commit, "modified"), at(commit, "removed"))
    )


def _check_wish(action: str, payload: dict[str, Any], repository: str) -> Wish | None:
    """GitHub names no pull request for forks, so the head commit stands for them."""
    head = text_at(payload, "check_run", "head_sha")
    if not _SHA.match(head):
        return None
    if action == "rerequested":
        return _again(payload, repository, "check_run", "check_suite")
    identifier = text_at(payload, "requested_action", "identifier")
    if action == "requested_action" and commands.button(identifier) is not None:
        return Wish(repository, head_sha=head, login=_sender(payload), button=identifier)
    return None


def _again(payload: dict[str, Any], repository: str, *suite: str) -> Wish | None:
    """A re-run button, on a pull request's head or on a group of the merge queue."""
    head = text_at(payload, suite[0], "head_sha")
    if not _SHA.match(head):
        return None
    group = _QUEUE.match(text_at(payload, *suite, "head_branch"))
    if group is not None:
        return Wish(repository, head_sha=head, base_sha=group[1])
    return Wish(repository, head_sha=head, body="/lockstitch recheck", login=_sender(payload))


def _group_wish(payload: dict[str, Any], repository: str) -> Wish | None:
    head, base = (text_at(payload, "merge_group", name) for name in ("head_sha", "base_sha"))
    if not (_SHA.match(head) and _SHA.match(base)):
        return None
    return Wish(repository, head_sha=head, base_sha=base)


def _sender(payload: dict[str, Any]) -> str:
    return text_at(payload, "sender", "login")
