"""SARIF against the schema of its makers; JSON is held to its own in ``test_commands``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator, ValidationError

from bot.cli.main import main

SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
TEXT = (
    'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
    'variable "is_closed" {\n  type = bool\n}\n'
    'resource "aws_s3_bucket_public_access_block" "data" {\n'
    "  bucket                  = aws_s3_bucket.data.id\n"
    "  block_public_acls       = var.is_closed\n"
    "  block_public_policy     = false\n"
    "  ignore_public_acls      = true\n"
    "  restrict_public_buckets = true\n"
    "}\n"
)


def sarif(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, list[dict[str, object]]]:
    main(["check", str(path), "--format", "sarif"])
    found: dict[str, list[dict[str, object]]] = json.loads(capsys.readouterr().out)
    return found


def test_sarif_is_what_its_schema_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    validator = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)
    validator.validate(sarif(tmp_path, capsys))
    (tmp_path / "main one.tf").write_text(TEXT)
    (tmp_path / "broken.tf").write_text("resource {")
    document = sarif(tmp_path, capsys)
    validator.validate(document)
    assert document["runs"][0]["results"]
    document["runs"][0]["what"] = "nothing that the schema knows"
    with pytest.raises(ValidationError):
        validator.validate(document)


def test_an_unknown_value_is_a_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.tf").write_text(TEXT)
    results = sarif(tmp_path, capsys)["runs"][0]["results"]
    assert isinstance(results, list)
    levels = {(one["ruleId"], one["level"]) for one in results}
    assert ("s3-public-access-block-off", "note") in levels
    assert ("s3-public-access-block-off", "error") in levels


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("google_storage_bucket", "Nothing to fix in what was looked into.\n"),
        ("random_id", "Nothing to fix.\n"),
    ],
)
def test_nothing_is_said_to_be_fine_that_nobody_looked_into(
    kind: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(f'resource "{kind}" "a" {{\n  name = "a"\n}}\n')
    assert main(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith(said)


def test_at_one_place_the_worst_comes_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "data" {\n  bucket = "acme"\n}\n')
    main(["check", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if "main.tf:1  " in line] == ["high", "medium"]


def test_a_fix_that_closes_several_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # no two of the settled rules share a fix
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "data" {\n  bucket = "acme"\n}\n')
    main(["check", str(tmp_path)])
    said = capsys.readouterr().out
    assert said.count("add a public access block") == 1
    assert "  Fix (safe): As for s3-public-access-block-missing above.\n" in said
