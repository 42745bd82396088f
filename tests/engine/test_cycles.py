"""No edit makes anything need itself, through whatever it goes."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.cycles import made_a_cycle
from remediations.keys import choose_key
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module
from remediations.verify import prove

HAND_ON = 'variable "in" {\n  default = ""\n}\n\noutput "out" {\n  value = var.in\n}\n'
START = """\
resource "thing" "a" {
  name = "a"
}

resource "thing" "b" {
  name = thing.a.id
}

locals {
  from_b = thing.b.id
  fixed  = "b"
}

module "m" {
  source = "./m"
  in     = thing.b.id
}
"""
# What the first thing is named after, and whether that ends in a circle.
NAMED = {
    "thing.b.id": True,
    "local.from_b": True,
    "module.m.out": True,
    "thing.a.id": True,
    '"${local.from_b}-a"': True,
    "local.fixed": False,
    "thing.c.id": False,
}


def _read(text: str, grammar: Grammar, inside: str = HAND_ON) -> Codebase:
    files = {"main.tf": text + '\nresource "thing" "c" {}\n', "m/main.tf": inside}
    return Codebase.read({path: one.encode() for path, one in files.items()}, grammar)


def _root(codebase: Codebase) -> Module:
    return next(one for one in codebase.modules if one.directory == "")


@pytest.mark.parametrize("name", NAMED)
def test_an_edit_that_ends_in_a_circle_is_no_edit(name: str, grammar: Grammar) -> None:
    before = _read(START, grammar)
    after = _read(START.replace('name = "a"', f"name = {name}", 1), grammar)
    reason = prove(before, after, set(), {("", "thing.a")}, Profile("prod"))
    assert (reason is not None) == NAMED[name]
    assert reason is None or "which needs it too" in reason


@pytest.mark.parametrize(
    ("first", "old", "new"),
    [
        ("local.fixed", 'fixed  = "b"', "fixed  = thing.b.id"),
        ("module.m.out", 'in     = "x"', "in     = thing.b.id"),
    ],
    ids=["in a local", "in a call"],
)
def test_so_is_one_in_a_local_or_a_call(first: str, old: str, new: str, grammar: Grammar) -> None:
    start = START.replace('name = "a"', f"name = {first}").replace(
        "in     = thing.b.id", 'in     = "x"'
    )
    before, after = (_root(_read(text, grammar)) for text in (start, start.replace(old, new)))
    assert made_a_cycle(before, after) is not None
    assert made_a_cycle(before, before) is None
    assert made_a_cycle(after, after) is None


def test_a_key_that_waits_for_its_user_through_a_module_is_not_named(grammar: Grammar) -> None:
    text = """
resource "aws_s3_bucket" "data" {
  bucket = "data"
}

resource "aws_kms_key" "key" {
  description = module.m.out
}

module "m" {
  source = "./m"
  in     = aws_s3_bucket.data.id
}
"""
    module = _root(_read(text, grammar))
    user = module.resource("aws_s3_bucket.data")
    assert user is not None
    chosen = choose_key(module, user)
    assert isinstance(chosen, str)
    assert "would be a cycle" in chosen
