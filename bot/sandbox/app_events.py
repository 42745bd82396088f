"""What happens to an App on GitHub: it is let in, taken out, suspended; names change.

Each changes the forge's state as the vendor does, and sends what the vendor sends.
"""

from __future__ import annotations

from typing import Any

from . import shapes
from .forge import Forge
from .state import Repo


def add(forge: Forge, repo: Repo, login: str) -> None:
    """An owner lets the App into a repository."""
    with forge.world.lock:
        repo.is_installed = True
        _repositories(forge, "added", repo, login)


def remove(forge: Forge, repo: Repo, login: str) -> None:
    """An owner takes the App out of a repository; its tokens end at once."""
    with forge.world.lock:
        repo.is_installed = False
        forge.world.installations.clear()
        _repositories(forge, "removed", repo, login)


def suspend(forge: Forge, repo: Repo, login: str) -> None:
    """An owner stops the App everywhere for a while; its tokens end at once."""
    with forge.world.lock:
        forge.world.app.is_suspended = True
        forge.world.installations.clear()
        _installation(forge, "suspend", repo, login)


def unsuspend(forge: Forge, repo: Repo, login: str) -> None:
    """And lets it go on."""
    with forge.world.lock:
        forge.world.app.is_suspended = False
        _installation(forge, "unsuspend", repo, login)


def rename(forge: Forge, repo: Repo, name: str, login: str) -> None:
    """A repository gets another name under the same owner; tokens are for the repository."""
    with forge.world.lock:
        before = repo.name
        repo.name = f"{before.split('/')[0]}/{name}"
        forge.world.repos[repo.name] = forge.world.repos.pop(before)
        forge.world.installations.clear()
        changes = {"repository": {"name": {"from": before.split("/")[1]}}}
        forge.emit("repository", repo, login, {"action": "renamed", "changes": changes})


def _installation(forge: Forge, action: str, repo: Repo, login: str) -> None:
    payload = {
        "action": action,
        "installation": shapes.installation(forge.url, repo, forge.world.app),
        "repositories": [_named(repo)],
        "sender": shapes.user(forge.url, login),
    }
    forge.hooks.send("installation", payload)


def _repositories(forge: Forge, action: str, repo: Repo, login: str) -> None:
    lists = {"added": [], "removed": [], action: [_named(repo)]}
    payload = {
        "action": action,
        "installation": shapes.installation(forge.url, repo, forge.world.app),
        "repository_selection": "selected",
        **{f"repositories_{name}": held for name, held in lists.items()},
        "requester": None,
        "sender": shapes.user(forge.url, login),
    }
    forge.hooks.send("installation_repositories", payload)


def _named(repo: Repo) -> dict[str, Any]:
    return {
        "id": repo.id,
        "node_id": f"R_{repo.id}",
        "name": repo.name.split("/")[1],
        "full_name": repo.name,
        "private": True,
    }
