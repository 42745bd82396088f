"""Which bucket a policy means: the module's one, where nothing else can be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..buckets import BUCKET, data_buckets, is_auxiliary_name, is_named_auxiliary
from ..model import Known
from ..terraform.module import Module, Resource
from ..terraform.nodes import Reference

# A request through one of these is authorised on its own ARN, which a bucket's does not cover:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
_OTHER_DOORS: Final = ("aws_s3_access_point", "aws_s3control_")
_MOST_NAMES: Final = 6
_NAMES_A_BUCKET: Final = re.compile(r"(^|_)buckets?(_(name|arn|id)s?)?$")
_BUCKET_MODULE: Final = re.compile(r"(^|[/_-])s3[_-]?bucket")


def meant_bucket(resource: Resource, module: Module) -> Resource | str:
    """The one bucket that can be meant, or what a person has to decide."""
    if any(kind.startswith(_OTHER_DOORS) for kind in module.kinds):
        return (
            "Requests may come through an access point here, so name its ARN beside the bucket's."
        )
    if module.unread:
        return f"`{module.unread[0]}` could not be read, so another bucket may be meant."
    buckets = data_buckets(module)
    names = [f"`{bucket.address}`" for bucket in buckets]
    names += [f"`{name}`" for name in _from_elsewhere(module)]
    if not names:
        return "No bucket is declared in this module. Name the ARN of the one that is meant."
    if len(names) > 1:
        listed = ", ".join(names[:_MOST_NAMES])
        if len(names) > _MOST_NAMES:
            listed += f" and {len(names) - _MOST_NAMES} more"
        return f"Several buckets can be meant: {listed}. Name the ARNs of those this role needs."
    if not buckets:
        return f"{names[0]} may be the bucket that is meant. Name its ARN if it is."
    bucket = buckets[0]
    if bucket.repetition is not None:
        return f"`{bucket.address}` stands for several buckets. Name those that this role needs."
    if module.depends_on(bucket, resource.address):
        return f"`{bucket.address}` depends on this policy, so a reference to it would be a cycle."
    return bucket


def _from_elsewhere(module: Module) -> tuple[str, ...]:
    """Buckets that this module is given or looks up, besides the ones it declares."""
    return module.remember("buckets from elsewhere", lambda: tuple(_look_elsewhere(module)))


def _look_elsewhere(module: Module) -> Iterator[str]:
    for held in module.of_kind(f"data.{BUCKET}"):
        if not is_named_auxiliary(module, held):
            yield held.address
    for document in module.documents:
        for block in document.body.blocks("module"):
            source = module.value_of(block.body.attributes.get("source"))
            if isinstance(source, Known) and _BUCKET_MODULE.search(str(source.value)):
                yield "module." + ".".join(block.labels)
    inside = _variables_of_buckets(module)
    for name in module.variables:
        if _NAMES_A_BUCKET.search(name) and name not in inside and not is_auxiliary_name(name):
            yield f"var.{name}"


def _variables_of_buckets(module: Module) -> frozenset[str]:
    """Variables that only say what a declared bucket is called, through locals too."""
    pending = [
        attribute.value
        for bucket in module.of_kind(BUCKET)
        for attribute in bucket.body.attributes.values()
    ]
    found: set[str] = set()
    seen: set[str] = set()
    while pending:
        for node in pending.pop().walk():
            if not isinstance(node, Reference) or len(node.names) < 2:
                continue
            kind, name = node.names[:2]
            if kind == "var":
                found.add(name)
            elif kind == "local" and name in module.locals and name not in seen:
                seen.add(name)
                pending.append(module.locals[name][0].value)
    return frozenset(found)
