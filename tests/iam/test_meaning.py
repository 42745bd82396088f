"""An oracle that knows no edit: which requests are allowed, before and after.

Policies are made up, the rule rewrites them, and every request of a small world is tried on both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from remediations.codebase import Codebase
from remediations.iam.narrowing import widens
from remediations.terraform.grammar import Grammar

from .policies import FORMS, OBJECTS, B, S, read, report, scoped, statements, write

MINE = "arn:aws:s3:::acme-training"
WORLD = (
    MINE,
    f"{MINE}/data/a.csv",
    "arn:aws:s3:::other",
    "arn:aws:s3:::other/b.csv",
    "arn:aws:sqs:eu-west-1:1:jobs",
)
OF_BUCKETS = ("s3:ListBucket", "s3:GetBucketLocation")
OF_OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
OF_NOTHING = ("s3:ListAllMyBuckets", "s3:CreateJob", "cloudwatch:PutMetricData")
REQUESTS = (
    *((a, r) for a in OF_BUCKETS for r in WORLD if "s3" in r and "/" not in r),
    *((a, r) for a in OF_OBJECTS for r in WORLD if "s3" in r and "/" in r),
    *((a, "*") for a in OF_NOTHING),
    ("sqs:SendMessage", WORLD[-1]),
)
PATTERNS = (
    *OF_BUCKETS,
    *OF_OBJECTS,
    *OF_NOTHING,
    "sqs:SendMessage",
    "s3:*",
    "s3:Get*",
    "s3:*Object",
)
WIDE = ('"*"', '"arn:aws:s3:::*"', '"arn:aws:s3:::*/*"', '"arn:aws:sqs:*:*:*"', B, OBJECTS)

made = st.builds(
    S,
    actions=st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4, unique=True).map(tuple),
    resources=st.lists(st.sampled_from(WIDE), min_size=1, max_size=2, unique=True).map(tuple),
    effect=st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
    vpce=st.sampled_from(["", "", "vpce-1"]),
)


def fits(pattern: str, text: str) -> bool:
    glob = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(glob, text) is not None


def ruled(codebase: Codebase, effect: str, vpce: str) -> set[tuple[str, str]]:
    """The requests that statements of this effect speak of, through that endpoint."""
    held = [s for s in statements(codebase) if s.effect == effect]
    return {
        (action, resource)
        for s in held
        if not s.conditions or f'"{vpce}"' in s.conditions
        for action, resource in REQUESTS
        if any(fits(item.text, action) for item in s.actions)
        and any(fits(_arn(item.text), resource) for item in s.resources)
    }


def _arn(text: str) -> str:
    return text.replace("${aws_s3_bucket.training.arn}", MINE)


def mine(requests: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(action, resource) for action, resource in requests if resource.startswith(MINE)}


@settings(deadline=None, max_examples=150)
@given(some=st.lists(made, min_size=1, max_size=3), form=st.sampled_from(FORMS))
def test_a_rewrite_allows_less_and_keeps_the_bucket(
    some: list[S], form: str, grammar: Grammar
) -> None:
    before = read(write(form, *some), grammar)
    after = scoped(before)
    assert widens(before.modules[0], after.modules[0]) is None
    for vpce in ("vpce-1", "vpce-9"):
        old, new = ruled(before, "Allow", vpce), ruled(after, "Allow", vpce)
        assert new <= old
        assert mine(new) == mine(old)
        assert ruled(after, "Deny", vpce) == ruled(before, "Deny", vpce)
        stays = {(action, r) for action, r in old if action in OF_NOTHING and r == "*"}
        explicit = {item.text for s in statements(before) for item in s.actions}
        assert {(a, r) for a, r in stays if a in explicit and _alone(before, a)} <= new
    assert report(scoped(after)).findings == report(after).findings


def _alone(codebase: Codebase, action: str) -> bool:
    """No wildcard of its statement speaks of it, so that it has to stay."""
    return all(
        not any(fits(item.text, action) for item in s.actions if "*" in item.text)
        for s in statements(codebase)
    )
