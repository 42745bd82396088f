"""From findings to fixes: grouped, proved, never in each other's way; each refusal has a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remediations import plan as planning
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Plan, Profile, Safety, Severity
from remediations.plan import STILL_TO_DECIDE, TOO_MANY, combine, plan
from remediations.rule import Rule, Severities
from remediations.terraform.grammar import Grammar
from remediations.verify import prove
from tests.engine.rules_for_tests import (
    DeclaresTwice,
    GoesBlind,
    MendsNothing,
    RepairsUnknown,
    TouchesAnother,
    Unlocked,
    Unsigned,
    Untagged,
    WantsKey,
    WritesNonsense,
    read,
    things,
    use,
)

PROD = Profile("prod")
DEMO = Path(__file__).parents[2] / "bot/demo/terraform/head"


def planned(codebase: Codebase) -> Plan:
    return plan(codebase, detect(codebase, PROD), PROD)


def combined(codebase: Codebase, up_to: Safety = Safety.REPLACE) -> dict[str, str]:
    findings = detect(codebase, PROD).findings
    after = codebase.with_edits(combine(codebase, findings, PROD, up_to))
    return {path: document.source.text for path, document in after.documents.items()}


def test_findings_of_one_block_and_one_safety_are_one_fix(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Unlocked(), Untagged(), Unsigned())
    fixes = planned(read(things("a", "b"), grammar)).fixes
    assert [(fix.safety, [f.rule for f in fix.findings]) for fix in fixes] == [
        (Safety.SAFE, ["thing-unlocked", "thing-untagged"]),
        (Safety.SAFE, ["thing-unlocked", "thing-untagged"]),
    ]
    assert fixes[0].title == "Set lock and set tagged"
    assert fixes[0].cost == "In place."


def test_a_costlier_fix_of_the_same_lines_waits_and_names_the_other(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Untagged(), Unsigned())
    made = planned(read(things("a"), grammar))
    assert [fix.safety for fix in made.fixes] == [Safety.SAFE]
    assert [refusal.finding.rule for refusal in made.refusals] == ["thing-unsigned"]
    assert "`thing.a`" in made.refusals[0].reason


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (MendsNothing(), "the finding is still there after the edit"),
        (WritesNonsense(), "the edited file would not be valid"),
        (TouchesAnother(), "the edit would also change `thing.a`"),
        (DeclaresTwice(), "`thing.b` would be declared twice"),
        (GoesBlind(), "a rule could not judge the edited text"),
        (RepairsUnknown(), STILL_TO_DECIDE),
    ],
    ids=lambda value: value.id if isinstance(value, Rule) else "",
)
def test_what_cannot_be_proved_is_refused_with_its_reason(
    rule: Rule, reason: str, grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, rule)
    made = planned(read(things("a", "b"), grammar))
    last = made.refusals[-1]
    assert last.finding.address == "thing.b"
    assert reason in last.reason


def test_one_bad_repair_of_a_block_does_not_stop_its_neighbour(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, MendsNothing(), Untagged())
    made = planned(read(things("a"), grammar))
    assert [[f.rule for f in fix.findings] for fix in made.fixes] == [["thing-untagged"]]
    assert made.fixes[0].title == "Set tagged"
    assert "junk" not in made.fixes[0].edits[0].text
    assert [(r.finding.rule, r.reason) for r in made.refusals] == [
        ("thing-mends-nothing", "the finding is still there after the edit")
    ]


def test_a_fix_that_another_rule_dislikes_is_refused(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    class HatesLocks(Unlocked):
        id = "thing-hates-locks"

        def judge(self, resource, module):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as Rule.judge
            if resource.attribute("lock") is not None:
                yield from MendsNothing().judge(resource, module)

    use(monkeypatch, Unlocked(), HatesLocks())
    made = planned(read(things("a", "b"), grammar))
    assert made.fixes == ()
    why = "the edit would cause another finding: `thing-hates-locks`"
    assert [refusal.reason for refusal in made.refusals] == [why, why]


def test_a_duplicate_that_was_there_before_refuses_nothing(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Unlocked())
    files = {"a/main.tf": things("a"), "b/main.tf": 'resource "x" "y" {}\n\nresource "x" "y" {}\n'}
    assert len(planned(read(files, grammar)).fixes) == 1


def test_a_bad_repair_leaves_nothing_behind_and_stops_no_other(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, MendsNothing(), WritesNonsense(), Untagged())
    written = combined(read(things("a", "b"), grammar))
    assert "junk" not in written["main.tf"]
    assert "lock" not in written["main.tf"]
    assert written["main.tf"].count("tagged = true") == 2


def test_what_several_need_is_written_once(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, WantsKey())
    names = [f"n{number}" for number in range(5)]
    written = combined(read({"a/main.tf": things(*names), "b/main.tf": things("z")}, grammar))
    assert written["a/key.tf"] == written["b/key.tf"] == 'resource "key" "ml" {}\n'
    assert written["a/main.tf"].count("key  = key.ml.id") == 5
    single = planned(read(things("a", "b"), grammar)).fixes
    assert [fix.paths for fix in single] == [("key.tf", "main.tf")] * 2


def test_what_does_not_collide_takes_one_round(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, WantsKey(), Untagged())
    proofs: list[int] = []

    def counted(*arguments: Any) -> str | None:
        proofs.append(1)
        return prove(*arguments)

    monkeypatch.setattr("remediations.rounds.prove", counted)
    files = {f"{number}/main.tf": things("a", "b", "c") for number in range(4)}
    assert len(combined(read(files, grammar))) == 8
    assert len(proofs) == 1


def test_only_what_is_allowed_is_combined(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Unlocked(), Unsigned())
    codebase = read(things("a"), grammar)
    assert "signed" not in combined(codebase, Safety.REVIEW)["main.tf"]
    assert "signed = true" in combined(codebase)["main.tf"]


def test_nothing_to_combine_is_no_edit(grammar: Grammar, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Unlocked())
    open_one = read(things("a"), grammar)
    findings = detect(open_one, PROD).findings
    assert combine(open_one, [], PROD, Safety.SAFE) == ()
    locked = read('resource "thing" "a" {\n  lock = true\n}\n', grammar)
    assert combine(locked, findings, PROD, Safety.SAFE) == ()


@pytest.mark.parametrize("bound", ["MAX_READ_AGAIN", "MAX_JUDGED_AGAIN"])
def test_past_its_share_of_work_a_run_refuses_single_fixes_and_combines_still(
    bound: str, grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Unlocked())
    codebase = read(things("a", "b", "c"), grammar)
    monkeypatch.setattr(planning, bound, 2 * len(things("a", "b", "c")))
    made = planned(codebase)
    assert len(made.fixes) == 2
    assert [refusal.reason for refusal in made.refusals] == [TOO_MANY]
    assert combined(codebase)["main.tf"].count("lock = true") == 3


def test_the_most_severe_get_their_single_fixes_first(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = Unlocked()
    severities = {"a": Severity.LOW, "b": Severity.CRITICAL, "c": Severity.MEDIUM}
    monkeypatch.setattr(rule, "severity_of", lambda one: Severities(*[severities[one.name]] * 3))
    use(monkeypatch, rule)
    text = things("a", "b", "c")
    monkeypatch.setattr(planning, "MAX_JUDGED_AGAIN", 2 * len(text))
    made = planned(read(text, grammar))
    assert [fix.findings[0].address for fix in made.fixes] == ["thing.b", "thing.c"]
    assert [refusal.finding.address for refusal in made.refusals] == ["thing.a"]


def test_a_module_counts_as_often_as_it_is_called(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Unlocked())
    calls = "".join(f'module "{name}" {{\n  source = "../m"\n}}\n' for name in "abc")
    codebase = read({"root/main.tf": calls, "m/main.tf": things("x")}, grammar)
    judged = len(calls) + 3 * len(things("x"))
    monkeypatch.setattr(planning, "MAX_JUDGED_AGAIN", judged)
    assert len(planned(codebase).fixes) == 1
    monkeypatch.setattr(planning, "MAX_JUDGED_AGAIN", judged - 1)
    assert [refusal.reason for refusal in planned(codebase).refusals] == [TOO_MANY]


def demo(grammar: Grammar, newline: bytes = b"\n", bom: bytes = b"") -> Codebase:
    files = {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*.tf")}
    return Codebase.read(
        {path: bom + data.replace(b"\n", newline) for path, data in files.items()}, grammar
    )


def test_the_demo_reaches_a_fix_point_where_nothing_is_left_to_repair(grammar: Grammar) -> None:
    codebase = demo(grammar)
    findings = detect(codebase, PROD).findings
    after = codebase.with_edits(combine(codebase, findings, PROD, Safety.REPLACE))
    left = detect(after, PROD)
    assert plan(after, left, PROD).fixes == ()
    assert combine(after, left.findings, PROD, Safety.REPLACE) == ()
    assert {f.fingerprint for f in left.findings} < {f.fingerprint for f in findings}


def test_every_finding_of_the_demo_is_in_one_fix_or_one_refusal(grammar: Grammar) -> None:
    codebase = demo(grammar)
    made = planned(codebase)
    said = [f.fingerprint for fix in made.fixes for f in fix.findings]
    said += [refusal.finding.fingerprint for refusal in made.refusals]
    assert sorted(said) == sorted(f.fingerprint for f in detect(codebase, PROD).findings)


def test_each_fix_of_the_demo_alone_closes_its_findings_and_no_other_line_moves(
    grammar: Grammar,
) -> None:
    codebase = demo(grammar)
    for fix in planned(codebase).fixes:
        after = codebase.with_edits(fix.edits)
        left = {finding.fingerprint for finding in detect(after, PROD).findings}
        assert not left & {finding.fingerprint for finding in fix.findings}
        for path in codebase.documents.keys() - set(fix.paths):
            assert after.bytes_of(path) == codebase.bytes_of(path)


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
def test_line_ends_and_marks_survive_a_combination(bom: bytes, grammar: Grammar) -> None:
    unix, windows = demo(grammar, bom=bom), demo(grammar, b"\r\n", bom)
    texts = []
    for codebase in (unix, windows):
        findings = detect(codebase, PROD).findings
        after = codebase.with_edits(combine(codebase, findings, PROD, Safety.REPLACE))
        texts.append({path: after.bytes_of(path) for path in codebase.documents})
    assert {p: d.replace(b"\n", b"\r\n") for p, d in texts[0].items()} == texts[1]
    assert all(data.startswith(bom) for data in texts[0].values())


def test_two_rules_that_ask_for_one_nested_block_write_it_once(grammar: Grammar) -> None:
    text = 'resource "aws_elasticsearch_domain" "a" {\n  domain_name = "a"\n}\n'
    after = combined(Codebase.read({"main.tf": text.encode()}, grammar))["main.tf"]
    assert after.count("domain_endpoint_options {") == 1
    assert "enforce_https       = true" in after
    assert "tls_security_policy = " in after


def test_one_look_up_serves_what_stands_in_several_places(grammar: Grammar) -> None:
    """Each of these writes the account's data block behind itself, where a suggestion reaches."""
    trust = (
        'data "aws_iam_policy_document" "{0}" {{\n  statement {{\n'
        '    actions = ["sts:AssumeRole"]\n\n    principals {{\n      type        = "Service"\n'
        '      identifiers = ["sagemaker.amazonaws.com"]\n    }}\n  }}\n}}\n\n'
        'resource "aws_iam_role" "{0}" {{\n'
        "  assume_role_policy = data.aws_iam_policy_document.{0}.json\n}}\n\n"
    )
    text = "".join(trust.format(name) for name in ("a", "b", "c"))
    after = combined(Codebase.read({"main.tf": text.encode()}, grammar))["main.tf"]
    assert after.count('data "aws_caller_identity"') == 1
    assert after.count('"aws:SourceAccount"') == 3


def of_two_callers(
    child: str, argument: str, key: str, grammar: Grammar, more: str = ""
) -> Codebase:
    """A module with two callers, of whom one passes a key in an object."""
    call = f'module "f" {{{{\n  source = "../f"{more}\n  {argument} = {{{{{{}}}}}}\n}}}}\n'
    files = {
        "f/main.tf": child,
        "one/main.tf": 'variable "key" {}\n\n' + call.format(f" {key} = var.key "),
        "two/main.tf": call.format(""),
    }
    return Codebase.read({path: text.encode() for path, text in files.items()}, grammar)


def test_callers_that_see_two_values_for_one_argument_get_one_that_asks_none_of_them(
    grammar: Grammar,
) -> None:
    """One passes its key to the logs, so it is the module's; the other passes none."""
    child = (
        'variable "lambda" {\n  type = object({\n'
        "    logging_kms_key_id = optional(string, null)\n  })\n}\n\n"
        'resource "aws_lambda_function" "f" {\n  function_name = "f"\n\n'
        '  environment {\n    variables = { A = "b" }\n  }\n}\n\n'
        'resource "aws_cloudwatch_log_group" "f" {\n  name       = "/aws/lambda/f"\n'
        "  kms_key_id = var.lambda.logging_kms_key_id\n}\n"
    )
    codebase = of_two_callers(child, "lambda", "logging_kms_key_id", grammar)
    findings = detect(codebase, PROD).findings
    after = codebase.with_edits(combine(codebase, findings, PROD, Safety.REPLACE))
    assert after.bytes_of("f/main.tf").count(b"= aws_kms_key.ml.arn\n") == 2
    assert combine(after, detect(after, PROD).findings, PROD, Safety.REPLACE) == ()


def test_what_they_all_write_may_ask_a_caller(grammar: Grammar) -> None:
    """The name that goes with a key is made of an input, and is the same for both."""
    child = (
        'variable "prefix" {\n  type = string\n}\n\n'
        'variable "config" {\n  type = object({ key = optional(string, null) })\n}\n\n'
        'resource "aws_cloudwatch_log_group" "f" {\n  name       = "/aws/f"\n'
        "  kms_key_id = var.config.key\n}\n\n"
        'resource "aws_sagemaker_endpoint_configuration" "c" {\n  name = "${var.prefix}-c"\n\n'
        '  production_variants {\n    model_name    = "m"\n    instance_type = "ml.m5.large"\n'
        "  }\n}\n"
    )
    codebase = of_two_callers(child, "config", "key", grammar, '\n  prefix = "p"')
    findings = [f for f in detect(codebase, PROD).findings if f.rule == "endpoint-no-cmk"]
    after = codebase.with_edits(combine(codebase, findings, PROD, Safety.REPLACE))
    assert b"kms_key_arn = aws_kms_key.ml.arn\n" in after.bytes_of("f/main.tf")
    assert b'name_prefix = "${substr("${var.prefix}-c", 0, 36)}-"' in after.bytes_of("f/main.tf")
