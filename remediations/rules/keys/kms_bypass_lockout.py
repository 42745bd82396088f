"""kms-bypass-lockout: a key whose policy may lock everybody out."""

from __future__ import annotations

from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireFalse


class KmsBypassLockout(RequireFalse):
    """KMS checks where nobody says otherwise."""

    id = "kms-bypass-lockout"
    title = "Key policy may lock everybody out"
    resources = ("aws_kms_key", "aws_kms_key_policy", "aws_kms_external_key")
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    path = "bypass_policy_lockout_safety_check"
    message = (
        "KMS does not check whether anybody may still change this policy: one mistake in it, and "
        "every data set and model under the key is lost until AWS support steps in."
    )
    decides = "whether a policy that locks everybody out is refused"
    offer = Offer(
        Safety.SAFE,
        "Let KMS refuse a policy that locks everybody out",
        "In place; it matters for the next change of the policy only.",
    )
