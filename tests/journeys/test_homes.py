"""The App is taken out, let in again, suspended; the repository gets another name."""

from __future__ import annotations

from bot.forge.port import PullRef
from bot.ledger import Ledger
from bot.sandbox import app_events
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def test_out_and_in_again(on_github: Journey) -> None:
    forge = on_github.sandbox.forge
    pull = on_github.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    on_github.check(pull)
    app_events.remove(forge, on_github.repo, "dana")
    on_github.push({"main.tf": BUCKET + BLOCK})
    forge.hooks.settle()
    checks = len(on_github.repo.checks)
    app_events.add(forge, on_github.repo, "dana")
    on_github.push({"README.md": "More.\n"})
    assert on_github.check(pull).conclusion == "success"
    assert len(on_github.repo.checks) == checks + 1


def test_suspended_and_not_any_more(on_github: Journey) -> None:
    forge = on_github.sandbox.forge
    pull = on_github.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    on_github.check(pull)
    app_events.suspend(forge, on_github.repo, "dana")
    forge.hooks.settle()
    app_events.unsuspend(forge, on_github.repo, "dana")
    on_github.push({"main.tf": BUCKET + BLOCK})
    assert on_github.check(pull).conclusion == "success"


def test_another_name(on_github: Journey) -> None:
    forge, repo = on_github.sandbox.forge, on_github.repo
    pull = on_github.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    on_github.check(pull)
    app_events.rename(forge, repo, "platform", "dana")
    on_github.push({"main.tf": BUCKET + BLOCK})
    assert on_github.check(pull).conclusion == "success"
    assert on_github.writes("review") == 1

    def told() -> list[str]:
        ref = PullRef("github", "acme/platform", pull.number)
        return [one.became.value for one in Ledger(on_github.inbox.engine).standings(ref)]

    on_github.until(lambda: told() == ["accepted"], "the records under the new name")
