"""Buckets and the resources that belong to them. Knows facts of S3, no rule."""

from __future__ import annotations

import re
from typing import Any, Final

from .frozen import dataclass
from .model import Known
from .terraform.belonging import owners_of, resolve
from .terraform.module import Module, Resource
from .terraform.nodes import Block, Body

BUCKET: Final = "aws_s3_bucket"
PUBLIC_ACLS: Final = ("public-read", "public-read-write", "authenticated-read")
_LOG_NAME: Final = re.compile(r"(^|[-_.])(access-?logs?|logs?|logging)($|[-_.])")
_LOG_SENDERS: Final = (
    ("aws_s3_bucket_logging", "target_bucket"),
    (BUCKET, "logging.target_bucket"),
    ("aws_lb", "access_logs.bucket"),
    ("aws_alb", "access_logs.bucket"),
    ("aws_elb", "access_logs.bucket"),
    ("aws_cloudfront_distribution", "logging_config.bucket"),
)
_AUXILIARY: Final = re.compile(
    r"(^|[-_.])(logs?|logging|state|tfstate|cloudtrail|trail|website|replica)($|[-_.])"
)


@dataclass(frozen=True, slots=True)
class Companions:
    """The resources of one kind that belong to a bucket. ``unsettled`` is why there may be more.

    ``dormant`` are those that would belong to it, and are made no time as things are.
    """

    found: tuple[Resource, ...]
    unsettled: str | None
    dormant: tuple[Resource, ...] = ()


def companions(module: Module, bucket: Resource, kind: str) -> Companions:
    """What of this kind belongs to the bucket: by reference, by name, or through ``for_each``."""
    root = module.root
    index = root.remember(("companions", kind), lambda: _companion_index(root, kind))
    found = tuple(index.get(bucket.place, ()))
    unsettled = "".join(index.get("", ())[:1]) or None
    if not found and unsettled is None and module.unread:
        unsettled = f"`{module.unread[0]}` could not be read"
    asleep = root.remember(("dormant", kind), lambda: _dormant_index(root, kind))
    dormant = tuple(asleep.get(bucket.place, ()))
    return Companions(found, None if found else unsettled, dormant)


def _dormant_index(root: Module, kind: str) -> dict[str, list[Resource]]:
    """Companions whose count or for_each is empty, by the address of their bucket."""
    index: dict[str, list[Resource]] = {}
    for module in root.family:
        awake = {id(one.block) for one in module.of_kind(kind)}
        for candidate in module.resources:
            if candidate.kind == kind and id(candidate.block) not in awake:
                for owner in owners_of(candidate, "bucket", BUCKET).found:
                    index.setdefault(owner.place, []).append(candidate)
    return index


def _companion_index(root: Module, kind: str) -> dict[str, list[Any]]:
    """Companions by the address of their bucket; under "" why some could not be told."""
    index: dict[str, list[Any]] = {}
    for candidate in root.family_of_kind(kind):
        owners = owners_of(candidate, "bucket", BUCKET)
        for owner in owners.found:
            index.setdefault(owner.place, []).append(candidate)
        if owners.unsettled is not None:
            why = f"`{candidate.place}` may belong to it, but {owners.unsettled}"
            index.setdefault("", []).append(why)
    return index


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
        if bucket.repetition is None:
            lines.append("")
    lines += _repeated(bucket, _while_there_is_none(companions(module, bucket, kind)))
    return CompanionHead(name, tuple(lines))


def _while_there_is_none(held: Companions) -> str:
    """The condition that those which are switched off stay off: never two of a kind at once."""
    lengths = " + ".join(f"length({one.address})" for one in held.dormant)
    return f"{lengths} == 0" if lengths else ""


def _repeated(bucket: Resource, condition: str) -> tuple[str, ...]:
    """As often as the bucket, in the same words where they are short."""
    repetition = bucket.repetition
    if repetition is None:
        count = (f"count = {condition} ? 1 : 0", "") if condition else ()
        return (*count, f"bucket = {bucket.address}.id")
    held = bucket.document.text_of(repetition.value)
    if repetition.name == "for_each":
        again = bucket.address if "\n" in held else held
        if condition:
            again = f"toset([for key in keys({bucket.address}) : key if {condition}])"
        return (f"for_each = {again}", "", f"bucket = {bucket.address}[each.key].id")
    again = f"length({bucket.address})" if "\n" in held else held
    again = f"{condition} ? {again} : 0" if condition else again
    return (f"count = {again}", "", f"bucket = {bucket.address}[count.index].id")


def is_log_target(module: Module, bucket: Resource) -> bool:
    """Whether log delivery writes here; a customer key would stop most of it.

    Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    key = ("log target", bucket.place)
    return module.root.remember(key, lambda: _is_log_target(module, bucket))


def _is_log_target(module: Module, bucket: Resource) -> bool:
    root = module.root
    if bucket.place in root.remember("log targets", lambda: _log_targets(root)):
        return True
    return bool(_LOG_NAME.search(bucket.name)) or _named_like(module, bucket, _LOG_NAME)


def _log_targets(root: Module) -> frozenset[str]:
    found = {
        target.place
        for kind, path in _LOG_SENDERS
        for sender in root.family_of_kind(kind)
        for attribute in (sender.attribute(path),)
        if attribute is not None
        for target in resolve(attribute.value, sender.home, sender.block)
    }
    for acl in (*root.family_of_kind("aws_s3_bucket_acl"), *root.family_of_kind(BUCKET)):
        if acl.value("acl") == Known("log-delivery-write"):
            owners = (acl,) if acl.kind == BUCKET else owners_of(acl, "bucket", BUCKET).found
            found |= {owner.place for owner in owners}
    return frozenset(found)


def serves_website(module: Module, bucket: Resource) -> bool:
    """Whether a website endpoint reads it: such requests are anonymous, which KMS refuses.

    Source: https://repost.aws/knowledge-center/s3-kms-signature-version-error
    """
    companion = companions(module, bucket, "aws_s3_bucket_website_configuration")
    return bool(companion.found or bucket.body.blocks("website"))


def dynamic(body: Body, type: str) -> Block | None:
    """The ``dynamic`` block that may write nested blocks of this type."""
    return next((b for b in body.blocks("dynamic") if b.labels == (type,)), None)


def data_buckets(module: Module) -> tuple[Resource, ...]:
    """The buckets of a module that data may live in."""
    return module.remember(
        "data buckets",
        lambda: tuple(b for b in module.of_kind(BUCKET) if not is_auxiliary(module, b)),
    )


def is_auxiliary(module: Module, bucket: Resource) -> bool:
    """Buckets for logs, state or websites: never the one that training data lives in."""
    return (
        is_named_auxiliary(module, bucket)
        or is_log_target(module, bucket)
        or serves_website(module, bucket)
    )


def is_named_auxiliary(module: Module, bucket: Resource) -> bool:
    """Whether its label or its name says so; of a declared bucket or of one that is looked up."""
    key = ("auxiliary", bucket.place)
    return module.root.remember(key, lambda: _is_named_auxiliary(module, bucket))


def _is_named_auxiliary(module: Module, bucket: Resource) -> bool:
    return is_auxiliary_name(bucket.name) or _named_like(module, bucket, _AUXILIARY)


def is_auxiliary_name(name: str) -> bool:
    """Whether a name speaks of logs, state, websites or replicas."""
    return bool(_AUXILIARY.search(name))


def _named_like(module: Module, bucket: Resource, pattern: re.Pattern[str]) -> bool:
    held = bucket.body.attributes.get("bucket")
    value = module.value_of(held) if held else None
    return isinstance(value, Known) and bool(pattern.search(str(value.value or "")))


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
