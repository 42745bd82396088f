"""iam-privilege-escalation: permissions with which somebody can give himself more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from remediations.iam.identity import identity_statements
from remediations.iam.permissions import allowed
from remediations.iam.statements import DOCUMENT, ENCODED, Statement
from remediations.model import Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource

from ...frozen import dataclass

_HAND: Final = "iam:PassRole"


@dataclass(frozen=True, slots=True)
class _Way:
    """Actions that together lead to more rights, and what one does with them."""

    actions: tuple[str, ...]
    means: str
    advice: str


_ROLES: Final = "Let `iam:PassRole` name the roles that may be passed."
_NAMED: Final = "Name the policies, roles or users that may be changed, or leave it to a pipeline."
_WAYS: Final = (
    _Way(("iam:CreatePolicyVersion",), "rewrite a policy that is attached to it", _NAMED),
    _Way(("iam:SetDefaultPolicyVersion",), "bring back an older, wider policy", _NAMED),
    _Way(("iam:AttachRolePolicy",), "attach any policy to its own role", _NAMED),
    _Way(("iam:PutRolePolicy",), "write any policy into its own role", _NAMED),
    _Way(("iam:AttachUserPolicy",), "attach any policy to a user", _NAMED),
    _Way(("iam:PutUserPolicy",), "write any policy into a user", _NAMED),
    _Way(("iam:AttachGroupPolicy",), "attach any policy to a group", _NAMED),
    _Way(("iam:PutGroupPolicy",), "write any policy into a group", _NAMED),
    _Way(("iam:AddUserToGroup",), "join any group", _NAMED),
    _Way(("iam:UpdateAssumeRolePolicy",), "let itself into any role", _NAMED),
    _Way(("iam:CreateAccessKey",), "make a key of any user's", _NAMED),
    _Way(("iam:CreateLoginProfile",), "give any user a password", _NAMED),
    _Way(("iam:UpdateLoginProfile",), "change any user's password", _NAMED),
    _Way(
        (_HAND, "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"),
        "open a notebook that runs as any role",
        _ROLES,
    ),
    _Way((_HAND, "sagemaker:CreateTrainingJob"), "train as any role", _ROLES),
    _Way((_HAND, "sagemaker:CreateProcessingJob"), "run a job as any role", _ROLES),
    _Way(
        (_HAND, "lambda:CreateFunction", "lambda:InvokeFunction"), "call code as any role", _ROLES
    ),
    _Way((_HAND, "ec2:RunInstances"), "start a machine that runs as any role", _ROLES),
    _Way((_HAND, "ecs:RegisterTaskDefinition", "ecs:RunTask"), "run a task as any role", _ROLES),
    _Way((_HAND, "glue:CreateJob", "glue:StartJobRun"), "run a Glue job as any role", _ROLES),
    _Way((_HAND, "glue:CreateDevEndpoint"), "open a shell that runs as any role", _ROLES),
    _Way((_HAND, "cloudformation:CreateStack"), "build a stack as any role", _ROLES),
    _Way((_HAND, "codebuild:CreateProject", "codebuild:StartBuild"), "build as any role", _ROLES),
)
_EVERYTHING: Final = ("*", "*:*")


class PrivilegeEscalation(Rule):
    """One violation a policy. What allows everything is iam-full-admin's to say."""

    id = "iam-privilege-escalation"
    title = "Permissions that lead to more"
    resources = (DOCUMENT, *ENCODED)
    severity = Severities(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
    aliases = ("CKV_AWS_110", "CKV_AWS_286")

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        # Told apart as objects: to hash a policy is to hash all that is written in it.
        by_policy = groupby(identity_statements(resource, module), lambda pair: id(pair[0]))
        policies = ([one for _, one in group if not _is_everything(one)] for _, group in by_policy)
        for number, statements in enumerate(filter(None, policies)):
            found = [(way, _held(way, statements)) for way in _WAYS]
            open_ways = [(way, held) for way, held in found if held]
            if open_ways:
                yield _violation(resource, open_ways, number)


def _is_everything(statement: Statement) -> bool:
    return not {item.text for item in statement.actions}.isdisjoint(_EVERYTHING)


def _held(way: _Way, statements: list[Statement]) -> tuple[Statement, ...]:
    """The statements that open a way: one for each of its actions, or none."""
    held = [allowed(statements, action) for action in way.actions]
    return tuple(one for one in held if one is not None) if all(held) else ()


def _violation(
    resource: Resource, ways: list[tuple[_Way, tuple[Statement, ...]]], number: int
) -> Violation:
    first, held = ways[0]
    actions = " with ".join(f"`{action}`" for action in first.actions)
    more = len(ways) - 1
    others = f" {more} more {'way leads' if more == 1 else 'ways lead'} there." if more else ""
    return Violation(
        "statement.actions" if resource.kind == DOCUMENT else "policy",
        f"Whoever runs code with this can {first.means} ({actions}) and so give itself every "
        f"right in the account.{others}",
        Advice(first.advice),
        held[0].shown(held[0].actions_at),
        statement=f"escalation#{number}" if number else "escalation",
        related=held[0].related(held[0].actions_at),
    )
