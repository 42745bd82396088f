"""workforce-open-cidr: a private workforce that may sign in from anywhere."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import RequireSet


class WorkforceOpenCidr(RequireSet):
    """Only a person knows where the workers sit."""

    id = "workforce-open-cidr"
    title = "Workforce may sign in from anywhere"
    resources = ("aws_sagemaker_workforce",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    path = "source_ip_config.cidrs"
    message = (
        "Workers may sign in from any address, so a stolen password is enough to see the data that "
        "they label."
    )
    decides = "from where workers may sign in"
    advice = "Add source_ip_config with the addresses of your offices or your VPN."

    def is_fine(self, value: object) -> bool:
        return super().is_fine(value) and not {"0.0.0.0/0", "::/0"} & set(_listed(value))


def _listed(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()
