"""Fixtures that every suite shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from remediations.terraform.grammar import Grammar


@pytest.fixture(scope="session")
def grammar(tmp_path_factory: pytest.TempPathFactory) -> Grammar:
    """One grammar a process; its cache is shared by the run's workers."""
    return Grammar.load(Path(tmp_path_factory.getbasetemp().parent / "grammar.cache"))
