"""GitLab's REST API, as far as the bot uses it, under ``/api/v4``; and the way into GraphQL."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, jsonify, request

from . import gitlab_shapes as shapes
from .gitlab_forge import GitLabForge
from .gitlab_graphql import Api
from .gitlab_meter import RETRY
from .gitlab_rest_merge_requests import MERGE_REQUESTS
from .gitlab_rest_projects import PROJECTS
from .gitlab_rest_repository import REPOSITORY
from .gitlab_router import Route, Router
from .gitlab_scope import Scope
from .limits import Refusal
from .rest_shape import paged
from .state import Fault

PREFIX: Final = "/api/v4"


def user(scope: Scope) -> Any:
    """The account behind the token."""
    return shapes.own_user(scope.forge, scope.login)


def users(scope: Scope) -> Any:
    """People by their name."""
    wanted = scope.query.get("username", "")
    known = [login for login in scope.forge.users if login == wanted]
    return [shapes.user(scope.forge, login) for login in known]


def metadata(scope: Scope) -> Any:
    """Which GitLab this is."""
    del scope
    return {"version": "19.5.0-ee", "revision": "sandbox", "enterprise": True}


def own_token(scope: Scope) -> Any:
    """The token itself; those of OAuth are not known there."""
    return {
        "id": 1,
        "name": "lockstitch",
        "revoked": False,
        "active": True,
        "scopes": scope.forge.scopes,
        "user_id": scope.forge.user_id(scope.login),
        "expires_at": scope.forge.token_ends,
    }


ROUTES: Final = (
    Route("GET", "/user", user),
    Route("GET", "/users", users),
    Route("GET", "/metadata", metadata),
    Route("GET", "/personal_access_tokens/self", own_token),
    *PROJECTS,
    *MERGE_REQUESTS,
    *REPOSITORY,
)


def create_blueprint(forge: GitLabForge) -> Blueprint:
    """Everything below ``/api``."""
    api, router, queries = Blueprint("gitlab", __name__), Router(ROUTES), Api(forge)

    @api.route(f"{PREFIX}/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
    def rest(rest: str) -> Response:
        del rest
        raw = str(request.environ["RAW_URI"]).partition("?")[0]
        return _answer(forge, lambda login: _called(forge, router, raw.partition(PREFIX)[2], login))

    @api.post("/oauth/token")
    def oauth() -> Response:
        forge.requests.append("POST /oauth/token")
        path = "POST /oauth/token"
        fault = forge.world.fault_for(path)
        if fault is not None:
            return _failed(fault)
        try:
            with forge.world.lock:
                answer = jsonify(forge.oauth.exchange(request.form))
        except Refusal as refusal:
            answer = jsonify({"error": refusal.message, "error_description": "No token is given."})
            answer.status_code = refusal.status
        late = forge.world.fault_for(path, is_after=True) if answer.status_code == 200 else None
        return answer if late is None else _failed(late)

    @api.post("/api/graphql")
    def graphql() -> Response:
        def run(login: str) -> Response:
            asked = request.get_json(force=True)
            return jsonify(queries.run(login, asked["query"], asked.get("variables") or {}))

        return _answer(forge, run)

    return api


def _answer(forge: GitLabForge, act: Any) -> Response:
    """Faults first, then who is asking, then what is asked."""
    path = f"{request.method} {request.path} {request.get_data(as_text=True)}"
    forge.requests.append(f"{request.method} {request.path}")
    fault = forge.world.fault_for(path)
    if fault is not None:
        return _failed(fault)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_held = scheme == "Bearer" and not forge.oauth.has_ended(token)
    login = forge.world.tokens.get(token) if is_held else None
    told: dict[str, str] = {}
    try:
        if login is None:
            raise Refusal(401, "401 Unauthorized")
        if forge.allowance is not None:
            is_note = request.method == "POST" and request.path.endswith("/notes")
            told = forge.allowance.count(login, is_note=is_note)
        if forge.is_blocked and login == forge.bot:
            raise Refusal(403, "403 Forbidden - Your account has been blocked.")
        answer: Response = act(login)
    except Refusal as refusal:
        is_plain = refusal.message == RETRY
        answer = Response(RETRY) if is_plain else jsonify({"message": refusal.message})
        answer.headers.extend(refusal.headers)
        answer.status_code = refusal.status
    answer.headers.extend(told)
    late = forge.world.fault_for(path, is_after=True) if answer.status_code < 300 else None
    return answer if late is None else _failed(late)


def _failed(fault: Fault) -> Response:
    answer = jsonify({"message": fault.message})
    answer.headers.extend(fault.headers)
    answer.status_code = fault.status
    return answer


def _called(forge: GitLabForge, router: Router, raw: str, login: str) -> Response:
    found = router.find(request.method, raw)
    if found is None:
        raise Refusal(404, "404 Not Found")
    route, named = found
    body = request.get_json(silent=True, force=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise Refusal(400, "The provided content-type or body is not JSON")
    with forge.world.lock:
        scope = Scope(forge, login, named, body, request.args.to_dict())
        scope.check(route.level)
        made = route.handler(scope)
    if made is None:
        return Response(status=204)
    if isinstance(made, Response):
        return made
    response = paged(made) if isinstance(made, list) else jsonify(made)
    if request.method == "POST":
        response.status_code = 201
    return response
