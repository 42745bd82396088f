"""Override files: merged as Terraform merges them, told and mended where the text stands."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Finding, Known, Profile, Safety
from remediations.plan import combine, plan
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module, Resource
from tests.engine.rules_for_tests import read

PROFILE = Profile()
OPEN = "s3-public-access-block-off"
BLOCK = """\
resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = "b"
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"""


def override(*lines: str, kind: str = "aws_s3_bucket_public_access_block") -> str:
    return f'resource "{kind}" "b" {{\n' + "".join(f"  {line}\n" for line in lines) + "}\n"


def module(files: dict[str, str], grammar: Grammar) -> Module:
    (found,) = read(files, grammar).modules
    return found


def only(files: dict[str, str], grammar: Grammar) -> Resource:
    (found,) = module(files, grammar).resources
    return found


def opened(codebase: Codebase) -> list[Finding]:
    return [one for one in detect(codebase, PROFILE).findings if one.rule == OPEN]


def test_arguments_are_taken_one_by_one(grammar: Grammar) -> None:
    files = {"main.tf": 'resource "x" "b" {\n  a = 1\n  c = 1\n}\n'}
    files["override.tf"] = override("a = 2", "d = 3", kind="x")
    held = only(files, grammar)
    assert {name: held.value(name) for name in "acd"} == {
        "a": Known(2),
        "c": Known(1),
        "d": Known(3),
    }
    assert held.path == "main.tf"


def test_the_last_file_by_name_wins(grammar: Grammar) -> None:
    files = {
        "a_override.tf": override("a = 1", kind="x"),
        "main.tf": 'resource "x" "b" {\n  a = 0\n}\n',
        "override.tf": override("a = 2", kind="x"),
    }
    assert only(files, grammar).value("a") == Known(2)


def test_nested_blocks_of_a_type_are_replaced_all_at_once(grammar: Grammar) -> None:
    base = (
        'resource "x" "b" {\n  rule {\n    id = 1\n  }\n  rule {\n    id = 2\n  }\n'
        "  other {\n    id = 3\n  }\n  lifecycle {\n    prevent_destroy = true\n"
        "    ignore_changes  = [a]\n  }\n}\n"
    )
    over = override(
        'dynamic "rule" {', "  for_each = [7]", "  content {", "    id = rule.value", "  }", "}",
        "lifecycle {", "  prevent_destroy = false", "}", kind="x",
    )  # fmt: skip # each line is one of Terraform
    held = only({"main.tf": base, "x_override.tf": over}, grammar)
    assert [held.home.value_of(b.body.attributes["id"]) for b in held.body.blocks("rule")] == [
        Known(7)
    ]
    assert len(held.body.blocks("other")) == 1
    assert held.value("lifecycle.prevent_destroy") == Known(False)
    assert held.attribute("lifecycle.ignore_changes") is not None


def test_variables_locals_calls_and_providers_are_overridden(grammar: Grammar) -> None:
    main = (
        'variable "v" {\n  type    = number\n  default = 1\n}\n\nlocals {\n  l = 1\n  m = 1\n}\n\n'
        'resource "x" "b" {\n  v = var.v\n  l = local.l\n  m = local.m\n}\n\n'
        'terraform {\n  required_providers {\n    aws = "~> 3.0"\n    x   = "1"\n  }\n}\n\n'
        'module "c" {\n  source = "./c"\n  given  = 1\n}\n'
    )
    over = (
        'variable "v" {\n  default = 2\n}\n\nlocals {\n  l = 2\n}\n\n'
        'terraform {\n  required_providers {\n    aws = "~> 4.0"\n  }\n}\n\n'
        'module "c" {\n  given = 2\n}\n'
    )
    files = {"main.tf": main, "override.tf": over}
    files["c/main.tf"] = 'variable "given" {}\n\nresource "y" "z" {\n  a = var.given\n}\n'
    (root,) = read(files, grammar).roots(PROFILE)
    held = root.module.resource("x.b")
    assert held is not None
    assert [held.value(name) for name in "vlm"] == [Known(2), Known(2), Known(1)]
    assert root.module.aws_majors == (4,)
    called = root.module.called("c")
    assert called is not None
    assert called.resources[0].value("a") == Known(2)


def test_a_bad_value_of_an_override_is_told_and_mended_there(grammar: Grammar) -> None:
    files = {"main.tf": BLOCK, "override.tf": override("block_public_acls = false")}
    codebase = read(files, grammar)
    (finding,) = opened(codebase)
    assert (finding.location.path, finding.location.line) == ("override.tf", 2)
    assert (finding.block.path, finding.unknown) == ("main.tf", None)
    after = codebase.with_edits(combine(codebase, [finding], PROFILE, Safety.SAFE))
    assert after.documents["main.tf"].source.text == BLOCK
    assert "block_public_acls = true" in after.documents["override.tf"].source.text
    assert opened(after) == []


def test_an_override_that_is_right_mends_the_block(grammar: Grammar) -> None:
    bad = BLOCK.replace("acls       = true", "acls       = false")
    assert opened(read({"main.tf": bad}, grammar))
    files = {"main.tf": bad, "override.tf": override("block_public_acls = true")}
    assert opened(read(files, grammar)) == []


def test_what_is_missing_is_added_to_the_block_and_not_to_the_override(grammar: Grammar) -> None:
    short = BLOCK.replace("  restrict_public_buckets = true\n", "")
    files = {"main.tf": short, "override.tf": override("block_public_acls = true")}
    codebase = read(files, grammar)
    (fix,) = (
        one
        for one in plan(codebase, detect(codebase, PROFILE), PROFILE).fixes
        if one.findings[0].rule == OPEN
    )
    assert fix.paths == ("main.tf",)


def test_a_value_that_an_override_reads_is_mended_at_its_source(grammar: Grammar) -> None:
    variable = 'variable "shut" {\n  default = false\n}\n\n'
    files = {"main.tf": variable + BLOCK}
    files["override.tf"] = override("block_public_acls = var.shut")
    codebase = read(files, grammar)
    after = codebase.with_edits(combine(codebase, opened(codebase), PROFILE, Safety.SAFE))
    assert opened(after) == []


@pytest.mark.parametrize("name", ["override.tf.json", "x_override.tf.json"])
def test_json_overrides_too(name: str, grammar: Grammar) -> None:
    text = (
        '{"resource": {"aws_s3_bucket_public_access_block": {"b": {"block_public_acls": false}}}}'
    )
    codebase = read({"main.tf": BLOCK, name: text}, grammar)
    (finding,) = opened(codebase)
    assert finding.location.path == name
    after = codebase.with_edits(combine(codebase, [finding], PROFILE, Safety.SAFE))
    assert '"block_public_acls": true' in after.documents[name].source.text


def test_an_override_of_nothing_stands_alone(grammar: Grammar) -> None:
    files = {"main.tf": BLOCK, "override.tf": override("a = 1", kind="x")}
    assert [one.address for one in module(files, grammar).resources] == [
        "aws_s3_bucket_public_access_block.b",
        "x.b",
    ]
