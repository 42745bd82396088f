"""GitHub's REST API, as far as the bot uses it. Paths, statuses and headers; no decisions."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

import jwt
from flask import Blueprint, Response, g, jsonify, request

from . import shapes
from .forge import Forge
from .graphql import Api
from .limits import Refusal, check_comment_body, check_output
from .repository import GitFailed
from .state import BOT_LOGIN, CheckRun, Pull, Repo, now

_WRITERS = ("admin", "maintain", "write")


def create_blueprint(forge: Forge, public_key: Callable[[], str]) -> Blueprint:
    """Everything below ``/api/v3``, and GraphQL beside it."""
    api = Blueprint("api", __name__, url_prefix="/api")
    graphql = Api(forge)
    _guard(api, forge, public_key)
    _app_routes(api, forge)
    _read_routes(api, forge)
    _talk_routes(api, forge)
    _check_routes(api, forge)

    @api.post("/graphql")
    def run_graphql() -> Response:
        wanted = request.get_json()
        with forge.world.lock:
            answer = graphql.run(g.login, wanted["query"], wanted.get("variables") or {})
        return jsonify(answer)

    return api


def _guard(api: Blueprint, forge: Forge, public_key: Callable[[], str]) -> None:
    @api.before_request
    def authenticate() -> None:
        forge.requests.append(f"{request.method} {request.url_rule}")
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        g.is_app = token in forge.world.installations
        g.permissions = forge.world.installations.get(token, {})
        if g.is_app:
            g.login = BOT_LOGIN
        elif token in forge.world.tokens:
            g.login = forge.world.tokens[token]
        elif kind.lower() == "bearer" and _is_app_token(token, public_key()):
            g.login, g.is_jwt = BOT_LOGIN, True
        else:
            raise Refusal(401, "Bad credentials")

    @api.errorhandler(Refusal)
    def refuse(error: Refusal) -> tuple[Response, int]:
        body: dict[str, Any] = {"message": error.message, "status": str(error.status)}
        if error.errors is not None:
            body["errors"] = error.errors
        body["documentation_url"] = "https://docs.github.com/rest"
        return jsonify(body), error.status

    @api.errorhandler(GitFailed)
    def not_in_git(_error: GitFailed) -> tuple[Response, int]:
        return jsonify({"message": "Not Found", "status": "404"}), 404

    @api.after_request
    def rate(response: Response) -> Response:
        response.headers["X-RateLimit-Limit"] = "5000"
        response.headers["X-RateLimit-Remaining"] = "4999"
        response.headers["X-RateLimit-Reset"] = str(int(time.time()) + 3600)
        return response


def _is_app_token(token: str, key: str) -> bool:
    try:
        claims = jwt.decode(token, key, algorithms=["RS256"], options={"verify_iat": False})
    except jwt.InvalidTokenError:
        return False
    return str(claims.get("iss")) == str(shapes.APP_ID)


def _repo(forge: Forge, owner: str, name: str) -> Repo:
    repo = forge.world.repos.get(f"{owner}/{name}")
    if repo is None:
        raise Refusal(404, "Not Found")
    return repo


def _pull(forge: Forge, owner: str, name: str, number: int) -> tuple[Repo, Pull]:
    repo = _repo(forge, owner, name)
    if number not in repo.pulls:
        raise Refusal(404, "Not Found")
    return repo, repo.pulls[number]


def _page(items: list[Any]) -> Response:
    size = min(int(request.args.get("per_page", 30)), 100)
    page = int(request.args.get("page", 1))
    response = jsonify(items[(page - 1) * size : page * size])
    if page * size < len(items):
        url = f"{request.base_url}?per_page={size}&page={page + 1}"
        response.headers["Link"] = f'<{url}>; rel="next"'
    return response


def _app_routes(api: Blueprint, forge: Forge) -> None:
    @api.get("/v3/app")
    def app() -> Response:
        return jsonify(shapes.app(forge.url))

    @api.get("/v3/repos/<owner>/<name>/installation")
    def installation(owner: str, name: str) -> Response:
        repo = _repo(forge, owner, name)
        if not g.get("is_jwt"):
            raise Refusal(401, "A JSON web token could not be decoded")
        return jsonify(shapes.installation(forge.url, repo))

    @api.post("/v3/app/installations/<int:number>/access_tokens")
    def mint(number: int) -> tuple[Response, int]:
        if not g.get("is_jwt"):
            raise Refusal(401, "A JSON web token could not be decoded")
        if number != shapes.INSTALLATION:
            raise Refusal(404, "Not Found")
        wanted = request.get_json(silent=True) or {}
        permissions = wanted.get("permissions") or {"metadata": "read"}
        token = forge.world.mint(permissions)
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        body = {"token": token, "expires_at": expires, "permissions": permissions}
        return jsonify({**body, "repository_selection": "selected"}), 201

    @api.get("/v3/user")
    def user() -> Response:
        if g.is_app:
            raise Refusal(403, "Resource not accessible by integration")
        return jsonify(shapes.user(forge.url, g.login))


def _read_routes(api: Blueprint, forge: Forge) -> None:
    @api.get("/v3/repos/<owner>/<name>")
    def repository(owner: str, name: str) -> Response:
        return jsonify(shapes.repository(forge.url, _repo(forge, owner, name)))

    @api.get("/v3/repos/<owner>/<name>/pulls/<int:number>")
    def pull(owner: str, name: str, number: int) -> Response:
        return jsonify(shapes.pull(forge.url, *_pull(forge, owner, name, number)))

    @api.get("/v3/repos/<owner>/<name>/commits/<sha>/pulls")
    def pulls_of(owner: str, name: str, sha: str) -> Response:
        repo = _repo(forge, owner, name)
        found = [p for p in repo.pulls.values() if p.head_sha == sha]
        return _page([shapes.pull(forge.url, repo, p) for p in found])

    @api.get("/v3/repos/<owner>/<name>/pulls/<int:number>/files")
    def files(owner: str, name: str, number: int) -> Response:
        repo, one = _pull(forge, owner, name, number)
        base = repo.git.merge_base(repo.git.head(one.base), one.head_sha)
        oids = {blob.path: blob.oid for blob in repo.git.tree(one.head_sha)}
        shown = [
            shapes.changed_file(
                forge.url,
                repo,
                status,
                path,
                previous,
                repo.git.patch(base, one.head_sha, path, previous),
                oids.get(path, "0" * 40),
            )
            for status, path, previous in repo.git.diff(base, one.head_sha)
        ]
        return _page(shown)

    @api.get("/v3/repos/<owner>/<name>/compare/<spec>")
    def compare(owner: str, name: str, spec: str) -> Response:
        repo = _repo(forge, owner, name)
        base, _, head = spec.partition("...")
        merge_base = repo.git.merge_base(base, head)
        return jsonify(shapes.comparison(forge.url, repo, spec, merge_base))

    @api.get("/v3/repos/<owner>/<name>/git/trees/<sha>")
    def tree(owner: str, name: str, sha: str) -> Response:
        repo = _repo(forge, owner, name)
        return jsonify(shapes.tree(forge.url, repo, sha, repo.git.tree(sha)))

    @api.get("/v3/repos/<owner>/<name>/git/blobs/<oid>")
    def blob(owner: str, name: str, oid: str) -> Response:
        data = _repo(forge, owner, name).git.blob(oid)
        content = base64.b64encode(data).decode()
        shape = {"sha": oid, "node_id": f"B_{oid}", "size": len(data), "content": content}
        return jsonify({**shape, "encoding": "base64", "url": request.base_url})

    @api.get("/v3/repos/<owner>/<name>/collaborators/<login>/permission")
    def permission(owner: str, name: str, login: str) -> Response:
        level = _repo(forge, owner, name).people.get(login, "none")
        old = {"maintain": "write", "triage": "read"}.get(level, level)
        user = {**shapes.user(forge.url, login), "role_name": level}
        return jsonify({"permission": old, "role_name": level, "user": user})


def _talk_routes(api: Blueprint, forge: Forge) -> None:
    prefix = "/v3/repos/<owner>/<name>"

    @api.post(f"{prefix}/pulls/<int:number>/reviews")
    def review(owner: str, name: str, number: int) -> Response:
        repo, one = _pull(forge, owner, name, number)
        made = forge.review(repo, one, g.login, request.get_json())
        return jsonify(
            {
                "id": made["id"],
                "node_id": f"PRR_{made['id']}",
                "user": shapes.user(forge.url, g.login),
                "body": made["body"],
                "state": "COMMENTED",
                "html_url": f"{forge.url}/{repo.name}/pull/{number}#review-{made['id']}",
                "pull_request_url": shapes.pull(forge.url, repo, one)["url"],
                "commit_id": made["commit"],
                "submitted_at": now(),
                "author_association": "NONE",
                "_links": {"html": {"href": forge.url}, "pull_request": {"href": forge.url}},
            }
        )

    @api.get(f"{prefix}/pulls/<int:number>/reviews/<int:review>/comments")
    def review_comments(owner: str, name: str, number: int, review: int) -> Response:
        repo, one = _pull(forge, owner, name, number)
        found = [c for c in one.inline.values() if c.review == review]
        return _page([shapes.inline_comment(forge.url, repo, one, c) for c in found])

    @api.get(f"{prefix}/pulls/<int:number>/comments")
    def comments(owner: str, name: str, number: int) -> Response:
        repo, one = _pull(forge, owner, name, number)
        return _page([shapes.inline_comment(forge.url, repo, one, c) for c in one.inline.values()])

    @api.post(f"{prefix}/pulls/<int:number>/comments/<int:root>/replies")
    def reply(owner: str, name: str, number: int, root: int) -> tuple[Response, int]:
        repo, one = _pull(forge, owner, name, number)
        made = forge.reply(repo, one, root, g.login, request.get_json()["body"])
        return jsonify(shapes.inline_comment(forge.url, repo, one, made)), 201

    @api.get(f"{prefix}/issues/<int:number>/comments")
    def conversation(owner: str, name: str, number: int) -> Response:
        repo, one = _pull(forge, owner, name, number)
        return _page(
            [shapes.issue_comment(forge.url, repo, one, c) for c in one.conversation.values()]
        )

    @api.post(f"{prefix}/issues/<int:number>/comments")
    def comment(owner: str, name: str, number: int) -> tuple[Response, int]:
        repo, one = _pull(forge, owner, name, number)
        made = forge.comment(repo, one, g.login, request.get_json()["body"])
        return jsonify(shapes.issue_comment(forge.url, repo, one, made)), 201

    @api.patch(f"{prefix}/issues/comments/<int:number>")
    def edit(owner: str, name: str, number: int) -> Response:
        repo = _repo(forge, owner, name)
        body = request.get_json()["body"]
        check_comment_body(body)
        for one in repo.pulls.values():
            held = one.conversation.get(number)
            if held is not None:
                held.body, held.edits = body, held.edits + 1
                forge.world.record(g.login, "edit", {"number": number, "body": body})
                return jsonify(shapes.issue_comment(forge.url, repo, one, held))
        raise Refusal(404, "Not Found")

    @api.post(f"{prefix}/<kind>/comments/<int:number>/reactions")
    def react(owner: str, name: str, kind: str, number: int) -> tuple[Response, int]:
        repo = _repo(forge, owner, name)
        content = request.get_json()["content"]
        for one in repo.pulls.values():
            held = one.inline.get(number) if kind == "pulls" else one.conversation.get(number)
            if held is not None:
                held.reactions.append((g.login, content))
                user = shapes.user(forge.url, g.login)
                shape = {"id": number, "node_id": f"REA_{number}", "user": user}
                return jsonify({**shape, "content": content, "created_at": now()}), 201
        raise Refusal(404, "Not Found")


def _check_routes(api: Blueprint, forge: Forge) -> None:
    prefix = "/v3/repos/<owner>/<name>"

    @api.get(f"{prefix}/commits/<sha>/check-runs")
    def list_checks(owner: str, name: str, sha: str) -> Response:
        repo = _repo(forge, owner, name)
        found = [c for c in repo.checks.values() if c.head == sha]
        wanted = request.args.get("check_name")
        runs = [shapes.check_run(forge.url, repo, c) for c in found if wanted in (None, c.name)]
        return jsonify({"total_count": len(runs), "check_runs": runs})

    @api.post(f"{prefix}/check-runs")
    def create_check(owner: str, name: str) -> tuple[Response, int]:
        repo, wanted = _repo(forge, owner, name), request.get_json()
        _only_app()
        check = CheckRun(
            forge.world.next_id(), wanted["name"], wanted["head_sha"], wanted.get("external_id", "")
        )
        _describe(check, wanted)
        repo.checks[check.id] = check
        forge.world.record(g.login, "check", {"id": check.id, "conclusion": check.conclusion})
        return jsonify(shapes.check_run(forge.url, repo, check)), 201

    @api.patch(f"{prefix}/check-runs/<int:number>")
    def update_check(owner: str, name: str, number: int) -> Response:
        repo, wanted = _repo(forge, owner, name), request.get_json()
        _only_app()
        check = repo.checks.get(number)
        if check is None:
            raise Refusal(404, "Not Found")
        _describe(check, wanted)
        forge.world.record(g.login, "check", {"id": check.id, "conclusion": check.conclusion})
        return jsonify(shapes.check_run(forge.url, repo, check))

    @api.post(f"{prefix}/statuses/<sha>")
    def status(owner: str, name: str, sha: str) -> tuple[Response, int]:
        repo, wanted = _repo(forge, owner, name), request.get_json()
        if wanted.get("state") not in ("error", "failure", "pending", "success"):
            raise Refusal(422, "Validation Failed")
        if len(wanted.get("description") or "") > 140:
            raise Refusal(422, "Validation Failed", ["description is too long"])
        if repo.people.get(g.login) not in _WRITERS and not g.is_app:
            raise Refusal(404, "Not Found")
        shape = {
            "id": forge.world.next_id(),
            "node_id": "SC_1",
            "avatar_url": None,
            "url": request.base_url,
            "state": wanted["state"],
            "description": wanted.get("description"),
            "target_url": wanted.get("target_url"),
            "context": wanted.get("context", "default"),
            "created_at": now(),
            "updated_at": now(),
            "creator": shapes.user(forge.url, g.login),
        }
        repo.statuses.append({**shape, "sha": sha})
        forge.world.record(g.login, "status", {"sha": sha, "state": wanted["state"]})
        return jsonify(shape), 201


def _only_app() -> None:
    if not g.is_app:
        raise Refusal(403, "You must authenticate via a GitHub App.")
    if g.permissions.get("checks") != "write":
        raise Refusal(403, "Resource not accessible by integration")


def _describe(check: CheckRun, wanted: dict[str, Any]) -> None:
    """Texts are replaced, annotations are added to those that are there."""
    output = wanted.get("output") or {}
    actions = wanted.get("actions") or []
    check_output(output, actions)
    if "conclusion" in wanted and wanted["conclusion"] is not None:
        check.conclusion, check.status, check.completed = wanted["conclusion"], "completed", now()
    elif wanted.get("status") == "completed":
        raise Refusal(422, "Invalid request.\n\nconclusion is required.")
    elif "status" in wanted:
        check.status = wanted["status"]
    check.output.update({key: output[key] for key in ("title", "summary", "text") if key in output})
    check.annotations += output.get("annotations") or []
    if "actions" in wanted:
        check.actions = actions
    check.details_url = wanted.get("details_url", check.details_url)
