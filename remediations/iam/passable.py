"""Which roles may be passed: those that a service takes on which the passer sets to work.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
Reads actions and trust policies; judges nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ..terraform.module import Module, Resource
from .permissions import covers
from .roles import ROLE, users_of_roles
from .statement import Statement
from .trust import takers, trusts

_PROFILE: Final = "aws_iam_instance_profile"
# What is deployed by these stands elsewhere, but for a task that a pipeline registers.
_DEPLOYS: Final = frozenset({"cloudformation", "codebuild", "codedeploy", "codepipeline"})
# Whoever does this gives machines a role, and may be one itself.
_STARTS_CLUSTERS: Final = "elasticmapreduce:RunJobFlow"
# A task has a role to work with and one to be started with; whatever else is given one has one.
_MOST_ROLES: Final = {"ecs-tasks": 2}
# Actions that give a role to somebody, and the service that takes it on then.
_GIVES: Final = (
    ("sagemaker:CreateTrainingJob", "sagemaker"),
    ("sagemaker:CreateProcessingJob", "sagemaker"),
    ("sagemaker:CreateTransformJob", "sagemaker"),
    ("sagemaker:CreateModel", "sagemaker"),
    ("sagemaker:CreateNotebookInstance", "sagemaker"),
    ("sagemaker:CreateHyperParameterTuningJob", "sagemaker"),
    ("sagemaker:CreateAutoMLJob", "sagemaker"),
    ("sagemaker:CreatePipeline", "sagemaker"),
    ("sagemaker:CreateDomain", "sagemaker"),
    ("sagemaker:CreateFeatureGroup", "sagemaker"),
    ("bedrock:CreateModelCustomizationJob", "bedrock"),
    ("bedrock:CreateKnowledgeBase", "bedrock"),
    ("bedrock:CreateAgent", "bedrock"),
    ("bedrock:CreateModelInvocationJob", "bedrock"),
    ("glue:CreateJob", "glue"),
    ("glue:CreateCrawler", "glue"),
    ("lambda:CreateFunction", "lambda"),
    ("states:CreateStateMachine", "states"),
    ("ecs:RunTask", "ecs-tasks"),
    ("ecs:StartTask", "ecs-tasks"),
    ("ecs:RegisterTaskDefinition", "ecs-tasks"),
    ("batch:RegisterJobDefinition", "ecs-tasks"),
    ("emr-serverless:StartJobRun", "emr-serverless"),
    ("codebuild:CreateProject", "codebuild"),
    ("codepipeline:CreatePipeline", "codepipeline"),
    ("ec2:RunInstances", "ec2"),
    (_STARTS_CLUSTERS, "elasticmapreduce"),
    (_STARTS_CLUSTERS, "ec2"),
    ("events:PutTargets", "events"),
    ("scheduler:CreateSchedule", "scheduler"),
)


def passable(
    policies: Sequence[Sequence[Statement]], roles: tuple[Resource, ...], module: Module
) -> Mapping[str, str]:
    """Roles of the module that the holders of these policies may set a service to work with.

    Each by its address, with the reason in words. None where the holder passes what stands
    elsewhere: a job of SageMaker passes its own role on by default. What Glue or a machine runs
    with is passed by whoever starts it. Where more roles could be given than are needed, nobody
    can tell which are.
    https://sagemaker.readthedocs.io/en/stable/api/utility/session.html
    """
    holders = takers(roles, module)
    if "sagemaker" in holders:
        return {}
    actions = [
        item.text
        for policy in policies
        for statement in policy
        if statement.effect == "Allow"
        for item in statement.actions
    ]
    given = [one for one in _GIVES if holders.isdisjoint(_DEPLOYS) or one[0].startswith("ecs:")]
    set_to_work = {
        service: action
        for action, service in given
        if (service not in holders or action == _STARTS_CLUSTERS)
        and any(covers(one, action) for one in actions)
    }
    if len(set_to_work) > 1:
        # Who starts tasks and waits for them has a rule of the service's own, which needs no role:
        # https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
        set_to_work.pop("events", None)
    key = ("passable", frozenset(set_to_work.items()))
    own = {one.address for one in roles}
    found = module.remember(key, lambda: _taken_on_for(set_to_work, module))
    found = {**found, **dict(_given_beside(roles, module))} if found else found
    # Whoever sets others to work gives them their roles; its own only where there is no other.
    return {name: words for name, words in found.items() if name not in own} or found


def _given_beside(roles: tuple[Resource, ...], module: Module) -> Iterator[tuple[str, str]]:
    """Roles that what runs with these gives its parts, as a cluster gives its scaling one."""
    own = {one.address for one in roles}
    for user in users_of_roles(roles, module):
        for attribute in user.body.attributes.values():
            for name in module.references(attribute.value) if "role" in attribute.name else ():
                held = module.resource(name)
                if held is not None and held.kind == ROLE and name not in own:
                    yield name, f"`{user.address}` gives `{name}` as `{attribute.name}`"


def _taken_on_for(set_to_work: Mapping[str, str], module: Module) -> Mapping[str, str]:
    found: dict[str, str] = {}
    count: Counter[str] = Counter()
    for role in module.of_kind(ROLE):
        for service in dict.fromkeys(one for t in trusts(role, module) for one in t.services):
            if service in set_to_work and (service != "ec2" or _has_profile(role, module)):
                count[service] += 1
                action = set_to_work[service]
                found[role.address] = f"`{service}` takes on `{role.address}` for `{action}`"
    if any(number > _MOST_ROLES.get(service, 1) for service, number in count.items()):
        return {}
    return found


def _has_profile(role: Resource, module: Module) -> bool:
    """A machine is given a role in an instance profile, and in no other way."""
    return any(user.kind == _PROFILE for user, _ in module.users_of(role.address))
