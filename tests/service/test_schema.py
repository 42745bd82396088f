"""Versions side by side: the one before writes on this schema, this one on the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Inspector, inspect, text

from bot import database
from bot.database import SchemaError, is_current, migrate, open_database
from bot.inbox import Inbox

VERSIONS = Path(database.__file__).parent / "migrations" / "versions"


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


Tables = dict[str, tuple[dict[str, Any], set[tuple[str, ...]]]]


def tables(inspector: Inspector) -> Tables:
    """Columns by name, and what has to be unique."""
    return {
        name: (
            {column["name"]: column for column in inspector.get_columns(name)},
            {tuple(sorted(u["column_names"])) for u in inspector.get_unique_constraints(name)},
        )
        for name in inspector.get_table_names()
    }


def test_each_step_only_adds_what_the_version_before_need_not_know(url: str) -> None:
    """It goes on reading and writing its own columns: none is gone or another, none must be set."""
    engine = open_database(url)
    before: Tables = {}
    for number in range(1, len(list(VERSIONS.glob("r0*.py"))) + 1):
        with engine.begin() as connection:
            config = database._config()
            config.attributes["connection"] = connection
            command.upgrade(config, f"{number:04}")
        with engine.connect() as connection:
            after = tables(inspect(connection))
        for name, (columns, unique) in before.items():
            assert after[name][1] <= unique, name
            assert columns.keys() <= after[name][0].keys(), name
            for column in after[name][0].values():
                old = columns.get(column["name"])
                if old is None:
                    assert column["nullable"] or column["default"] is not None, (name, column)
                else:
                    assert str(column["type"]) == str(old["type"]), (name, column)
                    assert column["nullable"] or not old["nullable"], (name, column)
        before = after
    assert is_current(engine)
    engine.dispose()
