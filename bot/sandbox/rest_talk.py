"""GitHub's REST API of reviews, comments and reactions. Paths and statuses; no decisions."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, g, jsonify

from . import shapes
from .forge import Forge
from .limits import Refusal
from .rest_shape import body, paged, pull_of, repo_of
from .state import InlineComment, IssueComment, Repo, now

_REACTIONS: Final = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")
_PREFIX: Final = "/v3/repos/<owner>/<name>"


def add_talk_routes(api: Blueprint, forge: Forge) -> None:
    """Reviews, their comments, the conversation and reactions."""
    _review_routes(api, forge)
    _conversation_routes(api, forge)

    @api.post(f"{_PREFIX}/<any(pulls,issues):kind>/comments/<int:number>/reactions")
    def react(owner: str, name: str, kind: str, number: int) -> tuple[Response, int]:
        held = _comment(repo_of(forge, owner, name), kind, number)
        content = body().get("content")
        if content not in _REACTIONS:
            raise Refusal(422, "Validation Failed", [_missing("Reaction", "content")])
        given = (g.caller.login, str(content))
        is_new = given not in held.reactions
        if is_new:
            held.reactions.append(given)
            forge.world.record(g.caller.login, "reaction", {"comment": number, "content": content})
        return jsonify(shapes.reaction(forge.url, number, *given, now())), 201 if is_new else 200


def _missing(resource: str, name: str) -> dict[str, Any]:
    return {"resource": resource, "field": name, "code": "invalid"}


def _comment(repo: Repo, kind: str, number: int) -> InlineComment | IssueComment:
    for one in repo.pulls.values():
        held = one.inline.get(number) if kind == "pulls" else one.conversation.get(number)
        if held is not None:
            return held
    raise Refusal(404, "Not Found")


def _review_routes(api: Blueprint, forge: Forge) -> None:
    @api.post(f"{_PREFIX}/pulls/<int:number>/reviews")
    def review(owner: str, name: str, number: int) -> Response:
        repo, one = pull_of(forge, owner, name, number)
        made = forge.review(repo, one, g.caller.login, body())
        return jsonify(shapes.review(forge.url, repo, one, made))

    @api.get(f"{_PREFIX}/pulls/<int:number>/reviews")
    def reviews(owner: str, name: str, number: int) -> Response:
        repo, one = pull_of(forge, owner, name, number)
        return paged([shapes.review(forge.url, repo, one, made) for made in one.reviews.values()])

    @api.get(f"{_PREFIX}/pulls/<int:number>/reviews/<int:review>/comments")
    def review_comments(owner: str, name: str, number: int, review: int) -> Response:
        repo, one = pull_of(forge, owner, name, number)
        if review not in one.reviews:
            raise Refusal(404, "Not Found")
        found = [c for c in one.inline.values() if c.review == review]
        return paged([shapes.inline_comment(forge.url, repo, one, c) for c in found])

    @api.get(f"{_PREFIX}/pulls/<int:number>/comments")
    def comments(owner: str, name: str, number: int) -> Response:
        repo, one = pull_of(forge, owner, name, number)
        return paged([shapes.inline_comment(forge.url, repo, one, c) for c in one.inline.values()])

    @api.post(f"{_PREFIX}/pulls/<int:number>/comments/<int:root>/replies")
    def reply(owner: str, name: str, number: int, root: int) -> tuple[Response, int]:
        repo, one = pull_of(forge, owner, name, number)
        made = forge.reply(repo, one, root, g.caller.login, body().get("body", ""))
        return jsonify(shapes.inline_comment(forge.url, repo, one, made)), 201


def _conversation_routes(api: Blueprint, forge: Forge) -> None:
    @api.get(f"{_PREFIX}/issues/<int:number>/comments")
    def conversation(owner: str, name: str, number: int) -> Response:
        repo, one = pull_of(forge, owner, name, number)
        return paged(
            [shapes.issue_comment(forge.url, repo, one, c) for c in one.conversation.values()]
        )

    @api.post(f"{_PREFIX}/issues/<int:number>/comments")
    def comment(owner: str, name: str, number: int) -> tuple[Response, int]:
        repo, one = pull_of(forge, owner, name, number)
        made = forge.comment(repo, one, g.caller.login, body().get("body", ""))
        return jsonify(shapes.issue_comment(forge.url, repo, one, made)), 201

    @api.patch(f"{_PREFIX}/issues/comments/<int:number>")
    def edit(owner: str, name: str, number: int) -> Response:
        repo = repo_of(forge, owner, name)
        one, held = forge.edit(repo, number, g.caller.login, body().get("body", ""))
        return jsonify(shapes.issue_comment(forge.url, repo, one, held))
