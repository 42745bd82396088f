"""notebook-root-access: whoever opens the notebook is root on it."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireValue


class NotebookRootAccess(RequireValue):
    """``root_access`` is ``Enabled`` where nobody says otherwise."""

    id = "notebook-root-access"
    title = "Notebook users are root"
    resources = ("aws_sagemaker_notebook_instance",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_307",)
    path = "root_access"
    allowed = ("Disabled",)
    absent_is = "Enabled"
    message = (
        "Whoever opens this notebook is root on it: they can switch its logging off, read what "
        "others left on its volume and change what runs with its role."
    )
    decides = "whether whoever opens the notebook is root on it"
    offer = Offer(
        Safety.REVIEW,
        "Take root access away",
        "Applied in place, but the notebook is stopped and started: running kernels end. Users "
        "can no longer install system packages; lifecycle scripts still run as root.",
    )
