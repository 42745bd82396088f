"""How soon a comment that asks for something has its reaction: idle, and while reviews run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.watch import is_concluded, slow_down, until
from bot.sandbox.state import Pull, Repo
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, embedded

COMMENTS = 100
SLOW_SECONDS = 2.0
CALL_SECONDS = 0.05
"""What a request to the forge takes besides, as one over a network would."""


def table() -> Iterator[str]:
    """From the comment on the forge to the reaction on it, webhook and request included."""
    yield f"Reactions to commands, {CALL_SECONDS * 1000:.0f} ms a call of the forge"
    with tempfile.TemporaryDirectory() as scratch, embedded(Path(scratch)) as product:
        repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
        pulls = [_opened(product, repo, number) for number in range(4)]
        until(lambda: all(is_concluded(repo, pull) for pull in pulls))
        slow_down(product, lambda _: CALL_SECONDS)
        yield _line("nothing else going on", [_seen(product, repo, pulls[0]) for _ in _times()])
        slow_down(product, lambda path: SLOW_SECONDS if "/compare/" in path else 0.0)
        took = []
        for number in _times():
            if number % 4 == 0:
                _push_all(product, repo, pulls, number)
            took.append(_seen(product, repo, pulls[number % 4]))
        yield _line("on pull requests whose slow reviews keep every worker busy", took)


def _times() -> range:
    return range(COMMENTS)


def _line(what: str, took: list[float]) -> str:
    p99 = statistics.quantiles(took, n=100)[98]
    median = statistics.median(took)
    return f"{what}: median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"


def _opened(product: Product, repo: Repo, number: int) -> Pull:
    head = BUCKET + OPEN + f"# {number}\n"
    return product.open(repo, BUCKET + BLOCK, head, f"change-{number}")


def _push_all(product: Product, repo: Repo, pulls: list[Pull], number: int) -> None:
    for pull in pulls:
        text = BUCKET + OPEN + f"# {pull.number} again {number}\n"
        product.sandbox.forge.push(repo, pull.head, {"main.tf": text.encode()}, "More", "dana")


def _seen(product: Product, repo: Repo, pull: Pull) -> float:
    began = time.perf_counter()
    comment = product.sandbox.forge.comment(repo, pull, "dana", "/lockstitch recheck")
    until(lambda: bool(comment.reactions))
    return time.perf_counter() - began


def main() -> None:
    """Only this table."""
    for line in table():
        print(line, flush=True)


if __name__ == "__main__":
    main()
