"""A policy says the same in each form: the pages' examples as heredocs and as documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Safety
from remediations.plan import combine
from remediations.source import SourceFile
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import (
    Call,
    Document,
    Expression,
    ListExpression,
    Literal,
    ObjectExpression,
    Reference,
    String,
    all_attributes,
)
from remediations.terraform.tree import parse
from tests.engine.rules_for_tests import read
from tests.rules.pages import Example, all_examples

PROD = Profile("prod")
HEREDOC: Final = "<<POLICY\n{0}\nPOLICY"
SOURCE: Final = '\ndata "aws_iam_policy_document" "form_{0}" {{\n{1}}}\n'
# In each of these one thing is not the same in a text, and for the reason that is said.
DIFFER: Final = {
    # A flag that a variable holds is a word between quotes then, and Batch takes none.
    ("batch-privileged", "privileged = var.privileged"),
    # A statement without an effect is no statement; of a text it is said that it cannot be read.
    ("s3-encryption-missing", "jsonencode({ Statement = [{ Resource ="),
}


_LISTS: Final = {
    "Action": "actions",
    "NotAction": "not_actions",
    "Resource": "resources",
    "NotResource": "not_resources",
}
_WHO: Final = {"Principal": "principals", "NotPrincipal": "not_principals"}


def in_form(form: str, example: Example, grammar: Grammar) -> dict[str, str]:
    """The same files with every ``jsonencode`` of a plain object as a heredoc, or with every policy
    among these as a data source.
    """
    files = dict(example.files)
    for path, text in example.files.items():
        if not path.endswith(".tf"):
            continue
        document = parse(SourceFile.of(path, text), grammar)
        for held in reversed(list(_encoded(document))):
            said = _plain(held.arguments[0], document)
            start, end = held.span.start, held.span.end
            if form == "heredoc":
                written = HEREDOC.format(json.dumps(said, indent=2, ensure_ascii=False))
            elif "Statement" in said:
                written = f"data.aws_iam_policy_document.form_{start}.json"
                files[path] += SOURCE.format(start, _statements(said))
            else:
                continue
            files[path] = files[path][:start] + written + files[path][end:]
    return files


def _statements(policy: dict[str, Any]) -> str:
    return "".join(
        f"  statement {{\n{_statement(one)}  }}\n" for one in _listed(policy["Statement"])
    )


def _statement(held: Any) -> str:
    lines = []
    for key, value in held.items():
        if key in ("Sid", "Effect"):
            lines.append(f"{key.lower()} = {_hcl(value)}")
        elif key in _LISTS:
            lines.append(f"{_LISTS[key]} = {_hcl(_listed(value))}")
        elif key in _WHO:
            for kind, who in ({"*": "*"} if value == "*" else value).items():
                said = f"type = {_hcl(kind)}\nidentifiers = {_hcl(_listed(who))}"
                lines.append(f"{_WHO[key]} {{\n{said}\n}}")
        elif key == "Condition":
            lines += list(_conditions(value))
        else:
            raise AssertionError(f"{key} has no place in a document")
    return "\n".join(lines) + "\n"


def _conditions(tests: dict[str, dict[str, Any]]) -> Iterator[str]:
    for test, variables in tests.items():
        for variable, values in variables.items():
            texts = [str(one).lower() if isinstance(one, bool) else one for one in _listed(values)]
            said = f"test = {_hcl(test)}\nvariable = {_hcl(variable)}\nvalues = {_hcl(texts)}"
            yield f"condition {{\n{said}\n}}"


def _hcl(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _encoded(document: Document) -> Iterator[Call]:
    """In the order of the text."""
    values = (one.value for one in all_attributes(document.body))
    found = [
        one
        for one in values
        if isinstance(one, Call)
        and one.name == "jsonencode"
        and isinstance(one.arguments[0], ObjectExpression)
    ]
    yield from sorted(found, key=lambda one: one.span.start)


def _plain(node: Expression, document: Document) -> Any:
    if isinstance(node, ObjectExpression):
        return {_key(entry.key, document): _plain(entry.value, document) for entry in node.entries}
    if isinstance(node, ListExpression):
        return [_plain(one, document) for one in node.items]
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, String):
        return "".join(_part(one, document) for one in node.parts)
    if isinstance(node, Reference):
        return _part(node, document)
    raise AssertionError(f"{document.text_of(node)} is no plain value; name the page in DIFFER")


def _key(node: Expression, document: Document) -> str:
    return node.dotted if isinstance(node, Reference) else str(_plain(node, document))


def _part(part: str | Expression, document: Document) -> str:
    written = part.replace("${", "$${") if isinstance(part, str) else document.text_of(part)
    return written if isinstance(part, str) else f"${{{written}}}"


def _is_for_texts(example: Example) -> bool:
    text = "".join(example.files.values())
    return "jsonencode" in text and not any(
        example.rule == rule and words in text for rule, words in DIFFER
    )


EXAMPLES = [one for one in (*all_examples("before"), *all_examples("good")) if _is_for_texts(one)]


def seen(codebase: Codebase) -> set[tuple[str, str, bool]]:
    found = detect(codebase, PROD).findings
    return {(one.rule, one.address, one.is_known) for one in found}


FORMS: Final = ("heredoc", "document")
NUMBERS: Final = range(len(EXAMPLES))


def written(form: str, number: int, grammar: Grammar) -> Codebase:
    found = read(in_form(form, EXAMPLES[number], grammar), grammar)
    assert found.not_analysed == ()
    return found


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: f"{n}-{EXAMPLES[n].rule}")
def test_every_page_is_judged_the_same_in(form: str, number: int, grammar: Grammar) -> None:
    native = read(dict(EXAMPLES[number].files), grammar)
    found = seen(written(form, number, grammar))
    assert {(rule, known) for rule, _, known in found} == {
        (rule, known) for rule, _, known in seen(native)
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: f"{n}-{EXAMPLES[n].rule}")
def test_fixes_leave_what_is_as_good_in(form: str, number: int, grammar: Grammar) -> None:
    before = written(form, number, grammar)
    edits = combine(before, detect(before, PROD).findings, PROD, Safety.REPLACE)
    after = before.with_edits(edits)
    assert not seen(after) - seen(before)
    again = combine(after, detect(after, PROD).findings, PROD, Safety.REPLACE)
    assert not seen(after.with_edits(again)) - seen(after)
