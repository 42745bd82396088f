"""GitHub's JSON shapes, from the sandbox's state. Decides nothing."""

from __future__ import annotations

from typing import Any

from .repo_shape import own_user as own_user
from .repo_shape import repository as repository
from .repo_shape import user as user
from .state import APP_ID as APP_ID
from .state import (
    APP_SLUG,
    BOT_LOGIN,
    EVENTS,
    CheckRun,
    InlineComment,
    IssueComment,
    Pull,
    Registration,
    Repo,
    SubmittedReview,
)

INSTALLATION = 2


def _side(url: str, repo: Repo, branch: str, sha: str) -> dict[str, Any]:
    owner = repo.name.split("/")[0]
    return {
        "label": f"{owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": user(url, owner),
        "repo": repository(url, repo),
    }


def _head(url: str, repo: Repo, one: Pull) -> dict[str, Any]:
    """The source; of a fork that is gone only the commit is left."""
    side = _side(url, one.source or repo, one.head, one.head_sha)
    return side if one.source_is_there else {**side, "repo": None}


def pull(url: str, repo: Repo, one: Pull) -> dict[str, Any]:
    """A pull request."""
    api = f"{url}/api/v3/repos/{repo.name}"
    html = f"{url}/{repo.name}/pull/{one.number}"
    base = repo.git.merge_base(repo.base_of(one), one.head_sha)
    changes = repo.git.changes(base, one.head_sha)
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
        "closed_at": one.closed,
        "merged_at": one.merged,
        "merge_commit_sha": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "draft": one.is_draft,
        "head": _head(url, repo, one),
        "base": _side(url, repo, one.base, repo.base_of(one)),
        "author_association": "CONTRIBUTOR",
        "auto_merge": None,
        "merged": one.merged is not None,
        "merged_by": user(url, one.author) if one.merged else None,
        "rebaseable": None,
        "_links": _links(api, html, one),
        "mergeable": None,
        "mergeable_state": "unknown",
        "maintainer_can_modify": one.maintainers_may_edit,
        "comments": len(one.conversation),
        "review_comments": len(one.inline),
        "commits": repo.git.count(base, one.head_sha),
        "additions": sum(change.count("+") for change in changes),
        "deletions": sum(change.count("-") for change in changes),
        "changed_files": len(changes),
    }


def listed_pull(url: str, repo: Repo, one: Pull) -> dict[str, Any]:
    """A pull request as a list holds it."""
    left_out = ("merged", "merged_by", "rebaseable", "mergeable", "mergeable_state")
    counted = ("comments", "review_comments", "commits", "additions", "deletions")
    more = (*left_out, *counted, "changed_files", "maintainer_can_modify")
    return {key: value for key, value in pull(url, repo, one).items() if key not in more}


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


def installation(url: str, repo: Repo, set_up: Registration | None = None) -> dict[str, Any]:
    """The App's installation on a repository's owner."""
    owner, held = repo.name.split("/")[0], set_up or Registration()
    stamp = "2026-01-01T00:00:00Z"
    api = f"{url}/api/v3"
    return {
        "id": INSTALLATION,
        "account": user(url, owner),
        "app_id": APP_ID,
        "app_slug": APP_SLUG,
        "target_id": repo.id,
        "target_type": "Organization",
        "repository_selection": "selected",
        "permissions": held.granted or held.permissions,
        "events": held.events,
        "access_tokens_url": f"{api}/app/installations/{INSTALLATION}/access_tokens",
        "repositories_url": f"{api}/installation/repositories",
        "html_url": f"{url}/settings/installations/{INSTALLATION}",
        "single_file_name": None,
        "suspended_at": stamp if held.is_suspended else None,
        "suspended_by": user(url, owner) if held.is_suspended else None,
        "created_at": stamp,
        "updated_at": stamp,
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
        "closed_at": one.closed,
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
        "diff_hunk": comment.diff_hunk,
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
        "updated_at": comment.updated,
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
        "app": {**app(url), "id": check.app_id},
        "pull_requests": [
            _named(url, repo, one)
            for one in repo.pulls.values()
            if one.head_sha == check.head and one.state == "open" and one.source is None
        ],
    }


def _named(url: str, repo: Repo, one: Pull) -> dict[str, Any]:
    """A pull request as a check run names it; those of forks it never names."""
    api = f"{url}/api/v3/repos/{repo.name}"
    where = {"id": repo.id, "url": api, "name": repo.name.split("/")[1]}
    return {
        "id": one.number,
        "number": one.number,
        "url": f"{api}/pulls/{one.number}",
        "head": {"ref": one.head, "sha": one.head_sha, "repo": where},
        "base": {"ref": one.base, "sha": repo.base_of(one), "repo": where},
    }


def annotation(url: str, repo: Repo, check: CheckRun, one: dict[str, Any]) -> dict[str, Any]:
    """An annotation of a check run."""
    given = ("path", "start_line", "end_line", "annotation_level", "message")
    asked = ("start_column", "end_column", "title", "raw_details")
    return {
        **{name: one[name] for name in given},
        **{name: one.get(name) for name in asked},
        "blob_href": f"{url}/{repo.name}/blob/{check.head}/{one['path']}",
    }


def review(url: str, repo: Repo, one: Pull, made: SubmittedReview) -> dict[str, Any]:
    """A submitted review."""
    pull_url = f"{url}/api/v3/repos/{repo.name}/pulls/{one.number}"
    html = f"{url}/{repo.name}/pull/{one.number}#review-{made.id}"
    return {
        "id": made.id,
        "node_id": f"PRR_{made.id}",
        "user": user(url, made.author),
        "body": made.body,
        "state": made.state,
        "html_url": html,
        "pull_request_url": pull_url,
        "commit_id": made.commit,
        "submitted_at": made.submitted,
        "author_association": "NONE" if made.author == BOT_LOGIN else "MEMBER",
        "_links": {"html": {"href": html}, "pull_request": {"href": pull_url}},
    }


def reaction(url: str, number: int, login: str, content: str, created: str) -> dict[str, Any]:
    """A reaction to a comment."""
    shape = {"id": number, "node_id": f"REA_{number}", "user": user(url, login)}
    return {**shape, "content": content, "created_at": created}


def app(url: str, set_up: Registration | None = None) -> dict[str, Any]:
    """The App that the bot is."""
    held = set_up or Registration()
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
        "permissions": held.permissions,
        "events": held.events,
    }


def ping(url: str) -> dict[str, Any]:
    """The first webhook of a new hook."""
    return {
        "zen": "Keep it logically awesome.",
        "hook_id": 1,
        "hook": {
            "type": "App",
            "id": 1,
            "name": "web",
            "active": True,
            "app_id": APP_ID,
            "events": list(EVENTS),
            "config": {"content_type": "json", "insecure_ssl": "0", "url": url},
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
        },
    }
