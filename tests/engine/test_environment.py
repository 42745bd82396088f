"""Which environments a directory is applied to, and one finding for all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remediations.codebase import Codebase
from remediations.comparison import new_findings
from remediations.detect import detect
from remediations.environment import Environment, environments_of
from remediations.model import Finding, Profile, Safety, Severity
from remediations.plan import combine
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

RULE = "s3-public-access-block-off"
PROFILE = Profile(rules_off=frozenset(r.id for r in rules() if r.id != RULE))
MAIN = """
variable "locked" {
  type    = bool
  default = true
}

resource "aws_s3_bucket_public_access_block" "a" {
  bucket                  = "acme"
  block_public_acls       = var.locked
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"""


def found(codebase: Codebase, profile: Profile = PROFILE) -> Finding:
    (finding,) = detect(codebase, profile).findings
    return finding


@pytest.mark.parametrize(
    ("directory", "values", "expected"),
    [
        ("", (), [("staging", "staging", ())]),
        ("envs/prod", (), [("prod", "prod", ())]),
        ("live/eu/network", (), [("live", "prod", ())]),
        ("envs/prod/sandbox", (), [("sandbox", "dev", ())]),
        ("modules/product", (), [("staging", "staging", ())]),
        ("a", ("a/terraform.tfvars",), [("staging", "staging", ("a/terraform.tfvars",))]),
        (
            "a",
            ("a/prod.tfvars", "a/dev.tfvars", "a/b.auto.tfvars"),
            [
                ("dev", "dev", ("a/b.auto.tfvars", "a/dev.tfvars")),
                ("prod", "prod", ("a/b.auto.tfvars", "a/prod.tfvars")),
            ],
        ),
        (
            "",
            ("envs/production/terraform.tfvars", "envs/production/x.tfvars"),
            [
                (
                    "production",
                    "prod",
                    ("envs/production/terraform.tfvars", "envs/production/x.tfvars"),
                )
            ],
        ),
        ("", ("envs/eu-prod.tfvars",), [("eu-prod", "prod", ("envs/eu-prod.tfvars",))]),
        ("", ("team-blue.tfvars",), [("team-blue", "staging", ("team-blue.tfvars",))]),
        ("", ("example.tfvars",), [("staging", "staging", ())]),
    ],
)
def test_environments_by_name(
    directory: str, values: tuple[str, ...], expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    seen = environments_of(directory, values, (), "staging")
    assert [(one.name, one.level, one.tfvars) for one in seen] == expected


@pytest.mark.parametrize(
    ("paths", "directory", "covers"),
    [
        ((), "anything", True),
        (("envs/prod",), "envs/prod", True),
        (("envs/prod",), "envs/prod/eu", True),
        (("envs/prod",), "envs/production", False),
        (("envs/*/eu",), "envs/x/eu", True),
        (("envs/*/eu",), "envs/x/us", False),
        (("**/prod",), "a/b/prod", True),
        (("**/prod",), "a/nonprod", False),
        (("envs/prod/**",), "envs/prod", True),
        ((".",), "", True),
    ],
)
def test_what_an_admin_wrote_down_wins(
    paths: tuple[str, ...],
    directory: str,
    covers: bool,  # noqa: FBT001 - a case, not called
) -> None:
    written = Environment("blue", "prod", paths, ("blue.tfvars",))
    seen = environments_of(directory, ("dev.tfvars",), (written,), "staging")
    assert ("blue" in [one.name for one in seen]) is covers


def test_files_are_meant_beside_the_root_or_from_the_top() -> None:
    written = Environment("blue", "prod", tfvars=("blue.tfvars", "shared/all.tfvars"))
    values = ("a/blue.tfvars", "shared/all.tfvars", "a/terraform.tfvars")
    (seen,) = environments_of("a", values, (written,), "staging")
    assert seen.tfvars == ("a/terraform.tfvars", "a/blue.tfvars", "shared/all.tfvars")


def test_one_finding_lists_the_environments_and_is_fixed_in_their_files(grammar: Grammar) -> None:
    files = {
        "main.tf": MAIN,
        "prod.tfvars": "locked = false\n",
        "dev.tfvars": "locked = false\n",
        "staging.tfvars": "locked = true\n",
    }
    codebase = read(files, grammar)
    finding = found(codebase)
    assert finding.environments == ("dev", "prod")
    assert finding.severity is Severity.CRITICAL
    places = [(r.location.path, r.role) for r in finding.related]
    assert places == [
        ("dev.tfvars", "value comes from this file"),
        ("prod.tfvars", "value comes from this file"),
    ]
    edits = combine(codebase, [finding], PROFILE, Safety.SAFE)
    assert {edit.path for edit in edits} == {"dev.tfvars", "prod.tfvars"}
    assert detect(codebase.with_edits(edits), PROFILE).findings == ()


def test_later_files_win(grammar: Grammar) -> None:
    files = {
        "main.tf": MAIN,
        "terraform.tfvars": "locked = false\n",
        "a.auto.tfvars": "locked = true\n",
    }
    assert detect(read(files, grammar), PROFILE).findings == ()
    files["b.auto.tfvars"] = "locked = false\n"
    assert found(read(files, grammar)).related[0].location.path == "b.auto.tfvars"


def test_a_default_is_used_where_an_environment_says_nothing(grammar: Grammar) -> None:
    files = {
        "main.tf": MAIN.replace("default = true", "default = false"),
        "prod.tfvars": "locked = true\n",
        "dev.tfvars": "other = 1\n",
    }
    finding = found(read(files, grammar))
    assert finding.environments == ("dev",)
    assert finding.related[0].role == "value comes from this default"


def test_a_workspace_decides(grammar: Grammar) -> None:
    main = MAIN.replace("var.locked", 'terraform.workspace == "prod"')
    environments = (
        Environment("blue", "prod", workspace="prod"),
        Environment("green", "dev", workspace="dev"),
    )
    profile = replace(PROFILE, environments=environments)
    assert found(read(main, grammar), profile).environments == ("green",)


def test_a_word_on_the_command_line_beats_the_names(grammar: Grammar) -> None:
    files = {"envs/prod/main.tf": MAIN.replace("default = true", "default = false")}
    codebase = read(files, grammar)
    assert found(codebase).severity is Severity.CRITICAL
    profile = replace(PROFILE, environment="dev", by_name=False)
    assert found(codebase, profile).severity is Severity.HIGH


def test_an_environment_that_becomes_worse_is_new(grammar: Grammar) -> None:
    files = {"main.tf": MAIN, "prod.tfvars": "locked = true\n", "dev.tfvars": "locked = false\n"}
    base = detect(read(files, grammar), PROFILE)
    worse = detect(read(files | {"prod.tfvars": "locked = false\n"}, grammar), PROFILE)
    assert new_findings(base, base) == ()
    assert [finding.environments for finding in new_findings(worse, base)] == [("dev", "prod")]


def test_an_environment_that_was_not_there_brings_no_old_debt(grammar: Grammar) -> None:
    main = MAIN.replace("default = true", "default = false")
    base = detect(read({"main.tf": main}, grammar), PROFILE)
    head = detect(read({"main.tf": main, "qa.tfvars": "x = 1\n"}, grammar), PROFILE)
    assert [finding.environments for finding in head.findings] == [("qa",)]
    assert new_findings(head, base) == ()
