"""A service that uses a key with its own rights is let in before the key is set."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.key_policies import CLOUDTRAIL, CLOUDWATCH_LOGS
from remediations.model import Profile, Safety, Severity
from remediations.plan import combine, plan
from remediations.rule import Offer, Severities
from remediations.shapes import RequireKey
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read, use


class Logged(RequireKey):
    id = "logged"
    title = "No key"
    resources = ("thing",)
    severity = Severities(Severity.LOW, Severity.LOW, Severity.LOW)
    path = "kms_key_id"
    message = "No key."
    offer = Offer(Safety.REVIEW, "Use {key}", "Readers need {key}.")
    service = CLOUDWATCH_LOGS


class Trailed(Logged):
    id = "trailed"
    resources = ("trail",)
    service = CLOUDTRAIL


THING = 'resource "thing" "a" {\n  name = "a"\n}\n'
TRAIL = 'resource "trail" "t" {\n  name = "t"\n}\n'
KEY = 'resource "aws_kms_key" "k" {{\n  description = "k"\n{0}}}\n'
ENCODED = (
    "\n  policy = jsonencode({\n    Statement = [\n      {\n"
    '        Sid    = "Root"\n        Effect = "Allow"\n      },\n    ]\n  })\n'
)


def mended(text: str, grammar: Grammar, monkeypatch: pytest.MonkeyPatch) -> Codebase:
    use(monkeypatch, Logged(), Trailed())
    codebase = read(text, grammar)
    findings = detect(codebase, Profile("prod")).findings
    return codebase.with_edits(combine(codebase, findings, Profile("prod"), Safety.REPLACE))


def text_of(codebase: Codebase) -> str:
    return "\n".join(document.source.text for document in codebase.documents.values())


def is_clean(text: str, path: Path) -> bool:
    (path / "main.tf").write_text(text)
    command = ["terraform", "fmt", "-check", str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "logs", "trail"),
    [
        (THING, 1, 0),
        (THING + KEY.format(""), 1, 0),
        (THING + KEY.format(ENCODED), 1, 0),
        (THING + TRAIL, 1, 1),
        (TRAIL + THING + KEY.format(ENCODED), 1, 1),
        (THING + THING.replace('"a" {', '"b" {') + KEY.format(ENCODED), 1, 0),
    ],
)
def test_the_policy_names_each_service_once(
    text: str,
    logs: int,
    trail: int,
    grammar: Grammar,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    after = mended(text, grammar, monkeypatch)
    written = text_of(after)
    assert detect(after, Profile("prod")).findings == ()
    assert written.count('"CloudWatchLogsUsesKey"') == logs
    assert written.count('"CloudTrailUsesKey"') == trail
    assert written.count('data "aws_region"') == logs
    assert written.count('resource "aws_kms_key"') == 1
    assert "Root" in written or "AccountAdministersKey" in written
    if shutil.which("terraform"):
        assert is_clean(written, tmp_path)


def test_a_key_that_names_the_service_is_left_alone(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = ENCODED.replace('"Root"', '"logs.eu-west-1.amazonaws.com"')
    after = mended(THING + KEY.format(named), grammar, monkeypatch)
    assert KEY.format(named) in text_of(after)
    assert "kms_key_id = aws_kms_key.k.arn" in text_of(after)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (KEY.format("  policy = data.aws_iam_policy_document.k.json\n"), "in its policy"),
        (KEY.format("  policy = var.policy\n") + 'variable "policy" {}\n', "in its policy"),
        (KEY.format("  policy = jsonencode({ Statement = [] })\n"), "in its policy"),
    ],
)
def test_a_policy_that_cannot_take_a_statement_is_left_to_a_person(
    more: str, reason: str, grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Logged())
    codebase = read(THING + more, grammar)
    made = plan(codebase, detect(codebase, Profile("prod")), Profile("prod"))
    assert made.fixes == ()
    assert reason in made.refusals[0].reason


def test_a_key_from_elsewhere_comes_with_a_word(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Logged())
    codebase = read(THING + 'variable "kms_key_arn" {}\n', grammar)
    (fix,) = plan(codebase, detect(codebase, Profile("prod")), Profile("prod")).fixes
    assert fix.cost.endswith("Its policy has to let `logs.<region>.amazonaws.com` use it.")


@pytest.mark.parametrize(("constraint", "name"), [("~> 6.0", "region"), (">= 5.0", "name")])
def test_the_name_of_the_region_depends_on_the_provider(
    constraint: str, name: str, grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = f'terraform {{\n  required_providers {{\n    aws = "{constraint}"\n  }}\n}}\n'
    written = text_of(mended(THING + versions, grammar, monkeypatch))
    assert f"data.aws_region.current.{name}}}" in written
