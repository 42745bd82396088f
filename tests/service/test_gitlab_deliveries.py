"""GitLab's webhooks as bytes: genuine ones are understood, everything else is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deliveries import MAX_BYTES, Delivery, Wish
from bot.gitlab_deliveries import TOLERANCE, Secrets, read
from bot.homes import Moved
from bot.payloads import Rejected

NOW = 1_800_000_000.0
TOKENS = Secrets(tokens=("right", "old"))
PROJECT = {"id": 5, "path_with_namespace": "acme/platform/ml"}
DISCUSSION = "0ff1ce" + "0" * 34


def send(
    payload: Any, headers: Mapping[str, str] | None = None, secrets: Secrets = TOKENS
) -> Delivery:
    given_headers = {
        "X-Gitlab-Event": "Merge Request Hook",
        "X-Gitlab-Token": "right",
        "Idempotency-Key": "key-1",
        **(headers or {}),
    }
    return read(given_headers, json.dumps(payload).encode(), secrets, NOW)


def merge_request(action: str, **more: Any) -> dict[str, Any]:
    changes = more.pop("changes", {})
    attributes = {"iid": 7, "action": action, **more}
    return {
        "object_kind": "merge_request",
        "project": PROJECT,
        "object_attributes": attributes,
        "changes": changes,
    }


def note(body: str, **more: Any) -> dict[str, Any]:
    attributes = {"id": 31, "note": body, "noteable_type": "MergeRequest", **more}
    return {
        "object_kind": "note",
        "user": {"username": "dana"},
        "project": PROJECT,
        "merge_request": {"iid": 7},
        "object_attributes": {"action": "create", "discussion_id": DISCUSSION, **attributes},
    }


REVIEW = Wish("acme/platform/ml", 7, forge="gitlab")


@given(st.text(max_size=40).filter(lambda text: text not in ("right", "old")))
def test_no_other_token_passes(token: str) -> None:
    headers = {"X-Gitlab-Event": "Push Hook", "Idempotency-Key": "1", "X-Gitlab-Token": token}
    with pytest.raises(Rejected) as refused:
        read(headers, b"{}", TOKENS, NOW)
    assert refused.value.status == 401


def test_no_secret_accepts_nothing() -> None:
    for token in ("", "anything"):
        with pytest.raises(Rejected):
            send(merge_request("open"), {"X-Gitlab-Token": token}, Secrets())


def test_the_previous_token_passes_while_it_is_rotated() -> None:
    assert send(merge_request("open"), {"X-Gitlab-Token": "old"}).wish == REVIEW


def signed(body: bytes, key: bytes, at: float = NOW, number: str = "msg-1") -> dict[str, str]:
    digest = hmac.new(key, f"{number}.{int(at)}.".encode() + body, hashlib.sha256).digest()
    return {
        "X-Gitlab-Event": "Merge Request Hook",
        "webhook-id": number,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": f"v1,AAAA v1,{base64.b64encode(digest).decode()}",
    }


@pytest.mark.parametrize("token", ["whsec_" + base64.b64encode(b"k" * 24).decode(), "any words"])
def test_a_signature_passes_with_either_form_of_its_token(token: str) -> None:
    body = json.dumps(merge_request("open")).encode()
    key = b"k" * 24 if token.startswith("whsec_") else token.encode()
    secrets = Secrets(tokens=("right",), signing=(token,))
    delivery = read(signed(body, key), body, secrets, NOW)
    assert (delivery.id, delivery.wish) == ("msg-1", REVIEW)


@pytest.mark.parametrize(
    "break_it",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v2,é"},
        {"webhook-id": "msg-2"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "٣"},
        {"webhook-timestamp": str(int(NOW - TOLERANCE - 1))},
    ],
)
def test_where_there_is_a_signing_token_nothing_else_passes(break_it: dict[str, str]) -> None:
    body, secrets = b"{}", Secrets(tokens=("right",), signing=("s",))
    headers = {**signed(body, b"s"), "X-Gitlab-Token": "right", **break_it}
    with pytest.raises(Rejected) as refused:
        read(headers, body, secrets, NOW)
    assert refused.value.status == 401


def test_an_old_signed_delivery_is_refused() -> None:
    body, secrets = b"{}", Secrets(signing=("s",))
    read(signed(body, b"s", NOW - TOLERANCE), body, secrets, NOW)
    with pytest.raises(Rejected, match="too old"):
        read(signed(body, b"s", NOW - TOLERANCE - 1), body, secrets, NOW)


def test_too_large_is_413_and_no_object_is_400() -> None:
    with pytest.raises(Rejected) as large:
        read({}, b"x" * (MAX_BYTES + 1), TOKENS, NOW)
    assert large.value.status == 413
    odd_ones: tuple[Any, ...] = ([], 1, "x")
    for payload in odd_ones:
        with pytest.raises(Rejected) as odd:
            send(payload)
        assert odd.value.status == 400


def test_the_id_is_the_same_for_every_attempt() -> None:
    payload = merge_request("open")
    assert send(payload, {"X-Gitlab-Event-UUID": "u"}).id == "key-1"
    assert send(payload, {"Idempotency-Key": "", "X-Gitlab-Event-UUID": "u"}).id == "u"
    with pytest.raises(Rejected):
        send(payload, {"Idempotency-Key": ""})


@pytest.mark.parametrize(
    ("payload", "is_reviewed"),
    [
        (merge_request("open"), True),
        (merge_request("open", draft=True), True),
        (merge_request("reopen"), True),
        (merge_request("update", oldrev="a" * 40), True),
        (merge_request("update", changes={"labels": {}}), False),
        (merge_request("update", changes={"draft": {"previous": True, "current": False}}), True),
        (merge_request("update", changes={"draft": {"previous": False, "current": True}}), False),
        (merge_request("update", changes={"target_branch": {"current": "next"}}), True),
        (merge_request("approved"), False),
        (merge_request("merge"), True),
        (merge_request("close"), True),
        ({"object_kind": "push", "project": PROJECT, "after": "a" * 40}, False),
        ({"object_kind": "pipeline", "project": PROJECT}, False),
        ({"event_name": "project_create", "path_with_namespace": "acme/ml"}, False),
    ],
)
def test_only_new_code_is_reviewed(payload: dict[str, Any], *, is_reviewed: bool) -> None:
    assert send(payload).wish == (REVIEW if is_reviewed else None)


def test_groups_and_instances_send_the_same() -> None:
    delivery = send(merge_request("open"), {"X-Gitlab-Event": "System Hook"})
    assert (delivery.event, delivery.action, delivery.wish) == ("System Hook", "open", REVIEW)


def test_a_command_knows_its_thread() -> None:
    in_talk = send(note("/lockstitch fix")).wish
    assert in_talk is not None
    assert (in_talk.login, in_talk.comment_id, in_talk.thread_root) == ("dana", 31, None)
    in_thread = send(note("fix", type="DiffNote")).wish
    assert in_thread is not None
    assert f"{in_thread.thread_root:040x}" == DISCUSSION


def test_a_command_that_two_hooks_tell_of_is_one_delivery() -> None:
    ids = {send(note("/lockstitch fix"), {"Idempotency-Key": key}).id for key in ("a", "b")}
    assert ids == {"note-31"}


@pytest.mark.parametrize(
    "payload",
    [
        note("just words"),
        note("fix"),
        note("/lockstitch fix", system=True),
        note("/lockstitch fix", action="update"),
        note("/lockstitch fix", noteable_type="Issue"),
        note("/lockstitch fix\n\n<!-- lockstitch:answer 1 -->"),
    ],
)
def test_what_nobody_asked_is_ignored(payload: dict[str, Any]) -> None:
    assert send(payload).wish is None


def test_a_body_of_any_shape_is_survived() -> None:
    odd: list[Any] = [None, 1, "x", [], {}, True]
    for one in odd:
        for key in ("project", "object_attributes", "merge_request", "user", "changes"):
            for made in (merge_request("update"), note("/lockstitch fix")):
                send({**made, key: one})


def test_a_system_hook_tells_of_a_new_name_and_asks_for_nothing() -> None:
    payload = {
        "event_name": "project_rename",
        "old_path_with_namespace": "acme/ml",
        "path_with_namespace": "acme/lake",
    }
    delivery = send(payload, {"X-Gitlab-Event": "System Hook"})
    assert (delivery.wish, delivery.homes) == (None, (Moved("acme/ml", "acme/lake"),))
