"""Whose companion it is, in the shapes that people write: no false alarm, and none missed.

The shapes follow what users of other scanners reported: checkov 6982, 7106, 6113, 3847, 7269,
4321, 3418, 4395, 1849 and 3517; tfsec 1766 and 1432; trivy 4618, 5955 and 6137.
"""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Finding, Profile
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

RULE = "s3-public-access-block-missing"
OFF = "s3-public-access-block-off"
PROFILE = Profile(rules_off=frozenset(r.id for r in rules() if r.id not in (RULE, OFF)))
FLAGS = """\
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
"""


def bucket(name: str = "a", *lines: str) -> str:
    held = "".join(f"  {line}\n" for line in (lines or (f'bucket = "acme-{name}"',)))
    return f'resource "aws_s3_bucket" "{name}" {{\n{held}}}\n'


def block(*lines: str, name: str = "a") -> str:
    held = "".join(f"  {line}\n" for line in lines)
    return f'resource "aws_s3_bucket_public_access_block" "{name}" {{\n{held}{FLAGS}}}\n'


def variables(*names: str) -> str:
    return "".join(f'variable "{name}" {{}}\n' for name in names)


def module(name: str, source: str, *lines: str) -> str:
    held = "".join(f"  {line}\n" for line in (f'source = "{source}"', *lines))
    return f'module "{name}" {{\n{held}}}\n'


def outputs(**held: str) -> str:
    return "".join(f'output "{name}" {{\n  value = {value}\n}}\n' for name, value in held.items())


EACH = bucket("a", 'for_each = toset(["x", "y"])', "bucket = each.key")
COUNTED = bucket("a", "count = 2", 'bucket = "b-${count.index}"')
BLOCK_MODULE = variables("bucket") + block("bucket = var.bucket")
BUCKET_MODULE = variables("name") + bucket("a", "bucket = var.name")

SILENT: dict[str, str | dict[str, str]] = {
    "by-id": bucket() + block("bucket = aws_s3_bucket.a.id"),
    "by-name-attribute": bucket() + block("bucket = aws_s3_bucket.a.bucket"),
    "by-literal-name": bucket() + block('bucket = "acme-a"'),
    "by-interpolation": bucket() + block('bucket = "${aws_s3_bucket.a.id}"'),
    "by-index": COUNTED + block("count = 2", "bucket = aws_s3_bucket.a[count.index].id"),
    "one-of-a-conditional": bucket("a", "count = 1") + block("bucket = aws_s3_bucket.a[0].id"),
    "one-function": bucket("a", "count = 1") + block("bucket = one(aws_s3_bucket.a[*].id)"),
    "join-of-a-splat": bucket("a", "count = 1") + block('bucket = join("", aws_s3_bucket.a.*.id)'),
    "element-of-a-splat": COUNTED
    + block("count = 2", "bucket = element(aws_s3_bucket.a[*].id, count.index)"),
    "try": bucket("a", "count = 1") + block('bucket = try(aws_s3_bucket.a[0].id, "")'),
    "concat": bucket("a", "count = 1") + block("bucket = concat(aws_s3_bucket.a[*].id, [null])[0]"),
    "each-chained": EACH + block("for_each = aws_s3_bucket.a", "bucket = each.value.id"),
    "each-by-key": EACH
    + block('for_each = toset(["x", "y"])', "bucket = aws_s3_bucket.a[each.key].id"),
    "each-by-name": EACH + block('for_each = toset(["x", "y"])', "bucket = each.value"),
    "each-from-a-local": 'locals {\n  names = ["x", "y"]\n}\n'
    + bucket("a", "for_each = toset(local.names)", "bucket = each.key")
    + block("for_each = toset(local.names)", "bucket = aws_s3_bucket.a[each.value].id"),
    "each-from-a-for": EACH
    + block(
        "for_each = { for key, held in aws_s3_bucket.a : key => held.id }",
        "bucket = each.value",
    ),
    "each-over-several-buckets": bucket("a")
    + bucket("b")
    + block("for_each = { a = aws_s3_bucket.a.id, b = aws_s3_bucket.b.id }", "bucket = each.value"),
    "each-over-a-set-of-ids": bucket("a")
    + bucket("b")
    + block("for_each = toset([aws_s3_bucket.a.id, aws_s3_bucket.b.id])", "bucket = each.key"),
    "each-over-objects": bucket("a")
    + block("for_each = { a = { id = aws_s3_bucket.a.id } }", "bucket = each.value.id"),
    "through-a-local": "locals {\n  id = aws_s3_bucket.a.id\n}\n"
    + bucket()
    + block("bucket = local.id"),
    "through-a-map-in-a-local": "locals {\n  ids = { a = aws_s3_bucket.a.id, b = null }\n}\n"
    + bucket()
    + block("bucket = local.ids.a"),
    "through-a-lookup": "locals {\n  ids = { a = aws_s3_bucket.a.id }\n}\n"
    + bucket()
    + block('bucket = lookup(local.ids, "a", null)'),
    "through-a-merge": "locals {\n  ids = merge({ a = aws_s3_bucket.a.id }, {})\n}\n"
    + bucket()
    + block("bucket = local.ids.a"),
    "through-the-whole-resource": "locals {\n  held = aws_s3_bucket.a\n}\n"
    + bucket()
    + block("bucket = local.held.id"),
    "same-variable-name": variables("name")
    + bucket("a", "bucket = var.name")
    + block("bucket = aws_s3_bucket.a.id"),
    "same-local-name": 'locals {\n  name = "acme"\n}\n'
    + bucket("a", "bucket = local.name")
    + block("bucket = local.name"),
    "same-formatted-name": bucket("a", 'bucket = format("%s-%s", "acme", "data")')
    + block('bucket = "acme-data"'),
    "settled-condition": 'variable "new" {\n  default = true\n}\n'
    + bucket("a", "count = var.new ? 1 : 0", 'bucket = "x"')
    + block('bucket = var.new ? aws_s3_bucket.a[0].id : "old"'),
    "coalesce": bucket() + block('bucket = coalesce("", aws_s3_bucket.a.id)'),
    "in-another-file": {"main.tf": bucket(), "access.tf": block("bucket = aws_s3_bucket.a.id")},
    "bucket-in-a-child": {
        "main.tf": module("lake", "./lake", 'name = "lake"') + block("bucket = module.lake.id"),
        "lake/main.tf": BUCKET_MODULE + outputs(id="aws_s3_bucket.a.id"),
    },
    "bucket-in-a-child-by-name": {
        "main.tf": module("lake", "./lake", 'name = "lake"') + block('bucket = "lake"'),
        "lake/main.tf": BUCKET_MODULE,
    },
    "block-in-a-child": {
        "main.tf": bucket() + module("closed", "./closed", "bucket = aws_s3_bucket.a.id"),
        "closed/main.tf": BLOCK_MODULE,
    },
    "block-in-a-child-by-name": {
        "main.tf": bucket() + module("closed", "./closed", 'bucket = "acme-a"'),
        "closed/main.tf": BLOCK_MODULE,
    },
    "in-two-children": {
        "main.tf": module("lake", "./lake", 'name = "lake"')
        + module("closed", "./closed", "bucket = module.lake.id"),
        "lake/main.tf": BUCKET_MODULE + outputs(id="aws_s3_bucket.a.id"),
        "closed/main.tf": BLOCK_MODULE,
    },
    "two-levels-down": {
        "main.tf": bucket() + module("outer", "./outer", "bucket = aws_s3_bucket.a.id"),
        "outer/main.tf": variables("bucket") + module("inner", "../closed", "bucket = var.bucket"),
        "closed/main.tf": BLOCK_MODULE,
    },
    "child-for-each-bucket": {
        "main.tf": EACH
        + module("closed", "./closed", "for_each = aws_s3_bucket.a", "bucket = each.value.id"),
        "closed/main.tf": BLOCK_MODULE,
    },
    "child-for-each-name": {
        "main.tf": module("lake", "./lake", 'for_each = toset(["x"])', "name = each.key"),
        "lake/main.tf": BUCKET_MODULE + block("bucket = aws_s3_bucket.a.id"),
    },
    "child-object-input": {
        "main.tf": bucket() + module("closed", "./closed", "it = { bucket = aws_s3_bucket.a }"),
        "closed/main.tf": variables("it") + block("bucket = var.it.bucket.id"),
    },
    "child-made-on-condition": {
        "main.tf": 'variable "close" {\n  default = true\n}\n'
        + bucket()
        + module("closed", "./closed", "count = var.close ? 1 : 0", "bucket = aws_s3_bucket.a.id"),
        "closed/main.tf": BLOCK_MODULE,
    },
    "child-output-of-many": {
        "main.tf": module("lake", "./lake")
        + block("for_each = module.lake.ids", "bucket = each.value"),
        "lake/main.tf": EACH + outputs(ids="{ for key, held in aws_s3_bucket.a : key => held.id }"),
    },
    "values-in-another-directory": {
        "main.tf": 'variable "flags" {\n  type = object({ closed = bool })\n}\n'
        + bucket()
        + block("bucket = aws_s3_bucket.a.id").replace("= true", "= var.flags.closed"),
        "envs/prod.tfvars": "flags = { closed = true }\n",
    },
    "nested-object-variable": 'variable "s3" {\n  default = { main = { name = "acme" } }\n}\n'
    + bucket("a", "bucket = var.s3.main.name")
    + block("bucket = var.s3.main.name"),
    "bucket-that-is-not-made": bucket("a", "count = 0", 'bucket = "x"'),
    "flags-through-a-local": "locals {\n  on = true\n}\n"
    + bucket()
    + block("bucket = aws_s3_bucket.a.id").replace("= true", "= local.on"),
    "flags-with-a-default": 'variable "on" {\n  type = bool\n  default = "true"\n}\n'
    + bucket()
    + block("bucket = aws_s3_bucket.a.id").replace("= true", "= var.on"),
    "flags-each": bucket()
    + block("for_each = { a = { on = true } }", "bucket = aws_s3_bucket.a.id").replace(
        "= true\n", "= each.value.on\n"
    ),
    "account-wide": bucket()
    + f'resource "aws_s3_account_public_access_block" "all" {{\n{FLAGS}}}\n',
}


def found(text: str | dict[str, str], grammar: Grammar) -> tuple[Finding, ...]:
    return detect(read(text, grammar), PROFILE).findings


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_no_false_alarm(text: str | dict[str, str], grammar: Grammar) -> None:
    assert [finding.message for finding in found(text, grammar)] == []


ALARMS: dict[str, tuple[str | dict[str, str], str]] = {
    "nothing": (bucket(), "aws_s3_bucket.a"),
    "another-bucket": (
        bucket() + bucket("b") + block("bucket = aws_s3_bucket.b.id"),
        "aws_s3_bucket.a",
    ),
    "another-name": (bucket() + block('bucket = "acme-b"'), "aws_s3_bucket.a"),
    "block-that-is-not-made": (
        bucket() + block("count = 0", "bucket = aws_s3_bucket.a.id"),
        "aws_s3_bucket.a",
    ),
    "child-that-is-not-made": (
        {
            "main.tf": bucket()
            + module("closed", "./closed", "count = 0", "bucket = aws_s3_bucket.a.id"),
            "closed/main.tf": BLOCK_MODULE,
        },
        "aws_s3_bucket.a",
    ),
    "other-branch": (
        'variable "new" {\n  default = false\n}\n'
        + bucket()
        + block('bucket = var.new ? aws_s3_bucket.a.id : "old"'),
        "aws_s3_bucket.a",
    ),
    "other-member": (
        "locals {\n  ids = { a = aws_s3_bucket.a.id, b = aws_s3_bucket.b.id }\n}\n"
        + bucket()
        + bucket("b")
        + block("bucket = local.ids.b"),
        "aws_s3_bucket.a",
    ),
    "only-one-of-two-callers": (
        {
            "main.tf": module("one", "./lake", 'name = "one"')
            + module("two", "./lake", 'name = "two"')
            + block("bucket = module.one.id"),
            "lake/main.tf": BUCKET_MODULE + outputs(id="aws_s3_bucket.a.id"),
        },
        "aws_s3_bucket.a",
    ),
    "in-another-root": (
        {"one/main.tf": bucket(), "two/main.tf": block('bucket = "acme-a"')},
        "aws_s3_bucket.a",
    ),
}


@pytest.mark.parametrize(("text", "address"), ALARMS.values(), ids=ALARMS)
def test_what_nothing_belongs_to_is_found(
    text: str | dict[str, str], address: str, grammar: Grammar
) -> None:
    seen = [finding for finding in found(text, grammar) if finding.rule == RULE]
    assert [(finding.address, finding.is_known) for finding in seen] == [(address, True)]


UNSETTLED: dict[str, str | dict[str, str]] = {
    "unknown-branch": variables("new")
    + bucket()
    + bucket("b")
    + block("bucket = var.new ? aws_s3_bucket.a.id : aws_s3_bucket.b.id"),
    "unknown-name": variables("name") + bucket() + block("bucket = var.name"),
    "unknown-each": variables("names")
    + bucket()
    + block("for_each = var.names", "bucket = each.value"),
}


@pytest.mark.parametrize("text", UNSETTLED.values(), ids=UNSETTLED)
def test_what_may_belong_is_said_and_never_fails(
    text: str | dict[str, str], grammar: Grammar
) -> None:
    seen = [finding for finding in found(text, grammar) if finding.rule == RULE]
    assert seen
    assert not any(finding.is_known for finding in seen)


def test_there_are_enough_shapes() -> None:
    assert len(SILENT) >= 40
