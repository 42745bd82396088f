"""No edit makes a cycle, whatever the way back to the policy is."""

from __future__ import annotations

import pytest

from remediations.codebase import Codebase
from remediations.terraform.grammar import Grammar

from .policies import reasons, report, scoped

MAIN = """
resource "aws_s3_bucket" "training" {
  bucket = NAME
}

resource "aws_iam_role" "job" {
  assume_role_policy = "{}"

  inline_policy {
    policy = jsonencode({
      Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
    })
  }
}

resource "aws_sagemaker_model" "job" {
  execution_role_arn = aws_iam_role.job.arn

  primary_container {
    model_data_url = "s3://${aws_s3_bucket.training.id}/model.tar.gz"
  }
}

module "names" {
  source = "SOURCE"
CALL}
"""
NAMES = """
variable "role" {
  type    = string
  default = ""
}

resource "random_id" "of_role" {
  keepers = { role = var.role }
}

resource "random_id" "alone" {
  byte_length = 4
}

output "of_role" {
  value = random_id.of_role.hex
}

output "alone" {
  value = random_id.alone.hex
}
"""
ROLE = "  role   = aws_iam_role.job.name\n"
WAITS = "  depends_on = [aws_iam_role.job]\n"
CYCLES = {
    "through an output and an input": ("module.names.of_role", "./names", ROLE),
    "through a local": ("local.name", "./names", ROLE),
    "a module that waits": ("module.names.alone", "./names", WAITS),
    "a module that is not looked into": ("module.names.any", "example/names/any", ROLE),
}
NO_CYCLES = {
    "an output that needs no role": ("module.names.alone", "./names", ROLE),
    "an input that is no role": ("module.names.of_role", "./names", '  role   = "x"\n'),
    "a literal": ('"acme-training"', "./names", ROLE),
}


def _read(name: str, source: str, call: str, grammar: Grammar) -> Codebase:
    main = MAIN.replace("NAME", name).replace("SOURCE", source).replace("CALL", call)
    main += 'locals {\n  name = "${module.names.of_role}-data"\n}\n'
    files = {"main.tf": main, "names/main.tf": NAMES}
    return Codebase.read({path: text.encode() for path, text in files.items()}, grammar)


@pytest.mark.parametrize("way", CYCLES)
def test_what_waits_for_the_policy_is_not_named_in_it(way: str, grammar: Grammar) -> None:
    start = _read(*CYCLES[way], grammar)
    assert reasons(start) == [
        "`aws_s3_bucket.training` depends on this policy, so a reference to it would be a cycle."
    ]


@pytest.mark.parametrize("way", NO_CYCLES)
def test_what_does_not_wait_is_named(way: str, grammar: Grammar) -> None:
    made = scoped(_read(*NO_CYCLES[way], grammar))
    assert '"${aws_s3_bucket.training.arn}/*"' in made.documents["main.tf"].source.text
    assert report(made).findings == ()


@pytest.mark.parametrize("way", CYCLES)
def test_the_proof_refuses_a_cycle_that_a_rule_did_not_see(
    way: str, grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remediations.iam.choice.needs", lambda *_: frozenset())
    monkeypatch.setattr("remediations.iam.choice.out_of_sight", lambda *_: None)
    (reason,) = reasons(_read(*CYCLES[way], grammar))
    assert "which needs it too" in reason
