"""batch-privileged: a training job that is root on its machine."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireUnprivileged
from remediations.terraform.module import Module, Resource
from remediations.terraform.provider import least_minor


class BatchPrivileged(RequireUnprivileged):
    """The provider takes JSON only."""

    id = "batch-privileged"
    title = "Training job runs privileged"
    resources = ("aws_batch_job_definition",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_210",)
    argument = "container_properties"
    message = (
        "What runs in this job, a package that somebody swapped for one, is root on the machine: "
        "it reaches the data of every other job there, and the machine's own role."
    )
    offer = Offer(
        Safety.REPLACE,
        "Take privileged mode away",
        "The job definition is destroyed and created again as a new revision, as for any change. "
        "A job that needs a device needs it named in linuxParameters; GPUs are given without.",
    )
    revised = Offer(
        Safety.REVIEW,
        "Take privileged mode away",
        "A new revision takes the old one's place. A job that needs a device needs it named in "
        "linuxParameters; GPUs are given without.",
    )

    def offer_for(self, resource: Resource, module: Module) -> Offer:
        # https://github.com/hashicorp/terraform-provider-aws/pull/35149, in version 5.44
        oldest = min(module.aws_majors)
        is_revised = oldest > 5 or (oldest == 5 and least_minor(module, 5) >= 44)
        return self.revised if is_revised else self.offer
