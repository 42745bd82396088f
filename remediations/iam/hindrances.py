"""Why no resource may be named, whatever the evidence: something else is needed that has no name.

Knows facts of AWS; weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..buckets import BUCKET
from ..model import Known
from ..terraform.belonging import nodes_behind
from ..terraform.module import Module, Resource
from ..terraform.nodes import Body, String, all_attributes
from .containers import unread
from .functions import functions, told_group
from .nouns import Noun
from .permissions import covers
from .roles import policies_of, roles_of, users_of_roles
from .started import actions_of
from .statement import Statement
from .trust import takers, trusts
from .uses import named_in, needs, pointed_at
from .workers import BUILD, PIPELINE

# A request through one of these is authorised on its own ARN, which a bucket's does not cover:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
_OTHER_DOORS: Final = ("aws_s3_access_point", "aws_s3control_")
# Instances that Systems Manager or Image Builder looks after read buckets of AWS's own:
# https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
_READ_AWS_BUCKETS: Final = ("ssmmessages:", "ec2messages:", "imagebuilder:")
_CREATES: Final = {
    "bucket": ("s3:createbucket",),
    "table": ("dynamodb:createtable", "dynamodb:importtable", "dynamodb:restoretable"),
    "repository": ("ecr:createrepository",),
    "secret": ("secretsmanager:createsecret",),
    "endpoint": ("sagemaker:createendpoint",),
}
# They read and write what somebody tells them at run time, or in a template.
_LOADS: Final = (
    "cloudformation",
    "datasync",
    "dms",
    "rds",
    "redshift",
    "storagegateway",
    "transfer",
)
# https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
_QUERIES: Final = "athena:StartQueryExecution"
# Layers that write to a group of their own besides:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Application-Signals-Enable-Lambda.html
_LAYERS: Final = {
    "LambdaInsights": "/aws/lambda-insights",
    "AWSOpenTelemetryDistro": "/aws/application-signals/data",
}
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
_AT_THE_EDGE: Final = "edgelambda"
_DISTRIBUTION: Final = "aws_cloudfront_distribution"
# What works with buckets and images that it does not name: its tables, its package or whoever asks.
# https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-destination.html
# https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
_HIDES: Final = {
    "aws_kinesis_firehose_delivery_stream": "iceberg_configuration",
    "aws_sagemaker_endpoint_configuration": "async_inference_config",
    "aws_sagemaker_model": "model_package_name",
}
# The providers of actions that need no bucket but the pipeline's own and those that they name:
# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference.html
_NAMES_ITS_BUCKETS: Final = frozenset(
    {
        "AppConfig",
        "CloudFormation",
        "CloudFormationStackSet",
        "CodeBuild",
        "CodeCommit",
        "CodeDeploy",
        "CodeDeployToECS",
        "CodeStarSourceConnection",
        "EC2",
        "ECR",
        "ECRBuildAndPublish",
        "ECS",
        "EKS",
        "GitHub",
        "InspectorScan",
        "Jenkins",
        "Lambda",
        "Manual",
        "S3",
        "StepFunctions",
    }
)
# https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.S3.html
_BEANSTALK: Final = "ElasticBeanstalk"
_BUILDS: Final = ("iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy")


def of_module(noun: Noun, module: Module) -> str | None:
    """What keeps everything in a module from being named."""
    if noun.word == "bucket" and any(kind.startswith(_OTHER_DOORS) for kind in module.kinds):
        return (
            "Requests may come through an access point here, so name its ARN beside the bucket's."
        )
    if module.unread:
        return f"`{module.unread[0]}` could not be read, so another {noun.word} may be meant."
    return None


def of_policy(
    noun: Noun,
    holder: Resource,
    policy: tuple[Statement, ...],
    module: Module,
) -> str | None:
    """What keeps anything from being named in a statement of a policy."""
    roles = roles_of(holder, module)
    policies = (policy, *policies_of(roles, module))
    if _allows(policies, *_CREATES.get(noun.word, ())):
        return f"It may create {noun.plural}, so it means others too. Name those that it needs."
    if any(covers(one, builds) for one in _actions(policies) for builds in _BUILDS):
        return (
            "It may make roles, so it builds what others run, and may mean anything they need. "
            f"Name the ARNs of each {noun.word}, or leave it to a pipeline."
        )
    stranger = next((one for role in roles for one in _strangers(role, module)), None)
    if stranger is not None and noun.word not in ("log group", "role"):
        return (
            f"`{stranger}` takes on the role, and what that needs does not stand here. Name the "
            f"ARNs of each {noun.word} that it needs."
        )
    if noun.word != "role" and _is_for_sagemaker_too(roles, module):
        return (
            "SageMaker takes on the role too, and nothing here runs with it: what its jobs need "
            f"is said where they are started. Name every {noun.word} that is needed."
        )
    hidden = next(_hidden(roles, module), None) if noun.word in ("bucket", "repository") else None
    if hidden is not None:
        user, said = hidden
        return (
            f"`{user}` says `{said}`, so it may need what is not named here. Name every "
            f"{noun.word} that is needed."
        )
    if noun.word == "bucket":
        return _of_buckets(roles, policies, module)
    if noun.word == "repository":
        return _of_images(roles, module)
    return _of_functions(roles, module) if noun.word == "log group" else None


def _of_buckets(
    roles: tuple[Resource, ...], policies: tuple[tuple[Statement, ...], ...], module: Module
) -> str | None:
    """A job, a build or a query may need buckets that are not named."""
    silent = next(_jobs_of_script(roles, module), None)
    if silent is not None:
        return (
            f"`{silent}` says where its script is, and not which data it works on. Name every "
            "bucket that is needed."
        )
    deployed = next(_built_for(roles, module), None)
    if deployed is not None:
        build, bucket = deployed
        return (
            f"`{build}` may deploy to `{bucket}` too: what it does stands in its build "
            "specification. Name every bucket that is needed."
        )
    strange = next(_strange_actions(roles, module), None)
    if strange is not None:
        return _of_pipeline(*strange)
    if _allows(policies, *_READ_AWS_BUCKETS):
        return (
            "Instances that Systems Manager looks after read buckets of AWS's own too. Name those "
            "beside the bucket that is meant."
        )
    if any(covers(one, _QUERIES) for one in _actions(policies)):
        return (
            "Its queries read what their tables stand on and write where the workgroup says, with "
            "the permissions of whoever asks. Name every bucket of those."
        )
    return None


def _hidden(roles: tuple[Resource, ...], module: Module) -> Iterator[tuple[str, str]]:
    """Users of the roles, each with what keeps from being seen what it works with."""
    for user in users_of_roles(roles, module):
        said = _HIDES.get(user.type, "")
        bodies = [user.body, *(block.body for block in user.body.blocks())]
        if any(said in one.attributes or one.blocks(said) for one in bodies if said):
            yield user.address, said


def _of_images(roles: tuple[Resource, ...], module: Module) -> str | None:
    """Of functions alone: the role of one gets no image.

    https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions
    """
    users = users_of_roles(roles, module)
    if any(one.type != "aws_lambda_function" for one in users):
        return None
    function = next((one.address for one in users if one.attribute("image_uri")), None)
    if function is None:
        return None
    return (
        f"Lambda gets the image of `{function}` with a permission of its own, not with this "
        "role. Name the repositories that its code works with, or take these actions out."
    )


def _is_for_sagemaker_too(roles: tuple[Resource, ...], module: Module) -> bool:
    """Whether SageMaker is one of several that take on a role, and nothing of it is shown.

    https://sagemaker.readthedocs.io/en/stable/api/utility/session.html
    """
    services = takers(roles, module)
    if "sagemaker" not in services or len(services) == 1:
        return False
    return not any(one.type.startswith("aws_sagemaker_") for one in users_of_roles(roles, module))


def _jobs_of_script(roles: tuple[Resource, ...], module: Module) -> Iterator[str]:
    """Jobs of Glue that point at the bucket of their script and at no other one."""
    jobs = (user for user in users_of_roles(roles, module) if user.type == "aws_glue_job")
    for user in jobs:
        named = {
            attribute.name
            for attribute in all_attributes(user.body)
            for name in named_in(attribute.value, user, module)
            if name.startswith(f"{BUCKET}.")
        }
        if named == {"script_location"}:
            yield user.address


def _built_for(roles: tuple[Resource, ...], module: Module) -> Iterator[tuple[str, str]]:
    """Builds, each with a bucket that nothing is shown to work with: it may be for their result."""
    for user in users_of_roles(roles, module):
        if user.type == BUILD:
            shown = pointed_at(roles, module).keys() | needs(module).roles.keys()
            for one in module.of_kind(BUCKET):
                if one.address not in shown:
                    yield user.address, one.address


def _strange_actions(roles: tuple[Resource, ...], module: Module) -> Iterator[tuple[str, str]]:
    """Pipelines with an action of which nobody knows here what it needs, and its provider."""
    for user in users_of_roles(roles, module):
        for action in actions_of(user) if user.type == PIPELINE else ():
            held = user.home.value_of(action.attributes["provider"])
            provider = str(held.value) if isinstance(held, Known) else ""
            is_known = provider in _NAMES_ITS_BUCKETS
            if not is_known or (provider == "S3" and not _is_written_out(action, user)):
                yield user.address, provider


def _is_written_out(action: Body, pipeline: Resource) -> bool:
    """Whether what an action is told stands there, with the bucket in it."""
    held = action.attributes.get("configuration")
    if held is None:
        return True
    return unread(held.value, pipeline.document_of(held.value), pipeline.home) is None


def _of_pipeline(pipeline: str, provider: str) -> str:
    if provider == _BEANSTALK:
        return (
            f"`{pipeline}` deploys to Elastic Beanstalk, which keeps what it is given in a bucket "
            "of its own, `elasticbeanstalk-` with region and account. Name that one too."
        )
    known = f"of `{provider}`" if provider else "whose provider is not known"
    return (
        f"`{pipeline}` has an action {known}, which may need buckets that are not named here. Name "
        "every bucket that is needed."
    )


def _strangers(role: Resource, module: Module) -> Iterator[str]:
    """People, templates and warehouses that take on a role: what they need is said elsewhere."""
    for trust in trusts(role, module):
        held = trust.statement
        for kind, item in zip(held.principal_kinds, held.principals, strict=True):
            if kind in ("AWS", "Federated", "*") or item.text.startswith(_LOADS):
                yield item.text


def _allows(policies: tuple[tuple[Statement, ...], ...], *begin: str) -> bool:
    """Whether an action that begins so is named in them."""
    return any(action.lower().startswith(begin) for action in _actions(policies))


def _actions(policies: tuple[tuple[Statement, ...], ...]) -> Iterator[str]:
    """Of the Allow statements; what everybody is denied is nothing that the holder does."""
    for statement in (one for policy in policies for one in policy):
        if statement.effect == "Allow":
            yield from (item.text for item in statement.actions)


def _of_functions(roles: tuple[Resource, ...], module: Module) -> str | None:
    """A function without a group of its own writes to one that Lambda makes for it."""
    if _is_at_the_edge(roles, module):
        return (
            "A function at the edge writes to a log group in every region that it answers in. "
            "Name `/aws/lambda/us-east-1.` and the function's name, for all regions."
        )
    held = tuple(functions(roles, module))
    for one, _ in held:
        for layer, group in _LAYERS.items():
            if _has_layer(one, layer):
                return (
                    f"`{one.address}` has the layer `{layer}`, which writes to `{group}` too. Name "
                    "both groups."
                )
    alone = next((one for one, group in held if group is None), None)
    if alone is None:
        return None
    if told_group(alone):
        return f"`{alone.address}` is told of a log group that does not stand here. Name its ARN."
    return (
        f"`{alone.address}` writes to a log group that Lambda makes for it. Declare it as "
        "`/aws/lambda/` and the function's name, then name both."
    )


def _is_at_the_edge(roles: tuple[Resource, ...], module: Module) -> bool:
    """Whether a function runs in every region: by who takes on the role, or by what calls it."""
    users = users_of_roles(roles, module)
    near = (one for user in users for one, _ in module.users_of(user.address))
    return _AT_THE_EDGE in takers(roles, module) or any(one.type == _DISTRIBUTION for one in near)


def _has_layer(function: Resource, name: str) -> bool:
    layers = function.attribute("layers")
    value = function.home.value_of(layers)
    if isinstance(value, Known):
        return name in str(value.value)
    nodes = nodes_behind([layers.value], function.home) if layers else ()
    texts = (part for node in nodes if isinstance(node, String) for part in node.parts)
    return any(isinstance(part, str) and name in part for part in texts)
