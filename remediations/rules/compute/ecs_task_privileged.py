"""ecs-task-privileged: a container that is root on its machine."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireUnprivileged


class EcsTaskPrivileged(RequireUnprivileged):
    """The provider takes JSON only."""

    id = "ecs-task-privileged"
    title = "Container runs privileged"
    resources = ("aws_ecs_task_definition",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    argument = "container_definitions"
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
