"""Where a remark stands: by hand-made findings and fixes, where the engine makes none such."""

from __future__ import annotations

from collections.abc import Sequence

from bot.change import Change, read_change
from bot.forge.port import Thread
from bot.remarks import Offer, gather, place_all
from bot.review import Review, compose, fingerprints
from bot.terms import Terms
from bot.verdict import Verdict
from remediations.model import (
    Edit,
    Finding,
    Fix,
    NotAnalysed,
    Plan,
    Refusal,
    Related,
    Report,
    Safety,
    Severity,
    Span,
)

from .nouns import finding, location
from .trees import LIMITS, Trees, pull_request

TEXT = """\
resource "aws_s3_bucket" "training" {
  a = 1
  b = 2
  c = 3
}
"""
BLOCK = location("main.tf", 1, 5)
ONE = finding(rule="rule-one", at=location("main.tf", 2), block=BLOCK)
TWO = finding(rule="rule-two", at=location("main.tf", 3), block=BLOCK)
THREE = finding(rule="rule-three", at=location("main.tf", 4), block=BLOCK)
TERMS = Terms()


def change(head: dict[str, str | bytes] | None = None) -> Change:
    return read_change(Trees({}, head or {"main.tf": TEXT}), pull_request())


def edit(old: str, new: str, path: str = "main.tf") -> Edit:
    at = TEXT.index(old)
    return Edit(path, Span(at, at + len(old)), new)


def fix(findings: Sequence[Finding], *edits: Edit, safety: Safety = Safety.SAFE) -> Fix:
    return Fix(tuple(findings), safety, "Set it right", "Applied in place.", edits)


def compose_with(plan: Plan, *findings: Finding, threads: tuple[Thread, ...] = ()) -> Review:
    return compose(change(), Report(findings), Report(), plan, threads, TERMS, LIMITS)


def thread(body: str) -> Thread:
    return Thread("T", 1, "main.tf", body, is_resolved=False)


def test_two_fixes_on_the_same_lines_are_a_suggestion_and_a_commit() -> None:
    costly = fix([ONE], edit("= 1", "= 9"), edit("= 3", "= 8"), safety=Safety.REVIEW)
    cheap = fix([TWO], edit("= 2", "= 7"))
    placed = place_all(gather([ONE, TWO], Plan((costly, cheap))), change())
    offers = {remark.first.rule: remark.offer for remark in placed}
    assert offers == {"rule-one": Offer.COMMIT, "rule-two": Offer.SUGGESTION}
    review = compose_with(Plan((costly, cheap)), ONE, TWO)
    (comment,) = review.comments
    assert (comment.start_line, comment.line) == (3, 3)
    assert "**Another fix** (`review`" in comment.body
    assert "reply `fix`" in review.comments[0].body


def test_findings_of_one_fix_are_one_comment_on_its_lines() -> None:
    review = compose_with(
        Plan((fix([ONE, TWO], edit("= 1", "= 9"), edit("= 2", "= 8")),)), ONE, TWO
    )
    (comment,) = review.comments
    assert (comment.start_line, comment.line) == (2, 3)
    assert set(fingerprints(comment.body)) == {ONE.fingerprint, TWO.fingerprint}
    assert "**High: 2 findings** · `aws_s3_bucket_public_access_block.training`" in comment.body


def test_findings_without_a_fix_are_one_comment_a_block() -> None:
    advised = finding(rule="rule-four", at=location("main.tf", 4), block=BLOCK, advice="Choose.")
    refusals = (Refusal(ONE, "the edits get in each other's way"), Refusal(advised, "Choose."))
    review = compose_with(Plan(refusals=refusals), ONE, advised)
    (comment,) = review.comments
    told = f"**No fix now: {ONE.title}.** The edits get in each other's way. Reply `fix` here"
    assert told in comment.body
    assert f"**To decide: {advised.title}.** Choose.\n" in comment.body


def test_each_reason_is_said_once_with_what_it_is_about() -> None:
    alike = finding(rule="rule-four", title="Four", at=location("main.tf", 4), block=BLOCK)
    other = finding(rule="rule-five", title="Five", at=location("main.tf", 4), block=BLOCK)
    refusals = (Refusal(ONE, "it is late"), Refusal(alike, "it is late"), Refusal(other, "no room"))
    (comment,) = compose_with(Plan(refusals=refusals), ONE, alike, other).comments
    assert f"**No fix now: {ONE.title}, Four.** It is late." in comment.body
    assert "**No fix now: Five.** No room." in comment.body
    assert comment.body.count("It is late.") == 1


def test_a_finding_that_the_plan_forgot_is_said_all_the_same() -> None:
    review = compose_with(Plan(), ONE)
    assert len(review.comments) == 1
    assert review.verdict is Verdict.FAILED


def test_only_the_unsaid_findings_of_a_group_are_said() -> None:
    plan = Plan((fix([ONE, TWO], edit("= 1", "= 9"), edit("= 2", "= 8")),))
    said = thread(f"Earlier.\n<!-- lockstitch:finding {ONE.fingerprint} offer=suggestion -->")
    (comment,) = compose_with(plan, ONE, TWO, threads=(said,)).comments
    assert fingerprints(comment.body) == (TWO.fingerprint,)


def test_a_thread_that_had_no_fix_then_is_where_to_ask_for_it_now() -> None:
    plan = Plan((fix([ONE], edit("= 1", "= 9"), safety=Safety.REVIEW),))
    said = thread(f"Earlier.\n<!-- lockstitch:finding {ONE.fingerprint} offer=advice -->")
    review = compose_with(plan, ONE, threads=(said,))
    assert review.comments == ()
    assert "Reply `fix` in its thread (review)." in review.summary
    suggested = thread(said.body.replace("advice", "suggestion"))
    review = compose_with(plan, ONE, threads=(suggested,))
    assert "Commit its suggestion (review)." in review.summary


def test_a_costly_fix_that_no_comment_carries_names_the_command_line() -> None:
    off = finding(at=location("other.tf", 2), block=location("other.tf", 1, 5))
    trees = Trees({"other.tf": TEXT}, {"other.tf": TEXT, "main.tf": "# New.\n"})
    plan = Plan((fix([off], edit("= 1", "= 9", "other.tf"), safety=Safety.REPLACE),))
    seen = read_change(trees, pull_request())
    review = compose(seen, Report((off,)), Report(), plan, (), TERMS, LIMITS)
    (annotation,) = review.check.annotations
    assert "Run `lockstitch fix --write --up-to replace` on a checkout." in annotation.message
    assert review.comments == ()


def test_a_remark_stands_on_what_it_rests_on_where_its_own_lines_are_not_shown() -> None:
    elsewhere = location("untouched.tf", 1)
    value = Related(location("main.tf", 3), "value comes from")
    base = finding(at=elsewhere, block=elsewhere)
    resting = Finding(
        base.rule,
        base.title,
        base.address,
        base.attribute,
        elsewhere,
        elsewhere,
        base.message,
        Severity.HIGH,
        base.fingerprint,
        related=(value,),
    )
    (comment,) = compose_with(Plan(), resting).comments
    assert (comment.path, comment.line) == ("main.tf", 3)


def test_a_remark_about_a_long_block_marks_one_line() -> None:
    text = "".join(f"a{number} = 1\n" for number in range(30))
    long = finding(at=location("main.tf", 4, 25))
    report = Report((long,))
    review = compose(change({"main.tf": text}), report, Report(), Plan(), (), TERMS, LIMITS)
    assert [(comment.start_line, comment.line) for comment in review.comments] == [(4, 4)]


def test_two_findings_with_one_fingerprint_are_both_told() -> None:
    twin = finding(rule="rule-two", at=location("main.tf", 4), block=BLOCK)
    twins = Report((TWO, twin))
    assert TWO.fingerprint == twin.fingerprint
    review = compose(
        change(), twins, Report(), Plan((fix([TWO], edit("= 2", "= 7")),)), (), TERMS, LIMITS
    )
    assert review.check.text.count("`rule-two`") == 2


def test_what_stood_at_the_base_and_is_not_touched_is_a_note() -> None:
    def verdict_of(head: NotAnalysed, *base: NotAnalysed) -> Verdict:
        reports = Report((), (head,)), Report((), base)
        return compose(change(), *reports, Plan(), (), TERMS, LIMITS).verdict

    far, near = NotAnalysed("b/x.tf", 1, "broken"), NotAnalysed("main.tf", 1, "broken")
    assert verdict_of(far, far) is Verdict.PASSED
    assert verdict_of(far) is Verdict.COULD_NOT_REVIEW
    assert verdict_of(near, near) is Verdict.COULD_NOT_REVIEW
    judged = NotAnalysed("main.tf", 1, "cannot judge", rule="rule-one")
    assert verdict_of(judged, judged) is Verdict.PASSED
    assert verdict_of(judged) is Verdict.COULD_NOT_REVIEW
