"""A product that is measured from outside: its forge made slow, and waiting for what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.pages import latest_check
from bot.sandbox.state import Pull, Repo
from tests.faults.product import Product


def is_concluded(repo: Repo, pull: Pull) -> bool:
    """Whether the newest check on its head has ended."""
    check = latest_check(repo, pull.head_sha)
    return check is not None and check.status == "completed"


def until(is_so: Callable[[], bool]) -> None:
    """Look again every 5 ms."""
    while not is_so():
        time.sleep(0.005)


def slow_down(product: Product, seconds: Callable[[str], float]) -> None:
    """Each request to the forge takes so much longer, by its path."""
    app = product.sandbox.app
    inner = app.wsgi_app

    def slow(environ: dict[str, Any], start_response: Any) -> Any:
        time.sleep(seconds(environ["PATH_INFO"]))
        return inner(environ, start_response)

    app.wsgi_app = slow  # type: ignore[method-assign] # Flask's own way to add a layer
