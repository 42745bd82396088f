"""iam-trust-confused-deputy: an ML service may use a role for a stranger's account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from remediations.iam.conditions import require
from remediations.iam.placing import handed_on, touched, why_kept
from remediations.iam.size import nearly_full_in
from remediations.iam.trust import ARGUMENT, ROLE, Trust, trusts
from remediations.lookups import look_up
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.module import Module, Resource

# Services whose own pages show a trust policy with `aws:SourceAccount`. Others do not send it when
# they take on a role, and would be locked out:
# https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
# https://docs.aws.amazon.com/bedrock/latest/userguide/cross-service-confused-deputy-prevention.html
# https://docs.aws.amazon.com/comprehend/latest/dg/cross-service-confused-deputy-prevention.html
# https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
# https://docs.aws.amazon.com/transcribe/latest/dg/confused-deputy.html
_SERVICES: Final = frozenset(
    {"sagemaker", "bedrock", "bedrock-agentcore", "comprehend", "personalize", "transcribe"}
)
_BOUND: Final = re.compile(r"aws:Source(Account|Arn|OrgID|OrgPaths|Owner)", re.IGNORECASE)
_ACCOUNT: Final = "aws:SourceAccount"


class TrustConfusedDeputy(Rule):
    """One violation a statement that lets in such a service without saying for whose account."""

    id = "iam-trust-confused-deputy"
    title = "Service may use the role for a stranger"
    resources = (ROLE,)
    severity = Severities(Severity.INFO, Severity.MEDIUM, Severity.HIGH)
    message = (
        "The service takes on this role for whomever it works for: somebody who knows its name "
        "can have a job of theirs read your data."
    )
    offer = Offer(
        Safety.REVIEW,
        "Let the service in for this account only",
        "Applied in place; the service can no longer use the role for another account. Where "
        "a feature of the service does not say for whom it works, it is refused: try it in "
        "staging first.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        seen: Counter[str] = Counter()
        for trust in trusts(resource, module):
            services = trust.services
            if not _SERVICES.intersection(services) or _BOUND.search(trust.statement.conditions):
                continue
            key = trust.statement.sid or ".".join(services)
            seen[key] += 1
            yield Violation(
                ARGUMENT,
                self.message,
                self._repair(trust, resource, module),
                trust.shown(resource),
                statement=key if seen[key] == 1 else f"{key}#{seen[key]}",
                related=trust.statement.related(trust.statement.node),
            )

    def _repair(self, trust: Trust, resource: Resource, module: Module) -> Repair | Advice:
        others = [name for name in trust.services if name not in _SERVICES]
        if others or len(trust.services) < len({i.text for i in trust.statement.principals}):
            return Advice(
                "Give the ML service a statement of its own with a condition on "
                "`aws:SourceAccount`: the others here may not send it and would be locked out."
            )
        if trust.statement.is_json:
            return Advice("Add a condition that `aws:SourceAccount` is this account.")
        kept = why_kept(trust.statement, resource)
        if kept is not None:
            return Advice(f"Add a condition that `aws:SourceAccount` is this account. {kept}")
        lookups = look_up(module, "account")
        account = lookups.names["account"]
        document = trust.statement.document(trust.holder.document)
        intent = require(trust.statement, _ACCOUNT, [account], document)
        touches = () if trust.holder.address == resource.address else (trust.holder.address,)
        after = None if trust.statement.elsewhere else trust.holder.block
        return self.offer.repair(
            Targeted(document.path, intent),
            *lookups.written(document.path, after),
            touches=(*touches, *touched(trust.statement)),
            besides=(
                *handed_on(trust.statement),
                *nearly_full_in(resource, ARGUMENT, (), module),
            ),
        )
