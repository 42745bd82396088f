"""The twelve worked examples that the rules on policies are held against, whole modules each."""

from __future__ import annotations

from dataclasses import dataclass

from .policies import BUCKET, OBJECTS, OF_DOCUMENT, B


@dataclass(frozen=True)
class Worked:
    """One example. ``said`` is part of what the fix costs, or of what has to be decided.

    ``after`` is what all fixes make of the policy; None where a person has to decide, or nothing
    has to be done. ``could_be`` is what somebody may write then, which the proof takes.
    """

    title: str
    policy: str
    after: str | None = None
    said: str = ""
    could_be: str | None = None
    around: str = BUCKET + OF_DOCUMENT


def allow(actions: str, resources: str, *conditions: str, effect: str = "Allow") -> str:
    """One statement of a policy document; resources are written as Terraform has them."""
    words = ", ".join(f'"{one}"' for one in actions.split())
    lines = [
        f'    effect    = "{effect}"',
        f"    actions   = [{words}]",
        f"    resources = [{resources}]",
    ]
    return "  statement {\n" + "\n".join([*lines, *conditions]) + "\n  }\n"


def only_if(test: str, variable: str, value: str) -> str:
    """A condition of a statement."""
    return (
        f'\n    condition {{\n      test     = "{test}"\n      variable = "{variable}"\n'
        f'      values   = ["{value}"]\n    }}'
    )


def document(*statements: str) -> str:
    """A policy document of these statements."""
    return 'data "aws_iam_policy_document" "p" {\n' + "\n".join(statements) + "}\n"


ALL = '"*"'
STAYING = "s3:ListAllMyBuckets ecr:GetAuthorizationToken ecr:BatchGetImage cloudwatch:PutMetricData"
FROM_THE_VPC = only_if("StringEquals", "aws:SourceVpce", "vpce-1")
TO_SAGEMAKER = only_if("StringEquals", "iam:PassedToService", "sagemaker.amazonaws.com")
NO_DELETE = allow("s3:DeleteObject", ALL, effect="Deny")
TRAINS = allow("sagemaker:CreateTrainingJob", ALL)
KEY = 'resource "aws_kms_key" "data" {\n  enable_key_rotation = true\n}\n'
_ROLE = """resource "aws_iam_role" "{0}" {{
  assume_role_policy = jsonencode({{
    Statement = [
      {{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = {{ Service = "{1}.amazonaws.com" }}
        Condition = {{ StringEquals = {{ "aws:SourceAccount" = "111122223333" }} }}
      }},
    ]
  }})
}}
"""
ROLE = _ROLE.format("sm", "sagemaker")
MACHINE = f"""{_ROLE.format("machine", "states")}
resource "aws_iam_role_policy" "machine" {{
  role   = aws_iam_role.machine.id
  policy = data.aws_iam_policy_document.p.json
}}
"""
TRAINING = """
resource "aws_sfn_state_machine" "machine" {
  role_arn   = aws_iam_role.machine.arn
  definition = jsonencode({ RoleArn = aws_iam_role.sm.arn })
}
"""
ALL_BUT_IAM = (
    '  statement {\n    effect      = "Allow"\n    not_actions = ["iam:*"]\n'
    '    resources   = ["*"]\n  }\n'
)
ALL_BUT_SECRET = (
    '  statement {\n    effect        = "Allow"\n    actions       = ["s3:GetObject"]\n'
    '    not_resources = ["arn:aws:s3:::secret/*"]\n  }\n'
)
LETS_IN = (
    '  statement {\n    actions = ["sts:AssumeRole"]\n\n    principals {\n'
    '      type        = "Service"\n      identifiers = ["sagemaker.amazonaws.com"]\n    }\n'
)
USED = """data "aws_caller_identity" "current" {}

resource "aws_iam_role" "sm" {
  assume_role_policy = data.aws_iam_policy_document.p.json
}
"""
FOR_THIS_ACCOUNT = (
    '\n    condition {\n      test     = "StringEquals"\n      variable = "aws:SourceAccount"\n'
    "      values   = [data.aws_caller_identity.current.account_id]\n    }\n"
)

EXAMPLES = {
    1: Worked(
        "reading and listing",
        document(allow("s3:GetObject s3:ListBucket", ALL)),
        document(allow("s3:GetObject s3:ListBucket", f"{B}, {OBJECTS}")),
        "whatever used another bucket through this statement loses access",
    ),
    2: Worked(
        "all of s3",
        document(allow("s3:*", ALL)),
        document(allow("s3:*", f"{B}, {OBJECTS}")),
        "such as `s3:ListAllMyBuckets`",
    ),
    3: Worked(
        "all of s3, as a list of what is needed",
        document(allow("s3:*", f"{B}, {OBJECTS}")),
        could_be=document(
            allow("s3:ListBucket s3:GetBucketLocation", B),
            allow("s3:GetObject s3:PutObject", OBJECTS),
        ),
    ),
    4: Worked(
        "what has to stay on everything",
        document(allow(f"s3:GetObject {STAYING}", ALL)),
        document(allow(STAYING, ALL), allow("s3:GetObject", OBJECTS)),
        "`cloudwatch:PutMetricData` cannot be scoped this way and stay on `*`",
    ),
    5: Worked(
        "beside a statement that is fine",
        document(allow("s3:GetObject", OBJECTS), allow("s3:PutObject", ALL)),
        document(allow("s3:GetObject", OBJECTS), allow("s3:PutObject", OBJECTS)),
    ),
    6: Worked(
        "under a condition",
        document(allow("s3:GetObject", ALL, FROM_THE_VPC)),
        document(allow("s3:GetObject", OBJECTS, FROM_THE_VPC)),
    ),
    7: Worked(
        "a role that may be passed",
        document(TRAINS, allow("iam:PassRole", ALL)),
        document(TRAINS, allow("iam:PassRole", "aws_iam_role.sm.arn", TO_SAGEMAKER)),
        "`aws_sfn_state_machine.machine` names `aws_iam_role.sm` in `definition`",
        around=f"{ROLE}\n{MACHINE}{TRAINING}",
    ),
    8: Worked(
        "all of a key service",
        document(allow("kms:*", ALL)),
        None,
        "Name the actions that are needed, or the resources they are for.",
        could_be=document(
            allow("kms:Decrypt kms:GenerateDataKey* kms:DescribeKey", "aws_kms_key.data.arn"),
            allow(
                "kms:CreateGrant",
                "aws_kms_key.data.arn",
                only_if("Bool", "kms:GrantIsForAWSResource", "true"),
            ),
        ),
        around=KEY,
    ),
    9: Worked(
        "all but what is named",
        document(ALL_BUT_IAM),
        None,
        "Name the actions that are needed in place of the others.",
        could_be=document(allow("s3:GetObject", OBJECTS)),
    ),
    10: Worked(
        "everywhere but on what is named",
        document(ALL_BUT_SECRET),
        None,
        "Name the resources that are needed in place of the others.",
        could_be=document(allow("s3:GetObject", '"arn:aws:s3:::ml-train/*"')),
    ),
    11: Worked(
        "beside a Deny",
        document(allow("s3:*", ALL), NO_DELETE),
        document(allow("s3:*", f"{B}, {OBJECTS}"), NO_DELETE),
        "whatever used another bucket through this statement loses access",
    ),
    12: Worked(
        "a service that takes on a role",
        document(f"{LETS_IN}  }}\n"),
        document(f"{LETS_IN}{FOR_THIS_ACCOUNT}  }}\n"),
        "the service can no longer use the role for another account",
        around=USED,
    ),
}

UNSHOWN = {
    **dict.fromkeys((1, 2, 4, 6, 11), (BUCKET, "`aws_s3_bucket.training` is the only data bucket")),
    7: (f"{ROLE}\n{MACHINE}", "`sagemaker` takes on `aws_iam_role.sm` for"),
}
"""By number: what is around an example where nothing shows what it needs, and what is said then."""

REFUSED = {
    "a reference may be what was left out": (10, document(allow("s3:GetObject", OBJECTS))),
    "a Deny is not narrowed": (
        11,
        document(allow("s3:*", ALL), allow("s3:DeleteObject", OBJECTS, effect="Deny")),
    ),
    "an action on objects is not put on the bucket": (1, document(allow("s3:GetObject", B))),
    "a condition is not dropped": (6, document(allow("s3:GetObject", OBJECTS))),
    "no action is added": (1, document(allow("s3:GetObject s3:PutObject", ALL))),
}
"""By the reason: an example by number, and a rewrite that is not narrower or loses something."""
