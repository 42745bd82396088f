"""What in a module opens a bucket to everybody, or may. Offers nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .buckets import BUCKET, PUBLIC_ACLS
from .iam.audience import Audience, audience
from .model import Unknown
from .terraform.belonging import owners_of
from .terraform.module import Module, Resource

_PUBLIC_GROUP: Final = re.compile(r"groups/global/(AllUsers|AuthenticatedUsers)")


def public_grant(module: Module, bucket: Resource) -> str | None:
    """Words for what its readers may rely on; None where nothing in the module is public.

    What cannot be read counts: closing a bucket is only called safe where nobody can notice.
    """
    for acl in _about(module, bucket, "aws_s3_bucket_acl"):
        value = acl.value("acl")
        is_public = isinstance(value, Unknown) or value.value in PUBLIC_ACLS
        if is_public or _PUBLIC_GROUP.search(acl.document.text_of(acl.block)):
            return f"the ACL on `{acl.address}`"
    for policy in _about(module, bucket, "aws_s3_bucket_policy"):
        allowed = audience(policy, policy.home)
        if allowed is Audience.EVERYBODY:
            return f"the policy `{policy.address}`"
        if allowed is Audience.UNKNOWN:
            return f"the policy `{policy.address}`, which cannot be read here,"
    if module.unread:
        return f"a policy or an ACL in `{module.unread[0]}`, which could not be read,"
    return None


def _about(module: Module, bucket: Resource, kind: str) -> Iterator[Resource]:
    """The bucket itself, and every companion that belongs to it or may."""
    yield bucket
    for candidate in module.family_of_kind(kind):
        owners = owners_of(candidate, "bucket", BUCKET)
        is_its = any(owner.place == bucket.place for owner in owners.found)
        if is_its or owners.unsettled is not None:
            yield candidate
