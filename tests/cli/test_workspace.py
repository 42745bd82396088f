"""Directories as people really have them: links, pipes, locked folders, names with escapes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bot import workspace
from bot.cli.main import main
from bot.cli.options import grammar_cache
from bot.workspace import read, write

BUCKET = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
CLOSED = (
    'resource "aws_s3_bucket_public_access_block" "data" {\n'
    "  bucket                  = aws_s3_bucket.data.id\n"
    "  block_public_acls       = true\n"
    "  block_public_policy     = true\n"
    "  ignore_public_acls      = true\n"
    "  restrict_public_buckets = true\n"
    "}\n"
)


def reasons(root: Path) -> dict[str, tuple[str, bool]]:
    return {one.path: (one.reason, one.blocking) for one in read(root).skipped}


def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tf")
    assert reasons(tmp_path) == {"pipe.tf": ("it is no ordinary file", True)}


def test_a_linked_directory_is_said(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "main.tf").write_text(BUCKET)
    (tmp_path / "again").symlink_to(tmp_path / "real", target_is_directory=True)
    found = read(tmp_path)
    assert list(found.files) == ["real/main.tf"]
    assert [(one.path, one.blocking) for one in found.skipped] == [("again", False)]


def test_folders_of_tools_are_left_out(tmp_path: Path) -> None:
    for name in (".git", ".terraform", "node_modules", "own"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(BUCKET)
    assert list(read(tmp_path).files) == ["own/main.tf"]


def test_a_locked_directory_is_not_a_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "locked").mkdir()
    really = os.scandir

    def scandir(path: str) -> os._ScandirIterator[str]:
        # The tests may run as root, for whom nothing is locked.
        if os.fspath(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return really(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert main(["check", str(tmp_path)]) == 2
    said = capsys.readouterr().out
    assert "locked:1  not analysed: the directory cannot be read: Permission denied" in said


def test_a_name_cannot_act_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a\033[2Jb.tf").write_text(BUCKET)
    assert main(["check", str(tmp_path)]) == 2
    said = capsys.readouterr().out
    assert "\033" not in said
    assert "hidden characters" in said


def test_too_much_is_said_and_not_a_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "MAX_FILES", 2)
    for name in ("a", "b", "c", "d"):
        (tmp_path / f"{name}.tf").write_text("locals {}\n")
    found = read(tmp_path)
    assert list(found.files) == ["a.tf", "b.tf"]
    assert [(one.path, one.blocking) for one in found.skipped] == [("c.tf", True)]


def test_json_and_values_are_read_and_told_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    block = {"bucket": "b", "block_public_acls": "${var.shut}", **dict.fromkeys(names, True)}
    kind = {"aws_s3_bucket_public_access_block": {"b": block}}
    text = {"variable": {"shut": {}}, "resource": kind}
    (tmp_path / "main.tf.json").write_text(json.dumps(text))
    (tmp_path / "prod.tfvars.json").write_text('{"shut": false}')
    assert main(["check", str(tmp_path / "main.tf.json")]) == 1
    said = capsys.readouterr().out
    assert "[s3-public-access-block-off]" in said
    assert "value comes from this file" in said
    (tmp_path / "main.tf.json").write_text("{")
    assert main(["check", str(tmp_path)]) == 2
    assert "main.tf.json:1  not analysed: " in capsys.readouterr().out


def test_one_file_is_judged_with_its_neighbours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(BUCKET)
    (tmp_path / "closed.tf").write_text(CLOSED)
    (tmp_path / "other.tf").write_text(BUCKET.replace("data", "other"))
    main(["check", str(tmp_path / "main.tf")])
    said = capsys.readouterr().out
    assert "s3-public-access-block-missing" not in said
    assert "aws_s3_bucket.other" not in said
    assert "s3-encryption-missing" in said


def test_what_is_no_terraform_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n")
    assert main(["check", str(tmp_path / "notes.md")]) == 64
    assert "neither a directory nor a .tf file" in capsys.readouterr().err


def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.tf").write_text(BUCKET)

    def refuse(_self: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied", "main.tf")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write(tmp_path / "main.tf", b"changed")
    assert [path.name for path in tmp_path.iterdir()] == ["main.tf"]
    assert (tmp_path / "main.tf").read_text() == BUCKET


def test_fix_says_which_file_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(BUCKET + CLOSED.replace("true", "false"))

    def refuse(_self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    assert main(["fix", str(tmp_path), "--write"]) == 2
    assert "main.tf cannot be written: Permission denied" in capsys.readouterr().err


def test_the_cache_lies_where_the_operator_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCKSTITCH_CACHE_DIR", str(tmp_path))
    assert grammar_cache() == tmp_path / "grammar"
    monkeypatch.delenv("LOCKSTITCH_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert grammar_cache() == tmp_path / "lockstitch" / "grammar"


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("LOCKSTITCH_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert grammar_cache() is None
