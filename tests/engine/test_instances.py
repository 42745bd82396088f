"""Repeated resources and dynamic blocks: what each of their instances is given."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Finding, Known, Profile, Unknown, Value
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

HEAD = """
variable "gone" {}

locals {
  both = { a = { open = true, size = 1 }, b = { open = false, size = 1 } }
}
"""


def value(body: str, grammar: Grammar, attribute: str = "asked") -> Value:
    codebase = read(HEAD + 'resource "thing" "a" {\n' + body + "\n}\n", grammar)
    (resource,) = codebase.modules[0].of_kind("thing")
    return resource.value(attribute)


@pytest.mark.parametrize(
    ("repeat", "asked", "expected"),
    [
        ("for_each = local.both", "each.value.size", 1),
        ('for_each = toset(["x"])', "each.key", "x"),
        ('for_each = toset(["x"])', '"${each.value}-data"', "x-data"),
        ("count    = 1", "count.index", 0),
        ("count    = 2", "count.index > 5", False),
        ("for_each = { a = { k = var.gone, on = true } }", "each.value.on", True),
    ],
)
def test_what_all_instances_see_is_known(
    repeat: str, asked: str, expected: object, grammar: Grammar
) -> None:
    assert value(f"  {repeat}\n  asked    = {asked}", grammar) == Known(expected)


@pytest.mark.parametrize(
    ("repeat", "asked", "reason"),
    [
        ("for_each = local.both", "each.value.open", "it differs from instance to instance"),
        ("for_each = var.gone", "each.key", "`each.key` differs from instance to instance"),
        ("count    = var.gone", "count.index", "`count.index` differs from instance to instance"),
        ("count    = 1000", "count.index", "`count.index` differs from instance to instance"),
        ("for_each = local.both", "each.value.none", "does not name a value"),
        ("for_each = { a = { k = var.gone } }", "each.value.k", "`var.gone` has no default"),
    ],
)
def test_what_instances_see_differently_is_not(
    repeat: str, asked: str, reason: str, grammar: Grammar
) -> None:
    found = value(f"  {repeat}\n  asked    = {asked}", grammar)
    assert isinstance(found, Unknown)
    assert reason in found.reason


def dynamic(over: str, asked: str, more: str = "") -> str:
    return (
        f'  dynamic "inner" {{\n    for_each = {over}\n{more}    content {{\n'
        f"      asked = {asked}\n    }}\n  }}"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (dynamic("[1]", "true"), True),
        (dynamic('["x"]', "inner.value"), "x"),
        (dynamic("local.both", "inner.value.size"), 1),
        (dynamic("[{ on = var.gone, off = 2 }]", "inner.value.off"), 2),
        (dynamic('["x"]', "it.value", "    iterator = it\n"), "x"),
        (dynamic("[]", "true"), None),
        (dynamic("var.gone == 1 ? [1] : [1]", "true"), True),
        (f"  for_each = local.both\n{dynamic('[each.value.size]', 'inner.value')}", 1),
    ],
)
def test_dynamic_blocks_are_what_they_make(body: str, expected: object, grammar: Grammar) -> None:
    assert value(body, grammar, "inner.asked") == Known(expected)


def test_a_dynamic_block_that_nobody_can_count_stays_one(grammar: Grammar) -> None:
    codebase = read(HEAD + 'resource "thing" "a" {\n' + dynamic("var.gone", "1") + "\n}\n", grammar)
    body = codebase.modules[0].resources[0].body
    assert [block.type for block in body.blocks()] == ["dynamic"]


def test_dynamic_blocks_inside_dynamic_blocks(grammar: Grammar) -> None:
    inner = dynamic("[outer.value]", '"${outer.value}-${inner.value}"').replace("\n", "\n    ")
    body = f'  dynamic "outer" {{\n    for_each = ["a"]\n    content {{\n{inner}\n    }}\n  }}'
    assert value(body, grammar, "outer.inner.asked") == Known("a-a")


def found(text: str, rule: str, grammar: Grammar) -> tuple[Finding, ...]:
    off = frozenset(r.id for r in rules() if r.id != rule)
    return detect(read(text, grammar), Profile(rules_off=off)).findings


def test_inputs_of_a_repeated_module(grammar: Grammar) -> None:
    files = {
        "main.tf": 'module "m" {\n  source   = "./m"\n  for_each = { a = "one" }\n'
        "  name     = each.value\n}\n",
        "m/main.tf": 'variable "name" {}\n\nresource "thing" "a" {\n  name = var.name\n}\n',
    }
    (root,) = read(files, grammar).roots(Profile())
    assert root.module.family[1].resources[0].value("name") == Known("one")
