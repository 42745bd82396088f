"""Files, commits and statuses of the GitLab-shaped API."""

from __future__ import annotations

import base64
from typing import Any, Final
from urllib.parse import urlencode

from flask import jsonify, request

from . import gitlab_shapes as shapes
from .gitlab_router import Route
from .gitlab_rules import LEVELS
from .gitlab_scope import Scope
from .limits import Refusal
from .repository import GitFailed

_ROOT: Final = "/projects/:id/repository"
_WRITE: Final = LEVELS["write"]
_TYPES: Final = {"040000": "tree", "160000": "commit"}
_MAX_PAGE: Final = 100


def tree(scope: Scope) -> Any:
    """Entries of a commit. GitLab gives no sizes, and goes on from a token."""
    flags = ("-r", "-t") if scope.query.get("recursive") == "true" else ()
    try:
        held = scope.repo.git.entries(scope.query.get("ref", "main"), *flags)
    except GitFailed as error:
        raise Refusal(404, "404 Tree Not Found") from error
    size = min(int(scope.query.get("per_page", 20)), _MAX_PAGE)
    start = int(scope.query.get("page_token", 0))
    shown = [
        {
            "id": one.oid,
            "name": one.path.rpartition("/")[2],
            "type": _TYPES.get(one.mode, "blob"),
            "path": one.path,
            "mode": one.mode,
        }
        for one in held[start : start + size]
    ]
    response = jsonify(shown)
    if start + size < len(held):
        following = urlencode({**scope.query, "page_token": start + size})
        response.headers["Link"] = f'<{request.base_url}?{following}>; rel="next"'
    return response


def blob(scope: Scope) -> Any:
    """A blob's contents."""
    try:
        data = scope.repo.git.blob(scope.named["sha"])
    except GitFailed as error:
        raise Refusal(404, "404 Blob Not Found") from error
    content = base64.b64encode(data).decode()
    return {"size": len(data), "encoding": "base64", "content": content, "sha": scope.named["sha"]}


def branch(scope: Scope) -> Any:
    """A branch with its commit."""
    try:
        head = scope.repo.git.head(scope.named["branch"])
    except GitFailed as error:
        raise Refusal(404, "404 Branch Not Found") from error
    commit = shapes.commit(scope.forge, scope.repo, head)
    return {"name": scope.named["branch"], "commit": commit, "protected": False, "can_push": True}


def file(scope: Scope) -> Any:
    """A file, and which commit touched it last."""
    git, path = scope.repo.git, scope.named["file_path"]
    try:
        data = git.file(scope.query["ref"], path)
        commit = git.commit_id(scope.query["ref"])
    except GitFailed as error:
        raise Refusal(404, "404 File Not Found") from error
    return {
        "file_name": path.rpartition("/")[2],
        "file_path": path,
        "size": len(data),
        "encoding": "base64",
        "content": base64.b64encode(data).decode(),
        "ref": scope.query["ref"],
        "blob_id": git.text("rev-parse", f"{commit}:{path}"),
        "commit_id": commit,
        "last_commit_id": git.last_commit(commit, path),
    }


def compare(scope: Scope) -> Any:
    """Commits that one has and the other has not, oldest first."""
    git, query = scope.repo.git, scope.query
    try:
        known = git.text("rev-list", "--reverse", f"{query['from']}..{query['to']}").split()
    except GitFailed as error:
        raise Refusal(404, "404 Ref Not Found") from error
    commits = [shapes.commit(scope.forge, scope.repo, sha) for sha in known]
    return {"commit": commits[-1] if commits else None, "commits": commits, "diffs": []}


def commit(scope: Scope) -> Any:
    """One commit of several files, on a branch or on a new one from ``start_sha``."""
    scope.needs("branch", "commit_message", "actions")
    forge, repo, body = scope.forge, scope.repo, scope.body
    is_there = _has_branch(scope, body["branch"])
    if not forge.may_push(repo, scope.login, body["branch"]):
        raise Refusal(403, "403 Forbidden - You are not allowed to push into this branch")
    if body.get("start_sha") is not None:
        if is_there:
            said = f"A branch called '{body['branch']}' already exists."
            raise Refusal(400, f"{said} Switch to that branch in order to make changes")
        repo.git.branch(body["branch"], body["start_sha"])
    elif not is_there:
        raise Refusal(400, "You can only create or edit files when you are on a branch")
    sha = forge.commit_actions(
        repo, scope.login, body["branch"], body["commit_message"], body["actions"]
    )
    return shapes.commit(forge, repo, sha)


def _has_branch(scope: Scope, name: str) -> bool:
    try:
        scope.repo.git.head(name)
    except GitFailed:
        return False
    return True


def statuses(scope: Scope) -> Any:
    """Statuses of a commit: of each name and pipeline the newest."""
    held = scope.forge.extras(scope.repo).statuses
    mine = [one for one in held if one.sha == scope.named["sha"]]
    name = scope.query.get("name")
    newest = {(one.name, one.pipeline): one for one in mine if name in (None, one.name)}
    return [shapes.status(scope.forge, one) for one in newest.values()]


def set_status(scope: Scope) -> Any:
    """A status is made, or goes on."""
    scope.needs("state")
    sha = scope.named["sha"]
    if not scope.repo.git.has_commit(sha):
        raise Refusal(404, "404 Commit Not Found")
    made = scope.forge.set_status(scope.repo, scope.login, sha, scope.body)
    return shapes.status(scope.forge, made)


def merge_requests(scope: Scope) -> Any:
    """Merge requests that a commit is in."""
    repo, sha = scope.repo, scope.named["sha"]
    return [
        shapes.merge_request(scope.forge, repo, pull)
        for pull in repo.pulls.values()
        if repo.git.has_commit(sha) and repo.git.is_ancestor(sha, pull.head_sha)
    ]


REPOSITORY: Final = (
    Route("GET", f"{_ROOT}/tree", tree),
    Route("GET", f"{_ROOT}/blobs/:sha", blob),
    Route("GET", f"{_ROOT}/branches/:branch", branch),
    Route("GET", f"{_ROOT}/files/:file_path", file),
    Route("GET", f"{_ROOT}/compare", compare),
    Route("POST", f"{_ROOT}/commits", commit),
    Route("GET", f"{_ROOT}/commits/:sha/statuses", statuses),
    Route("POST", "/projects/:id/statuses/:sha", set_status, _WRITE),
    Route("GET", f"{_ROOT}/commits/:sha/merge_requests", merge_requests),
)
