"""A GitLab webhook's headers and bytes in, a ``Delivery`` or a refusal out. No I/O.

Projects, groups and instances (*System Hook*) send the same bodies, so the body's own
``object_kind`` decides, not the header. Reads only the fields it needs
(https://docs.gitlab.com/user/project/integrations/webhook_events/). GitLab takes a hook out of
service that fails, so whatever is genuine is accepted, also where it is ignored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from . import commands, gitlab_homes
from .deliveries import MAX_BYTES, Delivery, Wish, branch_wish, may_name
from .payloads import Rejected, at, number_at, payload_of, text_at

FORGE: Final = "gitlab"
TOLERANCE: Final = 600.0
"""Seconds that a signed delivery may be older or newer than this clock."""

_OWN: Final = "<!-- lockstitch:"
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+\Z")
_DISCUSSION: Final = re.compile(r"[0-9a-f]{40}\Z")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a delivery may prove itself with; where there is a signing token, nothing else."""

    tokens: tuple[str, ...] = field(default=(), repr=False)
    """Of the header ``X-Gitlab-Token``; the second one is the old one during a rotation."""
    signing: tuple[str, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.tokens or self.signing)


def read(headers: Mapping[str, str], body: bytes, secrets: Secrets, now: float) -> Delivery:
    """Check and understand a GitLab webhook that came at ``now``. Raises ``Rejected``."""
    headers = {name.lower(): value for name, value in headers.items()}
    if len(body) > MAX_BYTES:
        raise Rejected(413, "The body is larger than 25 MB.")
    if secrets.signing:
        _check_signature(headers, body, secrets.signing, now)
    elif not _is_equal(headers.get("x-gitlab-token") or "", secrets.tokens):
        raise Rejected(401, "The secret token is missing or wrong.")
    delivery, event = _id_of(headers), headers.get("x-gitlab-event") or ""
    if not delivery or not event or len(delivery) > 200:
        raise Rejected(400, "Idempotency-Key, X-Gitlab-Event-UUID or X-Gitlab-Event is missing.")
    payload = payload_of(body)
    kind = text_at(payload, "object_kind") or text_at(payload, "event_name")
    action = text_at(payload, "object_attributes", "action")
    wish = _wish(kind, payload)
    if wish is not None and wish.is_command:
        # A note reaches the hook of its project and that of its group, and is obeyed once.
        delivery = f"note-{wish.comment_id}"
    homes = gitlab_homes.read(kind, payload)
    return Delivery(delivery, event, action or kind, wish, FORGE, homes)


def _id_of(headers: Mapping[str, str]) -> str:
    """The same for every attempt at one delivery; ``Idempotency-Key`` is there since 17.4."""
    for name in ("idempotency-key", "webhook-id", "x-gitlab-event-uuid"):
        if headers.get(name):
            return headers[name]
    return ""


def _is_equal(given: str, known: tuple[str, ...]) -> bool:
    # Bytes on both sides: compare_digest raises for text beyond ASCII.
    sent = given.encode("utf-8", errors="surrogateescape")
    found = [hmac.compare_digest(sent, one.encode()) for one in known]
    return any(found)


def _check_signature(
    headers: Mapping[str, str], body: bytes, signing: tuple[str, ...], now: float
) -> None:
    """https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
    number, stamp = headers.get("webhook-id") or "", headers.get("webhook-timestamp") or ""
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise Rejected(401, "The signature is missing or wrong.")
    if abs(now - int(stamp)) > TOLERANCE:
        raise Rejected(401, "The delivery is too old, or one of the clocks is wrong.")
    signed = b".".join((number.encode("utf-8", "surrogateescape"), stamp.encode(), body))
    wanted = tuple(_signature(key, signed) for one in signing for key in _keys(one))
    given = (headers.get("webhook-signature") or "").split()
    if not any(_is_equal(one, wanted) for one in given):
        raise Rejected(401, "The signature is missing or wrong.")


def _keys(token: str) -> Iterator[bytes]:
    """A signing token is a key in base64 behind ``whsec_``, or any text."""
    yield token.encode()
    try:
        yield base64.b64decode(token.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _wish(kind: str, payload: dict[str, Any]) -> Wish | None:
    repository = text_at(payload, "project", "path_with_namespace")
    if not _NAME.match(repository):
        return None
    match kind:
        case "merge_request" if _is_to_be_reviewed(payload):
            return Wish(repository, number_at(payload, "object_attributes", "iid"), forge=FORGE)
        case "note":
            return _said(payload, repository)
        case "push":  # to an open merge request it arrives as its update, with ``oldrev``
            return _pushed(payload, repository)
    return None


def _pushed(payload: dict[str, Any], repository: str) -> Wish | None:
    """A push to a branch that may change what its merge requests are judged by."""
    commits, count = at(payload, "commits"), number_at(payload, "total_commits_count")
    is_whole = isinstance(commits, list) and count <= len(commits)
    if is_whole and not may_name(commits):
        return None
    return branch_wish(payload, repository, FORGE)


def _is_to_be_reviewed(payload: dict[str, Any]) -> bool:
    """Whether there is something new to look at.

    An update is of the code only where it names the commit before (``oldrev``); most are labels,
    titles and reviewers. A draft that is one no more, and another target, count as well.
    """
    if not number_at(payload, "object_attributes", "iid"):
        return False
    match text_at(payload, "object_attributes", "action"):
        case "open" | "reopen" | "close" | "merge":
            return True  # one that is closed is only looked at for the records
        case "update":
            is_ready = at(payload, "changes", "draft", "current") is False
            is_moved = isinstance(at(payload, "changes", "target_branch"), dict)
            return bool(text_at(payload, "object_attributes", "oldrev")) or is_ready or is_moved
    return False


def _said(payload: dict[str, Any], repository: str) -> Wish | None:
    """What a person wrote on a merge request; notes of GitLab itself and our own do not count."""
    attributes = at(payload, "object_attributes")
    if not isinstance(attributes, dict) or attributes.get("noteable_type") != "MergeRequest":
        return None
    body = text_at(attributes, "note")
    is_new = attributes.get("action", "create") == "create"
    if attributes.get("system") or not is_new or _OWN in body:
        return None
    number, root = number_at(payload, "merge_request", "iid"), _thread(attributes)
    note = number_at(attributes, "id")
    if not number or not note or commands.parse(body, in_thread=root is not None) is None:
        return None
    return Wish(
        repository,
        number,
        login=text_at(payload, "user", "username"),
        body=body[:10_000],
        comment_id=note,
        thread_root=root,
        forge=FORGE,
    )


def _thread(attributes: dict[str, Any]) -> int | None:
    """The discussion of a note on the diff, whose id in hexadecimal is a number to us."""
    discussion = text_at(attributes, "discussion_id")
    is_on_diff = attributes.get("type") == "DiffNote"
    return int(discussion, 16) if is_on_diff and _DISCUSSION.match(discussion) else None
