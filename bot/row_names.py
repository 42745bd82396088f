"""What a row of the inbox is called: by what is asked for, and by what it is about. Pure."""

from __future__ import annotations

import hashlib

from .deliveries import Delivery, Wish
from .forge.port import PullRef


def review_key(ref: PullRef) -> str:
    """The key of the row in which reviews of a pull request are asked for."""
    return f"review:{ref.forge}:{ref}"


def owner_of(wish: Wish) -> str:
    """Whose limits and turns a row counts for: the account that its repository belongs to."""
    return f"{wish.forge}:{wish.repository.split('/')[0]}"


def pull_of(wish: Wish) -> str:
    """What a row is about: rows of the same pull request, commit or branch never run together."""
    if wish.branch:
        # Names of branches may be longer than a key.
        name = hashlib.sha256(wish.branch.encode()).hexdigest()[:16]
        return f"{wish.forge}:{wish.repository}#{name}"
    if not wish.number:
        return f"{wish.forge}:{wish.repository}#{wish.head_sha}"
    return f"{wish.forge}:{PullRef(wish.forge, wish.repository, wish.number)}"


def row_key(wish: Wish) -> str:
    """A row each for the reviews of a pull request, what is recorded of its threads, a branch."""
    return f"{wish.kind}:{pull_of(wish)}"


def key_of(delivery: Delivery) -> str | None:
    """A command has a row of its own; what asks for nothing has none."""
    if delivery.wish is None:
        return None
    if delivery.wish.is_command:
        # Ids of different hosts could be alike; GitHub's rows keep the key they always had.
        host = "" if delivery.forge == "github" else f"{delivery.forge}:"
        return f"command:{host}{delivery.id}"
    return row_key(delivery.wish)
