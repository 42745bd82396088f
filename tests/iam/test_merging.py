"""Documents that are merged by Sid: what is split off must not get round the statement that wins.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

import pytest

from remediations.iam.narrowing import widens
from remediations.terraform.grammar import Grammar

from .policies import ATTACHED, BUCKET, OBJECTS, SHOWN, read, report, scoped


def _statement(actions: str, resources: str = '"*"', sid: str = "") -> str:
    named = f"    sid       = {sid}\n" if sid else ""
    return (
        f"  statement {{\n{named}    actions   = [{actions}]\n    resources = [{resources}]\n  }}\n"
    )


def _document(*statements: str) -> str:
    return 'data "aws_iam_policy_document" "p" {\n' + "\n".join(statements) + "}\n\n"


OF_WHOLE = ATTACHED.replace("document.p.", "document.q.")
MIXED = '"s3:GetObject", "sqs:SendMessage"'
ELSEWHERE = {
    "overridden": 'data "aws_iam_policy_document" "q" {\n'
    "  source_policy_documents = [data.aws_iam_policy_document.p.json]\n\n"
    + _statement('"sqs:SendMessage"', '"*"', '"A"')
    + "}\n"
    + OF_WHOLE,
    "overriding": 'data "aws_iam_policy_document" "q" {\n'
    "  override_policy_documents = [data.aws_iam_policy_document.p.json]\n}\n" + OF_WHOLE,
}


def _module(policy: str, where: str) -> str:
    return BUCKET + "\n" + policy + ELSEWHERE[where] + SHOWN


@pytest.mark.parametrize("where", ELSEWHERE)
@pytest.mark.parametrize("sid", ['"A"', "var.sid"])
def test_a_statement_with_a_sid_is_not_split(where: str, sid: str, grammar: Grammar) -> None:
    start = read(_module(_document(_statement(MIXED, sid=sid)), where), grammar)
    (finding,) = report(start).findings
    assert finding.advice == (
        "Give `s3:GetObject` a statement of its own on `aws_s3_bucket.training`. Its document is "
        "merged with others by Sid: see what wins."
    )


@pytest.mark.parametrize("where", ELSEWHERE)
def test_what_keeps_its_sid_is_scoped(where: str, grammar: Grammar) -> None:
    start = read(_module(_document(_statement('"s3:GetObject"', sid='"A"')), where), grammar)
    after = _document(_statement('"s3:GetObject"', OBJECTS, sid='"A"'))
    assert scoped(start).documents["main.tf"].source.text == _module(after, where)


@pytest.mark.parametrize("sid", ["", '""'])
@pytest.mark.parametrize("where", ELSEWHERE)
def test_without_a_sid_all_statements_are_kept(where: str, sid: str, grammar: Grammar) -> None:
    start = read(_module(_document(_statement(MIXED, sid=sid)), where), grammar)
    after = _document(
        _statement('"sqs:SendMessage"', sid=sid), _statement('"s3:GetObject"', OBJECTS)
    )
    assert scoped(start).documents["main.tf"].source.text == _module(after, where)


@pytest.mark.parametrize("sid", ["", '"B"'])
@pytest.mark.parametrize("where", ELSEWHERE)
def test_the_proof_refuses_what_gets_round_the_winner(
    where: str, sid: str, grammar: Grammar
) -> None:
    """``A`` may lose against another ``A``; what leaves it would not."""
    whole = _document(_statement(MIXED, sid='"A"'))
    apart = _document(
        _statement('"sqs:SendMessage"', sid='"A"'), _statement('"s3:GetObject"', OBJECTS, sid)
    )
    before, after = (read(_module(one, where), grammar).modules[0] for one in (whole, apart))
    assert widens(before, after) is not None
    alone = [read(BUCKET + "\n" + one, grammar).modules[0] for one in (whole, apart)]
    assert widens(*alone) is None
