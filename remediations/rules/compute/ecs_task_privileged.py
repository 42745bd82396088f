"""ecs-task-privileged: a container that is root on its machine."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Rule, Severities, Targeted, Violation
from remediations.shapes.flags import is_true
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Call, Entry, ListExpression, ObjectExpression


class EcsTaskPrivileged(Rule):
    """Read where the containers are written with ``jsonencode``; the provider takes JSON only."""

    id = "ecs-task-privileged"
    title = "Container runs privileged"
    resources = ("aws_ecs_task_definition",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    message = (
        "What runs in this container, a model from the internet for one, is root on the machine "
        "and reaches every other container's data on it."
    )
    offer = Offer(
        Safety.REPLACE,
        "Take privileged mode away",
        "A new revision takes the old one's place, as for any change of a task. A container that "
        "needs a device needs it named.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = resource.attribute("container_definitions")
        if held is None or not isinstance(held.value, Call) or held.value.name != "jsonencode":
            return
        for number, entry in enumerate(_flags(held.value)):
            key = str(number) if number else ""
            value = module.evaluate(entry.value)
            if not isinstance(value, Known):
                advice = Advice("Make sure that it is `false` wherever this is applied.")
                message = "`privileged` decides whether a container is root on its machine."
                yield Violation("privileged", message, advice, entry, value.reason, key)
            elif is_true(value.value, default=False):
                repair = self.offer.repair(Targeted(resource.path, SetValue(entry.value, "false")))
                yield Violation("privileged", self.message, repair, entry, statement=key)


def _flags(call: Call) -> Iterator[Entry]:
    listed = call.arguments[0] if call.arguments else None
    for item in listed.items if isinstance(listed, ListExpression) else ():
        entry = item.entry("privileged") if isinstance(item, ObjectExpression) else None
        if entry is not None:
            yield entry
