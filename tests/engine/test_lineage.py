"""The same finding before and after a change, whatever was moved, renamed or shifted."""

from __future__ import annotations

import pytest

from remediations.comparison import new_findings, old_findings
from remediations.detect import detect
from remediations.lineage import Lineage
from remediations.model import Finding, Profile
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

RULE = "s3-public-access-block-off"
PROFILE = Profile(rules_off=frozenset(r.id for r in rules() if r.id != RULE))
BLOCK = (
    'resource "aws_s3_bucket_public_access_block" "{name}" {{\n'
    '  bucket                  = "{name}"\n  block_public_acls       = {flag}\n'
    "  block_public_policy     = true\n  ignore_public_acls      = true\n"
    "  restrict_public_buckets = true\n}}\n"
)


def block(name: str = "a", flag: str = "false") -> str:
    return BLOCK.format(name=name, flag=flag)


def new(base: dict[str, str], head: dict[str, str], grammar: Grammar) -> list[Finding]:
    before, after = read(base, grammar), read(head, grammar)
    at_base = Lineage.between(before, after).follow(detect(before, PROFILE))
    return list(new_findings(detect(after, PROFILE), at_base))


MOVED = "moved {\n  from = %s\n  to   = %s\n}\n"
PAB = "aws_s3_bucket_public_access_block"
CALL = 'module "lake" {\n  source = "./lake"\n}\n'
FILLER = "".join(f"# line {number}\n" for number in range(9))


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({"main.tf": block()}, {"main.tf": "# moved down\n\n\n" + block()}),
        ({"main.tf": block()}, {"storage.tf": block()}),
        ({"main.tf": block()}, {"main.tf": block().replace("{\n", "{\n  count = 2\n", 1)}),
        ({"main.tf": block()}, {"main.tf": block("b") + MOVED % (f"{PAB}.a", f"{PAB}.b")}),
        (
            {"main.tf": block()},
            {
                "main.tf": block("c")
                + MOVED % (f"{PAB}.a", f"{PAB}.b")
                + MOVED % (f"{PAB}.b", f"{PAB}.c")
            },
        ),
        (
            {"main.tf": block()},
            {
                "main.tf": CALL + MOVED % (f"{PAB}.a", f"module.lake.{PAB}.this"),
                "lake/main.tf": block("this"),
            },
        ),
        (
            {"main.tf": CALL, "lake/main.tf": block("this")},
            {"main.tf": block() + MOVED % (f"module.lake.{PAB}.this", f"{PAB}.a")},
        ),
        ({"old/main.tf": block() + FILLER}, {"new/main.tf": FILLER + block()}),
        (
            {"old/main.tf": block(), "old/b.tf": FILLER},
            {"x/new/main.tf": block(), "x/new/b.tf": FILLER + "# more\n"},
        ),
        ({"main.tf": block() + block("gone")}, {"main.tf": block()}),
    ],
    ids=[
        "lines",
        "file",
        "count",
        "moved",
        "moved-twice",
        "into-a-module",
        "out-of-a-module",
        "directory",
        "directory-edited",
        "deleted",
    ],
)
def test_old_debt_stays_old(base: dict[str, str], head: dict[str, str], grammar: Grammar) -> None:
    assert new(base, head, grammar) == []


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({"main.tf": block(flag="true")}, {"main.tf": block()}),
        ({"main.tf": block()}, {"main.tf": block("b")}),
        ({"old/main.tf": FILLER}, {"new/main.tf": FILLER + block()}),
        ({"old/main.tf": block()}, {"new/main.tf": block("b") + FILLER}),
        ({"main.tf": block()}, {"main.tf": block(), "copy/main.tf": block()}),
        (
            {"main.tf": 'variable "f" {}\n' + block(flag="var.f")},
            {"main.tf": 'variable "f" {}\n' + block()},
        ),
    ],
    ids=["flipped", "renamed-without-moved", "was-fine", "another-directory", "copied", "unknown"],
)
def test_what_a_change_brought_is_new(
    base: dict[str, str], head: dict[str, str], grammar: Grammar
) -> None:
    assert len(new(base, head, grammar)) == 1


def test_a_second_finding_of_one_fingerprint_is_new(grammar: Grammar) -> None:
    before = detect(read({"main.tf": block()}, grammar), PROFILE)
    twice = detect(read({"main.tf": block(), "b.tf": block()}, grammar), PROFILE)
    assert [finding.location.path for finding in twice.findings] == ["b.tf", "main.tf"]
    assert len(new_findings(twice, before)) == 1
    assert len(old_findings(twice, before)) == 1


def test_a_default_that_opens_an_untouched_resource_is_new(grammar: Grammar) -> None:
    head = {
        "variables.tf": 'variable "f" {\n  default = false\n}\n',
        "main.tf": block(flag="var.f"),
    }
    base = head | {"variables.tf": 'variable "f" {\n  default = true\n}\n'}
    (finding,) = new(base, head, grammar)
    assert finding.location.path == "main.tf"
    assert finding.related[0].location.path == "variables.tf"


def test_circles_of_moves_end(grammar: Grammar) -> None:
    circle = MOVED % (f"{PAB}.a", f"{PAB}.b") + MOVED % (f"{PAB}.b", f"{PAB}.a")
    assert new({"main.tf": block()}, {"main.tf": block() + circle}, grammar) == []
