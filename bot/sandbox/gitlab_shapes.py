"""What GitLab's API and webhooks answer with, as plain dictionaries. Pure, but for reading git."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .gitlab_rules import LEVELS
from .gitlab_state import DiffVersion, Draft, Pipeline, Status, discussion_id
from .limits import Refusal
from .push_shape import push
from .repository import FileChange
from .state import InlineComment, IssueComment, Pull, Repo

if TYPE_CHECKING:
    from .gitlab_forge import GitLabForge

_STATES = {"open": "opened", "closed": "closed"}


def email(login: str) -> str:
    """The address that is in somebody's commits."""
    return f"{login}@users.noreply.example"


def user(forge: GitLabForge, login: str) -> dict[str, Any]:
    """An account, as it is shown beside what it wrote."""
    return {
        "id": forge.user_id(login),
        "username": login,
        "name": login,
        "state": "active",
        "web_url": f"{forge.url}/{login}",
        "avatar_url": None,
    }


def own_user(forge: GitLabForge, login: str) -> dict[str, Any]:
    """``GET /user``."""
    return {**user(forge, login), "email": email(login), "commit_email": email(login), "bot": True}


def member(forge: GitLabForge, repo: Repo, login: str) -> dict[str, Any]:
    """Somebody with their access level."""
    return {**user(forge, login), "access_level": LEVELS[repo.people[login]], "expires_at": None}


def project(forge: GitLabForge, repo: Repo) -> dict[str, Any]:
    """A project."""
    settings = forge.extras(repo).settings
    return {
        "id": repo.id,
        "name": repo.name.split("/")[-1],
        "path_with_namespace": repo.name,
        "default_branch": "main",
        "web_url": f"{forge.url}/{repo.name}",
        "archived": repo.is_archived,
        "only_allow_merge_if_pipeline_succeeds": False,
        "only_allow_merge_if_all_discussions_are_resolved": False,
        "allow_merge_on_skipped_pipeline": False,
        "merge_pipelines_enabled": False,
        "merge_trains_enabled": False,
        **settings,
    }


def pipeline(repo: Repo, one: Pipeline) -> dict[str, Any]:
    """A pipeline, in short."""
    return {
        "id": one.id,
        "iid": one.id,
        "project_id": repo.id,
        "sha": one.sha,
        "ref": one.ref,
        "status": "running",
        "source": one.source,
    }


def merge_request(forge: GitLabForge, repo: Repo, pull: Pull) -> dict[str, Any]:
    """A merge request."""
    versions = forge.versions(repo, pull)
    newest, waits_for = (versions[0] if versions else None), forge.head_pipeline(repo, pull)
    changes = repo.git.changes(newest.base, newest.head) if newest else ()
    return {
        "id": repo.id * 1000 + pull.number,
        "iid": pull.number,
        "project_id": repo.id,
        "title": pull.title,
        "description": "",
        "state": "merged" if pull.merged else _STATES[pull.state],
        "draft": pull.is_draft,
        "author": user(forge, pull.author),
        "source_branch": pull.head,
        "target_branch": pull.base,
        "source_project_id": (pull.source or repo).id if pull.source_is_there else None,
        "allow_collaboration": pull.maintainers_may_edit,
        "target_project_id": repo.id,
        "sha": pull.head_sha,
        "diff_refs": newest.commits if newest else None,
        "changes_count": str(len(changes)),
        "detailed_merge_status": forge.merge_problem(repo, pull) or "mergeable",
        "head_pipeline": pipeline(repo, waits_for) if waits_for else None,
        "web_url": f"{forge.url}/{repo.name}/-/merge_requests/{pull.number}",
        "created_at": pull.created,
        "updated_at": pull.updated,
    }


def version(made: DiffVersion, repo: Repo, pull: Pull) -> dict[str, Any]:
    """A state of the diff."""
    return {
        "id": made.id,
        "head_commit_sha": made.head,
        "base_commit_sha": made.base,
        "start_commit_sha": made.start,
        "created_at": made.created,
        "merge_request_id": repo.id * 1000 + pull.number,
        "state": "collected",
        "real_size": "1",
    }


def diff(one: FileChange) -> dict[str, Any]:
    """One file of a diff; its text is the hunks, as GitLab writes them."""
    text = one.patch or ""
    return {
        "old_path": one.previous or one.path,
        "new_path": one.path,
        "a_mode": "0" if one.status == "A" else "100644",
        "b_mode": "0" if one.status == "D" else "100644",
        "diff": f"{text}\n" if text else "",
        "new_file": one.status == "A",
        "renamed_file": one.status == "R",
        "deleted_file": one.status == "D",
        "generated_file": False,
        "collapsed": False,
        "too_large": one.patch is None,
    }


def note(forge: GitLabForge, pull: Pull, one: InlineComment | IssueComment) -> dict[str, Any]:
    """A note. Those on the diff can be resolved."""
    shape = {
        "id": one.id,
        "type": None,
        "body": one.body,
        "author": user(forge, one.author),
        "created_at": one.created,
        "updated_at": one.created,
        "system": False,
        "noteable_id": pull.number,
        "noteable_iid": pull.number,
        "noteable_type": "MergeRequest",
        "resolvable": False,
    }
    if isinstance(one, InlineComment):
        root = one.reply_to or one.id
        is_resolved = root in pull.resolved
        shape |= {
            "type": "DiffNote",
            "position": forge.place_of(root).position,
            "resolvable": True,
            "resolved": is_resolved,
        }
    return shape


def discussion(forge: GitLabForge, pull: Pull, root: int) -> dict[str, Any]:
    """A discussion with its notes."""
    if root in pull.inline:
        notes = [note(forge, pull, one) for one in pull.thread(root)]
    else:
        notes = [note(forge, pull, pull.conversation[root])]
    is_single = root not in pull.inline
    return {"id": discussion_id(root), "individual_note": is_single, "notes": notes}


def draft(forge: GitLabForge, pull: Pull, one: Draft) -> dict[str, Any]:
    """A draft."""
    return {
        "id": one.id,
        "author_id": forge.user_id(one.author),
        "merge_request_id": pull.number,
        "resolve_discussion": False,
        "discussion_id": None,
        "note": one.note,
        "commit_id": None,
        "line_code": None,
        "position": one.position,
    }


def status(forge: GitLabForge, one: Status) -> dict[str, Any]:
    """A commit status."""
    return {
        "id": one.id,
        "sha": one.sha,
        "ref": one.ref,
        "name": one.name,
        "status": one.status,
        "description": one.description,
        "target_url": one.target_url,
        "pipeline_id": one.pipeline,
        "allow_failure": False,
        "author": user(forge, one.author),
        "created_at": one.created,
        "started_at": one.created,
        "finished_at": one.finished,
    }


def commit(forge: GitLabForge, repo: Repo, sha: str) -> dict[str, Any]:
    """A commit."""
    form = "%H%x00%P%x00%an%x00%ae%x00%cI%x00%B"
    facts = repo.git.fixed("log", "-1", f"--format={form}", sha).split("\0")
    return {
        "id": facts[0],
        "short_id": facts[0][:8],
        "title": facts[5].partition("\n")[0],
        "message": facts[5],
        "parent_ids": facts[1].split(),
        "author_name": facts[2],
        "author_email": facts[3],
        "committed_date": facts[4],
        "created_at": facts[4],
        "web_url": f"{forge.url}/{repo.name}/-/commit/{sha}",
    }


def hook(one: Mapping[str, Any]) -> dict[str, Any]:
    """A webhook; its secrets are never told."""
    return {name: value for name, value in one.items() if name not in ("token", "signing_token")}


def merge_request_hook(
    forge: GitLabForge, repo: Repo, pull: Pull, action: str, login: str, extra: dict[str, Any]
) -> dict[str, Any]:
    """The body of a *Merge Request Hook*. ``oldrev`` is there only for new commits."""
    shown = merge_request(forge, repo, pull)
    copied = ("id", "iid", "title", "state", "draft", "source_branch", "target_branch")
    attributes = {name: shown[name] for name in copied} | {
        "source_project_id": shown["source_project_id"] or 0,
        "target_project_id": shown["target_project_id"],
        "detailed_merge_status": shown["detailed_merge_status"],
        "last_commit": {"id": pull.head_sha},
        "url": shown["web_url"],
        "action": action,
    }
    if extra.get("oldrev"):
        attributes["oldrev"] = extra["oldrev"]
    return {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": user(forge, login),
        "project": _hook_project(forge, repo),
        "object_attributes": attributes,
        "changes": extra.get("changes") or {},
        "labels": [],
    }


def note_hook(
    forge: GitLabForge,
    repo: Repo,
    pull: Pull,
    one: InlineComment | IssueComment,
    action: str = "create",
) -> dict[str, Any]:
    """The body of a *Note Hook*."""
    is_inline = isinstance(one, InlineComment)
    root = (one.reply_to or one.id) if isinstance(one, InlineComment) else one.id
    attributes = {
        "id": one.id,
        "note": one.body,
        "noteable_type": "MergeRequest",
        "author_id": forge.user_id(one.author),
        "project_id": repo.id,
        "system": False,
        "type": "DiffNote" if is_inline else None,
        "discussion_id": discussion_id(root),
        "position": forge.place_of(root).position if is_inline else None,
        "action": action,
    }
    shown = merge_request(forge, repo, pull)
    copied = ("id", "iid", "state", "source_branch", "target_branch")
    return {
        "object_kind": "note",
        "event_type": "note",
        "user": user(forge, one.author),
        "project_id": repo.id,
        "project": _hook_project(forge, repo),
        "object_attributes": attributes,
        "merge_request": {
            **{name: shown[name] for name in copied},
            "last_commit": {"id": pull.head_sha},
        },
    }


def push_hook(
    forge: GitLabForge, repo: Repo, branch: str, before: str, login: str
) -> dict[str, Any]:
    """The body of a *Push Hook*, with twenty commits at most."""
    told = push(forge.url, repo, branch, before, login)
    held = ("id", "message", "timestamp", "url", "added", "modified", "removed")
    return {
        "object_kind": "push",
        "event_name": "push",
        "before": before,
        "after": told["after"],
        "ref": told["ref"],
        "checkout_sha": told["after"],
        "user_username": login,
        "project_id": repo.id,
        "project": _hook_project(forge, repo),
        "commits": [{name: one[name] for name in held} for one in told["commits"][-20:]],
        "total_commits_count": len(told["commits"]),
    }


def _hook_project(forge: GitLabForge, repo: Repo) -> dict[str, Any]:
    shown = project(forge, repo)
    return {
        name: shown[name]
        for name in ("id", "name", "path_with_namespace", "default_branch", "web_url")
    }


def content_of(action: Mapping[str, Any]) -> bytes:
    """What a commit's action would write. Raises ``Refusal``."""
    content = action.get("content")
    if not isinstance(content, str):
        raise Refusal(400, "actions[0][content] is missing")
    if action.get("encoding") != "base64":
        return content.encode()
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise Refusal(400, "actions[0][content] is not base64") from error
