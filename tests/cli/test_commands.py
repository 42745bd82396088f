"""The command line, from files on the disk to words and exit codes."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from bot.cli.main import main

BUCKET = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
OPEN = (
    'resource "aws_s3_bucket_public_access_block" "data" {\n'
    "  bucket                  = aws_s3_bucket.data.id\n"
    "  block_public_acls       = false\n"
    "  block_public_policy     = true\n"
    "  ignore_public_acls      = true\n"
    "  restrict_public_buckets = true\n"
    "}\n"
)


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTITCH_CACHE_DIR", str(tmp_path_factory.getbasetemp().parent))


def write(root: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (root / f"{name}.tf").write_text(text)
    return root


def test_findings_end_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write(tmp_path, main=BUCKET + OPEN))]) == 1
    said = capsys.readouterr().out
    assert "main.tf:6  high  Public access block is off  [s3-public-access-block-off]" in said
    assert "Fix (safe): Turn the public access block on." in said
    assert "\033[" not in said


def test_nothing_at_the_threshold_ends_with_0(tmp_path: Path) -> None:
    path = write(tmp_path, main=BUCKET + OPEN)
    assert main(["check", str(path), "--fail-on", "critical"]) == 0
    assert main(["check", str(path), "--fail-on", "critical", "--environment", "prod"]) == 1


def test_an_unreadable_file_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, main=BUCKET + OPEN, broken='resource "x" {\n  a = 1 b = 2\n}\n')
    assert main(["check", str(path)]) == 2
    said = capsys.readouterr().out
    assert "broken.tf:2  not analysed:" in said
    assert "s3-public-access-block-off" in said


def test_a_link_is_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    write(tmp_path / "real", main=BUCKET)
    (tmp_path / "link.tf").symlink_to(tmp_path / "real" / "main.tf")
    assert main(["check", str(tmp_path)]) == 2


def test_wrong_usage_ends_with_64(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere")]) == 64
    assert "does not exist" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["check", "--what"])
    assert ended.value.code == 64
    assert main(["explain", "s3-acl-publi"]) == 64
    assert "Did you mean s3-acl-public" in capsys.readouterr().err
    assert main(["review", "nonsense"]) == 64


def test_an_empty_directory_is_nothing_to_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path)]) == 0
    assert "Nothing to check" in capsys.readouterr().out


def test_json_keeps_its_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((files("bot.formats") / "report.schema.json").read_text("utf-8"))
    path = write(tmp_path, main=BUCKET + OPEN, broken="resource {")
    main(["check", str(path), "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, schema)
    by_rule = {finding["rule"]: finding for finding in report["findings"]}
    offered = {
        "safety": "review",  # a public policy may stand in the file that could not be read
        "title": "Turn the public access block on",
        "offer": "suggestion",
        "proved": False,
    }
    assert by_rule["s3-public-access-block-off"]["fix"] == offered
    main(["check", str(path), "--format", "json", "--prove"])
    proved = json.loads(capsys.readouterr().out)
    jsonschema.validate(proved, schema)
    by_rule = {finding["rule"]: finding for finding in proved["findings"]}
    assert by_rule["s3-public-access-block-off"]["fix"] == offered | {"proved": True}
    assert report["not_analysed"][0]["path"] == "broken.tf"
    main(
        ["check", str(tmp_path / "broken.tf"), "--format", "json", "--output", str(tmp_path / "o")]
    )
    jsonschema.validate(json.loads((tmp_path / "o").read_text()), schema)


def test_sarif_names_rules_and_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(write(tmp_path, main=BUCKET + OPEN)), "--format", "sarif"])
    run = json.loads(capsys.readouterr().out)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "main.tf"
        assert place["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["lockstitch/v1"]


def test_fix_shows_before_it_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, main=BUCKET + OPEN)
    assert main(["fix", str(path)]) == 0
    shown = capsys.readouterr()
    assert "-  block_public_acls       = false\n+  block_public_acls       = true" in shown.out
    assert "left: main.tf:1 s3-encryption-missing: its fix is review" in shown.err
    assert (path / "main.tf").read_text() == BUCKET + OPEN

    (path / "main.tf").chmod(0o640)
    assert main(["fix", str(path), "--write"]) == 0
    assert (path / "main.tf").read_text() == BUCKET + OPEN.replace("false", "true")
    assert (path / "main.tf").stat().st_mode & 0o777 == 0o640
    assert main(["check", str(path)]) == 0

    assert main(["fix", str(path), "--write", "--up-to", "review"]) == 0
    assert "aws_kms_key" in (path / "kms.tf").read_text()
    capsys.readouterr()
    assert main(["fix", str(path), "--up-to", "replace"]) == 0
    assert capsys.readouterr().out == ""


def test_explain_takes_foreign_ids(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "CKV_AWS_53"]) == 0
    assert capsys.readouterr().out.startswith("# s3-public-access-block-off\n")


def test_serve_says_which_setting_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCKSTITCH_DATA_DIR", str(tmp_path))
    assert main(["serve"]) == 64
    assert "LOCKSTITCH_GITHUB_WEBHOOK_SECRET is not set" in capsys.readouterr().err
    monkeypatch.setenv("LOCKSTITCH_GITHUB_WEBHOOK_SECRET", " ")
    assert main(["serve"]) == 64
    assert "is empty" in capsys.readouterr().err
