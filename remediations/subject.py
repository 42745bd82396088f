"""What a finding is about: a bucket, whichever of its resources says it. Judges nothing anew.

From version 4 of the AWS provider on, what an ``aws_s3_bucket`` said inline is said by resources of
their own, so the same debt is found at another address once a bucket is rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from .buckets import BUCKET
from .codebase import Codebase
from .lineage import Lineage, Place
from .model import Finding, Report
from .terraform.belonging import owners_of

_OF_A_BUCKET: Final = f"{BUCKET}_"


def under_head_names(
    base: Report, head: Report, earlier: Codebase, codebase: Codebase, lineage: Lineage
) -> Report:
    """The base's findings, each under the name by which the head speaks of the same thing.

    One finding of a bucket may stand for several at the head: the same rule on the same bucket.
    """
    followed = lineage.follow(base)
    known = {finding.fingerprint for finding in followed.findings}
    fresh = [one for one in head.findings if one.fingerprint not in known and _may_move(one)]
    if not fresh:
        return followed
    here = {one.fingerprint for one in head.findings}
    about: dict[tuple[str, Place], Finding] = {}
    for was, now in zip(base.findings, followed.findings, strict=True):
        if _may_move(was) and now.fingerprint not in here:
            about.setdefault((was.rule, lineage.now(_subject(was, earlier))), now)
    again = dict(_again(fresh, about, codebase))
    left = [one for one in followed.findings if id(one) not in again]
    spoken = [one for copies in again.values() for one in copies]
    return replace(followed, findings=(*left, *spoken))


def _again(
    fresh: list[Finding], about: Mapping[tuple[str, Place], Finding], codebase: Codebase
) -> Iterator[tuple[int, list[Finding]]]:
    """By the identity of a base's finding: what it is called at the head."""
    found: dict[int, list[Finding]] = {}
    for finding in fresh:
        same = about.get((finding.rule, _subject(finding, codebase)))
        if same is not None:
            renamed = replace(
                same,
                fingerprint=finding.fingerprint,
                address=finding.address,
                attribute=finding.attribute,
                directory=finding.directory,
            )
            found.setdefault(id(same), []).append(renamed)
    yield from found.items()


def _may_move(finding: Finding) -> bool:
    kind = finding.address.partition(".")[0]
    return not finding.statement and (kind == BUCKET or kind.startswith(_OF_A_BUCKET))


def _subject(finding: Finding, codebase: Codebase) -> Place:
    """The bucket that a finding's resource belongs to, where that is one; else the resource."""
    module = codebase.module(finding.directory)
    resource = module.resource(finding.address) if module else None
    if resource is None or resource.kind == BUCKET:
        return finding.directory, finding.address
    owners = owners_of(resource, "bucket", BUCKET)
    if owners.unsettled is not None or len(owners.found) != 1:
        return finding.directory, finding.address
    return owners.found[0].home.directory, owners.found[0].address
