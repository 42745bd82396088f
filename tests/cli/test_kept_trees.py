"""A tree that was written down is the one that was parsed; only what changed is parsed again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from bench.generate import tree
from bot.cli import shares
from bot.cli.kept import KeptReport, Reports
from bot.cli.kept_trees import KeptTrees, keep
from bot.cli.main import main
from bot.cli.tree_text import NoTree, read, written
from remediations import codebase as reading
from remediations.codebase import Codebase
from remediations.model import Profile
from remediations.source import SourceFile, Unreadable
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Document
from remediations.terraform.tree import parse
from remediations.terraform.unread import Needed
from tests.rules.pages import all_examples
from tests.terraform.edges import EDGES, Edge
from tests.terraform.generate import SLOW_DRAWS, files

BUCKET = b'resource "aws_s3_bucket" "a" {\n  bucket = "acme-a"\n}\n'
ROLE = b'resource "aws_iam_role" "r" {\n  name = "r"\n}\n'
PAGES = [
    text
    for kind in ("before", "good")
    for example in all_examples(kind)
    for text in example.files.values()
]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were parsed, in order."""
    paths: list[str] = []

    def watched(source: SourceFile, grammar: Grammar, needed: Needed | None = None) -> Document:
        paths.append(source.path)
        return parse(source, grammar, needed)

    monkeypatch.setattr(reading, "parse", watched)
    return paths


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "reports"


def documents(place: Path, held: dict[str, bytes], grammar: Grammar, here: str = "/a") -> object:
    """What one run reads, which keeps what it parsed."""
    trees = KeptTrees(Reports(place), here)
    found = Codebase.read(held, grammar, trees).documents
    keep(trees)
    return found


def is_same(text: str, grammar: Grammar) -> bool:
    """Whether a text's tree comes back as it was; True where there is none."""
    source = SourceFile.of("main.tf", text)
    try:
        document = parse(source, grammar)
    except Unreadable:
        return True
    line = written(document)
    return line is not None and "\n" not in line and read(line, source) == document


@pytest.mark.parametrize("edge", [one for one in EDGES if one.read], ids=lambda one: repr(one.text))
def test_edges_come_back_as_they_were(edge: Edge, grammar: Grammar) -> None:
    assert is_same(edge.text, grammar)


def test_every_page_comes_back_as_it_was(grammar: Grammar) -> None:
    assert len(PAGES) > 150
    for text in PAGES:
        assert is_same(text, grammar), text


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files())
def test_generated_text_comes_back_as_it_was(text: str, grammar: Grammar) -> None:
    assert is_same(text, grammar)


def test_what_nobody_has_read_is_written_unread_and_comes_back_so(grammar: Grammar) -> None:
    text = 'locals {}\nresource "a" "b" {\n  c = [1] # d\n}\nresource "a" "d" {\n  e = 1\n}\n'
    source = SourceFile.of("main.tf", text)
    document = parse(source, grammar, lambda *_: False)
    assert document.body.blocks()[2].body.attributes
    line = written(document)
    assert line is not None
    again = read(line, source)
    assert [block.body.is_unread for block in document.body.blocks()] == [False, True, False]
    assert [block.body.is_unread for block in again.body.blocks()] == [False, True, False]
    assert again == document
    assert again == parse(source, grammar)
    assert again.comments == document.comments


def test_what_is_nested_too_deeply_is_not_written(grammar: Grammar) -> None:
    chain = " + ".join(["a"] * 2_000)
    source = SourceFile.of("main.tf", f"locals {{\n  a = 1\n  b = {chain}\n}}\n")
    assert written(parse(source, grammar)) is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{}",
        "[[],[0,1,[]]]",
        "[[],[0,1],[]]",
        "[[],[0,1,[[99,0,1]]],[]]",
        "[[],[0,1,[7]],[]]",
        "[[[1]],[0,1,[]],[]]",
        "[[],[0,1,[]],[0]]",
        '[[],[0,1,[[14,0,1,"a",[0,1],[0,0,1,1]]]],[0]]',
        "[" * 100_000,
    ],
)
def test_a_line_of_another_shape_is_no_tree(line: str) -> None:
    with pytest.raises(NoTree):
        read(line, SourceFile.of("main.tf", ""))


def test_only_what_changed_is_parsed_again(
    place: Path, parsed: list[str], grammar: Grammar
) -> None:
    held = {"main.tf": BUCKET, "m/main.tf": ROLE, "m/v.tfvars": b"a = 1\n", "m/o.tofu": BUCKET}
    first = documents(place, held, grammar)
    assert sorted(parsed) == sorted(held)
    parsed.clear()
    assert documents(place, held, grammar) == first
    assert parsed == []
    changed = held | {"m/main.tf": ROLE + b"# more\n"}
    assert documents(place, changed, grammar) == Codebase.read(changed, grammar).documents
    assert parsed[0] == "m/main.tf"
    assert len(parsed) == 1 + len(held)


def test_a_moved_file_is_parsed_again(place: Path, parsed: list[str], grammar: Grammar) -> None:
    documents(place, {"a.tf": BUCKET}, grammar)
    documents(place, {"b.tf": BUCKET}, grammar)
    assert parsed == ["a.tf", "b.tf"]


def test_another_place_has_trees_of_its_own(
    place: Path, parsed: list[str], grammar: Grammar
) -> None:
    documents(place, {"main.tf": BUCKET}, grammar, "/a")
    documents(place, {"main.tf": ROLE}, grammar, "/b")
    documents(place, {"main.tf": BUCKET}, grammar, "/a")
    assert parsed == ["main.tf"] * 2


def test_a_lock_file_is_kept_too_and_json_is_parsed_each_time(
    place: Path, parsed: list[str], grammar: Grammar
) -> None:
    lock = b'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.1.0"\n}\n'
    made = {"resource": {"aws_s3_bucket": {"a": {"bucket": "${var.a}", "tags": [1, None]}}}}
    held = {".terraform.lock.hcl": lock, "main.tf.json": json.dumps(made).encode()}
    for _ in range(2):
        documents(place, held, grammar)
    assert parsed == [".terraform.lock.hcl", "main.tf.json", "main.tf.json"]


def test_what_nobody_asks_for_any_more_is_left_out(place: Path, grammar: Grammar) -> None:
    documents(place, {"a.tf": BUCKET, "b.tf": ROLE}, grammar)
    (before,) = place.iterdir()
    size = before.stat().st_size
    documents(place, {"a.tf": BUCKET + b"#\n"}, grammar)
    (after,) = place.iterdir()
    assert after == before
    assert after.stat().st_size < size


def test_a_line_that_is_there_is_copied_and_nothing_is_written_twice(
    place: Path, grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []

    def watched(document: Document) -> str | None:
        lines.append(document.path)
        return written(document)

    monkeypatch.setattr("bot.cli.kept_trees.written", watched)
    documents(place, {"a.tf": BUCKET, "b.tf": ROLE}, grammar)
    assert lines == ["a.tf", "b.tf"]
    trees = KeptTrees(Reports(place), "/a")
    Codebase.read({"a.tf": BUCKET, "b.tf": ROLE + b"#\n"}, grammar, trees)
    keep(trees)
    assert lines == ["a.tf", "b.tf", "b.tf"]
    (entry,) = place.iterdir()
    entry.unlink()
    keep(trees)
    assert not [*place.iterdir()]


def harmed(place: Path) -> Iterator[None]:
    """An entry that is cut short, then one that is whole and says something else."""
    (entry,) = place.iterdir()
    entry.write_bytes(entry.read_bytes()[:-10])
    yield
    held = Reports(place).find(entry.name)
    assert held is not None
    text = "\n".join(line.split(" ")[0] + " [7]" for line in held.text.split("\n"))
    Reports(place).write({entry.name: KeptReport(text, 0)})
    yield


def test_what_was_harmed_is_parsed_again(place: Path, parsed: list[str], grammar: Grammar) -> None:
    first = documents(place, {"main.tf": BUCKET}, grammar)
    for number, _ in enumerate(harmed(place), 2):
        assert documents(place, {"main.tf": BUCKET}, grammar) == first
        assert parsed == ["main.tf"] * number


def test_a_file_that_cannot_be_read_is_named_each_time(
    place: Path, parsed: list[str], grammar: Grammar
) -> None:
    for _ in range(2):
        trees = KeptTrees(Reports(place), "/a")
        found = Codebase.read({"a.tf": b"a {\n", "b.tf": ROLE}, grammar, trees)
        keep(trees)
        assert [one.path for one in found.not_analysed] == ["a.tf"]
    assert parsed == ["a.tf", "b.tf", "a.tf"]


@pytest.fixture
def check(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parsed: list[str]
) -> Callable[..., list[str]]:
    """What a check of a directory parses, after a change to its files."""
    monkeypatch.setattr("bot.cli.check.reports_cache", lambda: place)

    def once(changes: dict[str, bytes], *arguments: str, name: str = "code") -> list[str]:
        (tmp_path / name).mkdir(exist_ok=True)
        for path, text in changes.items():
            (tmp_path / name / path).write_bytes(text)
        parsed.clear()
        main(["check", str(tmp_path / name), *arguments])
        return [*parsed]

    return once


def test_from_the_second_check_on_what_is_parsed_is_kept(
    check: Callable[..., list[str]], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check({"a.tf": BUCKET, "b.tf": ROLE}) == ["a.tf", "b.tf"]
    assert len([*place.iterdir()]) == 2  # the report, and that there was a run here
    assert check({"b.tf": ROLE + b"# more\n"}) == ["a.tf", "b.tf"]
    assert check({"b.tf": ROLE + b"# still more\n"}) == ["b.tf"]
    assert capsys.readouterr().out.count("s3-public-access-block-missing") == 3


def test_nothing_is_kept_where_nobody_wants_it(
    check: Callable[..., list[str]], place: Path
) -> None:
    for number in range(3):
        assert check({"a.tf": BUCKET, "b.tf": b"#" * number}, "--no-cache") == ["a.tf", "b.tf"]
    assert not place.exists()


def test_two_directories_of_one_user_do_not_forget_each_other(
    check: Callable[..., list[str]],
) -> None:
    for number in range(2):
        check({"main.tf": BUCKET, "n.tf": b"#" * number}, name="one")
        check({"main.tf": ROLE, "n.tf": b"#" * number}, name="two")
    assert check({"n.tf": b"# one more\n"}, name="one") == ["n.tf"]


def test_a_part_of_a_large_directory_is_kept_too(
    place: Path, parsed: list[str], grammar: Grammar
) -> None:
    held = {path: text.encode() for path, text in tree(66).items()}
    changed = next(path for path in held if path.startswith("stacks/team_001/"))
    for number in range(3):
        parsed.clear()
        now = held | {changed: held[changed] + b"#" * number}
        shares.examined_in(1, shares.Question(now, (), Profile(), grammar, Reports(place)))
    assert parsed == [changed]
