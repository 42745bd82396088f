"""A pull request of 20 files on the sandbox: from the webhook to the concluded check."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.generate import module
from bot.demo.story import Source, Story, started
from bot.sandbox.repository import GitRepository, Person

ROUNDS = 3
LARGE = 300


def table() -> Iterator[str]:
    """Medians, with the requests of one review by kind."""
    texts = module(20)
    spent, counts = [], Counter[str]()
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as scratch:
            source = _repository(Path(scratch), texts)
            with started(source) as story:
                began = time.perf_counter()
                check = story.wait_for_check()
                spent.append(time.perf_counter() - began)
                counts = _requests(story)
    yield f"A pull request that adds {len(texts)} files, median of {ROUNDS}"
    yield f"webhook to concluded check: {statistics.median(spent):.2f} s, ended {check.conclusion}"
    yield f"requests to the forge: {sum(counts.values())}"
    for name, count in counts.most_common():
        yield f"  {count:>4}  {name}"
    yield from _thrift()


def _thrift() -> Iterator[str]:
    """What a large change costs, cold, and the same head once more; a test holds both to it."""
    base = {f"m{n // 50}/f{n}.tf": f'variable "v{n}" {{}}\n' for n in range(LARGE)}
    with tempfile.TemporaryDirectory() as scratch:
        head = {path: f"{text}# changed\n" for path, text in base.items()}
        with started(_repository(Path(scratch), head, base)) as story:
            check = story.wait_for_check()
            first = len(story.sandbox.forge.requests)
            story.sandbox.forge.rerun(story.repo, check.id, story.pull.author)
            while story.wait_for_check().id == check.id:
                time.sleep(0.05)
            again = len(story.sandbox.forge.requests) - first
    yield f"A pull request that changes {LARGE} files: {first} requests, with those of a start"
    yield f"the same head once more: {again} requests, with those that ask who may ask for it"


def _repository(
    directory: Path, texts: dict[str, str], before: dict[str, str] | None = None
) -> Source:
    git = GitRepository.create(directory / "repo.git")
    who = Person("dana", "dana@example.com")
    start = {"README.md": "base\n", **(before or {})}
    first = git.commit("main", {p: t.encode() for p, t in start.items()}, "base", who, None)
    git.branch("change", first)
    git.commit("change", {p: t.encode() for p, t in texts.items()}, "change", who, first)
    return Source(git.directory, "main", "change")


def _requests(story: Story) -> Counter[str]:
    return Counter(story.sandbox.forge.requests)
