"""A review by hand, and somebody who does something while it is being written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from bot import pipeline
from bot.engine import LocalEngine
from bot.forge.port import Forge, PullRequest
from bot.sandbox.state import Pull
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.journeys.conftest import Journey


class Meddling:
    """A forge on which something happens while the change is read."""

    def __init__(self, journey: Journey, pull: Pull, meddle: Callable[[], object]) -> None:
        self.forge = journey.client(pull)
        self.meddle = meddle
        self.is_over = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.forge, name)

    def merge_base(self, pull: PullRequest) -> str:
        found = self.forge.merge_base(pull)
        if not self.is_over:
            self.is_over = True
            self.meddle()
        return found


def meddling(journey: Journey, pull: Pull, meddle: Callable[[], object]) -> Forge:
    return cast(Forge, Meddling(journey, pull, meddle))


def reviewer(grammar: Grammar) -> pipeline.Reviewer:
    return pipeline.Reviewer(LocalEngine(grammar), Profile())
