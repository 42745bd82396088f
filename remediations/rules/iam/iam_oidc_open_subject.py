"""iam-oidc-open-subject: a role that any pipeline of a public host may take on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from remediations.iam.trust import ARGUMENT, ROLE, Trust, trusts
from remediations.model import Known, Severity
from remediations.rule import Advice, Rule, Severities, Violation
from remediations.terraform.module import Module, Resource

# Hosts that anybody may run pipelines on.
_HOSTS: Final = ("token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io")
_PROVIDER: Final = re.compile(r"\$\{(aws_iam_openid_connect_provider\.[\w-]+)")
_SUBJECT: Final = re.compile(r":sub\b")
# Values that name no owner: `*`, `repo:*`, `repo:*/*`, `project_path:*`.
_NOBODY: Final = re.compile(r'"(\*|(repo|project_path|organization):\*[^"]*)"')


class OidcOpenSubject(Rule):
    """Without a subject, or with one that names nobody, every repository of the host is meant."""

    id = "iam-oidc-open-subject"
    title = "Role for every pipeline of a public host"
    resources = (ROLE,)
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_393",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        for number, trust in enumerate(trusts(resource, module)):
            host = _host(trust, module)
            conditions = trust.statement.conditions
            if host is None or (_SUBJECT.search(conditions) and not _NOBODY.search(conditions)):
                continue
            yield Violation(
                ARGUMENT,
                f"Any pipeline on `{host}`, of any owner, can take on this role: somebody else's "
                "repository deploys into this account.",
                Advice(
                    f"Add a condition on `{host}:sub` that names the repository, and best the "
                    "branch or environment: `repo:OWNER/NAME:ref:refs/heads/main` on GitHub."
                ),
                trust.shown(resource),
                statement=trust.statement.sid or f"oidc#{number}",
                related=trust.statement.related(trust.statement.node),
            )


def _host(trust: Trust, module: Module) -> str | None:
    """The public host whose pipelines are let in."""
    for item in trust.statement.principals:
        provider = _PROVIDER.search(item.text)
        named = module.resource(provider[1]) if provider else None
        url = named.value("url") if named else None
        text = str(url.value) if isinstance(url, Known) else item.text
        for host in _HOSTS:
            if text.endswith(host):
                return host
    return None
