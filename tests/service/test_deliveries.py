"""Webhooks as bytes: genuine ones are understood, everything else is refused with a reason."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deliveries import MAX_BYTES, Delivery, Rejected, Wish, read

SECRET = "right"
REPO = {"full_name": "acme/ml"}


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def send(event: str, payload: Any, **headers: str) -> Delivery:
    body = json.dumps(payload).encode()
    given_headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": "d-1",
        "X-Hub-Signature-256": sign(body),
        **headers,
    }
    return read(given_headers, body, [SECRET])


@given(st.text(max_size=80), st.binary(max_size=60))
def test_no_other_signature_passes(signature: str, body: bytes) -> None:
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "1", "X-Hub-Signature-256": signature}
    with pytest.raises(Rejected) as refused:
        read(headers, body, [SECRET, "old"])
    assert refused.value.status == 401


def test_the_previous_secret_passes_while_it_is_rotated() -> None:
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "1"}
    headers["X-Hub-Signature-256"] = sign(b"{}", "old")
    assert read(headers, b"{}", [SECRET, "old"]).wish is None
    with pytest.raises(Rejected):
        read(headers, b"{}", [SECRET])


def test_too_large_is_413() -> None:
    with pytest.raises(Rejected) as refused:
        read({}, b"x" * (MAX_BYTES + 1), [SECRET])
    assert refused.value.status == 413


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"1", b"{", b"[" * 100_000])
def test_what_is_no_json_object_is_400(body: bytes) -> None:
    headers = {
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": "1",
        "x-hub-signature-256": sign(body),
    }
    with pytest.raises(Rejected) as refused:
        read(headers, body, [SECRET])
    assert refused.value.status == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["action", "number", "pull_request", "comment", "repository", "issue"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
EVENTS = ["pull_request", "issue_comment", "pull_request_review_comment", "check_run", "push"]


@given(st.sampled_from(EVENTS), st.dictionaries(st.text(max_size=12), JSON, max_size=5))
def test_any_shape_is_survived(event: str, payload: dict[str, Any]) -> None:
    assert isinstance(send(event, payload), Delivery)


@pytest.mark.parametrize("action", ["opened", "reopened", "synchronize", "ready_for_review"])
def test_a_pull_request_asks_for_a_review(action: str) -> None:
    payload = {"action": action, "pull_request": {"number": 7}, "repository": REPO}
    is_of_head = action in ("opened", "synchronize")
    assert send("pull_request", payload).wish == Wish("acme/ml", 7, for_head=is_of_head)


def test_only_a_change_of_base_counts_as_edited() -> None:
    payload: dict[str, Any] = {
        "action": "edited",
        "pull_request": {"number": 7},
        "repository": REPO,
        "changes": {"title": {"from": "x"}},
    }
    assert send("pull_request", payload).wish is None
    payload["changes"] = {"base": {"ref": {"from": "x"}}}
    assert send("pull_request", payload).wish == Wish("acme/ml", 7)


def comment(body: str, kind: str = "User", **more: Any) -> dict[str, Any]:
    return {
        "action": "created",
        "repository": REPO,
        "issue": {"number": 3, "pull_request": {}},
        "pull_request": {"number": 3},
        "comment": {"id": 9, "body": body, "user": {"login": "dana", "type": kind}, **more},
    }


def test_a_command_names_who_and_where() -> None:
    wish = send("issue_comment", comment("Please\n/lockstitch fix")).wish
    assert wish == Wish("acme/ml", 3, login="dana", body="Please\n/lockstitch fix", comment_id=9)
    reply = send("pull_request_review_comment", comment("fix", in_reply_to_id=8)).wish
    assert reply is not None
    assert (reply.thread_root, reply.body) == (8, "fix")


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("issue_comment", comment("I will fix it")),
        ("issue_comment", comment("/lockstitch fix", kind="Bot")),
        ("issue_comment", {**comment("/lockstitch fix"), "issue": {"number": 3}}),
        ("pull_request_review_comment", comment("fix")),
        ("pull_request_review_comment", comment("fix the typo please", in_reply_to_id=8)),
        (
            "check_run",
            {"action": "created", "repository": REPO, "check_run": {"head_sha": "a" * 40}},
        ),
        ("pull_request", {"action": "opened", "pull_request": {"number": 1}, "repository": {}}),
    ],
)
def test_talk_is_not_a_command(event: str, payload: dict[str, Any]) -> None:
    assert send(event, payload).wish is None


def test_a_button_and_a_rerun_name_the_head() -> None:
    head = {"head_sha": "a" * 40}
    payload: dict[str, Any] = {"repository": REPO, "check_run": head, "sender": {"login": "dana"}}
    payload |= {"action": "requested_action", "requested_action": {"identifier": "fix-safe"}}
    wish = send("check_run", payload).wish
    assert wish == Wish("acme/ml", head_sha="a" * 40, login="dana", button="fix-safe")
    rerun = send("check_run", {**payload, "action": "rerequested"}).wish
    assert rerun is not None
    assert rerun.body == "/lockstitch recheck"


HEAD, BASE = "a" * 40, "b" * 40


def test_a_merge_group_names_what_the_queue_made_and_on_what() -> None:
    payload = {"action": "checks_requested", "repository": REPO}
    group = {"head_sha": HEAD, "base_sha": BASE}
    wish = send("merge_group", {**payload, "merge_group": group}).wish
    assert wish == Wish("acme/ml", head_sha=HEAD, base_sha=BASE)
    assert send("merge_group", {**payload, "merge_group": {"head_sha": HEAD}}).wish is None
    gone = {"action": "destroyed", "repository": REPO, "merge_group": group}
    assert send("merge_group", gone).wish is None


def test_run_again_on_a_suite_is_for_its_head_or_its_merge_group() -> None:
    suite = {"head_sha": HEAD, "head_branch": "change"}
    payload = {"action": "rerequested", "repository": REPO, "sender": {"login": "dana"}}
    wish = send("check_suite", {**payload, "check_suite": suite}).wish
    assert wish == Wish("acme/ml", head_sha=HEAD, body="/lockstitch recheck", login="dana")
    queued = {**suite, "head_branch": f"gh-readonly-queue/main/pr-7-{BASE}"}
    wish = send("check_suite", {**payload, "check_suite": queued}).wish
    assert wish == Wish("acme/ml", head_sha=HEAD, base_sha=BASE)
    run = {"head_sha": HEAD, "check_suite": queued}
    assert send("check_run", {**payload, "check_run": run}).wish == wish


def test_an_archived_repository_asks_for_nothing() -> None:
    payload = {"action": "opened", "pull_request": {"number": 7}}
    archived = {**payload, "repository": {**REPO, "archived": True}}
    assert send("pull_request", archived).wish is None


def test_the_bots_own_words_are_no_command_whoever_wrote_them() -> None:
    own = "/lockstitch fix\n\n<!-- lockstitch:answer 1.2 -->"
    assert send("issue_comment", comment(own)).wish is None


def push(**more: Any) -> dict[str, Any]:
    commit = {"added": [], "modified": ["main.tf"], "removed": []}
    ends = {"before": BASE, "after": HEAD, "deleted": False, "forced": False}
    return {
        "ref": "refs/heads/release/1.x",
        "repository": REPO,
        "commits": [commit],
        **ends,
        **more,
    }


NAMED = {"added": [], "modified": [], "removed": [".lockstitch.yml"]}
TERMS = Wish("acme/ml", head_sha=HEAD, branch="release/1.x", before=BASE)


@pytest.mark.parametrize(
    ("more", "wish"),
    [
        ({}, None),
        ({"commits": []}, None),
        ({"commits": [NAMED]}, TERMS),
        ({"commits": [{**NAMED, "removed": ["sub/.lockstitch.yml"]}]}, None),
        ({"commits": [{**NAMED, "removed": [], "added": [".lockstitch.yaml"]}]}, TERMS),
        ({"forced": True}, TERMS),
        ({"commits": [{"id": "1"}]}, TERMS),
        ({"commits": None}, TERMS),
        ({"commits": [{**NAMED, "removed": []}] * 2_048}, TERMS),
        ({"commits": [NAMED], "before": "0" * 40}, replace(TERMS, before="")),
        ({"commits": [NAMED], "after": "0" * 40, "deleted": True}, None),
        ({"commits": [NAMED], "ref": "refs/tags/v1"}, None),
    ],
)
def test_a_push_counts_where_it_may_change_the_configuration(
    more: dict[str, Any], wish: Wish | None
) -> None:
    assert send("push", push(**more)).wish == wish


def test_a_thread_that_a_person_settles_is_noted_if_it_is_ours() -> None:
    ours = {"comments": [{"body": "Words\n\n<!-- lockstitch:finding 0a1b offer=advice -->"}]}
    payload: dict[str, Any] = {
        "action": "resolved",
        "repository": REPO,
        "pull_request": {"number": 7},
        "thread": ours,
        "sender": {"login": "dana", "type": "User"},
    }
    wish = Wish("acme/ml", 7, for_head=True, of_threads=True)
    name = "pull_request_review_thread"
    assert send(name, payload).wish == wish
    assert send(name, {**payload, "action": "unresolved"}).wish == wish
    assert send(name, {**payload, "sender": {"type": "Bot"}}).wish is None
    assert send(name, {**payload, "thread": {"comments": [{"body": "Why?"}]}}).wish is None
    assert send(name, {**payload, "thread": {"comments": []}}).wish is None
