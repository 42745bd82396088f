"""s3-tls-not-required: a bucket that answers over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from remediations import bucket_policies
from remediations.buckets import BUCKET, companion_head, companions, serves_website
from remediations.iam.size import nearly_full_in
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Violation
from remediations.shapes import asleep
from remediations.terraform.module import Module, Resource

_OFFER = Offer(
    Safety.REVIEW,
    "Refuse plain HTTP",
    "Applied in place; clients that speak plain HTTP to this bucket are turned away. A policy that "
    "somebody set on it outside Terraform is overwritten.",
)
_MESSAGE = (
    "Nothing refuses plain HTTP here: a client that is set up wrongly sends data and signed "
    "addresses where everybody on its way can read them."
)


class TlsNotRequired(Rule):
    """A bucket has one policy, so the statement goes into the one that is there."""

    id = "s3-tls-not-required"
    title = "Bucket answers over plain HTTP"
    resources = (BUCKET,)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        held = bucket_policies.policy_of(module, resource)
        texts = [bucket_policies.text_of(policy, policy.home) for policy in held]
        if any(text is not None and bucket_policies.PLAIN_HTTP in text for text in texts):
            return
        companion = companions(module, resource, bucket_policies.POLICY)
        unsettled = companion.unsettled
        if any(text is None for text in texts):
            unsettled = f"the policy in `{held[0].address}` cannot be read here"
        if unsettled is not None:
            advice = Advice("Make sure that its policy refuses requests without TLS.")
            yield Violation("bucket", _MESSAGE, advice, unknown=unsettled)
        else:
            repair = (None if held else asleep(companion, resource)) or _repair(
                resource, held, module
            )
            yield Violation("bucket", _MESSAGE, repair)


def _repair(bucket: Resource, held: tuple[Resource, ...], module: Module) -> Repair | Advice:
    if serves_website(module, bucket):
        return Advice(
            "A website endpoint of S3 speaks plain HTTP only. Put CloudFront in front of the "
            "bucket, and refuse plain HTTP then."
        )
    if not held:
        head = companion_head(module, bucket, bucket_policies.POLICY)
        name = bucket.address + _instance(bucket)
        deny = bucket_policies.DENY_PLAIN_HTTP.format(bucket=name)
        text = bucket_policies.new_policy("\n".join(head.lines), head.name, (deny,))
        return _OFFER.repair(bucket_policies.top_level(bucket, text))
    if len(held) == 1 and held[0].home is module and bucket.repetition is None:
        added = bucket_policies.with_statement(held[0], module, bucket.address)
        if added is not None:
            arns = (bucket.address, f"{bucket.address}/*")
            room = nearly_full_in(held[0], "policy", arns, module)
            return _OFFER.repair(added[0], touches=(added[1],), besides=room)
    return Advice(
        "Add a statement to the bucket's policy that denies s3:* to everybody where "
        "aws:SecureTransport is false."
    )


def _instance(bucket: Resource) -> str:
    if "for_each" in bucket.body.attributes:
        return "[each.key]"
    return "[count.index]" if "count" in bucket.body.attributes else ""
