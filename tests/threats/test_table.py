"""docs/security.md names a test for each threat, and each of these is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(
    r"^\| (\d+) \| (?P<threat>[^|]+) \| (?P<defence>[^|]+) \| `(?P<file>[^`:]+)::(?P<test>\w+)` \|$"
)


def rows() -> dict[int, re.Match[str]]:
    lines = (ROOT / "docs" / "security.md").read_text().splitlines()
    return {int(found[1]): found for line in lines if (found := ROW.match(line))}


def test_every_threat_has_its_row_and_its_test() -> None:
    table = rows()
    assert list(table) == list(range(1, 31))
    for number, row in table.items():
        tree = ast.parse((ROOT / row["file"]).read_text())
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert row["test"] in names, row["test"]
        assert row["test"].startswith(f"test_threat_{number:02}_")


def test_every_test_of_a_threat_is_in_the_table() -> None:
    written = {row["test"] for row in rows().values()}
    for path in Path(__file__).parent.glob("test_*.py"):
        for found in re.findall(r"^def (test_threat_\w+)\(", path.read_text(), re.MULTILINE):
            assert found in written, found


def test_an_absent_surface_is_called_so_in_both_places() -> None:
    for row in rows().values():
        source = (ROOT / row["file"]).read_text()
        body = source[source.index(f"def {row['test']}(") :].split("\ndef ")[0]
        says = "surface absent" in row["defence"].lower()
        assert says == ("surface absent" in body.lower()), row["test"]
