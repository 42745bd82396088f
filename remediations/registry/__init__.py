"""What well-known modules of the registry do with their documented arguments, as stand-ins.

Each ``.tf`` file is our own short account of one module: its variables with their defaults, what
they lead to, and ``answer`` blocks: by rule, what its caller can write. Nothing is downloaded.
A stand-in shows only what it says: where it is silent, nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pkgutil import get_data
from typing import Final

from ..source import SourceFile
from ..terraform.calls import Directory, StandIn, is_local, source_of
from ..terraform.edit import SetValue, rewrite
from ..terraform.grammar import Grammar
from ..terraform.nodes import Block, Document
from ..terraform.outside import PREFIX, Outside, Version, outside
from ..terraform.tree import parse

NAMES: Final = {
    "aws-ia/bedrock/aws": "bedrock",
    "aws-ia/sagemaker-endpoint/aws": "sagemaker_endpoint",
    "terraform-aws-modules/iam/aws//modules/iam-assumable-role": "iam_assumable_role",
    "terraform-aws-modules/iam/aws//modules/iam-policy": "iam_policy",
    "terraform-aws-modules/iam/aws//modules/iam-role": "iam_role",
    "terraform-aws-modules/iam/aws//modules/iam-user": "iam_user",
    "terraform-aws-modules/kms/aws": "kms",
    "terraform-aws-modules/s3-bucket/aws": "s3_bucket",
    "terraform-aws-modules/vpc/aws": "vpc",
}
"""The modules that are known, with the file that stands in for each."""


def stand_ins(documents: Iterable[Document], grammar: Grammar) -> dict[str, Directory]:
    """The known modules that these files call, by ``Outside.key``."""
    found: dict[str, Directory] = {}
    for document in documents:
        for block in document.body.blocks("module"):
            named = None if is_local(source_of(block)) else outside(block)
            if named is not None and named.name in NAMES and named.key not in found:
                found[named.key] = _directory(named, grammar)
    return found


@cache
def _directory(named: Outside, grammar: Grammar) -> Directory:
    stem = NAMES[named.name]
    text = (get_data(__name__, f"{stem}.tf") or b"").decode()
    document = parse(SourceFile.of(f"{PREFIX}{stem}.tf", text), grammar)
    for block in document.body.blocks("earlier"):
        if not named.may_be_from(_version(block)):
            document = _as_before(document, block, grammar)
            break
    answers = {block.labels[0]: block for block in document.body.blocks("answer")}
    return Directory((document,), stand_in=StandIn(named.name, answers))


def _version(block: Block) -> Version:
    """The version that an ``earlier`` block speaks of: it holds for those before."""
    return tuple(int(part) for part in block.labels[0].split("."))


def _as_before(document: Document, earlier: Block, grammar: Grammar) -> Document:
    """With the defaults that held before a version."""
    defaults = {
        block.labels[0]: block.body.attributes["default"].value
        for block in document.body.blocks("variable")
        if "default" in block.body.attributes
    }
    held = earlier.body.attributes.values()
    intents = [SetValue(defaults[one.name], document.text_of(one.value)) for one in held]
    return rewrite(document, intents, grammar)
