"""Before, intent, after; and on made-up Terraform at any place: proved, idempotent, fmt-stable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remediations.source import OverlappingEdits, SourceFile, Unparsable, apply
from remediations.terraform.edit import (
    AddTopLevel,
    InsertAfter,
    InsertAttribute,
    InsertBlock,
    InsertElement,
    InsertEntry,
    Intent,
    RemoveItem,
    SetValue,
    edits_between,
    render,
)
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Document,
    ListExpression,
    ObjectExpression,
)
from remediations.terraform.tree import parse
from tests.terraform.generate import SLOW_DRAWS, files
from tests.terraform.oracle import judge, needs_terraform
from tests.terraform.probes import NAME, bodies, probes, proved
from tests.terraform.variants import variants

Make = Callable[[Document], Intent]
NESTED = "n {\n  q = 1\n}"


def read(text: str, grammar: Grammar) -> Document:
    return parse(SourceFile.decode("main.tf", text.encode()), grammar)


def edited(text: str, grammar: Grammar, *makes: Make) -> str:
    document = read(text, grammar)
    return render(document, [make(document) for make in makes], grammar).text


def first(document: Document) -> Block:
    return document.body.blocks()[0]


def argument(document: Document, name: str) -> Attribute:
    inside = [first(document).body] if document.body.blocks() else []
    bodies_: list[Body] = [document.body, *inside]
    return next(b.attributes[name] for b in bodies_ if name in b.attributes)


def items(document: Document, name: str = "a") -> ListExpression:
    found = argument(document, name).value
    assert isinstance(found, ListExpression)
    return found


def insert(name: str, text: str = "true", after: str | None = None) -> Make:
    return lambda d: InsertAttribute(first(d).body, name, text, after)


def put(name: str, text: str) -> Make:
    return lambda d: SetValue(argument(d, name).value, text)


def block(text: str = NESTED) -> Make:
    return lambda d: InsertBlock(first(d).body, text)


def remove(name: str) -> Make:
    return lambda d: RemoveItem(argument(d, name))


def top(text: str, after: int | None = None) -> Make:
    return lambda d: AddTopLevel(text, None if after is None else d.body.blocks()[after])


def element(number: int, text: str) -> Make:
    return lambda d: InsertElement(items(d), items(d).items[number], text)


def entry(name: str, text: str) -> Make:
    def make(document: Document) -> Intent:
        found = argument(document, "a").value
        assert isinstance(found, ObjectExpression)
        return InsertEntry(found, name, text)

    return make


ENTRY = "{\n  c = 1\n}"

TABLE: list[tuple[str, str, list[Make], str]] = [
    (
        "an entry follows the last one",
        "a = {\n  x = 1 # why\n}\n",
        [entry("c", ENTRY)],
        "a = {\n  x = 1 # why\n  c = {\n    c = 1\n  }\n}\n",
    ),
    (
        "an object with commas keeps them",
        "a = {\n  x = 1,\n  y = 2\n}\n",
        [entry("c", ENTRY)],
        "a = {\n  x = 1,\n  y = 2,\n  c = {\n    c = 1\n  }\n}\n",
    ),
    (
        "a last comma stays last",
        "a = {\n  x = 1,\n}\n",
        [entry("c", "2")],
        "a = {\n  x = 1,\n  c = 2,\n}\n",
    ),
    (
        "quotes and colons are the object's own",
        'a = {\n  "x": 1\n}\n',
        [entry("c", "2")],
        'a = {\n  "x": 1\n  "c": 2\n}\n',
    ),
    (
        "so is a blank before a colon",
        'a = {\n  "x" : 1\n}\n',
        [entry("c", "2")],
        'a = {\n  "x" : 1\n  "c" : 2\n}\n',
    ),
    (
        "in an object on one line all stays on it",
        "a = { x = 1 }\n",
        [entry("c", ENTRY)],
        "a = { x = 1, c = { c = 1 } }\n",
    ),
    (
        "a brace behind the last entry stays behind the new one",
        "a = {\n  x = 1,\n  y = 2 }\n",
        [entry("c", "3")],
        "a = {\n  x = 1,\n  y = 2, c = 3 }\n",
    ),
    (
        "a longer name moves its whole group",
        'x "y" {\n  a   = 1\n  bbb = 2\n\n  c = 3\n}\n',
        [insert("longer")],
        'x "y" {\n  a      = 1\n  bbb    = 2\n  longer = true\n\n  c = 3\n}\n',
    ),
    (
        "a group that nobody aligned stays",
        "x {\n  a = 1\n  bbb = 2\n}\n",
        [insert("longer")],
        "x {\n  a = 1\n  bbb = 2\n  longer = true\n}\n",
    ),
    (
        "it stands behind the one that is named",
        "x {\n  a = 1\n  b = 2\n}\n",
        [insert("c", after="a")],
        "x {\n  a = 1\n  c = true\n  b = 2\n}\n",
    ),
    (
        "comments at the ends of lines move with their column",
        "x {\n  a = 1   # one\n  b = 222 # two\n}\n",
        [put("b", "2")],
        "x {\n  a = 1 # one\n  b = 2 # two\n}\n",
    ),
    (
        "columns are what a person counts",
        'x {\n  a = "e\u0301" # c\n  b = "e" # d\n}\n',
        [put("b", '"ee"')],
        'x {\n  a = "e\u0301"  # c\n  b = "ee" # d\n}\n',
    ),
    (
        "meta arguments keep their own paragraph",
        "x {\n  count = 1\n\n  a = 1\n}\n",
        [insert("b")],
        "x {\n  count = 1\n\n  a = 1\n  b = true\n}\n",
    ),
    (
        "a heredoc is a row of its group",
        "x {\n  a = <<E\nz\nE\n  b = 2\n}\n",
        [insert("longer", after="b")],
        "x {\n  a      = <<E\nz\nE\n  b      = 2\n  longer = true\n}\n",
    ),
    (
        "a value over several lines splits a group",
        "x {\n  aa     = 1\n  b      = 2\n  longer = 3\n}\n",
        [put("b", "[\n    2,\n  ]")],
        "x {\n  aa = 1\n  b = [\n    2,\n  ]\n  longer = 3\n}\n",
    ),
    ("an empty body opens", "x {}\n", [insert("a")], "x {\n  a = true\n}\n"),
    (
        "a block on one line opens",
        "x { a = 1 } # c\n",
        [insert("bb"), block()],
        "x {\n  a  = 1\n  bb = true\n\n  n {\n    q = 1\n  }\n} # c\n",
    ),
    (
        "a block with one argument of several lines opens",
        "x { a = {\n  b = 1\n} }\n",
        [insert("c")],
        "x {\n  a = {\n    b = 1\n  }\n  c = true\n}\n",
    ),
    (
        "and a heredoc in it stays where it is",
        "x { a = [<<E\nz\nE\n  , /*\nc */ f(\n\n    1\n)] }\n",
        [insert("c")],
        "x {\n  a = [<<E\nz\nE\n    , /*\nc */ f(\n\n      1\n  )]\n  c = true\n}\n",
    ),
    (
        "a comment in a block on one line is kept",
        "x { /* c */ }\n",
        [insert("a")],
        "x {\n  /* c */\n  a = true\n}\n",
    ),
    (
        "arguments come before blocks, whatever the order of the intents",
        "x {\n  a = 1\n}\n",
        [block(), insert("b")],
        "x {\n  a = 1\n  b = true\n\n  n {\n    q = 1\n  }\n}\n",
    ),
    (
        "a body of blocks gets its argument on top",
        "x {\n  n {}\n}\n",
        [insert("a")],
        "x {\n  a = true\n\n  n {}\n}\n",
    ),
    (
        "a sibling follows its block",
        "x {\n  n {}\n  a = 1\n}\n",
        [lambda d: InsertAfter(first(d).body.blocks()[0], NESTED)],
        "x {\n  n {}\n\n  n {\n    q = 1\n  }\n  a = 1\n}\n",
    ),
    (
        "the body of a plain heredoc does not move, that of a trimmed one does",
        "x {\n}\n",
        [block("n {\n  a = <<E\nz\nE\n  b = <<-E\n    z\n  E\n}")],
        "x {\n  n {\n    a = <<E\nz\nE\n    b = <<-E\n      z\n    E\n  }\n}\n",
    ),
    (
        "tabs stay tabs",
        "x {\n\ta = 1\n}\n",
        [block()],
        "x {\n\ta = 1\n\n\tn {\n\t\tq = 1\n\t}\n}\n",
    ),
    (
        "four blanks stay four",
        "x {\n    a = 1\n}\n",
        [block()],
        "x {\n    a = 1\n\n    n {\n        q = 1\n    }\n}\n",
    ),
    (
        "line ends stay CRLF",
        "x {\r\n  a = 1\r\n}\r\n",
        [insert("bb"), top("y {\n}")],
        "x {\r\n  a  = 1\r\n  bb = true\r\n}\r\n\r\ny {\r\n}\r\n",
    ),
    ("no final newline stays so", "x {}", [top("y {}")], "x {}\n\ny {}"),
    ("an empty file", "", [top("x {}"), top("y {}")], "x {}\n\ny {}\n"),
    (
        "two after the same block keep their order",
        "x {}\n\nz {}\n",
        [top("a {}", 0), top("b {}", 0)],
        "x {}\n\na {}\n\nb {}\n\nz {}\n",
    ),
    (
        "a tight neighbour gets its blank line",
        "x {} # c\nz {}\n",
        [top("a {}", 0)],
        "x {} # c\n\na {}\n\nz {}\n",
    ),
    ("an element in a line", "a = [1, 2]\n", [element(0, "9")], "a = [1, 9, 2]\n"),
    ("an element before a last comma", "a = [1, ]\n", [element(0, "9")], "a = [1, 9, ]\n"),
    ("the last element of a line", "a = [1, 2]\n", [element(1, "9")], "a = [1, 2, 9]\n"),
    (
        "an element over lines keeps the last comma",
        "a = [\n  1,\n  2,\n]\n",
        [element(1, "9")],
        "a = [\n  1,\n  2,\n  9,\n]\n",
    ),
    (
        "an element over lines keeps that there is no last comma",
        "a = [\n  1, # one\n  2 # two\n]\n",
        [element(1, "9")],
        "a = [\n  1, # one\n  2, # two\n  9\n]\n",
    ),
    (
        "a brace that closes one and opens the next stands where fmt sets it",
        "a = [{\n  b = 1\n}]\n",
        [element(0, "{\n  b = 9\n}")],
        "a = [{\n  b = 1\n  }, {\n  b = 9\n}]\n",
    ),
    (
        "unless the list has a way of its own",
        "a = [{\n  b = 1\n}, {\n  b = 2\n}]\n",
        [element(1, "{\n  b = 9\n}")],
        "a = [{\n  b = 1\n}, {\n  b = 2\n}, {\n  b = 9\n}]\n",
    ),
    (
        "objects in a list keep the way their braces stand",
        "a = [{\n  b = 1\n}, {\n  b = 2\n}]\n",
        [element(0, "{\n  b = 9\n}")],
        "a = [{\n  b = 1\n}, {\n  b = 9\n}, {\n  b = 2\n}]\n",
    ),
    (
        "a comma stands below a heredoc",
        "a = [\n  <<E\nz\nE\n]\n",
        [element(0, "9")],
        "a = [\n  <<E\nz\nE\n  ,\n  9\n]\n",
    ),
    (
        "an element stands like the one behind it",
        "a = [{\n  b = 1\n  },\n  {\n    b = 2\n}]\n",
        [element(0, "9")],
        "a = [{\n  b = 1\n  },\n  9,\n  {\n    b = 2\n}]\n",
    ),
    (
        "and one behind it leaves it the closing line of the list",
        "a = [{\n  b = 1\n  },\n  {\n    b = 2\n}]\n",
        [element(1, "{\n  b = 9\n}")],
        "a = [{\n  b = 1\n  },\n  {\n    b = 2\n  },\n  {\n    b = 9\n}]\n",
    ),
    (
        "also where all of them begin their lines",
        "a = [\n  {\n    b = 1\n  },\n  {\n    b = 2\n}]\n",
        [element(1, "{\n  b = 9\n}")],
        "a = [\n  {\n    b = 1\n  },\n  {\n    b = 2\n  },\n  {\n    b = 9\n}]\n",
    ),
    (
        "and where there is one",
        "a = [\n  {\n    b = 1\n}]\n",
        [element(0, "{\n  b = 9\n}")],
        "a = [\n  {\n    b = 1\n  },\n  {\n    b = 9\n}]\n",
    ),
    (
        "the blanks behind a heredoc go with it",
        "x {\n  a = <<E\nz\nE  \n}\n",
        [put("a", "1")],
        "x {\n  a = 1\n}\n",
    ),
    (
        "what is left of a group closes up",
        "x {\n  a      = 1\n  longer = 2\n  b      = 3\n}\n",
        [remove("longer")],
        "x {\n  a = 1\n  b = 3\n}\n",
    ),
    ("the only argument of a line", "x { a = 1 }\n", [remove("a")], "x {}\n"),
    (
        "of two blank lines one goes",
        "x {\n  a = 1\n\n  b = 2\n\n  c = 3\n}\n",
        [remove("b")],
        "x {\n  a = 1\n\n  c = 3\n}\n",
    ),
]


@pytest.mark.parametrize(
    ("before", "makes", "after"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_an_edit_reads_like_its_neighbours(
    before: str, makes: list[Make], after: str, grammar: Grammar
) -> None:
    assert edited(before, grammar, *makes) == after


@needs_terraform
def test_terraform_fmt_leaves_the_table_alone(tmp_path: Path) -> None:
    befores = {f"{row[0]} before": row[1].encode() for row in TABLE}
    afters = {f"{row[0]} after": row[3].encode() for row in TABLE}
    verdicts = judge({**befores, **afters}, tmp_path)
    stable = [row[0] for row in TABLE if verdicts.is_stable(f"{row[0]} before")]
    assert len(stable) > 20
    assert [name for name in stable if not verdicts.is_stable(f"{name} after")] == []


def test_a_bom_stays() -> None:
    grammar = Grammar.load()
    document = parse(SourceFile.decode("a.tf", b"\xef\xbb\xbfx {}\n"), grammar)
    changed = render(document, [InsertAttribute(first(document).body, "a", "1")], grammar)
    assert changed.encode() == b"\xef\xbb\xbfx {\n  a = 1\n}\n"


@pytest.mark.parametrize(
    "makes",
    [
        [put("a", "2"), put("a", "3")],
        [put("a", "2"), lambda d: SetValue(items(d).items[0], "3")],
        [put("a", "2"), remove("a")],
        [insert("b", after="a"), remove("a")],
    ],
)
def test_two_values_for_one_place_are_refused(makes: list[Make], grammar: Grammar) -> None:
    with pytest.raises(OverlappingEdits):
        edited("x {\n  a = [1]\n}\n", grammar, *makes)


def test_the_same_value_twice_is_written_once(grammar: Grammar) -> None:
    text = edited("x {\n  a = 1\n}\n", grammar, put("a", "2"), put("a", "2"))
    assert text == "x {\n  a = 2\n}\n"


def test_a_value_and_its_new_neighbour_are_written_together(grammar: Grammar) -> None:
    makes = [put("a", "22"), insert("c", after="a"), put("b", "3")]
    text = edited("x {\n  a = 1\n  b = 2\n}\n", grammar, *makes)
    assert text == "x {\n  a = 22\n  c = true\n  b = 3\n}\n"


def test_text_that_is_not_terraform_is_refused(grammar: Grammar) -> None:
    with pytest.raises(Unparsable):
        edited("x {\n  a = 1\n}\n", grammar, put("a", "1 2"))
    with pytest.raises(Unparsable):
        edited("x {\n  a = 1\n}\n", grammar, insert("a"))


def test_a_line_of_one_block_is_never_taken_for_a_line_of_another() -> None:
    """Else an argument of a block that goes would seem to have moved into a new one."""
    one, two = (f'x "{name}" {{{{\n  same = 1\n}}}}\n' for name in ("one", "two"))
    before, after = SourceFile.of("a.tf", f"a = 1\n{one}b = 2\n"), f"a = 1\n{two}b = 3\n"
    (edit,) = edits_between(before, SourceFile.of("a.tf", after))
    assert edit.text == f"{two}b = 3\n"


def test_a_line_of_one_nested_block_is_never_taken_for_a_line_of_another() -> None:
    """Else an argument that is aligned anew would seem to have moved into the block below."""
    before = SourceFile.of("a.tf", 'x "y" {\n  key {\n    on = true\n  }\n}\n')
    key = "  key {\n    on  = true\n    arn = 1\n  }\n"
    after = SourceFile.of("a.tf", f'x "y" {{\n{key}\n  backup {{\n    on = true\n  }}\n}}\n')
    first, *_ = edits_between(before, after)
    assert before.slice(first.span) == "    on = true\n"
    assert first.text == "    on  = true\n    arn = 1\n"


def test_edits_between_are_whole_lines() -> None:
    before = SourceFile.of("a.tf", "a\u2028b\nc\nd\ne\n")
    after = SourceFile.of("a.tf", "a\u2028b\nC\nd\ne\nf\n")
    edits = edits_between(before, after)
    assert [(before.slice(e.span), e.text) for e in edits] == [("c\n", "C\n"), ("", "f\n")]
    assert apply(before, edits).text == after.text


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files(), seed=st.integers(0, 2**32))
def test_any_edit_anywhere_is_proved(text: str, seed: int, grammar: Grammar) -> None:
    for name, data in variants(text):
        document = parse(SourceFile.decode("a.tf", data), grammar)
        for kind, intent in probes(document, Random(seed)):
            wrong, after = proved(document, intent, grammar)
            assert wrong is None, (name, kind, after)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW_DRAWS)
@given(text=files(), seed=st.integers(0, 2**32))
def test_setting_the_same_value_again_changes_nothing(
    text: str, seed: int, grammar: Grammar
) -> None:
    document = parse(SourceFile.of("a.tf", text), grammar)
    inner = list(bodies(document))
    if not inner:
        return
    body = Random(seed).choice(inner)
    once = render(document, [InsertAttribute(body, NAME, "1")], grammar)
    again = parse(once, grammar)
    (probe,) = [b.attributes[NAME] for b in bodies(again) if NAME in b.attributes]
    assert render(again, [SetValue(probe.value, "1")], grammar).text == once.text
    # Taking it away again leaves the lines that were there, a one-line block aside.
    gone = render(again, [RemoveItem(probe)], grammar)
    assert proved(parse(gone, grammar), AddTopLevel("x {}"), grammar)[0] is None


@needs_terraform
# Each case is ten drawn files and a run of terraform: few cases, and each of them slow.
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(files(), min_size=10, max_size=10), seed=st.integers(0, 2**32))
def test_terraform_fmt_leaves_any_edit_alone(
    texts: list[str], seed: int, grammar: Grammar, tmp_path_factory: pytest.TempPathFactory
) -> None:
    originals = {f"{number}": text.encode() for number, text in enumerate(texts)}
    edits = {}
    for key, data in originals.items():
        document = parse(SourceFile.decode("a.tf", data), grammar)
        for kind, intent in probes(document, Random(seed)):
            edits[f"{key} {kind}"] = proved(document, intent, grammar)[1]
    verdicts = judge({**originals, **edits}, tmp_path_factory.mktemp("fmt"))
    assert verdicts.invalid == frozenset()
    for key in edits:
        if verdicts.is_stable(key.split(" ")[0]):
            assert verdicts.is_stable(key), edits[key].decode()
