"""s3-policy-lockout: a bucket's policy that nobody may change any more."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from remediations.iam.statements import DOCUMENT, Statement, policies, policy_of
from remediations.model import Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute

_CHANGE: Final = "s3:putbucketpolicy"


class S3PolicyLockout(Rule):
    """Advice: what the Deny is meant for, no text tells, and no edit of ours loosens a Deny."""

    id = "s3-policy-lockout"
    title = "Bucket's policy locks everybody out"
    resources = ("aws_s3_bucket_policy", "aws_s3_bucket")
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    aliases = ("CKV_AWS_93",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = resource.attribute("policy")
        if held is None:
            return
        for statement in _statements(held, resource, module):
            if _locks_out(statement):
                message = (
                    "This Deny holds for everybody and everything: nobody but the account's root "
                    "can read the data any more, or take the policy away."
                )
                advice = Advice("Say in a Condition, or by the actions, what it is meant against.")
                yield Violation("policy", message, advice, held, statement=statement.key)


def _statements(held: Attribute, resource: Resource, module: Module) -> Iterator[Statement]:
    yield from policy_of(resource, module, "policy") or ()
    for address in module.references(held.value):
        document = module.resource(address)
        if document is not None and document.kind == DOCUMENT:
            for policy in policies(document, module):
                yield from policy


def _locks_out(statement: Statement) -> bool:
    if statement.effect != "Deny" or statement.has_not or statement.conditions:
        return False
    everybody = any(item.text == "*" for item in statement.principals)
    return everybody and any(
        fnmatchcase(_CHANGE, item.text.lower()) for item in statement.actions if item.is_known
    )
