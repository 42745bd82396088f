"""iam-action-service-wildcard: every action of a service, on everything it has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from remediations.fingerprint import numbered
from remediations.iam.identity import identity_statements
from remediations.iam.permissions import is_unscoped
from remediations.iam.statements import DOCUMENT, ENCODED
from remediations.iam.targets import SERVICES
from remediations.model import Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource

_WHOLE_SERVICE: Final = re.compile(r"([a-z0-9-]+):\*+", re.IGNORECASE)
_MOST_NAMES: Final = 4
# What a job, an endpoint or a notebook usually needs of a service.
_USUAL: Final = {
    "s3": "`s3:ListBucket`, `s3:GetObject` and `s3:PutObject`",
    "sagemaker": "`sagemaker:CreateTrainingJob` and `sagemaker:DescribeTrainingJob`",
    "bedrock": "`bedrock:InvokeModel`",
    "kms": "`kms:Decrypt` and `kms:GenerateDataKey`",
    "ecr": "`ecr:GetAuthorizationToken`, `ecr:BatchGetImage` and `ecr:GetDownloadUrlForLayer`",
    "logs": "`logs:CreateLogStream` and `logs:PutLogEvents`",
    "secretsmanager": "`secretsmanager:GetSecretValue`",
    "dynamodb": "`dynamodb:GetItem`, `dynamodb:Query` and `dynamodb:PutItem`",
}


class ActionServiceWildcard(Rule):
    """A service's every action on one named resource is no finding: the resource bounds it."""

    id = "iam-action-service-wildcard"
    title = "Every action of a service"
    resources = (DOCUMENT, *ENCODED)
    severity = Severities(Severity.LOW, Severity.HIGH, Severity.HIGH)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        seen: Counter[str] = Counter()
        for _, statement in identity_statements(resource, module):
            found = [_WHOLE_SERVICE.fullmatch(item.text) for item in statement.actions]
            services = tuple(dict.fromkeys(one[1].lower() for one in found if one))
            if not services or not is_unscoped(statement):
                continue
            key = statement.key_of(_staying([one[0] for one in found if one]))
            seen[key] += 1
            named = [f"`{service}:*`" for service in services[:_MOST_NAMES]]
            if len(services) > _MOST_NAMES:
                named.append(f"{len(services) - _MOST_NAMES} more")
            listed = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
            yield Violation(
                "statement.actions" if resource.kind == DOCUMENT else "policy",
                f"{listed} {'allow' if len(named) > 1 else 'allows'} whatever there is and will "
                "be: deleting, sharing and changing permissions, not only what a job needs.",
                Advice(_advice(services)),
                statement.shown(statement.actions_at),
                statement=numbered(key, seen[key]),
                related=statement.related(statement.actions_at),
            )


def _staying(wildcards: list[str]) -> list[str]:
    """Those that the finding is known by: others may leave the statement, to be scoped.

    Where rules could scope all of them, it is the one that they come to last.
    """
    order = list(SERVICES)
    services = {one: one.partition(":")[0].lower() for one in wildcards}
    staying = [one for one in wildcards if services[one] not in SERVICES]
    return staying or [max(wildcards, key=lambda one: order.index(services[one]))]


def _advice(services: tuple[str, ...]) -> str:
    usual = [_USUAL[service] for service in services if service in _USUAL]
    often = f" Often these are enough: {'; '.join(usual)}." if usual else ""
    return f"Name the actions that are needed, or the resources they are for.{often}"
