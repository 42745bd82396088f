"""Which paths a glob means."""

from __future__ import annotations

import pytest

from remediations.glob import covers, problem


@pytest.mark.parametrize(
    ("glob", "path", "is_covered"),
    [
        ("vendor", "vendor/a/main.tf", True),
        ("vendor/", "vendor/main.tf", True),
        ("vendor", "vendored/main.tf", False),
        ("vendor", "a/vendor/main.tf", False),
        ("**/vendor", "a/b/vendor/main.tf", True),
        ("**/vendor", "vendor/main.tf", True),
        ("**/vendor", "a/myvendor/main.tf", False),
        ("*.tf", "main.tf", True),
        ("*.tf", "a/main.tf", False),
        ("**/*.tf", "a/b/main.tf", True),
        ("**/*.tf", "main.tf", True),
        ("a/*/c", "a/b/c/main.tf", True),
        ("a/*/c", "a/b/b/c/main.tf", False),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/b/b/c/main.tf", True),
        ("a/**", "a", True),
        ("a/**", "ab/main.tf", False),
        ("test-[ab]?", "test-a1/main.tf", True),
        ("test-[!ab]", "test-a/main.tf", False),
        ("Vendor", "vendor/main.tf", False),
        (".", "main.tf", True),
        ("**", "", True),
        ("*", "", False),
    ],
)
def test_what_a_glob_covers(glob: str, path: str, is_covered: bool) -> None:  # noqa: FBT001 - a case, not called
    assert problem(glob) is None
    assert covers(glob, path) is is_covered


def test_a_glob_of_many_stars_costs_little() -> None:
    # A matcher that tries every way would not come back.
    assert not covers("/".join(["**", "*a*a*a*a*a*b"] * 12), "/".join(["a" * 60] * 60))
