"""Every payload that GitHub publishes as an example of our events is survived, and understood.

Cut from @octokit/webhooks-examples (MIT, see NOTICE) by ``make refresh-contract``, without links.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from pathlib import Path
from typing import Any

from bot.deliveries import Delivery, read

EXAMPLES = [
    json.loads(line) for line in (Path(__file__).parent / "examples.jsonl").read_text().splitlines()
]


LISTED = {
    "pull_request": ("opened", "reopened", "synchronize", "ready_for_review", "closed", "edited"),
    "issue_comment": ("created",),
    "pull_request_review_comment": ("created",),
    "pull_request_review_thread": ("resolved", "unresolved"),
    "check_run": ("rerequested", "requested_action"),
    "check_suite": ("requested", "rerequested"),
    "installation": ("created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"),
    "installation_repositories": ("added", "removed"),
    "push": ("",),
    "merge_group": ("checks_requested",),
}
"""What this bot acts on, or ignores knowingly, by event and action."""

UNPUBLISHED = {"pull_request.edited"}
"""Of these there is no example; ``tests/journeys/test_base_change.py`` sends one."""


def received(event: str, payload: Any) -> Delivery:
    body = json.dumps(payload).encode()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": "1",
        "X-Hub-Signature-256": "sha256=" + hmac.new(b"s", body, hashlib.sha256).hexdigest(),
    }
    return read(headers, body, ["s"])


def test_every_example_is_survived_and_only_ours_are_work() -> None:
    asked: Counter[str] = Counter()
    for one in EXAMPLES:
        delivery = received(one["event"], one["payload"])
        assert delivery.action == one["payload"].get("action", "")
        if delivery.wish is not None:
            assert "/" in delivery.wish.repository
            asked[f"{one['event']}.{delivery.action}"] += 1
    assert set(asked) == {
        "check_run.rerequested",
        "check_suite.rerequested",
        "merge_group.checks_requested",
        "pull_request.closed",
        "pull_request.opened",
        "pull_request.ready_for_review",
        "pull_request.reopened",
        "pull_request.synchronize",
    }
    assert len(EXAMPLES) > 95


def test_there_is_an_example_of_every_event_that_is_listed() -> None:
    shown = {f"{one['event']}.{one['payload'].get('action', '')}" for one in EXAMPLES}
    wanted = {f"{event}.{action}" for event, actions in LISTED.items() for action in actions}
    assert wanted - shown == UNPUBLISHED


def test_any_field_may_be_missing() -> None:
    """Servers differ: each field, and each of the next level, is left out in turn."""
    for one in EXAMPLES:
        payload = one["payload"]
        for name, held in payload.items():
            received(one["event"], {key: payload[key] for key in payload if key != name})
            received(one["event"], {**payload, name: None})
            for inner in held if isinstance(held, dict) else ():
                without = {key: held[key] for key in held if key != inner}
                received(one["event"], {**payload, name: without})
