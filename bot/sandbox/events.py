"""What else happens on GitHub: bases change, queues form, repositories are archived, forks go away.

Each changes the forge's state as the vendor does, and sends what the vendor sends.
"""

from __future__ import annotations

from typing import Any

from . import shapes
from .forge import Forge
from .repository import person
from .state import Pull, Repo, now


def change_base(forge: Forge, repo: Repo, pull: Pull, base: str, login: str) -> None:
    """Another branch is to receive the pull request."""
    with forge.world.lock:
        before = {"ref": {"from": pull.base}, "sha": {"from": repo.git.head(pull.base)}}
        pull.base = base
        forge.tell(repo, pull, "edited", login, {"changes": {"base": before}})


def make_draft(forge: Forge, repo: Repo, pull: Pull, login: str) -> None:
    """The author takes a pull request back from review."""
    with forge.world.lock:
        pull.is_draft = True
        forge.tell(repo, pull, "converted_to_draft", login)


def queue(forge: Forge, repo: Repo, pull: Pull, login: str) -> str:
    """*Merge when ready*: a commit on a branch of the queue, which waits for its checks; its SHA.

    https://docs.github.com/webhooks/webhook-events-and-payloads#merge_group
    """
    with forge.world.lock:
        git, base = repo.git, repo.git.head(pull.base)
        tree = git.text("merge-tree", "--write-tree", base, pull.head_sha)
        message = f"Merge pull request #{pull.number}"
        who = {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", login), ("EMAIL", person(login).email))
        }
        parents = ("-p", base, "-p", pull.head_sha)
        made = git.git("commit-tree", tree, *parents, stdin=message.encode(), extra=who)
        sha = made.decode().strip()
        branch = f"gh-readonly-queue/{pull.base}/pr-{pull.number}-{base}"
        git.branch(branch, sha)
        group = {
            "head_sha": sha,
            "head_ref": f"refs/heads/{branch}",
            "base_sha": base,
            "base_ref": f"refs/heads/{pull.base}",
            "head_commit": _commit(sha, git.text("rev-parse", f"{sha}^{{tree}}"), message, login),
        }
        forge.emit("merge_group", repo, login, {"action": "checks_requested", "merge_group": group})
        return sha


def _commit(sha: str, tree: str, message: str, login: str) -> dict[str, Any]:
    who = {"name": login, "email": person(login).email}
    stamp = "2026-01-01T00:00:00Z"
    said = {"id": sha, "tree_id": tree, "message": message, "timestamp": stamp}
    return {**said, "author": who, "committer": who}


def rerun_all(forge: Forge, repo: Repo, head: str, login: str) -> None:
    """*Re-run all checks* of a commit."""
    with forge.world.lock:
        payload = {"action": "rerequested", "check_suite": _suite(forge, repo, head, login)}
        forge.emit("check_suite", repo, login, payload)


def _suite(forge: Forge, repo: Repo, head: str, login: str) -> dict[str, Any]:
    api = f"{forge.url}/api/v3/repos/{repo.name}/check-suites/1"
    tree = repo.git.text("rev-parse", f"{head}^{{tree}}")
    return {
        "id": 1,
        "node_id": "CS_1",
        "url": api,
        "check_runs_url": f"{api}/check-runs",
        "head_branch": _branch_at(repo, head),
        "head_sha": head,
        "status": "completed",
        "conclusion": "failure",
        "before": None,
        "after": head,
        "pull_requests": [],
        # The description of this event does not list the queue's among those of an App.
        "app": {**shapes.app(forge.url), "events": ["pull_request", "check_run"]},
        "latest_check_runs_count": 1,
        "created_at": now(),
        "updated_at": now(),
        "head_commit": _commit(head, tree, "A change", login),
    }


def _branch_at(repo: Repo, head: str) -> str | None:
    """GitHub knows a suite's branch; of forks it does not."""
    found = repo.git.text("for-each-ref", f"--points-at={head}", "--format=%(refname)")
    names = [one.removeprefix("refs/heads/") for one in found.split()]
    return next(iter(names), None)


def archive(forge: Forge, repo: Repo) -> None:
    """From now on nothing can be written."""
    with forge.world.lock:
        repo.is_archived = True


def delete_fork(forge: Forge, fork: Repo) -> None:
    """The fork is gone; what was proposed from it stays where it was proposed."""
    with forge.world.lock:
        fork.is_deleted = True
        del forge.world.repos[fork.name]
