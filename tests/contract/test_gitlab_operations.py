"""GitLab's operations as listed: they catch what they should, and GitLab describes the same."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.sandbox.gitlab_rest import ROUTES
from tests.contract.checker import Exchange
from tests.contract.gitlab_operations import OPERATIONS, Operation
from tests.contract.gitlab_watch import problems

VARIABLE = "LOCKSTITCH_TEST_GITLAB_OPENAPI"
MR = "/api/v4/projects/acme%2Fml/merge_requests/1"


def breaches(verb: str, path: str, body: Any = None, query: str = "") -> list[str]:
    return list(problems(Exchange(verb, path, query, body, 400, None)))


def test_the_sandbox_serves_what_is_listed_and_nothing_else() -> None:
    listed = {(one.method, one.template) for one in OPERATIONS}
    assert {(one.method, one.template) for one in ROUTES} == listed
    assert len(listed) == len(OPERATIONS)
    assert all(one.page for one in OPERATIONS)


def test_good_requests_pass() -> None:
    assert not breaches("POST", f"{MR}/notes", {"body": "Hello"})
    assert not breaches("GET", f"{MR}/notes", query="sort=asc&per_page=100&page=2")
    assert not breaches("PUT", f"{MR}/discussions/{'a' * 40}", {"resolved": True})


@pytest.mark.parametrize(
    ("verb", "path", "body", "query"),
    [
        ("POST", f"{MR}/notes", {"note": "Hello"}, ""),
        ("POST", f"{MR}/notes", {"body": "Hello", "internal": "maybe"}, ""),
        ("PUT", f"{MR}/discussions/{'a' * 40}", {"resolved": "yes"}, ""),
        ("GET", f"{MR}/notes", None, "order=asc"),
        ("GET", f"{MR}/note", None, ""),
        ("GET", "/api/v4/projects/acme/ml/merge_requests/1", None, ""),
        ("POST", "/api/v4/projects/1/statuses/x", {"state": "passed"}, ""),
        ("POST", f"{MR}/draft_notes", {"note": "x", "position": {"new_line": 1}}, ""),
        ("POST", "/api/graphql", {"query": "{ currentUser { id } }"}, ""),
    ],
)
def test_others_are_caught(verb: str, path: str, body: Any, query: str) -> None:
    assert breaches(verb, path, body, query)


@pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no openapi_v3.yaml")
def test_gitlab_describes_the_same() -> None:
    described = yaml.safe_load(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))
    found = [problem for one in OPERATIONS for problem in _differences(one, described)]
    assert not found, "\n".join(found)


def _differences(operation: Operation, described: dict[str, Any]) -> Iterator[str]:
    """What GitLab's own description does not have. Names of parameters in paths do not matter."""
    wanted = _nameless(operation.template)
    paths = {
        _nameless(path.removeprefix("/api/v4")): what for path, what in described["paths"].items()
    }
    where = f"{operation.method} {operation.template}"
    what = paths.get(wanted, {}).get(operation.method.lower())
    if what is None:
        yield f"{where} is not described"
        return
    parameters = [_resolved(one, described) for one in what.get("parameters", ())]
    known = {one["name"] for one in parameters if one.get("in") == "query"}
    for name in operation.query:
        if known and name not in known:
            yield f"{where} has no query parameter {name}"
    body = _body(what, described)
    for name in (operation.body or {}).get("properties", {}):
        if body and name not in body:
            yield f"{where} takes no {name}"


def _nameless(path: str) -> str:
    return re.sub(r":\w+|\{[^}]*\}", "*", path)


def _resolved(one: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in one:
        place: Any = described
        for part in one["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        one = place
    return one


def _body(what: dict[str, Any], described: dict[str, Any]) -> set[str]:
    asked = _resolved(what.get("requestBody", {}), described)
    schemas = (one.get("schema", {}) for one in asked.get("content", {}).values())
    return {
        name for schema in schemas for name in _resolved(schema, described).get("properties", {})
    }


def test_the_optional_check_reads_a_description() -> None:
    note = {"schema": {"$ref": "#/components/schemas/Note"}}
    described: dict[str, Any] = {
        "paths": {
            "/api/v4/projects/{id}/merge_requests/{iid}/notes": {
                "post": {"requestBody": {"content": {"application/json": note}}},
            }
        },
        "components": {"schemas": {"Note": {"properties": {"body": {"type": "string"}}}}},
    }
    notes = "/projects/:id/merge_requests/:merge_request_iid/notes"
    (talk,) = [one for one in OPERATIONS if (one.method, one.template) == ("POST", notes)]
    assert list(_differences(talk, described)) == []
    del described["components"]["schemas"]["Note"]["properties"]["body"]
    described["components"]["schemas"]["Note"]["properties"]["text"] = {}
    assert list(_differences(talk, described)) == [f"POST {talk.template} takes no body"]
    (user, *_) = OPERATIONS
    assert list(_differences(user, described)) == ["GET /user is not described"]
