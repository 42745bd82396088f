"""GitHub's REST API: who may come in, the App, and what can be read of git. No decisions."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

import jwt
from flask import Blueprint, Response, g, jsonify, request

from . import git_shapes, shapes
from .access import Caller, caller_with, check_route, check_wanted
from .forge import Forge
from .graphql import Api
from .limits import Refusal
from .meter import Meter
from .repository import GitFailed
from .rest_branches import add_branch_routes
from .rest_checks import add_check_routes
from .rest_hooks import add_hook_routes
from .rest_rules import add_rule_routes
from .rest_shape import body, page, paged, pull_of, repo_of
from .rest_talk import add_talk_routes
from .state import BOT_LOGIN, GRANTED, TOKEN_SECONDS

MAX_APP_TOKEN_SECONDS = 600


def create_blueprint(forge: Forge, public_key: Callable[[], str]) -> Blueprint:
    """Everything below ``/api/v3``, and GraphQL beside it."""
    api = Blueprint("api", __name__, url_prefix="/api")
    graphql = Api(forge)
    _guard(api, forge, public_key)
    _answers(api, forge)
    _app_routes(api, forge)
    _read_routes(api, forge)
    add_talk_routes(api, forge)
    add_check_routes(api, forge)
    add_hook_routes(api, forge)
    add_rule_routes(api, forge)
    add_branch_routes(api, forge)

    @api.post("/graphql")
    def run_graphql() -> Response:
        wanted = body()
        return jsonify(
            graphql.run(g.caller, str(wanted.get("query")), wanted.get("variables") or {})
        )

    return api


def _guard(api: Blueprint, forge: Forge, public_key: Callable[[], str]) -> None:
    """One request at a time; who sends it, and whether they may."""

    @api.before_request
    def enter() -> None:
        forge.world.lock.acquire()
        g.holds_lock = True
        forge.requests.append(f"{request.method} {request.url_rule}")
        sent = request.get_data(as_text=True)
        g.sent = f"{request.method} {request.path} {sent}"
        fault = forge.world.fault_for(g.sent)
        if fault is not None:
            raise Refusal(fault.status, fault.message, headers=fault.headers)
        g.caller = _caller(forge, public_key())
        g.allowance = _counted(forge.meter, g.caller, sent)
        arguments = request.view_args or {}
        if "owner" in arguments:
            repo = repo_of(forge, arguments["owner"], arguments["name"])
            route = str(request.endpoint).rpartition(".")[2]
            if route != "installation":
                check_route(g.caller, repo, route)

    @api.teardown_request
    def leave(_error: BaseException | None) -> None:
        if g.pop("holds_lock", False):
            forge.world.lock.release()


def _counted(meter: Meter | None, caller: Caller, sent: str) -> dict[str, str]:
    """What an installation asks for is counted for its owner."""
    held = caller.token.repositories if caller.token else None
    if meter is None or not held:
        return {}
    path, owner = request.path, min(held).split("/")[0]
    g.owner = owner
    is_graphql = path.endswith("/graphql")
    writes = "mutation" in sent if is_graphql else request.method != "GET"
    is_told = path.endswith(("/comments", "/replies", "/reactions", "/reviews", "/pulls"))
    is_said = any(deed in sent for deed in ("createCommitOnBranch", "ThreadReply"))
    is_content = writes and (is_said if is_graphql else is_told)
    return meter.count(owner, writes=writes, is_content=is_content)


def _caller(forge: Forge, public_key: str) -> Caller:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    found = caller_with(forge.world, token)
    if found is not None:
        return found
    if kind.lower() == "bearer" and token.count(".") == 2:
        _check_app_token(token, public_key)
        return Caller(BOT_LOGIN, is_app=True)
    raise Refusal(401, "Bad credentials")


def _check_app_token(token: str, key: str) -> None:
    """https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app"""
    try:
        claims = jwt.decode(
            token, key, algorithms=["RS256"], options={"require": ["exp", "iat", "iss"]}, leeway=5
        )
    except jwt.InvalidTokenError as error:
        raise Refusal(401, "A JSON web token could not be decoded") from error
    if str(claims["iss"]) != str(shapes.APP_ID):
        raise Refusal(401, "Integration not found")
    if claims["exp"] > time.time() + MAX_APP_TOKEN_SECONDS + 5:
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")


def _answers(api: Blueprint, forge: Forge) -> None:
    @api.errorhandler(Refusal)
    def refuse(error: Refusal) -> tuple[Response, int]:
        said: dict[str, Any] = {"message": error.message, "status": str(error.status)}
        if error.errors is not None:
            said["errors"] = error.errors
        said["documentation_url"] = "https://docs.github.com/rest"
        response = jsonify(said)
        response.headers.update(dict(error.headers))
        return response, error.status

    @api.errorhandler(GitFailed)
    def not_in_git(_error: GitFailed) -> tuple[Response, int]:
        return refuse(Refusal(404, "Not Found"))

    @api.after_request
    def rate(response: Response) -> Response:
        late = forge.world.fault_for(g.sent, is_after=True) if response.status_code < 300 else None
        if late is not None:
            response = jsonify({"message": late.message})
            response.status_code = late.status
        for name, value in g.get("allowance", {}).items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("X-RateLimit-Limit", "5000")
        response.headers.setdefault("X-RateLimit-Remaining", "4999")
        response.headers.setdefault("X-RateLimit-Reset", str(int(time.time()) + 3600))
        if request.method == "GET" and response.status_code == 200:
            response.add_etag()
            response.make_conditional(request)
        if response.status_code == 304 and forge.meter is not None and g.get("owner"):
            forge.meter.forgive(g.owner)
        return response


def _only_app() -> None:
    if not g.caller.is_app:
        raise Refusal(401, "A JSON web token could not be decoded")


def _app_routes(api: Blueprint, forge: Forge) -> None:
    @api.get("/v3/app")
    def app() -> Response:
        _only_app()
        return jsonify(shapes.app(forge.url, forge.world.app))

    @api.get("/v3/repos/<owner>/<name>/installation")
    def installation(owner: str, name: str) -> Response:
        _only_app()
        repo = repo_of(forge, owner, name)
        if not repo.is_installed:
            raise Refusal(404, "Not Found")
        return jsonify(shapes.installation(forge.url, repo, forge.world.app))

    @api.post("/v3/app/installations/<int:number>/access_tokens")
    def mint(number: int) -> tuple[Response, int]:
        _only_app()
        if number != shapes.INSTALLATION:
            raise Refusal(404, "Not Found")
        if forge.world.app.is_suspended:
            raise Refusal(403, "This installation has been suspended")
        wanted = body(may_be_absent=True)
        permissions = wanted.get("permissions") or GRANTED
        check_wanted(permissions)
        repositories = _installed(forge, wanted.get("repositories"))
        token = forge.world.mint(permissions, repositories)
        ends = time.gmtime(forge.world.clock() + TOKEN_SECONDS)
        shape = {
            "token": token,
            "expires_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", ends),
            "permissions": {**permissions, "metadata": "read"},
            "repository_selection": "selected",
        }
        return jsonify(shape), 201

    @api.get("/v3/user")
    def user() -> Response:
        if g.caller.is_installation or g.caller.is_app:
            raise Refusal(403, "Resource not accessible by integration")
        return jsonify(shapes.own_user(forge.url, g.caller.login))

    @api.get("/v3/rate_limit")
    def rate_limit() -> Response:
        rate = {"limit": 5000, "used": 1, "remaining": 4999, "reset": int(time.time()) + 3600}
        resources = dict.fromkeys(("core", "graphql", "search"), rate)
        return jsonify({"resources": resources, "rate": rate})


def _installed(forge: Forge, names: list[str] | None) -> frozenset[str] | None:
    """The full names of repositories that a token is asked for."""
    if not names:
        return None
    held = {r.name.split("/")[1]: r.name for r in forge.world.repos.values() if r.is_installed}
    if not set(names) <= set(held):
        said = "There is at least one repository that does not exist or is not accessible"
        raise Refusal(422, f"{said} to the parent installation.")
    return frozenset(held[name] for name in names)


def _read_routes(api: Blueprint, forge: Forge) -> None:
    prefix = "/v3/repos/<owner>/<name>"

    @api.get(prefix)
    def repository(owner: str, name: str) -> Response:
        counts = {"network_count": 0, "subscribers_count": 0}
        return jsonify({**shapes.repository(forge.url, repo_of(forge, owner, name)), **counts})

    @api.get(f"{prefix}/pulls/<int:number>")
    def pull(owner: str, name: str, number: int) -> Response:
        return jsonify(shapes.pull(forge.url, *pull_of(forge, owner, name, number)))

    @api.get(f"{prefix}/commits/<sha>/pulls")
    def pulls_of(owner: str, name: str, sha: str) -> Response:
        repo = repo_of(forge, owner, name)
        found = [p for p in repo.pulls.values() if p.head_sha == sha]
        return paged([shapes.pull(forge.url, repo, p) for p in found])

    @api.get(f"{prefix}/pulls/<int:number>/files")
    def files(owner: str, name: str, number: int) -> Response:
        repo, one = pull_of(forge, owner, name, number)
        base = repo.git.merge_base(repo.base_of(one), one.head_sha)
        changes = repo.git.changes(base, one.head_sha)[: forge.world.most_files]
        return paged([git_shapes.changed_file(forge.url, repo, change) for change in changes])

    @api.get(f"{prefix}/compare/<path:spec>")
    def compare(owner: str, name: str, spec: str) -> Response:
        repo = repo_of(forge, owner, name)
        base, dots, head = spec.partition("...")
        if not dots:
            raise Refusal(404, "Not Found")
        shape = git_shapes.comparison(forge.url, repo, base, head)
        if request.args.get("page", "1") != "1":
            shape["files"] = []
        shape["commits"], links = page(shape["commits"], 250)
        return jsonify(shape) if links is None else _linked(jsonify(shape), links)

    @api.get(f"{prefix}/git/trees/<path:sha>")
    def tree(owner: str, name: str, sha: str) -> Response:
        repo, most = repo_of(forge, owner, name), forge.world.most_entries
        flags = ("-r", "-t") if "recursive" in request.args else ()
        entries = repo.git.entries(sha, *flags)
        cut = len(entries) > most
        return jsonify(
            git_shapes.tree(forge.url, repo, sha, entries[:most], is_truncated=cut),
        )

    @api.get(f"{prefix}/git/blobs/<oid>")
    def blob(owner: str, name: str, oid: str) -> Response:
        data = repo_of(forge, owner, name).git.blob(oid)
        content = base64.b64encode(data).decode()
        shape = {"sha": oid, "node_id": f"B_{oid}", "size": len(data), "content": content}
        return jsonify({**shape, "encoding": "base64", "url": request.base_url})

    @api.get(f"{prefix}/collaborators/<login>/permission")
    def permission(owner: str, name: str, login: str) -> Response:
        level = repo_of(forge, owner, name).people.get(login, "none")
        old = {"maintain": "write", "triage": "read"}.get(level, level)
        user = {**shapes.user(forge.url, login), "role_name": level}
        return jsonify({"permission": old, "role_name": level, "user": user})


def _linked(response: Response, links: str) -> Response:
    response.headers["Link"] = links
    return response
