"""iam-sagemaker-full-access: an ML role is given everything of a service."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import RefuseManagedPolicy


class SageMakerFullAccess(RefuseManagedPolicy):
    """AWS's own pages call these policies a start, and ask for narrower ones in production."""

    id = "iam-sagemaker-full-access"
    title = "Every permission of an ML service attached"
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    refused = frozenset({"AmazonSageMakerFullAccess", "AmazonBedrockFullAccess"})
    message = (
        "`{policy}` lets one job change or delete the models, endpoints and data of every other "
        "team in the account."
    )
    advice = (
        "Give a policy of your own with what this role does: a training job reads and writes its "
        "bucket, writes logs and metrics, and pulls its image. Detach `{policy}` once it is there."
    )
