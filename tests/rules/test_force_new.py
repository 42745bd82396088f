"""What a fix costs is what the table says of the arguments that it writes, for each version."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from remediations import schema
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Fix, Profile, Safety
from remediations.plan import plan
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Attribute, Body
from tests.engine.rules_for_tests import read
from tests.rules.pages import Example, all_examples

SAME_VALUE = {"aws-region-name-deprecated"}
"""They write the same value in other words, which changes nothing."""
Place = tuple[str, str]
"""A kind and an argument of it."""


def fixes(example: Example, grammar: Grammar) -> Iterator[tuple[Fix, set[Place], int]]:
    """Each fix of an example, what it writes into what is there, and the oldest version."""
    others = frozenset(rule.id for rule in rules() if rule.id != example.rule)
    profile = Profile("prod", rules_off=others)
    before = read(example.files, grammar)
    for fix in plan(before, detect(before, profile), profile).fixes:
        after = before.with_edits(fix.edits)
        oldest = min(min(module.aws_majors) for module in after.modules)
        yield fix, changed(before, after), oldest


def changed(before: Codebase, after: Codebase) -> set[Place]:
    """The arguments that differ in resources that are in both."""
    old, new = arguments(before), arguments(after)
    known = {place[:2] for place in old}
    differ = (place for place in old.keys() | new.keys() if old.get(place) != new.get(place))
    return {place[2:] for place in differ if place[:2] in known}


def arguments(codebase: Codebase) -> dict[tuple[str, str, str, str], list[str]]:
    """The texts of every argument, by directory, address, kind and path."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for module in codebase.modules:
        for resource in (one for one in module.resources if not one.is_data):
            for path, held in within(resource.body):
                place = (module.directory, resource.address, resource.kind, path)
                found.setdefault(place, []).append(resource.document.text_of(held.value))
    return found


def within(body: Body, outer: str = "") -> Iterator[tuple[str, Attribute]]:
    """Every argument by its path, also of what a dynamic block writes."""
    for held in body.attributes.values():
        yield outer + held.name, held
    for block in body.blocks():
        if block.type != "dynamic":
            yield from within(block.body, f"{outer}{block.type}.")
        for content in block.body.blocks("content") if block.type == "dynamic" else ():
            yield from within(content.body, f"{outer}{block.labels[0]}.")


def hangs_on_more(kind: str, path: str) -> bool:
    """Whether a row says that it is so only in some cases."""
    return "if" in schema.force_new().get(kind, {}).get(path, {})


FIXED = [e for e in all_examples("before") if e.after and e.rule not in SAME_VALUE]


@pytest.mark.parametrize("example", FIXED, ids=str)
def test_only_what_makes_a_resource_anew_costs_that(example: Example, grammar: Grammar) -> None:
    for fix, places, oldest in fixes(example, grammar):
        known = {place: schema.forces_new_until(*place) for place in places}
        if fix.safety is Safety.REPLACE:
            assert any(until and (oldest, 0) <= until for until in known.values()), places
        else:
            sure = {place: until for place, until in known.items() if not hangs_on_more(*place)}
            assert not any(until and (oldest, 99) <= until for until in sure.values()), places


ROWS = [
    (kind, path, row) for kind, rows in schema.force_new().items() for path, row in rows.items()
]


@pytest.mark.parametrize(("kind", "path", "row"), ROWS, ids=lambda one: str(one)[:60])
def test_a_row_is_of_an_argument_and_says_where_it_stands(
    kind: str, path: str, row: dict[str, str]
) -> None:
    assert schema.argument(kind, path) is not None
    assert re.fullmatch(r"[a-z0-9]+/[a-z0-9_]+\.go", row["source"])
    assert re.fullmatch(r"\d(\.\d+)?", row.get("until", "5"))
    assert row.keys() <= {"source", "until", "if"}


@pytest.mark.parametrize(
    ("kind", "path", "until"),
    [
        ("aws_sagemaker_model", "vpc_config.subnets", schema.ALWAYS),
        ("aws_batch_job_definition", "container_properties", (5, 43)),
        ("aws_sagemaker_notebook_instance", "root_access", None),
        ("aws_s3_bucket", "versioning.enabled", None),
    ],
)
def test_a_block_stands_for_what_is_in_it(
    kind: str, path: str, until: tuple[int, int] | None
) -> None:
    assert schema.forces_new_until(kind, path) == until
