"""A pack of rules that never grows, for suites about what is said of findings.

Which rules there are is the business of ``tests/rules``; a new one changes no snapshot.
"""

from __future__ import annotations

import pytest

from bot.isolation import ConfinedEngine
from remediations.rule import Rule, find_rule

PACK = (
    "domain-no-cmk",
    "endpoint-no-cmk",
    "iam-s3-resource-wildcard",
    "notebook-no-cmk",
    "s3-acl-public",
    "s3-encryption-missing",
    "s3-encryption-not-cmk",
    "s3-public-access-block-missing",
    "s3-public-access-block-off",
)


@pytest.fixture(autouse=True)
def settled_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the pack is run, in this process and in that of an embedded bot's engine."""
    pack = tuple(find_rule(name) for name in PACK)

    def of(kind: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in pack if kind in rule.resources)

    monkeypatch.setattr("remediations.detect.rules_of", of)
    narrowed = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from remediations import detect, rule; "
        f"pack = tuple(map(rule.find_rule, {PACK!r})); "
        "detect.rules_of = lambda kind: tuple(r for r in pack if kind in r.resources); "
        "from bot.engine_process import main; main(sys.argv[2])"
    )
    monkeypatch.setattr(ConfinedEngine, "program", narrowed)
