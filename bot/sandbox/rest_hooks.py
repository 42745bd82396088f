"""GitHub's REST API of an App about itself: installations, and the deliveries of its webhook."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from . import shapes
from .forge import Forge
from .hooks import Delivery
from .limits import Refusal
from .rest_shape import page


def add_hook_routes(api: Blueprint, forge: Forge) -> None:
    """What only the App itself may ask."""

    @api.get("/v3/app/installations")
    def installations() -> Response:
        _only_app()
        installed = [repo for repo in forge.world.repos.values() if repo.is_installed]
        return jsonify(
            [
                _listed(shapes.installation(forge.url, repo, forge.world.app))
                for repo in installed[:1]
            ]
        )

    @api.get("/v3/app/hook/config")
    def hook_config() -> Response:
        _only_app()
        target = forge.hooks.target
        usual = {"content_type": "json", "insecure_ssl": "0", "url": target.url if target else ""}
        secret = {"secret": "********"} if target and target.secret else {}
        return jsonify({**usual, **secret, **forge.world.app.hook})

    @api.get("/v3/installation/repositories")
    def repositories() -> Response:
        if not g.caller.is_installation:
            raise Refusal(403, "Resource not accessible by personal access token")
        seen = g.caller.token.repositories
        held = [
            repo
            for repo in forge.world.repos.values()
            if repo.is_installed and (seen is None or repo.name in seen)
        ]
        shown, links = page([shapes.repository(forge.url, repo) for repo in held])
        shape = {"total_count": len(held), "repository_selection": "selected"}
        response = jsonify({**shape, "repositories": shown})
        if links is not None:
            response.headers["Link"] = links
        return response

    @api.get("/v3/app/hook/deliveries")
    def deliveries() -> Response:
        _only_app()
        size = min(int(request.args.get("per_page", 30)), 100)
        start = int(request.args.get("cursor", "v1_0").removeprefix("v1_"))
        newest = forge.hooks.log[::-1]
        response = jsonify([_shape(one) for one in newest[start : start + size]])
        if start + size < len(newest):
            place = f"{forge.url}{request.path}?per_page={size}&cursor=v1_{start + size}"
            response.headers["Link"] = f'<{place}>; rel="next"'
        return response

    @api.post("/v3/app/hook/deliveries/<int:number>/attempts")
    def again(number: int) -> tuple[Response, int]:
        _only_app()
        found = next((one for one in forge.hooks.log if one.number == number), None)
        if found is None:
            raise Refusal(404, "Not Found")
        forge.hooks.send_again(found)
        return jsonify({}), 202


def _listed(installation: dict[str, Any]) -> dict[str, Any]:
    """In a list the description asks an account to be a user and an enterprise at once."""
    account, stamp = installation["account"], "2026-01-01T00:00:00Z"
    both = {"name": account["login"], "slug": account["login"]}
    times = {"created_at": stamp, "updated_at": stamp}
    return {**installation, "account": {**account, **both, **times}}


def _only_app() -> None:
    if not g.caller.is_app:
        raise Refusal(401, "A JSON web token could not be decoded")


def _shape(one: Delivery) -> dict[str, Any]:
    """https://docs.github.com/rest/apps/webhooks#list-deliveries-for-an-app-webhook"""
    is_ok = 200 <= one.status < 300
    return {
        "id": one.number,
        "guid": one.id,
        "delivered_at": one.at,
        "redelivery": one.is_again,
        "duration": 0.1,
        "status": "OK" if is_ok else f"Invalid HTTP Response: {one.status}",
        "status_code": one.status,
        "event": one.event,
        "action": one.payload.get("action"),
        "installation_id": shapes.INSTALLATION,
        "repository_id": (one.payload.get("repository") or {}).get("id"),
    }
