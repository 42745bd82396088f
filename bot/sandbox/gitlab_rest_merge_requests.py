"""Merge requests of the GitLab-shaped API: diffs, discussions, notes, drafts, external checks."""

from __future__ import annotations

from typing import Any, Final

from . import gitlab_shapes as shapes
from .gitlab_router import Route
from .gitlab_rules import LEVELS, check_note
from .gitlab_scope import Scope
from .limits import Refusal

_ROOT: Final = "/projects/:id/merge_requests/:merge_request_iid"
_WRITE: Final = LEVELS["write"]


def listed(scope: Scope) -> Any:
    """Merge requests of a project, by state, branch and time."""
    found, query = [], scope.query
    for pull in scope.repo.pulls.values():
        shape = shapes.merge_request(scope.forge, scope.repo, pull)
        after, before = query.get("updated_after", ""), query.get("updated_before", "9")
        is_meant = query.get("state", "all") in ("all", shape["state"])
        is_branch = query.get("source_branch") in (None, pull.head) and (
            query.get("target_branch") in (None, pull.base)
        )
        if is_meant and is_branch and after <= shape["updated_at"] <= before:
            found.append(shape)
    if query.get("order_by") == "updated_at":
        found.sort(key=lambda shape: (shape["updated_at"], shape["iid"]), reverse=True)
    return found


def create(scope: Scope) -> Any:
    """A merge request of one's own."""
    scope.needs("source_branch", "target_branch", "title")
    body, repo = scope.body, scope.repo
    if any(p.head == body["source_branch"] and p.state == "open" for p in repo.pulls.values()):
        raise Refusal(409, "Another open merge request already exists for this source branch")
    pull = scope.forge.open_pull(
        repo, body["target_branch"], body["source_branch"], body["title"], scope.login
    )
    scope.forge.world.record(scope.login, "pull", {"number": pull.number})
    return shapes.merge_request(scope.forge, repo, pull)


def one(scope: Scope) -> Any:
    """A merge request."""
    return shapes.merge_request(scope.forge, scope.repo, scope.pull)


def versions(scope: Scope) -> Any:
    """States of the diff, newest first; the newest may not be there yet."""
    held = scope.forge.versions(scope.repo, scope.pull)
    if scope.forge.unready > 0:
        scope.forge.unready -= 1
        held = held[1:]
    return [shapes.version(made, scope.repo, scope.pull) for made in held]


def diffs(scope: Scope) -> Any:
    """The newest diff, file by file."""
    newest = scope.forge.versions(scope.repo, scope.pull)[0]
    return [shapes.diff(one) for one in scope.repo.git.changes(newest.base, newest.head)]


def discussions(scope: Scope) -> Any:
    """Every discussion, by its first note."""
    pull = scope.pull
    inline = (one.id for one in pull.inline.values() if one.reply_to is None)
    roots = sorted((*inline, *pull.conversation))
    return [shapes.discussion(scope.forge, pull, root) for root in roots]


def resolve(scope: Scope) -> Any:
    """Resolved, or open again: by its author, the merge request's, or a developer."""
    pull, root = scope.pull, scope.forge.root_of(scope.pull, scope.named["discussion_id"])
    if root not in pull.inline:
        raise Refusal(400, "400 Bad request - The discussion is not resolvable")
    people = (pull.inline[root].author, pull.author)
    if scope.login not in people and scope.forge.level(scope.repo, scope.login) < _WRITE:
        raise Refusal(403, "403 Forbidden")
    is_resolved = scope.body.get("resolved")
    if is_resolved is None:
        raise Refusal(400, "resolved is missing")
    (pull.resolved.add if is_resolved else pull.resolved.discard)(root)
    scope.forge.world.record(scope.login, "resolve" if is_resolved else "reopen", {"thread": root})
    return shapes.discussion(scope.forge, pull, root)


def reply(scope: Scope) -> Any:
    """A note in a discussion."""
    scope.needs("body")
    pull, root = scope.pull, scope.forge.root_of(scope.pull, scope.named["discussion_id"])
    check_note(scope.body["body"])
    if root not in pull.inline:
        raise Refusal(400, "400 Bad request - The discussion is an individual note")
    made = scope.forge.reply(scope.repo, pull, root, scope.login, scope.body["body"])
    return shapes.note(scope.forge, pull, made)


def notes(scope: Scope) -> Any:
    """Every note, newest first unless it is asked for otherwise."""
    pull = scope.pull
    every = sorted((*pull.inline, *pull.conversation))
    if scope.query.get("sort", "desc") == "desc":
        every.reverse()
    found = (pull.inline.get(number) or pull.conversation[number] for number in every)
    return [shapes.note(scope.forge, pull, one) for one in found]


def talk(scope: Scope) -> Any:
    """A note in the conversation."""
    body = check_note(scope.body.get("body"))
    made = scope.forge.comment(scope.repo, scope.pull, scope.login, body)
    return shapes.note(scope.forge, scope.pull, made)


def edit(scope: Scope) -> Any:
    """Another text for one's own note."""
    body, number = check_note(scope.body.get("body")), scope.number("note_id")
    held = scope.pull.conversation.get(number)
    if held is not None and held.author != scope.login:
        raise Refusal(403, "403 Forbidden")
    pull, made = scope.forge.edit(scope.repo, number, scope.login, body)
    return shapes.note(scope.forge, pull, made)


def award(scope: Scope) -> Any:
    """An emoji on a note; the second one of a kind is refused."""
    scope.needs("name")
    number = scope.number("note_id")
    found = scope.pull.inline.get(number) or scope.pull.conversation.get(number)
    if found is None:
        raise Refusal(404, "404 Note Not Found")
    emoji = scope.login, scope.body["name"]
    if emoji in found.reactions:
        raise Refusal(404, "404 Award Emoji Name has already been taken Not Found")
    found.reactions.append(emoji)
    scope.forge.world.record(scope.login, "reaction", {"comment": number})
    return {"id": number, "name": emoji[1], "user": shapes.user(scope.forge, scope.login)}


def drafts(scope: Scope) -> Any:
    """One's own drafts."""
    held = scope.forge.drafts(scope.repo, scope.pull).values()
    mine = [one for one in held if one.author == scope.login]
    return [shapes.draft(scope.forge, scope.pull, one) for one in mine]


def draft(scope: Scope) -> Any:
    """A note that waits."""
    scope.needs("note", "position")
    body = scope.body
    made = scope.forge.draft(scope.repo, scope.pull, scope.login, body["note"], body["position"])
    return shapes.draft(scope.forge, scope.pull, made)


def drop(scope: Scope) -> Any:
    """A draft is thrown away."""
    held = scope.forge.drafts(scope.repo, scope.pull)
    if held.pop(scope.number("draft_note_id"), None) is None:
        raise Refusal(404, "404 DraftNote Not Found")


def publish(scope: Scope) -> Any:
    """All of one's own drafts become notes."""
    scope.forge.publish(scope.repo, scope.pull, scope.login)


def checks(scope: Scope) -> Any:
    """External status checks with what they were answered."""
    extras, found = scope.forge.extras(scope.repo), []
    for number, name in extras.status_checks.items():
        said = [
            one["status"]
            for one in extras.responses
            if (one["check"], one["sha"]) == (number, scope.pull.head_sha)
        ]
        url = "https://status.example/check"
        status = said[-1] if said else "pending"
        found.append({"id": number, "name": name, "external_url": url, "status": status})
    return found


def answer_check(scope: Scope) -> Any:
    """An answer to an external status check, on the head only."""
    scope.needs("sha", "external_status_check_id", "status")
    extras, body = scope.forge.extras(scope.repo), scope.body
    if body["sha"] != scope.pull.head_sha:
        raise Refusal(409, "409 Conflict")
    if body["external_status_check_id"] not in extras.status_checks:
        raise Refusal(404, "404 Not Found")
    if body["status"] not in ("pending", "passed", "failed"):
        raise Refusal(400, "status does not have a valid value")
    number = body["external_status_check_id"]
    made = {"check": number, "sha": body["sha"], "status": body["status"]}
    extras.responses.append(made)
    scope.forge.world.record(scope.login, "status check", made)
    return {"id": len(extras.responses), "external_status_check": {"id": number}}


MERGE_REQUESTS: Final = (
    Route("GET", "/projects/:id/merge_requests", listed),
    Route("POST", "/projects/:id/merge_requests", create, _WRITE),
    Route("GET", _ROOT, one),
    Route("GET", f"{_ROOT}/versions", versions),
    Route("GET", f"{_ROOT}/diffs", diffs),
    Route("GET", f"{_ROOT}/discussions", discussions),
    Route("PUT", f"{_ROOT}/discussions/:discussion_id", resolve),
    Route("POST", f"{_ROOT}/discussions/:discussion_id/notes", reply),
    Route("GET", f"{_ROOT}/notes", notes),
    Route("POST", f"{_ROOT}/notes", talk),
    Route("PUT", f"{_ROOT}/notes/:note_id", edit),
    Route("POST", f"{_ROOT}/notes/:note_id/award_emoji", award),
    Route("GET", f"{_ROOT}/draft_notes", drafts),
    Route("POST", f"{_ROOT}/draft_notes", draft),
    Route("DELETE", f"{_ROOT}/draft_notes/:draft_note_id", drop),
    Route("POST", f"{_ROOT}/draft_notes/bulk_publish", publish),
    Route("GET", f"{_ROOT}/status_checks", checks, _WRITE),
    Route("POST", f"{_ROOT}/status_check_responses", answer_check, _WRITE),
)
