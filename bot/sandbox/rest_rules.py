"""GitHub's REST API of what protects a branch. Reads only."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, jsonify

from . import git_shapes
from .forge import Forge
from .rest_shape import paged, repo_of
from .state import Repo

_PREFIX: Final = "/v3/repos/<owner>/<name>"


def add_rule_routes(api: Blueprint, forge: Forge) -> None:
    """Branch protection as a branch shows it, and the rules that are active on a branch."""

    @api.get(f"{_PREFIX}/branches/<path:branch>")
    def branch(owner: str, name: str, branch: str) -> Response:
        repo = repo_of(forge, owner, name)
        return jsonify(_branch(forge.url, repo, branch))

    @api.get(f"{_PREFIX}/rules/branches/<path:branch>")
    def branch_rules(owner: str, name: str, branch: str) -> Response:
        repo = repo_of(forge, owner, name)
        if branch != "main" or repo.rules is None:
            return paged([])
        return paged([_rule(repo)])


def _branch(url: str, repo: Repo, name: str) -> dict[str, Any]:
    """https://docs.github.com/rest/branches/branches#get-a-branch"""
    api = f"{url}/api/v3/repos/{repo.name}/branches/{name}"
    checks = repo.protection if name == "main" else None
    return {
        "name": name,
        "commit": git_shapes.commit(url, repo, repo.git.head(name)),
        "_links": {"self": api, "html": f"{url}/{repo.name}/tree/{name}"},
        "protected": checks is not None,
        "protection": {
            "enabled": checks is not None,
            "required_status_checks": {
                "enforcement_level": "off" if checks is None else "non_admins",
                "contexts": [context for context, _ in checks or ()],
                "checks": [{"context": one, "app_id": app} for one, app in checks or ()],
            },
        },
        "protection_url": f"{api}/protection",
    }


def _rule(repo: Repo) -> dict[str, Any]:
    """https://docs.github.com/rest/repos/rules#get-rules-for-a-branch"""
    checks = [
        {"context": context, **({"integration_id": app} if app is not None else {})}
        for context, app in repo.rules or ()
    ]
    return {
        "type": "required_status_checks",
        "parameters": {
            "required_status_checks": checks,
            "strict_required_status_checks_policy": False,
        },
        "ruleset_source_type": "Repository",
        "ruleset_source": repo.name,
        "ruleset_id": 1,
    }
