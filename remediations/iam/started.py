"""Which tasks of ECS are started by what runs with a role. Knows no policy and no trust.

A rule, a function and a state machine name the definition of a task. A pipeline names a service,
which has one; the tasks that CodeDeploy starts are defined by a file of the pipeline's source.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..model import Known
from ..terraform.belonging import nodes_behind, resolve
from ..terraform.module import Module, Resource
from ..terraform.nodes import Body, Expression, ObjectExpression, all_attributes
from .functions import as_written
from .workers import PIPELINE

TASK: Final = "aws_ecs_task_definition"
_SERVICE: Final = "aws_ecs_service"
_STARTED: Final = "task_definition_arn"
_DEPLOYED: Final = "ServiceName"
_BY_SERVICE: Final = "ECS"
_BY_FILE: Final = "CodeDeployToECS"


def started(users: Iterable[Resource], module: Module) -> tuple[Resource, ...]:
    """The definitions of all tasks that these start; none where one may start what is not shown."""
    found: dict[str, Resource] = {}
    for user in users:
        for shown in _deployed(user) if user.type == PIPELINE else _named(user, module):
            if not shown:
                return ()
            found |= {one.place: one for one in shown}
    return tuple(found.values())


def _named(user: Resource, module: Module) -> Iterator[tuple[Resource, ...]]:
    """What it is told to start, which may stand elsewhere, and what else it names."""
    for held in all_attributes(user.body):
        if held.name == _STARTED:
            yield _definitions(held.value, user)
    for held in module.naming(user):
        yield from ((one,) for one in _definitions(held.value, user))


def _deployed(pipeline: Resource) -> Iterator[tuple[Resource, ...]]:
    """What each of its actions starts that deploys to ECS, or may do so."""
    for action in _actions(pipeline.body):
        provider = pipeline.home.value_of(action.attributes["provider"])
        configuration = action.attributes.get("configuration")
        if provider == Known(_BY_SERVICE) and configuration is not None:
            yield tuple(_by_service(configuration.value, pipeline))
        elif not isinstance(provider, Known) or provider.value in (_BY_SERVICE, _BY_FILE):
            yield ()


def _actions(body: Body) -> Iterator[Body]:
    for block in body.blocks():
        if "provider" in block.body.attributes:
            yield block.body
        yield from _actions(block.body)


def _by_service(configuration: Expression, pipeline: Resource) -> Iterator[Resource]:
    for node in nodes_behind([configuration], pipeline.home):
        for entry in node.entries if isinstance(node, ObjectExpression) else ():
            if entry.name == _DEPLOYED:
                for service in _services(entry.value, pipeline):
                    held = service.attribute("task_definition")
                    yield from _definitions(held.value, service) if held else ()


def _services(name: Expression, pipeline: Resource) -> Iterator[Resource]:
    """Those that are called so: by reference, by the same text, or by what that is worth."""
    named = resolve(name, pipeline.home, pipeline.block)
    yield from (one for one in named if one.kind == _SERVICE)
    value, text = pipeline.home.evaluate(name), pipeline.document_of(name).text_of(name)
    for one in pipeline.home.of_kind(_SERVICE):
        if as_written(one, "name") == text or (
            isinstance(value, Known) and one.value("name") == value
        ):
            yield one


def _definitions(value: Expression, user: Resource) -> tuple[Resource, ...]:
    return tuple(one for one in resolve(value, user.home, user.block) if one.kind == TASK)
