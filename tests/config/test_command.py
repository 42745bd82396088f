"""``lockstitch check-config``, from a file on the disk to words and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.config_reader import parse
from bot.forge.port import Conclusion
from remediations.model import Severity


def test_a_usable_file_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".lockstitch.yml").write_text("rules: {s3-acl-public: off}\n")
    assert main(["check-config", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/.lockstitch.yml can be used.\n"


def test_every_problem_ends_with_64(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.yml"
    path.write_text("fail_on: severe\nrules: {s3-acl-publi: off}\n")
    assert main(["check-config", str(path)]) == 64
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{path}:1:10: `fail_on` has to be one of info,")
    assert second.endswith("did you mean `s3-acl-public`?")


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check-config"]) == 64
    assert ".lockstitch.yml cannot be read: No such file" in capsys.readouterr().err


def test_the_schema_can_be_had(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == ".lockstitch.yml"


def test_the_page_shows_a_file_that_can_be_used() -> None:
    text = Path("docs/configuration.md").read_text().split("```yaml\n")[1].split("```")[0]
    config = parse(text.encode())
    assert [one.name for one in config.environments] == ["production"]
    assert config.exclude == ("sandbox/",)
    assert (config.fail_on, len(config.rules_off)) == (Severity.MEDIUM, 1)
    assert config.on_error is config.on_unparsed is Conclusion.NEUTRAL
