"""iam-administrator-access: somebody is given a policy of AWS's that may do everything."""

from __future__ import annotations

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import RefuseManagedPolicy


class AdministratorAccess(RefuseManagedPolicy):
    """IAMFullAccess counts too: who may write policies gives itself the rest."""

    id = "iam-administrator-access"
    title = "Administrator rights attached"
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_274", "CKV2_AWS_56")
    refused = frozenset({"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"})
    message = (
        "`{policy}` lets whoever runs code with it read all data, change every model and most of "
        "the account; a notebook with it is the whole account."
    )
    advice = (
        "Detach `{policy}` and give a policy of your own that names what this principal does. "
        "`lockstitch explain-policy` shows what such a policy allows."
    )
