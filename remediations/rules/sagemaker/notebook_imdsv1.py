"""notebook-imdsv1: the notebook's metadata answers requests without a token."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireValue


class NotebookImdsv1(RequireValue):
    """Version 1 is allowed unless ``minimum_instance_metadata_service_version`` is 2."""

    id = "notebook-imdsv1"
    title = "Notebook metadata answers without a token"
    resources = ("aws_sagemaker_notebook_instance",)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_371",)
    path = "instance_metadata_service_configuration.minimum_instance_metadata_service_version"
    allowed = ("2",)
    absent_is = "1"
    message = (
        "Any request that the notebook can be tricked into making to its metadata service gets the "
        "credentials of its role; version 2 asks for a token first."
    )
    decides = "whether the notebook gives its role's credentials away without a token"
    offer = Offer(
        Safety.REVIEW,
        "Ask for a token before metadata is given",
        "Applied in place, but the notebook is stopped and started: running kernels end. Code with "
        "an SDK that knows only version 1 of the metadata service gets no credentials.",
    )
