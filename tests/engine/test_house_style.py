"""What a fix adds is named and tagged as the module names and tags what it has."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Safety
from remediations.plan import combine
from remediations.rule import rules
from remediations.terraform.grammar import Grammar

BUCKET = 'resource "aws_s3_bucket" "{name}" {{\n  bucket = "acme-{name}"\n{tags}}}\n'
WANTED = {"s3-access-logging-missing", "s3-encryption-missing"}
PROFILE = Profile("prod", rules_off=frozenset(r.id for r in rules()) - WANTED)


def added(files: str, grammar: Grammar) -> dict[str, str]:
    """The files that the fixes of two rules add: a bucket for logs and a key."""
    before = Codebase.read({"main.tf": files.encode()}, grammar)
    edits = combine(before, detect(before, PROFILE).findings, PROFILE, Safety.REPLACE)
    after = before.with_edits(edits)
    return {path: one.source.text for path, one in after.documents.items() if path != "main.tf"}


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("local.tags", "local.tags"),
        ('merge(local.tags, { Name = "lake" })', "local.tags"),
        ("merge(local.tags, var.tags)", "merge(local.tags, var.tags)"),
        ('merge(merge(var.tags, var.more), { Name = "x" })', "merge(var.tags, var.more)"),
        ('{ Name = "lake" }', None),
        ("module.labels.tags", None),
        ("each.value.tags", None),
        ("merge(var.tags...)", None),
    ],
)
def test_tags_that_others_share_are_given_to_what_is_new(
    said: str, written: str | None, grammar: Grammar
) -> None:
    files = added(BUCKET.format(name="lake", tags=f"\n  tags = {said}\n"), grammar)
    for path in ("access_logs.tf", "kms.tf"):
        assert files[path].count("tags = ") == (0 if written is None else 1)
        assert (f"\n\n  tags = {written}\n}}\n" in files[path]) is (written is not None)


def test_the_tags_of_most_win(grammar: Grammar) -> None:
    names = {"a": "var.odd", "b": "local.tags", "c": "local.tags"}
    text = "".join(BUCKET.format(name=n, tags=f"\n  tags = {t}\n") for n, t in names.items())
    assert added(text, grammar)["kms.tf"].count("tags = local.tags") == 1


@pytest.mark.parametrize(
    ("names", "label"),
    [(("data-lake",), "access-logs"), (("data_lake", "raw-lake"), "access_logs")],
)
def test_names_have_the_sign_of_the_others(
    names: tuple[str, ...], label: str, grammar: Grammar
) -> None:
    text = "".join(BUCKET.format(name=name, tags="") for name in names)
    assert f'resource "aws_s3_bucket" "{label}"' in added(text, grammar)["access_logs.tf"]
