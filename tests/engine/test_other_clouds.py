"""What no rule is about is named, once, and fails nothing."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import NotAnalysed, Profile
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

LAKE = 'resource "google_storage_bucket" "lake" {\n  name = "lake"\n}\n'
ACCOUNT = '\nresource "azurerm_storage_account" "a" {\n  name = "a"\n}\n'


def notes(files: dict[str, str] | str, grammar: Grammar) -> tuple[NotAnalysed, ...]:
    return detect(read(files, grammar), Profile()).not_analysed


def test_each_cloud_is_named_at_its_first_resource(grammar: Grammar) -> None:
    google, azure = notes(LAKE + ACCOUNT + LAKE.replace("lake", "other"), grammar)
    assert google.reason == "Google Cloud is not looked into: the rules are about AWS"
    assert (google.path, google.line, google.blocking) == ("main.tf", 1, False)
    assert azure.reason == "Azure is not looked into: the rules are about AWS"
    assert azure.line == 5


def test_two_providers_of_one_cloud_are_one(grammar: Grammar) -> None:
    held = ACCOUNT + 'resource "azapi_resource" "b" {\n  type = "b"\n}\n'
    assert len(notes(held, grammar)) == 1


def test_many_roots_with_one_cloud_are_one_note(grammar: Grammar) -> None:
    (note,) = notes({"b/main.tf": LAKE, "a/main.tf": "\n" + LAKE, "c/main.tf": LAKE}, grammar)
    assert (note.path, note.line) == ("a/main.tf", 2)


def test_a_called_module_speaks_for_its_caller(grammar: Grammar) -> None:
    call = 'module "lake" {\n  source = "./lake"\n}\n'
    (note,) = notes({"main.tf": call, "lake/main.tf": LAKE}, grammar)
    assert note.path == "lake/main.tf"


@pytest.mark.parametrize(
    "held",
    [
        'resource "random_id" "a" {\n  byte_length = 4\n}\n',
        'resource "helm_release" "a" {\n  name = "a"\n}\n',
        'data "google_project" "a" {\n}\n',
        'resource "aws_sqs_queue" "googled" {\n  sqs_managed_sse_enabled = true\n}\n',
    ],
)
def test_what_is_no_other_cloud_is_not_named(held: str, grammar: Grammar) -> None:
    assert not [note for note in notes(held, grammar) if "rules are about" in note.reason]
