"""What a value is worth; what the text does not settle is Unknown with a reason, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remediations.codebase import Codebase
from remediations.model import Known, Unknown, Value
from remediations.terraform.functions import FUNCTIONS
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module
from remediations.terraform.source_of_value import source_of
from remediations.terraform.template import MAX_TEXT

MODULE = """
variable "open" {
  default = false
}

variable "region" {
  type = string
}

variable "nothing" {
  default = null
}

locals {
  name   = "acme-${local.team}"
  team   = "fraud"
  list   = ["a", "b"]
  map    = { key = { inner = 7 } }
  one    = local.two
  two    = local.one
  secret = var.region
  zone   = (data.aws_availability_zones.all.zone_ids[0])
  found  = local.zone != null
}
"""


def module_of(text: str, grammar: Grammar) -> Module:
    return Codebase.read({"main.tf": text.encode()}, grammar).modules[0]


def worth(expression: str, grammar: Grammar) -> Value:
    module = module_of(MODULE + f"\nlocals {{\n  asked = {expression}\n}}\n", grammar)
    return module.evaluate(module.locals["asked"][0].value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("true", True),
        ("null", None),
        ("var.nothing", None),
        ("var.open", False),
        ("!var.open", True),
        ("local.name", "acme-fraud"),
        ('"${local.name}-${1 == 1}"', "acme-fraud-true"),
        ("local.list[1]", "b"),
        ('local.map["key"].inner', 7),
        ("local.map.key.inner", 7),
        ("(var.open)", False),
        ('var.open ? "a" : "b"', "b"),
        ('"true" ? "a" : "b"', "a"),
        ("1.0 == 1", True),
        ("1 == true", False),
        ('"1" == 1', False),
        ("[1] == [true]", False),
        ("aws_kms_key.a.arn != null", True),
        ("null == aws_vpc.a.id", False),
        ("data.aws_subnets.a.ids[0] == null", False),
        ("local.zone != null", True),
        ("[var.region] == null", False),
        ("{ a = var.region } != null", True),
        ('try(local.found, "x")', True),
        ('{ a = 1 } == { "a" = 1 }', True),
        ('"${1.0}"', 1.0),
        ('"x${1.0}"', "x1"),
        ('"x${1e3}"', "x1000"),
        ('"x${0.0000001}"', "x0.0000001"),
        ('"${null}"', None),
        ('"${[1]}"', (1,)),
        ("local.list[*]", ("a", "b")),
        ("[for x in local.list : x]", ("a", "b")),
        ("1 + 1", 2),
        ("-3", -3),
        ("<<-EOT\n  hello ${local.team}\nEOT\n", "hello fraud\n"),
        ('coalesce(null, "", "x")', "x"),
        ('concat(local.list, ["c"])', ("a", "b", "c")),
        ('contains(local.list, "a")', True),
        ('format("%s-%d%%", local.team, 3)', "fraud-3%"),
        ('join(",", ["a", 1])', "a,1"),
        ('jsonencode({ b = 1.0, a = ["<é>", null] })', '{"a":["\\u003cé\\u003e",null],"b":1}'),
        ("keys({ b = 1, a = 2 })", ("a", "b")),
        ("values({ b = 1, a = 2 })", (2, 1)),
        ("length(toset([local.team, local.team]))", 1),
        ('toset(["b", "a"])', ("a", "b")),
        ('lookup(local.map, "no", 5)', 5),
        ("merge({ a = 1 }, null, { a = 2 })", {"a": 2}),
        ('replace("a-b", "-", "_")', "a_b"),
        ('tobool("true")', True),
        ("tostring(1.50)", "1.5"),
    ],
)
def test_known(expression: str, value: object, grammar: Grammar) -> None:
    found = worth(expression, grammar)
    assert found == Known(value)
    # Known(1) == Known(True) in Python, never in Terraform.
    assert isinstance(found, Known)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("var.region", "`var.region` has no default"),
        ("local.secret", "`var.region` has no default"),
        ('"x-${var.region}"', "`var.region` has no default"),
        ("[var.region]", "`var.region` has no default"),
        ("var.gone", "`var.gone` is not declared in this module"),
        ("local.gone", "`local.gone` is not declared in this module"),
        ("aws_s3_bucket.a.arn", "`aws_s3_bucket.a.arn` is only known after apply"),
        ("data.aws_region.here.name", "`data.aws_region.here.name` is looked up when Terraform"),
        ("module.x.y", "`module.x.y` comes from another module"),
        ("aws_s3_bucket.a.tags != null", "`aws_s3_bucket.a.tags` is only known after apply"),
        ("aws_s3_bucket.a.arn == var.region", "`aws_s3_bucket.a.arn` is only known after apply"),
        ("aws_s3_bucket.a[0].arn != null", "`aws_s3_bucket.a[0].arn` is only known after apply"),
        ("other_thing.a.arn != null", "`other_thing.a.arn` is only known after apply"),
        ("data.aws_subnets.a.ids != null", "`data.aws_subnets.a.ids` is looked up when"),
        ("data.aws_vpcs.a.ids[*] != null", "`data.aws_vpcs.a.ids[*]` is looked up when"),
        ("one(aws_kms_key.a[*].arn) != null", "`aws_kms_key.a[*].arn` is only known after apply"),
        ("try(aws_kms_key.a.arn, null) != null", "`aws_kms_key.a.arn` is only known after apply"),
        ("can(data.aws_subnets.a.ids[0] != null)", "`data.aws_subnets.a.ids[0]` is looked up"),
        ("try(data.aws_vpcs.a.ids[0] != null, 1)", "`data.aws_vpcs.a.ids[0]` is looked up when"),
        ("[for arn in [aws_vpc.a.arn] : arn != null]", "`aws_vpc.a.arn` is only known after apply"),
        ("each.value.name", "`each.value.name` differs from instance to instance"),
        ("terraform.workspace", "`terraform.workspace` depends on where Terraform runs"),
        ("local.one", "the expression is too large to work out"),
        ("local.list[true]", "does not name a value that is written here"),
        ("local.list[2]", "`local.list[2]` does not name a value that is written here"),
        ("local.map[{ a = 1 }]", "does not name a value that is written here"),
        ("-true", "`-` is not worked out here"),
        ("null ? 1 : 2", "neither true nor false"),
        ('"x${null}"', "a value that is no text stands in a text"),
        ('"x${[1]}"', "a value that is no text stands in a text"),
        ('file("/etc/passwd")', "`file()` is not worked out here"),
        ("concat(local.list...)", "`concat()` cannot take these arguments"),
        ("coalesce(null, null)", "`coalesce()` refuses: every argument is null or empty"),
        ('coalesce("", 1)', "`coalesce()` cannot take these arguments"),
        ('concat("ab", ["c"])', "`concat()` cannot take these arguments"),
        ('contains("abc", "a")', "`contains()` cannot take these arguments"),
        ('tolist("abc")', "`tolist()` cannot take these arguments"),
        ('replace("a1", "/[0-9]/", "")', "`replace()` cannot take these arguments"),
        ('format("%s %s", "a")', "`format()` cannot take these arguments"),
        ('format("%5.1f", 1)', "`format()` cannot take these arguments"),
        ("jsonencode(1e999)", "`jsonencode()` cannot take these arguments"),
        ("lookup(local.map, [{}], 1)", "`lookup()` cannot take these arguments"),
    ],
)
def test_unknown_says_why(expression: str, reason: str, grammar: Grammar) -> None:
    found = worth(expression, grammar)
    assert isinstance(found, Unknown)
    assert reason in found.reason


BIG = "a" * (MAX_TEXT - 100)
MANY = ", ".join(['"b"'] * 2000)
GROWING = {
    "replace": f'replace("{BIG}", "a", "{BIG}")',
    "join": f'join("{BIG}", [{MANY}])',
    "jsonencode": "jsonencode(" * 30 + r'"\""' + ")" * 30,
    "doubling": "local.l0",
    "nested": "[" * 70 + "]" * 70,
}


@pytest.mark.parametrize("expression", GROWING.values(), ids=GROWING)
def test_what_would_grow_without_bound_is_unknown(expression: str, grammar: Grammar) -> None:
    doubling = "".join(f'  l{n} = "${{local.l{n + 1}}}${{local.l{n + 1}}}"\n' for n in range(10))
    text = f'locals {{\n  asked = {expression}\n{doubling}  l10 = "{"x" * 99}"\n}}\n'
    module = module_of(text, grammar)
    assert isinstance(module.evaluate(module.locals["asked"][0].value), Unknown)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("replace", (BIG, "a", "x" * 99)),
        ("join", (",", (BIG, BIG))),
        ("join", ("x" * 99, ("",) * 999)),
    ],
)
def test_what_would_be_too_large_is_not_even_built(
    name: str, arguments: tuple[object, ...]
) -> None:
    with pytest.raises(ValueError, match="the value is too large"):
        FUNCTIONS[name](*arguments)


def test_a_module_has_one_budget(grammar: Grammar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remediations.terraform.module.MAX_STEPS", 9)
    text = "".join(f"  a{number} = 0 + 1\n" for number in range(5))
    module = module_of(f"locals {{\n{text}}}\n", grammar)
    values = [module.evaluate(module.locals[f"a{number}"][0].value) for number in range(5)]
    assert values[:3] == [Known(1)] * 3
    assert all(isinstance(value, Unknown) for value in values[3:])
    # What was worked out once costs nothing more.
    assert module.evaluate(module.locals["a0"][0].value) == Known(1)


def test_where_a_value_comes_from(grammar: Grammar) -> None:
    module = module_of(
        'variable "acl" {\n  default = "public-read"\n}\n\n'
        "locals {\n  acl = var.acl\n}\n\n"
        'resource "aws_s3_bucket_acl" "a" {\n  acl = local.acl\n}\n',
        grammar,
    )
    attribute = module.resources[0].attribute("acl")
    assert attribute is not None
    source = source_of(attribute.value, module)
    assert source is not None
    assert (source.path, source.location.line, source.block) == ("main.tf", 2, "variable.acl")


def test_a_value_written_on_the_spot_comes_from_nowhere_else(grammar: Grammar) -> None:
    module = module_of('resource "aws_s3_bucket_acl" "a" {\n  acl = "private"\n}\n', grammar)
    attribute = module.resources[0].attribute("acl")
    assert attribute is not None
    assert source_of(attribute.value, module) is None


ATOMS = [
    "null", "true", "-1", "1.5", '""', '"é/x/"', '"%s"', "[]", "{}", '["a", 1]', "{ a = null }",
    "var.region", "local.list", "local.map", "each.key", '"${local.list}"',
]  # fmt: skip # pieces to draw from, not lines to read


@settings(deadline=None)
@given(
    name=st.sampled_from(sorted(FUNCTIONS)),
    arguments=st.lists(st.sampled_from(ATOMS), max_size=4),
)
def test_no_arguments_make_a_function_raise(
    name: str, arguments: list[str], grammar: Grammar
) -> None:
    assert isinstance(worth(f"{name}({', '.join(arguments)})", grammar), Known | Unknown)


OPERATIONS = ["{0} == {1}", "{0} != {1}", "{0} && {1}", "{0} ? {1} : {1}", "!({0})", "-({0})"]
PASSES = ['"x${{{0}}}"', "local.map[{0}]", "local.list[{0}]", "{{ ({0}) = {1} }}", "[{0}, {1}]"]


@settings(deadline=None)
@given(
    form=st.sampled_from([*OPERATIONS, *PASSES]),
    one=st.sampled_from(ATOMS),
    two=st.sampled_from(ATOMS),
)
def test_no_operands_make_an_expression_raise(
    form: str, one: str, two: str, grammar: Grammar
) -> None:
    assert isinstance(worth(form.format(one, two), grammar), Known | Unknown)
