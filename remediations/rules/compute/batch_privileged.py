"""batch-privileged: a training job that is root on its machine."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireUnprivileged


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
        "A new revision takes the old one's place, as for any change of a job. One that needs a "
        "device needs it named in linuxParameters; GPUs are given without.",
    )
