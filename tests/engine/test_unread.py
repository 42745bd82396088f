"""What nobody reads makes no difference: whoever asks finds what was there all along."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile
from remediations.rule import judged_kinds, rules
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module

TEXT = """
resource "aws_s3_bucket" "a" {
  bucket = local.name
}

resource "google_thing" "by_name" {
  of   = [aws_s3_bucket.a.arn]
  also = "${local.held}-${aws_s3_bucket.a.id}"
}

resource "google_thing" "by_local" {
  of {
    what = local.deep.x
  }
}

resource "aws_s3_bucket_policy" "between" {
  bucket = aws_s3_bucket.a.id
  policy = google_thing.by_name.id
}

data "google_thing" "looked_up" {
  of = data.google_thing.other.name
}

data "google_thing" "other" {
  name = "aws_s3_bucket"
}

locals {
  name = "acme-a"
  held = aws_s3_bucket.a.id
  deep = { x = [local.held] }
}
"""


def module(text: str, grammar: Grammar, monkeypatch: pytest.MonkeyPatch, *, lazily: bool) -> Module:
    if not lazily:
        monkeypatch.setattr("remediations.codebase._needed", lambda _: lambda *_: True)
    found = Codebase.read({"main.tf": text.encode()}, grammar).modules[0]
    monkeypatch.undo()
    return found


def unread(module: Module) -> list[str]:
    return [one.address for one in module.resources if one.block.body.is_unread]


def test_only_what_rules_judge_is_read_at_once(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    lazy = module(TEXT, grammar, monkeypatch, lazily=True)
    left = ["google_thing.by_name", "google_thing.by_local"]
    left += ["data.google_thing.looked_up", "data.google_thing.other"]
    assert unread(lazy) == left
    assert unread(module(TEXT, grammar, monkeypatch, lazily=False)) == []


def test_users_are_the_same_in_the_same_order_and_no_other_is_read(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    lazy = module(TEXT, grammar, monkeypatch, lazily=True)
    eager = module(TEXT, grammar, monkeypatch, lazily=False)

    def users(module: Module, address: str) -> list[tuple[str, str]]:
        return [(one.address, name) for one, name in module.users_of(address)]

    told = users(lazy, "aws_s3_bucket.a")
    assert told == users(eager, "aws_s3_bucket.a")
    assert told == [
        ("google_thing.by_name", "of"),
        ("google_thing.by_name", "also"),
        ("google_thing.by_local", "what"),
        ("aws_s3_bucket_policy.between", "bucket"),
    ]
    assert unread(lazy) == ["data.google_thing.looked_up", "data.google_thing.other"]
    for one in eager.resources:
        assert users(lazy, one.address) == users(eager, one.address)


def test_what_is_made_several_times_is_read_at_once(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        'variable "n" {\n  default = 0\n}\nresource "google_thing" "a" {\n  count = var.n\n}\n'
        'resource "google_thing" "b" {\n  c = 1\n}\n'
    )
    lazy = module(text, grammar, monkeypatch, lazily=True)
    assert [one.address for one in lazy.of_kind("google_thing")] == ["google_thing.b"]
    assert unread(lazy) == ["google_thing.b"]


def test_a_file_with_an_error_in_what_nobody_needs_is_not_analysed(grammar: Grammar) -> None:
    text = 'resource "google_thing" "a" {\n  b = 1\n  b = 2\n}\n'
    codebase = Codebase.read({"main.tf": text.encode()}, grammar)
    assert [one.reason for one in codebase.not_analysed] == [
        "`b` is set twice in this block (line 3, column 3)"
    ]
    assert codebase.not_analysed[0].blocking


def test_a_check_reads_nothing_of_another_cloud(grammar: Grammar) -> None:
    codebase = Codebase.read({"main.tf": TEXT.replace("aws_", "azurerm_").encode()}, grammar)
    assert detect(codebase, Profile()).findings == ()
    assert len(unread(codebase.modules[0])) == 6


def test_what_is_looked_up_is_of_a_kind_of_its_own(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(
        f'{type} "{kind}" "a" {{\n  b = 1\n}}\n'
        for kind in ("aws_iam_policy_document", "aws_s3_bucket")
        for type in ("resource", "data")
    )
    lazy = module(text, grammar, monkeypatch, lazily=True)
    assert unread(lazy) == ["aws_iam_policy_document.a", "data.aws_s3_bucket.a"]


def test_every_kind_that_a_rule_judges_is_known_without_loading_it() -> None:
    assert {"aws_s3_bucket", "data.aws_iam_policy_document", "variable"} <= judged_kinds()
    assert judged_kinds() == {kind for rule in rules() for kind in rule.resources}


def test_what_is_judged_by_rules_that_are_off_alone_waits_too(grammar: Grammar) -> None:
    text = 'resource "aws_sqs_queue" "a" {\n  name = "a"\n}\n'
    judges = frozenset(rule.id for rule in rules() if "aws_sqs_queue" in rule.resources)
    for off, left in ((frozenset[str](), []), (judges, ["aws_sqs_queue.a"])):
        codebase = Codebase.read({"main.tf": text.encode()}, grammar, off=off)
        assert detect(codebase, Profile(rules_off=off)).findings == () or not off
        assert unread(codebase.modules[0]) == left
