"""The vendor's rules, each refused the way the vendor refuses it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.limits import Refusal
from bot.sandbox.lines import replace_lines
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Pull, Repo

LINES = "".join(f"line {number}\n" for number in range(1, 41))


class Place:
    def __init__(self, directory: Path) -> None:
        self.sandbox = Sandbox.start(directory)
        self.forge = self.sandbox.forge
        people = {"dana": "write", "eve": "read"}
        self.repo: Repo = self.forge.create_repository("acme/ml", people)
        self.forge.push(self.repo, "main", {"a.tf": LINES.encode()}, "base", "dana")
        self.repo.git.branch("change", self.repo.git.head("main"))
        changed = LINES.replace("line 5\n", "LINE 5\n").replace("line 30\n", "LINE 30\n")
        self.forge.push(self.repo, "change", {"a.tf": changed.encode()}, "change", "dana")
        self.pull: Pull = self.forge.open_pull(self.repo, "main", "change", "A", "dana")
        self.app = self.forge.world.mint({"checks": "write", "pull_requests": "write"})
        self.forge.world.tokens["pat"] = "dana"

    def call(self, verb: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        request = urllib.request.Request(
            f"{self.sandbox.api_url}/repos/acme/ml{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=verb,
            headers={
                "Authorization": f"token {token or self.app}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def review(self, *comments: dict[str, Any]) -> tuple[int, Any]:
        body = {"event": "COMMENT", "body": "", "comments": list(comments)}
        return self.call("POST", "/pulls/1/reviews", body)

    def check(self, token: str = "", **more: Any) -> tuple[int, Any]:
        body = {"name": "lockstitch", "head_sha": self.pull.head_sha, **more}
        return self.call("POST", "/check-runs", body, token)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    started = Place(tmp_path / "forge")
    yield started
    started.sandbox.stop()


def note(line: int, **more: Any) -> dict[str, Any]:
    return {"path": "a.tf", "line": line, "side": "RIGHT", "body": "words", **more}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (note(15), "Line must be part of the diff"),
        (note(30, start_line=5, start_side="RIGHT"), "same hunk"),
        (note(5, start_line=5, start_side="RIGHT"), "must precede"),
        (note(5, path="b.tf"), "Path could not be resolved"),
        (note(5, side="LEFT"), "Line could not be resolved"),
    ],
)
def test_one_bad_anchor_loses_the_whole_review(
    place: Place, bad: dict[str, Any], says: str
) -> None:
    status, answer = place.review(note(5), bad)
    assert status == 422
    assert says in json.dumps(answer)
    assert place.pull.inline == {}
    assert place.pull.reviews == {}
    assert place.review(note(5), note(31, start_line=29, start_side="RIGHT"))[0] == 200


def test_only_an_app_creates_check_runs(place: Place) -> None:
    assert place.check(token="pat")[0] == 403
    assert place.check()[0] == 201
    weak = place.forge.world.mint({"pull_requests": "write"})
    assert place.check(token=weak)[0] == 403


def test_a_check_carries_50_annotations_a_request_and_adds_them_up(place: Place) -> None:
    one = {
        "path": "a.tf",
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "notice",
        "message": "m",
    }
    output = {"title": "t", "summary": "s", "annotations": [one] * 51}
    assert place.check(output=output)[0] == 422
    status, made = place.check(output={**output, "annotations": [one] * 50})
    assert status == 201
    place.call("PATCH", f"/check-runs/{made['id']}", {"output": {**output, "annotations": [one]}})
    assert len(place.repo.checks[made["id"]].annotations) == 51


@pytest.mark.parametrize(
    "wrong",
    [
        {"output": {"title": "t", "summary": "x" * 65_536}},
        {"output": {"title": "t", "summary": "s", "text": "x" * 65_536}},
        {"status": "completed"},
        {"actions": [{"label": "l", "identifier": "i", "description": "d"}] * 4},
        {"actions": [{"label": "x" * 21, "identifier": "i", "description": "d"}]},
        {"actions": [{"label": "l", "identifier": "i", "description": "x" * 41}]},
    ],
)
def test_a_check_has_its_lengths(place: Place, wrong: dict[str, Any]) -> None:
    assert place.check(**wrong)[0] == 422
    assert place.repo.checks == {}


def test_comments_have_their_length(place: Place) -> None:
    path = "/issues/1/comments"
    assert place.call("POST", path, {"body": "x" * 65_536})[0] == 422
    assert place.call("POST", path, {"body": " "})[0] == 422
    assert place.call("POST", path, {"body": "x" * 65_535})[0] == 201
    assert len(place.pull.conversation) == 1


def test_credentials_are_checked(place: Place) -> None:
    assert place.call("GET", "/pulls/1", token="nobody")[0] == 401
    assert place.call("GET", "/pulls/2")[0] == 404


SUGGESTION = "Do this\n\n```suggestion\nLine five\n```\n"


def suggest(place: Place, body: str = SUGGESTION) -> int:
    place.review(note(5, body=body))
    (comment,) = place.pull.inline
    return comment


def test_a_suggestion_is_applied_by_its_rules(place: Place) -> None:
    comment = suggest(place)
    with pytest.raises(Refusal, match="write access"):
        place.forge.apply_suggestion(place.repo, place.pull, comment, "eve")
    before = place.pull.head_sha
    sha = place.forge.apply_suggestion(place.repo, place.pull, comment, "dana")
    assert place.pull.head_sha == sha != before
    assert b"Line five\n" in place.repo.git.file(sha, "a.tf")
    assert "Co-authored-by: lockstitch[bot]" in place.repo.git.text("log", "-1", "--format=%B", sha)
    with pytest.raises(Refusal, match="Outdated"):
        place.forge.apply_suggestion(place.repo, place.pull, comment, "dana")


def test_a_suggestion_has_to_change_something(place: Place) -> None:
    comment = suggest(place, "```suggestion\nLINE 5\n```")
    with pytest.raises(Refusal, match="must change something"):
        place.forge.apply_suggestion(place.repo, place.pull, comment, "dana")


def test_a_suggestion_needs_an_open_pull_request(place: Place) -> None:
    comment = suggest(place)
    place.forge.close_pull(place.repo, place.pull, "dana")
    with pytest.raises(Refusal, match="closed"):
        place.forge.apply_suggestion(place.repo, place.pull, comment, "dana")


def test_comments_follow_their_lines_until_these_change(place: Place) -> None:
    comment = place.pull.inline[suggest(place)]
    text = place.repo.git.file(place.pull.head_sha, "a.tf")
    place.forge.push(place.repo, "change", {"a.tf": b"first\nsecond\n" + text}, "shift", "dana")
    assert (comment.line, comment.is_outdated) == (7, False)
    gone = text.replace(b"LINE 5\n", b"")
    place.forge.push(place.repo, "change", {"a.tf": gone}, "remove", "dana")
    assert comment.is_outdated


def test_applying_replaces_whole_lines() -> None:
    assert replace_lines("a\nb\nc\n", 2, 2, "x\ny\n") == "a\nx\ny\nc\n"
    assert replace_lines("a\nb\nc\n", 1, 2, "") == "c\n"
    assert replace_lines("a\nb", 2, 2, "x\n") == "a\nx"
    assert replace_lines("a\r\nb\r\n", 1, 1, "x\n") == "x\r\nb\r\n"


def test_a_push_sends_a_synchronize(place: Place) -> None:
    place.forge.push(place.repo, "change", {"b.tf": b"x\n"}, "more", "dana")
    place.forge.hooks.close()
    events = [(d.event, d.payload.get("action")) for d in place.forge.hooks.log]
    assert [one for one in events if one != ("push", None)] == [
        ("pull_request", "opened"),
        ("pull_request", "synchronize"),
    ]


def test_a_push_names_the_files_of_each_commit(place: Place) -> None:
    before = place.repo.git.head("change")
    place.forge.push(place.repo, "change", {"b.tf": b"x\n"}, "more", "dana")
    place.forge.push(place.repo, "change", {"b.tf": b"y\n", "c.tf": b""}, "more", "dana")
    place.forge.push(place.repo, "change", {"c.tf": None}, "less", "dana")
    place.forge.hooks.settle()
    told = [one.payload for one in place.forge.hooks.log if one.event == "push"][-3:]
    assert told[0]["before"] == before
    assert [one["after"] for one in told[:2]] == [one["before"] for one in told[1:]]
    named = [
        {kind: commit[kind] for kind in ("added", "modified", "removed") if commit[kind]}
        for one in told
        for commit in one["commits"]
    ]
    assert named == [
        {"added": ["b.tf"]},
        {"added": ["c.tf"], "modified": ["b.tf"]},
        {"removed": ["c.tf"]},
    ]


def test_a_synchronize_names_both_ends(place: Place) -> None:
    place.forge.push(place.repo, "change", {"b.tf": b"x\n"}, "more", "dana")
    place.forge.hooks.close()
    payload = place.forge.hooks.log[-1].payload
    assert payload["after"] == place.pull.head_sha
    assert payload["before"] != payload["after"]
