"""A pull request of 20 files on the sandbox: from the webhook to the concluded check."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.generate import module
from bot.deliveries import Wish
from bot.demo.story import AUTHOR, Source, Story, started
from bot.sandbox.repository import GitRepository, Person
from bot.sandbox.state import Repo
from tests.faults.product import BLOCK, BUCKET, OPEN

ROUNDS = 3
LARGE = 300
_REVIEW = "/reviews"


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
    """What a large change costs, and the same head once more; a test holds both to it.

    In a repository that the bot has not seen before, on a bot that has long started.
    """
    with (
        tempfile.TemporaryDirectory() as scratch,
        started(_repository(Path(scratch), {"README.md": "other\n"})) as story,
    ):
        story.wait_for_check()
        large = _large(story)
        asked = story.sandbox.forge.requests
        begun = len(asked)
        large.open()
        first = asked[begun:]
        again = len(asked)
        large.once_more()
        second = len(asked) - again
    before = next(n for n, one in enumerate(first) if one.startswith("POST") and _REVIEW in one)
    yield (
        f"A pull request that changes {LARGE} files: {before} requests before anything is posted "
        f"(at most 12), {len(first)} in all"
    )
    yield f"the same head once more, with nothing new to say: {second} requests (at most 6)"


@dataclass(slots=True)
class _Large:
    """A change of many files, one of which is found fault with, in a repository of its own."""

    story: Story
    repo: Repo

    def open(self) -> None:
        """Propose it, and wait until the check has concluded."""
        forge = self.story.sandbox.forge
        self.story.repo = self.repo
        self.story.pull = forge.open_pull(self.repo, "main", "change", "Large", AUTHOR)
        self.story.wait_for_check()

    def once_more(self) -> None:
        """Another run on the same head, as after a webhook that brings nothing new."""
        before, bot = self.story.wait_for_check().id, self.story.bot
        bot.dispatcher.wake(bot.inbox.want(Wish(self.repo.name, self.story.pull.number)))
        while self.story.wait_for_check().id == before:
            time.sleep(0.05)


def _large(story: Story) -> _Large:
    forge = story.sandbox.forge
    repo = forge.create_repository("acme/large", {AUTHOR: "write"})
    base = {f"m{n // 50}/f{n}.tf": f'variable "v{n}" {{}}\n' for n in range(LARGE - 1)}
    head = {path: f"{text}# changed\n" for path, text in base.items()}
    for branch, texts, last in (("main", base, BLOCK), ("change", head, OPEN)):
        if branch != "main":
            repo.git.branch(branch, repo.git.head("main"))
        files = {**texts, "main.tf": BUCKET + last}
        data: dict[str, bytes | None] = {path: text.encode() for path, text in files.items()}
        forge.push(repo, branch, data, branch, AUTHOR)
    return _Large(story, repo)


def _repository(directory: Path, texts: dict[str, str]) -> Source:
    git = GitRepository.create(directory / "repo.git")
    who = Person("dana", "dana@example.com")
    first = git.commit("main", {"README.md": b"base\n"}, "base", who, None)
    git.branch("change", first)
    git.commit("change", {p: t.encode() for p, t in texts.items()}, "change", who, first)
    return Source(git.directory, "main", "change")


def _requests(story: Story) -> Counter[str]:
    return Counter(story.sandbox.forge.requests)
