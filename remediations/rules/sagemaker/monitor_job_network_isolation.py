"""monitor-job-network-isolation: a monitoring job that may talk to the network."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue


class MonitorJobNetworkIsolation(RequireTrue):
    """The block is written where it is missing."""

    id = "monitor-job-network-isolation"
    title = "Monitoring job may talk to the network"
    resources = ("aws_sagemaker_data_quality_job_definition",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    path = "network_config.enable_network_isolation"
    message = "The monitoring container reads captured requests and may send them anywhere."
    decides = "whether the monitoring container may talk to the network"
    offer = Offer(
        Safety.REPLACE,
        "Isolate the monitoring job",
        "The job definition is destroyed and created again; runs that are under way end. A "
        "schedule with its name uses the new one. It can no longer call anything but its own "
        "input and output.",
    )
