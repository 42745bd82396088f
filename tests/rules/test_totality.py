"""No rule ever raises, and the planner keeps its promises, whatever stands in an argument's place.

Every page's examples are taken, one argument or block at a time is swapped or taken away, and the
whole product is asked again. The examples themselves hold what a rule looks at.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Edit, Profile, Safety, Span
from remediations.plan import combine, plan
from remediations.source import SourceFile, Unreadable, apply
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Attribute, Block, Document
from remediations.terraform.tree import parse
from tests.rules.pages import Example, all_examples
from tests.terraform.generate import SLOW_DRAWS

PROD = Profile("prod")
VALUES = [
    "null", "true", "false", '"true"', "0", '""', '"*"', "[]", '["*"]', "[null]", "{}", "[{}]",
    "var.given", "local.gone", "each.value", "aws_s3_bucket.gone.id", "module.m.x[0]",
    '"${var.given}"', "[for x in var.given : x]", "var.given ? true : false", "(null)",
    "<<-EOT\n  x\n  EOT", "<<-EOT\n  ${var.given}\n  EOT", "jsonencode({})", "jsonencode([])",
    "jsonencode({ Statement = {} })", "jsonencode({ Statement = [null, 1, {}] })",
    'jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })',
    'jsonencode({ Statement = { Effect = "Allow", Action = ["s3:*"], Resource = ["*"] } })',
    '"{\\"Statement\\": 5}"', "coalesce(null, null)", "aws_s3_bucket.training.arn", "-1.5e3",
]  # fmt: skip # pieces to draw from, not lines to read
EXAMPLES = [*all_examples("before"), *all_examples("good")]


def _items(document: Document) -> Iterator[Attribute | Block]:
    bodies = [document.body]
    while bodies:
        for item in bodies.pop().items:
            yield item
            if isinstance(item, Block):
                bodies.append(item.body)


@cache
def _places(number: int, grammar: Grammar) -> list[tuple[str, Attribute | Block]]:
    files = EXAMPLES[number].files
    documents = {path: parse(SourceFile.of(path, text), grammar) for path, text in files.items()}
    return [(path, item) for path, document in documents.items() for item in _items(document)]


def _bent(example: Example, edit: Edit, grammar: Grammar) -> Codebase | None:
    files = dict(example.files)
    source = apply(SourceFile.of(edit.path, files[edit.path]), [edit])
    try:
        parse(source, grammar)
    except Unreadable:
        return None
    files[edit.path] = source.text
    return Codebase.read({path: text.encode() for path, text in files.items()}, grammar)


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(data=st.data())
def test_the_promises_hold_on_bent_examples(data: st.DataObject, grammar: Grammar) -> None:
    number = data.draw(st.integers(0, len(EXAMPLES) - 1))
    path, item = data.draw(st.sampled_from(_places(number, grammar)))
    gone = Edit(path, item.span, "")
    values = st.sampled_from(VALUES)
    edit = gone
    if isinstance(item, Attribute) and data.draw(st.integers(0, 9)):
        edit = Edit(path, item.value.span, data.draw(values))
    elif isinstance(item, Block) and data.draw(st.booleans()):
        opening = item.body.span.start
        edit = Edit(path, Span(opening, item.body.span.end), "")
    codebase = _bent(EXAMPLES[number], edit, grammar)
    if codebase is not None:
        hold_to_its_promises(codebase)


def hold_to_its_promises(codebase: Codebase) -> None:
    report = detect(codebase, PROD)
    assert all(not one.rule for one in report.not_analysed)
    made = plan(codebase, report, PROD)
    said = [f.fingerprint for fix in made.fixes for f in fix.findings]
    said += [refusal.finding.fingerprint for refusal in made.refusals]
    assert sorted(said) == sorted(finding.fingerprint for finding in report.findings)
    assert all(refusal.reason for refusal in made.refusals)
    for fix in made.fixes:
        left = detect(codebase.with_edits(fix.edits), PROD).findings
        assert not {f.fingerprint for f in left} & {f.fingerprint for f in fix.findings}
    after = codebase.with_edits(combine(codebase, report.findings, PROD, Safety.REPLACE))
    again = detect(after, PROD)
    assert combine(after, again.findings, PROD, Safety.REPLACE) == ()
    old = {(finding.fingerprint, finding.is_known) for finding in report.findings}
    assert {(f.fingerprint, f.is_known) for f in again.findings if f.is_known} <= old
