"""Statements are read however their list is put together; what cannot be told is said to be so."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.plan import plan
from remediations.terraform.grammar import Grammar

from .policies import (
    BUCKET,
    OBJECTS,
    OF_DOCUMENT,
    PROFILE,
    SHOWN,
    read,
    reasons,
    report,
    scoped,
    statements,
)

GET = '{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }'
SEND = '{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }'
BOTH = {"s3:GetObject", "sqs:SendMessage"}
# How the list is written, and what stands beside the policy.
WRITTEN = {
    "concat": (f"concat([{GET}], [{SEND}])", ""),
    "flatten": (f"flatten([[{SEND}], [[{GET}]]])", ""),
    "known choice": (f"true ? [{GET}, {SEND}] : []", ""),
    "choice": (f"concat([{SEND}], var.reads ? [{GET}] : [])", ""),
    "a local beside": (f"concat(local.base, [{GET}])", f"locals {{\n  base = [{SEND}]\n}}\n"),
    "in the local": (f"concat(local.base, [{SEND}])", f"locals {{\n  base = [{GET}]\n}}\n"),
    "a local in a list": (f"[{SEND}, local.one]", f"locals {{\n  one = {GET}\n}}\n"),
}
EACH = '{ Effect = "Allow", Action = action, Resource = "*" }'
MADE = {
    "for": f'[for action in ["s3:GetObject", "sqs:SendMessage"] : {EACH}]',
    "merge": '[merge({ Effect = "Allow", Resource = "*" }, { Action = "s3:GetObject" }), '
    f"{SEND}]",
    "values": f"values({{ a = {GET}, b = {SEND} }})",
    "within concat": f'concat([for action in ["s3:GetObject"] : {EACH}], [{SEND}])',
}
UNTOLD = {
    "for": '[for b in aws_s3_bucket.many : { Effect = "Allow", Resource = "${b.arn}/*" }]',
    "reverse": "reverse(data.aws_ssm_parameter.p.value)",
    "half": f'concat([{GET}], [for b in aws_s3_bucket.many : {{ Resource = "${{b.arn}}" }}])',
}


def _policy(listed: str, beside: str = "") -> str:
    return (
        f'{BUCKET}{SHOWN}\n{beside}\nvariable "reads" {{\n  type = bool\n}}\n\n'
        'resource "aws_iam_role_policy" "p" {\n  role = aws_iam_role.job.id\n'
        f"  policy = jsonencode({{\n    Statement = {listed}\n  }})\n}}\n"
    )


def _actions(codebase: Codebase) -> set[str]:
    return {item.text for one in statements(codebase) for item in one.actions}


@pytest.mark.parametrize("form", WRITTEN)
def test_it_is_read_and_mended_where_it_stands(form: str, grammar: Grammar) -> None:
    start = read(_policy(*WRITTEN[form]), grammar)
    assert _actions(start) == BOTH
    made = scoped(start)
    assert made.documents["main.tf"].source.text.count(OBJECTS) == 1
    assert report(made).findings == ()


@pytest.mark.parametrize("form", MADE)
def test_what_is_made_is_told_and_left_to_a_person(form: str, grammar: Grammar) -> None:
    start = read(_policy(MADE[form]), grammar)
    assert _actions(start) == BOTH
    (reason,) = reasons(start)
    assert "What makes this statement makes others too" in reason
    assert scoped(start).documents["main.tf"].source.text == _policy(MADE[form])


@pytest.mark.parametrize("form", UNTOLD)
def test_what_nobody_can_tell_is_said(form: str, grammar: Grammar) -> None:
    (note,) = report(read(_policy(UNTOLD[form]), grammar)).not_analysed
    assert note.reason.startswith("`policy` of `aws_iam_role_policy.p` is not looked into: its")
    assert not note.blocking


def test_a_policy_that_a_function_makes_is_said_too(grammar: Grammar) -> None:
    text = _policy("[]").replace("jsonencode({", "jsonencode(merge(local.policy, {")
    text = text.replace("\n  })\n}\n", "\n  }))\n}\n", -1)
    reasons_said = [one.reason for one in report(read(text, grammar)).not_analysed]
    assert any("made by `merge(…)`" in one for one in reasons_said)


def test_what_a_caller_passes_in_is_his(grammar: Grammar) -> None:
    given = 'variable "more" {\n  type = list(any)\n}\n'
    found = report(read(_policy(f"concat([{GET}], var.more)", given), grammar))
    assert found.not_analysed == ()
    assert len(found.findings) == 1


def test_a_list_that_another_policy_reads_too_is_left(grammar: Grammar) -> None:
    listed, beside = WRITTEN["in the local"]
    other = (
        'resource "aws_iam_user_policy" "other" {\n  user   = "ann"\n'
        "  policy = jsonencode({ Statement = concat(local.base, []) })\n}\n"
    )
    found = reasons(read(_policy(listed, beside) + other, grammar))
    assert any("`aws_iam_user_policy.other` reads the same policy" in one for one in found)


def test_an_output_that_reads_it_too_is_named(grammar: Grammar) -> None:
    listed, beside = WRITTEN["in the local"]
    output = 'output "statements" {\n  value = local.base\n}\n'
    start = read(_policy(listed, beside) + output, grammar)
    (fix,) = plan(start, report(start), PROFILE).fixes
    assert "`output.statements` hands the same policy on, as it then is." in fix.cost


def test_locals_that_double_each_other_end_somewhere(grammar: Grammar) -> None:
    doubled = "".join(f"  l{n} = concat(local.l{n + 1}, local.l{n + 1})\n" for n in range(18))
    start = read(_policy("local.l0", f"locals {{\n{doubled}  l18 = [{GET}]\n}}\n"), grammar)
    assert 0 < len(statements(start)) <= 1_000
    (note,) = report(start).not_analysed
    assert "is not looked into: its statements are made by" in note.reason


SEVERAL = """
data "aws_iam_policy_document" "p" {
  dynamic "statement" {
    for_each = { a = ["s3:GetObject"], b = ["sqs:SendMessage"] }

    content {
      actions   = statement.value
      resources = ["*"]
    }
  }
}
"""


def test_a_dynamic_block_is_read_instance_by_instance(grammar: Grammar) -> None:
    text = SEVERAL + BUCKET + OF_DOCUMENT
    start = read(text, grammar)
    assert [[item.text for item in one.actions] for one in statements(start)] == [
        ["s3:GetObject"],
        ["sqs:SendMessage"],
    ]
    assert len(report(start).findings) == 1
    assert scoped(start).documents["main.tf"].source.text == text
