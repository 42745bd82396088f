"""Which images make their machines ask for a token: those that Amazon publishes, shown to be so."""

from __future__ import annotations

import pytest

from remediations.machine_images import asks_for_token
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

AMAZONS = 'owners = ["amazon"]'
NAMED = 'name_regex = "^al2023-ami-2023"'
FILTER = 'filter {{\n    name   = "{0}"\n    values = [{1}]\n  }}'
IMAGE = "data.aws_ami.one.id"
MACHINE = 'resource "aws_instance" "m" {{\n  ami = {0}\n}}\n'


def image(*lines: str, name: str = "one") -> str:
    return f'data "aws_ami" "{name}" {{\n  ' + "\n  ".join(lines) + "\n}\n"


def asks(text: str, grammar: Grammar) -> bool:
    (module,) = read(text, grammar).modules
    (machine,) = (one for one in module.resources if one.type == "aws_instance")
    return asks_for_token(machine, module)


@pytest.mark.parametrize(
    "lines",
    [
        (AMAZONS, NAMED),
        ('owners = ["137112412989"]', NAMED),
        (FILTER.format("owner-alias", '"amazon"'), NAMED),
        (AMAZONS, FILTER.format("name", '"al2023-ami-*-x86_64"')),
        (AMAZONS, FILTER.format("name", "local.names")),
    ],
)
def test_an_image_of_amazon_linux_2023_asks(lines: tuple[str, ...], grammar: Grammar) -> None:
    names = 'locals {\n  names = ["al2023-ami-2023.*", "al2023-ami-minimal-*"]\n}\n'
    text = image(*lines).replace("[local.names]", "local.names")
    assert asks(names + text + MACHINE.format(IMAGE), grammar)


@pytest.mark.parametrize(
    "lines",
    [
        (NAMED,),
        (AMAZONS,),
        ('owners = ["self"]', NAMED),
        ('owners = ["amazon", "123456789012"]', NAMED),
        ("owners = var.owners", NAMED),
        (FILTER.format("owner-id", '"amazon"'), NAMED),
        (AMAZONS, 'name_regex = "^amzn2-ami"'),
        (AMAZONS, 'name_regex = ".*al2023-ami-"'),
        (AMAZONS, FILTER.format("name", '"al2023-ami-*", "amzn2-ami-*"')),
        (AMAZONS, FILTER.format("description", '"al2023-ami-*"')),
        (AMAZONS, FILTER.format("name", "var.name")),
    ],
)
def test_of_any_other_nobody_can_tell(lines: tuple[str, ...], grammar: Grammar) -> None:
    variables = 'variable "owners" {\n}\n\nvariable "name" {\n}\n'
    assert not asks(variables + image(*lines) + MACHINE.format(IMAGE), grammar)


@pytest.mark.parametrize(
    ("value", "is_shown"),
    [
        (IMAGE, True),
        ("local.image", True),
        (f"var.is_large ? {IMAGE} : local.image", True),
        ("data.aws_ssm_parameter.published.value", True),
        ('"resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"', True),
        ("data.aws_ssm_parameter.own.value", False),
        ('"resolve:ssm:/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2"', False),
        ('"ami-0123456789abcdef0"', False),
        ("var.image", False),
        (f"coalesce(var.image, {IMAGE})", False),
        (f'var.is_large ? "ami-0123456789abcdef0" : {IMAGE}', False),
        (f"var.is_large ? data.aws_ami.other.id : {IMAGE}", False),
        ("null", False),
    ],
)
def test_all_that_a_machine_may_start_from_has_to_be_one(
    value: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = (
        f"locals {{\n  image = {IMAGE}\n}}\n"
        'variable "is_large" {\n  type = bool\n}\n\nvariable "image" {\n}\n'
        'data "aws_ssm_parameter" "published" {\n'
        '  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"\n}\n'
        'data "aws_ssm_parameter" "own" {\n  name = "/acme/image"\n}\n'
    )
    images = image(AMAZONS, NAMED) + image(AMAZONS, 'name_regex = "^amzn2-ami"', name="other")
    assert asks(text + images + MACHINE.format(value), grammar) is is_shown


def test_a_machine_that_names_no_image_shows_none(grammar: Grammar) -> None:
    assert not asks('resource "aws_instance" "m" {\n  instance_type = "g5.xlarge"\n}\n', grammar)


def test_one_of_many_is_not_shown_by_its_key(grammar: Grammar) -> None:
    many = MACHINE.format('each.value\n  for_each = toset(["ami-1", "ami-2"])')
    assert not asks(many, grammar)
