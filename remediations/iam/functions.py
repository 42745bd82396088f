"""What runs with a role and the log groups that it writes to. Knows no policy.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ..frozen import dataclass
from ..model import Known
from ..terraform.belonging import nodes_behind
from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Attribute,
    Call,
    Expression,
    Heredoc,
    ObjectExpression,
    Reference,
    String,
    all_attributes,
)
from .containers import branches
from .roles import is_named_in, users_of_roles
from .uses import stands_in_a_file
from .workers import BUILD

_FUNCTION: Final = "aws_lambda_function"
_GROUP: Final = "aws_cloudwatch_log_group"
_STREAM: Final = "aws_cloudwatch_log_stream"
_CLUSTER: Final = "aws_ecs_cluster"
_SESSIONS: Final = "cloud_watch_log_group_name"
_UNDECLARED: Final = ""
_CONTAINERS: Final = "container_definitions"
_STARTED_WITH: Final = "execution_role_arn"
_RUNS_WITH: Final = "task_role_arn"
# What sends elsewhere what a container says, or writes metrics as logs, to groups of its own.
_ROUTED: Final = re.compile(r"awsfirelens|otel-collector|cloudwatch-agent|fluent-?(bit|d)")
_READS_LOGS: Final = frozenset({"aws_cloudwatch_log_subscription_filter"})
_PRINTS_TO: Final = "awslogs-group"
_WHERE: Final = ("provider", "region")
_INDEX: Final = re.compile(r"\bcount\.index\b")
_SENDS_LOGS: Final = frozenset(
    {
        "cloud_watch_logs_group_arn",
        "cloudwatch_log_group_arn",
        _CONTAINERS,
        "destination_arn",
        "group_name",
        "log_destination",
        "log_group",
        "log_group_arn",
        "log_group_name",
    }
)


def functions(
    roles: tuple[Resource, ...], module: Module
) -> Iterator[tuple[Resource, Resource | None]]:
    """The functions that run with these roles, each with its group where it is declared."""
    for user in users_of_roles(roles, module):
        if user.kind == _FUNCTION:
            yield user, _group_of(user, module)


def groups_written(roles: tuple[Resource, ...], module: Module) -> Mapping[str, str]:
    """The groups that whatever runs with the roles writes to; none where one is not shown."""
    groups = {user.address: group for user, group in functions(roles, module)}
    found: dict[str, str] = {}
    for user in users_of_roles(roles, module):
        own = groups.get(user.address)
        written = [own.address] if own is not None else list(_configured(user, roles, module))
        others = _groups_named(user, module) | _of_sessions(user, roles, module)
        if not written or others - set(written):
            return {}  # to which one, or whether it writes to another one besides
        for address in written:
            found[address] = f"`{address}` is what `{user.address}` writes to"
    return found


def _of_sessions(user: Resource, roles: tuple[Resource, ...], module: Module) -> set[str]:
    """Groups for what people do in its containers, written to with their own role.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    if not is_named_in(user, _RUNS_WITH, roles, module):
        return set()
    told = (
        (attribute.value, cluster.home)
        for cluster in module.family_of_kind(_CLUSTER)
        for attribute in all_attributes(cluster.body)
        if attribute.name == _SESSIONS
    )
    return {name for value, home in told for name in home.references(value) or (_UNDECLARED,)}


def _groups_named(user: Resource, module: Module) -> set[str]:
    """Groups that it is told of and may write to. A build hands on to others what it is told."""
    if user.type == BUILD:
        return set()
    groups = module.remember("log groups", lambda: _groups(module))
    named = (one for held in module.naming(user) for one in module.references(held.value))
    found = {address for address in named if address in groups.addressed}
    for held in all_attributes(user.body):
        for node in nodes_behind([held.value], module):
            found |= set(_called(node, groups, module))
    return found


def _called(node: Expression, groups: _Groups, module: Module) -> Iterator[str]:
    """The group that a setting has the name of, or that a stream of it belongs to."""
    for entry in node.entries if isinstance(node, ObjectExpression) else ():
        number = _number_of(entry.value, groups, module)
        yield from [groups.all[number].address] if number is not None else ()
    stream = module.resource(".".join(node.names[:2])) if isinstance(node, Reference) else None
    if stream is not None and stream.kind == _STREAM:
        held = stream.attribute("log_group_name")
        for address in module.references(held.value) if held else ():
            if address in groups.addressed:
                yield address


def _configured(user: Resource, roles: tuple[Resource, ...], module: Module) -> Iterator[str]:
    """The groups that its own settings send its logs to, with these roles.

    What a container prints is written with the role that it is started with, not with its own, but
    where another container routes it: that one is told in a file where to.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
    """
    is_started = is_named_in(user, _STARTED_WITH, roles, module)
    if is_named_in(user, _RUNS_WITH, roles, module) and _is_routed(user, module):
        return
    if user.type in _READS_LOGS:
        return
    for attribute in _with_roles(user, roles, module):
        if attribute.name in _SENDS_LOGS and (is_started or attribute.name != _CONTAINERS):
            names = (
                name
                for value in _told_to_print(attribute, module)
                for name in module.references(value)
            )
            held = (module.resource(name) for name in names)
            yield from (one.address for one in held if one is not None and one.kind == _GROUP)


def _with_roles(user: Resource, roles: tuple[Resource, ...], module: Module) -> Iterator[Attribute]:
    """Its arguments, but for those of blocks that have another role."""
    own = {role.address for role in roles}
    bodies = [user.body]
    while bodies:
        body = bodies.pop()
        held = body.attributes.get("role_arn")
        named = module.references(held.value) if held else ()
        if body is user.body or held is None or own & set(named):
            yield from body.attributes.values()
            bodies += [block.body for block in body.blocks()]


def _is_routed(task: Resource, module: Module) -> bool:
    held = task.attribute(_CONTAINERS)
    nodes = nodes_behind([held.value], module) if held else ()
    texts = (node.parts for node in nodes if isinstance(node, String | Heredoc))
    return any(_ROUTED.search(part) for parts in texts for part in parts if isinstance(part, str))


def _told_to_print(attribute: Attribute, module: Module) -> Iterator[Expression]:
    """Where it is said which group to write to: of containers that are written out, their options.

    A group that stands in their environment is for their code, which has another role. What stands
    in a file may name others.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    if stands_in_a_file(attribute.value, module):
        return
    nodes = tuple(nodes_behind([attribute.value], module))
    calls = {node.name for node in nodes if isinstance(node, Call)}
    if attribute.name != _CONTAINERS or "jsonencode" not in calls:
        yield attribute.value
        return
    for node in nodes:
        for entry in node.entries if isinstance(node, ObjectExpression) else ():
            if entry.name == _PRINTS_TO:
                yield entry.value


@dataclass(frozen=True, slots=True)
class _Groups:
    """Where each log group of a module stands among all, by what tells whose it is.

    By its address; by its name where that is known; and by the words that its name is written in,
    of all and of those whose name is not known.
    """

    all: tuple[Resource, ...]
    addressed: Mapping[str, int]
    named: Mapping[object, int]
    worded: Mapping[str, int]
    worded_only: Mapping[str, int]


def _groups(module: Module) -> _Groups:
    groups = module.of_kind(_GROUP)
    addressed: dict[str, int] = {}
    named: dict[object, int] = {}
    worded: dict[str, int] = {}
    worded_only: dict[str, int] = {}
    for number, group in enumerate(groups):
        addressed.setdefault(group.address, number)
        name, words = group.value("name"), as_written(group, "name")
        if isinstance(name, Known) and isinstance(name.value, str):
            named.setdefault(name.value, number)
        for held in (worded,) if isinstance(name, Known) else (worded, worded_only):
            held.setdefault(words, number)
    return _Groups(groups, addressed, named, worded, worded_only)


def _group_of(function: Resource, module: Module) -> Resource | None:
    """The first group that the function is told to use, or else that is called as Lambda would."""
    groups = module.remember("log groups", lambda: _groups(module))
    held = (one.value for one in told_group(function))
    told = [value for one in held for value, _ in branches(one, function.document_of(one), module)]
    if told:
        return _first([_group_told(one, module, groups) for one in told], groups, function)
    found = [groups.worded.get(f'"/aws/lambda/${{{function.address}.function_name}}"')]
    called, words = function.value("function_name"), as_written(function, "function_name")
    inner = words[1:-1] if words.startswith('"') else f"${{{words}}}"
    if isinstance(called, Known):
        found.append(groups.named.get(f"/aws/lambda/{called.value}"))
    worded = groups.worded_only if isinstance(called, Known) else groups.worded
    found.append(worded.get(f'"/aws/lambda/{inner}"') if words else None)
    return _first(found, groups, function)


def _group_told(value: Expression, module: Module, groups: _Groups) -> int | None:
    found = (groups.addressed.get(address) for address in module.references(value))
    number = next((one for one in found if one is not None), None)
    return _number_of(value, groups, module) if number is None else number


def _number_of(value: Expression, groups: _Groups, module: Module) -> int | None:
    """Where the group stands that a value is the name of."""
    known = module.evaluate(value)
    name = known.value if isinstance(known, Known) else None
    return groups.named.get(name) if isinstance(name, str) else None


def told_group(function: Resource) -> tuple[Attribute, ...]:
    """Where a function is told which group to write to.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """
    return tuple(one for one in all_attributes(function.block.body) if one.name == "log_group")


def _first(found: list[int | None], groups: _Groups, function: Resource) -> Resource | None:
    """The first that there is, where there is one for each of the functions."""
    numbers = [number for number in found if number is not None]
    group = groups.all[min(numbers)] if numbers else None
    if group is None or any(as_written(group, w) != as_written(function, w) for w in _WHERE):
        return None
    own, of_group = (as_written(one, "for_each") for one in (function, group))
    counted = as_written(function, "count"), as_written(group, "count")
    is_for_each = own == of_group or not own
    is_counted = counted[0] == counted[1] or not _INDEX.search(
        as_written(function, "function_name")
    )
    return group if is_for_each and is_counted else None


def as_written(resource: Resource, argument: str) -> str:
    """How an argument is written; nothing where it is not."""
    held = resource.attribute(argument)
    return resource.document_of(held.value).text_of(held.value) if held else ""
