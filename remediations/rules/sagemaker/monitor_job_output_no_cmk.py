"""monitor-job-output-no-cmk: a monitoring job whose reports have no key of your own."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey


class MonitorJobOutputNoCmk(RequireKey):
    """Reports hold statistics of production data."""

    id = "monitor-job-output-no-cmk"
    title = "Monitoring reports have no key of your own"
    resources = ("aws_sagemaker_data_quality_job_definition",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_367",)
    path = "data_quality_job_output_config.kms_key_id"
    only_inside = True
    message = (
        "Statistics of production requests are written to S3 without a key of your own, so whoever "
        "may read the bucket can read them."
    )
    offer = Offer(
        Safety.REPLACE,
        "Encrypt the reports with {key}",
        "The job definition is destroyed and created again; runs that are under way end. A "
        "schedule with its name uses the new one. Its role and the readers of the reports need "
        "{key}.",
    )
