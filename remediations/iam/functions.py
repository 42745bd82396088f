"""Functions and the log groups that they write to, one each. Knows no policy.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ..model import Known
from ..terraform.module import Module, Resource
from .roles import users_of_roles

_FUNCTION: Final = "aws_lambda_function"
_GROUP: Final = "aws_cloudwatch_log_group"


def functions(
    roles: tuple[Resource, ...], module: Module
) -> Iterator[tuple[Resource, Resource | None]]:
    """The functions that run with these roles, each with its group where it is declared."""
    groups = module.of_kind(_GROUP)
    for user in users_of_roles(roles, module):
        if user.kind == _FUNCTION:
            yield user, next((one for one in groups if _is_group_of(one, user, module)), None)


def groups_of_functions(roles: tuple[Resource, ...], module: Module) -> Mapping[str, str]:
    """Where nothing but functions runs with the roles: the groups that they write to."""
    users = users_of_roles(roles, module)
    if not users or any(user.kind != _FUNCTION for user in users if _runs(user)):
        return {}
    return {
        group.address: f"`{group.address}` is what `{function.address}` writes to"
        for function, group in functions(roles, module)
        if group is not None
    }


def _runs(user: Resource) -> bool:
    """Whether it takes the role on itself; what only speaks of a function does not."""
    return "role" in user.body.attributes or "execution_role_arn" in user.body.attributes


def _is_group_of(group: Resource, function: Resource, module: Module) -> bool:
    if any(user.address == function.address for user, _ in module.users_of(group.address)):
        return True
    if any(user.address == group.address for user, _ in module.users_of(function.address)):
        return True
    name, called = group.value("name"), function.value("function_name")
    if isinstance(name, Known) and isinstance(called, Known):
        return bool(name.value == f"/aws/lambda/{called.value}")
    return _same_words(group, function)


def _same_words(group: Resource, function: Resource) -> bool:
    """Whether both are named by the same expression: ``"/aws/lambda/${local.name}"``."""
    name, called = group.attribute("name"), function.attribute("function_name")
    if name is None or called is None:
        return False
    written = function.document_of(called.value).text_of(called.value)
    inner = written[1:-1] if written.startswith('"') else f"${{{written}}}"
    return group.document_of(name.value).text_of(name.value) == f'"/aws/lambda/{inner}"'
