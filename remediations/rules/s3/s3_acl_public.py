"""s3-acl-public: an ACL that lets everybody, or every AWS account, read or write."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import BUCKET, PUBLIC_ACLS
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Expression

_GROUPS = ("global/AllUsers", "global/AuthenticatedUsers")


class AclPublic(Rule):
    """Canned ACLs get an edit; grants are advice, because somebody chose each of them."""

    id = "s3-acl-public"
    title = "Bucket ACL is public"
    resources = ("aws_s3_bucket_acl", BUCKET)
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_20", "CKV_AWS_57")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        attribute = resource.attribute("acl")
        value = module.value_of(attribute)
        if attribute is not None and isinstance(value, Unknown):
            message = "The ACL decides who may read this bucket."
            advice = Advice("Make sure that no environment sets a public ACL here.")
            yield Violation("acl", message, advice, attribute, unknown=value.reason)
        elif attribute is not None and isinstance(value, Known) and value.value in PUBLIC_ACLS:
            yield _public(resource, attribute, str(value.value))
        yield from _grants(resource, module)


def _public(resource: Resource, attribute: Attribute, acl: str) -> Violation:
    who = "every AWS account" if "auth" in acl else "everybody"
    may = "read and overwrite" if "write" in acl else "read"
    message = f"`{acl}` lets {who} {may} what is in this bucket."
    return Violation("acl", message, _private(resource, attribute.value), attribute)


def _private(resource: Resource, value: Expression) -> Repair:
    cost = "Applied in place; whoever reads without credentials loses access."
    intent = SetValue(value, '"private"')
    return Repair(Safety.REVIEW, "Make the ACL private", cost, (Targeted(resource.path, intent),))


def _grants(resource: Resource, module: Module) -> Iterator[Violation]:
    for number, (path, uri) in enumerate(_group_addresses(resource)):
        value = module.value_of(uri)
        if isinstance(value, Known) and str(value.value).endswith(_GROUPS):
            message = "This grant is for everybody, or for every AWS account."
            advice = Advice("Take the grant away, or name the accounts that need it.")
            yield Violation(path, message, advice, uri, statement=f"{number or ''}")


def _group_addresses(resource: Resource) -> Iterator[tuple[str, Attribute]]:
    """Whom the split form and the inline one grant something, where it is a group."""
    if resource.kind == BUCKET:
        for grant in resource.body.blocks("grant"):
            if "uri" in grant.body.attributes:
                yield "grant", grant.body.attributes["uri"]
        return
    for policy in resource.body.blocks("access_control_policy"):
        for grant in policy.body.blocks("grant"):
            for grantee in grant.body.blocks("grantee"):
                if "uri" in grantee.body.attributes:
                    yield "access_control_policy.grant", grantee.body.attributes["uri"]
