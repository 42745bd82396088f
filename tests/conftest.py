"""Fixtures that every suite shares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from remediations.terraform.grammar import Grammar
from tests import servers
from tests.contract.watch import watched


@pytest.fixture(autouse=True)
def no_kept_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is told what another one's run came to."""
    monkeypatch.setattr("bot.cli.check.reports_cache", lambda: None)


@pytest.fixture(scope="session")
def grammar(tmp_path_factory: pytest.TempPathFactory) -> Grammar:
    """One grammar a process; its cache is shared by the run's workers."""
    return Grammar.load(Path(tmp_path_factory.getbasetemp().parent / "grammar.cache"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One PostgreSQL a process; ask it for an empty database."""
    with servers.postgres() as url:
        yield url


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """A forge whose every request, answer and webhook is held against GitHub's description."""
    started = Sandbox.start(tmp_path / "forge")
    try:
        with watched(started):
            yield started
    finally:
        started.stop()
