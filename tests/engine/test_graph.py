"""Child modules: what is passed down and given back, and who is judged on whose behalf."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Known, Profile, Report, Safety, Unknown
from remediations.plan import combine, plan
from remediations.rule import find_rule, rules
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module
from tests.engine.rules_for_tests import read

OPEN = "s3-public-access-block-off"
LAKE = """
variable "locked" {
  type    = bool
  default = true
}

variable "name" {
  type = string
}

resource "aws_s3_bucket" "this" {
  bucket = var.name
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = var.locked
  block_public_policy     = var.locked
  ignore_public_acls      = var.locked
  restrict_public_buckets = var.locked
}

output "bucket" {
  value = aws_s3_bucket.this.id
}

output "settings" {
  value = { locked = var.locked }
}
"""


def call(name: str, *arguments: str) -> str:
    lines = "".join(f"  {argument}\n" for argument in ('source = "./lake"', *arguments))
    return f'module "{name}" {{\n{lines}}}\n'


def family(files: dict[str, str], grammar: Grammar) -> dict[str, Module]:
    (root,) = read(files, grammar).roots(Profile())
    return {module.path: module for module in root.module.family}


def only(rule: str, environment: str = "staging") -> Profile:
    return Profile(environment, rules_off=frozenset(r.id for r in rules() if r.id != rule))


def judged(codebase: Codebase, rule: str = OPEN) -> Report:
    return detect(codebase, only(rule))


def fixed(codebase: Codebase, rule: str = OPEN, up_to: Safety = Safety.REVIEW) -> dict[str, str]:
    """The files that a fix changes."""
    profile = only(rule)
    edits = combine(codebase, detect(codebase, profile).findings, profile, up_to)
    after = codebase.with_edits(edits)
    assert detect(after, profile).findings == ()
    changed = {edit.path for edit in edits}
    return {path: after.documents[path].source.text for path in changed}


def test_inputs_go_down_and_outputs_come_back(grammar: Grammar) -> None:
    main = call("a", "locked = false", "name = local.name") + (
        'locals {\n  name = "acme"\n  back = module.a.settings.locked\n}\n'
    )
    found = family({"main.tf": main, "lake/main.tf": LAKE}, grammar)
    assert list(found) == ["", "module.a."]
    child = found["module.a."]
    assert child.resources[0].place == "module.a.aws_s3_bucket.this"
    assert child.resources[0].value("bucket") == Known("acme")
    assert found[""].evaluate(found[""].locals["back"][0].value) == Known(False)


def test_each_call_has_its_own_values(grammar: Grammar) -> None:
    main = call("a", "locked = false") + call("b")
    codebase = read({"main.tf": main, "lake/main.tf": LAKE}, grammar)
    (finding,) = judged(codebase).findings
    assert (finding.location.path, finding.address) == (
        "lake/main.tf",
        "aws_s3_bucket_public_access_block.this",
    )
    roles = [related.role for related in finding.related]
    assert "value comes from this module call" in roles
    assert "called as `module.a`" in roles
    assert "called as `module.b`" not in roles


def test_the_fix_of_an_input_goes_to_the_call(grammar: Grammar) -> None:
    main = call("a", "locked = false") + call("b")
    codebase = read({"main.tf": main, "lake/main.tf": LAKE}, grammar)
    assert fixed(codebase) == {"main.tf": main.replace("locked = false", "locked = true")}
    (fix,) = plan(codebase, judged(codebase), only(OPEN)).fixes
    assert fix.safety is Safety.SAFE


def test_two_calls_that_open_it_are_one_finding_and_one_fix(grammar: Grammar) -> None:
    main = call("a", "locked = false") + call("b", "locked = false")
    codebase = read({"main.tf": main, "lake/main.tf": LAKE}, grammar)
    assert len(judged(codebase).findings) == 1
    assert fixed(codebase) == {"main.tf": main.replace("locked = false", "locked = true")}


def test_what_the_child_itself_writes_is_mended_there(grammar: Grammar) -> None:
    lake = LAKE.replace("block_public_acls       = var.locked", "block_public_acls       = false")
    codebase = read({"main.tf": call("a") + call("b"), "lake/main.tf": lake}, grammar)
    assert fixed(codebase) == {"lake/main.tf": lake.replace("= false", "= true")}


def test_a_default_that_somebody_relies_on_is_changed_where_it_is(grammar: Grammar) -> None:
    lake = LAKE.replace("default = true", "default = false")
    codebase = read({"main.tf": call("a"), "lake/main.tf": lake}, grammar)
    assert fixed(codebase) == {"lake/main.tf": LAKE}


def test_a_default_that_every_caller_replaces_is_nobodys_problem(grammar: Grammar) -> None:
    lake = LAKE.replace("default = true", "default = false")
    codebase = read({"main.tf": call("a", "locked = true"), "lake/main.tf": lake}, grammar)
    assert judged(codebase).findings == ()


def test_a_value_that_no_caller_settles_is_unknown(grammar: Grammar) -> None:
    main = 'variable "l" {}\n' + call("a", "locked = var.l")
    codebase = read({"main.tf": main, "lake/main.tf": LAKE}, grammar)
    findings = judged(codebase).findings
    assert findings
    assert {finding.unknown for finding in findings} == {"`var.l` has no default"}


def test_an_input_through_two_calls(grammar: Grammar) -> None:
    team = 'variable "safe" {}\n' + call("lake", "locked = var.safe").replace("./lake", "../lake")
    main = 'module "team" {\n  source = "./team"\n  safe   = local.safe\n}\n'
    main += "locals {\n  safe = false\n}\n"
    files = {"main.tf": main, "team/main.tf": team, "lake/main.tf": LAKE}
    codebase = read(files, grammar)
    assert fixed(codebase) == {"main.tf": main.replace("safe = false", "safe = true")}
    (finding,) = judged(codebase).findings
    assert [r.role for r in finding.related][-2:] == [
        "called as `module.team.module.lake`",
        "called as `module.team`",
    ]


def test_a_module_that_is_made_no_time_is_not_judged(grammar: Grammar) -> None:
    main = call("a", "count = 0", "locked = false")
    assert judged(read({"main.tf": main, "lake/main.tf": LAKE}, grammar)).findings == ()


SWITCHED = (
    'variable "make" {\n  default = false\n}\n\nlocals {\n  made = var.make\n}\n\n'
    'resource "aws_s3_bucket_public_access_block" "a" {\n'
    "  count  = local.made ? 1 : 0\n  bucket = aws_s3_bucket.a.id\n}\n"
)


def test_what_is_off_by_default_is_judged_for_whoever_turns_it_on(grammar: Grammar) -> None:
    (finding,) = judged(read(SWITCHED, grammar)).findings
    assert finding.is_known
    assert finding.address == "aws_s3_bucket_public_access_block.a"


@pytest.mark.parametrize(
    "files",
    [
        {"main.tf": SWITCHED.replace("local.made ? 1 : 0", "0")},
        {"main.tf": SWITCHED, "terraform.tfvars": "make = false\n"},
        {
            "m/main.tf": SWITCHED,
            "main.tf": 'module "m" {\n  source = "./m"\n}\n',
        },
    ],
    ids=["never", "by a file of values", "by the one caller"],
)
def test_a_resource_that_is_made_no_time_is_not_judged(
    files: dict[str, str], grammar: Grammar
) -> None:
    assert judged(read(files, grammar)).findings == ()


def test_what_is_turned_on_together_is_seen_together(grammar: Grammar) -> None:
    """And what decides about it is not what it is by default: nobody can know, so it is silent."""
    text = (
        'variable "logs" {\n  default = null\n}\n\nresource "aws_s3_bucket" "a" {\n'
        "  count = var.logs == null ? 0 : 1\n}\n\n"
        'resource "aws_s3_bucket_versioning" "a" {\n  count  = var.logs == null ? 0 : 1\n'
        "  bucket = aws_s3_bucket.a[0].id\n\n  versioning_configuration {\n"
        "    status = var.logs\n  }\n}\n"
    )
    rule = find_rule("s3-versioning-off")
    assert detect(read(text, grammar), Profile("prod"), only=[rule]).findings == ()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("../elsewhere", "no Terraform was read from `../elsewhere`"),
        ("./gone", "no Terraform was read from `./gone`"),
        (".", "`.` calls itself"),
        (
            "terraform-aws-modules/lambda/aws",
            "`terraform-aws-modules/lambda/aws` is outside this repository",
        ),
        (
            "git::https://example.com/m.git",
            "`git::https://example.com/m.git` is outside this repository",
        ),
    ],
)
def test_what_is_not_looked_into_is_named(source: str, reason: str, grammar: Grammar) -> None:
    report = judged(read(f'module "m" {{\n  source = "{source}"\n}}\n', grammar))
    (note,) = report.not_analysed
    assert note.reason == f"`module.m` is not looked into: {reason}"
    assert (note.line, note.blocking) == (1, False)


def test_circles_of_calls_end(grammar: Grammar) -> None:
    one = 'module "two" {\n  source = "../two"\n}\n'
    two = 'module "one" {\n  source = "../one"\n}\n'
    codebase = read({"one/main.tf": one, "two/main.tf": two}, grammar)
    (root,) = codebase.roots(Profile())
    assert [module.path for module in root.module.family] == ["", "module.two."]
    assert "calls itself" in judged(codebase).not_analysed[0].reason


def test_a_tree_that_grows_without_bound_is_cut_and_said(grammar: Grammar) -> None:
    files = {
        f"m{level}/main.tf": "".join(
            f'module "c{n}" {{\n  source = "../m{level + 1}"\n}}\n' for n in range(8)
        )
        for level in range(5)
    }
    files["m5/main.tf"] = ""
    report = judged(read(files, grammar))
    assert any("more than 400 modules" in note.reason for note in report.not_analysed)


def test_circles_of_values_are_unknown(grammar: Grammar) -> None:
    main = call("a", "locked = module.a.settings.locked")
    findings = judged(read({"main.tf": main, "lake/main.tf": LAKE}, grammar)).findings
    assert findings
    assert not any(finding.is_known for finding in findings)


def test_a_module_with_examples_stands_on_its_own_too(grammar: Grammar) -> None:
    lake = LAKE.replace("default = true", "default = false")
    example = 'module "m" {\n  source = "../.."\n  locked = true\n}\n'
    files = {"main.tf": lake, "examples/full/main.tf": example}
    codebase = read(files, grammar)
    assert [root.module.directory for root in codebase.roots(Profile())] == ["", "examples/full"]
    assert judged(codebase).findings


def test_who_else_reads_the_value_is_said(grammar: Grammar) -> None:
    main = call("a", "locked = false") + 'resource "thing" "t" {\n  on = module.a.settings\n}\n'
    codebase = read({"main.tf": main, "lake/main.tf": LAKE}, grammar)
    (fix,) = plan(codebase, judged(codebase), only(OPEN)).fixes
    assert fix.safety is Safety.REVIEW
    assert "`thing.t`" in fix.cost


def test_the_workspace_is_known_only_where_it_is_said(grammar: Grammar) -> None:
    (root,) = read("locals {\n  w = terraform.workspace\n}\n", grammar).roots(Profile())
    value = root.module.evaluate(root.module.locals["w"][0].value)
    assert value == Unknown("`terraform.workspace` depends on where Terraform runs")


@pytest.mark.parametrize("name", ["local.safe", "local.behind", "var.safe", "module.told.safe"])
def test_who_reads_the_same_value_is_told(name: str, grammar: Grammar) -> None:
    blocks = "".join(
        f'resource "aws_s3_bucket_public_access_block" "{one}" {{\n  bucket = "{one}"\n\n'
        f"  block_public_acls       = {name}\n  block_public_policy     = true\n"
        "  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n"
        for one in ("a", "b")
    )
    main = (
        "locals {\n  safe   = false\n  behind = local.safe\n}\n"
        'variable "safe" {\n  default = false\n}\nmodule "told" {\n  source = "./told"\n}\n'
    )
    told = 'output "safe" {\n  value = false\n}\n'
    codebase = read({"main.tf": main + blocks, "told/main.tf": told}, grammar)
    first = next(one for one in judged(codebase).findings if one.address.endswith(".a"))
    roles = [one.role for one in first.related]
    assert "`aws_s3_bucket_public_access_block.b` reads the same value" in roles


def test_a_caller_in_whose_module_the_resource_is_not_made_is_not_named(grammar: Grammar) -> None:
    lake = (
        'variable "zone" {\n  type    = string\n  default = null\n}\n\n'
        "locals {\n  is_general = !(var.zone != null ? true : false)\n}\n\n"
        'resource "aws_s3_bucket_public_access_block" "this" {\n'
        '  for_each          = local.is_general ? toset(["on"]) : []\n'
        "  block_public_acls = false\n}\n"
    )
    main = call("plain") + call("zonal", "zone = data.aws_availability_zones.all.zone_ids[0]")
    (finding,) = judged(read({"main.tf": main, "lake/main.tf": lake}, grammar)).findings
    assert [one.role for one in finding.related] == ["called as `module.plain`"]
