"""Repositories come, leave and move: work and records follow, once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot import gitlab_homes, homes
from bot.database import offers, outcomes, runs, work
from bot.homes import Came, HomeChange, Left, Moved
from bot.inbox import Inbox
from bot.rehoming import Rehoming
from tests.service.queue import delivery

ACME = {"installation": {"account": {"login": "acme"}}}
EXAMPLES = Path(__file__).parents[1] / "contract" / "examples.jsonl"


@pytest.mark.parametrize(
    ("event", "action", "payload", "found"),
    [
        (
            "installation",
            "created",
            ACME,
            [Came("acme")],
        ),
        (
            "installation",
            "deleted",
            ACME,
            [Left("acme")],
        ),
        (
            "installation",
            "suspend",
            ACME,
            [Left("acme")],
        ),
        (
            "installation_repositories",
            "removed",
            {
                "repositories_added": [{"full_name": "acme/new"}],
                "repositories_removed": [{"full_name": "acme/old"}, {"full_name": 7}, None],
            },
            [Came("acme/new"), Left("acme/old")],
        ),
        (
            "installation_target",
            "renamed",
            {"account": {"login": "apex"}, "changes": {"login": {"from": "acme"}}},
            [Moved("acme", "apex")],
        ),
        (
            "repository",
            "renamed",
            {
                "repository": {"full_name": "acme/new"},
                "changes": {"repository": {"name": {"from": "old"}}},
            },
            [Moved("acme/old", "acme/new")],
        ),
        (
            "repository",
            "transferred",
            {
                "repository": {"full_name": "apex/ml"},
                "changes": {"owner": {"from": {"organization": {"login": "acme"}}}},
            },
            [Moved("acme/ml", "apex/ml")],
        ),
        ("repository", "archived", {"repository": {"full_name": "acme/ml"}}, [Left("acme/ml")]),
        ("repository", "unarchived", {"repository": {"full_name": "acme/ml"}}, [Came("acme/ml")]),
        ("repository", "publicized", {"repository": {"full_name": "acme/ml"}}, []),
        ("repository", "renamed", {"repository": {"full_name": "acme/ml"}}, []),
        ("installation", "created", {"installation": {"account": {"login": "../x"}}}, []),
        ("installation", "deleted", {}, []),
        ("pull_request", "opened", {"repository": {"full_name": "acme/ml"}}, []),
    ],
)
def test_what_a_webhook_says_of_homes(
    event: str, action: str, payload: dict[str, Any], found: list[HomeChange]
) -> None:
    assert list(homes.read(event, action, payload)) == found


def rows(inbox: Inbox) -> dict[str, tuple[str, bool]]:
    """State of each row, and whether it is still to be done."""
    with inbox.engine.begin() as connection:
        found = connection.execute(select(work).order_by(work.c.id)).all()
    return {row.pull: (row.state, row.wanted > row.done) for row in found}


def apply(inbox: Inbox, *changes: HomeChange) -> tuple[int, ...]:
    """Twice, as after a delivery that ended half-way."""
    woken = Rehoming(inbox.engine, inbox.clock).apply(changes)
    before = rows(inbox)
    Rehoming(inbox.engine, inbox.clock).apply(changes)
    assert rows(inbox) == before
    return woken


def test_where_the_bot_was_sent_away_nothing_is_left_to_do(inbox: Inbox) -> None:
    for name in ("acme/ml", "acme/ml-2", "acme/m_", "apex/ml"):
        inbox.accept(delivery(1, repository=name))
    item = inbox.lease()
    assert item is not None
    assert item.wish.repository == "acme/ml"
    apply(inbox, Left("acme/ml"))
    assert not inbox.is_current(item)
    assert not inbox.finish(item)
    open_rows = [pull for pull, (_, is_open) in rows(inbox).items() if is_open]
    assert open_rows == ["github:acme/ml-2#1", "github:acme/m_#1", "github:apex/ml#1"]
    apply(inbox, Left("acme"))
    open_rows = [pull for pull, (_, is_open) in rows(inbox).items() if is_open]
    assert open_rows == ["github:apex/ml#1"]


def test_where_it_is_let_in_again_what_was_given_up_is_tried_again(inbox: Inbox) -> None:
    for name in ("acme/ml", "apex/ml"):
        inbox.accept(delivery(1, repository=name))
        item = inbox.lease()
        assert item is not None
        inbox.bury(item, "no access")
    woken = apply(inbox, Came("acme"))
    assert len(woken) == 1
    assert rows(inbox) == {"github:acme/ml#1": ("ready", True), "github:apex/ml#1": ("dead", True)}


def test_work_and_records_go_on_under_the_new_name(inbox: Inbox) -> None:
    inbox.accept(delivery(1, repository="acme/ml"))
    inbox.accept(delivery(1, repository="acme/ml-2"))
    with inbox.engine.begin() as connection:
        for pull in ("acme/ml#1", "acme/ml-2#1", "acme/ml/sub!1"):
            common = {"pull": pull, "fingerprint": "f"}
            connection.execute(insert(offers).values(_offer(pull)))
            history = {"outcome": "accepted", "means": "", "head": "h", "at": 1.0}
            connection.execute(insert(outcomes).values(common | history))
            connection.execute(insert(runs).values(_run(pull)))
    woken = apply(inbox, Moved("acme/ml", "apex/lake"))
    assert set(rows(inbox)) == {"github:apex/lake#1", "github:acme/ml-2#1"}
    item = inbox.lease(woken[0])
    assert item is not None
    assert item.wish.repository == "apex/lake"
    with inbox.engine.begin() as connection:
        for table in (offers, outcomes, runs):
            pulls = set(connection.execute(select(table.c.pull)).scalars())
            assert pulls == {"apex/lake#1", "acme/ml-2#1", "acme/ml/sub!1"}
        names = set(connection.execute(select(offers.c.repository)).scalars())
    assert names == {"apex/lake", "acme/ml-2", "acme/ml/sub"}


def test_a_row_that_the_new_name_has_already_does_for_both(inbox: Inbox) -> None:
    inbox.accept(delivery(1, repository="acme/ml"))
    inbox.accept(delivery(1, repository="apex/ml"))
    item = inbox.lease(2)
    assert item is not None
    inbox.finish(item)
    with inbox.engine.begin() as connection:
        for pull in ("acme/ml#1", "apex/ml#1"):
            connection.execute(insert(offers).values(_offer(pull)))
    apply(inbox, Moved("acme", "apex"))
    assert rows(inbox)["github:apex/ml#1"] == ("ready", True)
    assert rows(inbox)["github:acme/ml#1"] == ("ready", False)


def _offer(pull: str) -> dict[str, Any]:
    return {
        "pull": pull,
        "repository": pull.replace("!", "#").partition("#")[0],
        "fingerprint": "f",
        "rule": "r",
        "path": "p",
        "safety": "safe",
        "first_head": "h",
        "first_seen_at": 1.0,
    }


def _run(pull: str) -> dict[str, Any]:
    counts = dict.fromkeys(("findings", "comments"), 0)
    times = dict.fromkeys(("started_at", "finished_at"), 1.0)
    return {"pull": pull, "head": "h", "ended": "reviewed", "verdict": "", **counts, **times}


def test_published_examples_are_survived() -> None:
    for line in EXAMPLES.read_text().splitlines():
        one = json.loads(line)
        homes.read(one["event"], one["payload"].get("action", ""), one["payload"])


RENAMED = {"old_path_with_namespace": "acme/ml/old", "path_with_namespace": "acme/ml/new"}


@pytest.mark.parametrize(
    ("event", "payload", "found"),
    [
        ("project_rename", RENAMED, (Moved("acme/ml/old", "acme/ml/new"),)),
        ("project_transfer", RENAMED, (Moved("acme/ml/old", "acme/ml/new"),)),
        ("group_rename", {"old_full_path": "a/b", "full_path": "a/c"}, (Moved("a/b", "a/c"),)),
        ("project_destroy", {"path_with_namespace": "acme/ml"}, (Left("acme/ml"),)),
        ("project_rename", {**RENAMED, "old_path_with_namespace": "acme/ml/new"}, ()),
        ("project_rename", {**RENAMED, "old_path_with_namespace": "../../x y"}, ()),
        ("project_rename", {}, ()),
        ("group_rename", {"old_full_path": 7, "full_path": None}, ()),
        ("project_create", RENAMED, ()),
    ],
)
def test_what_a_system_hook_of_gitlab_says_of_homes(
    event: str, payload: dict[str, Any], found: tuple[HomeChange, ...]
) -> None:
    assert gitlab_homes.read(event, payload) == found


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("acme/ml", "apex/lake", {"apex/lake!1", "acme/ml-2!1", "apex/lake/sub!1"}),
        ("acme", "apex/deep", {"apex/deep/ml!1", "apex/deep/ml-2!1", "apex/deep/ml/sub!1"}),
    ],
)
def test_on_gitlab_a_project_and_a_group_take_theirs_along(
    inbox: Inbox, before: str, after: str, wanted: set[str]
) -> None:
    held = ("acme/ml", "acme/ml-2", "acme/ml/sub")
    for name in held:
        asked = delivery(1, repository=name)
        assert asked.wish is not None
        inbox.accept(replace(asked, wish=replace(asked.wish, forge="gitlab"), forge="gitlab"))
    inbox.accept(delivery(1, repository="acme/ml"))
    with inbox.engine.begin() as connection:
        for name in held:
            connection.execute(insert(offers).values(_offer(f"{name}!1")))
        connection.execute(insert(offers).values(_offer("acme/ml#1")))
    for _ in range(2):
        Rehoming(inbox.engine, inbox.clock, "gitlab").apply([Moved(before, after)])
        assert set(rows(inbox)) == {*(f"gitlab:{one}" for one in wanted), "github:acme/ml#1"}
        with inbox.engine.begin() as connection:
            assert set(connection.execute(select(offers.c.pull)).scalars()) == {
                *wanted,
                "acme/ml#1",
            }
