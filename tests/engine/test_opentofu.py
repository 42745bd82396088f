"""OpenTofu's own files: read like the others, and in the place of their namesakes."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import NotAnalysed, Profile, Report, Safety
from remediations.plan import combine
from remediations.terraform.files import is_override, replaced
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import Unlocked, read, things, use


def report_of(files: dict[str, str], grammar: Grammar) -> Report:
    return detect(read(files, grammar), Profile())


def seen(report: Report) -> list[tuple[str, str]]:
    return [(one.address, one.location.path) for one in report.findings]


@pytest.fixture(autouse=True)
def _one_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Unlocked())


def test_a_file_of_opentofu_is_read_and_fixed(grammar: Grammar) -> None:
    codebase = read({"main.tofu": things("a")}, grammar)
    report = detect(codebase, Profile())
    assert seen(report) == [("thing.a", "main.tofu")]
    edits = combine(codebase, report.findings, Profile(), Safety.SAFE)
    after = codebase.with_edits(edits)
    assert after.documents["main.tofu"].source.text.endswith("  size = 1\n  lock = true\n}\n")
    assert detect(after, Profile()).findings == ()


def test_both_tools_are_judged_where_a_name_is_there_twice(grammar: Grammar) -> None:
    files = {"main.tf": things("a"), "main.tofu": things("b"), "more.tf": things("c")}
    report = report_of(files, grammar)
    assert seen(report) == [
        ("thing.a", "main.tf"),
        ("thing.b", "main.tofu"),
        ("thing.c", "more.tf"),
    ]
    said = [(place.location.path, place.role) for place in report.findings[0].related]
    assert said == [("main.tofu", "OpenTofu reads this file in its place")]
    assert report.findings[1].related == report.findings[2].related == ()
    assert len({one.fingerprint for one in report.findings}) == 3


def test_an_empty_file_of_opentofu_hides_nothing_from_the_check(grammar: Grammar) -> None:
    report = report_of({"main.tf": things("a"), "main.tofu": ""}, grammar)
    assert seen(report) == [("thing.a", "main.tf")]


def test_values_are_those_of_the_tool_that_reads_them(grammar: Grammar) -> None:
    thing = 'resource "thing" "a" {\n  lock = local.lock\n}\n'
    files = {
        "main.tf": thing,
        "locals.tf": "locals {\n  lock = true\n}\n",
        "locals.tofu": "locals {\n  lock = false\n}\n",
    }
    assert seen(report_of(files, grammar)) == [("thing.a", "main.tf")]
    files["locals.tofu"], files["locals.tf"] = files["locals.tf"], files["locals.tofu"]
    assert seen(report_of(files, grammar)) == [("thing.a", "main.tf")]
    files["locals.tf"] = files["locals.tofu"]
    assert seen(report_of(files, grammar)) == []


def test_a_resource_in_both_files_is_mended_in_both(grammar: Grammar) -> None:
    codebase = read({"main.tf": things("a"), "main.tofu": things("a")}, grammar)
    report = detect(codebase, Profile())
    assert seen(report) == [("thing.a", "main.tf"), ("thing.a", "main.tofu")]
    edits = combine(codebase, report.findings, Profile(), Safety.SAFE)
    assert [edit.path for edit in edits] == ["main.tf", "main.tofu"]


def test_a_module_that_is_called_is_read_by_each_tool_too(grammar: Grammar) -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n',
        "m/main.tf": things("a"),
        "m/main.tofu": things("b"),
    }
    report = report_of(files, grammar)
    assert seen(report) == [("thing.a", "m/main.tf"), ("thing.b", "m/main.tofu")]


def test_a_file_that_cannot_be_read_still_takes_the_place(grammar: Grammar) -> None:
    report = report_of({"main.tf": things("a"), "main.tofu": "resource {"}, grammar)
    assert seen(report) == [("thing.a", "main.tf")]
    assert [(one.path, one.blocking) for one in report.not_analysed] == [("main.tofu", True)]
    assert all(isinstance(one, NotAnalysed) for one in report.not_analysed)


def test_only_the_same_syntax_is_replaced() -> None:
    paths = ["a/x.tf", "a/x.tofu", "a/y.tf", "b/y.tofu", "z.tf.json", "z.tofu.json", "q.tofu.json"]
    assert replaced([*paths, "q.tf"]) == {"a/x.tf": "a/x.tofu", "z.tf.json": "z.tofu.json"}


@pytest.mark.parametrize(
    "path",
    ["override.tf", "a/override.tofu", "x_override.tf.json", "a/b_override.tofu.json"],
)
def test_override_files_of_both_tools(path: str) -> None:
    assert is_override(path)
    assert not is_override(path.replace("override.", "overrides."))
    assert not is_override(path.replace("override.", "override.x."))
