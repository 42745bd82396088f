"""What the rule relies on in AWS's action data. A newer release has to keep these rows."""

from __future__ import annotations

import re

import pytest

from remediations.iam.actions import Takes, data_date, reach

ROWS = {
    "GetObject": Takes.OBJECT,
    "GetObjectVersion": Takes.OBJECT,
    "GetObjectTagging": Takes.OBJECT,
    "PutObject": Takes.OBJECT,
    "PutObjectAcl": Takes.OBJECT,
    "DeleteObject": Takes.OBJECT,
    "AbortMultipartUpload": Takes.OBJECT,
    "ListMultipartUploadParts": Takes.OBJECT,
    "RestoreObject": Takes.OBJECT,
    "ReplicateObject": Takes.OBJECT,
    "ListBucket": Takes.BUCKET,
    "ListBucketMultipartUploads": Takes.BUCKET,
    "GetBucketLocation": Takes.BUCKET,
    "GetBucketVersioning": Takes.BUCKET,
    "GetBucketPolicy": Takes.BUCKET,
    "PutBucketPolicy": Takes.BUCKET,
    "DeleteBucket": Takes.BUCKET,
    "PutEncryptionConfiguration": Takes.BUCKET,
    "ListAllMyBuckets": Takes.NEITHER,
    "GetAccountPublicAccessBlock": Takes.NEITHER,
    "CreateJob": Takes.NEITHER,
    "CreateAccessPoint": Takes.NEITHER,
}


@pytest.mark.parametrize(("action", "takes"), ROWS.items())
def test_what_an_action_takes(action: str, takes: Takes) -> None:
    assert reach(f"s3:{action}").takes is takes


@pytest.mark.parametrize("action", ["cloudwatch:PutMetricData", "ecr:BatchGetImage", "*", "s3"])
def test_a_resource_type_without_an_arn_at_hand_does_not_count(action: str) -> None:
    assert reach(action).takes is Takes.NEITHER


def test_an_action_that_aws_does_not_list_stays() -> None:
    assert reach("s3:GetObjekt").takes is Takes.NEITHER
    assert not reach("s3:GetObjekt").is_known
    assert reach("sqs:SendMessage").is_known


def test_case_does_not_matter() -> None:
    assert reach("S3:getobject").takes is Takes.OBJECT


def test_a_wildcard_is_every_action_it_matches() -> None:
    everything = reach("s3:*")
    assert everything.takes == Takes.BUCKET | Takes.OBJECT
    assert {"s3:ListAllMyBuckets", "s3:CreateJob", "s3:CreateAccessPoint"} <= set(everything.lost)
    assert not {"s3:GetObject", "s3:ListBucket"} & set(everything.lost)
    assert 60 < len(everything.lost) < everything.total
    assert reach("s3:*Object").takes is Takes.OBJECT
    assert reach("s3:?etObject").total == 1


def test_a_pattern_is_no_regular_expression() -> None:
    assert not reach("s3:Get.bject").is_known
    assert not reach("s3:(GetObject|.*)").is_known


def test_the_data_says_how_old_it_is() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", data_date())
