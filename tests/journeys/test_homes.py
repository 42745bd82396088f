"""The bot is taken out, let in again, stopped for a while; the repository gets another name."""

from __future__ import annotations

from bot.forge.port import PullRef
from bot.ledger import Ledger
from bot.sandbox import app_events, gitlab_events
from bot.sandbox.gitlab_forge import GitLabForge
from tests.journeys.conftest import Journey
from tests.journeys.terraform import BLOCK, BUCKET, OPEN


def let_in(journey: Journey, *, is_in: bool) -> None:
    """An owner lets the App into a repository, or makes the bot a member; or takes that back."""
    forge, repo = journey.sandbox.forge, journey.repo
    if isinstance(forge, GitLabForge):
        (gitlab_events.add if is_in else gitlab_events.remove)(forge, repo)
    else:
        (app_events.add if is_in else app_events.remove)(forge, repo, "dana")


def stopped(journey: Journey, *, is_stopped: bool) -> None:
    """The App is suspended everywhere, or the bot's account blocked; or not any more."""
    forge, repo = journey.sandbox.forge, journey.repo
    if isinstance(forge, GitLabForge):
        gitlab_events.block(forge, is_blocked=is_stopped)
    else:
        (app_events.suspend if is_stopped else app_events.unsuspend)(forge, repo, "dana")


def renamed(journey: Journey, name: str) -> None:
    forge, repo = journey.sandbox.forge, journey.repo
    if isinstance(forge, GitLabForge):
        gitlab_events.rename(forge, repo, name)
    else:
        app_events.rename(forge, repo, name, "dana")


def test_out_and_in_again(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    let_in(journey, is_in=False)
    journey.push({"main.tf": BUCKET + BLOCK})
    journey.sandbox.forge.hooks.settle()
    journey.rest()
    checks = len(journey.repo.checks)
    let_in(journey, is_in=True)
    journey.push({"README.md": "More.\n"})
    assert journey.check(pull).conclusion == "success"
    assert len(journey.repo.checks) == checks + 1


def test_stopped_and_not_any_more(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    stopped(journey, is_stopped=True)
    journey.sandbox.forge.hooks.settle()
    stopped(journey, is_stopped=False)
    journey.push({"main.tf": BUCKET + BLOCK})
    assert journey.check(pull).conclusion == "success"


def test_another_name(journey: Journey) -> None:
    pull = journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})
    journey.check(pull)
    renamed(journey, "platform")
    journey.push({"main.tf": BUCKET + BLOCK})
    assert journey.check(pull).conclusion == "success"
    assert journey.writes("review") == 1

    def told() -> list[str]:
        ref = PullRef(journey.sandbox.kind, "acme/platform", pull.number)
        return [one.became.value for one in Ledger(journey.inbox.engine).standings(ref)]

    journey.until(lambda: told() == ["accepted"], "the records under the new name")
