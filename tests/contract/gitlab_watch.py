"""Holds everything that passes at a GitLab-shaped sandbox's door against the documented schemas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from jsonschema import Draft202012Validator

from bot.forge import gitlab_queries
from bot.sandbox.gitlab_rest import PREFIX
from bot.sandbox.gitlab_router import Route, Router
from bot.sandbox.server import Sandbox
from tests.contract.checker import Exchange
from tests.contract.gitlab_operations import (
    OAUTH_TOKEN,
    OPERATIONS,
    WEBHOOKS,
    Operation,
    Schema,
)
from tests.contract.watch import Watch

PAGES = ("page", "per_page", "pagination", "page_token")
QUERIES = (gitlab_queries.SIZES, gitlab_queries.ENTRIES, gitlab_queries.BLOBS)


@cache
def _router() -> Router:
    return Router(Route(one.method, one.template, lambda: None) for one in OPERATIONS)


@cache
def _operations() -> dict[tuple[str, str], Operation]:
    return {(one.method, one.template): one for one in OPERATIONS}


def operation(method: str, raw_path: str) -> Operation | None:
    """The operation behind a request, if it is one that is listed."""
    found = _router().find(method, raw_path)
    return None if found is None else _operations()[method, found[0].template]


def problems(exchange: Exchange) -> Iterator[str]:
    """What is not as documented in a request and its answer."""
    where = f"{exchange.verb} {exchange.path}"
    if exchange.path == "/api/graphql":
        if exchange.body.get("query") not in QUERIES:
            yield f"{where}: a document that is not listed"
        return
    if exchange.path == "/oauth/token":
        if exchange.status < 300:
            yield from _breaches(where, "answer", OAUTH_TOKEN, exchange.answer)
        return
    found = operation(exchange.verb, exchange.path.removeprefix(PREFIX))
    if found is None:
        yield f"{where}: an operation that is not listed"
        return
    unknown = set(parse_qs(exchange.query)) - {*found.query, *PAGES}
    if unknown:
        yield f"{where}: query parameters that no page names: {sorted(unknown)}"
    if exchange.body is not None and exchange.verb != "GET":
        yield from _breaches(where, "request", found.body or {"maxProperties": 0}, exchange.body)
    if exchange.status < 300 and found.answer is not None:
        yield from _breaches(where, "answer", found.answer, exchange.answer)


def webhook_problems(event: str, payload: Any) -> Iterator[str]:
    """What is not as documented in a webhook."""
    schema = WEBHOOKS.get(event)
    if schema is None:
        yield f"webhook {event}: not listed"
    else:
        yield from _breaches(f"webhook {event}", "body", schema, payload)


def _breaches(where: str, what: str, schema: Schema, value: Any) -> Iterator[str]:
    for error in Draft202012Validator(schema).iter_errors(value):
        yield f"{where}: {what} {error.json_path}: {error.message[:200]}"


@contextmanager
def watched(sandbox: Sandbox) -> Iterator[Watch]:
    """Everything the sandbox hears, answers and sends while this is open is as documented."""
    watch = Watch(sandbox.app.wsgi_app, raw=True)
    sandbox.app.wsgi_app = watch  # type: ignore[method-assign] # Flask's own way to add a layer
    yield watch
    sandbox.forge.hooks.settle()
    found = [problem for exchange in watch.exchanges for problem in problems(exchange)]
    for delivery in list(sandbox.forge.hooks.log):
        found += webhook_problems(delivery.event, delivery.payload)
    shown = sorted(set(found))
    assert not shown, "\n".join([f"{len(shown)} breaches of GitLab's documentation:", *shown[:40]])
