"""What every route of the API does alike: find, read a body, answer in pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from .forge import Forge
from .limits import Refusal
from .state import Pull, Repo

MAX_PAGE = 100


def repo_of(forge: Forge, owner: str, name: str) -> Repo:
    """A repository. Raises ``Refusal``."""
    repo = forge.world.repos.get(f"{owner}/{name}")
    if repo is None:
        raise Refusal(404, "Not Found")
    return repo


def pull_of(forge: Forge, owner: str, name: str, number: int) -> tuple[Repo, Pull]:
    """A pull request with its repository. Raises ``Refusal``."""
    repo = repo_of(forge, owner, name)
    if number not in repo.pulls:
        raise Refusal(404, "Not Found")
    return repo, repo.pulls[number]


def body(*, may_be_absent: bool = False) -> dict[str, Any]:
    """The request's JSON object. Raises ``Refusal``."""
    if may_be_absent and not request.get_data():
        return {}
    found = request.get_json(silent=True, force=True)
    if not isinstance(found, dict):
        raise Refusal(400, "Problems parsing JSON")
    return found


def page(items: list[Any], usual: int = 30) -> tuple[list[Any], str | None]:
    """The items that this request asks for, and the *Link* header if there are others."""
    size = min(max(request.args.get("per_page", usual, type=int), 1), max(MAX_PAGE, usual))
    number = max(request.args.get("page", 1, type=int), 1)
    last = max(-(-len(items) // size), 1)
    places = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number >= last:
        del places["next"], places["last"]
    if number <= 1:
        del places["prev"], places["first"]
    links = [f'<{_place(size, place)}>; rel="{name}"' for name, place in places.items()]
    return items[(number - 1) * size : number * size], ", ".join(links) or None


def _place(size: int, number: int) -> str:
    wanted = {**request.args.to_dict(), "per_page": str(size), "page": str(number)}
    return f"{request.base_url}?{urlencode(wanted)}"


def paged(items: list[Any]) -> Response:
    """One page of a list."""
    shown, links = page(items)
    response = jsonify(shown)
    if links is not None:
        response.headers["Link"] = links
    return response
