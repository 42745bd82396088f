"""The records: nothing is lost when a process dies, nothing is counted twice."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bot import pipeline
from bot.engine import LocalEngine
from bot.forge.github import GitHub
from bot.forge.github_tokens import AppCredentials
from bot.forge.port import PullRef
from bot.inbox import Inbox
from bot.ledger import Ledger
from bot.record import record
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import Pull, Repo
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.journeys.terraform import BLOCK, BUCKET, OPEN
from tests.settled import settled_rules

__all__ = ["settled_rules"]

REF = PullRef("github", "acme/ml", 1)


@dataclass
class Place:
    """A pull request, and the parts of the product that review it and keep records."""

    sandbox: Sandbox
    repo: Repo
    pull: Pull
    forge: GitHub
    ledger: Ledger
    reviewer: pipeline.Reviewer

    def review(self, run_id: str) -> pipeline.Outcome:
        return pipeline.review(
            self.forge, REF, self.reviewer, pipeline.Run.alone(run_id), note=self.ledger.note
        )

    def record(self, outcome: pipeline.Outcome, run_id: str) -> None:
        record(self.ledger, self.forge, self.reviewer, outcome, 0.0, run_id)

    def told(self) -> list[tuple[str, str, str]]:
        found = self.ledger.standings(REF)
        return [(one.offered, one.became.value, one.means) for one in found]

    def apply(self) -> None:
        (comment,) = self.pull.inline
        self.sandbox.forge.apply_suggestion(self.repo, self.pull, comment, "dana")

    def rows(self, table: str) -> list[tuple[object, ...]]:
        with self.ledger.engine.begin() as connection:
            return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]


@pytest.fixture
def place(sandbox: Sandbox, inbox: Inbox, grammar: Grammar) -> Place:
    forge = sandbox.forge
    repo = forge.create_repository("acme/ml", {"dana": "write"})
    forge.push(repo, "main", {"main.tf": (BUCKET + BLOCK).encode()}, "Base", "dana")
    repo.git.branch("change", repo.git.head("main"))
    forge.push(repo, "change", {"main.tf": (BUCKET + OPEN).encode()}, "Change", "dana")
    pull = forge.open_pull(repo, "main", "change", "A change", "dana")
    key = AppCredentials(APP_ID, sandbox.private_key)
    client = GitHub(sandbox.api_url, key, "acme/ml", pause=0)
    reviewer = pipeline.Reviewer(LocalEngine(grammar), Profile())
    return Place(sandbox, repo, pull, client, Ledger(inbox.engine, inbox.clock), reviewer)


def test_a_process_that_dies_before_it_records_loses_nothing(place: Place) -> None:
    place.review("one")
    assert place.told() == [("", "", "")]
    place.apply()
    place.record(place.review("two"), "two")
    assert place.told() == [("suggestion", "accepted", "suggestion")]


def test_a_process_that_dies_before_the_end_loses_nothing(place: Place) -> None:
    place.review("one")
    place.apply()
    place.sandbox.forge.close_pull(place.repo, place.pull, "dana", merges=True)
    place.record(place.review("two"), "two")
    assert place.told() == [("suggestion", "accepted", "suggestion")]


def test_a_run_that_is_recorded_twice_counts_once(place: Place) -> None:
    outcome = place.review("one")
    place.record(outcome, "one")
    place.apply()
    outcome = place.review("two")
    place.record(outcome, "two")
    before = [place.rows(table) for table in ("offers", "outcomes", "runs")]
    place.record(outcome, "two")
    assert [place.rows(table) for table in ("offers", "outcomes", "runs")] == before
    assert len(place.rows("outcomes")) == 1
    assert len(place.rows("runs")) == 2


def test_an_end_that_cannot_be_read_is_said_to_be_unseen(place: Place) -> None:
    place.record(place.review("one"), "one")
    place.apply()
    place.sandbox.forge.close_pull(place.repo, place.pull, "dana", merges=True)
    place.sandbox.forge.fail_next(1, 404, "Not Found", match="/compare/")
    place.record(place.review("two"), "two")
    assert place.told() == [("suggestion", "unseen", "")]


def test_rows_of_the_version_before_are_read(place: Place) -> None:
    with place.ledger.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO offers (pull, fingerprint, rule, path, safety, first_head,"
                " first_seen_at) VALUES ('acme/ml#1', 'abcd', 'x', 'main.tf', 'safe', 'h', 5)"
            )
        )
    place.record(place.review("one"), "one")
    assert ("", "otherwise", "by hand") in place.told()
    place.sandbox.forge.close_pull(place.repo, place.pull, "dana")
    place.record(place.review("two"), "two")
    assert ("suggestion", "closed", "") in place.told()
