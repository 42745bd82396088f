"""Holds what goes over the wire against GitHub's own description. Knows no sandbox and no bot.

The description is cut from @octokit/openapi and @octokit/openapi-webhooks (MIT, see NOTICE) by
``make refresh-contract``.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from graphql import parse, validate
from openapi_schema_validator import OAS30Validator, OAS30WriteValidator, OAS31Validator

from bot.sandbox.graphql import schema

HERE = Path(__file__).parent
ANYWHERE = {401, 403, 404, 429, 500, 502, 503}
"""Statuses that any operation may answer with, whether its description says so or not."""


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
    errors = validate(schema(), parse(exchange.body["query"]))
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
    schema_of = {**closed(media["schema"]), "components": closed(rest()["components"])}
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
    return _errors(OAS30Validator(schema_of), exchange.answer, f"{exchange}: answer")


def webhook_problems(event: str, payload: dict[str, Any]) -> list[str]:
    """What is wrong about a webhook's payload."""
    name = f"{event}-{payload['action']}".replace("_", "-")
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
    node = copy.deepcopy(node)
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            is_open = not {"oneOf", "anyOf", "allOf", "additionalProperties"} & set(one)
            if isinstance(one.get("properties"), dict) and is_open:
                one["additionalProperties"] = False
            pending += list(one.values())
        elif isinstance(one, list):
            pending += one
    return node
