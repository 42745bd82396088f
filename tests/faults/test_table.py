"""docs/faults.md names a test for each fault, on the shapes that it really runs on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.faults.soak import PARTS

ROOT = Path(__file__).parents[2]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SOAK = re.compile(r"`make soak PART=(\w+)`")
FIXTURES = {
    "product": "both",
    "hasty": "both",
    "standing": "both",
    "alone": "embedded",
    "shop": "production",
}


def rows() -> list[list[str]]:
    """Number, fault, what holds, tests, shape; a row without a number belongs to the one before."""
    lines = (ROOT / "docs" / "faults.md").read_text().splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if "`" in line and line.startswith("|")
    ]


def functions(path: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def shape_of(test: ast.FunctionDef) -> str:
    """As its fixtures say; without one of ours it starts what it needs, or nothing at all."""
    found = {FIXTURES[one.arg] for one in test.args.args if one.arg in FIXTURES}
    if found:
        (shape,) = found
        return shape
    return "production" if any(one.arg == "broker_url" for one in test.args.args) else "-"


def test_there_is_a_row_for_each_of_the_forty_three() -> None:
    numbers = [int(row[0]) for row in rows() if row[0]]
    assert numbers == list(range(1, 44))
    assert all(row[1] and row[2] for row in rows() if row[0])
    assert all(TEST.search(row[3]) or SOAK.search(row[3]) for row in rows())


def test_each_test_is_there_and_runs_on_the_shapes_that_are_named() -> None:
    for row in rows():
        named, _, why = row[4].partition(":")
        assert named in ("both", "embedded", "production", "-")
        assert bool(why) == (named in ("embedded", "production")), row
        for part in SOAK.findall(row[3]):
            assert part in PARTS
        for path, name in TEST.findall(row[3]):
            assert name in functions(path), f"{path}::{name}"
            if path.startswith("tests/faults/"):
                shape = shape_of(functions(path)[name])
                assert shape == named or (shape == "-" and named == "embedded"), name


def test_each_test_of_the_suite_is_in_the_table() -> None:
    written = {name for row in rows() for _, name in TEST.findall(row[3])}
    for path in Path(__file__).parent.glob("test_*.py"):
        if path != Path(__file__):
            names = functions(path.relative_to(ROOT).as_posix())
            assert {one for one in names if one.startswith("test_")} <= written, path
