"""The proof, promise by promise: what must hold between two codebases."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from remediations.verify import prove
from tests.engine.rules_for_tests import GoesBlind, Unlocked, Untagged, read, use

PROD = Profile("prod")
OPEN = """\
resource "thing" "a" {
  size = 1
}

# Between.
resource "thing" "b" {
  lock   = true
  tagged = true
}
"""
LOCKED = OPEN.replace("size = 1", "size = 1\n  lock = true")


def reason(before: Codebase, after: Codebase, touches: str = "thing.a") -> str | None:
    closes = {f.fingerprint for f in detect(before, PROD).findings if f.rule != "thing-untagged"}
    return prove(before, after, closes, {("", touches)}, PROD)


def edited(before: Codebase, text: str | dict[str, str], grammar: Grammar) -> Codebase:
    files = {"main.tf": text} if isinstance(text, str) else text
    after = read({path: d.source.text for path, d in before.documents.items()} | files, grammar)
    return Codebase(grammar, {**before.documents, **after.documents}, before.not_analysed)


@pytest.fixture(autouse=True)
def _rules(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Unlocked())


def test_a_good_edit_is_proved(grammar: Grammar) -> None:
    before = read(OPEN, grammar)
    assert reason(before, edited(before, LOCKED, grammar)) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (OPEN, "the edit changes nothing"),
        (OPEN.replace("size = 1", "size = 2"), "the finding is still there after the edit"),
        (LOCKED.replace("tagged = true", "tagged = 1"), "the edit would also change `thing.b`"),
        (LOCKED.replace("lock   = true", "lock   = 0"), "the edit would cause another finding"),
        (LOCKED.replace('"b"', '"c"'), "the edit would also change `thing.b`"),
        (LOCKED + '\nresource "thing" "b" {\n  lock = true\n}\n', "`thing.b` would be declared"),
    ],
)
def test_a_bad_edit_is_refused(text: str, why: str, grammar: Grammar) -> None:
    before = read(OPEN, grammar)
    found = reason(before, edited(before, text, grammar))
    assert found is not None
    assert why in found


def test_a_comment_outside_of_the_block_has_to_stay(grammar: Grammar) -> None:
    before = read(OPEN, grammar)
    swallowed = edited(before, LOCKED.replace("# Between.\n", ""), grammar)
    assert reason(before, swallowed) == "the edit would also take the comment on line 5 away"
    moved = edited(before, LOCKED.replace("  lock = true", "  # Why.\n  lock = true"), grammar)
    assert reason(before, moved) is None


def test_what_was_unknown_and_is_certain_now_is_another_finding(grammar: Grammar) -> None:
    unlocked = OPEN.replace("lock   = true", "lock   = var.gone")
    before = read({"main.tf": unlocked}, grammar)
    assert [f.address for f in detect(before, PROD).findings if not f.is_known] == ["thing.b"]
    text = unlocked.replace("size = 1", "size = 1\n  lock = true")
    closes = {f.fingerprint for f in detect(before, PROD).findings if f.is_known}
    good = edited(before, text, grammar)
    assert prove(before, good, closes, {("", "thing.a")}, PROD) is None
    bare = edited(before, text.replace("var.gone", "false"), grammar)
    found = prove(before, bare, closes, {("", "thing.a")}, PROD)
    assert found == "the edit would cause another finding: `thing-unlocked`"


def test_what_was_declared_twice_before_stops_nobody(grammar: Grammar) -> None:
    double = 'resource "x" "y" {}\n\nresource "x" "y" {}\n'
    before = read({"main.tf": OPEN, "more.tf": double}, grammar)
    assert reason(before, edited(before, LOCKED, grammar)) is None


def test_a_rule_that_lost_its_sight_proves_nothing(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'resource "thing" "a" {\n}\n'
    before = read(text, grammar)
    use(monkeypatch, GoesBlind())
    after = edited(before, 'resource "thing" "a" {\n  lock = false\n}\n', grammar)
    assert reason(before, after) == "a rule could not judge the edited text"


def test_findings_of_other_modules_do_not_matter(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Unlocked(), Untagged())
    files = {"main.tf": OPEN.replace('"a" {', '"a" {\n  tagged = true'), "x/main.tf": OPEN}
    before = read(files, grammar)
    text = files["main.tf"].replace("size = 1", "size = 1\n  lock = true")
    closes = {f.fingerprint for f in detect(before, PROD).findings if f.location.path == "main.tf"}
    after = edited(before, text, grammar)
    assert prove(before, after, closes, {("", "thing.a")}, PROD) is None
    assert prove(before, after, closes, {("x", "thing.a")}, PROD) is not None
