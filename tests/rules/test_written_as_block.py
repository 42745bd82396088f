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
