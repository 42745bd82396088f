"""What a directory holds, what refers to what, and what belongs to whom."""

from __future__ import annotations

import pytest

from remediations.iam.order import needs
from remediations.model import Profile, Unknown
from remediations.terraform.belonging import owner_of
from remediations.terraform.files import is_override
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module, Resource
from remediations.terraform.provider import least_minor
from tests.engine.rules_for_tests import read

BUCKETS = """
resource "aws_s3_bucket" "a" {
  bucket = local.name
}

resource "aws_s3_bucket" "b" {
  count  = 2
  bucket = "b-${count.index}"
}

locals {
  name = "acme-a"
  held = aws_s3_bucket.a.id
  deep = { x = [local.held] }
}

variable "other" {}
"""


def module_of(text: str | dict[str, str], grammar: Grammar) -> Module:
    return read(text, grammar).modules[0]


def asked(value: str, grammar: Grammar) -> tuple[Module, Resource]:
    text = f'{BUCKETS}\nresource "companion" "c" {{\n  bucket = {value}\n}}\n'
    module = module_of(text, grammar)
    return module, module.of_kind("companion")[0]


def test_resources_and_data_in_the_order_of_files(grammar: Grammar) -> None:
    module = module_of(
        {
            "b.tf": 'resource "x" "two" {}\n',
            "a.tf": 'data "x" "one" {}\n\nmodule "m" {\n  source = "./m"\n}\n',
        },
        grammar,
    )
    assert [r.address for r in module.resources] == ["data.x.one", "x.two"]
    assert [r.path for r in module.of_kind("x")] == ["b.tf"]
    assert module.resource("data.x.one") is module.resources[0]
    assert module.resource("x.one") is None


def test_each_directory_is_a_module(grammar: Grammar) -> None:
    codebase = read({"main.tf": "", "a/main.tf": "", "a/b/x.tf": "", "a/more.tf": ""}, grammar)
    found = {m.directory: [d.path for d in m.documents] for m in codebase.modules}
    assert found == {"": ["main.tf"], "a": ["a/main.tf", "a/more.tf"], "a/b": ["a/b/x.tf"]}


def test_attributes_by_their_path(grammar: Grammar) -> None:
    text = 'resource "x" "y" {\n  rule {\n    by {\n      key = 1\n    }\n  }\n}\n'
    resource = module_of(text, grammar).resources[0]
    found = resource.attribute("rule.by.key")
    assert found is not None
    assert found.name == "key"
    assert resource.attribute("rule.key") is None
    assert resource.attribute("gone.key") is None


@pytest.mark.parametrize(
    ("value", "owner"),
    [
        ("aws_s3_bucket.a.id", "aws_s3_bucket.a"),
        ("aws_s3_bucket.b[count.index].id", "aws_s3_bucket.b"),
        ('"${aws_s3_bucket.a.bucket}"', "aws_s3_bucket.a"),
        ("local.held", "aws_s3_bucket.a"),
        ("local.deep.x[0]", "aws_s3_bucket.a"),
        ('"acme-a"', "aws_s3_bucket.a"),
        ('"acme-${"a"}"', "aws_s3_bucket.a"),
        ("<<-EOT\n    ${aws_s3_bucket.a.id}\n  EOT\n", "aws_s3_bucket.a"),
        ('"somebody-elses"', None),
        ("module.lake.bucket", None),
        ("data.aws_s3_bucket.lake.id", None),
        ("null", None),
    ],
)
def test_whose_companion_it_is(value: str, owner: str | None, grammar: Grammar) -> None:
    _, companion = asked(value, grammar)
    found = owner_of(companion, "bucket", "aws_s3_bucket")
    assert not isinstance(found, Unknown)
    assert (found.address if found else None) == owner


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("var.other", "`var.other` has no default"),
        ("each.value", "`each.value` differs from instance to instance"),
        (
            "var.other ? aws_s3_bucket.a.id : aws_s3_bucket.b[0].id",
            "it may mean `aws_s3_bucket.a` or `aws_s3_bucket.b`",
        ),
        ('"${module.lake.prefix}-${var.other}"', "`module.lake.prefix` comes from another module"),
        ('join("-", local.gone)', "`local.gone` is not declared in this module"),
    ],
)
def test_whose_companion_cannot_be_told(value: str, reason: str, grammar: Grammar) -> None:
    _, companion = asked(value, grammar)
    assert owner_of(companion, "bucket", "aws_s3_bucket") == Unknown(reason)


def test_a_companion_that_names_nothing_may_belong_to_anybody(grammar: Grammar) -> None:
    _, companion = asked("1", grammar)
    assert isinstance(owner_of(companion, "gone", "aws_s3_bucket"), Unknown)


def test_references_go_through_locals_and_end_in_circles(grammar: Grammar) -> None:
    text = (
        'resource "x" "y" {}\n\nlocals {\n  a = [local.b, x.y.id]\n  b = local.a\n}\n\n'
        'resource "z" "z" {\n  one = local.b\n  two = data.x.y.id\n}\n'
    )
    module = module_of(text, grammar)
    one, two = module.of_kind("z")[0].body.attributes.values()
    assert module.references(one.value) == ("x.y",)
    assert module.references(two.value) == ()
    assert [(r.address, name) for r, name in module.users_of("x.y")] == [("z.z", "one")]


@pytest.mark.parametrize("name", ["local.c.d", 'local.c["d"]', "local.a[0].d"])
def test_references_go_into_locals(name: str, grammar: Grammar) -> None:
    text = (
        'resource "x" "y" {}\n\nlocals {\n  c = { d = x.y.id }\n  a = [local.c]\n}\n\n'
        f'resource "z" "z" {{\n  one = {name}\n}}\n'
    )
    module = module_of(text, grammar)
    (one,) = module.of_kind("z")[0].body.attributes.values()
    assert module.references(one.value) == ("x.y",)


def test_who_depends_on_whom(grammar: Grammar) -> None:
    text = (
        'resource "a" "a" {\n  x = b.b.id\n}\n\nresource "b" "b" {\n  x {\n    y = c.c.id\n  }\n}\n'
        '\nresource "c" "c" {}\n'
    )
    module = module_of(text, grammar)
    a, c = module.of_kind("a")[0], module.of_kind("c")[0]
    assert c.place in needs(a)
    assert a.place not in needs(c)


@pytest.mark.parametrize(
    ("constraint", "majors"),
    [
        ('"~> 5.80"', (5,)),
        ('"~> 5"', (5, 6)),
        ('">= 4"', (4, 5, 6)),
        ('">= 3.50, < 4.67"', (3, 4)),
        ('"< 4.0"', (1, 2, 3)),
        ('"<= 4.1, != 3.0"', (1, 2, 3, 4)),
        ('"> 5.1"', (5, 6)),
        ('"3.76.1"', (3,)),
        ('"~> 2.70"', (2,)),
        ('"~> 9.0"', (5, 6)),
        ("var.version", (5, 6)),
        ('{ source = "hashicorp/aws", version = "= 4.2.0" }', (4,)),
        ('{ source = "hashicorp/aws" }', (5, 6)),
    ],
)
def test_versions_of_the_provider(
    constraint: str, majors: tuple[int, ...], grammar: Grammar
) -> None:
    text = f"terraform {{\n  required_providers {{\n    aws = {constraint}\n  }}\n}}\n"
    assert module_of(text, grammar).aws_majors == majors


@pytest.mark.parametrize(
    ("constraint", "least"),
    [
        (">= 6.42", 42),
        ("~> 6.30, != 6.31, < 6.40", 30),
        ("6.28.0", 28),
        ("> 6.9, >= 5.99", 9),
        ("~> 6", 0),
        (">= 5.80", 0),
        ("what?", 0),
    ],
)
def test_the_oldest_release_that_is_allowed(constraint: str, least: int, grammar: Grammar) -> None:
    text = f'terraform {{\n  required_providers {{\n    aws = "{constraint}"\n  }}\n}}\n'
    files = {"m/main.tf": text, "main.tf": 'module "m" {\n  source = "./m"\n}\n'}
    root = read(files, grammar).roots(Profile())[0].module
    assert [least_minor(module, 6) for module in root.family] == [0, least]


def test_every_constraint_of_a_module_counts(grammar: Grammar) -> None:
    form = 'terraform {{\n  required_providers {{\n    aws = "{}"\n  }}\n}}\n'
    files = {"a.tf": form.format(">= 3.0"), "b.tf": form.format("< 5.0.0")}
    assert module_of(files, grammar).aws_majors == (3, 4)


LOCK = (
    'provider "registry.terraform.io/hashicorp/{}" {{\n  version = "{}"\n  hashes  = ["h1:x"]\n}}\n'
)
ASKS = 'terraform {{\n  required_providers {{\n    aws = "{}"\n  }}\n}}\n'
CALLS = 'module "m" {\n  source = "./m"\n}\n'


@pytest.mark.parametrize(
    ("asked", "lock", "majors", "least"),
    [
        (">= 4.0", LOCK.format("aws", "5.31.0"), (5,), 31),
        (None, LOCK.format("aws", "4.67.0"), (4,), 67),
        ("~> 6.0", LOCK.format("aws", "5.31.0"), (6,), 0),
        (">= 4.0", LOCK.format("random", "3.1.0"), (4, 5, 6), 0),
        (">= 4.0", "not HCL [", (4, 5, 6), 0),
        (">= 4.0", 'provider "registry.opentofu.org/hashicorp/aws" {\n}\n', (4, 5, 6), 0),
    ],
)
def test_the_lock_file_of_a_root_chooses_for_all_its_modules(
    asked: str | None, lock: str, majors: tuple[int, ...], least: int, grammar: Grammar
) -> None:
    files = {
        "main.tf": CALLS + (ASKS.format(asked) if asked else ""),
        "m/main.tf": 'resource "x" "y" {}\n',
        "m/.terraform.lock.hcl": LOCK.format("aws", "3.0.0"),
        ".terraform.lock.hcl": lock,
    }
    codebase = read(files, grammar)
    root = codebase.roots(Profile())[0].module
    assert [module.aws_majors for module in root.family] == [majors, majors]
    assert {least_minor(module, majors[0]) for module in root.family} == {least}
    assert not any(one.blocking for one in codebase.not_analysed)
    assert all(module.unread == () for module in codebase.modules)


def test_a_module_and_its_callers_agree_on_a_version(grammar: Grammar) -> None:
    files = {"main.tf": CALLS + ASKS.format("~> 4.0"), "m/main.tf": ASKS.format(">= 3.0")}
    root = read(files, grammar).roots(Profile())[0].module
    assert [module.aws_majors for module in root.family] == [(4,), (4,)]


def test_no_constraint_means_the_newest(grammar: Grammar) -> None:
    assert module_of('resource "x" "y" {}\n', grammar).aws_majors == (5, 6)


def test_override_files(grammar: Grammar) -> None:
    assert [is_override(path) for path in ("override.tf", "a/override.tf", "x_override.tf")] == [
        True,
        True,
        True,
    ]
    assert not is_override("overrides.tf")
