"""The database: its tables, and engines that keep what they are told. No behaviour."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.exc import SQLAlchemyError

METADATA: Final = MetaData()

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("provider", String(20), nullable=False),
    Column("delivery_id", String(200), nullable=False),
    Column("event", String(100), nullable=False),
    Column("action", String(100), nullable=False),
    Column("received_at", Float, nullable=False),
    Column("work_key", String(400), nullable=True),
    UniqueConstraint("provider", "delivery_id", name="uq_deliveries_provider_delivery"),
)
"""Every delivery that was accepted, once."""

work = Table(
    "work",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String(400), nullable=False, unique=True),
    Column("pull", String(300), nullable=False, index=True),
    Column("wish", JSON, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("token", Integer, nullable=False),
    Column("lease_until", Float, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("owner", String(200), nullable=False, server_default=""),
    Column("waits", Integer, nullable=False, server_default="0"),
    Column("asked_at", Float, nullable=False, server_default="0"),
    Column("began_at", Float, nullable=False, server_default="0"),
    Column("deadline", Float, nullable=False, server_default="0"),
    Column("greeting", Integer, nullable=False, server_default="0", index=True),
)
"""A row a pull request, and one a command. ``wanted`` over ``done`` means there is work.

``attempts`` were begun, ``waits`` were put off for no fault of the row's own. ``began_at`` and
``deadline`` are those of the newest generation, and 0 until it is begun. ``greeting`` says whether
the comment that asks has been acknowledged (``greetings.py``).
"""

owners = Table(
    "owners",
    METADATA,
    Column("name", String(200), primary_key=True),
    Column("served_at", Float, nullable=False, server_default="0"),
    Column("held_until", Float, nullable=False, server_default="0"),
)
"""Whose rows were begun when, and until when the forge asked all of an owner's to wait."""

runs = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("pull", String(300), nullable=False, index=True),
    Column("head", String(64), nullable=False),
    Column("ended", String(20), nullable=False),
    Column("verdict", String(30), nullable=False),
    Column("findings", Integer, nullable=False),
    Column("comments", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("finished_at", Float, nullable=False),
    Column("run_id", String(400), nullable=False, server_default=""),
)
"""One row a review. The same ``run_id`` again is the same review."""

offers = Table(
    "offers",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("pull", String(300), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("rule", String(100), nullable=False),
    Column("path", String(1000), nullable=False),
    Column("safety", String(20), nullable=False),
    Column("first_head", String(64), nullable=False),
    Column("first_seen_at", Float, nullable=False),
    Column("repository", String(300), nullable=False, server_default=""),
    Column("address", String(1000), nullable=False, server_default=""),
    Column("severity", String(20), nullable=False, server_default=""),
    Column("offered", String(20), nullable=False, server_default=""),
    Column("offered_head", String(64), nullable=False, server_default=""),
    Column("offered_at", Float, nullable=False, server_default="0"),
    Column("plan", JSON, nullable=True),
    Column("outcome", String(20), nullable=False, server_default=""),
    Column("means", String(20), nullable=False, server_default=""),
    Column("outcome_head", String(64), nullable=False, server_default=""),
    Column("outcome_at", Float, nullable=False, server_default="0"),
    UniqueConstraint("pull", "fingerprint", name="uq_offers_pull_fingerprint"),
)
"""What was found on a pull request, from the first time on, and what became of it.

``outcome`` is empty while it is open. ``plan`` holds digests of lines, never their text; it is
that of ``offered_head``, or of a later head where the finding stayed open.
"""

outcomes = Table(
    "outcomes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("pull", String(300), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("means", String(20), nullable=False),
    Column("head", String(64), nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("pull", "fingerprint", "outcome", "head", name="uq_outcomes_once"),
)
"""Every turn that an offer took, once a head; rows are only added."""

vitals = Table(
    "vitals",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("is_good", Boolean, nullable=False),
    Column("says", String(300), nullable=False),
    Column("seen_at", Float, nullable=False),
)
"""What a look at clock and credentials found last."""

oauth_tokens = Table(
    "oauth_tokens",
    METADATA,
    Column("name", String(300), primary_key=True),
    Column("seed", String(64), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("claimed_until", Float, nullable=False),
    Column("is_dead", Boolean, nullable=False),
)
"""Pairs of OAuth tokens. ``seed`` is the hash of the one that an operator gave, ``sealed`` opens
with the application's secret; whoever renews holds ``claimed_until``.
"""

DatabaseAway = SQLAlchemyError
"""What any call may raise while the database is locked, full, restarting or gone."""

_BUSY_SECONDS: Final = 4
_LEASING: Final = 5_318_008
"""The number of the lock that PostgreSQL keeps while somebody chooses a row."""


class SchemaError(Exception):
    """The schema is one that this version knows nothing of; the message says what to do."""


def open_database(url: str) -> Engine:
    """An engine. SQLite waits four seconds for a lock and syncs every commit to the disk."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    path = url.removeprefix("sqlite:///")
    if path and not path.startswith(":"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin(connection: Any) -> None:
    # A reader that turns writer can be refused at once; taking the lock first waits its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def one_at_a_time(connection: Connection) -> None:
    """Until this transaction ends nobody else gets past here; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LEASING})")


def open_current(url: str) -> Engine:
    """An engine on a database that this version can work with. Raises ``SchemaError``."""
    engine = open_database(url)
    if not is_current(engine):
        engine.dispose()
        raise SchemaError("The database schema is not current; run `lockstitch migrate`.")
    return engine


def migrate(url: str) -> None:
    """Bring the schema up to date; that of the next version is left as it is.

    Raises ``SchemaError`` where a much later version has been here.
    """
    engine = open_database(url)
    try:
        with engine.begin() as connection:
            if not _is_next(connection):
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    except CommandError as error:
        raise SchemaError(
            "The database belongs to a later version of Lockstitch; run that one, or go back "
            "one version at a time."
        ) from error
    finally:
        engine.dispose()


def is_current(engine: Engine) -> bool:
    """Whether this version can work: the schema is its own, or that of the next version.

    So the old pods of a rolling upgrade keep working after the migration.
    """
    with engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
        return now == _head() or _is_next(connection)


def _is_next(connection: Connection) -> bool:
    now = MigrationContext.configure(connection).get_current_revision()
    return now == f"{int(_head()) + 1:04}"


def _head() -> str:
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
