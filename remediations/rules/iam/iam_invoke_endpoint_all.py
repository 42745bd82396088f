"""iam-invoke-endpoint-all: a role may ask every model of the account."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class InvokeEndpointAll(ScopeResources):
    """Asks for the endpoint that is meant."""

    id = "iam-invoke-endpoint-all"
    title = "Every endpoint of the account"
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    noun = "endpoint"
    sid_word = "Endpoint"
    message = (
        "Whoever runs code with this role may use {actions} on every endpoint of the account:"
        " copy other models by asking them, or run up their cost."
    )
    about = (
        "sagemaker:InvokeEndpoint",
        "sagemaker:InvokeEndpointAsync",
        "sagemaker:InvokeEndpointWithResponseStream",
    )
