"""A product that stands for all tests of a session, each of which has a repository of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.state import BOT_LOGIN, Pull, Repo
from tests import servers
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, until
from tests.faults.traps import Traps


@dataclass(slots=True)
class Standing:
    """The product, and the layer before its forge."""

    product: Product
    traps: Traps
    ports: list[int] = field(default_factory=list)
    """Where webhooks are taken."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.ports.append(self.product.port)

    def start_second_server(self) -> None:
        """Beside the first, before the same database."""
        port, product = servers.free_port(), self.product
        first, second = (f"127.0.0.1:{one}" for one in (product.port, port))
        product.commands["web-2"] = [second if w == first else w for w in product.commands["web"]]
        product.start("web-2")
        address = f"http://{second}/healthz"
        until(lambda: product.answers(address), "the second server to listen")
        self.ports.append(port)

    def repository(self) -> Repo:
        """A new one."""
        name = f"acme/ml-{next(self._numbers)}"
        return self.product.sandbox.forge.create_repository(name, {"dana": "write"})

    def open(self, repo: Repo) -> Pull:
        """A pull request with one finding, whose contents no other repository has."""
        own = f"# {repo.name}\n"
        return self.product.open(repo, own + BUCKET + BLOCK, own + BUCKET + OPEN)

    def push(self, repo: Repo, pull: Pull, text: str) -> None:
        """One more commit, of the bucket and this."""
        files: dict[str, bytes | None] = {"main.tf": f"# {repo.name}\n{BUCKET}{text}".encode()}
        self.product.sandbox.forge.push(repo, pull.head, files, "More", "dana")

    def is_said_once(self, repo: Repo, pull: Pull) -> None:
        """One check, one review, one summary."""
        assert self.product.concluded(repo, pull).conclusion == "failure"
        self.product.settle()
        effects(self.product, repo)
        assert len(pull.reviews) == 1
        assert len(repo.checks) == 1
        assert [c.author for c in pull.conversation.values()] == [BOT_LOGIN]
