"""Which ids of Checkov the pages speak of; whether fixes close them, `make verify-fixes` asks."""

from __future__ import annotations

import re

import pytest

from remediations.rule import Rule, page, rules
from scripts.verify_fixes import LEFT_OUT, UNREAD, WANTED, claimed, explain


def test_every_wanted_id_is_claimed_or_left_out_with_a_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert explain(claimed()) == []
    assert explain({}) == [
        f"{id} is neither claimed by a page nor left out" for id in sorted(WANTED - LEFT_OUT.keys())
    ]
    said = capsys.readouterr().out
    assert all(reason in said for reason in LEFT_OUT.values())


def test_what_is_not_read_afterwards_is_claimed() -> None:
    claims = claimed()
    assert all(rule in claims[check] for check, rule in map(str.split, UNREAD))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_an_alias_stands_on_the_page(rule: Rule) -> None:
    said = set(re.findall(r"CKV2?_AWS_\d+", page(rule.id).partition("## Mapped ids")[2]))
    assert {alias for alias in rule.aliases if alias.startswith("CKV")} <= said
