"""GitHub's REST API of check runs and commit statuses. Paths and statuses."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, g, jsonify, request

from . import shapes
from .forge import Forge
from .limits import Refusal, check_run_body, check_status_body
from .rest_shape import body, page, paged, repo_of
from .state import CheckRun, Repo, now

_PREFIX: Final = "/v3/repos/<owner>/<name>"
_WORST_FIRST: Final = ("error", "failure", "pending", "success")


def add_check_routes(api: Blueprint, forge: Forge) -> None:
    """Check runs, which only Apps write, and statuses."""
    _write_routes(api, forge)
    _read_routes(api, forge)
    _status_routes(api, forge)


def _write_routes(api: Blueprint, forge: Forge) -> None:
    @api.post(f"{_PREFIX}/check-runs")
    def create_check(owner: str, name: str) -> tuple[Response, int]:
        repo, wanted = repo_of(forge, owner, name), body()
        check_run_body(wanted, is_new=True)
        head = wanted["head_sha"]
        if not repo.git.has_commit(head):
            raise Refusal(422, f"No commit found for SHA: {head}")
        external = wanted.get("external_id") or ""
        check = CheckRun(forge.world.next_id(), wanted["name"], head, external)
        repo.checks[check.id] = check
        _describe(forge, repo, check, wanted, "created")
        return jsonify(shapes.check_run(forge.url, repo, check)), 201

    @api.patch(f"{_PREFIX}/check-runs/<int:number>")
    def update_check(owner: str, name: str, number: int) -> Response:
        repo, wanted = repo_of(forge, owner, name), body()
        check = _check(repo, number)
        check_run_body(wanted, is_new=False)
        _describe(forge, repo, check, wanted, None)
        return jsonify(shapes.check_run(forge.url, repo, check))


def _describe(
    forge: Forge, repo: Repo, check: CheckRun, wanted: dict[str, Any], action: str | None
) -> None:
    """Texts are replaced, annotations are added to those that are there."""
    output = wanted.get("output") or {}
    was_completed = check.status == "completed"
    if wanted.get("conclusion") is not None:
        check.conclusion, check.status, check.completed = wanted["conclusion"], "completed", now()
    elif "status" in wanted:
        check.status, check.conclusion, check.completed = wanted["status"], None, None
    check.output.update({key: output[key] for key in ("title", "summary", "text") if key in output})
    check.annotations += output.get("annotations") or []
    if "actions" in wanted:
        check.actions = wanted["actions"]
    check.name = wanted.get("name", check.name)
    check.external_id = wanted.get("external_id", check.external_id)
    check.details_url = wanted.get("details_url", check.details_url)
    forge.world.record(g.caller.login, "check", {"id": check.id, "conclusion": check.conclusion})
    if action is not None:
        forge.checked(repo, check, action, g.caller.login)
    if check.status == "completed" and not was_completed:
        forge.checked(repo, check, "completed", g.caller.login)


def _check(repo: Repo, number: int) -> CheckRun:
    if number not in repo.checks:
        raise Refusal(404, "Not Found")
    return repo.checks[number]


def _read_routes(api: Blueprint, forge: Forge) -> None:
    @api.get(f"{_PREFIX}/commits/<sha>/check-runs")
    def list_checks(owner: str, name: str, sha: str) -> Response:
        repo = repo_of(forge, owner, name)
        found = [c for c in repo.checks.values() if c.head == repo.git.commit_id(sha)]
        if request.args.get("filter", "latest") == "latest":
            found = list({check.name: check for check in found}.values())
        for name_of, field in (("check_name", "name"), ("status", "status")):
            asked = request.args.get(name_of)
            found = [c for c in found if asked in (None, getattr(c, field))]
        shown, links = page([shapes.check_run(forge.url, repo, c) for c in found])
        response = jsonify({"total_count": len(found), "check_runs": shown})
        if links is not None:
            response.headers["Link"] = links
        return response

    @api.get(f"{_PREFIX}/check-runs/<int:number>")
    def one_check(owner: str, name: str, number: int) -> Response:
        repo = repo_of(forge, owner, name)
        return jsonify(shapes.check_run(forge.url, repo, _check(repo, number)))

    @api.get(f"{_PREFIX}/check-runs/<int:number>/annotations")
    def check_annotations(owner: str, name: str, number: int) -> Response:
        repo = repo_of(forge, owner, name)
        check = _check(repo, number)
        return paged([shapes.annotation(forge.url, repo, check, one) for one in check.annotations])


def _status_routes(api: Blueprint, forge: Forge) -> None:
    @api.post(f"{_PREFIX}/statuses/<sha>")
    def status(owner: str, name: str, sha: str) -> tuple[Response, int]:
        repo, wanted = repo_of(forge, owner, name), body()
        check_status_body(wanted)
        if not repo.git.has_commit(sha):
            raise Refusal(422, f"No commit found for SHA: {sha}")
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
            "creator": shapes.user(forge.url, g.caller.login),
        }
        repo.statuses.append({**shape, "sha": sha})
        forge.world.record(g.caller.login, "status", {"sha": sha, "state": wanted["state"]})
        return jsonify(shape), 201

    @api.get(f"{_PREFIX}/commits/<sha>/status")
    def combined_status(owner: str, name: str, sha: str) -> Response:
        repo = repo_of(forge, owner, name)
        commit = repo.git.commit_id(sha)
        latest = {one["context"]: one for one in repo.statuses if one["sha"] == commit}
        states = {one["state"] for one in latest.values()}
        worst = next((state for state in _WORST_FIRST if state in states), "pending")
        kept = [{k: v for k, v in one.items() if k != "sha"} for one in latest.values()]
        api_url = f"{forge.url}/api/v3/repos/{repo.name}/commits/{commit}"
        return jsonify(
            {
                "state": "failure" if worst == "error" else worst,
                "statuses": kept,
                "sha": commit,
                "total_count": len(kept),
                "repository": shapes.repository(forge.url, repo),
                "commit_url": api_url,
                "url": f"{api_url}/status",
            }
        )
