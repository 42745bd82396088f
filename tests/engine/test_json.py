"""Terraform's JSON syntax: the same findings as native text, and fixes that stay JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Edit, Known, Profile, Safety
from remediations.plan import combine
from remediations.source import SourceFile, Unparsable
from remediations.terraform.edit import (
    AddTopLevel,
    InsertAttribute,
    InsertBlock,
    InsertElement,
    InsertEntry,
    RemoveItem,
    SetValue,
    render,
)
from remediations.terraform.grammar import Grammar
from remediations.terraform.intent import Intent
from remediations.terraform.json_text import MAX_DEPTH
from remediations.terraform.json_values import body_as_json
from remediations.terraform.nodes import Document, ListExpression, ObjectExpression
from remediations.terraform.tree import parse
from tests.engine.rules_for_tests import read
from tests.rules.pages import Example, all_examples

PROD = Profile("prod")
# In JSON a heredoc is a text, and a policy that is a text inside of a text is not read.
EXAMPLES = [
    example
    for example in (*all_examples("before"), *all_examples("good"))
    if not any("<<" in text and '"Statement"' in text for text in example.files.values())
]


def document(text: str | dict[str, Any], grammar: Grammar, path: str = "main.tf.json") -> Document:
    shown = text if isinstance(text, str) else json.dumps(text, indent=2) + "\n"
    return parse(SourceFile.of(path, shown), grammar)


def as_json(example: Example, grammar: Grammar) -> dict[str, str]:
    """The same module in JSON; files of values and other tools keep their form."""
    files = {}
    for path, text in example.files.items():
        if path.endswith(".tf"):
            native = parse(SourceFile.of(path, text), grammar)
            held = body_as_json(native.body, native)
            files[f"{path}.json"] = json.dumps(held, indent=2) + "\n"
        else:
            files[path] = text
    return files


def seen(codebase: Codebase) -> set[tuple[str, str, bool]]:
    found = detect(codebase, PROD).findings
    return {(one.rule, one.address, one.is_known) for one in found}


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: f"{n}-{EXAMPLES[n].rule}")
def test_every_page_is_judged_the_same_in_json(number: int, grammar: Grammar) -> None:
    example = EXAMPLES[number]
    native = read(dict(example.files), grammar)
    translated = read(as_json(example, grammar), grammar)
    assert translated.not_analysed == ()
    assert seen(translated) == seen(native)


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: f"{n}-{EXAMPLES[n].rule}")
def test_fixes_leave_json_that_is_as_good(number: int, grammar: Grammar) -> None:
    before = read(as_json(EXAMPLES[number], grammar), grammar)
    edits = combine(before, detect(before, PROD).findings, PROD, Safety.REPLACE)
    after = before.with_edits(edits)
    for path, one in after.documents.items():
        if path.endswith(".json"):
            json.loads(one.source.text)
    assert not seen(after) - seen(before)
    again = combine(after, detect(after, PROD).findings, PROD, Safety.REPLACE)
    assert after.with_edits(again).documents.keys() == after.documents.keys()


MODULE = """\
{
  "//": "Nobody reads this.",
  "variable": { "open": { "type": "bool", "default": false } },
  "locals": { "names": ["a", "${var.open ? "x" : "y"}"], "dollar": "$${kept}" },
  "resource": {
    "aws_s3_bucket": {
      "one": { "bucket": "acme-one", "tags": { "team": "ml" } },
      "two": [
        { "bucket": "${local.names[0]}", "lifecycle": { "prevent_destroy": true } }
      ]
    },
    "aws_s3_bucket_lifecycle_configuration": {
      "one": {
        "bucket": "${aws_s3_bucket.one.id}",
        "rule": [
          { "id": "first", "status": "Enabled" },
          { "id": "second", "status": "Disabled" }
        ],
        "depends_on": ["aws_s3_bucket.two"]
      }
    }
  }
}
""".replace('? "x" : "y"', '? \\"x\\" : \\"y\\"')


def test_blocks_arguments_and_templates_are_what_terraform_reads(grammar: Grammar) -> None:
    (module,) = read({"main.tf.json": MODULE}, grammar).modules
    assert [one.address for one in module.resources] == [
        "aws_s3_bucket.one",
        "aws_s3_bucket.two",
        "aws_s3_bucket_lifecycle_configuration.one",
    ]
    one, two, rules = module.resources
    assert one.value("tags") == Known({"team": "ml"})
    assert two.value("bucket") == Known("a")
    assert two.value("lifecycle.prevent_destroy") == Known(True)
    assert [block.body.attributes["id"].value for block in rules.body.blocks("rule")] != []
    assert len(rules.body.blocks("rule")) == 2
    assert module.references(rules.body.attributes["bucket"].value) == ("aws_s3_bucket.one",)
    assert module.references(rules.body.attributes["depends_on"].value) == ("aws_s3_bucket.two",)
    names, _ = module.locals["names"]
    assert module.evaluate(names.value) == Known(("a", "y"))
    dollar, _ = module.locals["dollar"]
    assert module.evaluate(dollar.value) == Known("${kept}")


def test_places_are_lines_of_the_file(grammar: Grammar) -> None:
    found = document(MODULE, grammar)
    block = found.body.blocks("resource")[0]
    assert found.source.slice(block.header_span) == '"one"'
    assert found.source.location(block.header_span).line == 7
    bucket = block.body.attributes["bucket"]
    assert found.source.slice(bucket.span) == '"bucket": "acme-one"'
    assert found.source.slice(bucket.value.span) == '"acme-one"'
    assert found.text_of(bucket.value) == '"acme-one"'


def test_values_of_an_environment_are_read_from_json(grammar: Grammar) -> None:
    files = {
        "main.tf": 'variable "open" {}\n\nresource "aws_s3_bucket" "b" {\n'
        "  force_destroy = var.open\n}\n",
        "terraform.tfvars.json": '{ "open": "${kept}" }',
    }
    (root,) = read(files, grammar).roots(PROD)
    assert root.module.resources[0].value("force_destroy") == Known("${kept}")


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("", 1, 1, "a JSON value is expected here"),
        ("[]", 1, 1, "the file has to hold one object"),
        ("{", 1, 2, 'a name in `"` is expected here'),
        ('{"a": 1,}', 1, 9, 'a name in `"` is expected here'),
        ('{"a" 1}', 1, 6, "`:` is expected here"),
        ('{"a": 1 "b": 2}', 1, 9, "`,` or `}` is expected here"),
        ('{"locals": {"a": 1, "a": 2}}', 1, 21, '`"a"` stands here twice'),
        ('{"a": 1} x', 1, 10, "something follows the end of the JSON text"),
        ('{"a": tru}', 1, 7, "a JSON value is expected here"),
        ('{"a": 01}', 1, 8, "`,` or `}` is expected here"),
        ('{"a": "x\n"}', 1, 9, "a text has no end, or holds what JSON does not allow"),
        ('{"a": "\\ud800"}', 1, 7, "a text holds half a character"),
        ('{"resource": {"x": 1}}', 1, 20, "`resource` has to hold objects"),
        ('{"locals": {"a": "${"}}', 1, 18, "in this text: "),
        ('{"locals": {"a": "${x y}"}}', 1, 18, "in this text: "),
        ("// c\n{}", 1, 1, "a JSON value is expected here"),
    ],
)
def test_what_is_no_terraform_is_told_with_its_place(
    text: str, line: int, column: int, reason: str, grammar: Grammar
) -> None:
    with pytest.raises(Unparsable) as refused:
        document(text, grammar)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert refused.value.reason.startswith(reason)


def test_depth_has_a_limit(grammar: Grammar) -> None:
    deep = '{"locals": {"a": ' + "[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5) + "}}"
    with pytest.raises(Unparsable, match="nested deeper than"):
        document(deep, grammar)
    with pytest.raises(Unparsable, match="nested deeper than"):
        document("[" * 100_000, grammar)


def attribute(found: Document, number: int, name: str) -> Any:
    return found.body.blocks("resource")[number].body.attributes[name]


def test_a_value_is_replaced_and_nothing_else(grammar: Grammar) -> None:
    found = document(MODULE, grammar)
    intent = SetValue(attribute(found, 0, "bucket").value, "aws_s3_bucket.two.id")
    assert render(found, [intent], grammar).text == MODULE.replace(
        '"acme-one"', '"${aws_s3_bucket.two.id}"'
    )


def test_members_are_added_where_the_object_ends(grammar: Grammar) -> None:
    found = document(MODULE, grammar)
    one, _, rules = found.body.blocks("resource")
    intents: list[Intent] = [
        InsertAttribute(one.body, "force_destroy", "false"),
        InsertAttribute(one.body, "bucket_prefix", '"x-${var.open}"'),
        InsertBlock(rules.body, 'rule {\n  id     = "third"\n  status = "Enabled"\n}'),
        InsertBlock(rules.body, "timeouts {\n}"),
    ]
    after = json.loads(render(found, intents, grammar).text)["resource"]
    bucket = after["aws_s3_bucket"]["one"]
    assert (bucket["force_destroy"], bucket["bucket_prefix"]) == (False, "x-${var.open}")
    added = after["aws_s3_bucket_lifecycle_configuration"]["one"]
    assert [rule["id"] for rule in added["rule"]] == ["first", "second", "third"]
    assert added["timeouts"] == {}


def test_a_second_block_makes_an_array_of_the_first(grammar: Grammar) -> None:
    found = document(
        MODULE.replace('[\n        { "bucket": "${l', '[\n        { "bucket": "${l'), grammar
    )
    two = found.body.blocks("resource")[1]
    intent = InsertBlock(two.body, "lifecycle {\n  ignore_changes = [tags]\n}")
    after = json.loads(render(found, [intent], grammar).text)
    (bucket,) = after["resource"]["aws_s3_bucket"]["two"]
    assert bucket["lifecycle"] == [{"prevent_destroy": True}, {"ignore_changes": ["tags"]}]


def test_new_resources_stand_with_their_kind(grammar: Grammar) -> None:
    found = document(MODULE, grammar)
    text = 'resource "aws_s3_bucket" "three" {\n}\n\ndata "aws_caller_identity" "me" {\n}'
    other = 'resource "aws_s3_bucket_versioning" "one" {\n  bucket = aws_s3_bucket.one.id\n}'
    after = json.loads(render(found, [AddTopLevel(text), AddTopLevel(other)], grammar).text)
    assert [*after["resource"]["aws_s3_bucket"]] == ["one", "two", "three"]
    assert after["resource"]["aws_s3_bucket_versioning"] == {
        "one": {"bucket": "${aws_s3_bucket.one.id}"}
    }
    assert after["data"] == {"aws_caller_identity": {"me": {}}}


def test_elements_are_added_and_members_removed(grammar: Grammar) -> None:
    found = document(MODULE, grammar)
    depends = attribute(found, 2, "depends_on")
    assert isinstance(depends.value, ListExpression)
    insert = InsertElement(depends.value, depends.value.items[-1], '"x"')
    after = json.loads(render(found, [insert], grammar).text)
    held = after["resource"]["aws_s3_bucket_lifecycle_configuration"]["one"]
    assert held["depends_on"] == ["aws_s3_bucket.two", "x"]
    for name in ("bucket", "depends_on", "rule"):
        item = attribute(found, 2, name) if name != "rule" else attribute(found, 2, "bucket")
        text = render(found, [RemoveItem(item)], grammar).text
        left = json.loads(text)["resource"]["aws_s3_bucket_lifecycle_configuration"]["one"]
        assert item.name not in left
        assert len(left) == 2


def test_crlf_and_tabs_stay(grammar: Grammar) -> None:
    text = (
        '{\r\n\t"resource": {\r\n\t\t"aws_s3_bucket": {\r\n\t\t\t"a": {}\r\n\t\t}\r\n\t}\r\n}\r\n'
    )
    found = document(text, grammar)
    body = found.body.blocks("resource")[0].body
    after = render(found, [InsertAttribute(body, "bucket", '"b"')], grammar).text
    assert after == text.replace("{}", '{\r\n\t\t\t\t"bucket": "b"\r\n\t\t\t}')


def test_what_stands_inside_a_text_is_not_edited(grammar: Grammar) -> None:
    policy = '{"resource": {"aws_iam_policy": {"p": {"policy": "${jsonencode({ A = 1 })}"}}}}'
    found = document(policy, grammar)
    inner = found.body.blocks("resource")[0].body.attributes["policy"].value.children[0]
    with pytest.raises(Unparsable, match="within a JSON text"):
        render(found, [SetValue(inner, "{}")], grammar)


def test_edits_of_json_lead_from_one_to_the_other(grammar: Grammar) -> None:
    codebase = read({"main.tf.json": MODULE}, grammar)
    edits = combine(codebase, detect(codebase, PROD).findings, PROD, Safety.REPLACE)
    assert all(isinstance(edit, Edit) for edit in edits)
    after = codebase.with_edits(edits)
    assert {edit.path for edit in edits} >= {"main.tf.json"}
    assert "aws_s3_bucket_public_access_block" in after.documents["main.tf.json"].source.text


def test_an_entry_joins_the_members_of_an_object(grammar: Grammar) -> None:
    text = '{"locals": {"tags": {"team": "ml"}}}'
    found = document(text, grammar)
    tags = found.body.blocks("locals")[0].body.attributes["tags"].value
    assert isinstance(tags, ObjectExpression)
    after = json.loads(render(found, [InsertEntry(tags, "stage", '"prod"')], grammar).text)
    assert after == {"locals": {"tags": {"team": "ml", "stage": "prod"}}}
