"""s3-public-access-block-off: flags of a public access block that are false or absent."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import BUCKET, nested
from remediations.model import Known, Related, Safety, Severity, Unknown
from remediations.public_access import public_grant
from remediations.rule import Advice, Repair, Severities, Targeted, Violation
from remediations.shapes import RequireFlags
from remediations.terraform.belonging import owner_of
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute

ACCESS_POINT = "aws_s3_access_point"


class PublicAccessBlockOff(RequireFlags):
    """One finding a resource, with every flag in one fix."""

    id = "s3-public-access-block-off"
    title = "Public access block is off"
    resources = (
        "aws_s3_bucket_public_access_block",
        "aws_s3_account_public_access_block",
        ACCESS_POINT,
    )
    severity = Severities(Severity.HIGH, Severity.HIGH, Severity.CRITICAL)
    aliases = ("CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV_AWS_392")
    flags = (
        "block_public_acls",
        "block_public_policy",
        "ignore_public_acls",
        "restrict_public_buckets",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.kind == ACCESS_POINT:
            yield from self._access_point(resource, module)
            return
        off = list(self.off(resource, module))
        if off:
            yield self._violation(resource, module, off)
        for attribute, unknown in self.unsettled(resource, module):
            yield _unsettled(attribute, unknown, "bucket")

    def _violation(
        self, resource: Resource, module: Module, off: list[tuple[str, Attribute | None]]
    ) -> Violation:
        present = [attribute for _, attribute in off if attribute is not None]
        source = resource.document.source
        names = _listed([name for name, _ in off])
        plural = len(off) > 1
        message = (
            f"{names} {'are' if plural else 'is'} off, so one public ACL or policy is enough to "
            "show this bucket to everybody."
        )
        also = [Related(source.location(attribute.span), "also") for attribute in present[1:]]
        repair = self._repair(resource, module, off)
        return Violation(
            off[0][0],
            message,
            repair,
            present[0] if present else None,
            related=tuple(also),
        )

    def _repair(
        self, resource: Resource, module: Module, off: list[tuple[str, Attribute | None]]
    ) -> Repair:
        safety, cost = _safety(resource, module)
        title = "Turn the public access block on"
        return Repair(safety, title, cost, tuple(self.turn_on(resource, off)))

    def _access_point(self, resource: Resource, module: Module) -> Iterator[Violation]:
        """An access point's flags are on unless they say otherwise; changing them replaces it."""
        block = nested(resource, "public_access_block_configuration")
        held = block.body.attributes if block else {}
        present = [held[flag] for flag in self.flags if flag in held]
        for attribute in present:
            value = module.value_of(attribute)
            if isinstance(value, Unknown):
                yield _unsettled(attribute, value, "access point")
        off = [a for a in present if module.value_of(a) in (Known(False), Known("false"))]
        if not off:
            return
        intents = [Targeted(resource.path, SetValue(a.value, "true")) for a in off]
        names = _listed([attribute.name for attribute in off])
        verb = "is" if len(off) == 1 else "are"
        cost = "The access point is destroyed and created again; callers lose it meanwhile."
        repair = Repair(Safety.REPLACE, "Turn the public access block on", cost, tuple(intents))
        also = [Related(resource.document.source.location(a.span), "also") for a in off[1:]]
        yield Violation(
            off[0].name,
            f"{names} {verb} off, so a policy may open this access point to everybody.",
            repair,
            off[0],
            related=tuple(also),
        )


def _unsettled(attribute: Attribute, unknown: Unknown, thing: str) -> Violation:
    return Violation(
        attribute.name,
        f"`{attribute.name}` decides whether the {thing} can be opened to everybody.",
        Advice(f"Make sure that `{attribute.name}` is true wherever this is applied."),
        attribute,
        unknown=unknown.reason,
    )


def _listed(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    if len(quoted) == 1:
        return quoted[0]
    return ", ".join(quoted[:-1]) + f" and {quoted[-1]}"


def _safety(resource: Resource, module: Module) -> tuple[Safety, str]:
    if resource.kind == "aws_s3_account_public_access_block":
        return Safety.REVIEW, "Every bucket of the account is closed to the public on apply."
    bucket = owner_of(resource, "bucket", BUCKET)
    grant = public_grant(module, bucket) if isinstance(bucket, Resource) else None
    if grant is not None:
        return Safety.REVIEW, f"Readers that rely on {grant} may lose access."
    return Safety.SAFE, "Applied in place; nothing in this module is public."
