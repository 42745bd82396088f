"""Holds what goes over the wire against GitHub's own description. Knows no sandbox and no bot.

The description is cut from @octokit/openapi and @octokit/openapi-webhooks (MIT, see NOTICE) by
``make refresh-contract``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from graphql import GraphQLSyntaxError, parse, validate
from openapi_schema_validator import OAS30Validator, OAS30WriteValidator, OAS31Validator

from bot.sandbox.graphql import schema

HERE = Path(__file__).parent
ANYWHERE = {304, 401, 403, 404, 429, 500, 502, 503}
"""Statuses that any operation may answer with, whether its description says so or not."""

_OTHERWISE = re.compile(r"GET \S+/pulls/\d+ .*: head/repo: None")
"""Where GitHub does otherwise than its description: a fork that is gone is null."""

_BRANCHES = ("oneOf", "anyOf", "allOf")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. ``path`` begins below the API's base."""

    verb: str
    path: str
    query: str
    body: Any
    status: int
    answer: Any

    def __str__(self) -> str:
        return f"{self.verb} {self.path} ({self.status})"


@cache
def rest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "github-openapi.json").read_text())
    _let_null_be_listed(found)
    return found


def _let_null_be_listed(node: Any) -> None:
    """GitHub marks an enumeration as nullable without listing null, which OpenAPI asks for."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if one.get("nullable") and isinstance(one.get("enum"), list):
                one["enum"] = [*one["enum"], None]
            pending += list(one.values())
        elif isinstance(one, list):
            pending += one


@cache
def webhooks() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "github-webhooks.json").read_text())
    return found


@cache
def _graphql() -> Any:
    return schema()


@cache
def _routes() -> tuple[tuple[re.Pattern[str], str, dict[str, Any]], ...]:
    routes = []
    for path, verbs in rest()["paths"].items():
        for verb, operation in verbs.items():
            routes.append((_pattern(path, operation), verb.upper(), operation))
    return tuple(routes)


def _pattern(path: str, operation: dict[str, Any]) -> re.Pattern[str]:
    """Parameters that may hold slashes are marked as such; all others end at one."""
    deep = {p["name"] for p in _parameters(operation) if p.get("x-multi-segment")}
    pieces = re.split(r"\{(\w+)\}", path)
    for number in range(1, len(pieces), 2):
        pieces[number] = ".+" if pieces[number] in deep else "[^/]+"
    literal = [re.escape(p) if n % 2 == 0 else p for n, p in enumerate(pieces)]
    return re.compile("".join(literal) + r"\Z")


def _parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [_resolved(one) for one in operation.get("parameters", [])]


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = rest()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def operation_of(verb: str, path: str) -> dict[str, Any] | None:
    for pattern, known, operation in _routes():
        if known == verb and pattern.match(path):
            return operation
    return None


def problems(exchange: Exchange) -> list[str]:
    """What GitHub's description does not allow about an exchange."""
    if exchange.path.endswith("/graphql"):
        return _graphql_problems(exchange)
    operation = operation_of(exchange.verb, exchange.path)
    if operation is None:
        return [f"{exchange}: not an operation the bot may use"]
    found = _query_problems(exchange, operation) + _request_problems(exchange, operation)
    return found + _answer_problems(exchange, operation)


def _graphql_problems(exchange: Exchange) -> list[str]:
    try:
        errors = validate(_graphql(), parse(str(exchange.body["query"])))
    except GraphQLSyntaxError as error:
        errors = [error]
    return [f"GraphQL: {error.message}" for error in errors]


def _query_problems(exchange: Exchange, operation: dict[str, Any]) -> list[str]:
    known = {p["name"] for p in _parameters(operation) if p["in"] == "query"}
    return [
        f"{exchange}: unknown query parameter {name}"
        for name, _ in parse_qsl(exchange.query)
        if name not in known
    ]


def _request_problems(exchange: Exchange, operation: dict[str, Any]) -> list[str]:
    held = operation.get("requestBody")
    if held is None:
        return [] if exchange.body is None else [f"{exchange}: a body is not allowed"]
    media = _resolved(held)["content"].get("application/json")
    if media is None or (exchange.body is None and not _resolved(held).get("required")):
        return []
    schema_of = {**closed(media["schema"]), "components": _closed_components()}
    return _errors(OAS30WriteValidator(schema_of), exchange.body, f"{exchange}: request")


def _answer_problems(exchange: Exchange, operation: dict[str, Any]) -> list[str]:
    response = operation["responses"].get(str(exchange.status))
    if response is None:
        allowed = exchange.status in ANYWHERE
        return [] if allowed else [f"{exchange}: not a status this operation answers with"]
    media = _resolved(response).get("content", {}).get("application/json")
    if media is None:
        return []
    schema_of = {**media["schema"], "components": rest()["components"]}
    found = _errors(OAS30Validator(schema_of), exchange.answer, f"{exchange}: answer")
    return [one for one in found if not _OTHERWISE.search(one)]


def webhook_problems(event: str, payload: dict[str, Any]) -> list[str]:
    """What is wrong about a webhook's payload."""
    name = "-".join(filter(None, [event, payload.get("action")])).replace("_", "-")
    found = webhooks()["webhooks"].get(name)
    if found is None:
        return [f"webhook {name}: not one that is described here"]
    media = found["post"]["requestBody"]["content"]["application/json"]
    schema_of = {**media["schema"], "components": webhooks()["components"]}
    return _errors(OAS31Validator(schema_of), payload, f"webhook {name}")


def _errors(validator: Any, instance: Any, where: str) -> list[str]:
    return [
        f"{where}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in validator.iter_errors(instance)
    ]


def closed(node: Any) -> Any:
    """Schemas that refuse properties they do not declare; GitHub's seldom say so themselves."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    branches = [branch for word in _BRANCHES for branch in node.get(word, ())]
    found = {key: closed(value) for key, value in node.items() if key not in _BRANCHES}
    for word in _BRANCHES:
        if word in node:
            found[word] = [_inner(branch) for branch in node[word]]
    if isinstance(node.get("properties"), dict) and not any("$ref" in one for one in branches):
        told: dict[str, Any] = {
            name: {} for branch in branches for name in branch.get("properties", {})
        }
        found["properties"] = {**told, **found["properties"]}
        found.setdefault("additionalProperties", False)
    return found


def _inner(branch: dict[str, Any]) -> dict[str, Any]:
    """A branch sees the properties of what it belongs to, so only what is below it is closed."""
    return {key: closed(value) if key == "properties" else value for key, value in branch.items()}


@cache
def _closed_components() -> dict[str, Any]:
    found: dict[str, Any] = closed(rest()["components"])
    return found
