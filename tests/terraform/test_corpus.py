"""The corpus run itself, on a directory of two files that are read and one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terraform.corpus import main


def test_the_table_counts_what_it_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tf").write_text('x "y" {\n  a = [1]\n}\n')
    (tmp_path / "same.tf").write_text('x "y" {\n  a = [1]\n}\n')
    (tmp_path / "b.tfvars").write_text("a = 1\n")
    (tmp_path / "broken.tf").write_text("a = \n")
    (tmp_path / "notes.txt").write_text("not Terraform")
    assert main(tmp_path) == 0
    said = capsys.readouterr()
    assert "rejected: broken.tf: line 1, column 5" in said.out
    for row in (
        "files | 3",
        "parsed | 2",
        "spans equal (files) | 2",
        "insert element: verified | 1",
    ):
        assert f"| {row} |" in said.out
    assert said.err == ""
