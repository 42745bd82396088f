"""Which roles may be passed: those that a service takes on which the passer sets to work.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
Reads actions and trust policies; judges nothing.
"""

from __future__ import annotations

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
    ("codebuild:CreateProject", "codebuild"),
    ("codepipeline:CreatePipeline", "codepipeline"),
    ("ec2:RunInstances", "ec2"),
    ("elasticmapreduce:RunJobFlow", "elasticmapreduce"),
    ("elasticmapreduce:RunJobFlow", "ec2"),
    ("events:PutTargets", "events"),
    ("scheduler:CreateSchedule", "scheduler"),
)


def passable(
    policies: Sequence[Sequence[Statement]], roles: tuple[Resource, ...], module: Module
) -> Mapping[str, str]:
    """Roles of the module that the holders of these policies may set a service to work with.

    Each by its address, with the reason in words. None where the holder passes what stands
    elsewhere: a job of SageMaker passes its own role on by default.
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
        service: action for action, service in given if any(covers(one, action) for one in actions)
    }
    key = ("passable", frozenset(set_to_work.items()))
    own = {one.address for one in roles}
    found = module.remember(key, lambda: dict(_taken_on_for(set_to_work, module)))
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


def _taken_on_for(set_to_work: Mapping[str, str], module: Module) -> Iterator[tuple[str, str]]:
    for role in module.of_kind(ROLE):
        for service in (one for trust in trusts(role, module) for one in trust.services):
            if service in set_to_work and (service != "ec2" or _has_profile(role, module)):
                action = set_to_work[service]
                yield role.address, f"`{service}` takes on `{role.address}` for `{action}`"


def _has_profile(role: Resource, module: Module) -> bool:
    """A machine is given a role in an instance profile, and in no other way."""
    return any(user.kind == _PROFILE for user, _ in module.users_of(role.address))
