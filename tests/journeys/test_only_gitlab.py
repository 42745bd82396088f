"""What only GitLab has: pipelines, threads as a gate, diffs that come late, farther suggestions."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.forge.errors import HeadMoved
from bot.forge.gitlab import GitLab
from bot.forge.gitlab_api import GitLabAccess
from bot.forge.gitlab_watch import GitLabWatch
from bot.sandbox import gitlab_events
from bot.sandbox.gitlab_forge import GitLabForge
from bot.sandbox.limits import Refusal
from bot.sandbox.state import Pull
from tests.journeys.conftest import Journey, begin
from tests.journeys.terraform import BLOCK, BUCKET, OPEN

GATE = {
    "only_allow_merge_if_pipeline_succeeds": True,
    "only_allow_merge_if_all_discussions_are_resolved": True,
}


@pytest.fixture(scope="module", params=["gitlab"])
def running(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Journey]:
    with begin("embedded", tmp_path_factory.mktemp("gitlab"), request.param) as started:
        yield started


@pytest.fixture
def journey(running: Journey, request: pytest.FixtureRequest) -> Journey:
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).rstrip("-")
    repo = running.sandbox.forge.create_repository(f"acme/platform/{name}", {"dana": "write"})
    return replace(running, repo=repo)


def forge_of(journey: Journey) -> GitLabForge:
    assert isinstance(journey.sandbox.forge, GitLabForge)
    return journey.sandbox.forge


def opened(journey: Journey) -> Pull:
    return journey.open({"main.tf": BUCKET + BLOCK}, {"main.tf": BUCKET + OPEN})


def client(journey: Journey, pull: Pull) -> GitLab:
    found = journey.client(pull)
    assert isinstance(found, GitLab)
    return found


def test_merging_waits_for_the_status_and_for_the_threads(journey: Journey) -> None:
    forge = forge_of(journey)
    forge.extras(journey.repo).settings |= GATE
    pull = opened(journey)
    assert forge.merge_problem(journey.repo, pull) in ("ci_must_pass", "ci_still_running")
    journey.check(pull)
    assert forge.merge_problem(journey.repo, pull) == "discussions_not_resolved"
    (comment,) = journey.comments(pull)
    forge.apply_suggestion(journey.repo, pull, comment.id, "dana")
    assert journey.check(pull).conclusion == "success"
    assert forge.merge_problem(journey.repo, pull) is None


def test_the_status_goes_into_the_pipeline_that_merging_waits_for(journey: Journey) -> None:
    forge = forge_of(journey)
    pull = opened(journey)
    journey.check(pull)
    sha = pull.head_sha
    ci = forge.run_pipeline(journey.repo, sha, f"refs/merge-requests/{pull.number}/head")
    forge.comment(journey.repo, pull, "dana", "/lockstitch recheck")

    def last() -> list[str]:
        held = forge.extras(journey.repo).statuses
        return [one.status for one in held if one.pipeline == ci.id]

    journey.until(lambda: last() == ["failed"], "the status in the other pipeline")
    assert {one.status for one in forge.extras(journey.repo).statuses} == {"failed"}


def test_a_diff_that_comes_late_is_waited_for(journey: Journey) -> None:
    forge_of(journey).unready = 2
    pull = opened(journey)
    assert journey.check(pull).output["title"] == "1 finding to fix"
    assert len(journey.comments(pull)) == 1


def test_people_hear_once_of_a_review(journey: Journey) -> None:
    forge = forge_of(journey)
    before = forge.notifications
    two = OPEN + OPEN.replace('"data"', '"other"').replace(".data.", ".other.")
    pull = journey.open({"README.md": "x\n"}, {"main.tf": BUCKET + two})
    journey.check(pull)
    assert len(journey.comments(pull)) >= 2
    assert forge.notifications == before + 1


def test_a_suggestion_reaches_beyond_the_diff(journey: Journey) -> None:
    """On GitHub this is a commit: the diff ends far below the line that the fix begins at."""
    far = "".join(f"# {number}\n" for number in range(40))
    pull = journey.open({"main.tf": BUCKET + far + BLOCK}, {"main.tf": BUCKET + far})
    journey.check(pull)
    (comment,) = [one for one in journey.comments(pull) if journey.suggested(one)]
    assert comment.original_line > 40
    assert re.search(r"^```suggestion:-3\d\+0$", comment.body, re.MULTILINE)
    forge_of(journey).apply_suggestion(journey.repo, pull, comment.id, "dana")
    assert journey.check(pull).conclusion == "success"
    assert "aws_s3_bucket_public_access_block" in journey.file(pull, "main.tf")


def test_all_suggestions_are_applied_in_one_batch(journey: Journey) -> None:
    two = OPEN + OPEN.replace('"data"', '"other"').replace(".data.", ".other.")
    pull = journey.open({"README.md": "x\n"}, {"main.tf": BUCKET + two})
    journey.check(pull)
    comments = [one.id for one in journey.comments(pull) if journey.suggested(one)]
    assert len(comments) >= 2
    forge_of(journey).apply_batch(journey.repo, pull, comments, "dana")
    assert journey.check(pull).conclusion == "success"
    with pytest.raises(Refusal, match="applied already"):
        forge_of(journey).apply_batch(journey.repo, pull, comments, "dana")


def test_what_is_no_code_is_not_reviewed_again(journey: Journey) -> None:
    pull = opened(journey)
    journey.check(pull)
    statuses = len(journey.repo.checks)
    forge_of(journey).rename(journey.repo, pull, "A better title", "dana")
    journey.push({"README.md": "x\n"})
    journey.check(pull)
    assert len(journey.repo.checks) == statuses + 1


def test_drafts_of_an_attempt_that_died_are_not_published(journey: Journey) -> None:
    pull = opened(journey)
    journey.check(pull)
    forge = forge_of(journey)
    newest = forge.versions(journey.repo, pull)[0]
    place = {"position_type": "text", "old_path": "main.tf", "new_path": "main.tf", "new_line": 6}
    forge.draft(journey.repo, pull, forge.bot, "left", {**place, **newest.commits})
    journey.push(
        {"other.tf": (BUCKET + OPEN).replace('"data"', '"more"').replace(".data.", ".more.")}
    )
    journey.check(pull)
    bodies = [comment.body for comment in journey.comments(pull)]
    assert len(bodies) >= 2
    assert "left" not in bodies


def test_a_draft_whose_answer_is_lost_is_said_once(journey: Journey) -> None:
    place = f"POST /api/v4/projects/{journey.repo.name}/merge_requests/1/draft_notes {{"
    forge_of(journey).fail_next(1, 502, "Server Error", match=place, is_after=True)
    pull = opened(journey)
    assert journey.check(pull).conclusion == "failure"
    assert len(journey.comments(pull)) == 1
    assert forge_of(journey).drafts(journey.repo, pull) == {}


def test_a_merge_train_waits_for_nothing_of_ours(journey: Journey) -> None:
    forge, repo = forge_of(journey), journey.repo
    forge.extras(repo).settings |= GATE
    pull = opened(journey)
    journey.check(pull)
    with pytest.raises(Refusal, match="discussions_not_resolved"):
        gitlab_events.train(forge, repo, pull, "dana")
    (comment,) = journey.comments(pull)
    forge.apply_suggestion(repo, pull, comment.id, "dana")
    assert journey.check(pull).conclusion == "success"
    said = journey.writes("comment"), journey.writes("review")
    pipeline = gitlab_events.train(forge, repo, pull, "dana")
    forge.close_pull(repo, pull, "dana", merges=True)
    forge.hooks.settle()
    journey.rest()
    ours = [one for one in forge.extras(repo).statuses if one.pipeline == pipeline.id]
    assert ours == [], "its jobs decide, and none of them is ours"
    assert (journey.writes("comment"), journey.writes("review")) == said


def test_a_head_that_moved_takes_no_commit(journey: Journey) -> None:
    pull = opened(journey)
    journey.check(pull)
    adapter = client(journey, pull)
    seen = adapter.pull_request(journey.ref(pull))
    journey.push({"main.tf": BUCKET + BLOCK})
    with pytest.raises(HeadMoved):
        adapter.commit_files(seen, "Fix", {"main.tf": b"x\n"})
    assert journey.file(pull, "main.tf") == BUCKET + BLOCK
    now = adapter.pull_request(journey.ref(pull))
    files = {"main.tf": b"# a\n", "new.tf": b"# b\n"}
    assert adapter.commit_files(now, "Fix it\n\nWords.", files) == pull.head_sha
    (made,) = adapter.commits_since(adapter.pull_request(journey.ref(pull)), now.head_sha)
    assert made.is_ours


def test_an_external_status_check_is_answered_at_the_end(journey: Journey) -> None:
    """Nothing is sent while the review runs: GitLab fails a pending one after two minutes."""
    extras = forge_of(journey).extras(journey.repo)
    extras.status_checks |= {77: "lockstitch", 78: "another"}
    pull = opened(journey)
    journey.check(pull)
    first = pull.head_sha
    journey.until(lambda: len(extras.responses) == 1, "the answer")
    (comment,) = journey.comments(pull)
    forge_of(journey).apply_suggestion(journey.repo, pull, comment.id, "dana")
    journey.check(pull)
    journey.until(lambda: len(extras.responses) == 2, "the second answer")
    said = [(one["sha"], one["status"]) for one in extras.responses]
    assert said == [(first, "failed"), (pull.head_sha, "passed")]
    assert {one["check"] for one in extras.responses} == {77}


def test_the_status_is_the_first_thing_that_is_written(journey: Journey) -> None:
    forge = forge_of(journey)
    before = len(forge.requests)
    pull = opened(journey)
    journey.check(pull)
    ours = f"/api/v4/projects/{journey.repo.name}/"
    asked = [one for one in forge.requests[before:] if ours in one]
    first = next(one for one in asked if one.startswith(f"POST {ours}statuses/"))
    earlier = asked[: asked.index(first)]
    read = ("versions", "diffs", "tree", "discussions", "notes")
    assert [one for one in earlier if one.endswith(read)] == []
    assert any(one.endswith("versions") for one in asked)


def test_open_merge_requests_and_failed_deliveries_are_found(journey: Journey) -> None:
    forge = forge_of(journey)
    pull = opened(journey)
    journey.check(pull)
    hook = {"id": 1, "url": f"{journey.sandbox.url}/webhooks/gitlab", "push_events": False}
    more = {"merge_requests_events": True, "note_events": True, "enable_ssl_verification": True}
    forge.extras(journey.repo).hooks[1] = {**hook, **more, "alert_status": "executable"}
    watch = GitLabWatch(GitLabAccess(journey.sandbox.url, journey.sandbox.token))
    found = {(one.ref, one.head_sha) for one in watch.recent_pulls(0.0, 4e9)}
    assert (journey.ref(pull), pull.head_sha) in found

    target, forge.hooks.target = forge.hooks.target, None
    forge.rename(journey.repo, pull, "Nobody hears", "dana")
    forge.hooks.settle()
    forge.hooks.target = target
    (failed,) = watch.failed_deliveries(0.0)
    watch.redeliver(failed)
    forge.hooks.settle()
    assert forge.hooks.log[-1].status == 202
    assert watch.failed_deliveries(0.0) == ()


def test_the_page_of_a_merge_request_applies_a_suggestion(journey: Journey) -> None:
    pull = opened(journey)
    journey.check(pull)
    page = f"{journey.sandbox.url}/{journey.repo.name}/-/merge_requests/{pull.number}"
    with urllib.request.urlopen(page, timeout=10) as answer:
        shown = answer.read().decode()
    assert "Apply suggestion" in shown
    assert "a stand-in for GitLab" in shown
    (comment,) = journey.comments(pull)
    form = urllib.parse.urlencode({"target": comment.id}).encode()
    urllib.request.urlopen(f"{page}/apply", data=form, timeout=10).close()
    assert journey.check(pull).conclusion == "success"


def test_a_renewed_token_is_read_from_its_file(journey: Journey) -> None:
    pull = opened(journey)
    journey.check(pull)
    world = journey.sandbox.forge.world
    world.tokens["glpat-new"] = journey.bot
    file = journey.sandbox.forge.directory / "token"
    file.write_text("glpat-new\n")
    access = GitLabAccess(journey.sandbox.url, "glpat-old", token_file=file)
    adapter = GitLab(access, journey.repo.name)
    assert adapter.pull_request(journey.ref(pull)).head_sha == pull.head_sha
    assert "glpat" not in repr(access)
