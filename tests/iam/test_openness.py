"""Policies of resources in locals: read there, and changed there where nobody else reads them."""

from __future__ import annotations

import json

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Finding, Profile, Safety
from remediations.plan import combine
from remediations.terraform.grammar import Grammar

STATEMENT = """{
      Sid       = "All"
      Effect    = "Allow"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "*"
    }"""
QUEUE = 'resource "aws_sqs_queue" "q" {{\n  name   = "q"\n  policy = {0}\n}}\n'
LOCALS = "locals {{\n  it = {0}\n}}\n"
FORMS = {
    "the argument": (f"jsonencode({{ Statement = [{STATEMENT}] }})", "null"),
    "a policy in a local": ("local.it", f"jsonencode({{ Statement = [{STATEMENT}] }})"),
    "an object in a local": ("jsonencode(local.it)", f"{{ Statement = [{STATEMENT}] }}"),
    "a list in a local": ("jsonencode({ Statement = local.it })", f"[{STATEMENT}]"),
    "a statement in a local": ("jsonencode({ Statement = [local.it] })", STATEMENT),
    "lists put together": ("jsonencode({ Statement = concat([], local.it) })", f"[{STATEMENT}]"),
}


def found(text: str, rule: str, grammar: Grammar) -> tuple[list[Finding], Codebase]:
    codebase = Codebase.read({"main.tf": text.encode()}, grammar)
    held = [one for one in detect(codebase, Profile()).findings if one.rule == rule]
    return held, codebase


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("rule", "after"),
    [
        ("sqs-policy-public", 'Principal = { AWS = "arn:'),
        ("sqs-policy-all-actions", '"sqs:ChangeMessageVisibility"'),
    ],
)
def test_a_queue_for_everybody(form: str, rule: str, after: str, grammar: Grammar) -> None:
    argument, local = FORMS[form]
    text = LOCALS.format(local) + QUEUE.format(argument)
    findings, codebase = found(text, rule, grammar)
    assert len(findings) == 1
    assert bool(findings[0].related) is (form != "the argument")
    edits = combine(codebase, findings, Profile(), Safety.REVIEW)
    changed = codebase.with_edits(edits).documents["main.tf"].source.text
    assert after in changed
    assert not found(changed, rule, grammar)[0]


@pytest.mark.parametrize("rule", ["sqs-policy-public", "sqs-policy-all-actions"])
def test_what_another_reads_too_is_left_to_a_person(rule: str, grammar: Grammar) -> None:
    argument, local = FORMS["a policy in a local"]
    second = QUEUE.format(argument).replace('"q"', '"r"')
    text = LOCALS.format(local) + QUEUE.format(argument) + second
    findings, codebase = found(text, rule, grammar)
    assert len(findings) == 2
    assert combine(codebase, findings, Profile(), Safety.REVIEW) == ()


@pytest.mark.parametrize("rule", ["sqs-policy-public", "sqs-policy-all-actions"])
def test_what_a_function_makes_is_said_and_left(rule: str, grammar: Grammar) -> None:
    made = f'jsonencode({{ Statement = [for one in ["a"] : {STATEMENT}] }})'
    findings, codebase = found(QUEUE.format(made), rule, grammar)
    assert len(findings) == 1
    assert combine(codebase, findings, Profile(), Safety.REVIEW) == ()


@pytest.mark.parametrize(
    ("more", "is_left_open"), [("[]", False), ("var.more", False), ("local.nothing", True)]
)
def test_a_part_that_cannot_be_read_may_let_in_everybody(
    more: str, grammar: Grammar, *, is_left_open: bool
) -> None:
    """What a caller gives is his to answer for."""
    named = STATEMENT.replace('"*"', '{ AWS = "arn:aws:iam::111122223333:root" }', 1)
    text = QUEUE.format(f"jsonencode({{ Statement = concat([{named}], {more}) }})")
    findings, _ = found(text, "sqs-policy-public", grammar)
    assert [one.unknown for one in findings] == (
        ["a part of the policy cannot be read here"] if is_left_open else []
    )


BUCKET = """resource "aws_s3_bucket" "b" {
  bucket = "acme"
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = local.it
}
"""
READS = """{
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.b.arn}/*"
      }"""
DENIES = READS.replace('"Allow"', '"Deny"').replace(
    "Action ", 'Condition = { Bool = { "aws:SecureTransport" = "false" } }\n        Action '
)


@pytest.mark.parametrize(
    ("local", "is_closed"),
    [
        (f"jsonencode({{ Statement = [{READS}] }})", False),
        (f"jsonencode({{ Statement = [{DENIES}] }})", True),
        (f"jsonencode({{ Statement = concat([{READS}], [{DENIES}]) }})", True),
        (f"jsonencode({{ Statement = local.two }})\n  two = [{DENIES}]", True),
    ],
)
def test_plain_http_is_refused_where_the_policy_stands(
    local: str, grammar: Grammar, *, is_closed: bool
) -> None:
    rule = "s3-tls-not-required"
    findings, codebase = found(LOCALS.format(local) + BUCKET, rule, grammar)
    assert [one.unknown for one in findings] == ([] if is_closed else [None])
    if findings:
        edits = combine(codebase, findings, Profile(), Safety.REVIEW)
        changed = codebase.with_edits(edits).documents["main.tf"].source.text
        assert changed.index("DenyInsecureTransport") < changed.index("resource")
        assert not found(changed, rule, grammar)[0]


def test_a_policy_that_is_read_in_part_may_refuse_plain_http(grammar: Grammar) -> None:
    local = f"jsonencode({{ Statement = concat([{READS}], var.more) }})"
    findings, _ = found(LOCALS.format(local) + BUCKET, "s3-tls-not-required", grammar)
    assert [one.unknown for one in findings] == [
        "the policy in `aws_s3_bucket_policy.b` cannot be read here"
    ]


def test_a_deny_for_everything_locks_out_in_a_local_too(grammar: Grammar) -> None:
    local = (
        'jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", '
        'Resource = "*" }] })'
    )
    findings, _ = found(LOCALS.format(local) + BUCKET, "s3-policy-lockout", grammar)
    assert len(findings) == 1


def test_what_two_buckets_share_is_left_to_a_person(grammar: Grammar) -> None:
    local = f"jsonencode({{ Statement = [{READS}] }})"
    second = BUCKET.replace('"b"', '"c"').replace(".b.", ".c.")
    text = LOCALS.format(local) + BUCKET + second
    findings, codebase = found(text, "s3-tls-not-required", grammar)
    assert len(findings) == 2
    assert combine(codebase, findings, Profile(), Safety.REVIEW) == ()


OWNER = """{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "kms:*"
      Resource  = "*"
    }"""
LOGS = """resource "aws_kms_key" "k" {
  enable_key_rotation = true
  policy              = local.it
}

resource "aws_cloudwatch_log_group" "g" {
  name              = "g"
  retention_in_days = 30
}
"""


def test_a_key_lets_a_service_in_where_its_policy_stands(grammar: Grammar) -> None:
    rule = "log-group-no-cmk"
    text = LOCALS.format(f"jsonencode({{ Statement = [{OWNER}] }})") + LOGS
    findings, codebase = found(text, rule, grammar)
    edits = combine(codebase, findings, Profile(), Safety.REVIEW)
    changed = codebase.with_edits(edits).documents["main.tf"].source.text
    assert changed.count("logs.") == 1
    assert changed.index("logs.") < changed.index("resource")
    # Who is let in already is not let in again.
    again = changed.replace("  kms_key_id        = aws_kms_key.k.arn\n", "")
    assert again != changed
    findings, codebase = found(again, rule, grammar)
    edits = combine(codebase, findings, Profile(), Safety.REVIEW)
    assert codebase.with_edits(edits).documents["main.tf"].source.text == changed


WRITTEN = """{{
  "Statement": [
    {{
      "Effect": "Allow",
      "Principal": {0},
      "Action": "sqs:SendMessage",
      "Resource": "*"{1}
    }},
    {{
      "Effect": "Allow",
      "Principal": {{ "AWS": "arn:aws:iam::${{var.account}}:root" }},
      "Action": "sqs:*",
      "Resource": "*"
    }}
  ]
}}"""
CONDITION = ',\n      "Condition": {{ "{0}": {{ "{1}": "{2}" }} }}'


@pytest.mark.parametrize(
    ("principal", "condition", "is_open"),
    [
        ('"*"', "", True),
        ('{ "AWS": ["*"] }', "", True),
        ('{ "*": "*" }', "", True),
        ('{ "AWS": ["arn:aws:iam::111122223333:root", "*"] }', "", True),
        ('"*"', CONDITION.format("Bool", "aws:SecureTransport", "true"), True),
        ('"*"', CONDITION.format("StringEquals", "aws:PrincipalOrgID", "o-1"), False),
        ('"*"', CONDITION.format("ArnEquals", "aws:SourceArn", "${aws_sns_topic.t.arn}"), False),
        ('{ "AWS": "*" }', CONDITION.format("IpAddress", "aws:SourceIp", "10.0.0.0/8"), False),
        ('{ "Service": "sns.amazonaws.com" }', "", False),
    ],
)
@pytest.mark.parametrize("form", ["<<E\n{0}\nE", "<<-E\n{0}\n  E", "{0}"])
def test_a_condition_in_a_text_says_who_calls_too(
    form: str, principal: str, condition: str, grammar: Grammar, *, is_open: bool
) -> None:
    text = WRITTEN.format(principal, condition)
    if form == "{0}":
        quoted = text.replace('"', '\\"').replace("\n", " ")
        policy = f'"{quoted}"'
    else:
        policy = form.format(text)
    findings, _ = found(QUEUE.format(policy), "sqs-policy-public", grammar)
    assert [one.is_known for one in findings] == [True] * is_open


def test_one_open_statement_beside_a_narrow_one_is_open(grammar: Grammar) -> None:
    narrow = WRITTEN.format('"*"', CONDITION.format("StringEquals", "aws:PrincipalOrgID", "o-1"))
    both = narrow.replace('{ "AWS": "arn:aws:iam::${var.account}:root" }', '"*"')
    assert found(QUEUE.format(f"<<E\n{both}\nE"), "sqs-policy-public", grammar)[0]


def test_a_text_that_cannot_be_read_may_let_in_everybody(grammar: Grammar) -> None:
    text = WRITTEN.format("${jsonencode(var.who)}", "")
    (finding,) = found(QUEUE.format(f"<<E\n{text}\nE"), "sqs-policy-public", grammar)[0]
    assert not finding.is_known


DOCUMENT = """
data "aws_iam_policy_document" "d" {{
  statement {{
    actions = ["sqs:SendMessage"]

    principals {{
      type        = "*"
      identifiers = ["*"]
    }}

    condition {{
      test     = "{0}"
      variable = "{1}"
      values   = {2}
    }}
  }}
}}
"""


@pytest.mark.parametrize(
    ("operator", "key", "values", "is_open"),
    [
        ("StringEquals", "aws:SourceVpce", ["vpce-1"], False),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ["o-1/*"], False),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8"], False),
        ("IpAddress", "aws:SourceIp", [], False),
        ("ForAllValues:StringEquals", "AWS:SourceOwner", ["111122223333"], False),
        ("StringNotEquals", "aws:SourceVpce", ["vpce-1"], True),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8"], True),
        ("StringNotEquals", "AWS:SourceOwner", ["111122223333"], True),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", ["o-1"], True),
        ("ForAllValues:StringEquals", "aws:PrincipalOrgID", ["o-1"], True),
        ("Null", "aws:PrincipalArn", ["true"], True),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "0.0.0.0/0"], True),
        ("StringLike", "aws:PrincipalArn", ["*"], True),
    ],
)
@pytest.mark.parametrize("form", ["jsonencode", "heredoc", "document"])
def test_a_condition_leaves_others_out_or_does_not(
    form: str, operator: str, key: str, values: list[str], grammar: Grammar, *, is_open: bool
) -> None:
    listed = json.dumps(values)
    if form == "document":
        policy = "data.aws_iam_policy_document.d.json"
        more = DOCUMENT.format(operator, key, listed)
    else:
        condition = f'{{ "{operator}": {{ "{key}": {listed} }} }}'
        said = '"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"'
        text = f'{{ "Statement": [{{ {said}, "Condition": {condition} }}] }}'
        policy, more = (f"<<E\n{text}\nE" if form == "heredoc" else f"jsonencode({text})"), ""
    findings, _ = found(more + QUEUE.format(policy), "sqs-policy-public", grammar)
    assert bool(findings) is is_open


def test_a_text_that_a_function_makes_is_read_as_a_whole(grammar: Grammar) -> None:
    statement = '{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}'
    quoted = f'{{"Statement": [{statement}]}}'.replace('"', '\\"')
    assert found(QUEUE.format(f'join("", ["{quoted}"])'), "sqs-policy-public", grammar)[0]


def test_conditions_that_are_made_are_taken_by_their_words(grammar: Grammar) -> None:
    made = DOCUMENT.format("StringEquals", "aws:SourceVpce", "[condition.value]")
    made = made.replace(
        "    condition {", '    dynamic "condition" {\n      for_each = var.ends\n      content {'
    )
    made = made.replace("[condition.value]\n    }", "[condition.value]\n      }\n    }")
    text = made + QUEUE.format("data.aws_iam_policy_document.d.json") + 'variable "ends" {\n}\n'
    findings, codebase = found(text, "sqs-policy-public", grammar)
    assert findings == []
    assert detect(codebase, Profile()).not_analysed == ()


def test_a_document_of_several_is_left_to_a_person(grammar: Grammar) -> None:
    document = DOCUMENT.format("StringEquals", "aws:SourceVpce", '["vpce-1"]')
    many = document.replace("sqs:SendMessage", "sqs:*").replace(
        "  statement", "  count = 2\n\n  statement", 1
    )
    text = many + QUEUE.format("data.aws_iam_policy_document.d[0].json")
    findings, codebase = found(text, "sqs-policy-all-actions", grammar)
    assert findings
    assert combine(codebase, findings, Profile(), Safety.REVIEW) == ()


# A policy that a module puts together, as far as its caller wants, and fills in.
TOGETHER = """
variable "extra" {
  type    = string
  default = ""
}

variable "more" {
  type    = string
  default = null
}

variable "reads" {
  type    = bool
  default = false
}

locals {
  fills  = { "_QUEUE_" = try(aws_sqs_queue.q.arn, null) }
  policy = replace(data.aws_iam_policy_document.all[0].json, "_QUEUE_", local.fills["_QUEUE_"])
}

data "aws_iam_policy_document" "all" {
  count = 1

  source_policy_documents = compact([
    var.reads ? data.aws_iam_policy_document.reads[0].json : "",
    var.extra,
    var.more,
  ])
}

data "aws_iam_policy_document" "reads" {
  count = var.reads ? 1 : 0

  dynamic "statement" {
    for_each = { for k, v in { a = "1" } : k => v if k == data.aws_region.here.region }

    content {
      actions   = ["sqs:ReceiveMessage"]
      resources = ["_QUEUE_"]

      principals {
        type        = "AWS"
        identifiers = [format("arn:aws:iam::%s:root", statement.value)]
      }
    }
  }
}

"""
EXTRA = """
module "m" {{
  source = "./m"
  reads  = true
  extra  = {0}
}}

variable "who" {{
  type = string
}}

data "aws_iam_policy_document" "extra" {{
  statement {{
    effect    = {1}
    actions   = ["sqs:SendMessage"]
    resources = ["_QUEUE_"]

    principals {{
      type        = "AWS"
      identifiers = [{2}]
    }}

    condition {{
      test     = "StringEquals"
      variable = {3}
      values   = ["_QUEUE_"]
    }}
  }}
}}
"""
GIVEN = "data.aws_iam_policy_document.extra.json"
ONE, KEY = "aws_iam_role.r.arn", '"aws:SourceArn"'


@pytest.mark.parametrize(
    ("given", "effect", "who", "key", "known"),
    [
        (GIVEN, '"Allow"', ONE, KEY, []),
        (GIVEN, '"Allow"', '"logs.${var.who}.amazonaws.com"', KEY, []),
        (GIVEN, '"Deny"', '"*"', KEY, []),
        (f'compact(["", {GIVEN}])[0]', '"Allow"', ONE, KEY, [False]),
        ('""', '"Allow"', '"*"', KEY, []),
        (GIVEN, '"Allow"', '"*"', '"s3:prefix"', [False]),
        (GIVEN, '"Allow"', '"*"', KEY, [False]),
        (GIVEN, '"Allow"', '"_QUEUE_"', KEY, [False]),
        (GIVEN, '"Allow"', "var.who", KEY, [False]),
        (GIVEN, '"Allow"', "data.aws_elb_service_account.e[0].arn", KEY, []),
        (GIVEN, '"Allow"', "data.aws_ssm_parameter.p.value", KEY, [False]),
        (GIVEN, '"Allow"', "try(aws_iam_role.r.arn, var.who)", KEY, [False]),
        (f"true ? {GIVEN} : var.who", '"Allow"', ONE, KEY, []),
        (f"false ? var.who : {GIVEN}", '"Allow"', ONE, KEY, []),
        (f'var.who == "" ? {GIVEN} : ""', '"Allow"', ONE, KEY, [False]),
        (GIVEN, "var.who", ONE, KEY, [False]),
        ("var.who", '"Allow"', ONE, KEY, [False]),
        ("jsonencode({ Statement = [] })", '"Allow"', ONE, KEY, [False]),
        (f'replace({GIVEN}, "Deny", "Allow")', '"Allow"', ONE, KEY, [False]),
        (f'replace({GIVEN}, "/a/", "b")', '"Allow"', ONE, KEY, [False]),
        (f'replace({GIVEN}, var.who, "b")', '"Allow"', ONE, KEY, [False]),
    ],
)
def test_what_is_put_together_of_documents_is_read(
    given: str, effect: str, who: str, key: str, known: list[bool], grammar: Grammar
) -> None:
    main = EXTRA.format(given, effect, who, key)
    files = {"main.tf": main, "m/main.tf": TOGETHER + QUEUE.format("local.policy")}
    codebase = Codebase.read({path: text.encode() for path, text in files.items()}, grammar)
    findings = detect(codebase, Profile()).findings
    assert [one.is_known for one in findings if one.rule == "sqs-policy-public"] == known


def test_a_document_for_everybody_among_others_is_found(grammar: Grammar) -> None:
    main = EXTRA.format(GIVEN, '"Allow"', '"*"', '"s3:prefix"').replace('["_QUEUE_"]', '["a"]')
    files = {"main.tf": main, "m/main.tf": TOGETHER + QUEUE.format("local.policy")}
    codebase = Codebase.read({path: text.encode() for path, text in files.items()}, grammar)
    (finding,) = (f for f in detect(codebase, Profile()).findings if f.rule == "sqs-policy-public")
    assert finding.is_known
    assert finding.advice
    assert (finding.related[0].location.path, finding.related[0].role) == (
        "main.tf",
        "the statement stands here",
    )


@pytest.mark.parametrize("named", ["data.aws_iam_policy_document.d.json", "local.json"])
def test_a_document_that_goes_into_the_policy_is_judged_with_it(
    named: str, grammar: Grammar
) -> None:
    open_one = DOCUMENT.format("StringEquals", "sqs:x", '["a"]')
    whole = f'data "aws_iam_policy_document" "w" {{\n  source_policy_documents = [{named}]\n}}\n'
    local = LOCALS.format(0).replace("it = 0", "json = data.aws_iam_policy_document.d.json")
    text = open_one + whole + local + QUEUE.format("data.aws_iam_policy_document.w.json")
    findings, codebase = found(text, "sqs-policy-public", grammar)
    (finding,) = findings
    assert finding.is_known
    assert [(one.location.line, one.role) for one in finding.related] == [
        (3, "the statement stands here")
    ]
    assert combine(codebase, findings, Profile(), Safety.REVIEW) == ()
    closed = text.replace("sqs:x", "aws:PrincipalOrgID")
    assert found(closed, "sqs-policy-public", grammar)[0] == []
