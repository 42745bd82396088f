"""Terraform that is meant to cost too much, or to reach out: said to be unread, never clean."""

from __future__ import annotations

import pytest

from bot.verdict import Verdict, verdict
from remediations.detect import detect
from remediations.model import Profile, Report
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

OPEN = (
    'resource "aws_s3_bucket_public_access_block" "a" {\n  bucket                  = "a"\n'
    "  block_public_acls       = false\n  block_public_policy     = true\n"
    "  ignore_public_acls      = true\n  restrict_public_buckets = true\n}\n"
)
LOOP = "length([for a in range(50) : [for b in range(50) : a + b]])"
COSTLY = "".join(
    f'resource "aws_s3_bucket" "x{n}" {{\n  bucket = "b-${{{LOOP} + {n}}}"\n}}\n\n'
    for n in range(3)
)


def judged(files: dict[str, str], grammar: Grammar) -> Report:
    return detect(read(files, grammar), Profile("prod"))


def test_a_root_that_costs_too_much_hides_nothing(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written on the spot is still known, and the rest forbids a pass."""
    monkeypatch.setattr("remediations.terraform.module.MAX_STEPS", 5_000)
    report = judged({"a.tf": COSTLY, "z.tf": OPEN}, grammar)
    opened = [one for one in report.findings if one.address == f"{OPEN.split(chr(34))[1]}.a"]
    assert [(one.attribute, one.is_known) for one in opened] == [("block_public_acls", True)]
    reasons = [one.reason for one in report.not_analysed if one.blocking]
    assert reasons == ["the values of this directory take more steps than are worked out"]
    assert verdict((), report.not_analysed, Profile()) is Verdict.COULD_NOT_REVIEW


def test_modules_beyond_the_limit_forbid_a_pass(grammar: Grammar) -> None:
    calls = "".join(f'module "c{n}" {{\n  source = "./m"\n}}\n' for n in range(401))
    report = judged({"main.tf": calls, "m/main.tf": OPEN}, grammar)
    cut = [one for one in report.not_analysed if "more than 400 modules" in one.reason]
    assert cut
    assert all(one.blocking for one in cut)


@pytest.mark.parametrize(
    "value",
    [
        'file("../../../../etc/passwd")',
        'templatefile("/etc/passwd", {})',
        'filebase64("main.tf")',
        'fileset("..", "*")[0]',
        'fileexists("main.tf")',
        'filesha256("main.tf")',
        "path.cwd",
        "abspath(path.root)",
        "timestamp()",
        "uuid()",
        "[for a in range(1000) : [for b in range(1000) : a]][0][0]",
        "range(1000000000)[0]",
        'join("", [for a in range(1024) : join("", [for b in range(1024) : "xxxxxxxxxx"])])',
        'format("%1000000000d", 1)',
        "pow(10, 1000000000)",
        'replace("x", "/(x+x+)+y/", "z")',
        'regexall("(x+x+)+y", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")[0]',
    ],
)
def test_what_reaches_out_or_blows_up_is_unknown(value: str, grammar: Grammar) -> None:
    module = read(f"locals {{\n  asked = {value}\n}}\n", grammar).modules[0]
    found = module.evaluate(module.locals["asked"][0].value)
    assert getattr(found, "reason", "")


@pytest.mark.parametrize("count", ["200000", "1000000000", "range(5000)[4999]"])
def test_a_crowd_of_instances_is_one_finding(count: str, grammar: Grammar) -> None:
    report = judged({"main.tf": OPEN.replace("{\n", f"{{\n  count = {count}\n", 1)}, grammar)
    assert [one.attribute for one in report.findings] == ["block_public_acls"]


@pytest.mark.parametrize(
    "source", ["../x", "../../../etc", "/etc", "./../../x", "~/x", "git::ssh://x/y"]
)
def test_no_module_is_looked_for_outside(source: str, grammar: Grammar) -> None:
    files = {"root/main.tf": f'module "m" {{\n  source = "{source}"\n}}\n' + OPEN}
    (note,) = judged(files, grammar).not_analysed
    assert "is not looked into" in note.reason
