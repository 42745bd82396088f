"""Every rule is held to the promises of its page, without its author doing anything."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Report, Safety
from remediations.plan import combine, plan
from remediations.rule import Rule, page, rules
from remediations.terraform.grammar import Grammar
from tests.rules.pages import Example, all_examples, examples

HEADINGS = ["Why", "Fix safety", "Examples", "Unknown", "Profiles", "Mapped ids", "Sources"]
OPTIONAL = {"Unknown", "Profiles"}
VARIANTS = {
    "lf": lambda text: text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
}


def only(rule_id: str) -> Profile:
    others = frozenset(rule.id for rule in rules() if rule.id != rule_id)
    return Profile(environment="prod", rules_off=others)


def read(files: dict[str, str], grammar: Grammar, variant: str = "lf") -> Codebase:
    return Codebase.read({p: VARIANTS[variant](t) for p, t in files.items()}, grammar)


def report_of(codebase: Codebase, rule_id: str) -> Report:
    report = detect(codebase, only(rule_id))
    assert not report.not_analysed
    return report


def fixed(codebase: Codebase, rule_id: str) -> dict[str, str]:
    findings = report_of(codebase, rule_id).findings
    edits = combine(codebase, findings, only(rule_id), Safety.REPLACE)
    after = codebase.with_edits(edits)
    return {path: document.source.text for path, document in after.documents.items()}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_page_has_its_headings_and_examples(rule: Rule) -> None:
    text = page(rule.id)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert text.startswith(f"# {rule.id}\n\n")
    assert headings == [h for h in HEADINGS if h in headings]
    assert set(HEADINGS) - set(headings) <= OPTIONAL
    kinds = [example.kind for example in examples(rule.id)]
    assert "before" in kinds
    assert "good" in kinds
    assert "http" in text[text.index("## Sources") :]
    stem = type(rule).__module__.rpartition(".")[2]
    assert stem == rule.id.replace("-", "_")


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_page_shows_a_value_that_is_passed_in(rule: Rule) -> None:
    texts = [text for e in examples(rule.id) for text in e.files.values()]
    assert any("var." in text for text in texts)


@pytest.mark.parametrize("example", all_examples("before"), ids=str)
def test_before_has_findings_on_the_marked_lines(example: Example, grammar: Grammar) -> None:
    report = report_of(read(example.files, grammar), example.rule)
    places = {
        (place.path, place.line, not finding.is_known)
        for finding in report.findings
        for place in (
            finding.location,
            *(r.location for r in finding.related if r.role == "also"),
        )
    }
    assert places == example.marks


@pytest.mark.parametrize("example", all_examples("good"), ids=str)
def test_good_is_silent(example: Example, grammar: Grammar) -> None:
    assert report_of(read(example.files, grammar), example.rule).findings == ()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("example", all_examples("before"), ids=str)
def test_after_is_what_the_fix_writes(example: Example, variant: str, grammar: Grammar) -> None:
    codebase = read(example.files, grammar, variant)
    after = fixed(codebase, example.rule)
    if example.after is None:
        assert after == {path: d.source.text for path, d in codebase.documents.items()}
        return
    newline = "\r\n" if variant == "crlf" else "\n"
    new = set(after) - set(codebase.documents)
    assert {
        path: text if path in new else text.replace(newline, "\n") for path, text in after.items()
    } == example.after
    written = codebase.with_edits(
        combine(
            codebase,
            report_of(codebase, example.rule).findings,
            only(example.rule),
            Safety.REPLACE,
        )
    )
    for path in set(after) & set(codebase.documents):
        assert written.bytes_of(path).startswith(b"\xef\xbb\xbf") == (variant == "bom")


@pytest.mark.parametrize("example", all_examples("before"), ids=str)
def test_fixing_again_changes_nothing(example: Example, grammar: Grammar) -> None:
    again = read(example.after or example.files, grammar)
    assert fixed(again, example.rule) == {p: d.source.text for p, d in again.documents.items()}
    if example.after is None:
        return
    left = [f for f in report_of(again, example.rule).findings if f.is_known and not f.advice]
    assert left == []


@pytest.mark.parametrize("example", all_examples("before"), ids=str)
def test_every_finding_has_a_proved_fix_or_a_reason(example: Example, grammar: Grammar) -> None:
    codebase = read(example.files, grammar)
    report = report_of(codebase, example.rule)
    made = plan(codebase, report, only(example.rule))
    fixed_ones = [f.fingerprint for fix in made.fixes for f in fix.findings]
    refused = [refusal.finding.fingerprint for refusal in made.refusals]
    assert sorted(fixed_ones + refused) == sorted(f.fingerprint for f in report.findings)
    assert all(refusal.reason for refusal in made.refusals)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="no terraform binary to ask")
@pytest.mark.parametrize("example", all_examples("before"), ids=str)
def test_terraform_fmt_leaves_after_alone(example: Example, tmp_path: Path) -> None:
    for path, text in {**example.files, **(example.after or {})}.items():
        (tmp_path / path).write_text(text)
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout
