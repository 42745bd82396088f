"""iam-invoke-model-all: a role may call every model of Bedrock."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class InvokeModelAll(ScopeResources):
    """Asks for the model that is meant."""

    id = "iam-invoke-model-all"
    title = "Every model of Bedrock"
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    noun = "model"
    sid_word = "Model"
    message = (
        "Whoever runs code with this role may use {actions} on every model of Bedrock, the "
        "most expensive ones too: stolen credentials are used for just that."
    )
    about = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
