"""iam-s3-resource-wildcard: a role may use every bucket of the account, and needs one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from remediations.model import Severity
from remediations.rule import Severities
from remediations.shapes import ScopeResources


class S3ResourceWildcard(ScopeResources):
    """The bucket's ARN for actions on the bucket, that of its objects for the others."""

    id = "iam-s3-resource-wildcard"
    title = "S3 permission on every bucket"
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
    aliases = ("CKV_AWS_355", "CKV_AWS_356")
    noun = "bucket"
    sid_word = "Data"
    sid_words: ClassVar[Mapping[frozenset[str], str]] = {
        frozenset({"bucket"}): "Bucket",
        frozenset({"object"}): "Objects",
    }
    message = (
        "Whoever runs code with this role may use {actions} on every bucket of the account, "
        "not only on the one with its training data."
    )
