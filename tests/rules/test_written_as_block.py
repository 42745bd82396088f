"""An argument that is written as a block: said once, where it begins. JSON cannot say it so."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Profile
from remediations.rule import find_rule
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

PROVIDER = 'terraform {\n  required_providers {\n    aws = "~> 5.0"\n  }\n}\n\n'
BUCKET = """\
resource "aws_s3_bucket" "data" {
  bucket = "acme-data"

  tags {
    Name = "data"
    Team = "ml"
  }
}
"""


@pytest.mark.parametrize(("begins", "is_known"), [(PROVIDER, True), ("", False)])
def test_it_is_one_finding(begins: str, grammar: Grammar, *, is_known: bool) -> None:
    """Not a certain one where nobody says which versions of Terraform and provider it is for."""
    only = (find_rule("unsupported-argument"),)
    found = detect(read(begins + BUCKET, grammar), Profile(), only=only).findings
    assert [(one.attribute, one.is_known) for one in found] == [("tags", is_known)]
    assert found[0].message.startswith("`tags` is an argument and written as a block")
    assert found[0].advice == "Write `tags = {`."


def test_a_map_is_none(grammar: Grammar) -> None:
    only = (find_rule("unsupported-argument"),)
    whole = read(PROVIDER + BUCKET.replace("tags {", "tags = {"), grammar)
    assert detect(whole, Profile(), only=only).findings == ()


NOTEBOOK = """\
resource "aws_sagemaker_notebook_instance" "explore" {
  name = "explore"

  kms_key_id {
    arn = aws_kms_key.data.arn
  }

  dynamic "root_access" {
    for_each = ["Disabled"]

    content {
      value = root_access.value
    }
  }
}
"""
RULES = """\
resource "aws_security_group" "notebooks" {
  name = "notebooks"

  ingress {
    from_port = 443
  }
}
"""


def test_a_value_of_any_kind_is_named_and_not_what_stands_inside(grammar: Grammar) -> None:
    """A list of objects may be written as blocks; a text, a number or a switch never."""
    only = (find_rule("unsupported-argument"),)
    found = detect(read(PROVIDER + NOTEBOOK, grammar), Profile(), only=only).findings
    assert [one.attribute for one in found] == ["kms_key_id", "root_access"]
    assert [one.advice for one in found] == ["Write `kms_key_id = …`.", "Write `root_access = …`."]
    assert found[0].message == (
        "`kms_key_id` is an argument and written as a block: the plan fails, and nothing in it is "
        "set."
    )
    assert detect(read(PROVIDER + RULES, grammar), Profile(), only=only).findings == ()
