"""Every rule is held to the promises of its page, without its author doing anything."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from remediations import schema
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Report, Safety, Severity
from remediations.plan import combine, plan
from remediations.rule import Rule, page, rules
from remediations.terraform.grammar import Grammar
from tests.rules.pages import Example, all_examples, examples
from tests.terraform.variants import variants

HEADINGS = ["Why", "Fix safety", "Examples", "Unknown", "Profiles", "Mapped ids", "Sources"]
REASON = re.compile(r"\b(where|whose|because)\b|: ")


def only(rule_id: str) -> Profile:
    others = frozenset(rule.id for rule in rules() if rule.id != rule_id)
    return Profile(environment="prod", rules_off=others)


def read(files: dict[str, str], grammar: Grammar) -> Codebase:
    return Codebase.read({path: text.encode() for path, text in files.items()}, grammar)


def report_of(codebase: Codebase, rule_id: str) -> Report:
    report = detect(codebase, only(rule_id))
    assert not any(one.blocking for one in report.not_analysed)
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
    assert headings == HEADINGS
    kinds = [example.kind for example in examples(rule.id)]
    assert "before" in kinds
    assert "good" in kinds
    assert "http" in text[text.index("## Sources") :]
    stem = type(rule).__module__.rpartition(".")[2]
    assert stem == rule.id.replace("-", "_")


def section(rule: Rule, heading: str) -> str:
    _, _, behind = page(rule.id).partition(f"\n## {heading}\n\n")
    return behind.partition("\n\n## ")[0]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_page_says_how_bad_it_is_where_and_why(rule: Rule) -> None:
    text = section(rule, "Profiles")
    severities = {rule.severity.of(name) for name in ("dev", "staging", "prod")}
    words = {one.value if one else "off" for one in severities}
    every = {"off", *(one.value for one in Severity)}
    assert {word for word in every if re.search(rf"\b{word}\b", text.lower())} == words
    assert REASON.search(text)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_page_says_what_happens_to_a_value_that_nobody_can_read(rule: Rule) -> None:
    text = section(rule, "Unknown")
    assert "# finding unknown" in text or re.search(r"[a-z][.:]", text)
    assert re.search(r"^```hcl (good|before)$", text, re.MULTILINE)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_page_maps_a_control_of_nist(rule: Rule) -> None:
    assert re.search(r"^- NIST 800-53: [A-Z]{2}-\d+", section(rule, "Mapped ids"), re.MULTILINE)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_page_names_the_versions_that_differ(rule: Rule) -> None:
    """Where an allowed version lacks the argument, or has another default, the page says so."""
    path = getattr(rule, "path", "")
    differs = bool(getattr(rule, "absent_since", {}))
    for kind in rule.resources if path else ():
        whole, found = schema.resource(kind), schema.argument(kind, path)
        if whole and found:
            differs |= bool((whole.majors - found.majors) - {schema.MAJORS[0]})
    assert not differs or re.search(r"[Vv]ersions? \d", page(rule.id))


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


@pytest.mark.parametrize("variant", [name for name, _ in variants("a\n")])
@pytest.mark.parametrize("example", all_examples("before"), ids=str)
def test_after_is_what_the_fix_writes(example: Example, variant: str, grammar: Grammar) -> None:
    """However the file is written: the fix follows its line ends, its tabs and its BOM."""
    before = {path: dict(variants(text)).get(variant) for path, text in example.files.items()}
    files = {path: data for path, data in before.items() if data is not None}
    if len(files) < len(before):
        return  # a heredoc at the end of a file needs its newline
    codebase = Codebase.read(files, grammar)
    findings = report_of(codebase, example.rule).findings
    edits = combine(codebase, findings, only(example.rule), Safety.REPLACE)
    written = codebase.with_edits(edits)
    after = {path: written.bytes_of(path) for path in written.documents}
    promised = example.files if example.after is None else example.after
    # A file that this variant leaves as it is teaches no indentation; a new one has its own.
    taught = {path for path, data in files.items() if data != example.files[path].encode()}
    assert after == {
        path: dict(variants(text))[variant] if path in taught else text.encode()
        for path, text in promised.items()
    }


@pytest.mark.parametrize("example", [e for e in all_examples("before") if e.after], ids=str)
def test_a_fix_is_offered_beside_all_other_rules(example: Example, grammar: Grammar) -> None:
    """What is fixed when a rule stands alone is fixed too when every other rule looks on."""
    codebase = read(example.files, grammar)
    alone = plan(codebase, report_of(codebase, example.rule), only(example.rule))
    fixable = {f.fingerprint for fix in alone.fixes for f in fix.findings}
    everything = Profile("prod")
    report = detect(codebase, everything)
    edits = combine(codebase, report.findings, everything, Safety.REPLACE)
    after = detect(codebase.with_edits(edits), everything).findings
    assert not fixable & {finding.fingerprint for finding in after}


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
def test_terraform_fmt_leaves_every_example_alone(tmp_path: Path) -> None:
    """Also what a fix wrote; one run for all, each in a directory of its own."""
    for example in (*all_examples("before"), *all_examples("good")):
        for path, text in {**example.files, **(example.after or {})}.items():
            place = tmp_path / str(example) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-recursive", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
