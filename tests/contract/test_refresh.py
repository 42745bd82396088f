"""Refreshing the cut says by name what the vendor changed."""

from __future__ import annotations

import json

from scripts.contract_changes import document_changes, text_changes


def document(**operations: object) -> str:
    schema = {"properties": {"a": {"type": "string"}}}
    return json.dumps({"paths": {"/user": operations}, "components": {"schemas": {"user": schema}}})


def test_operations_and_fields_are_named() -> None:
    old = document(get={"x": 1}, delete={})
    new = document(get={"x": 2}, post={}).replace('"a"', '"b"')
    assert list(document_changes(old, new)) == [
        "- DELETE /user",
        "~ GET /user",
        "+ POST /user",
        "~ schemas user: -a, +b",
    ]
    assert list(document_changes(old, old)) == []


def test_lines_of_the_schema_are_shown() -> None:
    assert list(text_changes("a\n  b: Int\n", "a\n  b: Int!\n")) == ["- b: Int", "+ b: Int!"]
