"""One request to the GitLab-shaped API: who asks, what it names, and whether that may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from .gitlab_forge import GitLabForge
from .limits import Refusal
from .state import Pull, Repo


@dataclass(frozen=True, slots=True)
class Scope:
    """``named`` are the parameters of the path."""

    forge: GitLabForge
    login: str
    named: dict[str, str]
    body: dict[str, Any]
    query: dict[str, str]

    def check(self, level: int) -> None:
        """Whether the caller may do this in the project that is named. Raises ``Refusal``."""
        if "id" not in self.named:
            return
        repo = self.repo
        if self.forge.level(repo, self.login) < level:
            raise Refusal(403, "403 Forbidden")
        if repo.is_archived and request.method != "GET":
            raise Refusal(403, "403 Forbidden - The project is archived")

    @property
    def repo(self) -> Repo:
        """The project, by number or path. Who is no member does not see it; forks are public."""
        wanted = self.named["id"]
        for repo in self.forge.world.repos.values():
            is_it = repo.name == wanted or str(repo.id) == wanted
            if is_it and (self.forge.level(repo, self.login) or repo.parent):
                return repo
        raise Refusal(404, "404 Project Not Found")

    @property
    def pull(self) -> Pull:
        """The merge request."""
        number = self.named["merge_request_iid"]
        pull = self.repo.pulls.get(int(number)) if number.isdigit() else None
        if pull is None:
            raise Refusal(404, "404 Not found")
        return pull

    def number(self, name: str) -> int:
        """A number of the path."""
        text = self.named[name]
        if not text.isdigit():
            raise Refusal(404, "404 Not found")
        return int(text)

    def needs(self, *names: str) -> None:
        """What the body has to have. Raises ``Refusal``."""
        for name in names:
            if self.body.get(name) in (None, ""):
                raise Refusal(400, f"{name} is missing")
