"""What runs with a role, by its kind: what it needs of what it names, and whether it needs more.

Facts of AWS as tables, and which of them a resource stands in. Follows no reference.
"""

from __future__ import annotations

from typing import Final

from ..buckets import BUCKET
from ..model import Known
from ..terraform.module import Resource

BUILD: Final = "aws_codebuild_project"
PIPELINE: Final = "aws_codepipeline"
CONTAINERS: Final = ("container_definitions", "container_properties")
"""Where containers are written."""
# What runs code, each with what the service reads of it with this role: the argument, and what
# that names. Lambda gets an image with a permission of its own.
_OF_CONTAINERS: Final = frozenset(
    (argument, kind)
    for argument in CONTAINERS
    for kind in ("aws_ecr_repository", "aws_secretsmanager_secret")
)
_CODE: Final = {
    "aws_batch_job_definition": _OF_CONTAINERS,
    "aws_ecs_task_definition": _OF_CONTAINERS,
    "aws_lambda_function": frozenset(),
}
# What runs code too, and is started by what says more of its work. A build is told of a repository
# to put an image there; which buckets its commands work with stands in them.
_PARTLY: Final = {
    "aws_apprunner_service": frozenset({("image_identifier", "aws_ecr_repository")}),
    BUILD: frozenset({("value", "aws_ecr_repository")}),
}
_PARTS: Final = _CODE | _PARTLY
_SAYS_ALL: Final = frozenset(
    {
        "aws_api_gateway_integration",
        "aws_cloudwatch_event_target",
        PIPELINE,
        "aws_emr_studio",
        "aws_flow_log",
        "aws_glue_crawler",
        "aws_iot_topic_rule",
        "aws_kinesis_firehose_delivery_stream",
        "aws_lakeformation_resource",
        "aws_pipes_pipe",
        "aws_s3_bucket_replication_configuration",
        "aws_scheduler_schedule",
    }
)
# What works with all that it names and may do more. Of whatever stands in none of these tables
# nobody knows here what it needs: workers of EMR, of Glue and of Airflow, say, run code that reads
# more than they are told of.
_WHOLLY: Final = _SAYS_ALL | {"aws_sfn_state_machine"}
_NO_CODE: Final = _WHOLLY | {BUCKET, "aws_codedeploy_deployment_group"}
_OF_BEDROCK: Final = "aws_bedrock"
_OF_SAGEMAKER: Final = "aws_sagemaker_"
# The steps of a pipeline name buckets and images of their own, and run scripts.
# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agents-tools-runtime.html
_STEPS: Final = "aws_sagemaker_pipeline"
_RUNS_CODE: Final = frozenset({"aws_bedrockagentcore_agent_runtime", _STEPS})
_FOR_CODE: Final = frozenset({"environment", "environment_variables"})
_READERS: Final = frozenset(
    {
        "aws_bedrockagent_data_source",
        "aws_bedrockagent_knowledge_base",
        "aws_glue_crawler",
        "aws_sagemaker_model",
    }
)
# People start there what they like, often on the account's default bucket.
_OF_PEOPLE: Final = (
    "aws_sagemaker_domain",
    "aws_sagemaker_notebook_instance",
    "aws_sagemaker_space",
    "aws_sagemaker_user_profile",
)


def runs_code(user: Resource) -> bool:
    """Whether what it is told of is for code, which may never read it."""
    return user.type in _CODE


def works_with(user: Resource, argument: str, name: str) -> bool:
    """Whether the service itself works with what is named in this argument."""
    parts = _PARTS.get(user.type)
    if parts is not None:
        return (argument, name.removeprefix("data.").partition(".")[0]) in parts
    if user.type.startswith((_OF_BEDROCK, _OF_SAGEMAKER)):
        return not is_of_people(user) and argument not in _FOR_CODE
    return user.type in _WHOLLY


def works_with_images(user: Resource) -> bool:
    """Whether it works with images that need not stand here: a build that may run Docker pushes to
    some repository, and the steps of a pipeline of SageMaker start from some.

    https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker.html
    """
    if user.type != BUILD:
        return user.type == _STEPS
    blocks = user.body.blocks("environment")
    held = (one.body.attributes.get("privileged_mode") for one in blocks)
    return any(user.home.value_of(one) != Known(False) for one in held if one is not None)


def only_reads(user: Resource) -> bool:
    """Whether it writes to no bucket, so that whoever may write with its role means another one."""
    return user.type in _READERS


def is_of_people(user: Resource) -> bool:
    """Whether people work there with the role."""
    return user.type.startswith(_OF_PEOPLE)


def runs_no_code(user: Resource) -> bool:
    """Whether it is known to do what its arguments say, and nothing that it knows by heart."""
    is_of_ml = user.type.startswith((_OF_BEDROCK, _OF_SAGEMAKER)) and user.type not in _RUNS_CODE
    return (is_of_ml and not is_of_people(user)) or user.type in _NO_CODE


def says_all(user: Resource) -> bool:
    """Whether it works with what its arguments name, and with nothing else.

    Of SageMaker each part is built on another, so that one that names nothing needs nothing.
    """
    is_part = user.type.startswith(_OF_SAGEMAKER) and not is_of_people(user)
    is_part = is_part and user.type not in _RUNS_CODE
    return is_part or user.type in _SAYS_ALL
