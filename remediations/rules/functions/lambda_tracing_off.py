"""lambda-tracing-off: nobody can follow a request through a function."""

from __future__ import annotations

from dataclasses import replace

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.shapes import RequireValue
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource
from remediations.xray import let_trace


class LambdaTracingOff(RequireValue):
    """Left out, a function is traced only where its caller already is."""

    id = "lambda-tracing-off"
    title = "Function is not traced"
    resources = ("aws_lambda_function",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.LOW)
    aliases = ("CKV_AWS_50",)
    path = "tracing_config.mode"
    allowed = ("Active", "PassThrough")
    message = (
        "Nobody can follow a request through this function: which model it called, what that "
        "took, and where a failed or an odd one came from."
    )
    decides = "whether a request can be followed through this function"
    offer = Offer(
        Safety.REVIEW,
        "Trace the function",
        "In place. Traces are paid for. Its role has to be allowed to send them, or Lambda "
        "refuses the change.",
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        made = super().repair(site, resource, module)
        if isinstance(made, Advice):
            return made
        grants, touched = let_trace(module, resource, "role")
        if not grants:
            return made
        cost = "In place. Traces are paid for. Its role may send them from now on."
        return replace(made, intents=(*made.intents, *grants), touches=touched, cost=cost)
