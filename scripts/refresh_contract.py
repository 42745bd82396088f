"""Cuts the vendored part of GitHub's published descriptions anew and says what changed.

Needs npm, which brings the three packages (MIT). Run it as ``make refresh-contract``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import (
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from scripts.contract_changes import document_changes, text_changes

Changes = Callable[[str, str], Iterable[str]]
ROOT = Path(__file__).parents[1]
HERE = ROOT / "tests" / "contract"
SCHEMA = ROOT / "bot" / "sandbox" / "github.graphql"
REST = "@octokit/openapi@23.0.2"
WEBHOOKS = "@octokit/openapi-webhooks@12.1.0"
GRAPHQL = "@octokit/graphql-schema@15.26.1"
EXAMPLES = "@octokit/webhooks-examples@7.6.1"
SHOWN = (
    "check_run",
    "check_suite",
    "installation",
    "installation_repositories",
    "installation_target",
    "issue_comment",
    "merge_group",
    "ping",
    "pull_request",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "repository",
)
"""The events whose published examples are kept."""
OPERATIONS = {
    "/app": ["get"],
    "/app-manifests/{code}/conversions": ["post"],
    "/app/hook/config": ["get"],
    "/app/hook/deliveries": ["get"],
    "/app/hook/deliveries/{delivery_id}/attempts": ["post"],
    "/app/installations": ["get"],
    "/app/installations/{installation_id}/access_tokens": ["post"],
    "/installation/repositories": ["get"],
    "/rate_limit": ["get"],
    "/repos/{owner}/{repo}": ["get"],
    "/repos/{owner}/{repo}/branches/{branch}": ["get"],
    "/repos/{owner}/{repo}/check-runs": ["post"],
    "/repos/{owner}/{repo}/check-runs/{check_run_id}": ["get", "patch"],
    "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations": ["get"],
    "/repos/{owner}/{repo}/collaborators/{username}/permission": ["get"],
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ["get"],
    "/repos/{owner}/{repo}/commits/{ref}/check-runs": ["get"],
    "/repos/{owner}/{repo}/commits/{ref}/status": ["get"],
    "/repos/{owner}/{repo}/compare/{basehead}": ["get"],
    "/repos/{owner}/{repo}/git/blobs/{file_sha}": ["get"],
    "/repos/{owner}/{repo}/git/refs": ["post"],
    "/repos/{owner}/{repo}/git/trees/{tree_sha}": ["get"],
    "/repos/{owner}/{repo}/installation": ["get"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ["patch"],
    "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions": ["post"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
    "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions": ["post"],
    "/repos/{owner}/{repo}/pulls": ["get", "post"],
    "/repos/{owner}/{repo}/pulls/{pull_number}": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/comments": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies": ["post"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/files": ["get"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews": ["get", "post"],
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments": ["get"],
    "/repos/{owner}/{repo}/rules/branches/{branch}": ["get"],
    "/repos/{owner}/{repo}/statuses/{sha}": ["post"],
    "/user": ["get"],
}
"""Every REST operation the bot may use; one that is not here fails the tests."""

EVENTS = (
    "check-run-completed",
    "check-run-created",
    "check-run-requested-action",
    "check-run-rerequested",
    "check-suite-rerequested",
    "issue-comment-created",
    "issue-comment-edited",
    "installation-created",
    "installation-deleted",
    "installation-new-permissions-accepted",
    "installation-repositories-added",
    "installation-repositories-removed",
    "installation-suspend",
    "installation-target-renamed",
    "installation-unsuspend",
    "merge-group-checks-requested",
    "merge-group-destroyed",
    "ping",
    "pull-request-closed",
    "pull-request-converted-to-draft",
    "pull-request-edited",
    "pull-request-opened",
    "pull-request-ready-for-review",
    "pull-request-reopened",
    "pull-request-review-comment-created",
    "pull-request-review-thread-resolved",
    "pull-request-review-thread-unresolved",
    "pull-request-synchronize",
    "push",
    "repository-archived",
    "repository-deleted",
    "repository-renamed",
    "repository-transferred",
    "repository-unarchived",
)
"""Every webhook the sandbox sends."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "AddPullRequestReviewThreadReplyPayload": ("comment",),
    "Actor": ("login",),
    "Blob": ("byteSize", "isBinary", "isTruncated", "oid", "text"),
    "Bot": ("login",),
    "Commit": ("oid", "url"),
    "CreateCommitOnBranchPayload": ("commit",),
    "GitObject": ("oid",),
    "IssueComment": ("body", "databaseId", "viewerDidAuthor"),
    "IssueCommentConnection": ("nodes", "pageInfo", "totalCount"),
    "Mutation": (
        "addPullRequestReviewThreadReply",
        "createCommitOnBranch",
        "resolveReviewThread",
        "unresolveReviewThread",
    ),
    "PageInfo": ("endCursor", "hasNextPage"),
    "PullRequest": ("comments", "headRefOid", "number", "repository", "reviewThreads"),
    "PullRequestReviewComment": ("body", "databaseId", "id", "viewerDidAuthor"),
    "PullRequestReviewCommentConnection": ("nodes", "pageInfo", "totalCount"),
    "PullRequestReviewThread": ("comments", "id", "isResolved", "path"),
    "PullRequestReviewThreadConnection": ("nodes", "pageInfo", "totalCount"),
    "Query": ("repository", "search", "viewer"),
    "Repository": ("nameWithOwner", "object", "pullRequest"),
    "ResolveReviewThreadPayload": ("thread",),
    "SearchResultItem": (),
    "SearchResultItemConnection": ("issueCount", "nodes", "pageInfo"),
    "UnresolveReviewThreadPayload": ("thread",),
    "User": ("login",),
}
"""Every GraphQL field the bot may ask for; what its arguments need comes along."""

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


def cut_schema(text: str) -> str:
    """The fields of ``FIELDS`` with everything that they lead to, without prose."""
    known = {
        definition.name.value: definition
        for definition in parse(text, no_location=True).definitions
        if hasattr(definition, "name")
    }
    pending: list[str] = list(FIELDS)
    kept: dict[str, str] = {}
    while pending:
        name = pending.pop()
        if name in kept or name not in known:
            continue
        narrow = _narrowed(known[name])
        kept[name] = print_ast(narrow)
        pending += _names(narrow)
    order = sorted(kept, key=lambda name: (name not in ("Query", "Mutation"), name))
    head = f"# Cut from {GRAPHQL} (MIT) by make refresh-contract; do not edit.\n"
    return "\n\n".join([head.rstrip(), *(kept[name] for name in order)]) + "\n"


def _narrowed(definition: Any) -> Any:
    """A definition without prose, directives, and the fields that are not wanted."""
    plain = visit(definition, _Plain())
    if isinstance(plain, UnionTypeDefinitionNode):
        return replace(
            plain, types=tuple(one for one in plain.types or () if one.name.value in FIELDS)
        )
    if not isinstance(plain, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        return plain
    wanted = FIELDS[plain.name.value]
    fields = tuple(field for field in plain.fields or () if field.name.value in wanted)
    if len(fields) < len(wanted):
        raise LookupError(f"{plain.name.value} has lost one of {', '.join(wanted)}")
    interfaces = tuple(one for one in plain.interfaces or () if one.name.value in FIELDS)
    return replace(plain, fields=fields, interfaces=interfaces)


class _Plain(Visitor):
    """Takes descriptions and directives away."""

    def leave(self, node: Any, *_: Any) -> Any:
        held = [name for name in ("description", "directives") if getattr(node, name, None)]
        return replace(node, **dict.fromkeys(held)) if held else None


class _Names(Visitor):
    """Keeps the names of all types that are spoken of."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> None:
        self.found.append(node.name.value)


def _names(definition: Any) -> list[str]:
    names = _Names()
    visit(definition, names)
    return names.found


def _member(package: str, member: str, scratch: Path) -> str:
    """A file of an npm package."""
    if "--newest" in sys.argv[1:]:
        package = package.rpartition("@")[0]
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
        return held.read().decode()


def _write(path: Path, text: str, changes: Changes) -> None:
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    sys.stdout.write(f"{path.name}: {'unchanged' if old == text else 'changed'}\n")
    sys.stdout.writelines(f"  {line}\n" for line in changes(old, text))
    path.write_text(text, encoding="utf-8")


def _examples(published: list[dict[str, Any]]) -> str:
    """One payload a line, without links and node ids, which nobody reads."""
    kept = [
        {"event": one["name"], "payload": _unlinked(payload)}
        for one in published
        if one["name"] in SHOWN
        for payload in one["examples"]
    ]
    return "".join(json.dumps(one, separators=(",", ":"), sort_keys=True) + "\n" for one in kept)


def _unlinked(node: Any) -> Any:
    if isinstance(node, list):
        return [_unlinked(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: _unlinked(value) for key, value in node.items() if not _is_link(key)}


def _is_link(key: str) -> bool:
    return key.endswith("url") or key in ("_links", "node_id", "reactions")


def _compact(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n"


def main() -> None:
    """Fetch, cut, write, and say what changed; ``--newest`` takes what is published now."""
    member, listed = "package/generated/api.github.com.json", "package/api.github.com/index.json"
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        rest = json.loads(_member(REST, member, scratch))
        hooks = json.loads(_member(WEBHOOKS, member, scratch))
        schema = _member(GRAPHQL, "package/schema.graphql", scratch)
        examples = json.loads(_member(EXAMPLES, listed, scratch))
    paths = {
        path: {verb: _without_prose(rest["paths"][path][verb]) for verb in verbs}
        for path, verbs in OPERATIONS.items()
    }
    documents = document_changes
    _write(HERE / "github-openapi.json", _compact(cut(rest, paths, "paths")), documents)
    webhooks = {name: hooks["webhooks"][name] for name in EVENTS}
    _write(HERE / "github-webhooks.json", _compact(cut(hooks, webhooks, "webhooks")), documents)
    _write(SCHEMA, cut_schema(schema), text_changes)
    _write(HERE / "examples.jsonl", _examples(examples), lambda *_: ())


def _without_prose(operation: dict[str, Any]) -> dict[str, Any]:
    kept = ("operationId", "parameters", "requestBody", "responses")
    return {key: operation[key] for key in kept if key in operation}


if __name__ == "__main__":
    main()
