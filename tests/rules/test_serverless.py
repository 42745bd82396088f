"""Which endpoints count where a model must not be given what serverless inference refuses."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

MODEL = 'resource "aws_sagemaker_model" "m" {\n  name = "m"\n}\n'
SERVERLESS = "    serverless_config {\n      max_concurrency = 5\n    }\n"
SWITCHED = (
    '    dynamic "serverless_config" {{\n      for_each = {0}\n\n'
    "      content {{\n        max_concurrency = 5\n      }}\n    }}\n"
)
INSTANCES = '    instance_type = "ml.m5.large"\n'
OFF = 'variable "on" {\n  default = false\n}\n'
RULES = ("model-network-isolation-off", "model-not-in-vpc")
SILENT: set[str] = set()


def variant(inside: str, type: str = "production_variants", name: str = "") -> str:
    named = name or "aws_sagemaker_model.m.name"
    return f"  {type} {{\n    model_name = {named}\n{inside}  }}\n"


def configuration(name: str, *held: str) -> str:
    text = "\n".join(held)
    return f'resource "aws_sagemaker_endpoint_configuration" "{name}" {{\n{text}}}\n'


def spoken(text: str | dict[str, str], grammar: Grammar, *, advice: str = "") -> set[str]:
    """The rules that speak of the model, or those whose advice has a word in it."""
    found = detect(read(text, grammar), Profile("prod")).findings
    of_model = [one for one in found if one.address == "aws_sagemaker_model.m"]
    return {one.rule for one in of_model if one.rule in RULES and advice in one.advice}


def refused(text: str | dict[str, str], grammar: Grammar) -> set[str]:
    """The rules that advise, because a serverless endpoint may use the model too."""
    return spoken(text, grammar, advice="serverless")


@pytest.mark.parametrize(
    "used",
    [
        configuration("a", variant(SERVERLESS)),
        configuration("a", variant(SERVERLESS)) + configuration("b", variant(SERVERLESS)),
        configuration("a", variant(SERVERLESS, name='"m"')),
        configuration("a", variant(SWITCHED.format('["on"]'))),
        OFF + configuration("a", "  count = var.on ? 1 : 0\n", variant(SERVERLESS)),
    ],
    ids=["one", "several", "by name", "dynamic", "switched off"],
)
def test_what_only_serverless_endpoints_use_is_left_alone(used: str, grammar: Grammar) -> None:
    assert spoken(MODEL + used, grammar) == SILENT


@pytest.mark.parametrize(
    "used",
    [
        configuration("a", variant(SERVERLESS)) + configuration("b", variant(INSTANCES)),
        configuration("a", variant(INSTANCES))
        + OFF
        + configuration("b", "  count = var.on ? 1 : 0\n", variant(SERVERLESS)),
        OFF + configuration("a", variant(SWITCHED.format('var.on ? ["on"] : []'))),
        'variable "on" {}\n' + configuration("a", variant(SWITCHED.format("var.on"))),
    ],
    ids=["both", "one is off", "one form is off", "nobody can read which"],
)
def test_what_they_use_beside_others_is_for_a_person(used: str, grammar: Grammar) -> None:
    assert spoken(MODEL + used, grammar) == set(RULES)
    assert refused(MODEL + used, grammar) == set(RULES)


@pytest.mark.parametrize(
    "used",
    [
        "",
        configuration("a", variant(INSTANCES)),
        configuration("a", variant(SERVERLESS, name='"another"')),
        MODEL.replace('"m"', '"another"')
        + configuration("a", variant(SERVERLESS, name="aws_sagemaker_model.another.name")),
    ],
    ids=["nothing", "instances", "another by name", "another"],
)
def test_what_none_uses_is_found_as_before(used: str, grammar: Grammar) -> None:
    assert spoken(MODEL + used, grammar) == set(RULES)
    assert refused(MODEL + used, grammar) == SILENT


def test_an_edit_for_one_call_would_be_one_for_the_other(grammar: Grammar) -> None:
    """Two calls of one module: what one puts on instances, the other serves without any."""
    output = 'output "name" {\n  value = aws_sagemaker_model.m.name\n}\n'
    calls = "".join(f'module "{name}" {{\n  source = "./m"\n}}\n' for name in ("a", "b"))
    used = configuration("a", variant(INSTANCES, name="module.a.name")) + configuration(
        "b", variant(SERVERLESS, name="module.b.name")
    )
    files = {"main.tf": calls + used, "m/main.tf": MODEL + output}
    assert refused(files, grammar) == set(RULES)
