"""Finds the operation behind a request. A project's path is one segment, so the raw path counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    """``template`` has its parameters as ``:name``, as GitLab's documentation writes them."""

    method: str
    template: str
    handler: Handler
    level: int = 0
    """What the caller has to be in the project: GitLab's number, 0 for who may see it."""


class Router:
    """Routes by method and number of segments."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[tuple[str, ...], Route]]] = {}
        for route in routes:
            parts = tuple(route.template.strip("/").split("/"))
            self._routes.setdefault((route.method, len(parts)), []).append((parts, route))

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a path below the API's base, with its parameters decoded."""
        given = raw_path.strip("/").split("/")
        for parts, route in self._routes.get((method, len(given)), ()):
            pairs = list(zip(parts, given, strict=True))
            if all(part.startswith(":") or part == text for part, text in pairs):
                named = {part[1:]: unquote(text) for part, text in pairs if part[:1] == ":"}
                return route, named
        return None
