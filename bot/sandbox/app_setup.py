"""GitHub's pages and the one API call that make an App from a manifest. No other decisions.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, redirect, request

from . import shapes
from .forge import Forge
from .hooks import Target
from .state import EVENTS, GRANTED, Registration

_LEVELS: Final = ("read", "write", "admin")
_PERMISSIONS: Final = {*GRANTED, "merge_queues", "statuses", "administration", "issues"}
_NEEDS: Final = {"merge_group": "merge_queues", "check_run": "checks", "check_suite": "checks"}
"""Events that nobody hears of without a permission."""


def create_setup(forge: Forge, private_key: Callable[[], str]) -> Blueprint:
    """The form's target for a person and for an organization, and the conversion."""
    setup = Blueprint("setup", __name__)

    @setup.post("/settings/apps/new")
    def of_a_person() -> Response:
        return _accepted(forge)

    @setup.post("/organizations/<organization>/settings/apps/new")
    def of_an_organization(organization: str) -> Response:
        del organization
        return _accepted(forge)

    @setup.post("/api/v3/app-manifests/<code>/conversions")
    def convert(code: str) -> tuple[Response, int]:
        with forge.world.lock:
            wanted = forge.world.app.codes.pop(code, None)
            if wanted is None:
                return jsonify({"message": "Not Found", "status": "404"}), 404
            secret = secrets.token_hex(20)
            forge.world.app = Registration(
                permissions={**wanted["default_permissions"]}, events=[*wanted["default_events"]]
            )
            forge.hooks.target = Target(wanted["hook_attributes"]["url"], secret)
            shape = {
                **shapes.app(forge.url, forge.world.app),
                "name": wanted["name"],
                "client_id": "Iv1.0123456789abcdef",
                "client_secret": secrets.token_hex(20),
                "webhook_secret": secret,
                "pem": private_key(),
            }
            return jsonify(shape), 201

    return setup


def _accepted(forge: Forge) -> Response:
    """What *Create GitHub App* does: a code goes back with the browser."""
    try:
        wanted = json.loads(request.form["manifest"])
    except ValueError:
        abort(400, "The manifest is not JSON.")
    _check(wanted)
    code = secrets.token_hex(20)
    with forge.world.lock:
        forge.world.app.codes[code] = wanted
    back = {"code": code, "state": request.args.get("state", "")}
    answer = redirect(f"{wanted['redirect_url']}?{urlencode(back)}", 302)
    assert isinstance(answer, Response)
    return answer


def _check(wanted: dict[str, Any]) -> None:
    held = wanted.get("default_permissions", {})
    events = wanted.get("default_events", [])
    if not wanted.get("url") or not wanted.get("hook_attributes", {}).get("url"):
        abort(422, "The manifest has no url, or its hook has none.")
    if not set(held) <= _PERMISSIONS or not set(held.values()) <= set(_LEVELS):
        abort(422, "The manifest asks for a permission that is not there.")
    if not set(events) <= set(EVENTS):
        abort(422, "The manifest asks for an event that is not there.")
    if any(need not in held for event, need in _NEEDS.items() if event in events):
        abort(422, "An event needs a permission that the manifest does not ask for.")
