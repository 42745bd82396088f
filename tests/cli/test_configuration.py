"""`check` and `fix` on a directory with a `.lockstitch.yml`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main

from .test_commands import BUCKET, OPEN, write

RULE = "s3-public-access-block-off"


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    return write(tmp_path, main=BUCKET + OPEN)


def configured(root: Path, text: str) -> Path:
    (root / ".lockstitch.yml").write_text(text)
    return root


def test_a_rule_that_is_off_is_not_told(opened: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(opened)]) == 1
    assert RULE in capsys.readouterr().out
    main(["check", str(configured(opened, f"rules: {{{RULE}: off}}\n"))])
    assert RULE not in capsys.readouterr().out


def test_an_option_wins_over_the_file(opened: Path) -> None:
    root = configured(opened, "fail_on: critical\n")
    assert main(["check", str(root)]) == 0
    assert main(["check", str(root), "--fail-on", "high"]) == 1


def test_a_file_that_cannot_be_used_ends_with_64(
    opened: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = configured(opened, "fail_on: high\nrulez: {}\n")
    for verb in ("check", "fix"):
        assert main([verb, str(root)]) == 64
        said = capsys.readouterr().err
        assert f"lockstitch {verb}: the configuration cannot be used." in said
        assert f"{root}/.lockstitch.yml:2:1: " in said


def test_another_file_is_named(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "ours.yml"
    other.write_text("fail_on: critical\n")
    configured(opened, "rulez: {}\n")
    assert main(["check", str(opened), "--config", str(other)]) == 0
    assert main(["check", str(opened), "--config", str(other.parent / "gone.yml")]) == 64


def test_a_link_in_the_directory_is_not_followed(opened: Path) -> None:
    (opened / "ours.yml").write_text("fail_on: critical\n")
    (opened / ".lockstitch.yml").symlink_to("ours.yml")
    assert main(["check", str(opened)]) == 64


def test_excluded_files_are_counted_and_not_written(
    opened: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = configured(opened, "paths: {exclude: [main.tf]}\n")
    assert main(["check", str(root)]) == 0
    assert "1 file is excluded by .lockstitch.yml." in capsys.readouterr().out
    assert main(["check", str(root), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["excluded"] == 1
    before = (root / "main.tf").read_text()
    assert main(["fix", "--write", str(root)]) == 0
    assert (root / "main.tf").read_text() == before
    assert not (root / "kms.tf").exists()
