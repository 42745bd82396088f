"""The twelve worked examples, each through all rules on policies at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.iam.narrowing import widens
from remediations.model import Report, Safety
from remediations.plan import combine, plan
from remediations.terraform.grammar import Grammar

from .policies import read
from .test_parliament import PROFILE as OF_IAM
from .worked import EXAMPLES, REFUSED, UNSHOWN

# What keeps a statement to a region or an account, where nothing can be named, has its own pages.
BOUNDS = frozenset({"iam-any-region", "iam-s3-any-account"})
PROFILE = replace(OF_IAM, rules_off=OF_IAM.rules_off | BOUNDS)

WITH_A_FIX = [number for number, one in EXAMPLES.items() if one.after]
TO_DECIDE = [number for number, one in EXAMPLES.items() if one.after is None and one.said]
COULD_BE = [number for number, one in EXAMPLES.items() if one.could_be]


def _module(number: int, policy: str, grammar: Grammar) -> Codebase:
    return read(f"{EXAMPLES[number].around}\n{policy}", grammar)


def _report(codebase: Codebase) -> Report:
    return detect(codebase, PROFILE)


@pytest.mark.parametrize("number", WITH_A_FIX)
def test_a_fix_makes_it_what_it_should_be(number: int, grammar: Grammar) -> None:
    example = EXAMPLES[number]
    start = _module(number, example.policy, grammar)
    edits = combine(start, _report(start).findings, PROFILE, Safety.REPLACE)
    made = start.with_edits(edits).documents["main.tf"].source.text
    assert made == f"{example.around}\n{example.after}"
    fixes = plan(start, _report(start), PROFILE).fixes
    assert any(example.said in fix.cost for fix in fixes)


@pytest.mark.parametrize("number", UNSHOWN)
def test_without_what_shows_it_nothing_is_named(number: int, grammar: Grammar) -> None:
    around, said = UNSHOWN[number]
    start = read(f"{around}\n{EXAMPLES[number].policy}", grammar)
    assert plan(start, _report(start), PROFILE).fixes == ()
    assert any(one.advice.startswith(said) for one in _report(start).findings)


@pytest.mark.parametrize("number", TO_DECIDE)
def test_what_nobody_can_tell_is_left_to_a_person(number: int, grammar: Grammar) -> None:
    example = EXAMPLES[number]
    start = _module(number, example.policy, grammar)
    assert plan(start, _report(start), PROFILE).fixes == ()
    assert any(example.said in one.advice for one in _report(start).findings)


@pytest.mark.parametrize("number", COULD_BE)
def test_what_a_person_may_write_is_proved_narrower(number: int, grammar: Grammar) -> None:
    example = EXAMPLES[number]
    start = _module(number, example.policy, grammar).modules[0]
    after = _module(number, str(example.could_be), grammar).modules[0]
    assert widens(start, after) is None
    assert widens(after, start) is not None


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_not_narrower_is_refused(reason: str, grammar: Grammar) -> None:
    number, rewrite = REFUSED[reason]
    start = _module(number, EXAMPLES[number].policy, grammar).modules[0]
    assert widens(start, _module(number, rewrite, grammar).modules[0]) is not None
