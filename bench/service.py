"""The service: how fast webhooks are kept, a review is seen and ended, and what workers add."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench.generate import module
from bench.watch import is_concluded, slow_down, until
from bot.engine import LocalEngine, Texts
from bot.isolation import ConfinedEngine
from bot.sandbox.pages import latest_check
from bot.sandbox.state import Pull, Repo
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.faults.product import BLOCK, BUCKET, OPEN, SECRET, Product, embedded

RATE, SECONDS = 50, 6
BURST = 400
CLIENTS = 8
PULLS = 24
CALL_SECONDS = 0.05
ROUNDS = 5


def table() -> Iterator[str]:
    """All of it; what workers add stands as a ratio of the same work in the same minute."""
    yield "The embedded service, with its forge and the load on the same machine"
    yield from _acks()
    yield from _latency()
    yield from _workers(CALL_SECONDS)
    yield from _workers(0.0)
    yield from _isolation()


def _acks() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as scratch, embedded(Path(scratch)) as product:
        steady = _send(product, RATE * SECONDS, RATE)
        began = time.perf_counter()
        burst = _send(product, BURST, None)
        spent = time.perf_counter() - began
    p99 = statistics.quantiles(steady, n=100)[98]
    yield (
        f"webhooks at {RATE} a second, each on disk before its answer: "
        f"median {statistics.median(steady) * 1000:.1f} ms, p99 {p99 * 1000:.0f} ms"
    )
    yield f"as fast as they come: {len(burst) / spent:.0f} webhooks a second, {CLIENTS} clients"


def _send(product: Product, count: int, rate: float | None) -> list[float]:
    """Seconds that each answer took, all 202; evenly spread where there is a rate."""
    took: list[float] = []
    numbers, lock, began = iter(range(count)), threading.Lock(), time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=30)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            if rate is not None:
                time.sleep(max(0.0, began + number / rate - time.perf_counter()))
            sent = time.perf_counter()
            connection.request("POST", "/webhooks/github", *_labeled(f"{rate}-{number}"))
            answer = connection.getresponse()
            answer.read()
            took.append(time.perf_counter() - sent)
            assert answer.status == 202
        connection.close()

    _together([client] * CLIENTS)
    return took


def _labeled(delivery: str) -> tuple[bytes, dict[str, str]]:
    """20 KB that ask for nothing, so that only the keeping is timed."""
    payload = {
        "action": "labeled",
        "pull_request": {"number": 1, "body": "x" * 20_000},
        "repository": {"full_name": "acme/ml"},
    }
    body = json.dumps(payload).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/json",
        "X-GitHub-Event": "pull_request",
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={signature}",
    }


def _together(calls: Iterable[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _latency() -> Iterator[str]:
    seen, ended = [], []
    with tempfile.TemporaryDirectory() as scratch, embedded(Path(scratch)) as product:
        repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
        for number in range(ROUNDS):
            pull = _opened(product, repo, number)
            began = time.perf_counter()
            until(lambda pull=pull: latest_check(repo, pull.head_sha) is not None)  # type: ignore[misc] # mypy takes no default in a lambda for what it is
            seen.append(time.perf_counter() - began)
            until(lambda pull=pull: is_concluded(repo, pull))  # type: ignore[misc] # as above
            ended.append(time.perf_counter() - began)
    yield (
        f"from the delivery of a small change, median of {ROUNDS}: check to be seen "
        f"{statistics.median(seen):.2f} s, concluded {statistics.median(ended):.2f} s"
    )


def _opened(product: Product, repo: Repo, number: int) -> Pull:
    head = BUCKET + OPEN + f"# {number}\n"
    return product.open(repo, BUCKET + BLOCK, head, f"change-{number}")


def _workers(call_seconds: float) -> Iterator[str]:
    one, two = (_throughput(workers, call_seconds) for workers in ("1", "2"))
    where = f"{call_seconds * 1000:.0f} ms a call of the forge" if call_seconds else "no wait"
    yield (
        f"{PULLS} pull requests, {where}: {one:.2f} a second with 1 worker, {two:.2f} with 2, "
        f"ratio {two / one:.2f}"
    )


def _throughput(workers: str, call_seconds: float) -> float:
    """Reviews a second, from a queue that is full before the first begins."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        embedded(Path(scratch), LOCKSTITCH_WORKERS=workers) as product,
    ):
        if call_seconds:
            slow_down(product, lambda _: call_seconds)
        repo = product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
        first = _opened(product, repo, PULLS)
        until(lambda: is_concluded(repo, first))
        product.kill("web")
        pulls = [_opened(product, repo, number) for number in range(PULLS)]
        product.sandbox.forge.hooks.settle(60)
        product.start()
        began = time.perf_counter()
        assert product.redeliver_failures() == 0
        until(lambda: all(is_concluded(repo, pull) for pull in pulls))
        return PULLS / (time.perf_counter() - began)


def _isolation() -> Iterator[str]:
    head = {path: text.encode() for path, text in module(20).items()}
    texts = Texts({}, head, (), frozenset(str(Path(path).parent).replace(".", "") for path in head))
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch) / "grammar"
        local, confined = LocalEngine(Grammar.load(cache)), ConfinedEngine(cache)
        spent = {"here": _times(local, texts), "confined": _times(confined, texts)}
        confined.close()
    here, there = (statistics.median(spent[name]) for name in ("here", "confined"))
    yield (
        f"reading {len(head)} files in a confined child instead of here: "
        f"{(there - here) * 1000:+.0f} ms a run ({there / here:.2f} times {here:.2f} s)"
    )


def _times(engine: LocalEngine | ConfinedEngine, texts: Texts) -> list[float]:
    engine.judge(texts, Profile())
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        engine.judge(texts, Profile())
        took.append(time.perf_counter() - began)
    return took


def main() -> None:
    """Only this table."""
    for line in table():
        print(line, flush=True)


if __name__ == "__main__":
    main()
