"""The doors, and what may come out of them. Anything else is a crash."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from bot.deliveries import read as read_github
from bot.engine import LocalEngine, Texts, Wanted
from bot.gitlab_deliveries import Secrets
from bot.gitlab_deliveries import read as read_gitlab
from bot.payloads import Rejected
from remediations.model import Profile, Safety
from remediations.terraform.grammar import Grammar

SECRET: Final = "a secret of this fuzzing"
_EVENTS: Final = ("pull_request", "issue_comment", "pull_request_review_comment", "check_run", "x")
_HOOKS: Final = ("Merge Request Hook", "Note Hook", "Pipeline Hook", "x")
_WORDS: Final = [
    "action",
    "opened",
    "synchronize",
    "created",
    "requested_action",
    "rerequested",
    "edited",
    "number",
    "pull_request",
    "repository",
    "full_name",
    "acme/ml",
    "comment",
    "body",
    "issue",
    "user",
    "login",
    "type",
    "Bot",
    "id",
    "in_reply_to_id",
    "check_run",
    "head_sha",
    "identifier",
    "changes",
    "base",
    "object_kind",
    "object_attributes",
    "iid",
    "project",
    "path_with_namespace",
    "noteable_type",
    "note",
    "merge_request",
    "last_commit",
    "oldrev",
]

LEAVES: Final = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(_WORDS)
)
JSON: Final = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(_WORDS) | st.text(max_size=9), inner, max_size=6)
    ),
    max_leaves=25,
)


@cache
def payloads() -> tuple[dict[str, Any], ...]:
    """Real shapes, to be bent."""
    repository = {"full_name": "acme/ml"}
    return (
        {"action": "opened", "pull_request": {"number": 1}, "repository": repository},
        {
            "action": "created",
            "issue": {"number": 1, "pull_request": {}},
            "comment": {"id": 1, "body": "/lockstitch fix", "user": {"login": "d", "type": "User"}},
            "repository": repository,
        },
        {
            "action": "requested_action",
            "check_run": {"head_sha": "a" * 40},
            "requested_action": {"identifier": "fix-safe"},
            "sender": {"login": "d"},
            "repository": repository,
        },
        {
            "object_kind": "merge_request",
            "project": {"path_with_namespace": "acme/ml"},
            "object_attributes": {"iid": 1, "action": "open"},
        },
    )


@st.composite
def bent(draw: st.DrawFn) -> Any:
    """A real payload with one value, somewhere, replaced by any."""
    payload = json.loads(json.dumps(draw(st.sampled_from(payloads()))))
    holder = payload
    while True:
        key = draw(st.sampled_from(sorted(holder)))
        if not isinstance(holder[key], dict) or not holder[key] or draw(st.booleans()):
            holder[key] = draw(JSON)
            return payload
        holder = holder[key]


def body_of(value: Any) -> bytes:
    """As it would be sent."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


BODIES: Final = st.binary(max_size=300) | (JSON | bent()).map(body_of)


def refusal(understand: Callable[[], object]) -> int | None:
    """The status that a webhook is refused with; None where it is understood."""
    try:
        understand()
    except Rejected as rejected:
        return rejected.status
    return None


def webhook(body: bytes, event: str, delivery: str) -> None:
    """Signed as it should be: understood, ignored, or refused with a status below 500."""
    signed = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={signed}",
    }
    assert refusal(lambda: read_github(headers, body, (SECRET,))) in (None, 400, 413)


def gitlab_webhook(body: bytes, event: str, delivery: str) -> None:
    """With the right token."""
    headers = {"X-Gitlab-Event": event, "X-Gitlab-Token": SECRET, "Idempotency-Key": delivery}
    held = Secrets(tokens=(SECRET,))
    assert refusal(lambda: read_gitlab(headers, body, held, 0.0)) in (None, 400, 413)


def signature(given: str, body: bytes) -> None:
    """Whatever is not the signature is refused with 401."""
    right = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "1", "X-Hub-Signature-256": given}
    assert given == right or refusal(lambda: read_github(headers, body, (SECRET,))) == 401


@cache
def engine() -> LocalEngine:
    """In this process, so that a crash is seen."""
    return LocalEngine(Grammar.load(Path(".hypothesis") / "grammar"))


@cache
def samples() -> tuple[str, ...]:
    """Terraform of the demo."""
    root = files("bot.demo") / "terraform" / "head"
    return tuple(path.read_text() for path in sorted(Path(str(root)).rglob("*.tf")))


PIECES: Final = (
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    '"',
    "${",
    "%{",
    "}",
    "=",
    "==",
    "?",
    ":",
    ",",
    ".",
    "*",
    "[*]",
    "#",
    "//",
    "/*",
    "*/",
    "<<EOT",
    "EOT",
    "<<-X",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "\ufeff",
    "resource",
    "variable",
    "locals",
    "module",
    "data",
    "dynamic",
    "for_each",
    "count",
    "jsonencode(",
    '"aws_s3_bucket"',
    "each.key",
    "var.x",
    "local.y",
    "true",
    "null",
    "1e400",
    "0x10",
    "\u202e",
    "é",
)


@st.composite
def terraform(draw: st.DrawFn) -> bytes:
    """A file of the demo with a few cuts, doubles and insertions; or pieces in a row."""
    if draw(st.integers(0, 3)) == 0:
        return "".join(draw(st.lists(st.sampled_from(PIECES), max_size=40))).encode()
    text = draw(st.sampled_from(samples()))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        middle = draw(st.sampled_from(("", text[start:end] * 2, *PIECES)) | st.text(max_size=5))
        text = text[:start] + middle + text[end:]
    return text.encode("utf-8", "surrogatepass")


def judged(data: bytes) -> None:
    """Judged or named as not analysed; what is offered can be made."""
    texts = Texts({}, {"main.tf": data}, (), frozenset({""}))
    judgement = engine().judge(texts, Profile())
    if judgement.plan.fixes:
        engine().repair(texts, Profile(), Wanted(Safety.REPLACE))


_ACTIONS: Final = ("s3:GetObject", "s3:*", "*", "sagemaker:Create*", "iam:PassRole", "", "?:?")
_ARNS: Final = ("*", "arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:iam::1:role/x", "", "${a}")


@st.composite
def policy(draw: st.DrawFn) -> bytes:
    """A role's policy, right or bent, as Terraform writes it."""

    def some(values: tuple[str, ...]) -> Any:
        return draw(st.sampled_from(values) | st.lists(st.sampled_from(values), max_size=3) | JSON)

    statement: dict[str, Any] = {
        "Effect": draw(st.sampled_from(("Allow", "Deny")) | LEAVES),
        draw(st.sampled_from(("Action", "NotAction"))): some(_ACTIONS),
        draw(st.sampled_from(("Resource", "NotResource"))): some(_ARNS),
    }
    if draw(st.booleans()):
        statement["Condition"] = draw(JSON)
    document = {
        "Version": "2012-10-17",
        "Statement": draw(st.sampled_from((statement, [statement]))),
    }
    text = json.dumps(document)
    heads = (f"jsonencode({text})", json.dumps(text), f"<<EOT\n{text}\nEOT\n")
    value = draw(st.sampled_from(heads))
    return (
        'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
        f'resource "aws_iam_role_policy" "p" {{\n  role   = "r"\n  policy = {value}\n}}\n'
    ).encode("utf-8", "surrogatepass")


CONFIGURATIONS: Final = st.binary(max_size=200) | st.lists(
    st.sampled_from(
        [
            "fail_on:",
            "  high\n",
            "rules:\n",
            "- ",
            "a: &a\n",
            "*a\n",
            "ignore:\n",
            "  - rule: s3-acl-public\n",
            "    reason: x\n",
            "environments:\n",
            "!!python/object:os.system\n",
            "{",
            "}",
            "[",
            "]",
            "\t",
            "on_error: neutral\n",
            "paths:\n",
            "  - '**'\n",
            "2026-13-45\n",
        ]
    ),
    max_size=25,
).map(lambda pieces: "".join(pieces).encode())


def configuration(data: bytes) -> None:
    """Read, or all that is wrong with it."""
    engine().configuration(data)


EVENTS: Final = st.sampled_from(_EVENTS) | st.text(max_size=20)
HOOKS: Final = st.sampled_from(_HOOKS) | st.text(max_size=20)
