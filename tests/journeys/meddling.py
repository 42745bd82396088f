"""A review by hand, and somebody who does something while it is being written."""

from __future__ import annotations

from collections.abc import Callable

from bot import pipeline
from bot.engine import LocalEngine
from bot.forge.github import GitHub
from bot.forge.github_tokens import AppCredentials
from bot.forge.port import PullRef, PullRequest
from bot.sandbox.shapes import APP_ID
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.journeys.conftest import Journey

REF = PullRef("github", "acme/ml", 1)


class Meddling(GitHub):
    """A forge on which something happens while the change is read."""

    def __init__(self, journey: Journey, meddle: Callable[[], object]) -> None:
        credentials = AppCredentials(APP_ID, journey.sandbox.private_key)
        super().__init__(journey.sandbox.api_url, credentials, "acme/ml", pause=0)
        self.meddle = meddle
        self.is_over = False

    def merge_base(self, pull: PullRequest) -> str:
        found = super().merge_base(pull)
        if not self.is_over:
            self.is_over = True
            self.meddle()
        return found


def reviewer(grammar: Grammar) -> pipeline.Reviewer:
    return pipeline.Reviewer(LocalEngine(grammar), Profile())
