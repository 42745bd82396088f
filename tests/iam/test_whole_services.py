"""A whole service may be scoped out of a statement that has others: what is left stays as found."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Finding, Profile
from remediations.plan import plan
from remediations.terraform.grammar import Grammar

from .policies import FORMS, OBJECTS, RULE, B, S, meaning, one, read, write

PROFILE = Profile("prod")
WHOLE = "iam-action-service-wildcard"

pytestmark = pytest.mark.parametrize("form", FORMS)


def wholes(form: str, grammar: Grammar, *statements: S) -> list[Finding]:
    """What the rule finds."""
    found = detect(read(write(form, *statements), grammar), PROFILE).findings
    return [finding for finding in found if finding.rule == WHOLE]


@pytest.mark.parametrize("others", [("codebuild:*", "ec2:*"), ("kms:*",), ("sagemaker:*", "ec2:*")])
@pytest.mark.parametrize("sid", ["", "Pipeline"])
def test_a_store_is_scoped_beside_other_whole_services(
    form: str, others: tuple[str, ...], sid: str, grammar: Grammar
) -> None:
    start = read(write(form, one("s3:*", *others, sid=sid)), grammar)
    before = detect(start, PROFILE)
    made = plan(start, before, PROFILE)
    (fix,) = [fix for fix in made.fixes if fix.findings[0].rule == RULE]
    after = start.with_edits(fix.edits)
    scope = one("s3:*", on=[B, OBJECTS], sid=sid and f"{sid}Data")
    left = one(*others, sid=sid)
    assert meaning(after) == meaning(read(write(form, left, scope), grammar))
    was, now = (
        [found.fingerprint for found in held.findings if found.rule == WHOLE]
        for held in (before, detect(after, PROFILE))
    )
    assert was == now


def test_other_services_are_another_finding(form: str, grammar: Grammar) -> None:
    (first,) = wholes(form, grammar, one("s3:*", "ec2:*"))
    (other,) = wholes(form, grammar, one("s3:*", "rds:*"))
    (alone,) = wholes(form, grammar, one("s3:*"))
    assert len({first.fingerprint, other.fingerprint, alone.fingerprint}) == 3


def test_two_that_leave_the_same_are_two(form: str, grammar: Grammar) -> None:
    found = wholes(form, grammar, one("s3:*", "ec2:*"), one("kms:*", "ec2:*"))
    assert len({finding.fingerprint for finding in found}) == 2
