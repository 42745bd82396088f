"""Both ends of a change: what is the same at both is read and judged once, and told as if alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bench.generate import tree
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import NotAnalysed, Profile
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Document

BASE = {
    **{path: text.encode() for path, text in tree(28).items()},
    "apps/web/main.tf": b'module "far" {\n  source = "../../far"\n}\n',
    "apps/web/prod.tfvars": b"x = 1\n",
    "both/main.tf": b'resource "aws_s3_bucket" "of_terraform" {}\n',
}
LAKE = b'resource "aws_s3_bucket" "lake" {}\n'

CHANGES: dict[str, Mapping[str, bytes | None]] = {
    "nothing": {},
    "a file of a stack": {"stacks/team_000/part_000.tf": LAKE},
    "a default that a shared module reads": {
        "modules/bucket/variables.tf": BASE["modules/bucket/variables.tf"].replace(
            b"default = true", b"default = false"
        )
    },
    "a file that is gone": {"stacks/team_000/keys.tf": None},
    "a directory that is gone": {path: None for path in BASE if path.startswith("modules/role")},
    "a directory that was called in vain": {"far/main.tf": LAKE},
    "a directory that nobody calls": {"near/main.tf": LAKE},
    "a file that cannot be read": {"modules/role/more.tf": b"resource ["},
    "a file of values": {"stacks/team_000/prod.tfvars": b'stage = "prod"\n'},
    "the version of a provider": {
        "stacks/team_000/.terraform.lock.hcl": b'provider "registry.terraform.io/hashicorp/aws" {\n'
        b'  version = "3.76.1"\n}\n'
    },
    "a file that OpenTofu reads instead": {"both/main.tofu": LAKE},
    "a first caller": {"top/main.tf": b'module "web" {\n  source = "../apps/web"\n}\n'},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_head_beside_its_base_is_told_as_it_is_alone(change: str, grammar: Grammar) -> None:
    wanted = {**BASE, **CHANGES[change]}
    head = {path: data for path, data in wanted.items() if data is not None}
    for first, second in ((BASE, head), (head, BASE)):
        parsed: dict[bytes, Document] = {}
        base = Codebase.read(first, grammar, parsed)
        detect(base, Profile())
        beside = Codebase.read(second, grammar, parsed, earlier=base)
        alone = Codebase.read(second, grammar)
        assert detect(beside, Profile()) == detect(alone, Profile())


def test_roots_that_a_change_does_not_reach_are_the_same_objects(grammar: Grammar) -> None:
    parsed: dict[bytes, Document] = {}
    base = Codebase.read(BASE, grammar, parsed)
    head = Codebase.read({**BASE, "apps/web/main.tf": LAKE}, grammar, parsed, earlier=base)
    before, after = base.roots_by_name(Profile()), head.roots_by_name(Profile())
    assert {name[0] for name, root in after.items() if root is not before[name]} == {"apps/web"}
    shared = {name for name, held in head.library.items() if held is base.library[name]}
    assert shared == base.library.keys() - {"apps/web"}


def test_what_could_be_read_at_one_end_only_is_told_there(grammar: Grammar) -> None:
    skipped = [NotAnalysed("stacks/team_000/link.tf", 1, "it is a link")]
    parsed: dict[bytes, Document] = {}
    base = Codebase.read(BASE, grammar, parsed)
    detect(base, Profile())
    beside = Codebase.read(BASE, grammar, parsed, skipped, base)
    report = detect(beside, Profile())
    assert report == detect(Codebase.read(BASE, grammar, skipped=skipped), Profile())
    assert skipped[0] in report.not_analysed


def test_another_profile_is_judged_anew(grammar: Grammar) -> None:
    parsed: dict[bytes, Document] = {}
    base = Codebase.read(BASE, grammar, parsed)
    detect(base, Profile("dev"))
    beside = Codebase.read(BASE, grammar, parsed, earlier=base)
    strict = replace(Profile("prod"), rules_off=frozenset({"s3-versioning-off"}))
    assert detect(beside, strict) == detect(Codebase.read(BASE, grammar), strict)
