"""iam-s3-resource-wildcard: a role may use every bucket of the account, and needs one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from remediations.iam.actions import data_date, reach
from remediations.iam.bucket import meant_bucket
from remediations.iam.identity import identity_statements
from remediations.iam.scoping import Split, is_every_bucket, scope, split
from remediations.iam.statements import DOCUMENT, ENCODED, Statement
from remediations.model import Safety, Severity
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.module import Module, Resource

_BEST_KNOWN = "s3:ListAllMyBuckets"


class S3ResourceWildcard(Rule):
    """One finding a statement; scoped where exactly one bucket can be meant."""

    id = "iam-s3-resource-wildcard"
    title = "S3 permission on every bucket"
    resources = (DOCUMENT, *ENCODED)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
    aliases = ("CKV_AWS_355", "CKV_AWS_356")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        seen: Counter[str] = Counter()
        for policy, statement in identity_statements(resource, module):
            sorted_actions = split(statement)
            if not sorted_actions.movable or _is_scoped_by_tag(statement):
                continue
            seen[statement.key] += 1
            number = seen[statement.key]
            yield Violation(
                "statement.resources" if resource.kind == DOCUMENT else "policy",
                _message(sorted_actions),
                _repair(resource, module, policy, statement, sorted_actions),
                statement.resources_at,
                statement=statement.key if number == 1 else f"{statement.key}#{number}",
            )


def _is_scoped_by_tag(statement: Statement) -> bool:
    """Whether it holds for objects with a tag only: access by attributes, in whatever bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
    """
    said = statement.conditions
    return "s3:ExistingObjectTag/" in said and "IfExists" not in said and "NotEquals" not in said


def _message(sorted_actions: Split) -> str:
    names = [f"`{action}`" for action in sorted_actions.movable[:3]]
    more = len(sorted_actions.movable) - len(names)
    if more:
        names.append(f"{more} more")
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return (
        f"Whoever runs code with this role may use {listed} on every bucket of the account, "
        "not only on the one with its training data."
    )


def _repair(
    resource: Resource,
    module: Module,
    policy: tuple[Statement, ...],
    statement: Statement,
    sorted_actions: Split,
) -> Repair | Advice:
    bucket = meant_bucket(resource, module)
    if isinstance(bucket, str):
        return Advice(bucket)
    if not all(is_every_bucket(item.text) for item in statement.resources):
        return Advice("The statement names other resources too. Take the wildcard out of the list.")
    open_ones = [item.text for item in statement.actions if not item.is_known]
    if open_ones:
        return Advice(
            f"`{open_ones[0]}` decides what else the statement allows. Give "
            f"{_quoted(sorted_actions.movable)} a statement of its own on `{bucket.address}`."
        )
    intents = scope(resource.document, policy, statement, sorted_actions, bucket.address)
    if intents is None:
        return Advice(
            f"Give {_quoted(sorted_actions.movable)} a statement of its own on `{bucket.address}`."
        )
    return Repair(
        Safety.REVIEW,
        f"Scope the statement to `{bucket.address}`",
        _cost(bucket, sorted_actions),
        tuple(Targeted(resource.path, intent) for intent in intents),
    )


def _quoted(actions: tuple[str, ...]) -> str:
    return ", ".join(f"`{action}`" for action in actions)


def _cost(bucket: Resource, sorted_actions: Split) -> str:
    cost = (
        f"`{bucket.address}` is the only data bucket of this module; whatever used another bucket "
        "through this statement loses access."
    )
    lost = sorted_actions.lost
    if lost:
        wildcards = tuple(a for a in sorted_actions.movable if reach(a).lost)
        total = sum(reach(action).total for action in wildcards)
        example = _BEST_KNOWN if _BEST_KNOWN in lost else lost[0]
        cost += (
            f" {_quoted(wildcards)} then no longer covers {len(lost)} of its {total} actions, "
            f"those that no bucket can hold, such as `{example}`."
        )
    unknown = tuple(action for action in sorted_actions.staying if not reach(action).is_known)
    others = tuple(action for action in sorted_actions.staying if reach(action).is_known)
    if others:
        verb = "stays" if len(others) == 1 else "stay"
        cost += f" {_quoted(others)} cannot be scoped this way and {verb} on `*`."
    if unknown:
        verb = "is no action" if len(unknown) == 1 else "are no actions"
        stay = "stays" if len(unknown) == 1 else "stay"
        cost += f" {_quoted(unknown)} {verb} that AWS listed on {data_date()} and {stay} on `*`."
    return cost
