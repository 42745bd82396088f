"""What a pattern of actions stands for, and when a statement reaches everything of a kind."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remediations.codebase import Codebase
from remediations.iam.permissions import covers, is_unscoped
from remediations.iam.statements import policies
from remediations.terraform.grammar import Grammar

LETTERS = st.text("abC:", max_size=12)


@given(st.text("abC:*?", max_size=8), LETTERS)
def test_a_pattern_covers_what_a_glob_matches(pattern: str, action: str) -> None:
    glob = re.compile(fnmatch.translate(pattern), re.IGNORECASE)
    assert covers(pattern, action) == bool(glob.match(action))


def test_a_pattern_of_stars_is_soon_answered() -> None:
    assert not covers("s3:" + "*a" * 5_000 + "b", "s3:" + "a" * 60)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:iam::*:role/*", True),
        ("arn:aws:logs:*:*:*", True),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/*", True),
        ("arn:aws:dynamodb:*:*:table/features", False),
        ("arn:aws:iam::*:role/team-*", False),
        ("arn:aws:s3:::training/*", False),
        ("${aws_s3_bucket.training.arn}/*", False),
    ],
)
def test_open_resources_reach_everything(
    *, resource: str, expected: bool, grammar: Grammar
) -> None:
    text = (
        'data "aws_iam_policy_document" "p" {\n  statement {\n    actions   = ["s3:*"]\n'
        f'    resources = ["{resource}"]\n  }}\n}}\n'
    )
    (module,) = Codebase.read({"main.tf": text.encode()}, grammar).modules
    (policy,) = policies(module.resources[0], module)
    assert is_unscoped(policy[0]) is expected
