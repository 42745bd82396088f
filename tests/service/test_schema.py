"""Versions side by side: the one before writes on this schema, this one on the next."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.database import SchemaError, is_current, migrate
from bot.inbox import Inbox


def at(inbox: Inbox, revision: str) -> None:
    with inbox.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def head(inbox: Inbox) -> int:
    with inbox.engine.begin() as connection:
        return int(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_the_first_version_writes_rows_that_this_one_takes(inbox: Inbox) -> None:
    with inbox.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO work (key, pull, wish, wanted, done, state, attempts, token,"
                " lease_until, not_before, reason) VALUES ('review:github:acme/ml#1',"
                " 'github:acme/ml#1', :wish, 1, 0, 'ready', 0, 0, 0, 0, '')"
            ),
            {"wish": '{"repository": "acme/ml", "number": 1, "from_a_later_version": true}'},
        )
    item = inbox.lease()
    assert item is not None
    assert (item.wish.repository, item.wish.number, item.doomed) == ("acme/ml", 1, "")
    assert inbox.finish(item)


def test_this_version_works_on_the_next_schema_and_on_no_later_one(inbox: Inbox, url: str) -> None:
    now = head(inbox)
    at(inbox, f"{now + 1:04}")
    assert is_current(inbox.engine)
    migrate(url)
    assert head(inbox) == now + 1
    at(inbox, f"{now + 2:04}")
    assert not is_current(inbox.engine)
    with pytest.raises(SchemaError, match="later version"):
        migrate(url)


def test_a_schema_of_the_version_before_has_to_be_migrated(inbox: Inbox) -> None:
    at(inbox, f"{head(inbox) - 1:04}")
    assert not is_current(inbox.engine)
