"""Terraform in, the words of a review out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from bot.diff import FileDiff
from bot.forge.port import Conclusion, Thread
from bot.review import Review, fingerprints
from bot.verdict import Verdict
from remediations.model import Profile, Severity
from remediations.terraform.grammar import Grammar

from .accepted import check_snapshot
from .reading import Reader, page, threads_of
from .trees import LIMITS, SYMLINK, Tree, Trees, patch

BUCKET = """\
resource "aws_kms_key" "data" {
  enable_key_rotation = true
}

resource "aws_s3_bucket" "training" {
  bucket = "acme-training"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "training" {
  bucket = aws_s3_bucket.training.id

  rule {
    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.data.arn
      sse_algorithm     = "aws:kms"
    }
    bucket_key_enabled = true
  }
}
"""
BLOCK = """\

resource "aws_s3_bucket_public_access_block" "training" {
  bucket = aws_s3_bucket.training.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"""
TAGS = ["", "  tags = {", *(f'    tag{number} = "x"' for number in range(8)), "  }"]
CLEAN = BUCKET + BLOCK
OPEN = BUCKET + BLOCK.replace("acls       = true", "acls       = false")
NOTEBOOK = """\
resource "aws_sagemaker_notebook_instance" "exploration" {
  name                   = "exploration"
  role_arn               = var.role_arn
  instance_type          = "ml.t3.xlarge"
  direct_internet_access = "Disabled"
  root_access            = "Disabled"
}
"""
CRAWLER = """\
resource "aws_iam_role" "crawler" {
  name               = "crawler"
  assume_role_policy = var.trust
}

resource "aws_iam_role_policy" "crawler" {
  role   = aws_iam_role.crawler.id
  policy = data.aws_iam_policy_document.training.json
}

resource "aws_glue_crawler" "training" {
  name          = "training"
  database_name = "training"
  role          = aws_iam_role.crawler.arn

  s3_target {
    path = "s3://${aws_s3_bucket.training.id}"
  }
}
"""
POLICY = """\

data "aws_iam_policy_document" "training" {
  statement {
    sid       = "ReadTrainingData"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["*"]
  }
}
"""


@pytest.fixture
def reader(grammar: Grammar) -> Reader:
    return Reader(grammar)


def snapshot(name: str, reader: Reader, base: Tree, head: Tree) -> Review:
    """Review, compare with what was accepted, and hand it back."""
    review = reader.review(base, head)
    check_snapshot(name, page(base, head, review))
    return review


def accepted(head: str, review: Review, path: str = "main.tf") -> str:
    """The file after every suggestion on it was committed, the last lines first."""
    lines = head.split("\n")
    for comment in sorted(review.comments, key=lambda comment: -comment.line):
        fences = [t for t in MarkdownIt().parse(comment.body) if t.info == "suggestion"]
        if comment.path == path and fences:
            lines[comment.start_line - 1 : comment.line] = fences[0].content.split("\n")[:-1]
    return "\n".join(lines)


def many(count: int) -> str:
    """Buckets' blocks with a flag off, one finding each."""
    return "\n".join(
        BLOCK.lstrip("\n")
        .replace("acls       = true", "acls       = false")
        .replace('"training"', f'"b{n}"')
        .replace("aws_s3_bucket.training.id", f'"acme-{n}"')
        for n in range(count)
    )


def test_a_flag_turned_off_is_a_suggestion_on_its_line(reader: Reader) -> None:
    review = snapshot("flag-off", reader, {"main.tf": CLEAN}, {"main.tf": OPEN})
    assert review.verdict is Verdict.FAILED
    assert accepted(OPEN, review) == CLEAN


def test_a_block_taken_away_is_offered_where_its_bucket_is_shown(reader: Reader) -> None:
    snapshot("block-removed", reader, {"main.tf": CLEAN}, {"main.tf": BUCKET})


def test_a_companion_outside_the_hunk_is_a_commit(reader: Reader) -> None:
    bucket = BUCKET.replace('training"\n}', 'training"\n' + "\n".join(TAGS) + "\n}")
    base = {"main.tf": bucket, "access.tf": BLOCK.lstrip("\n")}
    head = {"main.tf": bucket.replace('"acme-training"', '"acme-training-2"')}
    review = snapshot("companion-outside", reader, base, head)
    assert "offer=commit" in review.comments[0].body


def test_a_block_taken_away_far_from_its_bucket_is_annotated(reader: Reader) -> None:
    base = {"main.tf": BUCKET, "access.tf": BLOCK.lstrip("\n")}
    review = snapshot("block-removed-elsewhere", reader, base, {"main.tf": BUCKET})
    assert review.comments == ()
    assert [note.level for note in review.check.annotations] == ["failure"]


def test_a_wildcard_statement_is_scoped(reader: Reader) -> None:
    base = {"main.tf": CLEAN, "crawler.tf": CRAWLER}
    snapshot("wildcard-statement", reader, base, base | {"main.tf": CLEAN + POLICY})


def test_a_new_key_in_its_own_file_is_offered_as_a_commit(reader: Reader) -> None:
    head = {"notebook.tf": NOTEBOOK, "variables.tf": 'variable "role_arn" {\n  type = string\n}\n'}
    review = snapshot("new-key-file", reader, {}, head)
    assert "offer=commit" in review.comments[0].body
    assert review.check.conclusion is Conclusion.SUCCESS


def test_a_value_nobody_can_read_is_said_and_never_fails(reader: Reader) -> None:
    head = OPEN.replace("= false", "= var.locked") + '\nvariable "locked" {\n  type = bool\n}\n'
    review = snapshot("unknown-value", reader, {"main.tf": CLEAN}, {"main.tf": head})
    assert review.verdict is Verdict.PASSED


def test_a_value_that_becomes_plainly_wrong_is_new(reader: Reader) -> None:
    variable = '\nvariable "locked" {\n  type = bool\n}\n'
    unknown = {"main.tf": OPEN.replace("= false", "= var.locked") + variable}
    known = {"main.tf": OPEN + variable}
    assert reader.review(unknown, known).verdict is Verdict.FAILED
    assert reader.review(known, unknown).check.title == "No new findings"


def test_an_unparsable_file_is_named_and_the_others_are_reviewed(reader: Reader) -> None:
    base = {"a/main.tf": CLEAN, "b/main.tf": CLEAN}
    head = {"a/main.tf": OPEN, "b/main.tf": CLEAN.replace('"training" {', '"training" {{', 1)}
    review = snapshot("unparsable", reader, base, head)
    assert review.verdict is Verdict.COULD_NOT_REVIEW
    assert review.check.conclusion is Conclusion.FAILURE
    assert [comment.path for comment in review.comments] == ["a/main.tf"]


def test_a_change_of_nothing_but_links_is_no_pass(reader: Reader) -> None:
    trees = Trees({}, {"main.tf": "../shared/main.tf"}, {"main.tf": SYMLINK})
    review = reader.compose(*reader.judge(trees))
    assert review.check.title == "Could not review 1 file"
    assert "What could be read brings no new finding." in review.summary


def test_nothing_to_check(reader: Reader) -> None:
    review = snapshot("nothing-to-check", reader, {"README.md": "a\n"}, {"README.md": "b\n"})
    assert review.check.conclusion is Conclusion.SUCCESS
    assert review.is_quiet


def test_a_clean_change(reader: Reader) -> None:
    review = snapshot("clean", reader, {}, {"main.tf": CLEAN})
    assert review.verdict is Verdict.PASSED
    assert review.is_quiet


def test_old_debt_is_one_folded_line(reader: Reader) -> None:
    base = {"main.tf": OPEN}
    head = {"main.tf": OPEN + "\n# A remark.\n"}
    review = snapshot("old-debt", reader, base, head)
    assert review.comments == ()
    assert review.verdict is Verdict.PASSED


def test_a_fork_that_cannot_be_written(reader: Reader) -> None:
    head = {"notebook.tf": NOTEBOOK, "main.tf": OPEN}
    review = snapshot("read-only-branch", replace(reader, is_writable=False), {}, head)
    assert review.check.actions == ()


def test_json_is_judged_and_mended_in_json(reader: Reader) -> None:
    block = {
        "bucket": "${aws_s3_bucket.training.id}",
        "block_public_acls": False,
        "block_public_policy": True,
        "ignore_public_acls": True,
    }
    kind = {"aws_s3_bucket_public_access_block": {"training": block}}
    text = json.dumps({"resource": kind}, indent=2) + "\n"
    base = {"main.tf": BUCKET + BLOCK}
    review = snapshot("json", reader, base, {"main.tf": BUCKET, "more.tf.json": text})
    assert review.verdict is Verdict.FAILED


def test_forty_findings_are_thirty_comments_and_the_rest_is_told(reader: Reader) -> None:
    review = reader.review({}, {"main.tf": many(40)})
    assert len(review.comments) == 30
    assert len(review.check.annotations) == 10
    check_snapshot("overflow", review.summary + "\n")
    said = {mark for comment in review.comments for mark in fingerprints(comment.body)}
    assert len(said) == 30
    assert review.check.text.count("| `s3-public-access-block-off` |") == 40


def test_the_worst_come_first_where_not_all_fit(reader: Reader) -> None:
    one = replace(reader, limits=replace(LIMITS, comments_per_review=1))
    review = one.review({}, {"zone.tf": OPEN, "notebook.tf": NOTEBOOK})
    assert [comment.path for comment in review.comments] == ["zone.tf"]
    assert {note.path for note in review.check.annotations} == {"notebook.tf"}


def test_what_stands_in_a_thread_is_not_said_again_but_counts(reader: Reader) -> None:
    head = {"main.tf": OPEN}
    first = reader.review({"main.tf": CLEAN}, head)
    again = reader.review({"main.tf": CLEAN}, head, threads_of(first))
    assert (again.comments, again.resolved) == ((), ())
    assert (again.summary, again.verdict) == (first.summary, Verdict.FAILED)
    dismissed = tuple(replace(thread, is_resolved=True) for thread in threads_of(first))
    assert reader.review({"main.tf": CLEAN}, head, dismissed).comments == ()


def test_findings_that_moved_are_not_said_again(reader: Reader) -> None:
    first = reader.review({"main.tf": CLEAN}, {"main.tf": OPEN})
    moved = {"other.tf": "# Moved.\n\n" + OPEN}
    assert reader.review({"main.tf": CLEAN}, moved, threads_of(first)).comments == ()


def test_threads_of_fixed_findings_are_resolved_once(reader: Reader) -> None:
    first = reader.review({}, {"main.tf": OPEN + POLICY})
    threads = threads_of(first)
    fixed = reader.review({}, {"main.tf": CLEAN + POLICY}, threads)
    assert [t.path for t in fixed.resolved] == ["main.tf"]
    assert "block_public_acls" in fixed.resolved[0].body
    all_fixed = reader.review({}, {"main.tf": CLEAN}, threads)
    assert set(all_fixed.resolved) == set(threads)
    assert all_fixed.check.conclusion is Conclusion.SUCCESS
    check_snapshot("all-fixed", page({}, {"main.tf": CLEAN}, all_fixed))
    settled = tuple(replace(thread, is_resolved=True) for thread in threads)
    assert reader.review({}, {"main.tf": CLEAN}, settled).resolved == ()


def test_a_thread_is_left_open_where_its_finding_is_only_out_of_sight(reader: Reader) -> None:
    threads = threads_of(reader.review({}, {"main.tf": OPEN}))
    broken = reader.review({}, {"main.tf": OPEN + "}\n"}, threads)
    assert broken.resolved == ()
    neighbour = reader.review({}, {"main.tf": OPEN, "b.tf": "}\n"}, threads)
    assert neighbour.resolved == ()


def test_a_thread_of_somebody_else_is_left_alone(reader: Reader) -> None:
    thread = Thread("T", 1, "main.tf", "Why this bucket?", is_resolved=False)
    assert reader.review({}, {"main.tf": CLEAN}, (thread,)).resolved == ()


def test_a_quoted_marker_is_no_marker(reader: Reader) -> None:
    imitation = "<!-- lockstitch:finding 0123456789abcdef offer=advice -->"
    head = OPEN.replace("acls       = false", f"acls       = false # {imitation}")
    review = reader.review({"main.tf": CLEAN}, {"main.tf": head})
    body = review.comments[0].body
    assert imitation in body
    assert "0123456789abcdef" not in fingerprints(body)
    assert len(fingerprints(body)) == 1


def test_a_secret_beside_a_fix_is_not_repeated(reader: Reader) -> None:
    secret = "hunter2" + "hunter2"
    head = NOTEBOOK.replace('"exploration"\n', f'"exploration"\n  db_password = "{secret}"\n')
    other = OPEN.replace("= false", f'= false # password = "{secret}"')
    review = reader.review({}, {"notebook.tf": head, "main.tf": other})
    assert len(review.comments) == 2
    assert secret not in page({}, {}, review)
    assert "offer=commit" in review.comments[0].body


def test_names_from_the_change_stay_names(reader: Reader) -> None:
    odd = OPEN.replace('"training"', '"@acme`ops"').replace("aws_s3_bucket.training.id", '"x"')
    review = reader.review({}, {"main.tf": odd})
    for body in [comment.body for comment in review.comments] + [review.summary]:
        texts = [
            child.content
            for token in MarkdownIt().parse(body)
            for child in token.children or []
            if child.type == "text"
        ]
        assert not any("@acme" in text for text in texts)


def test_every_anchor_lies_in_one_hunk(reader: Reader) -> None:
    base, head = BUCKET + "\n" * 30 + POLICY, OPEN + "\n" * 30 + POLICY.replace("*", "*")
    review = reader.review({"main.tf": base}, {"main.tf": head.replace("acme-", "acme-ml-")})
    diff = FileDiff.parse(patch(base, head.replace("acme-", "acme-ml-")))
    assert review.comments
    for comment in review.comments:
        assert diff.hunk_holding(comment.start_line, comment.line) is not None


def test_texts_are_cut_visibly_at_the_limit(reader: Reader) -> None:
    small = replace(
        reader, limits=replace(LIMITS, check_characters=3_000, comment_characters=1_500)
    )
    review = small.review({}, {"main.tf": many(40)})
    assert 1_500 < len(review.check.text) <= 3_000
    assert "more** did not fit here" in review.check.text
    assert len(review.summary) <= 1_500
    assert "more; the check's details" in review.summary
    assert all(len(comment.body) <= 1_500 for comment in review.comments)


def test_a_patch_too_long_for_a_comment_is_cut_visibly(reader: Reader) -> None:
    small = replace(reader, limits=replace(LIMITS, comment_characters=1_200))
    review = small.review({}, {"notebook.tf": NOTEBOOK})
    assert len(review.comments[0].body) <= 1_200
    assert "more lines are not shown" in review.comments[0].body


def test_a_comment_that_cannot_fit_becomes_an_annotation(reader: Reader) -> None:
    tiny = replace(reader, limits=replace(LIMITS, comment_characters=300))
    review = tiny.review({}, {"main.tf": OPEN})
    assert review.comments == ()
    assert len(review.check.annotations) == 1


def test_the_threshold_decides_verdict_and_levels(reader: Reader) -> None:
    strict = replace(reader, profile=Profile(fail_on=Severity.MEDIUM))
    assert strict.review({}, {"notebook.tf": NOTEBOOK}).verdict is Verdict.FAILED
    none = replace(reader, limits=replace(LIMITS, comments_per_review=0))
    review = none.review({}, {"main.tf": OPEN, "notebook.tf": NOTEBOOK})
    assert sorted(note.level for note in review.check.annotations) == ["failure", "warning"]


def test_the_button_is_there_for_safe_fixes_only(reader: Reader) -> None:
    (action,) = reader.review({}, {"main.tf": OPEN}).check.actions
    assert (action.identifier, action.label) == ("fix-safe", "Fix all safe")
    assert max(len(action.label), len(action.identifier)) <= 20
    assert len(action.description) <= 40
    assert reader.review({}, {"notebook.tf": NOTEBOOK}).check.actions == ()


def test_the_same_change_gets_the_same_review(reader: Reader) -> None:
    head = {"main.tf": OPEN + POLICY, "notebook.tf": NOTEBOOK}
    assert reader.review({}, head) == reader.review({}, dict(reversed(head.items())))


def test_a_cloud_without_rules_is_noted_and_brings_no_comment(reader: Reader) -> None:
    lake = 'resource "google_storage_bucket" "lake" {\n  name = "lake"\n}\n'
    review = reader.review({}, {"main.tf": lake})
    assert review.verdict is Verdict.PASSED
    assert "Google Cloud is not looked into: the rules are about AWS" in review.summary
    assert review.is_quiet
