"""Which subnets and groups a repair takes, and when nobody can choose."""

from __future__ import annotations

import pytest

from remediations.networks import Members, choose_groups, choose_subnets
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

USER = 'resource "aws_sagemaker_model" "user" {\n  name = "user"\n}\n'
VPC = "  vpc_id = aws_vpc.ml.id\n"


def subnet(name: str, more: str = "", vpc: str = VPC) -> str:
    return f'resource "aws_subnet" "{name}" {{\n{vpc}{more}}}\n'


def chosen(text: str, grammar: Grammar, *, groups: bool = False) -> Members | str:
    module = read(USER + text, grammar).modules[0]
    user = module.of_kind("aws_sagemaker_model")[0]
    return (choose_groups if groups else choose_subnets)(module, user)


@pytest.mark.parametrize(
    ("text", "all", "first"),
    [
        (subnet("a"), "[aws_subnet.a.id]", "aws_subnet.a.id"),
        (subnet("a", "  count = 2\n"), "aws_subnet.a[*].id", "aws_subnet.a[0].id"),
        (
            subnet("a", '  for_each = toset(["x"])\n'),
            "values(aws_subnet.a)[*].id",
            "values(aws_subnet.a)[*].id[0]",
        ),
        (subnet("a") + subnet("public"), "[aws_subnet.a.id]", "aws_subnet.a.id"),
        (
            subnet("a") + subnet("b", "  map_public_ip_on_launch = true\n"),
            "[aws_subnet.a.id]",
            "aws_subnet.a.id",
        ),
        (
            'variable "private_subnet_ids" {\n  type = list(string)\n}\n',
            "var.private_subnet_ids",
            "var.private_subnet_ids[0]",
        ),
        ('variable "subnet_id" {}\n', "[var.subnet_id]", "var.subnet_id"),
        (
            'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n',
            "module.vpc.private_subnets",
            "module.vpc.private_subnets[0]",
        ),
        ('data "aws_subnets" "x" {}\n', "data.aws_subnets.x.ids", "data.aws_subnets.x.ids[0]"),
    ],
)
def test_one_clear_candidate_is_taken(text: str, all: str, first: str, grammar: Grammar) -> None:
    assert chosen(text, grammar) == Members(all, first)


def test_a_subnet_with_a_route_to_the_internet_is_public(grammar: Grammar) -> None:
    text = (
        subnet("a")
        + subnet("b")
        + 'resource "aws_internet_gateway" "g" {}\n'
        + 'resource "aws_route_table" "t" {\n}\n'
        + 'resource "aws_route" "out" {\n  route_table_id = aws_route_table.t.id\n'
        + "  gateway_id = aws_internet_gateway.g.id\n}\n"
        + 'resource "aws_route_table_association" "b" {\n  subnet_id = aws_subnet.b.id\n'
        + "  route_table_id = aws_route_table.t.id\n}\n"
    )
    assert chosen(text, grammar) == Members("[aws_subnet.a.id]", "aws_subnet.a.id")


def test_what_a_neighbour_uses_comes_first(grammar: Grammar) -> None:
    text = subnet("a") + subnet("c", vpc="  vpc_id = aws_vpc.other.id\n")
    neighbour = (
        'resource "aws_sagemaker_notebook_instance" "n" {\n  subnet_id = aws_subnet.c.id\n'
        "  security_groups = [aws_security_group.x.id]\n}\n"
    )
    assert isinstance(chosen(text, grammar), str)
    assert chosen(text + neighbour, grammar) == Members("[aws_subnet.c.id]", "aws_subnet.c.id")
    found = chosen(text + neighbour, grammar, groups=True)
    assert found == Members("[aws_security_group.x.id]", "aws_security_group.x.id")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no private subnet"),
        (subnet("a") + subnet("b", vpc="  vpc_id = 2\n"), "several private subnets"),
        (subnet("a") + 'variable "subnet_ids" {}\n', "several private subnets"),
        ('variable "subnet_ids" {\n  default = []\n}\n', "no private subnet"),
        ('variable "subnet_ids" {\n  type = set(string)\n}\n', "no private subnet"),
        (subnet("a", "  map_public_ip_on_launch = var.public\n"), "no private subnet"),
    ],
)
def test_nobody_chooses_where_the_text_does_not(text: str, reason: str, grammar: Grammar) -> None:
    found = chosen(text, grammar)
    assert isinstance(found, str)
    assert reason in found


def test_several_security_groups_are_not_chosen_from(grammar: Grammar) -> None:
    group = 'resource "aws_security_group" "{}" {{\n}}\n'
    one = chosen(group.format("a"), grammar, groups=True)
    assert one == Members("[aws_security_group.a.id]", "aws_security_group.a.id")
    two = chosen(group.format("a") + group.format("b"), grammar, groups=True)
    assert isinstance(two, str)
    assert "several security groups" in two
