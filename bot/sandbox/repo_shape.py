"""GitHub's JSON of users and repositories, with every field that its description requires."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from .state import Repo

_LINKS: Final = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_COUNTS: Final = (
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "size",
    "stargazers_count",
    "watchers",
    "watchers_count",
)


def user(url: str, login: str) -> dict[str, Any]:
    """A simple user; a login that ends in [bot] is one."""
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
        "type": "Bot" if login.endswith("[bot]") else "User",
        "site_admin": False,
        "user_view_type": "public",
    }


def own_user(url: str, login: str) -> dict[str, Any]:
    """A person as they see themselves."""
    facts = ("name", "company", "blog", "location", "email", "hireable", "bio", "twitter_username")
    return {
        **user(url, login),
        **dict.fromkeys(facts),
        **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }


def repository(url: str, repo: Repo) -> dict[str, Any]:
    """A repository."""
    owner, name = repo.name.split("/")
    api = f"{url}/api/v3/repos/{repo.name}"
    return {
        "id": repo.id,
        "node_id": f"R_{repo.id}",
        "name": name,
        "full_name": repo.name,
        "private": True,
        "owner": user(url, owner),
        "html_url": f"{url}/{repo.name}",
        "description": None,
        "fork": repo.parent is not None,
        "url": api,
        **{link: f"{api}{rest}" for link, rest in _LINKS.items()},
        **dict.fromkeys(_COUNTS, 0),
        "clone_url": f"{url}/{repo.name}.git",
        "git_url": f"{url}/{repo.name}.git",
        "ssh_url": f"git@sandbox:{repo.name}.git",
        "svn_url": f"{url}/{repo.name}",
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "topics": [],
        "default_branch": "main",
        "archived": repo.is_archived,
        "disabled": False,
        "visibility": "private",
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "has_issues": True,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": False,
        "has_discussions": False,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "pushed_at": "2026-01-01T00:00:00Z",
        "permissions": {"admin": False, "push": True, "pull": True},
    }
