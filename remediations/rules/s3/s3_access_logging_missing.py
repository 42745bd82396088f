"""s3-access-logging-missing: a bucket that nobody can say who read."""

from __future__ import annotations

from dataclasses import replace

from remediations.buckets import is_log_target
from remediations.log_buckets import choose_log_bucket
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.shapes import RequireCompanion
from remediations.terraform.module import Module, Resource

_OFFER = Offer(Safety.REVIEW, "Record who reads the bucket", "")
_ONE = 'target_bucket = {target}\ntarget_prefix = "{name}/"'
_EACH = 'target_bucket = {target}\ntarget_prefix = "{name}/${{each.key}}/"'
_COUNTED = 'target_bucket = {target}\ntarget_prefix = "{name}/${{count.index}}/"'


class AccessLoggingMissing(RequireCompanion):
    """A bucket for logs is not logged itself: it would log its own log."""

    id = "s3-access-logging-missing"
    title = "Nobody records who reads the bucket"
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_18",)
    companion = "aws_s3_bucket_logging"
    inline = "logging"
    message = (
        "Requests to this bucket are not recorded: after a leak nobody can tell what was read, by "
        "whom, and since when."
    )
    offer = _OFFER

    def applies(self, bucket: Resource, module: Module) -> bool:
        return not is_log_target(module, bucket)

    def repair(self, bucket: Resource, module: Module) -> Repair | Advice:
        choice = choose_log_bucket(module, bucket)
        if isinstance(choice, str):
            return Advice(choice)
        form = _ONE
        if bucket.repetition is not None:
            form = _EACH if "for_each" in bucket.body.attributes else _COUNTED
        text = form.format(target=choice.reference, name=bucket.name)
        cost = f"Adds one resource; requests are recorded, within hours, in {choice.words}."
        if not choice.intents and not choice.is_used:
            cost += " Its policy has to let logging.s3.amazonaws.com write there."
        offer = replace(_OFFER, cost=cost)
        return offer.repair(self.written(bucket, module, text), *choice.intents)

    def text(self, bucket: Resource, module: Module) -> str | Advice:
        return ""
