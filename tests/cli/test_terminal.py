"""What stands between a report and the person or program that reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.cli.progress import FROM, Shown, shown

ROOT = Path(__file__).parents[2]
BUCKET = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'


@pytest.fixture
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in fra").mkdir()
    (tmp_path / "in fra" / "main.tf").write_text(BUCKET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results(text: str) -> list[str]:
    run = json.loads(text)["runs"][0]
    return [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
    ]


def test_paths_can_be_opened_from_here(infra: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "in fra"])
    assert "in fra/main.tf:1  high" in capsys.readouterr().out
    main(["check", "in fra", "--format", "sarif"])
    assert set(results(capsys.readouterr().out)) == {"in%20fra/main.tf"}
    main(["check", "in fra", "--format", "json"])
    assert {f["path"] for f in json.loads(capsys.readouterr().out)["findings"]} == {"main.tf"}
    assert infra.is_dir()


def test_a_diff_applies_from_here(infra: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "in fra", "--up-to", "review"]) == 0
    patch = capsys.readouterr().out
    done = subprocess.run(
        ["git", "apply", "--verbose"], input=patch, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "aws_s3_bucket_public_access_block" in (infra / "in fra" / "main.tf").read_text()


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_nothing_is_still_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert main(["check", str(tmp_path), "--format", form]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document.get("findings", document.get("runs", [{}])[0].get("results")) == []


def test_a_reader_that_leaves_early_is_no_accident(infra: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check", str(infra)],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == ""


def _checked(infra: Path, more: str) -> subprocess.CompletedProcess[str]:
    """A check as a shell runs it, with a redirection."""
    return subprocess.run(
        ["sh", "-c", f'"$0" -m bot check "$1" --no-cache {more}', sys.executable, str(infra)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
    )


def test_a_check_says_all_before_its_process_ends_at_once(infra: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    for more in ("", "2>&-", f"--format json --output {told}"):
        done = _checked(infra, more)
        assert done.returncode == 1, done.stderr
        assert "s3-public-access-block-missing" in (done.stdout or told.read_text())
    document = json.loads(told.read_text())
    assert document["findings"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_report_that_finds_no_room_is_not_passed_over(infra: Path) -> None:
    done = _checked(infra, ">/dev/full")
    assert done.returncode != 0
    assert "No space left on device" in done.stderr


def test_odd_letters_reach_a_plain_terminal(infra: Path) -> None:
    (infra / "in fra" / "main.tf").rename(infra / "in fra" / "bücher.tf")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check", str(infra)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 1, done.stderr
    assert r"b\xfccher.tf:1" in done.stdout


def test_progress_moves_and_clears_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    files = {f"{number}.tf": b"" for number in range(FROM + 1)}
    assert shown(files) is files
    for path in Shown(files):
        Shown(files)[path]
    counted = Shown(files)
    assert dict(counted) == files
    said = capsys.readouterr().err
    assert "\rReading 50 of 201 files" in said
    assert said.endswith("\r\033[K")


def test_no_colour_without_a_terminal(infra: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert infra.is_dir()
    seen = {}
    for name, variables in {"plain": {"NO_COLOR": "1"}, "bright": {}}.items():
        monkeypatch.delenv("NO_COLOR", raising=False)
        for key, value in variables.items():
            monkeypatch.setenv(key, value)
        leader, follower = os.openpty()
        done = subprocess.run(
            [sys.executable, "-m", "bot", "check", str(infra)],
            stdout=follower,
            stderr=subprocess.DEVNULL,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        os.close(follower)
        seen[name] = os.read(leader, 4096)
        os.close(leader)
        assert done.returncode == 1
    assert b"\033[" not in seen["plain"]
    assert b"\033[31mhigh" in seen["bright"]
