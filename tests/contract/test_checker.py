"""The checker refuses what GitHub refuses; without these the contract proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.checker import Exchange, problems, webhook_problems

ROOT = "/repos/acme/ml"
REVIEW: dict[str, Any] = {
    "commit_id": "a" * 40,
    "event": "COMMENT",
    "body": "",
    "comments": [{"path": "a.tf", "line": 9, "side": "RIGHT", "body": "x"}],
}
NOTE = {
    "path": "a",
    "start_line": 1,
    "end_line": 1,
    "annotation_level": "notice",
    "message": "m",
}


def sent(verb: str, path: str, body: Any, query: str = "") -> list[str]:
    found = problems(Exchange(verb, ROOT + path, query, body, 503, None))
    return [one for one in found if ": answer" not in one]


def with_comment(**more: Any) -> dict[str, Any]:
    return {**REVIEW, "comments": [{**REVIEW["comments"][0], **more}]}


def output(**more: Any) -> dict[str, Any]:
    return {"title": "t", "summary": "s", **more}


BUTTON = {"label": "x" * 21, "identifier": "i", "description": "d"}


def run(**more: Any) -> dict[str, Any]:
    return {"name": "lockstitch", "head_sha": "a" * 40, **more}


def test_good_requests_pass() -> None:
    assert sent("POST", "/pulls/1/reviews", REVIEW) == []
    assert sent("POST", "/check-runs", run(status="in_progress")) == []
    assert sent("GET", "/pulls/1/files", None, "per_page=100&page=2") == []


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", "/pulls/1/reviews", {**REVIEW, "event": "BLOCK"}),
        ("POST", "/pulls/1/reviews", {**REVIEW, "comments": [{"path": "a.tf", "line": 9}]}),
        (
            "POST",
            "/pulls/1/reviews",
            with_comment(line="9"),
        ),
        (
            "POST",
            "/pulls/1/reviews",
            with_comment(end_line=9),
        ),
        ("POST", "/check-runs", run(status="completed", conclusion="failed")),
        ("POST", "/check-runs", run(output=output(summary="x" * 70_000))),
        (
            "POST",
            "/check-runs",
            run(output=output(annotations=[NOTE] * 51)),
        ),
        (
            "POST",
            "/check-runs",
            run(actions=[BUTTON]),
        ),
        ("POST", "/statuses/abc", {"state": "passed"}),
        ("POST", "/pull/1/reviews", REVIEW),
        ("DELETE", "/pulls/1", None),
        ("GET", "/pulls/1/files?x", None),
    ],
)
def test_wrong_requests_are_found(verb: str, path: str, body: Any) -> None:
    plain, _, query = path.partition("?")
    assert sent(verb, plain, body, f"{query}=1" if query else "")


def test_wrong_answers_and_webhooks_are_found() -> None:
    assert problems(Exchange("GET", f"{ROOT}/pulls/1", "", None, 200, {"number": "1"}))
    assert problems(Exchange("GET", f"{ROOT}/pulls/1", "", None, 299, {}))
    assert webhook_problems("pull_request", {"action": "opened"})
    assert webhook_problems("pull_request", {"action": "labelled"})


def test_wrong_graphql_is_found() -> None:
    query = 'query { repository(owner: "a", name: "b") { stars } }'
    assert problems(Exchange("POST", "/api/graphql", "", {"query": query}, 200, {}))
