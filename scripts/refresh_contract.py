"""Cuts the vendored part of GitHub's published description anew and says what changed.

Needs npm, which brings the two packages (MIT). Run it as ``make refresh-contract``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1] / "tests" / "contract"
REST = "@octokit/openapi@23.0.2"
WEBHOOKS = "@octokit/openapi-webhooks@12.1.0"
OPERATIONS = {
    "/app/installations/{installation_id}/access_tokens": ["post"],
    "/repos/{owner}/{repo}/check-runs": ["post"],
    "/repos/{owner}/{repo}/check-runs/{check_run_id}": ["patch"],
    "/repos/{owner}/{repo}/collaborators/{username}/permission": ["get"],
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ["get"],
    "/repos/{owner}/{repo}/commits/{ref}/check-runs": ["get"],
    "/repos/{owner}/{repo}/compare/{basehead}": ["get"],
    "/repos/{owner}/{repo}/git/blobs/{file_sha}": ["get"],
    "/repos/{owner}/{repo}/git/trees/{tree_sha}": ["get"],
    "/repos/{owner}/{repo}/installation": ["get"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["patch"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": ["post"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
    "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions": ["post"],
    "/repos/{owner}/{repo}/pulls/{pull_number}": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies": ["post"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/files": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews": ["post"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments": ["get"],
    "/repos/{owner}/{repo}/statuses/{sha}": ["post"],
}
"""Every REST operation the bot may use; one that is not here fails the tests."""

EVENTS = (
    "check-run-requested-action",
    "check-run-rerequested",
    "issue-comment-created",
    "pull-request-closed",
    "pull-request-opened",
    "pull-request-review-comment-created",
    "pull-request-synchronize",
)
"""Every webhook the sandbox sends."""

_WORDS = {"description", "summary", "example", "examples", "externalDocs", "title"}


def cut(document: dict[str, Any], wanted: dict[str, Any], key: str) -> dict[str, Any]:
    """``wanted`` and every component it leads to, without prose."""
    kept: dict[str, Any] = {}
    pending = [wanted]
    while pending:
        for reference in _references(pending.pop()):
            if reference not in kept:
                found: Any = document
                for part in reference.removeprefix("#/").split("/"):
                    found = found[part.replace("~1", "/").replace("~0", "~")]
                kept[reference] = found
                pending.append(found)
    components: dict[str, Any] = {}
    for reference, found in sorted(kept.items()):
        _, group, name = reference.removeprefix("#/").split("/")
        components.setdefault(group, {})[name] = found
    body = {"openapi": document["openapi"], key: wanted, "components": components}
    trimmed: dict[str, Any] = _trimmed(body)
    return trimmed


def _references(node: Any) -> list[str]:
    found, pending = [], [node]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if isinstance(one.get("$ref"), str):
                found.append(one["$ref"])
            pending += [v for k, v in one.items() if k not in ("examples", "example")]
        elif isinstance(one, list):
            pending += one
    return found


def _trimmed(node: Any, *, are_names: bool = False) -> Any:
    if isinstance(node, list):
        return [_trimmed(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _trimmed(value, are_names=key in ("properties", "schemas", "webhooks", "paths"))
        for key, value in node.items()
        if are_names or key not in _WORDS
    }


def _fetch(package: str, member: str, scratch: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["npm", "pack", "--silent", package],
        cwd=scratch,
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(scratch / done.stdout.strip().splitlines()[-1]) as archive:
        held = archive.extractfile(member)
        assert held is not None
        found: dict[str, Any] = json.load(held)
    return found


def _write(path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    sys.stdout.write(f"{path.name}: {'unchanged' if old == text else 'changed'}\n")
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Fetch, cut, write."""
    member = "package/generated/api.github.com.json"
    with tempfile.TemporaryDirectory() as folder:
        rest = _fetch(REST, member, Path(folder))
        hooks = _fetch(WEBHOOKS, member, Path(folder))
    paths = {
        path: {verb: _without_prose(rest["paths"][path][verb]) for verb in verbs}
        for path, verbs in OPERATIONS.items()
    }
    _write(HERE / "github-openapi.json", cut(rest, paths, "paths"))
    webhooks = {name: hooks["webhooks"][name] for name in EVENTS}
    _write(HERE / "github-webhooks.json", cut(hooks, webhooks, "webhooks"))


def _without_prose(operation: dict[str, Any]) -> dict[str, Any]:
    kept = ("operationId", "parameters", "requestBody", "responses")
    return {key: operation[key] for key in kept if key in operation}


if __name__ == "__main__":
    main()
