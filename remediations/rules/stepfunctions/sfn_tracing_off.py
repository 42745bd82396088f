"""sfn-tracing-off: nobody can follow a run through a state machine."""

from __future__ import annotations

from dataclasses import replace

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.shapes import RequireTrue
from remediations.shapes.place import Site
from remediations.terraform.module import Module, Resource
from remediations.xray import let_trace


class SfnTracingOff(RequireTrue):
    """Off where nobody says otherwise."""

    id = "sfn-tracing-off"
    title = "State machine is not traced"
    resources = ("aws_sfn_state_machine",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.LOW)
    aliases = ("CKV_AWS_284",)
    path = "tracing_configuration.enabled"
    message = (
        "Nobody can follow a run of this pipeline through the functions and jobs it starts, so "
        "what went wrong, or who made it go wrong, stays a guess."
    )
    decides = "whether a run can be followed"
    offer = Offer(
        Safety.REVIEW,
        "Trace the state machine",
        "In place. Traces are paid for. Its role has to be allowed to send them.",
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        made = super().repair(site, resource, module)
        if isinstance(made, Advice):
            return made
        grants, touched = let_trace(module, resource, "role_arn")
        if not grants:
            return made
        cost = "In place. Traces are paid for. Its role may send them from now on."
        return replace(made, intents=(*made.intents, *grants), touches=touched, cost=cost)
