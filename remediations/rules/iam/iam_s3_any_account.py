"""iam-s3-any-account: data may be copied into a bucket of anybody's."""

from __future__ import annotations

from typing import Final

from remediations.iam.actions import levels
from remediations.iam.nouns import NOUNS
from remediations.iam.perimeter import BUCKETS_ACCOUNT, WITHOUT_ACCOUNT, says_whose
from remediations.iam.roles import roles_of
from remediations.iam.scoping import is_scoped_by_condition, split
from remediations.iam.statement import Statement
from remediations.iam.uses import literal_buckets
from remediations.model import Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import KeepWithin, Kept, some
from remediations.terraform.module import Module, Resource

_BUCKET: Final = NOUNS["bucket"]
_SERVICE: Final = "s3:"
_WRITES: Final = frozenset({"Write", "Permissions management"})


class S3AnyAccount(KeepWithin):
    """Of statements on every bucket that do not say whose."""

    id = "iam-s3-any-account"
    title = "S3 permission on other accounts' buckets"
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    condition = BUCKETS_ACCOUNT
    within = "account"
    sid_word = "Buckets"
    offer = Offer(
        Safety.REVIEW,
        "Keep the statement to buckets of this account",
        "Applied in place; buckets of other accounts are refused from then on, AWS's own among "
        "them, such as those of JumpStart or with sample data. Every bucket of this account stays "
        "open: naming those that are needed is better still.",
    )

    def kept(self, statement: Statement) -> Kept | None:
        scoped = split(statement, _BUCKET.service, _BUCKET.types).movable
        if not scoped or says_whose(statement) or is_scoped_by_condition(statement):
            return None
        actions = [item.text for item in statement.actions]
        held = tuple(one for one in actions if _says_account(one.lower()))
        others = tuple(one for one in actions if one not in held)
        return Kept(held, others, scoped, statement.key_of(scoped))

    def told(self, kept: Kept) -> str:
        writes = any(_WRITES & levels(action).keys() for action in kept.shown)
        harm = (
            "copy training data into one of their own" if writes else "be given what stands there"
        )
        return (
            f"{some(kept.shown)} may be used on buckets of any account that lets them in: whoever "
            f"runs code with this can {harm}."
        )

    def why_not(self, holder: Resource, module: Module) -> str | None:
        named = literal_buckets(roles_of(holder, module), module)
        if named:
            return f"`{named[0]}` is used here and declared elsewhere: see whose it is first."
        return None


def _says_account(action: str) -> bool:
    return action.startswith(_SERVICE) and action not in WITHOUT_ACCOUNT
