"""iam-s3-resource-wildcard: a role may use every bucket of the account, and needs one."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.buckets import data_buckets
from remediations.iam.scoping import Split, is_every_bucket, scope, split
from remediations.iam.statements import DOCUMENT, ENCODED, Statement, statements
from remediations.model import Safety, Severity
from remediations.rule import Advice, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.module import Module, Resource


class S3ResourceWildcard(Rule):
    """One finding a statement; scoped where exactly one bucket can be meant."""

    id = "iam-s3-resource-wildcard"
    title = "S3 permission on every bucket"
    resources = (DOCUMENT, *ENCODED)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
    aliases = ("CKV_AWS_355", "CKV_AWS_356")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for statement in statements(resource, module):
            if not any(is_every_bucket(name) for name in statement.resource_names):
                continue
            sorted_actions = split(statement.action_names)
            if not sorted_actions.movable:
                continue
            yield Violation(
                "statement.resources" if resource.kind == DOCUMENT else "policy",
                _message(sorted_actions),
                _repair(resource, module, statement, sorted_actions),
                statement.resources,
                statement=statement.key,
            )


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
    resource: Resource, module: Module, statement: Statement, sorted_actions: Split
) -> Repair | Advice:
    bucket = _meant(resource, module)
    if isinstance(bucket, str):
        return Advice(bucket)
    if not all(is_every_bucket(name) for name in statement.resource_names):
        return Advice("The statement names other resources too. Take the wildcard out of the list.")
    intents = scope(resource.document, statement, sorted_actions, bucket.address)
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
    if sorted_actions.lost:
        wildcards = tuple(action for action in sorted_actions.movable if "*" in action)
        cost += (
            f" {_quoted(wildcards)} then no longer covers {len(sorted_actions.lost)} actions that "
            f"no bucket can hold, such as `{sorted_actions.lost[0]}`."
        )
    if sorted_actions.staying:
        verb = "stays" if len(sorted_actions.staying) == 1 else "stay"
        cost += f" {_quoted(sorted_actions.staying)} cannot be scoped this way and {verb} on `*`."
    return cost


def _meant(resource: Resource, module: Module) -> Resource | str:
    """The one bucket that can be meant, or what a person has to decide."""
    if module.of_kind("aws_s3_access_point") or module.of_kind("aws_s3control_access_grant"):
        return (
            "Requests may come through an access point here, so name its ARN beside the bucket's."
        )
    if module.unread:
        return f"`{module.unread[0]}` could not be read, so another bucket may be meant."
    buckets = data_buckets(module)
    if not buckets:
        return "No bucket is declared in this module. Name the ARN of the one that is meant."
    if len(buckets) > 1:
        names = ", ".join(f"`{bucket.address}`" for bucket in buckets)
        return f"Several buckets can be meant: {names}. Name the ARNs of those this role needs."
    bucket = buckets[0]
    if bucket.repetition is not None:
        return f"`{bucket.address}` stands for several buckets. Name those that this role needs."
    if module.depends_on(bucket, resource.address):
        return f"`{bucket.address}` depends on this policy, so a reference to it would be a cycle."
    return bucket
