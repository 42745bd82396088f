"""What a statement costs does not grow with the number of others: counted in calls, not in time."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from bench.rules import copies
from remediations.codebase import Codebase
from remediations.detect import examine
from remediations.model import Profile
from remediations.rule import Rule, rules
from remediations.terraform.grammar import Grammar

FEW, MANY = 4, 24
RULES = [rule for rule in rules() if rule.id.startswith("iam-")]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_statement_costs_the_same_among_many(rule: Rule, grammar: Grammar) -> None:
    few, many = (_calls(rule, number, grammar) / number for number in (FEW, MANY))
    assert many / few < 1.3


def _calls(rule: Rule, number: int, grammar: Grammar) -> int:
    """How many functions of ours are called to judge so many copies of the page's examples."""
    codebase = Codebase.read(copies(rule, number), grammar)
    counted = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal counted
        counted += event == "call" and "remediations" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        examine(codebase, Profile("prod"), only=(rule,))
    finally:
        sys.setprofile(before)
    return counted
