"""Buckets and the resources that belong to them. Knows facts of S3, no rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from .model import Known, Unknown
from .terraform.module import Module, Resource
from .terraform.nodes import Block

BUCKET: Final = "aws_s3_bucket"
PUBLIC_ACLS: Final = ("public-read", "public-read-write", "authenticated-read")
_LOG_NAME: Final = re.compile(r"(^|[-_.])(access-?logs?|logs?|logging)($|[-_.])")
_AUXILIARY: Final = re.compile(
    r"(^|[-_.])(logs?|logging|state|tfstate|cloudtrail|trail|website|replica)($|[-_.])"
)


@dataclass(frozen=True, slots=True)
class Companions:
    """The resources of one kind that belong to a bucket. ``unsettled`` is why there may be more."""

    found: tuple[Resource, ...]
    unsettled: str | None


def companions(module: Module, bucket: Resource, kind: str) -> Companions:
    """What of this kind belongs to the bucket: by reference, by name, or through ``for_each``."""
    index = module.remember(("companions", kind), lambda: _companion_index(module, kind))
    found = tuple(index.get(bucket.address, ()))
    unsettled = "".join(index.get("", ())[:1]) or None
    if not found and unsettled is None and module.unread:
        unsettled = f"`{module.unread[0]}` could not be read"
    return Companions(found, None if found else unsettled)


def _companion_index(module: Module, kind: str) -> dict[str, list[Any]]:
    """Companions by the address of their bucket; under "" why some could not be told."""
    index: dict[str, list[Any]] = {}
    for candidate in module.of_kind(kind):
        owner = module.owner_of(candidate, "bucket", BUCKET)
        if isinstance(owner, Resource):
            index.setdefault(owner.address, []).append(candidate)
        elif isinstance(owner, Unknown):
            over = [a for a in _repeated_over(module, candidate) if a.startswith(f"{BUCKET}.")]
            for address in over:
                index.setdefault(address, []).append(candidate)
            if not over:
                why = f"`{candidate.address}` may belong to it, but {owner.reason}"
                index.setdefault("", []).append(why)
    return index


def _repeated_over(module: Module, resource: Resource) -> tuple[str, ...]:
    repetition = resource.repetition
    return module.references(repetition.value) if repetition else ()


@dataclass(frozen=True, slots=True)
class CompanionHead:
    """The first lines of a companion: repetition like the bucket's, and the reference to it."""

    name: str
    lines: tuple[str, ...]


def companion_head(module: Module, bucket: Resource, kind: str) -> CompanionHead:
    """Named after the bucket; another name where that one is taken."""
    name, number = bucket.name, 2
    while module.resource(f"{kind}.{name}") is not None:
        name, number = f"{bucket.name}_{number}", number + 1
    lines: list[str] = []
    provider = bucket.body.attributes.get("provider")
    if provider is not None:
        lines.append(f"provider = {bucket.document.text_of(provider.value)}")
    if "for_each" in bucket.body.attributes:
        lines += [f"for_each = {bucket.address}", "", "bucket = each.value.id"]
    elif "count" in bucket.body.attributes:
        lines += [f"count = length({bucket.address})", ""]
        lines.append(f"bucket = {bucket.address}[count.index].id")
    else:
        lines += (
            ["", f"bucket = {bucket.address}.id"] if lines else [f"bucket = {bucket.address}.id"]
        )
    return CompanionHead(name, tuple(lines))


def is_log_target(module: Module, bucket: Resource) -> bool:
    """Whether log delivery writes here; such buckets have to stay on SSE-S3.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
    """
    if bucket.address in module.remember("log targets", lambda: _log_targets(module)):
        return True
    return bool(_LOG_NAME.search(bucket.name)) or _named_like(module, bucket, _LOG_NAME)


def _log_targets(module: Module) -> frozenset[str]:
    targets = (
        logging.attribute("target_bucket") for logging in module.of_kind("aws_s3_bucket_logging")
    )
    return frozenset(
        address for target in targets if target for address in module.references(target.value)
    )


def data_buckets(module: Module) -> tuple[Resource, ...]:
    """The buckets of a module that data may live in."""
    return module.remember(
        "data buckets",
        lambda: tuple(b for b in module.of_kind(BUCKET) if not is_auxiliary(module, b)),
    )


def is_auxiliary(module: Module, bucket: Resource) -> bool:
    """Buckets for logs, state or websites: never the one that training data lives in."""
    named = bool(_AUXILIARY.search(bucket.name)) or _named_like(module, bucket, _AUXILIARY)
    return named or is_log_target(module, bucket)


def _named_like(module: Module, bucket: Resource, pattern: re.Pattern[str]) -> bool:
    value = module.value_of(bucket.attribute("bucket"))
    return isinstance(value, Known) and bool(pattern.search(str(value.value or "")))


def public_grant(module: Module, bucket: Resource) -> str | None:
    """What in this module opens the bucket to the public, or may: a policy or an ACL."""
    for acl in (bucket, *companions(module, bucket, "aws_s3_bucket_acl").found):
        value = module.value_of(acl.attribute("acl"))
        if isinstance(value, Unknown) or value.value in PUBLIC_ACLS:
            return f"the ACL on `{acl.address}`"
    for policy in companions(module, bucket, "aws_s3_bucket_policy").found:
        if any(_names_everyone(block) for block in _policy_texts(module, policy)):
            return f"the policy `{policy.address}`"
    return None


def _policy_texts(module: Module, policy: Resource) -> Iterator[str]:
    yield policy.document.text_of(policy.block)
    held = policy.attribute("policy")
    for address in module.references(held.value) if held else ():
        document = module.resource(address)
        if document is not None and document.kind == "data.aws_iam_policy_document":
            yield document.document.text_of(document.block)


def _names_everyone(text: str) -> bool:
    """Careful on purpose: a Deny for everyone is taken for an Allow, which only lowers safety."""
    return bool(re.search(r'"\*"', text)) and "rincipal" in text


def nested(resource: Resource, *types: str) -> Block | None:
    """The first nested block along a path of types."""
    body = resource.body
    block: Block | None = None
    for type in types:
        found = body.blocks(type)
        if not found:
            return None
        block = found[0]
        body = block.body
    return block
