"""What the rule relies on in AWS's action data. A newer release has to keep these rows."""

from __future__ import annotations

import re

import pytest

from remediations.iam.actions import data_date, reach

ROWS = {
    "GetObject": {"object"},
    "GetObjectVersion": {"object"},
    "GetObjectTagging": {"object"},
    "PutObject": {"object"},
    "PutObjectAcl": {"object"},
    "DeleteObject": {"object"},
    "AbortMultipartUpload": {"object"},
    "ListMultipartUploadParts": {"object"},
    "RestoreObject": {"object"},
    "ReplicateObject": {"object"},
    "ListBucket": {"bucket"},
    "ListBucketMultipartUploads": {"bucket"},
    "GetBucketLocation": {"bucket"},
    "GetBucketVersioning": {"bucket"},
    "GetBucketPolicy": {"bucket"},
    "PutBucketPolicy": {"bucket"},
    "DeleteBucket": {"bucket"},
    "PutEncryptionConfiguration": {"bucket"},
    "ListAllMyBuckets": set(),
    "GetAccountPublicAccessBlock": set(),
    "CreateJob": set(),
    "CreateAccessPoint": set(),
}


@pytest.mark.parametrize(("action", "takes"), ROWS.items())
def test_what_an_action_takes(action: str, takes: set[str]) -> None:
    assert reach(f"s3:{action}").types == takes


@pytest.mark.parametrize("action", ["cloudwatch:PutMetricData", "s3:CreateAccessPoint", "*", "s3"])
def test_a_resource_type_without_an_arn_at_hand_does_not_count(action: str) -> None:
    assert reach(action).types == set()


def test_an_action_that_aws_does_not_list_stays() -> None:
    assert reach("s3:GetObjekt").types == set()
    assert not reach("s3:GetObjekt").is_known
    assert reach("sqs:SendMessage").is_known


def test_case_does_not_matter() -> None:
    assert reach("S3:getobject").types == {"object"}


def test_a_wildcard_is_every_action_it_matches() -> None:
    everything = reach("s3:*")
    assert everything.types == {"bucket", "object"}
    assert {"s3:ListAllMyBuckets", "s3:CreateJob", "s3:CreateAccessPoint"} <= set(everything.lost)
    assert not {"s3:GetObject", "s3:ListBucket"} & set(everything.lost)
    assert 60 < len(everything.lost) < len(everything.actions)
    assert reach("s3:*Object").types == {"object"}
    assert len(reach("s3:?etObject").actions) == 1


def test_a_pattern_is_no_regular_expression() -> None:
    assert not reach("s3:Get.bject").is_known
    assert not reach("s3:(GetObject|.*)").is_known


def test_the_data_says_how_old_it_is() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", data_date())
