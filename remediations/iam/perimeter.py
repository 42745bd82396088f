"""How far a statement on everything reaches: which services work in a region, and whose S3 is.

Facts of AWS as data. Knows no rule and no edit.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
"""

from __future__ import annotations

from typing import Final

from .actions import levels, reach
from .statement import Statement

REGION: Final = "aws:RequestedRegion"
"""Said of every request, whatever it is about."""
BUCKETS_ACCOUNT: Final = "s3:ResourceAccount"
"""Who owns the bucket; said of every request to S3 but ``WITHOUT_ACCOUNT``."""
WITHOUT_ACCOUNT: Final = frozenset(
    {"s3:allowvendedlogdeliveryforresource", "s3:putaccesspointpublicaccessblock"}
)

# What each of them holds is in one region: its ARNs name it, which a test looks up. Left out is
# what answers from one region for all, and what AWS's own example for refusing regions leaves out:
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
# So is Bedrock, where a model may answer in another region than it was asked in:
# https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html
OF_A_REGION: Final = frozenset(
    {
        "airflow",
        "application-autoscaling",
        "athena",
        "autoscaling",
        "backup",
        "batch",
        "cloudformation",
        "cloudwatch",
        "codebuild",
        "codecommit",
        "codedeploy",
        "codepipeline",
        "comprehend",
        "databrew",
        "datasync",
        "dms",
        "dynamodb",
        "ec2",
        "ecr",
        "ecs",
        "eks",
        "elasticache",
        "elasticfilesystem",
        "elasticloadbalancing",
        "elasticmapreduce",
        "es",
        "events",
        "firehose",
        "fsx",
        "glue",
        "kafka",
        "kinesis",
        "kinesisanalytics",
        "lakeformation",
        "lambda",
        "logs",
        "personalize",
        "rds",
        "redshift",
        "redshift-data",
        "rekognition",
        "resource-groups",
        "sagemaker",
        "scheduler",
        "secretsmanager",
        "servicediscovery",
        "sns",
        "sqs",
        "ssm",
        "ssmmessages",
        "states",
        "textract",
        "transcribe",
        "transfer",
    }
)
# With one of these, somebody has said already in whose account it holds.
_SAYS_WHOSE: Final = frozenset(
    {
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "s3:dataaccesspointaccount",
        "s3:resourceaccount",
    }
)
_EVERYTHING: Final = "*"
# Lines written to a log in another region harm nobody, and nearly every function may write them.
_ONLY_TELLS: Final = frozenset({"logs:createloggroup", "logs:createlogstream", "logs:putlogevents"})
_ONLY_LOOKS: Final = frozenset({"List", "Read"})


def in_any_region(statement: Statement) -> tuple[str, ...]:
    """Its actions that work in a region, where it is on everything and without a condition.

    Those of S3 are among them where they stand beside others: a bucket answers in its own region.
    Nothing where none of the others takes a resource, or where it allows everything anyway.
    """
    if statement.conditions or [item.text for item in statement.resources] != [_EVERYTHING]:
        return ()
    actions = [item.text for item in statement.actions]
    held = [action for action in actions if reach(action).actions and _of(action) in OF_A_REGION]
    if _EVERYTHING in actions or not any(map(_is_for_one, held)):
        return ()
    return tuple(one for one in dict.fromkeys(actions) if one in held or _of(one) == "s3")


def _of(action: str) -> str:
    return action.partition(":")[0].lower()


def _is_for_one(pattern: str) -> bool:
    """Whether it does something to what could be named: listing what there is takes everything."""
    if pattern.lower() in _ONLY_TELLS:
        return False
    found = [one for one in reach(pattern).actions if one.required or len(one.types) > 1]
    if "*" in pattern or "?" in pattern:
        return bool(found) and not levels(pattern).keys() <= _ONLY_LOOKS
    return bool(found) and levels(pattern).keys() != {"List"}


def says_whose(statement: Statement) -> bool:
    """Whether its condition says already in whose account it holds."""
    if statement.tests is None:
        return any(key in statement.conditions.lower() for key in _SAYS_WHOSE)
    return any(test.key in _SAYS_WHOSE for test in statement.tests)
