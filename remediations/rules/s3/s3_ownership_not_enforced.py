"""s3-ownership-not-enforced: objects whose access is still decided by ACLs."""

from __future__ import annotations

from remediations.buckets import BUCKET, companions
from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import RequireValue
from remediations.shapes.place import Site
from remediations.terraform.belonging import owners_of
from remediations.terraform.edit import RemoveItem
from remediations.terraform.module import Module, Resource

ACL = "aws_s3_bucket_acl"


class OwnershipNotEnforced(RequireValue):
    """An ACL on a bucket that refuses ACLs fails at apply, so a private one goes with it."""

    id = "s3-ownership-not-enforced"
    title = "Access is still decided by ACLs"
    resources = ("aws_s3_bucket_ownership_controls",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV2_AWS_65",)
    path = "rule.object_ownership"
    allowed = ("BucketOwnerEnforced",)
    message = (
        "Objects keep the ACL and the owner that whoever wrote them chose, so the bucket's policy "
        "does not say alone who may read them."
    )
    decides = "whether ACLs still say who may read objects"
    offer = Offer(
        Safety.REVIEW,
        "Let the bucket's policy alone decide",
        "Applied in place; ACLs of the bucket and of its objects count no longer, and a request "
        "that sends one is refused.",
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        repair = super().repair(site, resource, module)
        owners = owners_of(resource, "bucket", BUCKET).found
        acls = [acl for owner in owners for acl in companions(module, owner, ACL).found]
        if isinstance(repair, Advice) or not acls:
            return repair
        removed = [acl for acl in acls if _goes_quietly(acl, module)]
        if len(removed) < len(acls):
            return Advice(
                f"`{acls[0].address}` still grants something. Say it in the bucket's policy, take "
                "the ACL away, then set BucketOwnerEnforced."
            )
        intents = tuple(Targeted(acl.path, RemoveItem(acl.block)) for acl in removed)
        touches = tuple(acl.address for acl in removed)
        cost = f"{repair.cost} The private ACL, which says nothing more, is taken away."
        return Repair(repair.safety, repair.title, cost, (*repair.intents, *intents), touches)


def _goes_quietly(acl: Resource, module: Module) -> bool:
    """A private ACL of this module that nothing else refers to."""
    is_private = acl.value("acl") == Known("private")
    return is_private and acl.home is module and not module.users_of(acl.address)
