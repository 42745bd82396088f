"""hardcoded-secret-in-container-json: a credential that a Batch or ECS container is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from remediations.containers import encoded, written_out
from remediations.credentials import is_credential
from remediations.model import Known, Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Entry, ListExpression, ObjectExpression

_ARGUMENTS: Final = {
    "aws_batch_job_definition": "container_properties",
    "aws_ecs_task_definition": "container_definitions",
}


class HardcodedSecretInContainerJson(Rule):
    """The value is never repeated. What is passed in from outside of the code is no finding."""

    id = "hardcoded-secret-in-container-json"
    title = "Credential stands in a container's environment"
    resources = tuple(_ARGUMENTS)
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        argument = _ARGUMENTS[resource.kind]
        held = resource.attribute(argument)
        if held is None:
            return
        for container in encoded(held.value):
            for name, entry in _encoded_secrets(container, module):
                yield _found(argument, name, entry)
        for plain in written_out(held.value):
            for name in _plain_secrets(plain):
                yield _found(argument, name, held)


def _encoded_secrets(container: ObjectExpression, module: Module) -> Iterator[tuple[str, Entry]]:
    listed = container.entry("environment")
    items = listed.value.items if listed and isinstance(listed.value, ListExpression) else ()
    for item in items:
        name = item.entry("name") if isinstance(item, ObjectExpression) else None
        value = item.entry("value") if isinstance(item, ObjectExpression) else None
        if name is None or value is None:
            continue
        called, given = module.evaluate(name.value), module.evaluate(value.value)
        words = str(called.value) if isinstance(called, Known) else ""
        if isinstance(given, Known) and is_credential(words, str(given.value)):
            yield words, value


def _plain_secrets(container: dict[str, Any]) -> Iterator[str]:
    listed = container.get("environment")
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict) and is_credential(str(item.get("name")), str(item.get("value"))):
            yield str(item.get("name"))


def _found(argument: str, name: str, node: Attribute | Entry) -> Violation:
    message = (
        f"`{name}` holds a credential: it is in the history of this repository, in the state, and "
        "in front of everybody who may describe the job."
    )
    advice = Advice(
        "Revoke it, put a new one into Secrets Manager, and name it in `secrets` with valueFrom; "
        "the container gets it when it starts."
    )
    return Violation(argument, message, advice, node, statement=name)
