"""The schema that is shipped accepts what the reader accepts, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.config_reader import parse
from bot.repo_config import ConfigError
from remediations import glob

SCHEMA = json.loads((files("bot") / "lockstitch.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

ODD = st.sampled_from(
    [
        ".",
        "./a",
        "a/../b",
        "/a",
        "a//b",
        "a/",
        "!a",
        "a[",
        "[a]",
        "[!a]b",
        "[]",
        "a\\b",
        "{a}",
        "**",
        "**/x",
        "*.tf",
        "x.tfvars",
        "../x.tfvars",
        "x.tfvars.json",
        "/x.tfvars",
        "é",
        "off",
        "on",
        "no",
        "false",
        "neutral",
        "failure",
        "high",
        "prod",
        "a]",
    ]
) | st.sampled_from(["", "a\n", "a b", "x" * 301])
TEXT = ODD | st.text(alphabet="ab/.*?[]!{}\\-\n 1", max_size=8)
WILD = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT


def mostly(
    usual: st.SearchStrategy[Any], *others: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    """Usually what belongs there, now and then what does not."""
    rare = st.one_of(*others, WILD)
    return st.integers(0, 9).flatmap(lambda die: rare if die == 0 else usual)


def one_or_many(usual: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return mostly(usual | st.lists(mostly(usual), min_size=1, max_size=3), st.just([]))


def table(
    shape: dict[str, st.SearchStrategy[Any]], stray: Callable[[str], bool] = lambda _: True
) -> st.SearchStrategy[Any]:
    usual = st.fixed_dictionaries({}, optional=shape)
    odd = st.dictionaries(
        st.sampled_from(["x", "", "fail_on", "name"]).filter(stray), WILD, max_size=1
    )
    return mostly(usual, st.builds(lambda one, two: {**two, **one}, usual, odd), st.just([]))


GLOBS = one_or_many(st.sampled_from(["envs/prod", "**/live", "vendor/", ".", "[ab]/x?"]) | TEXT)
ENVIRONMENT = mostly(
    st.none()
    | table(
        {
            "level": mostly(st.sampled_from(["dev", "staging", "prod"])),
            "paths": GLOBS,
            "tfvars": one_or_many(st.sampled_from(["prod.tfvars", "a/b.tfvars.json"])),
            "workspaces": one_or_many(st.sampled_from(["prod", "eu-1"])),
        }
    )
)
NAMES = st.sampled_from(["prod", "no", "eu-1", "a.b", "x" * 64]) | st.sampled_from(
    ["", "a b", "-a", "x" * 65, "é"]
)
DOCUMENT = table(
    {
        "environments": mostly(st.dictionaries(NAMES, ENVIRONMENT, max_size=2)),
        "fail_on": mostly(st.sampled_from(["info", "low", "medium", "high", "critical"])),
        "rules": mostly(
            st.dictionaries(
                st.sampled_from(["s3-acl-public", "CKV_AWS_145"]),
                mostly(st.sampled_from(["off", False])),
                max_size=2,
            )
        ),
        "paths": table({"exclude": GLOBS}),
        "on_error": mostly(st.sampled_from(["failure", "neutral"])),
        "on_unparsed": mostly(st.sampled_from(["failure", "neutral"])),
    }
)


def is_read(text: str) -> bool:
    try:
        parse(text.encode())
    except ConfigError:
        return False
    return True


@settings(max_examples=1500, deadline=None)
@given(DOCUMENT)
def test_reader_and_schema_agree(document: Any) -> None:
    agreed = VALIDATOR.is_valid(document)
    assert is_read(json.dumps(document)) is agreed
    assert is_read(yaml.safe_dump(document, allow_unicode=True)) is agreed


@settings(max_examples=1500, deadline=None)
@given(TEXT.map(lambda text: text[:300]))
def test_globs_are_the_same_in_both(text: str) -> None:
    shape = {"$defs": SCHEMA["$defs"], "$ref": "#/$defs/glob"}
    assert Draft202012Validator(shape).is_valid(text) is (glob.problem(text) is None)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_documents_are_of_both_kinds() -> None:
    """Otherwise the test above would agree on nothing but refusals."""
    seen: list[bool] = []

    @settings(max_examples=300, deadline=None, database=None)
    @given(DOCUMENT)
    def look(document: Any) -> None:
        seen.append(VALIDATOR.is_valid(document))

    look()
    assert 0.1 < sum(seen) / len(seen) < 0.9
