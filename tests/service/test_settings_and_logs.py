"""Settings are read once and never shown; logs hold no secret."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.cli.ending import LAST_SECONDS
from bot.logs import Line
from bot.settings import Settings, SettingsError


def test_secrets_do_not_show(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("very-private\n")
    settings = Settings.from_environment(
        {
            "LOCKSTITCH_GITHUB_WEBHOOK_SECRET": "hidden-one",
            "LOCKSTITCH_GITHUB_APP_ID": "12",
            "LOCKSTITCH_GITHUB_PRIVATE_KEY_FILE": str(tmp_path / "key"),
            "LOCKSTITCH_DATABASE_URL": "postgresql://u:hidden-two@h/db",
            "LOCKSTITCH_GITHUB_TOKEN": "hidden-three",
        }
    )
    assert settings.private_key == "very-private"
    assert "hidden" not in repr(settings)
    assert "very-private" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GITHUB_WEBHOOK_SECRET", "  ", "is empty"),
        ("GITHUB_PRIVATE_KEY_FILE", "/nowhere/key", "cannot be read"),
        ("GITHUB_APP_ID", "twelve", "whole number"),
        ("ENVIRONMENT", "production", "dev, staging, prod"),
        ("FAIL_ON", "worst", "one of"),
        ("GITHUB_PAUSE", "slow", "seconds"),
    ],
)
def test_a_wrong_setting_says_what_to_do(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        Settings.from_environment({f"LOCKSTITCH_{name}": value})


def test_how_long_to_wait_is_bounded() -> None:
    plain = Settings.from_environment({})
    assert (plain.lease, plain.retry, plain.sweep, plain.drain) == (30.0, 4.0, 5.0, 20.0)
    assert plain.drain + LAST_SECONDS < 30, "what is promised of a process that is told to end"
    odd = {"LEASE": "0", "RETRY": "0", "SWEEP": "3600", "DRAIN": "0"}
    read = Settings.from_environment({f"LOCKSTITCH_{name}": value for name, value in odd.items()})
    assert (read.lease, read.retry, read.sweep, read.drain) == (30.0, 4.0, 30.0, 0.0)


def test_logs_are_one_line_and_redacted() -> None:
    token = "ghs_" + "a1B2" * 12
    record = logging.LogRecord("x", logging.INFO, "", 0, "token %s\nnext", (token,), None)
    line = Line().format(record)
    assert token not in line
    assert "\n" not in line
