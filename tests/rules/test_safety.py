"""How careful a fix is, and which key it takes: what a page's examples cannot show."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Plan, Profile, Safety
from remediations.plan import plan
from remediations.rule import rules
from remediations.terraform.grammar import Grammar

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
OFF = 'resource "aws_s3_bucket_public_access_block" "b" {\n  bucket = aws_s3_bucket.b.id\n}\n'
ACL = 'resource "aws_s3_bucket_acl" "b" {{\n  bucket = {bucket}\n  acl    = {acl}\n}}\n'
POLICY = 'resource "aws_s3_bucket_policy" "b" {{\n  bucket = {bucket}\n  policy = {policy}\n}}\n'
MINE = "aws_s3_bucket.b.id"
ALLOW = 'jsonencode({{ Statement = [{{ Effect = "{effect}", Principal = {who} }}] }})'


def made(rule: str, text: str, grammar: Grammar, **more: str) -> Plan:
    others = frozenset(one.id for one in rules() if one.id != rule)
    profile = Profile("prod", rules_off=others)
    files = {"main.tf": text, **{f"{name}.tf": body for name, body in more.items()}}
    codebase = Codebase.read({path: body.encode() for path, body in files.items()}, grammar)
    return plan(codebase, detect(codebase, profile), profile)


def safety(plan: Plan) -> Safety:
    (fix,) = plan.fixes
    return fix.safety


CLOSING = ("s3-public-access-block-off", OFF), ("s3-public-access-block-missing", "")


@pytest.mark.parametrize(("rule", "block"), CLOSING)
@pytest.mark.parametrize(
    "beside",
    [
        "",
        ACL.format(bucket=MINE, acl='"private"'),
        POLICY.format(bucket=MINE, policy=ALLOW.format(effect="Deny", who='"*"')),
        POLICY.format(bucket=MINE, policy=ALLOW.format(effect="Allow", who="{ AWS = a.b.arn }")),
        POLICY.format(bucket='"other"', policy=ALLOW.format(effect="Allow", who='"*"')),
        ACL.format(bucket="module.other.id", acl='"public-read"'),
    ],
    ids=["nothing", "private", "deny", "named", "another bucket", "another module's"],
)
def test_closing_a_bucket_is_safe_where_nobody_is_let_in(
    rule: str, block: str, beside: str, grammar: Grammar
) -> None:
    assert safety(made(rule, BUCKET + block + beside, grammar)) is Safety.SAFE


@pytest.mark.parametrize(("rule", "block"), CLOSING)
@pytest.mark.parametrize(
    "beside",
    [
        ACL.format(bucket=MINE, acl='"public-read"'),
        ACL.format(bucket=MINE, acl="var.acl"),
        ACL.format(bucket="var.bucket", acl='"authenticated-read"'),
        POLICY.format(bucket=MINE, policy=ALLOW.format(effect="Allow", who='"*"')),
        POLICY.format(bucket=MINE, policy=ALLOW.format(effect="Allow", who="var.who")),
        POLICY.format(bucket=MINE, policy='file("p.json")'),
        POLICY.format(bucket="var.bucket", policy=ALLOW.format(effect="Allow", who='"*"')),
        'resource "aws_s3_bucket_acl" "b" {\n  bucket = aws_s3_bucket.b.id\n'
        "  access_control_policy {\n    grant {\n      grantee {\n"
        '        uri = "http://acs.amazonaws.com/groups/global/AllUsers"\n      }\n    }\n  }\n}\n',
    ],
    ids=["acl", "any acl", "any bucket's", "policy", "any", "file", "any bucket's policy", "grant"],
)
def test_closing_a_bucket_is_review_where_somebody_may_notice(
    rule: str, block: str, beside: str, grammar: Grammar
) -> None:
    found = made(rule, BUCKET + block + beside, grammar)
    assert safety(found) is Safety.REVIEW
    assert "may lose access" in found.fixes[0].cost


def test_what_could_not_be_read_may_let_somebody_in(grammar: Grammar) -> None:
    found = made("s3-public-access-block-off", BUCKET + OFF, grammar, broken='resource "x" {')
    assert safety(found) is Safety.REVIEW
    assert "`broken.tf`" in found.fixes[0].cost


def test_the_bucket_itself_may_be_public(grammar: Grammar) -> None:
    text = BUCKET.replace('"b"\n}', '"b"\n  acl    = "public-read"\n}')
    assert safety(made("s3-public-access-block-off", text + OFF, grammar)) is Safety.REVIEW


def test_the_whole_account_is_review_and_an_access_point_is_replaced(grammar: Grammar) -> None:
    rule = "s3-public-access-block-off"
    account = 'resource "aws_s3_account_public_access_block" "a" {\n}\n'
    assert safety(made(rule, account, grammar)) is Safety.REVIEW
    point = (
        'resource "aws_s3_access_point" "a" {\n  public_access_block_configuration {\n'
        "    block_public_acls = false\n  }\n}\n"
    )
    assert safety(made(rule, point, grammar)) is Safety.REPLACE


NOTEBOOK = 'resource "aws_sagemaker_notebook_instance" "n" {\n  name = "n"\n}\n'
ENDPOINT = (
    'resource "aws_sagemaker_endpoint_configuration" "e" {{\n  {name}\n\n'
    '  production_variants {{\n    instance_type = "{type}"\n  }}\n}}\n'
)
SSE = (
    'resource "aws_s3_bucket_server_side_encryption_configuration" "b" {\n  bucket = "b"\n\n'
    "  rule {\n    apply_server_side_encryption_by_default {\n"
    '      sse_algorithm = "AES256"\n    }\n  }\n}\n'
)
KEY = 'resource "aws_kms_key" "k" {\n  description = "k"\n}\n'


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("notebook-no-cmk", NOTEBOOK, Safety.REPLACE),
        ("endpoint-no-cmk", ENDPOINT.format(name="", type="ml.m5.large"), Safety.REPLACE),
        ("s3-encryption-missing", BUCKET, Safety.REVIEW),
        ("s3-encryption-not-cmk", SSE, Safety.REVIEW),
    ],
)
def test_a_key_of_your_own_is_never_safe(
    rule: str, text: str, expected: Safety, grammar: Grammar
) -> None:
    for key in ("", KEY):
        assert safety(made(rule, text + key, grammar)) is expected


def fixed_or_said(beside: str, grammar: Grammar, notebook: str = NOTEBOOK) -> str:
    """The key that is written into the notebook, or why none is."""
    found = made("notebook-no-cmk", notebook + beside, grammar)
    if found.refusals:
        return found.refusals[0].reason
    lines = "".join(edit.text for edit in found.fixes[0].edits).splitlines()
    return next(line.split(" = ")[1] for line in lines if "kms_key_id" in line)


VARIABLE = 'variable "{name}" {{\n  {body}\n}}\n'
CHOSEN = {
    KEY: "aws_kms_key.k.arn",
    "": "aws_kms_key.ml.arn",
    'data "aws_kms_alias" "a" {\n  name = "alias/ml"\n}\n': "data.aws_kms_alias.a.target_key_arn",
    'data "aws_kms_alias" "a" {\n  name = "alias/aws/s3"\n}\n': "aws_kms_key.ml.arn",
    KEY.replace("description", "is_enabled  = false\n  description"): "aws_kms_key.ml.arn",
    KEY.replace('"aws_kms_key"', '"aws_kms_replica_key"'): "aws_kms_replica_key.k.arn",
    VARIABLE.format(name="kms_key_arn", body="type = string"): "var.kms_key_arn",
    VARIABLE.format(name="kms_key_arns", body="type = list(string)"): "aws_kms_key.ml.arn",
    VARIABLE.format(name="enable_kms", body="type = string"): "aws_kms_key.ml.arn",
    VARIABLE.format(name="kms_alias", body="type = string"): "aws_kms_key.ml.arn",
    'resource "aws_x" "x" {\n  kms_key_id = module.k.arn\n}\n': "module.k.arn",
    'resource "aws_x" "x" {\n  kms_key_id = "arn:aws:kms:::k"\n}\n': '"arn:aws:kms:::k"',
    'resource "aws_x" "x" {\n  kms_key_id = null\n}\n': "aws_kms_key.ml.arn",
    KEY.replace('"k"', '"ml"', 1).replace("description", "key_usage"): "aws_kms_key.ml_2.arn",
}
SAID = {
    KEY + KEY.replace('"k"', '"l"', 1): "several keys: `aws_kms_key.k`, `aws_kms_key.l`",
    KEY + VARIABLE.format(name="kms_key_arn", body="type = string"): "`var.kms_key_arn`",
    KEY.replace("description", "count       = 2\n  description"): "stands for several keys",
    KEY.replace("description", "provider    = aws.eu\n  description"): "in one region",
    KEY.replace('"k"\n', "aws_sagemaker_notebook_instance.n.arn\n"): "would be a cycle",
    VARIABLE.format(name="kms_key_arn", body="default = null"): "is empty by default",
    VARIABLE.format(name="kms_key_id", body="type = string"): "if it holds an ARN",
}


@pytest.mark.parametrize(("beside", "key"), CHOSEN.items())
def test_which_key_is_taken(beside: str, key: str, grammar: Grammar) -> None:
    assert fixed_or_said(beside, grammar) == key


@pytest.mark.parametrize(("beside", "said"), SAID.items())
def test_when_a_person_chooses_the_key(beside: str, said: str, grammar: Grammar) -> None:
    assert said in fixed_or_said(beside, grammar)


def test_a_key_in_the_same_other_region_is_taken(grammar: Grammar) -> None:
    there = NOTEBOOK.replace('"n"\n}', '"n"\n  provider = aws.eu\n}')
    key = KEY.replace("description", "provider    = aws.eu\n  description")
    assert fixed_or_said(key, grammar, there) == "aws_kms_key.k.arn"
    assert "in one region" in fixed_or_said("", grammar, there)


def test_a_new_key_knows_the_account_by_what_is_there(grammar: Grammar) -> None:
    counted = 'data "aws_caller_identity" "current" {\n  count = 1\n}\n'
    found = made("notebook-no-cmk", NOTEBOOK + counted, grammar)
    (written,) = [edit.text for edit in found.fixes[0].edits if edit.path == "kms.tf"]
    assert 'data "aws_caller_identity" "current_2" {}' in written
    assert "${data.aws_caller_identity.current_2.account_id}:root" in written
    assert "enable_key_rotation = true" in written
    assert found.fixes[0].paths == ("kms.tf", "main.tf")


def test_kms_tf_is_appended_to(grammar: Grammar) -> None:
    found = made("notebook-no-cmk", NOTEBOOK, grammar, kms="# Keys of this module.\nlocals {}\n")
    text = "".join(edit.text for edit in found.fixes[0].edits if edit.path == "kms.tf")
    assert 'resource "aws_kms_key" "ml"' in text
    assert "Keys of this module" not in text


@pytest.mark.parametrize(
    ("name", "type", "said"),
    [
        ('name = "scorer"', "ml.brand-new.large", "local NVMe"),
    ],
)
def test_when_an_endpoint_gets_advice(name: str, type: str, said: str, grammar: Grammar) -> None:
    found = made("endpoint-no-cmk", ENDPOINT.format(name=name, type=type) + KEY, grammar)
    assert [said in refusal.reason for refusal in found.refusals] == [True]


@pytest.mark.parametrize("type", ["ml.g5.xlarge", "ml.p4d.24xlarge", "ml.c5d.xlarge"])
def test_what_only_hardware_encrypts_is_not_spoken_of(type: str, grammar: Grammar) -> None:
    found = made("endpoint-no-cmk", ENDPOINT.format(name='name = "a"', type=type) + KEY, grammar)
    assert (found.fixes, found.refusals) == ((), ())


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('name = "scorer"', '"scorer-"'),
        ('name = "scorer-"', '"scorer-"'),
        ('name = "${local.team}-scorer"', '"${local.team}-scorer-"'),
        ("name = local.team", '"${local.team}-"'),
        (f'name = "{"x" * 37}"', f'"{"x" * 36}-"'),
        ("name = var.name", '"${substr(var.name, 0, 36)}-"'),
        ('name = "${var.name}-scorer"', '"${substr("${var.name}-scorer", 0, 36)}-"'),
    ],
)
def test_a_fixed_name_becomes_a_prefix(name: str, written: str, grammar: Grammar) -> None:
    text = ENDPOINT.format(name=name, type="ml.m5.large") + KEY + 'locals {\n  team = "fraud"\n}\n'
    (fix,) = made("endpoint-no-cmk", text, grammar).fixes
    changed = "".join(edit.text for edit in fix.edits)
    assert f"name_prefix = {written}\n" in changed
    assert "create_before_destroy = true" in changed
    assert "suffix" in fix.cost


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('name = "s"', '"s-2"'),
        ("name = local.team", '"${local.team}-2"'),
        (f'name = "{"x" * 62}"', None),
        ("name = var.name", None),
    ],
)
def test_before_version_4_the_new_one_gets_another_name(
    name: str, written: str | None, grammar: Grammar
) -> None:
    old = 'terraform {\n  required_providers {\n    aws = "~> 3.0"\n  }\n}\n'
    more = KEY + 'locals {\n  team = "fraud"\n}\n'
    found = made(
        "endpoint-no-cmk", old + ENDPOINT.format(name=name, type="ml.m5.large") + more, grammar
    )
    if written is None:
        assert "needs another name" in found.refusals[0].reason
    else:
        assert f"= {written}\n" in "".join(edit.text for edit in found.fixes[0].edits)


def test_a_lifecycle_that_is_there_is_completed(grammar: Grammar) -> None:
    for inside in ("", "    create_before_destroy = false\n", "    prevent_destroy = false\n"):
        lifecycle = "  lifecycle {\n" + inside + "  }\n}\n"
        text = ENDPOINT.format(name="", type="ml.m5.large").removesuffix("}\n") + lifecycle + KEY
        (fix,) = made("endpoint-no-cmk", text, grammar).fixes
        after = "".join(edit.text for edit in fix.edits)
        assert "create_before_destroy = true" in after
        assert after.count("lifecycle {") <= 1


@pytest.mark.parametrize("rule", ["opensearch-at-rest-off", "opensearch-node-to-node-off"])
@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [
        ("opensearch", 'engine_version = "OpenSearch_2.11"', Safety.REVIEW),
        ("opensearch", "", Safety.REVIEW),
        ("opensearch", 'engine_version = "Elasticsearch_6.7"', Safety.REVIEW),
        ("opensearch", 'engine_version = "Elasticsearch_6.5"', Safety.REPLACE),
        ("elasticsearch", 'elasticsearch_version = "7.10"', Safety.REVIEW),
        ("elasticsearch", "", Safety.REPLACE),
    ],
)
def test_an_old_engine_takes_encryption_only_as_a_new_domain(
    rule: str, kind: str, version: str, expected: Safety, grammar: Grammar
) -> None:
    provider = 'terraform {\n  required_providers {\n    aws = "~> 5.0"\n  }\n}\n'
    domain = f'resource "aws_{kind}_domain" "d" {{\n  domain_name = "d"\n  {version}\n}}\n'
    assert safety(made(rule, provider + domain, grammar)) is expected
