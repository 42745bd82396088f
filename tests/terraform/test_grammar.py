"""Where the grammar's tables are kept, and that they still are what ``tree`` expects."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hcl2
import pytest
from hcl2.parser import parser

from remediations.source import SourceFile
from remediations.terraform.by_grammar import parse_by_grammar
from remediations.terraform.grammar import Grammar
from remediations.terraform.scan import scan

NOBODY = 65534
ROOT = Path(__file__).parents[2]
# Imports come first: another user may not read this checkout.
CHILD = """
import json, os, sys
import hcl2.parser, lark.exceptions
from pathlib import Path
from remediations.source import SourceFile
from remediations.terraform.grammar import Grammar
from remediations.terraform.by_grammar import parse_by_grammar
from remediations.terraform.scan import scan
user, cache = int(sys.argv[1]), Path(sys.argv[2])
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
try:
    (cache.parent / "probe").touch()
    sys.exit("the directory can be written: this test tests nothing")
except OSError:
    pass
source = SourceFile.of("a.tf", "a = 1\\n")
print(list(parse_by_grammar(source, scan(source), Grammar.load(cache)).body.attributes))
"""


def names(grammar: Grammar, text: str = "a = 1\n") -> list[str]:
    source = SourceFile.of("a.tf", text)
    return list(parse_by_grammar(source, scan(source), grammar).body.attributes)


def test_without_a_cache_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert names(Grammar.load()) == ["a"]
    assert list(tmp_path.iterdir()) == []


def test_a_cache_is_written_once_and_used(tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "grammar.cache"
    assert names(Grammar.load(cache)) == ["a"]
    assert [path.name for path in cache.parent.iterdir()] == ["grammar.cache"]
    written = cache.stat().st_mtime_ns
    assert names(Grammar.load(cache)) == ["a"]
    assert cache.stat().st_mtime_ns == written


@pytest.mark.parametrize("content", [b"", b"not a cache", b"\x80\x04"])
def test_a_broken_cache_is_written_anew(content: bytes, tmp_path: Path) -> None:
    cache = tmp_path / "grammar.cache"
    cache.write_bytes(content)
    assert names(Grammar.load(cache)) == ["a"]
    assert cache.stat().st_size > 1000


def test_a_cache_that_cannot_have_a_directory_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    assert names(Grammar.load(tmp_path / "file" / "deep" / "grammar.cache")) == ["a"]


@pytest.mark.parametrize("content", [None, b"stale"])
def test_another_user_on_a_read_only_installation_can_parse(
    content: bytes | None, tmp_path: Path
) -> None:
    if os.getuid() == 0 and not _is_open_to_all(Path(hcl2.__file__)):
        pytest.skip("NOT TESTED HERE: other users cannot read this environment's packages")
    where = tmp_path / "installed"
    where.mkdir()
    if content is not None:
        (where / "grammar.cache").write_bytes(content)
        (where / "grammar.cache").chmod(0o444)
    _open(tmp_path)
    where.chmod(0o555)
    run = subprocess.run(
        [sys.executable, "-c", CHILD, str(NOBODY), str(where / "grammar.cache")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    where.chmod(0o755)
    assert (run.stdout, run.stderr) == ("['a']\n", "")


def _open(directory: Path) -> None:
    """Let other users pass through pytest's own directories, up to the system's."""
    for part in (directory, *directory.parents):
        if part.stat().st_uid == os.getuid() and not part.stat().st_mode & stat.S_IXOTH:
            part.chmod(part.stat().st_mode | stat.S_IXOTH)


def _is_open_to_all(file: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in file.resolve().parents)


def test_threads_share_one_grammar(grammar: Grammar) -> None:
    texts = [f"a{number} = [{number}, f(x)]\n" * 1 for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: names(grammar, text), texts))
    assert found == [[f"a{number}"] for number in range(200)]


def test_the_rules_that_the_tree_knows_are_in_the_grammar() -> None:
    rules = {str(rule.alias or rule.origin.name) for rule in parser().rules}
    known = {
        "start", "body", "attribute", "block", "string", "string_part", "interpolation",
        "int_lit", "float_lit", "expr_term", "object", "object_elem", "object_elem_key", "tuple",
        "function_call", "arguments", "index_expr_term", "get_attr_expr_term", "get_attr",
        "attr_splat_expr_term", "full_splat_expr_term", "braces_index", "short_index",
        "binary_op", "binary_term", "binary_operator", "unary_op", "conditional",
        "for_tuple_expr", "for_object_expr", "for_intro", "for_cond", "new_line_or_comment",
        "literal_value", "template_string", "template_if_start", "template_else",
        "template_endif", "template_for_start", "template_endfor",
    }  # fmt: skip # names in the grammar's order
    assert known - rules == set()
