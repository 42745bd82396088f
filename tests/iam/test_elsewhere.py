"""Policies that stand in a local or as a text in quotes are read; those in files are named."""

from __future__ import annotations

import json

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.iam.statements import policies, policy_of
from remediations.model import Finding, Profile, Safety
from remediations.plan import combine
from remediations.rule import rules
from remediations.terraform.grammar import Grammar

from .policies import ATTACHED, BUCKET, RULE, SHOWN, report, scoped

OBJECT = """{
    Statement = [
      {
        Effect   = "Allow"
        # the data of one team
        Action   = ["s3:GetObject", "s3:ListBucket"]
        Resource = "*"
      },
    ]
  }"""
JSON = """<<EOF
{
  "Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
}
EOF
"""
ROLE = "  role   = aws_iam_role.job.id\n"
LOCALS = {
    "encoded in the local": (f"policy = jsonencode({OBJECT})", "local.policy"),
    "encoded in the resource": (f"policy = {OBJECT}", "jsonencode(local.policy)"),
    "in parentheses": (f"policy = ({OBJECT})", "jsonencode((local.policy))"),
    "through two locals": (f"first = {OBJECT}\n  policy = local.first", "jsonencode(local.policy)"),
    "in an object of policies": (f"all = {{\n  job = {OBJECT}\n  }}", "jsonencode(local.all.job)"),
    "a heredoc": (f"policy = {JSON}", "local.policy"),
    "in quotes": (f"policy = {OBJECT}", '"${jsonencode("${local.policy}")}"'),
}


def _module(held: str, value: str) -> dict[str, bytes]:
    """The local in one file, and a policy that is made of it in another."""
    policy = f'resource "aws_iam_role_policy" "p" {{\n{ROLE}  policy = {value}\n}}\n'
    main = f"{BUCKET}\n{policy}{SHOWN}"
    written = {"locals.tf": f"locals {{\n  {held}\n}}\n", "main.tf": main}
    return {path: text.encode() for path, text in written.items()}


def _finding(codebase: Codebase) -> Finding:
    (finding,) = report(codebase).findings
    assert finding.rule == RULE
    return finding


@pytest.mark.parametrize("form", LOCALS)
def test_it_is_told_at_the_resource_and_mended_in_the_local(form: str, grammar: Grammar) -> None:
    start = Codebase.read(_module(*LOCALS[form]), grammar)
    finding = _finding(start)
    assert (finding.location.path, finding.location.line) == ("main.tf", 7)
    (there,) = finding.related
    text = start.documents["locals.tf"].source.text
    assert there.location.path == "locals.tf"
    assert text.splitlines()[there.location.line - 1].find("Resource") >= 0
    after = scoped(start)
    assert after.documents["main.tf"].source.text == start.documents["main.tf"].source.text
    mended = after.documents["locals.tf"].source.text
    assert '"${aws_s3_bucket.training.arn}/*"' in mended
    assert mended.count("one team") == text.count("one team")


OVERRIDES = {
    "jsonencode": (
        f'resource "aws_iam_role_policy" "p" {{\n{ROLE}  policy = jsonencode({{}})\n}}\n',
        f'resource "aws_iam_role_policy" "p" {{\n  policy = jsonencode({OBJECT})\n}}\n',
    ),
    "a heredoc": (
        f'resource "aws_iam_role_policy" "p" {{\n{ROLE}  policy = "{{}}"\n}}\n',
        f'resource "aws_iam_role_policy" "p" {{\n  policy = {JSON}}}\n',
    ),
    "a document": (
        'data "aws_iam_policy_document" "p" {\n}\n' + ATTACHED,
        'data "aws_iam_policy_document" "p" {\n  statement {\n    # the data of one team\n'
        '    actions   = ["s3:GetObject", "sqs:SendMessage"]\n    resources = ["*"]\n\n'
        '    condition {\n      test     = "StringEquals"\n      variable = "aws:SourceVpce"\n'
        '      values   = ["vpce-1"]\n    }\n  }\n}\n',
    ),
}


@pytest.mark.parametrize("form", OVERRIDES)
def test_what_an_override_file_says_is_mended_there(form: str, grammar: Grammar) -> None:
    """Offsets of one file mean nothing in the other one, so both begin differently."""
    written, over = OVERRIDES[form]
    files = {"main.tf": BUCKET + written + SHOWN, "main_override.tf": f"# {'x' * 500}\n{over}"}
    start = Codebase.read({path: text.encode() for path, text in files.items()}, grammar)
    assert _finding(start).location.path == "main_override.tf"
    after = scoped(start)
    assert after.documents["main.tf"].source.text == files["main.tf"]
    mended = after.documents["main_override.tf"].source.text
    assert '"${aws_s3_bucket.training.arn}/*"' in mended
    assert mended.count("vpce-1") == 2 * over.count("vpce-1")
    assert report(after).findings == ()


def test_what_others_read_too_is_left_to_a_person(grammar: Grammar) -> None:
    files = _module(f"policy = jsonencode({OBJECT})", "local.policy")
    files["more.tf"] = (
        b'resource "aws_iam_policy" "q" {\n  policy = local.policy\n}\n\n'
        b'resource "aws_iam_role_policy_attachment" "q" {\n  role       = aws_iam_role.job.name\n'
        b"  policy_arn = aws_iam_policy.q.arn\n}\n"
    )
    start = Codebase.read(files, grammar)
    advice = {one.address: one.advice for one in report(start).findings}
    assert advice == {
        one: "`aws_sagemaker_endpoint_configuration.job` points at `aws_s3_bucket.training` in "
        "`destination_s3_uri`. "
        f"`{other}` reads the same policy: make sure that nothing more is needed. "
        "Then name `aws_s3_bucket.training` in place of the wildcard."
        for one, other in (
            ("aws_iam_role_policy.p", "aws_iam_policy.q"),
            ("aws_iam_policy.q", "aws_iam_role_policy.p"),
        )
    }


@pytest.mark.parametrize(
    ("held", "value"),
    [
        (f"all = {{\n  job = jsonencode({OBJECT})\n  }}", "local.all[each.key]"),
        (f"policy = jsonencode(merge({OBJECT}, {{}}))", "local.policy"),
        ("policy = local.policy", "local.policy"),
        ("other = 1", "local.policy"),
    ],
    ids=["one of several", "made by a function", "itself", "not declared"],
)
def test_what_is_not_only_passed_on_is_not_read(held: str, value: str, grammar: Grammar) -> None:
    codebase = Codebase.read(_module(held, value), grammar)
    module = codebase.modules[0]
    assert policies(module.of_kind("aws_iam_role_policy")[0], module) == ()


TEXT = json.dumps(
    {
        "Statement": [
            {
                "Sid": "Open",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": ["*", "arn:aws:s3:::home/${aws:username}"],
            },
            {
                "Effect": "Deny",
                "Action": "s3:DeleteObject",
                "Resource": "BUCKET/*",
                "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
            },
        ]
    }
)


def _native() -> dict[str, bytes]:
    text = TEXT.replace('"', '\\"').replace("${", "$${")
    text = text.replace("BUCKET", "${aws_s3_bucket.training.arn}")
    policy = f'resource "aws_iam_role_policy" "p" {{\n{ROLE}  policy = "{text}"\n}}\n'
    return {"main.tf": f"{BUCKET}\n{policy}{SHOWN}".encode()}


def _json_syntax() -> dict[str, bytes]:
    text = TEXT.replace("${", "$${").replace("BUCKET", "${aws_s3_bucket.training.arn}")
    policy = {"role": "${aws_iam_role.job.id}", "policy": text}
    written = json.dumps({"resource": {"aws_iam_role_policy": {"p": policy}}}, indent=2)
    return {"main.tf": (BUCKET + SHOWN).encode(), "policy.tf.json": written.encode()}


@pytest.mark.parametrize("files", [_native(), _json_syntax()], ids=["native", "json"])
def test_a_text_in_quotes_is_read_and_left_as_it_is(
    files: dict[str, bytes], grammar: Grammar
) -> None:
    codebase = Codebase.read(files, grammar)
    module = codebase.modules[0]
    resource = module.of_kind("aws_iam_role_policy")[0]
    ((first, second),) = policies(resource, module)
    assert first.sid == "Open"
    assert [item.text for item in first.resources] == ["*", "arn:aws:s3:::home/&{aws:username}"]
    assert [item.text for item in second.resources] == ["${aws_s3_bucket.training.arn}/*"]
    # Each statement has its own condition, not the words of the whole text.
    assert (first.conditions, "vpce-1" in second.conditions) == ("", True)
    finding = _finding(codebase)
    policy = resource.attribute("policy")
    assert policy is not None
    assert finding.location == resource.document.source.location(policy.span)
    assert "The policy is a text in quotes: write it with `jsonencode` first." in finding.advice


@pytest.mark.parametrize(
    "text", ['"arn:aws:iam::aws:policy/X"', '"{ no json"', '"${var.policy}"', '"{${var.rest}}"']
)
def test_other_texts_are_no_policy(text: str, grammar: Grammar) -> None:
    codebase = Codebase.read(_module("other = 1", text), grammar)
    module = codebase.modules[0]
    assert policies(module.of_kind("aws_iam_role_policy")[0], module) == ()


TRUST = """
locals {
  trust = {
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "sagemaker.amazonaws.com" }
      },
    ]
  }
}

resource "aws_iam_role" "job" {
  assume_role_policy = jsonencode(local.trust)
}
"""


def test_a_trust_policy_in_a_local_is_bound_there(grammar: Grammar) -> None:
    wanted = "iam-trust-confused-deputy"
    profile = Profile("prod", rules_off=frozenset(r.id for r in rules() if r.id != wanted))
    start = Codebase.read({"main.tf": TRUST.encode()}, grammar)
    role = start.modules[0].of_kind("aws_iam_role")[0]
    assert policy_of(role, start.modules[0], "assume_role_policy") is not None
    edits = combine(start, detect(start, profile).findings, profile, Safety.REVIEW)
    after = start.with_edits(edits)
    text = after.documents["main.tf"].source.text
    assert '"aws:SourceAccount" = data.aws_caller_identity.current.account_id' in text
    assert text.index("SourceAccount") < text.index('resource "aws_iam_role"')
    assert detect(after, profile).findings == ()


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (
            'resource "aws_iam_role_policy" "p" {\n  policy = file("p.json")\n}',
            "`policy` of `aws_iam_role_policy.p` is not looked into: it stands in `p.json`",
        ),
        (
            'resource "aws_iam_role" "p" {\n'
            '  assume_role_policy = templatefile("${path.module}/t.json", { a = 1 })\n}',
            "`assume_role_policy` of `aws_iam_role.p` is not looked into: it stands in "
            "`${path.module}/t.json`",
        ),
        (
            'data "template_file" "t" {\n  template = file("t.json")\n}\n\n'
            'resource "aws_iam_policy" "p" {\n  policy = data.template_file.t.rendered\n}',
            "`policy` of `aws_iam_policy.p` is not looked into: it stands in `t.json`",
        ),
        (
            'locals {\n  p = file("p.json")\n}\n\nresource "aws_iam_policy" "p" {\n'
            "  policy = jsonencode(jsondecode(local.p))\n}",
            "`policy` of `aws_iam_policy.p` is not looked into: it stands in `p.json`",
        ),
        (
            'resource "aws_iam_policy" "p" {\n  policy = "${file("p.json")}"\n}',
            "`policy` of `aws_iam_policy.p` is not looked into: it stands in `p.json`",
        ),
        (
            'data "aws_iam_policy_document" "p" {\n  source_policy_documents = [file("p.json")]\n}',
            "`source_policy_documents` of `data.aws_iam_policy_document.p` is not looked into: it "
            "stands in `p.json`",
        ),
    ],
    ids=["file", "templatefile", "template_file", "through a local", "in quotes", "merged"],
)
def test_a_policy_in_a_file_is_named_and_never_fails(
    block: str, said: str, grammar: Grammar
) -> None:
    found = detect(Codebase.read({"main.tf": block.encode()}, grammar), Profile("prod"))
    (note,) = found.not_analysed
    assert (note.reason, note.blocking) == (said, False)
    assert not [one for one in found.findings if one.rule.startswith("iam-")]


@pytest.mark.parametrize("value", ["jsonencode(local.p)", "[local.p, local.p]", '"${local.p}"'])
def test_a_local_that_means_itself_ends_nowhere(value: str, grammar: Grammar) -> None:
    policy = 'resource "aws_iam_policy" "p" {\n  policy = local.p\n}\n'
    text = f"locals {{\n  p = {value}\n}}\n\n{policy}"
    found = detect(Codebase.read({"main.tf": text.encode()}, grammar), Profile("prod"))
    assert not [one for one in found.not_analysed if "is not looked into" in one.reason]


def test_a_file_with_another_kind_of_policy_is_nothing_to_speak_of(grammar: Grammar) -> None:
    text = 'resource "aws_ecr_lifecycle_policy" "p" {\n  policy = file("p.json")\n}\n'
    found = detect(Codebase.read({"main.tf": text.encode()}, grammar), Profile("prod"))
    assert found.not_analysed == ()
