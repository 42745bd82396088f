"""Policies of a module as IAM would get them: JSON, with made-up ARNs in place of references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from remediations.codebase import Codebase
from remediations.iam.statements import Item, Statement, policies
from remediations.terraform.module import Module, Resource

ACCOUNT = "123456789012"
HERE = f"eu-west-1:{ACCOUNT}"
# What a reference to each kind of resource stands for; the name is put in.
ARNS = {
    "aws_s3_bucket": "arn:aws:s3:::{}",
    "aws_iam_role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "aws_kms_key": f"arn:aws:kms:{HERE}:key/{{}}",
    "aws_ecr_repository": f"arn:aws:ecr:{HERE}:repository/{{}}",
    "aws_cloudwatch_log_group": f"arn:aws:logs:{HERE}:log-group:{{}}",
    "aws_secretsmanager_secret": f"arn:aws:secretsmanager:{HERE}:secret:{{}}",
    "aws_dynamodb_table": f"arn:aws:dynamodb:{HERE}:table/{{}}",
    "aws_sagemaker_endpoint": f"arn:aws:sagemaker:{HERE}:endpoint/{{}}",
    "data.aws_bedrock_foundation_model": "arn:aws:bedrock:eu-west-1::foundation-model/{}",
    "aws_bedrock_inference_profile": f"arn:aws:bedrock:{HERE}:inference-profile/{{}}",
    "aws_bedrock_provisioned_model_throughput": f"arn:aws:bedrock:{HERE}:provisioned-model/{{}}",
}
LOOKED_UP = {"aws_caller_identity": ACCOUNT, "aws_partition": "aws", "aws_region": "eu-west-1"}
REFERENCE = re.compile(r"\$\{(?:each of )?((?:data\.)?\w+)\.([\w-]+)([^{}]*)\}")
# Small letters is what a statement keeps; parliament knows the words as AWS writes them.
WORDS = {
    word.lower(): word
    for word in (
        "StringEquals",
        "StringLike",
        "StringNotEquals",
        "StringEqualsIfExists",
        "StringLikeIfExists",
        "ArnLike",
        "ArnEquals",
        "Bool",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringEquals",
        "ForAnyValue:StringLike",
    )
}


def policies_of(codebase: Codebase) -> Iterator[tuple[tuple[str, str, int], dict[str, Any]]]:
    """Every policy of all modules that says on what it acts, with the place it stands in."""
    for module in codebase.modules:
        for resource in module.resources:
            yield from _held(resource, module)


def _held(
    resource: Resource, module: Module
) -> Iterator[tuple[tuple[str, str, int], dict[str, Any]]]:
    for number, policy in enumerate(policies(resource, module)):
        statements = [_statement(one) for one in policy if one.resources or one.not_resources]
        if statements:
            place = (resource.path, resource.address, number)
            yield place, {"Version": "2012-10-17", "Statement": statements}


def _statement(one: Statement) -> dict[str, Any]:
    said = {
        "Sid": one.sid,
        "Effect": one.effect,
        "Action": _texts(one.actions),
        "NotAction": _texts(one.not_actions),
        "Resource": _texts(one.resources),
        "NotResource": _texts(one.not_resources),
        "Principal": {"AWS": _texts(one.principals)} if one.principals else None,
        "Condition": _condition(one),
    }
    return {name: value for name, value in said.items() if value}


def _condition(one: Statement) -> dict[str, dict[str, Any]]:
    said: dict[str, dict[str, Any]] = {}
    for test in one.tests or ():
        values = sorted(map(_made_up, test.values))
        # parliament reads a truth only where it stands alone, outside of a list.
        value = values[0] if len(values) == 1 else values
        said.setdefault(WORDS.get(test.operator, test.operator), {})[test.key] = value
    return said


def _texts(items: tuple[Item, ...]) -> list[str]:
    return [_made_up(item.text) for item in items]


def _made_up(text: str) -> str:
    text = REFERENCE.sub(_stands_for, text)
    return re.sub(r"\$\{[^{}]*\}", "made-up", text).replace("&{", "${")


def _stands_for(found: re.Match[str]) -> str:
    kind, name, rest = found.groups()
    if kind.removeprefix("data.") in LOOKED_UP:
        return LOOKED_UP[kind.removeprefix("data.")]
    if kind in ARNS and "arn" in rest:
        return ARNS[kind].format(name)
    return f"arn:aws:s3:::{name}" if kind == "var" and "arn" in name else name
