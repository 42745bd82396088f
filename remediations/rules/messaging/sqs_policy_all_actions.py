"""sqs-policy-all-actions: whoever may send may also take the queue over."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.iam.placing import handed_on, path_of, touched, why_kept
from remediations.iam.statements import Statement, documents_of, policies, policy_of
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource

# What sending and receiving needs, and nothing that changes the queue or its policy:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
_USE = (
    '["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", '
    '"sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"]'
)
_ALL = ("*", "sqs:*", "SQS:*")
_ADVICE = "Allow only sending and receiving."


class SqsPolicyAllActions(Rule):
    """Whoever sends or receives needs few of a queue's actions."""

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
        for statement in policy_of(resource, module, "policy") or ():
            if _allows_all(statement):
                yield Violation(
                    "policy",
                    self.message,
                    self._repair(statement, resource),
                    statement.shown(statement.actions_at),
                    statement=statement.key,
                    related=statement.related(statement.actions_at),
                )
        held = resource.attribute("policy")
        for document in documents_of(resource, module, "policy"):
            users = {user.address for user, _ in module.users_of(document.address)}
            is_own = document.repetition is None and users == {resource.address}
            for statement in (one for policy in policies(document, module) for one in policy):
                if _allows_all(statement):
                    repair = self._repair(statement, document) if is_own else Advice(_ADVICE)
                    yield Violation("policy", self.message, repair, held, statement=statement.key)

    def _repair(self, statement: Statement, holder: Resource) -> Repair | Advice:
        """The actions in the place of all, in the resource or the document that says them."""
        kept = why_kept(statement, holder)
        if kept is not None or statement.actions_at is None:
            return Advice(f"{kept or ''} {_ADVICE}".strip())
        intent = Targeted(path_of(statement, holder), SetValue(statement.actions_at, _USE))
        touches = touched(statement) or ((holder.address,) if holder.is_data else ())
        return self.offer.repair(intent, touches=touches, besides=handed_on(statement))


def _allows_all(statement: Statement) -> bool:
    names = {item.text for item in statement.actions}
    return statement.effect == "Allow" and bool(names & set(_ALL))
