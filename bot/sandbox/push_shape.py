"""GitHub's JSON of a push. Decides nothing.

https://docs.github.com/webhooks/webhook-events-and-payloads#push
"""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from .repository import person
from .state import Repo

NOWHERE: Final = "0" * 40
"""Where a branch stands before it is made."""
_MOST: Final = 2_048
_WORDS: Final = {"A": "added", "D": "removed"}


def push(url: str, repo: Repo, branch: str, before: str, login: str) -> dict[str, Any]:
    """A branch that stood at ``before`` and stands at its head now."""
    after = repo.git.head(branch)
    is_new = before == NOWHERE
    reach = after if is_new else f"{before}..{after}"
    shas = repo.git.fixed("rev-list", "--reverse", reach).split()
    commits = [_commit(url, repo, sha, login) for sha in islice(shas, _MOST)]
    return {
        "ref": f"refs/heads/{branch}",
        "before": before,
        "after": after,
        "base_ref": None,
        "created": is_new,
        "deleted": False,
        "forced": not is_new and not repo.git.is_ancestor(before, after),
        "compare": f"{url}/{repo.name}/compare/{before[:12]}...{after[:12]}",
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": login, "email": person(login).email},
    }


def _commit(url: str, repo: Repo, sha: str, login: str) -> dict[str, Any]:
    tree, date, message = repo.git.fixed("show", "-s", "--format=%T%x00%aI%x00%B", sha).split("\0")
    who = {"name": login, "email": person(login).email}
    paths: dict[str, list[str]] = {"added": [], "modified": [], "removed": []}
    names = iter(
        repo.git.fixed("show", "--format=", "--name-status", "--no-renames", "-z", sha).split("\0")
    )
    for status in filter(None, names):
        paths[_WORDS.get(status.strip()[0], "modified")].append(next(names))
    return {
        "id": sha,
        "tree_id": tree,
        "distinct": True,
        "message": message.strip(),
        "timestamp": date,
        "url": f"{url}/{repo.name}/commit/{sha}",
        "author": who,
        "committer": who,
        **paths,
    }
