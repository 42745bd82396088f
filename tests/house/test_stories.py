"""Every story is told on GitHub and on GitLab, or the documentation says why it is not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.differences import ONLY

ROOT = Path(__file__).parents[2]
_TEST = re.compile(r"tests/journeys/\w+\.py::(?P<name>\w+)(?:\[(?P<with>.*)\])?$", re.MULTILINE)
BOTH = {"github", "gitlab"}


@pytest.fixture(scope="module")
def told() -> dict[str, set[str]]:
    """On which hosts pytest tells each story of the journeys."""
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    listed = subprocess.run(
        [*collect, "tests/journeys"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, set[str]] = {}
    for one in _TEST.finditer(listed.stdout):
        hosts = BOTH & set((one["with"] or "").split("-"))
        found.setdefault(one["name"], set()).update(hosts)
    return found


def test_every_story_has_both_hosts_or_a_reason(told: dict[str, set[str]]) -> None:
    assert len(told) > 60
    assert {name for name, hosts in told.items() if hosts != BOTH} == set(ONLY)
    assert all(told[name] for name in ONLY), "a host at least"


def test_what_stands_for_a_story_is_told_on_the_other_host(told: dict[str, set[str]]) -> None:
    for name, (_, twin) in ONLY.items():
        assert not twin or told[twin] - told[name], f"{name}: {twin}"


def test_what_github_has_alone_has_a_story_in_its_place(told: dict[str, set[str]]) -> None:
    assert [name for name, (_, twin) in ONLY.items() if told[name] == {"github"} and not twin] == []


def test_the_reasons_are_rows_of_the_table() -> None:
    rows = re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs/gitlab.md").read_text(), re.MULTILINE)
    assert {reason for reason, _ in ONLY.values()} <= set(rows)
