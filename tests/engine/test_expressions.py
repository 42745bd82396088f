"""Loops, splats, templates, functions and values that are known in part."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remediations.codebase import Codebase
from remediations.model import Known, Unknown, Value
from remediations.terraform.evaluate import partly
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module

MODULE = """
variable "gone" {}

variable "typed" {
  type = object({
    name    = string
    count   = optional(number, 3)
    open    = optional(bool)
    deep    = optional(object({ on = optional(bool, true) }), {})
    anybody = any
  })
  default = { name = 7, anybody = [1], dropped = 1 }
}

variable "flag" {
  type    = bool
  default = "true"
}

variable "amount" {
  type    = number
  default = "12"
}

locals {
  list = ["b", "a"]
  map  = { y = 2, x = 1 }
  rows = [{ id = "one", on = true }, { id = "two", on = false }]
  some = { known = "k", gone = var.gone, ref = aws_s3_bucket.a.id }
}
"""


def module_of(expression: str, grammar: Grammar) -> Module:
    text = f"{MODULE}\nlocals {{\n  asked = {expression}\n}}\n"
    return Codebase.read({"main.tf": text.encode()}, grammar).modules[0]


def worth(expression: str, grammar: Grammar) -> Value:
    module = module_of(expression, grammar)
    return module.evaluate(module.locals["asked"][0].value)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        # Loops
        ("[for x in local.list : upper(x)]", ("B", "A")),
        ("[for i, x in local.list : i]", (0, 1)),
        ("[for k, v in local.map : k]", ("x", "y")),
        ('[for x in local.list : x if x != "a"]', ("b",)),
        ("{ for k, v in local.map : v => k }", {"1": "x", "2": "y"}),
        ("{ for r in local.rows : r.on => r.id... }", {"false": ("two",), "true": ("one",)}),
        ("[for x in [[1, 2], [3]] : [for y in x : y * 2]]", ((2, 4), (6,))),
        ("[for x in local.list : [for x in [1] : x]]", ((1,), (1,))),
        # Splats and steps
        ("local.rows[*].id", ("one", "two")),
        ("local.rows.*.id", ("one", "two")),
        ("local.map[*].x", (1,)),
        ("null[*]", ()),
        ("local.rows[0][*].id", ("one",)),
        ("merge(local.map, { z = 3 }).z", 3),
        ("[1, 2][1]", 2),
        ("(local.rows)[1].id", "two"),
        ("concat(local.list, local.list)[3]", "a"),
        ('local.list["1"]', "a"),
        # Operators
        ("7 % 3", 1),
        ("1 / 4", 0.25),
        ("0.1 + 0.2", 0.3),
        ('"3" * 2', 6),
        ("2 - 5", -3),
        ("1 < 2 && 2 >= 2", True),
        ("false && var.gone", False),
        ("var.gone || true", True),
        ('!"false"', True),
        ('true ? 1 : "a"', "1"),
        ("var.gone ? 1 : 1", 1),
        # Templates
        ('"%{ if local.map.x == 1 }yes%{ else }no%{ endif }"', "yes"),
        ('"%{ if false }yes%{ else }no%{ endif }!"', "no!"),
        ('"%{ for x in local.list }<${x}>%{ endfor }"', "<b><a>"),
        ('"%{ for k, v in local.map }${k}=${v};%{ endfor }"', "x=1;y=2;"),
        ('"a %{~ if true ~} b %{~ endif ~} c"', "abc"),
        ('"%{ if true }%{ if false }x%{ else }y%{ endif }%{ else }z%{ endif }"', "y"),
        ("<<-E\n  %{ for x in local.list ~}\n  ${x}\n  %{ endfor ~}\nE\n", "b\na\n"),
        # Functions
        ("try(local.map.none, 5)", 5),
        ("try(local.map.x, 5)", 1),
        ("try(local.list[9], element([], 0), 6)", 6),
        ("can(local.map.x)", True),
        ("can(local.map.none)", False),
        ('compact([null, 1, ""])', (1,)),
        ("element(local.list, 3)", "a"),
        ("flatten([[1, [2]], 3])", (1, 2, 3)),
        ("distinct([1, 2, 1])", (1, 2)),
        ('zipmap(["a"], [1])', {"a": 1}),
        ("one([])", None),
        ("one([4])", 4),
        ('jsondecode("{\\"a\\": [1, null]}")', {"a": (1, None)}),
        ('split(",", "a,b")', ("a", "b")),
        ('trimsuffix("abc", "c")', "ab"),
        ('trimspace("  a ")', "a"),
        ('title("hello wide world")', "Hello Wide World"),
        ('substr("hello", 1, -1)', "ello"),
        ('substr("hello", -3, 2)', "ll"),
        ('format("%03d|%q|%t", 7, "a\\"b", true)', '007|"a\\"b"|true'),
        ('formatlist("%s-%s", ["a", "b"], "x")', ("a-x", "b-x")),
        ('indent(2, "a\\nb")', "a\n  b"),
        ("range(3)", (0, 1, 2)),
        ("range(4, 0, -2)", (4, 2)),
        ("max(1, 3)", 3),
        ("min(1, 3)", 1),
        ("ceil(1.2)", 2),
        ("sum([1, 2.5])", 3.5),
        ("alltrue([])", True),
        ("anytrue([false, true])", True),
        ('setunion(["b"], ["a", "b"])', ("a", "b")),
        ('setsubtract(["a", "b"], ["b"])', ("a",)),
        ('sort(["b", "a"])', ("a", "b")),
        ("concat([local.list, [local.list]]...)", ("b", "a", ("b", "a"))),
        ('tonumber("5")', 5),
        ("length(var.typed)", 5),
        ('base64decode(base64encode("é"))', "é"),
        ('startswith("abc", "ab")', True),
        ("slice(local.list, 1, 2)", ("a",)),
        ("reverse(local.list)", ("a", "b")),
        # Types of variables
        ("var.typed.name", "7"),
        ("var.typed.count", 3),
        ("var.typed.open", None),
        ("var.typed.deep.on", True),
        ("var.flag", True),
        ("var.amount + 1", 13),
        # Parts
        ("local.some.known", "k"),
        ('lookup(local.some, "known", 1)', "k"),
        ("merge(local.some, { known = 2 }).known", 2),
        ("length(local.some)", 3),
        ("keys(local.some)", ("gone", "known", "ref")),
        ("[var.gone, 2][1]", 2),
        ("[for k, v in local.some : k]", ("gone", "known", "ref")),
        ("coalesce(null, local.some.known, var.gone)", "k"),
        ("element([var.gone, 1], 1)", 1),
    ],
)
def test_known(expression: str, value: object, grammar: Grammar) -> None:
    found = worth(expression, grammar)
    assert found == Known(value)
    assert isinstance(found, Known)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("[for x in var.gone : x]", "`var.gone` has no default"),
        ("[for x in local.list : x if var.gone]", "`var.gone` has no default"),
        ("{ for x in [1, 1] : x => x }", "two values for `1`"),
        ("[for x in 5 : x]", "no collection"),
        ("var.gone ? 1 : 2", "`var.gone` has no default"),
        ("true && var.gone", "`var.gone` has no default"),
        ("var.gone && false && true || var.gone", "`var.gone` has no default"),
        ("1 / 0", "a division by zero"),
        ("1 / 3", "not a short one"),
        ("-5 % 3", "negative"),
        ("true + 1", "`+` is not worked out here"),
        ("try(var.gone, 5)", "`var.gone` has no default"),
        ("can(var.gone)", "`var.gone` has no default"),
        ("coalesce(var.gone, 1)", "`var.gone` has no default"),
        ("local.some", "`var.gone` has no default"),
        ("jsonencode(local.some)", "`var.gone` has no default"),
        ("local.some.ref", "`aws_s3_bucket.a.id` is only known after apply"),
        ("contains([var.gone, 1], 1)", "`var.gone` has no default"),
        ("flatten([var.gone, [1]])", "`flatten()` cannot take these arguments"),
        ("element([], 0)", "the list is empty"),
        ("range(0, 1000000000)", "more than 1024 numbers"),
        ("one([1, 2])", "there are several"),
        ("timestamp()", "`timestamp()` is not worked out here"),
        ("uuid()", "`uuid()` is not worked out here"),
        ('templatefile("x", {})', "`templatefile()` is not worked out here"),
        ('"a ${~ local.map.x } b"', "the expression is not one that is worked out here"),
        ('upper("é")', "`upper()` cannot take these arguments"),
        ("local.rows.*.id[0]", "the expression is not one that is worked out here"),
        ('toset([1, "a"])', "`toset()` cannot take these arguments"),
        ("[for x in range(1000) : [for y in range(1000) : y]]", "too large"),
        ('indent(100000, "a")', "`indent()` cannot take these arguments"),
    ],
)
def test_unknown_says_why(expression: str, reason: str, grammar: Grammar) -> None:
    found = worth(expression, grammar)
    assert isinstance(found, Unknown)
    assert reason in found.reason


def test_a_value_that_breaks_its_type_is_unknown(grammar: Grammar) -> None:
    text = 'variable "v" {\n  type = bool\n  default = "perhaps"\n}\nlocals {\n  asked = var.v\n}\n'
    module = Codebase.read({"main.tf": text.encode()}, grammar).modules[0]
    assert module.evaluate(module.locals["asked"][0].value) == Unknown("the value is no bool")


def test_what_is_known_in_part_keeps_its_parts(grammar: Grammar) -> None:
    module = module_of("merge(local.some, { list = [1, var.gone] })", grammar)
    value = partly(module.locals["asked"][0].value, module)
    assert isinstance(value, dict)
    assert value["known"] == "k"
    assert isinstance(value["gone"], Unknown)
    assert isinstance(value["ref"], Unknown)
    assert value["list"][0] == 1


SCALARS = st.one_of(st.booleans(), st.integers(-9, 9), st.sampled_from(["a", "b", ""]))
TABLES = st.dictionaries(st.sampled_from("abcd"), SCALARS, max_size=4)


def written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(held)}" for key, held in value.items()) + "}"
    return f"({value})"


@settings(deadline=None, max_examples=60)
@given(table=TABLES, wanted=SCALARS)
def test_loops_are_what_python_makes_of_them(
    table: dict[str, object], wanted: object, grammar: Grammar
) -> None:
    text = written(table)
    kept = tuple(key for key in sorted(table) if not same(table[key], wanted))
    expression = f"[for k, v in {text} : k if v != {written(wanted)}]"
    assert worth(expression, grammar) == Known(kept)
    turned = f"{{ for k, v in {text} : k => [v] }}"
    assert worth(turned, grammar) == Known({key: (value,) for key, value in table.items()})
    assert worth(f"values({text})[*]", grammar) == Known(tuple(table[key] for key in sorted(table)))


def same(one: object, two: object) -> bool:
    return type(one) is type(two) and one == two


FORMS = [
    "[for x in {0} : {1}]",
    "{{ for k, v in {0} : k => {1} }}",
    "{{ for k, v in {0} : {1} => v... }}",
    "{0}[*].a",
    "({0})[{1}]",
    '"%{{ for x in {0} }}${{x}}%{{ endfor }}${{{1}}}"',
    '"%{{ if {0} }}a%{{ else }}${{{1}}}%{{ endif }}"',
    "try({0}.a, {1})",
    "{0} + {1}",
    "{0} < {1}",
    "{0} % {1}",
    "can({0}.a) ? {1} : 0",
]
ATOMS = ["null", "5", '"x"', "[]", "[1, null]", "{ a = 1 }", "var.gone", "local.some", "local.list"]


@settings(deadline=None, max_examples=300)
@given(
    outer=st.sampled_from(FORMS),
    inner=st.sampled_from(FORMS),
    atoms=st.lists(st.sampled_from(ATOMS), min_size=3, max_size=3),
)
def test_nothing_makes_an_expression_raise(
    outer: str, inner: str, atoms: list[str], grammar: Grammar
) -> None:
    expression = outer.format(inner.format(atoms[0], atoms[1]), atoms[2])
    first = worth(expression, grammar)
    assert isinstance(first, Known | Unknown)
    assert worth(expression, grammar) == first
