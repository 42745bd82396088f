"""sqs-policy-all-actions: whoever may send may also take the queue over."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.iam.placing import handed_on, path_of, touched, why_kept
from remediations.iam.statements import Statement, encoded_policy, policy_of
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Entry, ObjectExpression

# What sending and receiving needs, and nothing that changes the queue or its policy:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
_USE = (
    '["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", '
    '"sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"]'
)
_ALL = ("*", "sqs:*", "SQS:*")


class SqsPolicyAllActions(Rule):
    """Read where the policy is written with ``jsonencode``; elsewhere nothing is said."""

    id = "sqs-policy-all-actions"
    title = "Queue's policy allows every action"
    resources = ("aws_sqs_queue_policy", "aws_sqs_queue")
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_72",)
    message = (
        "Whoever this statement names may do everything with the queue, also empty it, delete it "
        "and write another policy that lets in whom they like."
    )
    offer = Offer(
        Safety.REVIEW,
        "Allow only sending and receiving",
        "In place. Whoever looks after the queue needs rights of their own in IAM.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if encoded_policy(resource, module, "policy") is None:
            return
        for statement in policy_of(resource, module, "policy") or ():
            node = statement.node
            entry = node.entry("Action") if isinstance(node, ObjectExpression) else None
            names = {item.text for item in statement.actions}
            if statement.effect == "Allow" and names & set(_ALL):
                yield Violation(
                    "policy",
                    self.message,
                    self._repair(statement, entry, resource),
                    statement.shown(entry),
                    statement=statement.key,
                    related=statement.related(entry),
                )

    def _repair(
        self, statement: Statement, entry: Entry | None, resource: Resource
    ) -> Repair | Advice:
        kept = why_kept(statement, resource)
        if kept is not None or entry is None:
            return Advice(f"{kept or ''} Allow only sending and receiving.".strip())
        intent = Targeted(path_of(statement, resource), SetValue(entry.value, _USE))
        return self.offer.repair(intent, touches=touched(statement), besides=handed_on(statement))
