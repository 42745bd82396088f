"""The GitHub adapter over HTTP against the sandbox, limit by limit."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.forge.errors import Gone, HeadMoved, Refused, Rejected
from bot.forge.github import GitHub
from bot.forge.github_tokens import AppCredentials, TokenCredentials
from bot.forge.marks import SUMMARY as MARKER
from bot.forge.port import Action, Annotation, Check, Comment, Conclusion, PullRef
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import APP_ID
from bot.sandbox.state import Pull, Repo
from tests.contract.watch import watched

REF = PullRef("github", "acme/ml", 1)
LINES = "".join(f"line {number}\n" for number in range(1, 41))


class Place:
    """A sandbox with one pull request that changes lines 5 and 30 of a file."""

    def __init__(self, directory: Path) -> None:
        self.sandbox = Sandbox.start(directory)
        forge = self.sandbox.forge
        self.repo: Repo = forge.create_repository("acme/ml", {"dana": "write", "eve": "read"})
        bom = b"\xef\xbb\xbf# text\n"
        files: dict[str, bytes | None] = {
            "a.tf": LINES.encode(),
            "bom.tf": bom,
            "bin": b"\0\1",
            "gone.tf": b"x\n",
        }
        forge.push(self.repo, "main", files, "base", "dana")
        self.repo.git.branch("change", self.repo.git.head("main"))
        changed = LINES.replace("line 5\n", "LINE 5\n").replace("line 30\n", "LINE 30\n")
        forge.push(
            self.repo, "change", {"a.tf": changed.encode(), "gone.tf": None}, "change", "dana"
        )
        self.pull: Pull = forge.open_pull(self.repo, "main", "change", "A change", "dana")
        forge.world.tokens["pat"] = "dana"

    def app(self) -> GitHub:
        credentials = AppCredentials(APP_ID, self.sandbox.private_key)
        return GitHub(self.sandbox.api_url, credentials, "acme/ml", pause=0)

    def token(self, token: str = "pat") -> GitHub:
        return GitHub(self.sandbox.api_url, TokenCredentials(token), "acme/ml", pause=0)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    started = Place(tmp_path / "forge")
    with watched(started.sandbox):
        yield started
    started.sandbox.stop()


def test_a_pull_request_is_read_whole(place: Place) -> None:
    forge = place.app()
    pull = forge.pull_request(REF)
    assert (pull.is_open, pull.author, pull.head_is_writable) == (True, "dana", True)
    assert pull.head_sha == place.pull.head_sha
    assert forge.merge_base(pull) == place.repo.git.head("main")
    files = {file.path: file.status.value for file in forge.changed_files(pull)}
    assert files == {"a.tf": "modified", "gone.tf": "removed"}
    listing = forge.list_files("acme/ml", forge.merge_base(pull))
    assert listing.is_complete
    blobs = forge.read_blobs("acme/ml", [entry.oid for entry in listing.entries])
    by_path = {entry.path: blobs.get(entry.oid) for entry in listing.entries}
    assert by_path["a.tf"] == LINES.encode()
    assert by_path["bom.tf"] == b"\xef\xbb\xbf# text\n"
    assert by_path["bin"] is None
    assert forge.pull_requests_of("acme/ml", pull.head_sha) == (REF,)


def test_blobs_are_read_once(place: Place) -> None:
    forge = place.app()
    pull = forge.pull_request(REF)
    oids = [e.oid for e in forge.list_files("acme/ml", pull.head_sha).entries if e.path == "a.tf"]
    forge.read_blobs("acme/ml", oids)
    before = forge.api.count
    forge.read_blobs("acme/ml", oids)
    assert forge.api.count == before


def test_a_review_keeps_what_the_diff_can_carry(place: Place) -> None:
    forge = place.app()
    pull = forge.pull_request(REF)
    good = [
        Comment("a.tf", 5, 5, "one <!-- lockstitch:finding aaaa offer=advice -->"),
        Comment("a.tf", 29, 31, "two <!-- lockstitch:finding bbbb offer=advice -->"),
    ]
    bad = [Comment("a.tf", 15, 15, "outside"), Comment("a.tf", 5, 30, "two hunks")]
    kept = forge.post_review(pull, "", (good[0], bad[0], good[1], bad[1]))
    assert kept == tuple(good)
    assert {(t.path, t.is_resolved) for t in forge.threads(pull)} == {("a.tf", False)}
    assert len(forge.threads(pull)) == 2


def test_threads_of_others_are_not_ours(place: Place) -> None:
    pull = place.app().pull_request(REF)
    place.token().post_review(
        pull, "", (Comment("a.tf", 5, 5, "<!-- lockstitch:finding aaaa -->"),)
    )
    assert place.app().threads(pull) == ()
    assert len(place.token().threads(pull)) == 1


def test_a_thread_is_resolved_once(place: Place) -> None:
    forge = place.app()
    pull = forge.pull_request(REF)
    forge.post_review(pull, "", (Comment("a.tf", 5, 5, "<!-- lockstitch:finding aaaa -->"),))
    (thread,) = forge.threads(pull)
    forge.answer(pull, thread.comment_id, "An answer.")
    forge.resolve_thread(thread, "Fixed.")
    (resolved,) = forge.threads(pull)
    assert resolved.is_resolved
    assert [(one.body, one.is_ours) for one in resolved.replies] == [
        ("An answer.", True),
        ("Fixed.", True),
    ]
    before = forge.api.count
    forge.resolve_thread(resolved, "Fixed.")
    assert forge.api.count == before
    forge.reopen_thread(resolved, "Here again.")
    (open_again,) = forge.threads(pull)
    assert not open_again.is_resolved
    assert open_again.replies[-1].body == "Here again."


def test_the_summary_is_one_comment(place: Place) -> None:
    forge = place.app()
    pull = forge.pull_request(REF)
    forge.ensure_summary(pull, "zero", begins=False)
    assert not place.pull.conversation
    for body in ("one", "one", "two"):
        forge.ensure_summary(pull, body, begins=True)
    (comment,) = place.pull.conversation.values()
    assert comment.body == f"{MARKER}\ntwo"
    assert comment.edits == 1


def check(pull_sha: str, conclusion: Conclusion | None, notes: int = 0) -> Check:
    note = Annotation("a.tf", 1, 1, "warning", "t", "m")
    return Check(
        "lockstitch",
        pull_sha,
        "run-1",
        "Title",
        "s" * 70_000,
        conclusion=conclusion,
        annotations=(note,) * notes,
        actions=(Action("fix-safe", "Fix all safe", "Commit"),),
    )


def test_a_check_is_created_once_and_concluded_last(place: Place) -> None:
    forge = place.app()
    sha = place.pull.head_sha
    forge.ensure_check("acme/ml", check(sha, None))
    (run,) = place.repo.checks.values()
    assert run.status == "in_progress"
    forge.ensure_check("acme/ml", check(sha, Conclusion.FAILURE, notes=120))
    assert (run.status, run.conclusion, len(run.annotations)) == ("completed", "failure", 120)
    assert len(run.output["summary"]) <= 65_535
    assert "Cut here" in run.output["summary"]
    forge.ensure_check("acme/ml", check(sha, Conclusion.FAILURE, notes=120))
    assert len(run.annotations) == 120
    assert len(place.repo.checks) == 1


def test_what_an_earlier_run_left_open_is_closed(place: Place) -> None:
    forge, sha = place.app(), place.pull.head_sha
    for run in ("w.1", "other.1", "plain"):
        forge.ensure_check("acme/ml", replace(check(sha, None), external_id=run))
    forge.ensure_check("acme/ml", replace(check(sha, None), external_id="w.2"))
    zombie = replace(place.repo.checks[min(place.repo.checks)], id=9_999, external_id="w.0")
    place.repo.checks[zombie.id] = zombie
    forge.ensure_check("acme/ml", replace(check(sha, Conclusion.FAILURE), external_id="w.2"))
    ended = {one.external_id: one.conclusion for one in place.repo.checks.values()}
    assert ended == {"w.2": "failure", "w.0": "cancelled", "other.1": None, "plain": None}


def test_with_a_token_the_check_is_a_status(place: Place) -> None:
    forge = place.token()
    assert not forge.limits.has_check_runs
    forge.ensure_check("acme/ml", check(place.pull.head_sha, None))
    forge.ensure_check("acme/ml", check(place.pull.head_sha, Conclusion.SUCCESS))
    assert [status["state"] for status in place.repo.statuses] == ["pending", "success"]
    assert not place.repo.checks


def test_a_commit_needs_the_head_that_was_read(place: Place) -> None:
    forge = place.app()
    pull = forge.pull_request(REF)
    sha = forge.commit_files(pull, "Fix it\n\nWhy.", {"a.tf": b"x\r\n", "bom.tf": None})
    assert place.pull.head_sha == sha
    assert place.repo.git.file(sha, "a.tf") == b"x\r\n"
    assert place.repo.git.text("log", "-1", "--format=%B", sha) == "Fix it\n\nWhy."
    with pytest.raises(HeadMoved):
        forge.commit_files(pull, "Again", {"a.tf": b"y"})
    assert place.pull.head_sha == sha


def test_permissions_are_asked_for_now(place: Place) -> None:
    forge = place.app()
    assert forge.may_write("acme/ml", "dana")
    assert not forge.may_write("acme/ml", "eve")
    assert not forge.may_write("acme/ml", "nobody")
    place.repo.people["dana"] = "read"
    assert not forge.may_write("acme/ml", "dana")


def test_errors_are_ours_and_say_nothing_secret(place: Place) -> None:
    with pytest.raises(Refused) as refused:
        place.token("ghp_" + "x" * 36).pull_request(REF)
    assert "ghp_" not in str(refused.value)
    with pytest.raises(Gone):
        place.app().pull_request(replace(REF, number=99))
    pull = place.app().pull_request(REF)
    with pytest.raises(Rejected):
        place.app().answer(pull, None, "x" * 70_000)


def test_no_token_is_logged(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        forge = place.app()
        pull = forge.pull_request(REF)
        forge.ensure_summary(pull, "words", begins=True)
    minted = list(place.sandbox.forge.world.installations)
    assert minted
    assert caplog.records
    for token in [*minted, place.sandbox.private_key[100:140]]:
        assert token not in caplog.text


def test_commits_of_ours_and_suggestions_of_ours_are_told_from_other_peoples(place: Place) -> None:
    forge, sandbox = place.app(), place.sandbox.forge
    before = forge.pull_request(REF)
    assert forge.commits_since(before, before.head_sha) == ()
    comment = Comment("a.tf", 5, 5, "```suggestion\nLine 5\n```")
    forge.post_review(before, "", (comment,))
    (inline,) = place.pull.inline
    sandbox.apply_suggestion(place.repo, place.pull, inline, "dana")
    now = forge.pull_request(REF)
    forge.commit_files(now, "Fix it\n\n- rule: address", {"a.tf": b"x\n"})
    sandbox.push(place.repo, "change", {"b.tf": b"y\n"}, "By hand", "dana")
    now = forge.pull_request(REF)
    found = forge.commits_since(now, before.head_sha)
    said = [(one.message.splitlines()[0], one.is_ours, one.credits_us) for one in found]
    assert said == [
        ("Apply suggestion from lockstitch[bot]", False, True),
        ("Fix it", True, False),
        ("By hand", False, False),
    ]
    assert forge.commits_since(now, "0" * 40) == ()
    assert not now.is_merged
