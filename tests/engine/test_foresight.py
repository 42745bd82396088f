"""What is told of a repository before it is parsed: who calls whom, and what can stand apart."""

from __future__ import annotations

import pytest

from remediations.foresight import divided, foresee
from remediations.root_directories import root_directories

CALL = 'module "m" {{\n  name = "x"\n\n  source = "{}"\n}}\n'


def test_parts_hold_what_their_roots_lead_to_and_all_values() -> None:
    files = {
        "live/a/main.tf": CALL.format("../../modules/x"),
        "live/b/main.tf": "# nothing\n",
        "modules/x/main.tf": CALL.format("./y") + CALL.format("terraform-aws-modules/kms/aws"),
        "modules/x/y/main.tf": "",
        "live/a/prod.tfvars": "",
        "live/b/.terraform.lock.hcl": "",
    }
    foresight = foresee({path: text.encode() for path, text in files.items()})
    assert foresight is not None
    assert foresight.calls["live/a"] == {"modules/x"}
    assert foresight.roots == ("live/a", "live/b")
    first, second = foresight.parts(2, files, foresight.roots)
    assert first.roots == {"live/a"}
    assert first.directories == {"live/a", "modules/x", "modules/x/y"}
    assert second.paths == ("live/a/prod.tfvars", "live/b/.terraform.lock.hcl", "live/b/main.tf")
    assert foresight.elsewhere(second) == first.directories
    assert len(foresight.parts(4, files, foresight.roots)) == 2


def test_a_part_that_calls_something_else_is_told() -> None:
    calling = CALL.format("../b").encode()
    foresight = foresee({"a/main.tf": calling, "b/main.tf": b"", "c/main.tf": b""})
    assert foresight is not None
    first, second = foresight.parts(2, (), foresight.roots)
    assert foresight.holds({"a": frozenset({"b"}), "b": frozenset()}, first)
    assert not foresight.holds({"a": frozenset(), "b": frozenset()}, first)
    assert not foresight.holds({"c": frozenset({"a"})}, second)
    assert not foresight.holds({}, second)


@pytest.mark.parametrize("path", ["main.tofu", "a/main.tf.json"])
def test_what_is_not_plain_is_not_foreseen(path: str) -> None:
    assert foresee({"main.tf": b"", path: b""}) is None


def test_the_largest_shares_with_the_smallest() -> None:
    assert divided([5, 1, 3, 9, 2], 2) == [[3, 1], [0, 2, 4]]


def test_a_circle_begins_with_its_first_and_an_example_is_no_caller() -> None:
    calls = {
        "a": frozenset({"b"}),
        "b": frozenset({"a", "nowhere"}),
        "m": frozenset[str](),
        "m/examples/x": frozenset({"m"}),
    }
    assert root_directories(calls) == ("a", "m", "m/examples/x")
