"""Published modules: what a call's arguments lead to, told and mended at the call."""

from __future__ import annotations

from pathlib import Path

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Finding, Profile, Report, Safety
from remediations.plan import combine, plan
from remediations.registry import NAMES
from remediations.rule import rules
from remediations.source import SourceFile
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Reference, all_attributes
from remediations.terraform.tree import parse
from tests.engine.rules_for_tests import read

S3 = "terraform-aws-modules/s3-bucket/aws"
PROFILE = Profile()


def call(source: str, *arguments: str, name: str = "lake", version: str = "") -> str:
    said = (f'source = "{source}"', *([f'version = "{version}"'] if version else ()), *arguments)
    return f'module "{name}" {{\n' + "".join(f"  {one}\n" for one in said) + "}\n"


def report(text: str, grammar: Grammar) -> tuple[Codebase, Report]:
    codebase = read({"main.tf": text}, grammar)
    return codebase, detect(codebase, PROFILE)


def found(text: str, grammar: Grammar) -> dict[str, Finding]:
    return {finding.rule: finding for finding in report(text, grammar)[1].findings}


def fixed(text: str, grammar: Grammar, up_to: Safety = Safety.REPLACE) -> dict[str, str]:
    codebase, seen = report(text, grammar)
    after = codebase.with_edits(combine(codebase, seen.findings, PROFILE, up_to))
    return {path: document.source.text for path, document in after.documents.items()}


def test_an_argument_of_the_call_is_the_argument_of_the_resource(grammar: Grammar) -> None:
    text = call(S3, 'bucket = "b"', "block_public_acls = false")
    finding = found(text, grammar)["s3-public-access-block-off"]
    assert (finding.location.path, finding.location.line) == ("main.tf", 4)
    assert finding.address == "module.lake.aws_s3_bucket_public_access_block.this"
    assert finding.directory == ""
    assert finding.block.line == 1
    assert "block_public_acls = true" in fixed(text, grammar, Safety.SAFE)["main.tf"].replace(
        "   ", " "
    ).replace("  ", " ")


@pytest.mark.parametrize(
    ("version", "is_open"),
    [
        ("", False),
        ("~> 5.0", False),
        (">= 3.0", False),
        ("~> 3.0", False),
        ("3.9.0", False),
        ("~> 3.9.0", False),
        ("3.8.2", True),
        ("~> 3.8.0", True),
        ("< 3.9.0", True),
        (">= 2.0, < 3.0.0", True),
        ("<= 3.9", False),
        ("!= 3.9.0", False),
        ("v3.1.0", True),
        ("nonsense", False),
    ],
)
def test_defaults_are_those_of_the_newest_version_that_is_allowed(
    *, version: str, is_open: bool, grammar: Grammar
) -> None:
    seen = found(call(S3, 'bucket = "b"', version=version), grammar)
    assert ("s3-public-access-block-off" in seen) is is_open


def test_a_default_is_overruled_in_the_call(grammar: Grammar) -> None:
    text = call(S3, 'bucket = "b"', version="3.8.2")
    finding = found(text, grammar)["s3-public-access-block-off"]
    assert finding.location.line == 1
    assert finding.message.endswith(f"`{S3}` does so unless it is told otherwise.")
    assert fixed(text, grammar, Safety.SAFE)["main.tf"].count("= true\n") == 4


@pytest.mark.parametrize(
    "source",
    [
        S3,
        f"registry.terraform.io/{S3}",
        f"registry.opentofu.org/{S3}",
        "github.com/terraform-aws-modules/terraform-aws-s3-bucket",
        "git::https://github.com/terraform-aws-modules/terraform-aws-s3-bucket.git",
        "git::ssh://git@github.com/terraform-aws-modules/terraform-aws-s3-bucket.git?ref=v5.0.0",
        "git@github.com:terraform-aws-modules/terraform-aws-s3-bucket.git?depth=1&ref=v5.0.0",
    ],
)
def test_a_module_is_known_by_every_name_it_has(source: str, grammar: Grammar) -> None:
    assert "s3-versioning-off" in found(call(source, 'bucket = "b"'), grammar)


def test_a_tag_of_its_repository_is_its_version(grammar: Grammar) -> None:
    home = "git::https://github.com/terraform-aws-modules/terraform-aws-s3-bucket.git?ref="
    assert "s3-public-access-block-off" in found(call(f"{home}v3.8.0"), grammar)
    assert "s3-public-access-block-off" not in found(call(f"{home}v4.0.0"), grammar)
    assert "s3-public-access-block-off" not in found(call(f"{home}main"), grammar)


@pytest.mark.parametrize(
    "source",
    [
        "cloudposse/s3-bucket/aws",
        "terraform-aws-modules/s3-bucket/google",
        "example.com/terraform-aws-modules/s3-bucket/aws",
        f"{S3}//modules/notification",
        "git::https://example.com/terraform-aws-modules/terraform-aws-s3-bucket.git",
        "terraform-aws-modules/iam/aws",
    ],
)
def test_another_module_is_named_and_not_looked_into(source: str, grammar: Grammar) -> None:
    _, seen = report(call(source, "block_public_acls = false"), grammar)
    assert seen.findings == ()
    (note,) = seen.not_analysed
    assert note.reason == (
        f"`module.lake` is not looked into: `{source}` is outside this repository"
    )
    assert not note.blocking


def test_a_known_module_is_not_named_as_unread(grammar: Grammar) -> None:
    assert report(call(S3), grammar)[1].not_analysed == ()


def test_what_belongs_to_a_modules_bucket_may_stand_beside_the_call(grammar: Grammar) -> None:
    beside = """
resource "aws_s3_bucket_versioning" "lake" {
  bucket = module.lake.s3_bucket_id

  versioning_configuration {
    status = "Enabled"
  }
}
"""
    assert "s3-versioning-off" in found(call(S3), grammar)
    assert "s3-versioning-off" not in found(call(S3) + beside, grammar)


def test_what_the_call_makes_no_time_is_not_judged(grammar: Grammar) -> None:
    assert found(call(S3, "create_bucket = false"), grammar) == {}
    assert found(call(S3, "count = 0", "block_public_acls = false"), grammar) == {}


@pytest.mark.parametrize(
    "passed",
    [
        "versioning = { enabled = true }",
        'versioning = { status = "Enabled" }',
        "versioning = { status = true }",
    ],
)
def test_every_documented_spelling_turns_versioning_on(passed: str, grammar: Grammar) -> None:
    assert "s3-versioning-off" not in found(call(S3, passed), grammar)


def test_an_entry_that_is_passed_is_changed_where_it_stands(grammar: Grammar) -> None:
    text = call(S3, "versioning = {", "  enabled = false", "}")
    after = fixed(text, grammar)["main.tf"]
    assert "    enabled = true\n" in after
    assert after.count("versioning") == 1


def test_what_is_passed_on_is_mended_where_it_was_written(grammar: Grammar) -> None:
    variable = 'variable "open" {\n  default = false\n}\n'
    text = variable + call(S3, "restrict_public_buckets = var.open")
    after = fixed(text, grammar, Safety.SAFE)["main.tf"]
    assert "default = true" in after
    assert "restrict_public_buckets = var.open" in after


def test_what_nobody_can_read_is_said_at_the_argument(grammar: Grammar) -> None:
    text = 'variable "open" {}\n' + call(S3, "restrict_public_buckets = var.open")
    finding = found(text, grammar)["s3-public-access-block-off"]
    assert finding.unknown == "`var.open` has no default"
    assert finding.location.line == 4


def test_the_callers_key_encrypts_what_a_module_makes(grammar: Grammar) -> None:
    key = 'resource "aws_kms_key" "own" {}\n\n'
    after = fixed(key + call(S3, 'bucket = "b"'), grammar)["main.tf"]
    assert "        kms_master_key_id = aws_kms_key.own.arn\n" in after
    after = fixed(key + call("aws-ia/sagemaker-endpoint/aws"), grammar)["main.tf"]
    assert "aws_kms_key.own.arn" in after


def test_without_a_key_one_is_written_beside_the_call(grammar: Grammar) -> None:
    after = fixed(call("aws-ia/bedrock/aws", "create_agent = true"), grammar)
    assert 'resource "aws_kms_key" "ml"' in after["kms.tf"]
    assert "kms_key_arn = aws_kms_key.ml.arn" in after["main.tf"]


@pytest.mark.parametrize(
    ("source", "arguments", "rule"),
    [
        ("aws-ia/sagemaker-endpoint/aws", (), "model-network-isolation-off"),
        ("aws-ia/sagemaker-endpoint/aws", (), "endpoint-no-cmk"),
        ("aws-ia/bedrock/aws", (), "agent-no-cmk"),
        ("aws-ia/bedrock/aws", ("create_guardrail = true",), "guardrail-no-cmk"),
        ("aws-ia/bedrock/aws", ("create_custom_model = true",), "custom-model-no-cmk"),
        (S3, ('acl = "public-read"',), "s3-acl-public"),
        (S3, (), "s3-tls-not-required"),
        (S3, (), "s3-encryption-missing"),
    ],
)
def test_documented_defaults_are_judged_like_written_values(
    source: str, arguments: tuple[str, ...], rule: str, grammar: Grammar
) -> None:
    assert rule in found(call(source, *arguments), grammar)


@pytest.mark.parametrize(
    ("source", "arguments", "rule"),
    [
        ("aws-ia/sagemaker-endpoint/aws", ("enable_network_isolation = true",), "model-network"),
        ("aws-ia/sagemaker-endpoint/aws", ("kms_key_arn = var.key",), "endpoint-no-cmk"),
        ("aws-ia/bedrock/aws", ("create_agent = false",), "agent"),
        ("aws-ia/bedrock/aws", (), "guardrail-no-cmk"),
        ("aws-ia/bedrock/aws", (), "custom-model"),
        (S3, ("attach_deny_insecure_transport_policy = true",), "s3-tls-not-required"),
        (S3, ("attach_require_latest_tls_policy = true",), "s3-tls-not-required"),
    ],
)
def test_what_the_call_asks_for_is_known(
    source: str, arguments: tuple[str, ...], rule: str, grammar: Grammar
) -> None:
    said = [one for one in found(call(source, *arguments), grammar) if one.startswith(rule)]
    assert said == []


def test_the_rest_of_a_modules_account_says_nothing(grammar: Grammar) -> None:
    """A stand-in has no VPC for the model: that is no finding, for the module may see to it."""
    assert "model-not-in-vpc" not in found(call("aws-ia/sagemaker-endpoint/aws"), grammar)


def test_all_that_can_be_fixed_is_fixed_and_stays_fixed(grammar: Grammar) -> None:
    text = "\n".join(
        call(source, 'bucket = "b"', name=f"one{number}", version="1.0")
        if source == S3
        else call(source, name=f"one{number}")
        for number, source in enumerate(NAMES)
    )
    codebase, seen = report(text, grammar)
    assert seen.findings
    after = codebase.with_edits(combine(codebase, seen.findings, PROFILE, Safety.REPLACE))
    left = plan(after, detect(after, PROFILE), PROFILE)
    assert left.fixes == ()
    assert {one.path for one in detect(after, PROFILE).not_analysed} == set()


def test_no_place_of_a_finding_is_in_a_stand_in(grammar: Grammar) -> None:
    text = "\n".join(call(source, name=f"m{n}") for n, source in enumerate(NAMES))
    _, seen = report(text, grammar)
    places = [
        place.path
        for finding in seen.findings
        for place in (finding.location, finding.block, *(one.location for one in finding.related))
    ]
    assert set(places) == {"main.tf"}


def test_a_directory_cannot_be_called_like_a_stand_in(grammar: Grammar) -> None:
    """A repository whose directory bears the key's name changes nothing for the call."""
    bad = 'resource "aws_s3_bucket_acl" "x" {\n  acl = "public-read"\n}\n'
    files = {"main.tf": call(S3), f"registry:{S3}/main.tf": bad}
    codebase = read(files, grammar)
    addresses = {finding.address for finding in detect(codebase, PROFILE).findings}
    assert "module.lake.aws_s3_bucket.this" in addresses


@pytest.mark.parametrize("stem", sorted(NAMES.values()))
def test_each_account_reads_its_own_variables_and_answers_known_rules(
    stem: str, grammar: Grammar
) -> None:
    path = Path("remediations/registry") / f"{stem}.tf"
    text = path.read_text()
    document = parse(SourceFile.of(path.name, text), grammar)
    variables = {block.labels[0] for block in document.body.blocks("variable")}
    known = {rule.id for rule in rules()}
    for block in document.body.blocks("answer"):
        assert block.labels[0] in known
        assert {*block.body.attributes} <= variables | {"advice"}
    for block in document.body.blocks("earlier"):
        assert {*block.body.attributes} <= variables
    names = {
        node.names[1]
        for block in document.body.blocks()
        for attribute in all_attributes(block.body)
        for node in attribute.value.walk()
        if isinstance(node, Reference) and node.names[0] == "var"
    }
    assert names <= variables


def test_every_known_module_is_on_the_page() -> None:
    page = Path("docs/modules.md").read_text()
    assert [name for name in NAMES if f"`{name}`" not in page] == []
