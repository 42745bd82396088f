"""eks-logs-off: a cluster whose control plane says nothing, or not all."""

from __future__ import annotations

from typing import Final

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import Argument

TYPES: Final = ("api", "audit", "authenticator", "controllerManager", "scheduler")


class EksLogsOff(Argument):
    """None are sent where nobody says otherwise."""

    id = "eks-logs-off"
    title = "Cluster's control plane is not fully logged"
    resources = ("aws_eks_cluster",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_37",)
    path = "enabled_cluster_log_types"
    message = (
        "When somebody takes a service account's token out of a training pod, nothing tells what "
        "they did with it: the control plane's logs are off, or some of them."
    )
    decides = "which logs of the control plane are kept"
    offer = Offer(
        Safety.SAFE,
        "Send all logs of the control plane to CloudWatch",
        "In place; CloudWatch charges for what it stores.",
    )

    def is_fine(self, value: object) -> bool:
        held = value if isinstance(value, tuple) else ()
        return set(TYPES) <= {*held}

    def wanted(self) -> str:
        return f"[{', '.join(f'{chr(34)}{name}{chr(34)}' for name in TYPES)}]"

    def should_be(self) -> str:
        return "all five types"
