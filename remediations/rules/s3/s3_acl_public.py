"""s3-acl-public: an ACL that lets everybody, or every AWS account, read or write."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import BUCKET, PUBLIC_ACLS
from remediations.model import Known, Safety, Severity, Unknown
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import InsertAttribute, Intent, RemoveItem, SetValue
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Attribute, Block, Expression

from ...frozen import dataclass

_GROUPS = ("global/AllUsers", "global/AuthenticatedUsers")


class AclPublic(Rule):
    """Canned ACLs become private; grants to everybody are taken away."""

    id = "s3-acl-public"
    title = "Bucket ACL is public"
    resources = ("aws_s3_bucket_acl", BUCKET)
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_20", "CKV_AWS_57", "CKV2_AWS_43", "CKV_AWS_375", "CKV_AWS_379")

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


@dataclass(frozen=True, slots=True)
class _Grant:
    """A grant to a group, in the ACL's policy or in the bucket itself."""

    path: str
    uri: Attribute
    block: Block
    policy: Block | None = None


def _grants(resource: Resource, module: Module) -> Iterator[Violation]:
    found = list(_to_groups(resource))
    public = [grant for grant in found if _is_public(grant, module)]
    for number, grant in enumerate(found):
        if grant in public:
            message = "This grant is for everybody, or for every AWS account."
            repair = _taken_away(resource, grant, public)
            yield Violation(grant.path, message, repair, grant.uri, statement=f"{number or ''}")


def _is_public(grant: _Grant, module: Module) -> bool:
    value = module.value_of(grant.uri)
    return isinstance(value, Known) and str(value.value).endswith(_GROUPS)


def _taken_away(resource: Resource, grant: _Grant, public: list[_Grant]) -> Repair:
    """The grant goes; a policy that would be left without any becomes the private ACL."""
    gone: list[Intent] = [RemoveItem(grant.block)]
    if grant.policy is not None:
        others = grant.policy.body.blocks()
        is_empty = all(b.type == "owner" or any(b is one.block for one in public) for b in others)
        if is_empty:
            private = InsertAttribute(resource.body, "acl", '"private"', "bucket")
            gone = [RemoveItem(grant.policy), private]
    cost = "Applied in place; whoever reads without credentials loses access."
    offer = Offer(Safety.REVIEW, "Take the grant to everybody away", cost)
    return offer.repair(*(Targeted(resource.path, intent) for intent in gone))


def _to_groups(resource: Resource) -> Iterator[_Grant]:
    """Whom the split form and the inline one grant something, where it is a group."""
    if resource.kind == BUCKET:
        for grant in resource.body.blocks("grant"):
            if "uri" in grant.body.attributes:
                yield _Grant("grant", grant.body.attributes["uri"], grant)
        return
    for policy in resource.body.blocks("access_control_policy"):
        for grant in policy.body.blocks("grant"):
            for grantee in grant.body.blocks("grantee"):
                if "uri" in grantee.body.attributes:
                    uri = grantee.body.attributes["uri"]
                    yield _Grant("access_control_policy.grant", uri, grant, policy)
