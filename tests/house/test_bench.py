"""What timings are taken on is what the benchmarks say it is."""

from __future__ import annotations

from itertools import chain

import pytest

from bench.generate import module, tree
from bench.rules import copies
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile
from remediations.rule import find_rule, rules
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Block

JUDGED = frozenset(kind for rule in rules() for kind in rule.resources)


@pytest.mark.parametrize("files", [module(20), tree(20), tree(300)], ids=["20", "20 mixed", "300"])
def test_most_blocks_are_of_a_kind_that_a_rule_judges(
    files: dict[str, str], grammar: Grammar
) -> None:
    codebase = read(files, grammar)
    blocks = list(chain.from_iterable(d.body.blocks() for d in codebase.documents.values()))
    judged = [block for block in blocks if _kind(block) in JUDGED]
    assert len(judged) >= 0.6 * len(blocks)


def _kind(block: Block) -> str:
    match block.type:
        case "resource":
            return block.labels[0]
        case "data":
            return f"data.{block.labels[0]}"
    return block.type


def test_everything_in_it_is_read_and_values_are_worked_out(grammar: Grammar) -> None:
    files = tree(100)
    report = detect(read(files, grammar), Profile())
    assert len(files) == 100
    assert report.not_analysed == ()
    places = {finding.location.path for finding in report.findings}
    assert len(places) > 20


def test_every_run_sees_the_same_text() -> None:
    assert tree(60) == tree(60)
    assert module(20) != module(20, seed=8)


def read(files: dict[str, str], grammar: Grammar) -> Codebase:
    return Codebase.read({path: text.encode() for path, text in files.items()}, grammar)


def test_a_copy_of_an_example_is_judged_as_the_first_one_is(grammar: Grammar) -> None:
    rule = find_rule("notebook-root-access")
    profile = Profile("prod", rules_off=frozenset(one.id for one in rules() if one is not rule))
    counts = [
        len(detect(Codebase.read(copies(rule, number), grammar), profile).findings)
        for number in (1, 3)
    ]
    assert counts[1] == 3 * counts[0] > 0
