"""GitHub's REST API of branches and of pull requests as a list. Paths and statuses."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, g, jsonify, request

from . import shapes
from .forge import Forge
from .limits import Refusal
from .repository import GitFailed
from .rest_shape import body, paged, repo_of
from .state import Repo

_PREFIX: Final = "/v3/repos/<owner>/<name>"


def add_branch_routes(api: Blueprint, forge: Forge) -> None:
    """New branches, and pull requests from them."""

    @api.post(f"{_PREFIX}/git/refs")
    def create_branch(owner: str, name: str) -> tuple[Response, int]:
        repo, wanted = repo_of(forge, owner, name), body()
        ref, sha = str(wanted.get("ref")), str(wanted.get("sha"))
        if not ref.startswith("refs/heads/") or not repo.git.has_commit(sha):
            raise Refusal(422, "Reference update failed")
        branch = ref.removeprefix("refs/heads/")
        if _has(repo, branch):
            raise Refusal(422, "Reference already exists")
        repo.git.branch(branch, sha)
        forge.world.record(g.caller.login, "branch", {"branch": branch})
        api_url = f"{forge.url}/api/v3/repos/{repo.name}/git"
        held = {"type": "commit", "sha": sha, "url": f"{api_url}/commits/{sha}"}
        shape = {"ref": ref, "node_id": "REF_1", "url": f"{api_url}/{ref}", "object": held}
        return jsonify(shape), 201

    @api.get(f"{_PREFIX}/pulls")
    def pulls(owner: str, name: str) -> Response:
        repo = repo_of(forge, owner, name)
        head = request.args.get("head", "").partition(":")[2]
        state, base = request.args.get("state", "open"), request.args.get("base")
        found = [
            one
            for one in repo.pulls.values()
            if (not head or one.head == head)
            and base in (None, one.base)
            and state in ("all", one.state)
        ]
        if request.args.get("sort") == "updated":
            found.sort(key=lambda one: (one.updated, one.number), reverse=True)
        return paged([shapes.listed_pull(forge.url, repo, one) for one in found])

    @api.post(f"{_PREFIX}/pulls")
    def create_pull(owner: str, name: str) -> tuple[Response, int]:
        repo, wanted = repo_of(forge, owner, name), body()
        head, base = str(wanted.get("head")), str(wanted.get("base"))
        if not (_has(repo, head) and _has(repo, base)):
            raise _refused("invalid")
        if repo.git.head(head) == repo.git.head(base):
            raise _refused(f"No commits between {base} and {head}")
        if any(one.head == head and one.base == base for one in repo.pulls.values()):
            raise _refused(f"A pull request already exists for {owner}:{head}.")
        forge.world.record(g.caller.login, "pull", {"head": head, "base": base})
        login, title = g.caller.login, str(wanted.get("title"))
        made = forge.open_pull(repo, base, head, title, login)
        return jsonify(shapes.pull(forge.url, repo, made)), 201


def _has(repo: Repo, branch: str) -> bool:
    try:
        return bool(repo.git.head(branch))
    except GitFailed:
        return False


def _refused(message: str) -> Refusal:
    where = {"resource": "PullRequest", "code": "custom"}
    return Refusal(422, "Validation Failed", [{**where, "message": message}])
