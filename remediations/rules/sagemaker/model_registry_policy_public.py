"""model-registry-policy-public: a model registry that everybody may use."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireNamedPrincipals


class ModelRegistryPolicyPublic(RequireNamedPrincipals):
    """A condition on who calls counts as a name."""

    id = "model-registry-policy-public"
    title = "Model registry lets everybody in"
    resources = ("aws_sagemaker_model_package_group_policy",)
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    argument = "resource_policy"
    message = (
        "This statement lets every AWS account do what it allows: read your models, or register "
        "one that your deployment then takes."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let only this account in",
        "Applied in place; other accounts lose access. Principals of this account keep what their "
        "own policies allow them.",
    )
    advice = "Name the accounts that need it, or ask for your organisation in a condition."
