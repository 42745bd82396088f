"""Which tasks of ECS are started by what runs with a role. Knows no policy and no trust.

A rule, a function and a state machine name the definition of a task. A pipeline names a service,
which has one; the tasks that CodeDeploy starts are defined by a file of the pipeline's source.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..model import Known
from ..terraform.belonging import nodes_behind, resolve
from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Body,
    Expression,
    Heredoc,
    ObjectExpression,
    String,
    all_attributes,
)
from .functions import as_written
from .uses import stands_in_a_file
from .workers import PIPELINE

TASK: Final = "aws_ecs_task_definition"
_SERVICE: Final = "aws_ecs_service"
_STARTED: Final = "task_definition_arn"
# A setting of code or of a state machine: ``TaskDefinition``, or with ``.$`` from its input.
_TOLD: Final = re.compile(r"(?i)task_?def")
_IN_JSON: Final = re.compile(r'(?i)"\w*task_?def(inition)?(_?arn)?(\.\$)?"\s*:\s*"[^"]')
_DEPLOYED: Final = "ServiceName"
_BY_SERVICE: Final = "ECS"
_BY_FILE: Final = "CodeDeployToECS"


def started(users: Iterable[Resource], module: Module) -> tuple[Resource, ...] | None:
    """The definitions of all tasks that these are shown to start; None where one of them may start
    what is not shown.
    """
    found: dict[str, Resource] = {}
    for user in users:
        for shown in _deployed(user) if user.type == PIPELINE else _named(user, module):
            if not shown:
                return None
            found |= {one.place: one for one in shown}
    return tuple(found.values())


def _named(user: Resource, module: Module) -> Iterator[tuple[Resource, ...]]:
    """What it is told to start, which may stand elsewhere, and what else it names."""
    for held in all_attributes(user.body):
        if held.name == _STARTED:
            yield _definitions(held.value, user)
        yield from _told(held.value, user)
    for held in module.naming(user):
        if _definitions(held.value, user):
            yield () if stands_in_a_file(held.value, module) else _definitions(held.value, user)


def _told(value: Expression, user: Resource) -> Iterator[tuple[Resource, ...]]:
    """What a definition or an environment tells it to start, in objects and in JSON."""
    for node in nodes_behind([value], user.home):
        for entry in node.entries if isinstance(node, ObjectExpression) else ():
            if entry.name and _TOLD.search(entry.name):
                yield _definitions(entry.value, user)
        for part in node.parts if isinstance(node, Heredoc | String) else ():
            if isinstance(part, str) and _IN_JSON.search(part):
                yield ()


def _deployed(pipeline: Resource) -> Iterator[tuple[Resource, ...]]:
    """What each of its actions starts that deploys to ECS, or may do so."""
    for action in actions_of(pipeline):
        provider = pipeline.home.value_of(action.attributes["provider"])
        configuration = action.attributes.get("configuration")
        if provider == Known(_BY_SERVICE) and configuration is not None:
            yield tuple(_by_service(configuration.value, pipeline))
        elif not isinstance(provider, Known) or provider.value in (_BY_SERVICE, _BY_FILE):
            yield ()


def actions_of(pipeline: Resource) -> Iterator[Body]:
    """What the actions of a pipeline say of themselves."""
    bodies = [pipeline.body]
    while bodies:
        body = bodies.pop()
        bodies += [block.body for block in body.blocks()]
        if "provider" in body.attributes:
            yield body


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
