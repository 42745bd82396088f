"""GitHub's JSON shapes, from the sandbox's state. Decides nothing."""

from __future__ import annotations

import hashlib
from typing import Any

from .repository import Blob
from .state import APP_SLUG, BOT_LOGIN, CheckRun, InlineComment, IssueComment, Pull, Repo

INSTALLATION = 2
APP_ID = 1


def user(url: str, login: str) -> dict[str, Any]:
    """A simple user; the App's own login is a bot."""
    number = int(hashlib.sha256(login.encode()).hexdigest()[:6], 16)
    api = f"{url}/api/v3/users/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": f"U_{number}",
        "avatar_url": f"{url}/avatars/{number}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{url}/{login}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": "Bot" if login == BOT_LOGIN else "User",
        "site_admin": False,
        "user_view_type": "public",
    }


def repository(url: str, repo: Repo) -> dict[str, Any]:
    """A repository, with the fields that clients of this product read."""
    owner, name = repo.name.split("/")
    return {
        "id": repo.id,
        "node_id": f"R_{repo.id}",
        "name": name,
        "full_name": repo.name,
        "private": True,
        "owner": user(url, owner),
        "html_url": f"{url}/{repo.name}",
        "description": None,
        "fork": False,
        "url": f"{url}/api/v3/repos/{repo.name}",
        "default_branch": "main",
        "archived": False,
        "disabled": False,
        "visibility": "private",
        "has_issues": True,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": False,
        "has_discussions": False,
        "permissions": {"admin": False, "push": True, "pull": True},
    }


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
        "details_url": check.details_url,
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
