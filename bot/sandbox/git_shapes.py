"""GitHub's JSON of commits, trees and diffs. Decides nothing."""

from __future__ import annotations

from typing import Any, Final

from .repo_shape import user
from .repository import Blob, FileChange
from .state import Repo

_WORDS: Final = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "T": "changed"}


def comparison(url: str, repo: Repo, base: str, head: str) -> dict[str, Any]:
    """Two commits compared; ``commits`` is still whole."""
    spec = f"{base}...{head}"
    api, html = f"{url}/api/v3/repos/{repo.name}", f"{url}/{repo.name}/compare/{spec}"
    merge_base = repo.git.merge_base(base, head)
    root, tip = repo.git.commit_id(base), repo.git.commit_id(head)
    shas = repo.git.fixed("rev-list", "--reverse", f"{merge_base}..{tip}").split()
    behind = repo.git.count(merge_base, root)
    status = ("diverged" if behind else "ahead") if shas else ("behind" if behind else "identical")
    return {
        "url": f"{api}/compare/{spec}",
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit(url, repo, root),
        "merge_base_commit": commit(url, repo, merge_base),
        "status": status,
        "ahead_by": len(shas),
        "behind_by": behind,
        "total_commits": len(shas),
        "commits": [commit(url, repo, sha) for sha in shas],
        "files": [changed_file(url, repo, one) for one in repo.git.changes(merge_base, tip)[:300]],
    }


def commit(url: str, repo: Repo, sha: str) -> dict[str, Any]:
    """A commit."""
    _, parents, author, email, date, tree_sha, message = repo.git.fixed(
        "show", "-s", "--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%T%x00%B", sha
    ).split("\0")
    api = f"{url}/api/v3/repos/{repo.name}/commits"
    who = {"name": author, "email": email, "date": date}
    return {
        "sha": sha,
        "node_id": f"C_{sha}",
        "url": f"{api}/{sha}",
        "html_url": f"{url}/{repo.name}/commit/{sha}",
        "comments_url": f"{api}/{sha}/comments",
        "author": user(url, author),
        "committer": user(url, author),
        "parents": [{"sha": one, "url": f"{api}/{one}"} for one in parents.split()],
        "commit": {
            "url": f"{api}/{sha}",
            "author": who,
            "committer": who,
            "message": message,
            "comment_count": 0,
            "tree": {
                "sha": tree_sha,
                "url": f"{url}/api/v3/repos/{repo.name}/git/trees/{tree_sha}",
            },
        },
    }


def changed_file(url: str, repo: Repo, change: FileChange) -> dict[str, Any]:
    """One entry of a pull request's files."""
    plus, minus = change.count("+"), change.count("-")
    shape: dict[str, Any] = {
        "sha": change.oid,
        "filename": change.path,
        "status": _WORDS.get(change.status, "changed"),
        "additions": plus,
        "deletions": minus,
        "changes": plus + minus,
        "blob_url": f"{url}/{repo.name}/blob/{change.oid}/{change.path}",
        "raw_url": f"{url}/{repo.name}/raw/{change.oid}/{change.path}",
        "contents_url": f"{url}/api/v3/repos/{repo.name}/contents/{change.path}",
    }
    if change.patch is not None:
        shape["patch"] = change.patch
    if change.previous is not None:
        shape["previous_filename"] = change.previous
    return shape


def tree(
    url: str, repo: Repo, sha: str, blobs: tuple[Blob, ...], *, is_truncated: bool
) -> dict[str, Any]:
    """A tree, recursive or not."""
    api = f"{url}/api/v3/repos/{repo.name}/git"
    kinds = {"160000": "commit", "040000": "tree"}
    entries = []
    for blob in blobs:
        kind = kinds.get(blob.mode, "blob")
        entry: dict[str, Any] = {
            "path": blob.path,
            "mode": blob.mode,
            "type": kind,
            "sha": blob.oid,
        }
        if kind == "blob":
            entry |= {"size": blob.size, "url": f"{api}/blobs/{blob.oid}"}
        elif kind == "tree":
            entry |= {"url": f"{api}/trees/{blob.oid}"}
        entries.append(entry)
    return {"sha": sha, "url": f"{api}/trees/{sha}", "truncated": is_truncated, "tree": entries}
