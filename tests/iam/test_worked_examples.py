"""Whole statements in, whole statements out, in both forms."""

from __future__ import annotations

import pytest

from remediations.iam.narrowing import widens
from remediations.terraform.grammar import Grammar

from .policies import FORMS, OBJECTS, B, S, costs, meaning, one, read, report, scoped, write

pytestmark = pytest.mark.parametrize("form", FORMS)

NIGHTLY = (
    "s3:GetObject",
    "s3:ListAllMyBuckets",
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
    "cloudwatch:PutMetricData",
)
DENY = S(("s3:DeleteObject",), effect="Deny")


def becomes(form: str, grammar: Grammar, before: list[S], after: list[S]) -> str:
    """The fix leads there, is narrower, and leaves nothing to find. Gives the cost."""
    start = read(write(form, *before), grammar)
    made = scoped(start)
    assert meaning(made) == meaning(read(write(form, *after), grammar))
    assert widens(start.modules[0], made.modules[0]) is None
    assert report(made).findings == ()
    return " ".join(costs(start))


def test_actions_on_a_bucket_and_on_its_objects_stay_together(form: str, grammar: Grammar) -> None:
    actions = ("s3:GetObject", "s3:ListBucket")
    becomes(form, grammar, [S(actions)], [S(actions, (B, OBJECTS))])


def test_actions_on_objects_get_only_objects(form: str, grammar: Grammar) -> None:
    becomes(form, grammar, [one("s3:GetObject")], [one("s3:GetObject", on=[OBJECTS])])


def test_actions_on_the_bucket_get_only_the_bucket(form: str, grammar: Grammar) -> None:
    becomes(form, grammar, [one("s3:ListBucket")], [one("s3:ListBucket", on=[B])])


def test_a_wildcard_keeps_its_words_and_the_cost_counts(form: str, grammar: Grammar) -> None:
    said = becomes(form, grammar, [one("s3:*")], [one("s3:*", on=[B, OBJECTS])])
    assert "`s3:*` then no longer covers" in said
    assert "such as `s3:ListAllMyBuckets`" in said


def test_what_has_to_stay_on_everything_stays_in_its_statement(form: str, grammar: Grammar) -> None:
    said = becomes(
        form,
        grammar,
        [one(*NIGHTLY, sid="Nightly")],
        [one(*NIGHTLY[1:], sid="Nightly"), one("s3:GetObject", on=[OBJECTS], sid="NightlyObjects")],
    )
    assert "`cloudwatch:PutMetricData` cannot be scoped this way and stay on `*`" in said


def test_a_neighbour_that_is_scoped_is_left_alone(form: str, grammar: Grammar) -> None:
    fine = one("s3:GetObject", on=[OBJECTS], sid="Ok")
    bad = one("s3:PutObject", sid="Bad")
    becomes(form, grammar, [fine, bad], [fine, one("s3:PutObject", on=[OBJECTS], sid="Bad")])


def test_a_condition_is_kept_word_for_word(form: str, grammar: Grammar) -> None:
    becomes(
        form,
        grammar,
        [one("s3:GetObject", vpce="vpce-1")],
        [one("s3:GetObject", on=[OBJECTS], vpce="vpce-1")],
    )
    start = read(write(form, one("s3:GetObject", "s3:CreateJob", vpce="vpce-1")), grammar)
    assert scoped(start).documents["main.tf"].source.text.count("vpce-1") == 2


def test_a_deny_beside_it_is_not_touched(form: str, grammar: Grammar) -> None:
    becomes(form, grammar, [one("s3:*"), DENY], [one("s3:*", on=[B, OBJECTS]), DENY])


def test_the_new_sid_is_free(form: str, grammar: Grammar) -> None:
    taken = one("sqs:SendMessage", sid="AObjects")
    becomes(
        form,
        grammar,
        [one("s3:GetObject", "s3:CreateJob", sid="A"), taken],
        [one("s3:CreateJob", sid="A"), one("s3:GetObject", on=[OBJECTS], sid="AObjects2"), taken],
    )


def test_two_statements_that_say_the_same_are_two_findings(form: str, grammar: Grammar) -> None:
    same = one("s3:GetObject")
    start = read(write(form, same, same), grammar)
    assert len({finding.fingerprint for finding in report(start).findings}) == 2
    becomes(form, grammar, [same, same], [one("s3:GetObject", on=[OBJECTS])] * 2)


@pytest.mark.parametrize(
    "everything",
    [
        '"*"',
        '"arn:aws:s3:::*"',
        '"arn:aws-cn:s3:::*/*"',
        '"arn:*:s3:::*"',
        '"arn:${data.aws_partition.now.partition}:s3:::*/*"',
    ],
)
def test_every_way_to_say_every_bucket(form: str, everything: str, grammar: Grammar) -> None:
    before = one("s3:GetObject", on=[everything])
    becomes(form, grammar, [before], [one("s3:GetObject", on=[OBJECTS])])


def test_all_objects_never_become_rights_on_a_bucket(form: str, grammar: Grammar) -> None:
    """``…:::*/*`` matches no bucket, so s3:ListBucket on it allows nothing, before and after."""
    every_object = '"arn:aws:s3:::*/*"'
    assert (
        report(read(write(form, one("s3:ListBucket", on=[every_object])), grammar)).findings == ()
    )
    actions = ("s3:GetObject", "s3:ListBucket")
    becomes(form, grammar, [S(actions, (every_object,))], [S(actions, (OBJECTS,))])


def test_an_action_that_aws_does_not_list_stays(form: str, grammar: Grammar) -> None:
    said = becomes(
        form,
        grammar,
        [one("s3:GetObject", "s3:GetObjekt")],
        [one("s3:GetObjekt"), one("s3:GetObject", on=[OBJECTS])],
    )
    assert "`s3:GetObjekt` is no action that AWS listed on 20" in said


def test_what_is_named_beside_for_another_service_is_no_use(form: str, grammar: Grammar) -> None:
    """A role stands in the list for PassRole; what is moved could not be used on it anyway."""
    role = "aws_iam_role.job.arn"
    both = S(("s3:GetObject", "iam:PassRole"), ('"*"', role))
    becomes(
        form,
        grammar,
        [both],
        [S(("iam:PassRole",), ('"*"', role)), one("s3:GetObject", on=[OBJECTS])],
    )


def test_empty_sids_are_none(form: str, grammar: Grammar) -> None:
    text = write(
        form, one("sqs:SendMessage", sid="X"), one("s3:GetObject", "sqs:SendMessage", sid="X")
    )
    start = read(text.replace('"X"', '""'), grammar)
    made = scoped(start)
    left = one("sqs:SendMessage")
    after = read(write(form, left, left, one("s3:GetObject", on=[OBJECTS])), grammar)
    assert meaning(made) == meaning(after)
    assert report(made).findings == ()
