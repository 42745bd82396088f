"""Who sends to a topic or a queue by itself, and what a key's policy has to say then. No rule."""

from __future__ import annotations

from typing import Final

from .key_policies import ServiceUse
from .terraform.module import Module, Resource

# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
_SENDERS: Final = {
    "aws_cloudwatch_metric_alarm": "cloudwatch.amazonaws.com",
    "aws_cloudwatch_composite_alarm": "cloudwatch.amazonaws.com",
    "aws_cloudwatch_event_target": "events.amazonaws.com",
    "aws_s3_bucket_notification": "s3.amazonaws.com",
    "aws_sns_topic_subscription": "sns.amazonaws.com",
    "aws_budgets_budget": "budgets.amazonaws.com",
    "aws_codestarnotifications_notification_rule": "codestar-notifications.amazonaws.com",
}


def senders(module: Module, target: Resource) -> ServiceUse | None:
    """The services that send to ``target`` in this module: each needs its key."""
    names = {
        _SENDERS[user.kind]
        for user, _ in module.users_of(target.address)
        if user.kind in _SENDERS and not _is_subscription_of(user, target)
    }
    if not names:
        return None
    quoted = tuple(f'"{name}"' for name in sorted(names))
    return ServiceUse(
        ", ".join(sorted(names)),
        ", ".join(quoted),
        "SendersUseKey",
        quoted,
        ("kms:Decrypt", "kms:GenerateDataKey*"),
        ("StringEquals", "aws:SourceAccount", "{account}"),
    )


def _is_subscription_of(user: Resource, topic: Resource) -> bool:
    """A subscription sends from a topic to a queue, not to the topic."""
    return user.kind == "aws_sns_topic_subscription" and topic.kind == "aws_sns_topic"
