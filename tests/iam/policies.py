"""One policy in both forms Terraform writes it, and what the rule makes of a module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.iam.statements import Statement, policies
from remediations.model import Profile, Report, Safety
from remediations.plan import combine, plan
from remediations.rule import rules
from remediations.terraform.grammar import Grammar

RULE = "iam-s3-resource-wildcard"
PROFILE = Profile("prod", rules_off=frozenset(r.id for r in rules() if r.id != RULE))
BUCKET = 'resource "aws_s3_bucket" "training" {\n  bucket = "acme-training"\n}\n'
B = "aws_s3_bucket.training.arn"
OBJECTS = '"${aws_s3_bucket.training.arn}/*"'
SHOWN = """
resource "aws_iam_role" "job" {
  assume_role_policy = jsonencode({
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "sagemaker.amazonaws.com" }
        Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }
      },
    ]
  })
}

resource "aws_sagemaker_model" "job" {
  execution_role_arn = aws_iam_role.job.arn

  primary_container {
    image          = "churn:1"
    model_data_url = "s3://${aws_s3_bucket.training.id}/model.tar.gz"
  }
}

resource "aws_sagemaker_endpoint_configuration" "job" {
  production_variants {
    model_name = aws_sagemaker_model.job.name
  }

  data_capture_config {
    destination_s3_uri = "s3://${aws_s3_bucket.training.id}/captured"
  }
}
"""
"""A role with which a model is read from the bucket, and what it is asked is written there."""
ATTACHED = """
resource "aws_iam_role_policy" "job" {
  role   = aws_iam_role.job.id
  policy = data.aws_iam_policy_document.p.json
}
"""
OF_DOCUMENT = SHOWN + ATTACHED
"""What shows which bucket the document called p means."""
FORMS = ("document", "jsonencode")


@dataclass(frozen=True)
class S:
    """A statement to write; texts of resources are Terraform expressions."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ('"*"',)
    sid: str = ""
    effect: str = "Allow"
    vpce: str = ""


def one(*actions: str, on: Sequence[str] = ('"*"',), sid: str = "", vpce: str = "") -> S:
    return S(actions, tuple(on), sid, "Allow", vpce)


def write(form: str, *statements: S) -> str:
    """A module with one bucket and one policy, and a model that shows that it means the bucket."""
    return unused(form, *statements) + (OF_DOCUMENT if form == "document" else SHOWN)


def unused(form: str, *statements: S) -> str:
    """A module with one bucket and one policy; nothing says what for."""
    return BUCKET + "\n" + (_document if form == "document" else _encoded)(statements)


def _listed(items: Sequence[str]) -> str:
    return f"[{', '.join(items)}]"


def _quoted(items: Sequence[str]) -> list[str]:
    return [f'"{item}"' for item in items]


def _document(statements: Sequence[S]) -> str:
    blocks = []
    for s in statements:
        lines = [f'    sid       = "{s.sid}"'] if s.sid else []
        lines += [
            f'    effect    = "{s.effect}"',
            f"    actions   = {_listed(_quoted(s.actions))}",
            f"    resources = {_listed(s.resources)}",
        ]
        if s.vpce:
            lines += [
                "",
                "    condition {",
                '      test     = "StringEquals"',
                '      variable = "aws:SourceVpce"',
                f'      values   = ["{s.vpce}"]',
                "    }",
            ]
        blocks.append("  statement {\n" + "\n".join(lines) + "\n  }\n")
    body = "\n".join(blocks)
    return f'data "aws_iam_policy_document" "p" {{\n{body}}}\n'


def _encoded(statements: Sequence[S]) -> str:
    objects = []
    for s in statements:
        resource = s.resources[0] if len(s.resources) == 1 else _listed(s.resources)
        parts = [f'Sid = "{s.sid}"'] if s.sid else []
        parts += [
            f'Effect = "{s.effect}"',
            f"Action = {_listed(_quoted(s.actions))}",
            f"Resource = {resource}",
        ]
        if s.vpce:
            parts.append(f'Condition = {{ StringEquals = {{ "aws:SourceVpce" = "{s.vpce}" }} }}')
        objects.append("      { " + ", ".join(parts) + " },\n")
    return (
        'resource "aws_iam_role_policy" "p" {\n'
        "  role = aws_iam_role.job.id\n\n"
        "  policy = jsonencode({\n"
        '    Version = "2012-10-17"\n'
        f"    Statement = [\n{''.join(objects)}    ]\n"
        "  })\n}\n"
    )


def read(text: str, grammar: Grammar) -> Codebase:
    return Codebase.read({"main.tf": text.encode()}, grammar)


def statements(codebase: Codebase) -> tuple[Statement, ...]:
    """The statements of the module's one policy."""
    module = codebase.modules[0]
    for resource in module.resources:
        if resource.name == "p":
            for policy in policies(resource, module):
                return policy
    raise AssertionError("no policy called p")


def report(codebase: Codebase) -> Report:
    found = detect(codebase, PROFILE)
    assert not any(one.blocking for one in found.not_analysed)
    return found


def scoped(codebase: Codebase) -> Codebase:
    """The module after everything the rule offers."""
    edits = combine(codebase, report(codebase).findings, PROFILE, Safety.REPLACE)
    return codebase.with_edits(edits)


def reasons(codebase: Codebase) -> list[str]:
    """Why no edit is offered, for each finding without one."""
    return [refusal.reason for refusal in plan(codebase, report(codebase), PROFILE).refusals]


def costs(codebase: Codebase) -> list[str]:
    return [fix.cost for fix in plan(codebase, report(codebase), PROFILE).fixes]


def meaning(codebase: Codebase) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str | None]]:
    """What each statement says, without its place and form."""
    return [
        (
            s.effect,
            tuple(item.text for item in s.actions),
            tuple(item.text for item in s.resources),
            s.sid,
        )
        for s in statements(codebase)
    ]
