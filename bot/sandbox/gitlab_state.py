"""What a GitLab-shaped sandbox remembers besides what every forge does. No HTTP."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from .state import now

BOT = "lockstitch-bot"


@dataclass(frozen=True, slots=True)
class DiffVersion:
    """A state of a merge request's diff."""

    id: int
    base: str
    start: str
    head: str
    created: str = field(default_factory=now)

    @property
    def commits(self) -> dict[str, str]:
        """As positions name them."""
        return {"base_sha": self.base, "start_sha": self.start, "head_sha": self.head}


@dataclass(frozen=True, slots=True)
class Draft:
    """A note that only its author sees yet."""

    id: int
    author: str
    note: str
    position: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a note on the diff was put, and the lines that its suggestion would replace."""

    position: dict[str, Any]
    replaces: tuple[str, ...] = ()


@dataclass(slots=True)
class Status:
    """A commit status, which is a job of a pipeline."""

    id: int
    sha: str
    ref: str
    name: str
    status: str
    description: str | None
    target_url: str | None
    pipeline: int
    author: str
    created: str = field(default_factory=now)
    finished: str | None = None


@dataclass(slots=True)
class Pipeline:
    """A pipeline; one of source ``external`` is made by a status where there is no other."""

    id: int
    sha: str
    ref: str
    source: str


@dataclass(slots=True)
class ProjectExtras:
    """Of one project."""

    settings: dict[str, Any] = field(default_factory=dict)
    hooks: dict[int, dict[str, Any]] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    pipelines: dict[int, Pipeline] = field(default_factory=dict)
    status_checks: dict[int, str] = field(default_factory=dict)
    """External status checks: id to name."""
    responses: list[dict[str, Any]] = field(default_factory=list)
    """What those were answered with."""


def discussion_id(root: int) -> str:
    """The id of the discussion that begins with this note."""
    return hashlib.sha1(f"discussion {root}".encode(), usedforsecurity=False).hexdigest()
