"""The gate: every wrong rewrite is refused, whoever proposes it."""

from __future__ import annotations

import pytest

from remediations.iam.narrowing import refuses, widens
from remediations.terraform.grammar import Grammar
from remediations.verify import prove

from .policies import FORMS, OBJECTS, PROFILE, B, S, one, read, statements, write

GET = one("s3:GetObject")
DENY = S(("s3:DeleteObject",), effect="Deny")
OTHER = '"arn:aws:s3:::somebody-else/*"'

TRAPS = {
    "an object action on a bucket": ([GET], [one("s3:GetObject", on=[B])], "cannot be used on"),
    "a bucket action on objects": (
        [one("s3:ListBucket")],
        [one("s3:ListBucket", on=[OBJECTS])],
        "cannot be used on",
    ),
    "half of a wildcard": ([one("s3:*")], [one("s3:*", on=[B])], "cannot be used on"),
    "an account's action on a bucket": (
        [one("s3:ListAllMyBuckets")],
        [one("s3:ListAllMyBuckets", on=[B])],
        "cannot be used on",
    ),
    "another bucket": (
        [one("s3:GetObject", on=[OBJECTS])],
        [one("s3:GetObject", on=[OTHER])],
        "did not allow before, such as `s3:GetObject` on `arn:aws:s3:::somebody-else/",
    ),
    "a bucket that is not declared": (
        [GET],
        [one("s3:GetObject", on=['"${aws_s3_bucket.ghost.arn}/*"'])],
        "would refer to `aws_s3_bucket.ghost`, which is not declared",
    ),
    "a variable of IAM that looks like a bucket": (
        [GET],
        [one("s3:GetObject", on=['"$${aws_s3_bucket.training.arn}/*"'])],
        "cannot be used on",
    ),
    "b* in place of b/*": (
        [one("s3:GetObject", on=[OBJECTS])],
        [one("s3:GetObject", on=['"${aws_s3_bucket.training.arn}*"'])],
        "did not allow",
    ),
    "an action slipped in": (
        [GET],
        [one("s3:GetObject", "s3:PutObject", on=[OBJECTS])],
        "did not allow",
    ),
    "an action lost": ([one("s3:GetObject", "s3:CreateJob")], [one("s3:CreateJob")], "would lose"),
    "a statement lost": ([GET, one("sqs:SendMessage")], [GET], "would lose"),
    "a condition dropped": (
        [one("s3:GetObject", vpce="vpce-1")],
        [one("s3:GetObject", on=[OBJECTS])],
        "did not allow",
    ),
    "a condition changed": (
        [one("s3:GetObject", vpce="vpce-1")],
        [one("s3:GetObject", on=[OBJECTS], vpce="vpce-2")],
        "did not allow",
    ),
    "a deny narrowed": (
        [DENY],
        [S(("s3:DeleteObject",), (OBJECTS,), effect="Deny")],
        "deny less",
    ),
    "a deny turned": ([DENY], [S(("s3:DeleteObject",))], "did not allow"),
    "a deny under a condition": (
        [DENY],
        [S(("s3:DeleteObject",), effect="Deny", vpce="vpce-1")],
        "deny less",
    ),
    "a bucket where only objects were meant": (
        [one("s3:ListBucket", on=['"arn:aws:s3:::*/*"'])],
        [one("s3:ListBucket", on=[B])],
        "did not allow",
    ),
    "a reference in place of a bucket": (
        [one("s3:GetObject", on=[OTHER])],
        [one("s3:GetObject", on=[OBJECTS])],
        "did not allow",
    ),
    "what may be anything beside a wildcard": (
        [one("s3:GetObject", on=['"*"', "var.more"])],
        [one("s3:GetObject", on=[OBJECTS])],
        "cannot be used on",
    ),
    "two statements with one Sid": (
        [one("s3:GetObject", "s3:CreateJob", sid="A")],
        [one("s3:CreateJob", sid="A"), one("s3:GetObject", on=[OBJECTS], sid="A")],
        "one Sid twice",
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("trap", TRAPS)
def test_a_wrong_rewrite_is_refused(form: str, trap: str, grammar: Grammar) -> None:
    before, after, reason = TRAPS[trap]
    old, new = (read(write(form, *some), grammar) for some in (before, after))
    said = refuses(statements(old), statements(new), new.modules[0])
    assert said is not None
    assert reason in said
    assert widens(old.modules[0], new.modules[0]) == f"the policy in `{_address(form)}` {said}"


def _address(form: str) -> str:
    return "data.aws_iam_policy_document.p" if form == "document" else "aws_iam_role_policy.p"


NEGATED = """
data "aws_iam_policy_document" "p" {{
  statement {{
    not_actions = ["iam:*"]
    resources   = ["{resource}"]
  }}

  statement {{
    actions       = ["s3:GetObject"]
    not_resources = ["arn:aws:s3:::secret/*"]
  }}
}}
"""


def test_negated_statements_may_move_and_become_narrower(grammar: Grammar) -> None:
    old = read(NEGATED.format(resource="*"), grammar)
    moved = read("# a line more\n" + NEGATED.format(resource="*"), grammar)
    narrower = read(NEGATED.format(resource="arn:aws:s3:::a/*"), grammar)
    assert widens(old.modules[0], moved.modules[0]) is None
    assert widens(old.modules[0], narrower.modules[0]) is None
    assert "did not allow" in str(widens(narrower.modules[0], old.modules[0]))


def test_a_policy_that_is_gone_is_refused(grammar: Grammar) -> None:
    old = read(write("document", GET), grammar)
    new = read(write("document"), grammar)
    assert "would lose `s3:GetObject`" in str(widens(old.modules[0], new.modules[0]))


@pytest.mark.parametrize("form", FORMS)
def test_a_right_rewrite_passes(form: str, grammar: Grammar) -> None:
    old = read(write(form, one("s3:GetObject", "s3:CreateJob", sid="A"), DENY), grammar)
    new = read(
        write(
            form,
            one("s3:CreateJob", sid="A"),
            one("s3:GetObject", on=[OBJECTS], sid="AObjects"),
            DENY,
            S(("s3:PutObject",), effect="Deny"),
        ),
        grammar,
    )
    assert widens(old.modules[0], new.modules[0]) is None


@pytest.mark.parametrize("form", FORMS)
def test_no_fix_is_proved_that_widens(form: str, grammar: Grammar) -> None:
    """Whichever rule wrote it: the proof of every fix asks the gate."""
    old = read(write(form, one("s3:GetObject", on=[OTHER])), grammar)
    new = read(write(form, one("s3:GetObject", on=[OBJECTS])), grammar)
    reason = prove(old, new, set(), {("", _address(form))}, PROFILE)
    assert str(reason).startswith(f"the policy in `{_address(form)}` {WIDER}")


WIDER = "would allow something that it did not allow before"
KEY_POLICY = """\
data "aws_iam_policy_document" "key" {{
  statement {{
    actions   = ["kms:DescribeKey"]
    resources = ["*"]
  }}
{0}}}
"""
SERVICE = """\
  statement {{
    actions   = ["{action}"]
    resources = ["*"]

    principals {{
      type        = "{type}"
      identifiers = ["{who}"]
    }}
{condition}  }}
"""
IN_ACCOUNT = """\
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["111122223333"]
    }
"""


@pytest.mark.parametrize(
    ("action", "who", "condition", "said"),
    [
        ("kms:Decrypt", "sns.amazonaws.com", IN_ACCOUNT, None),
        ("kms:GenerateDataKey*", "logs.${data.aws_region.r.name}.amazonaws.com", IN_ACCOUNT, None),
        ("kms:Decrypt", "sns.amazonaws.com", "", WIDER),
        ("kms:*", "sns.amazonaws.com", IN_ACCOUNT, WIDER),
        ("kms:CreateGrant", "sns.amazonaws.com", IN_ACCOUNT, WIDER),
        ("kms:PutKeyPolicy", "sns.amazonaws.com", IN_ACCOUNT, WIDER),
        ("s3:GetObject", "sns.amazonaws.com", IN_ACCOUNT, WIDER),
        ("kms:Decrypt", "*", IN_ACCOUNT, WIDER),
        ("kms:Decrypt", "arn:aws:iam::111122223333:root", IN_ACCOUNT, WIDER),
        ("kms:Decrypt", "x.amazonaws.com.example.org", IN_ACCOUNT, WIDER),
    ],
)
def test_a_service_may_be_let_into_a_key_under_a_condition(
    action: str, who: str, condition: str, said: str | None, grammar: Grammar
) -> None:
    added = SERVICE.format(action=action, type="Service", who=who, condition=condition)
    old, new = (read(KEY_POLICY.format(one), grammar).modules[0] for one in ("", added))
    reason = widens(old, new)
    assert (said or "") in (reason or "")
    assert bool(said) is bool(reason)


HERE = "data.aws_region.here.region"
GROUP = """
locals {{
  region = {region}
}}

data "aws_region" "here" {{}}

resource "aws_cloudwatch_log_group" "g" {{
  name = "g"
}}

data "aws_iam_policy_document" "p" {{
  statement {{
    actions   = ["logs:PutLogEvents"]
    resources = [{resource}]
  }}
}}
"""


@pytest.mark.parametrize(
    ("region", "is_narrower"),
    [
        (HERE, True),
        ("var.region", False),
        ('"${data.aws_region.here.region}-1"', False),
        ("local.region", False),
        ("data.aws_region.there.region", False),
    ],
)
def test_a_local_may_stand_for_the_region_of_the_module(
    region: str, grammar: Grammar, *, is_narrower: bool
) -> None:
    wide = '"arn:aws:logs:${local.region}:*:*"'
    old = read(GROUP.format(region=region, resource=wide), grammar)
    own = '"${aws_cloudwatch_log_group.g.arn}:*"'
    new = read(GROUP.format(region=region, resource=own), grammar)
    assert (widens(old.modules[0], new.modules[0]) is None) is is_narrower
