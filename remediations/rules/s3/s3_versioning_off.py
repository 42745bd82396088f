"""s3-versioning-off: a bucket that forgets what was overwritten or deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from remediations.buckets import BUCKET
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Offer, Repair, Severities, Violation
from remediations.shapes import RequireCompanion
from remediations.shapes.place import Site, sites
from remediations.shapes.written import set_at
from remediations.terraform.module import Module, Resource

_ENABLED: tuple[object, ...] = ("Enabled",)
_ON: tuple[object, ...] = (True, "true")
_LOCKS = ("object_lock_enabled", "object_lock_configuration.object_lock_enabled")
_LOCKED: tuple[object, ...] = (*_ON, "Enabled")
COMPANION = "aws_s3_bucket_versioning"
_MESSAGE = (
    "Versioning is off, so what a person, a job or an attacker overwrites or deletes here is gone: "
    "data sets, models, checkpoints."
)
_OFFER = Offer(
    Safety.SAFE,
    "Turn versioning on",
    "Applied in place; old versions are kept and paid for from now on. Versioning can be suspended "
    "later, never taken away.",
)
_EITHER = Advice("Make sure that versioning, or Object Lock, is on wherever this is applied.")


class VersioningOff(RequireCompanion):
    """The companion, what it says, and the inline block."""

    id = "s3-versioning-off"
    title = "Bucket keeps no versions"
    resources = (BUCKET, COMPANION)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_21",)
    companion = COMPANION
    inline = "versioning"
    message = _MESSAGE
    offer = _OFFER

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.kind == COMPANION:
            path, good = "versioning_configuration.status", _ENABLED
        elif resource.body.blocks("versioning"):
            path, good = "versioning.enabled", _ON
        else:
            yield from self._unlocked(resource, module)
            return
        for site in sites(resource, path):
            yield from _judged(site, path, good, resource, module)

    def _unlocked(self, bucket: Resource, module: Module) -> Iterator[Violation]:
        """Nothing where Object Lock is on: S3 turns versioning on with it, for good.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
        """
        locks = [bucket.value(path) for path in _LOCKS]
        if any(isinstance(lock, Known) and lock.value in _LOCKED for lock in locks):
            return
        reason = next((lock.reason for lock in locks if isinstance(lock, Unknown)), None)
        for one in super().judge(bucket, module):
            yield one if reason is None else replace(one, repair=_EITHER, unknown=reason)

    def text(self, bucket: Resource, module: Module) -> str:
        if self.is_inline(module):
            return "enabled = true"
        return 'versioning_configuration {\n  status = "Enabled"\n}'


def _judged(
    site: Site, path: str, good: tuple[object, ...], resource: Resource, module: Module
) -> Iterator[Violation]:
    value = module.evaluate(site.held.value) if site.held else Known(None)
    if site.hidden or isinstance(value, Unknown):
        reason = site.hidden or (value.reason if isinstance(value, Unknown) else "")
        message = "This decides whether what is overwritten or deleted can be had back."
        advice = Advice("Make sure that versioning is on wherever this is applied.")
        yield Violation(path, message, advice, site.node, unknown=reason)
    elif value.value not in good:
        yield Violation(path, _MESSAGE, _turned_on(site, good[0], resource), site.node)


def _turned_on(site: Site, good: object, resource: Resource) -> Repair | Advice:
    text = "true" if good is True else f'"{good}"'
    written = set_at(site, resource, text, {})
    return written if isinstance(written, Advice) else _OFFER.repair(written)
