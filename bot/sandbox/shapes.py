"""GitHub's JSON shapes, from the sandbox's state. Decides nothing."""

from __future__ import annotations

from typing import Any

from .repo_shape import repository as repository
from .repo_shape import user as user
from .repository import Blob
from .state import APP_SLUG, BOT_LOGIN, CheckRun, InlineComment, IssueComment, Pull, Repo

INSTALLATION = 2
APP_ID = 1


def _side(url: str, repo: Repo, branch: str, sha: str) -> dict[str, Any]:
    owner = repo.name.split("/")[0]
    return {
        "label": f"{owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": user(url, owner),
        "repo": repository(url, repo),
    }


def pull(url: str, repo: Repo, one: Pull) -> dict[str, Any]:
    """A pull request."""
    api = f"{url}/api/v3/repos/{repo.name}"
    html = f"{url}/{repo.name}/pull/{one.number}"
    return {
        "id": one.number,
        "node_id": f"PR_{repo.id}_{one.number}",
        "number": one.number,
        "url": f"{api}/pulls/{one.number}",
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": f"{api}/issues/{one.number}",
        "commits_url": f"{api}/pulls/{one.number}/commits",
        "review_comments_url": f"{api}/pulls/{one.number}/comments",
        "review_comment_url": f"{api}/pulls/comments{{/number}}",
        "comments_url": f"{api}/issues/{one.number}/comments",
        "statuses_url": f"{api}/statuses/{one.head_sha}",
        "state": one.state,
        "locked": False,
        "active_lock_reason": None,
        "title": one.title,
        "user": user(url, one.author),
        "body": None,
        "labels": [],
        "milestone": None,
        "created_at": one.created,
        "updated_at": one.created,
        "closed_at": None,
        "merged_at": None,
        "merge_commit_sha": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "draft": one.is_draft,
        "head": _side(url, repo, one.head, one.head_sha),
        "base": _side(url, repo, one.base, repo.git.head(one.base)),
        "author_association": "CONTRIBUTOR",
        "auto_merge": None,
        "merged": False,
        "merged_by": None,
        "rebaseable": None,
        "_links": _links(api, html, one),
        "mergeable": None,
        "mergeable_state": "unknown",
        "maintainer_can_modify": False,
        "comments": len(one.conversation),
        "review_comments": len(one.inline),
        "commits": 1,
        "additions": 0,
        "deletions": 0,
        "changed_files": 0,
    }


def _links(api: str, html: str, one: Pull) -> dict[str, Any]:
    pull, issue = f"{api}/pulls/{one.number}", f"{api}/issues/{one.number}"
    targets = {
        "self": pull,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{pull}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{pull}/commits",
        "statuses": f"{api}/statuses/{one.head_sha}",
    }
    return {name: {"href": target} for name, target in targets.items()}


def installation(url: str, repo: Repo) -> dict[str, Any]:
    """The App's installation on a repository's owner."""
    owner = repo.name.split("/")[0]
    api = f"{url}/api/v3"
    return {
        "id": INSTALLATION,
        "account": user(url, owner),
        "app_id": APP_ID,
        "app_slug": APP_SLUG,
        "target_id": repo.id,
        "target_type": "Organization",
        "repository_selection": "selected",
        "permissions": {"checks": "write", "contents": "write", "pull_requests": "write"},
        "events": ["pull_request"],
        "access_tokens_url": f"{api}/app/installations/{INSTALLATION}/access_tokens",
        "repositories_url": f"{api}/installation/repositories",
        "html_url": f"{url}/settings/installations/{INSTALLATION}",
        "single_file_name": None,
        "suspended_at": None,
        "suspended_by": None,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }


def issue(url: str, repo: Repo, one: Pull) -> dict[str, Any]:
    """A pull request as its conversation sees it."""
    root = f"{url}/api/v3/repos/{repo.name}"
    api, html = f"{root}/issues/{one.number}", f"{url}/{repo.name}/pull/{one.number}"
    return {
        "id": one.number,
        "node_id": f"PR_{repo.id}_{one.number}",
        "number": one.number,
        "title": one.title,
        "body": None,
        "state": one.state,
        "locked": False,
        "active_lock_reason": None,
        "user": user(url, one.author),
        "assignee": None,
        "assignees": [],
        "labels": [],
        "milestone": None,
        "comments": len(one.conversation),
        "author_association": "CONTRIBUTOR",
        "created_at": one.created,
        "updated_at": one.created,
        "closed_at": None,
        "url": api,
        "repository_url": root,
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "html_url": html,
        "reactions": _reactions([], f"{api}/reactions"),
        "pull_request": {
            "url": f"{root}/pulls/{one.number}",
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": None,
        },
    }


def _reactions(given: list[tuple[str, str]], url: str) -> dict[str, Any]:
    kinds = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
    counts = {kind: sum(content == kind for _, content in given) for kind in kinds}
    return {"url": url, "total_count": len(given), **counts}


def comparison(url: str, repo: Repo, spec: str, merge_base: str) -> dict[str, Any]:
    """Two commits compared, as far as their merge base."""
    api = f"{url}/api/v3/repos/{repo.name}/compare/{spec}"
    html = f"{url}/{repo.name}/compare/{spec}"
    base = _commit(url, repo, merge_base)
    return {
        "url": api,
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": base,
        "merge_base_commit": base,
        "status": "ahead",
        "ahead_by": 0,
        "behind_by": 0,
        "total_commits": 0,
        "commits": [],
        "files": [],
    }


def _commit(url: str, repo: Repo, sha: str) -> dict[str, Any]:
    api = f"{url}/api/v3/repos/{repo.name}/commits/{sha}"
    name, email, date, tree, message = repo.git.text(
        "show", "-s", "--format=%an%x00%ae%x00%aI%x00%T%x00%s", sha
    ).split("\0")
    who = {"name": name, "email": email, "date": date}
    return {
        "sha": sha,
        "node_id": f"C_{sha}",
        "url": api,
        "html_url": f"{url}/{repo.name}/commit/{sha}",
        "comments_url": f"{api}/comments",
        "author": user(url, name),
        "committer": user(url, name),
        "parents": [],
        "commit": {
            "url": api,
            "author": who,
            "committer": who,
            "message": message,
            "comment_count": 0,
            "tree": {"sha": tree, "url": f"{url}/api/v3/repos/{repo.name}/git/trees/{tree}"},
        },
    }


def changed_file(
    url: str, repo: Repo, status: str, path: str, previous: str | None, patch: str | None, oid: str
) -> dict[str, Any]:
    """One entry of a pull request's files."""
    words = {"A": "added", "M": "modified", "D": "removed", "R": "renamed"}
    lines = (patch or "").split("\n")
    plus = sum(line.startswith("+") for line in lines)
    minus = sum(line.startswith("-") for line in lines)
    shape: dict[str, Any] = {
        "sha": oid,
        "filename": path,
        "status": words.get(status, "changed"),
        "additions": plus,
        "deletions": minus,
        "changes": plus + minus,
        "blob_url": f"{url}/{repo.name}/blob/{oid}/{path}",
        "raw_url": f"{url}/{repo.name}/raw/{oid}/{path}",
        "contents_url": f"{url}/api/v3/repos/{repo.name}/contents/{path}",
    }
    if patch is not None:
        shape["patch"] = patch
    if previous is not None:
        shape["previous_filename"] = previous
    return shape


def tree(url: str, repo: Repo, sha: str, blobs: tuple[Blob, ...]) -> dict[str, Any]:
    """A recursive tree."""
    api = f"{url}/api/v3/repos/{repo.name}/git"
    return {
        "sha": sha,
        "url": f"{api}/trees/{sha}",
        "truncated": False,
        "tree": [
            {
                "path": blob.path,
                "mode": blob.mode,
                "type": "commit" if blob.mode == "160000" else "blob",
                "sha": blob.oid,
                "size": blob.size,
                "url": f"{api}/blobs/{blob.oid}",
            }
            for blob in blobs
        ],
    }


def inline_comment(url: str, repo: Repo, one: Pull, comment: InlineComment) -> dict[str, Any]:
    """A review comment."""
    api = f"{url}/api/v3/repos/{repo.name}/pulls"
    html = f"{url}/{repo.name}/pull/{one.number}#r{comment.id}"
    shape: dict[str, Any] = {
        "id": comment.id,
        "node_id": f"PRRC_{comment.id}",
        "url": f"{api}/comments/{comment.id}",
        "html_url": html,
        "pull_request_url": f"{api}/{one.number}",
        "pull_request_review_id": comment.review,
        "diff_hunk": "",
        "path": comment.path,
        "commit_id": one.head_sha,
        "original_commit_id": comment.commit,
        "user": user(url, comment.author),
        "body": comment.body,
        "created_at": comment.created,
        "updated_at": comment.created,
        "author_association": "NONE" if comment.author == BOT_LOGIN else "MEMBER",
        "line": None if comment.is_outdated else comment.line,
        "original_line": comment.original_line,
        "start_line": None if comment.is_outdated else comment.start_line,
        "original_start_line": comment.original_start_line,
        "side": "RIGHT",
        "start_side": "RIGHT" if comment.original_start_line else None,
        "subject_type": "line",
        "position": None if comment.is_outdated else 1,
        "original_position": 1,
        "reactions": _reactions(comment.reactions, f"{api}/comments/{comment.id}/reactions"),
        "_links": {
            "self": {"href": f"{api}/comments/{comment.id}"},
            "html": {"href": html},
            "pull_request": {"href": f"{api}/{one.number}"},
        },
    }
    if comment.reply_to is not None:
        shape["in_reply_to_id"] = comment.reply_to
    return shape


def issue_comment(url: str, repo: Repo, one: Pull, comment: IssueComment) -> dict[str, Any]:
    """A comment in the conversation."""
    api = f"{url}/api/v3/repos/{repo.name}/issues"
    return {
        "id": comment.id,
        "node_id": f"IC_{comment.id}",
        "url": f"{api}/comments/{comment.id}",
        "html_url": f"{url}/{repo.name}/pull/{one.number}#issuecomment-{comment.id}",
        "issue_url": f"{api}/{one.number}",
        "user": user(url, comment.author),
        "body": comment.body,
        "created_at": comment.created,
        "updated_at": comment.created,
        "author_association": "NONE" if comment.author == BOT_LOGIN else "MEMBER",
        "performed_via_github_app": None,
        "reactions": _reactions(comment.reactions, f"{api}/comments/{comment.id}/reactions"),
    }


def check_run(url: str, repo: Repo, check: CheckRun) -> dict[str, Any]:
    """A check run."""
    api = f"{url}/api/v3/repos/{repo.name}/check-runs/{check.id}"
    return {
        "id": check.id,
        "node_id": f"CR_{check.id}",
        "name": check.name,
        "head_sha": check.head,
        "external_id": check.external_id,
        "url": api,
        "html_url": f"{url}/{repo.name}/runs/{check.id}",
        "details_url": check.details_url or f"{url}/{repo.name}/runs/{check.id}",
        "status": check.status,
        "conclusion": check.conclusion,
        "started_at": check.started,
        "completed_at": check.completed,
        "output": {
            "title": check.output.get("title"),
            "summary": check.output.get("summary"),
            "text": check.output.get("text"),
            "annotations_count": len(check.annotations),
            "annotations_url": f"{api}/annotations",
        },
        "check_suite": {"id": repo.id},
        "app": app(url),
        "pull_requests": [],
    }


def app(url: str) -> dict[str, Any]:
    """The App that the bot is."""
    owner = user(url, "lockstitch-owner")
    return {
        "id": APP_ID,
        "slug": APP_SLUG,
        "node_id": "A_1",
        "owner": owner,
        "name": "Lockstitch",
        "description": None,
        "external_url": url,
        "html_url": f"{url}/apps/{APP_SLUG}",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "permissions": {"checks": "write", "contents": "write", "pull_requests": "write"},
        "events": ["pull_request", "issue_comment", "pull_request_review_comment", "check_run"],
    }
