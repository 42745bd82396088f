"""A machine of random pushes, closes, kills, faults and redeliveries, held against a model.

The model: every open head gets exactly one conclusion, every fingerprint at most one thread. Only
where three kills met one piece of work it is given up, which is a conclusion that judges nothing;
told of again, such a head is judged as any other.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.inbox import MAX_ATTEMPTS
from bot.pipeline import COULD_NOT
from bot.sandbox.state import Pull, Repo
from tests.faults.product import BLOCK, BUCKET, OPEN, Product, effects, embedded, until

TEXTS = {"open": BUCKET + OPEN, "closed": BUCKET + BLOCK, "bare": BUCKET}
PICK = st.integers(min_value=0, max_value=10_000)


class Life(RuleBasedStateMachine):
    """One repository of an embedded product and what happens to it."""

    patience: ClassVar[float] = 240.0

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.pulls: list[Pull] = []
        self.asked: Counter[str] = Counter()
        """How often each head may have been asked for again on purpose."""
        self.count = 0
        self.kills = 0

    @initialize()
    def begin(self) -> None:
        """A product, and its first pull request."""
        directory = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.product: Product = self.stack.enter_context(embedded(directory))
        self.repo: Repo = self.product.sandbox.forge.create_repository("acme/ml", {"dana": "write"})
        self.open("open")

    @rule(kind=st.sampled_from(sorted(TEXTS)))
    def open(self, kind: str) -> None:
        """One more pull request."""
        number = len(self.pulls)
        text = TEXTS[kind] + f"# of {number}\n"
        self.pulls.append(self.product.open(self.repo, TEXTS["closed"], text, f"change-{number}"))

    @rule(which=PICK, kind=st.sampled_from(sorted(TEXTS)), times=st.integers(1, 3))
    def push(self, which: int, kind: str, times: int) -> None:
        """One to three commits at once."""
        pull = self.pulls[which % len(self.pulls)]
        for _ in range(times):
            self.count += 1
            text = TEXTS[kind] + f"# {self.count}\n"
            files: dict[str, bytes | None] = {"main.tf": text.encode()}
            self.product.sandbox.forge.push(self.repo, pull.head, files, "More", "dana")

    @rule(which=PICK)
    def close_or_reopen(self, which: int) -> None:
        """Whichever it is not."""
        pull = self.pulls[which % len(self.pulls)]
        forge = self.product.sandbox.forge
        if pull.state == "open":
            forge.close_pull(self.repo, pull, "dana")
        else:
            forge.reopen_pull(self.repo, pull, "dana")
            self.asked[pull.head_sha] += 1

    @rule()
    def kill(self) -> None:
        """And start again."""
        self.kills += 1
        self.product.kill("web")
        self.product.start("web")

    @precondition(lambda self: "web" in self.product.running)
    @rule(status=st.sampled_from([500, 502, 503]), times=st.integers(1, 4))
    def fail(self, status: int, times: int) -> None:
        """The forge fails for a few requests."""
        self.product.sandbox.forge.fail_next(times, status)

    @rule(seconds=st.integers(1, 2))
    def hold(self, seconds: int) -> None:
        """The forge asks to wait."""
        headers = {"Retry-After": str(seconds)}
        said = "You have exceeded a secondary rate limit."
        self.product.sandbox.forge.fail_next(1, 403, said, headers)

    @rule(which=PICK, times=st.integers(1, 3))
    def deliver_again(self, which: int, times: int) -> None:
        """Under its own id, or under new ones."""
        hooks = self.product.sandbox.forge.hooks
        known = [one for one in list(hooks.log) if one.event == "pull_request"]
        if not known:
            return
        one = known[which % len(known)]
        hooks.send_again(one)
        for _ in range(times):
            hooks.send(one.event, one.payload)
        if one.payload["action"] == "reopened":
            for pull in self.pulls:
                if pull.number == one.payload["number"]:
                    self.asked[pull.head_sha] += times + 1

    def teardown(self) -> None:
        """All is healed; the model holds."""
        try:
            if hasattr(self, "repo"):
                self._hold_against_the_model()
        finally:
            self.stack.close()

    def _hold_against_the_model(self) -> None:
        product, forge = self.product, self.product.sandbox.forge
        forge.world.faults.clear()
        forge.hooks.settle(120)
        until(lambda: product.redeliver_failures() == 0, "every delivery to be accepted")
        product.settle(self.patience)
        for pull in self.pulls:
            if pull.state == "open":
                product.concluded(self.repo, pull, self.patience)
        product.settle(self.patience)
        effects(product, self.repo)
        judged, given_up, reasons = Counter[str](), Counter[str](), list[str]()
        for check in self.repo.checks.values():
            if check.conclusion in ("success", "failure"):
                is_given_up = check.output["title"] == COULD_NOT
                (given_up if is_given_up else judged)[check.head] += 1
                reasons += [check.output["summary"]] if is_given_up else []
        # One kill may meet two pieces of work, as there are two threads; never one of them twice.
        assert all(count * MAX_ATTEMPTS <= self.kills for count in given_up.values()), reasons
        for pull in self.pulls:
            if pull.state == "open":
                head = pull.head_sha
                least = 0 if given_up[head] else 1
                assert least <= judged[head] <= 1 + self.asked[head], pull.number
