"""monitor-job-intercontainer-plain: instances of a monitoring job that talk in the clear."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class MonitorJobIntercontainerPlain(RequireTrue):
    """One instance talks to nobody, but the number may grow."""

    id = "monitor-job-intercontainer-plain"
    title = "Monitoring job sends data in the clear"
    resources = ("aws_sagemaker_data_quality_job_definition",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_369",)
    path = "network_config.enable_inter_container_traffic_encryption"
    message = "Instances of the job send each other captured requests without encryption."
    decides = "whether instances of the job encrypt what they send each other"
    offer = Offer(
        Safety.REPLACE,
        "Encrypt what instances of the job send each other",
        "The job definition is destroyed and created again; runs that are under way end. A "
        "schedule with its name uses the new one. Jobs of several instances become a little "
        "slower.",
    )
