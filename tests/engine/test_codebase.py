"""Files in, modules out; what cannot be read is named and stops nobody else."""

from __future__ import annotations

from remediations.codebase import Codebase
from remediations.model import Edit, NotAnalysed, Profile, Span
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Document
from tests.engine.rules_for_tests import read, things


def test_a_broken_file_is_named_with_its_place_and_the_others_are_read(grammar: Grammar) -> None:
    codebase = read({"a/x.tf": 'resource "x" {\n  a = [\n', "a/y.tf": things("y")}, grammar)
    assert [(one.path, one.blocking) for one in codebase.not_analysed] == [("a/x.tf", True)]
    assert "line 2, column 7" in codebase.not_analysed[0].reason
    assert [r.address for r in codebase.modules[0].resources] == ["thing.y"]
    assert codebase.modules[0].unread == ("a/x.tf",)


def test_bytes_that_are_no_text_are_named(grammar: Grammar) -> None:
    files = {"a.tf": b'x = "\xff"\n', "b.tf": b"x = 1\0\n", "c.tf": b" " * (512 * 1024 + 1)}
    codebase = Codebase.read(files, grammar)
    assert [one.path for one in codebase.not_analysed] == ["a.tf", "b.tf", "c.tf"]
    assert codebase.documents == {}
    assert codebase.modules == ()


def test_only_terraform_is_read(grammar: Grammar) -> None:
    files = {"a.tf": b"", "b.tfvars": b"x = 1\n", "c.md": b"[", ".terraform/x.hcl": b"["}
    codebase = Codebase.read(files, grammar)
    assert list(codebase.documents) == ["a.tf", "b.tfvars"]
    assert codebase.not_analysed == ()


def test_what_the_caller_skipped_is_missing_in_its_module_only(grammar: Grammar) -> None:
    skipped = [
        NotAnalysed("a/link.tf", 1, "it is a link"),
        NotAnalysed("a/more.tf.json", 1, "it is a link"),
        NotAnalysed("a/values.tfvars", 1, "it is a link"),
    ]
    files = {"a/main.tf": b"", "b/main.tf": b"", "b/x.tofu.json": b"not HCL ["}
    codebase = Codebase.read(files, grammar, skipped=skipped)
    assert {m.directory: m.unread for m in codebase.modules} == {
        "a": ("a/link.tf", "a/more.tf.json", "a/values.tfvars"),
        "b": ("b/x.tofu.json",),
    }
    assert sorted(one.path for one in codebase.not_analysed) == [
        "a/link.tf",
        "a/more.tf.json",
        "a/values.tfvars",
        "b/x.tofu.json",
    ]


def test_what_is_missing_stays_missing_after_an_edit(grammar: Grammar) -> None:
    codebase = Codebase.read({"main.tf": b"", "x.tf": b"["}, grammar)
    edited = codebase.with_edits([Edit("main.tf", Span(0, 0), things("a"))])
    assert edited.modules[0].unread == ("x.tf",)
    assert edited.not_analysed == codebase.not_analysed


def test_a_file_that_was_parsed_before_is_not_parsed_again(grammar: Grammar) -> None:
    cache: dict[bytes, Document] = {}
    files = {"main.tf": things("a").encode()}
    first = Codebase.read(files, grammar, cache)
    again = Codebase.read(files, grammar, cache)
    assert again.documents["main.tf"] is first.documents["main.tf"]
    moved = Codebase.read({"b/main.tf": files["main.tf"]}, grammar, cache)
    assert moved.documents["b/main.tf"].path == "b/main.tf"


def test_edits_lead_from_one_to_the_other_and_leave_the_rest(grammar: Grammar) -> None:
    before = Codebase.read(
        {"a.tf": b"\xef\xbb\xbfx = 1\r\n\r\n# kept\r\ny = 2\r\n", "b.tf": b"z = 3"}, grammar
    )
    after = before.with_edits(
        [Edit("a.tf", Span(4, 5), "5"), Edit("new.tf", Span(0, 0), "n = 1\n")]
    )
    edits = before.edits_to(after)
    assert [(edit.path, edit.text) for edit in edits] == [
        ("a.tf", "x = 5\r\n"),
        ("new.tf", "n = 1\n"),
    ]
    replayed = before.with_edits(edits)
    assert replayed.bytes_of("a.tf") == b"\xef\xbb\xbfx = 5\r\n\r\n# kept\r\ny = 2\r\n"
    assert replayed.bytes_of("b.tf") == b"z = 3"
    assert replayed.bytes_of("new.tf") == b"n = 1\n"
    assert before.bytes_of("a.tf").startswith(b"\xef\xbb\xbfx = 1\r\n")


def test_modules_that_nobody_edited_are_the_same_objects(grammar: Grammar) -> None:
    before = read({"a/main.tf": things("a"), "b/main.tf": things("b")}, grammar)
    after = before.with_edits([Edit("a/main.tf", Span(0, 0), "# new\n")])
    (old_a, old_b), (new_a, new_b) = before.roots(Profile()), after.roots(Profile())
    assert new_b is old_b
    assert new_a is not old_a
    assert after.module("gone") is None


def test_an_example_of_values_that_cannot_be_read_is_a_note(grammar: Grammar) -> None:
    files = {"main.tf": things("a"), "terraform.example.tfvars": "name = <yours>\n"}
    found = read(files, grammar)
    assert [one.blocking for one in found.not_analysed] == [False]
    assert found.modules[0].unread == ()
    real = read({"main.tf": things("a"), "prod.tfvars": "name = <yours>\n"}, grammar)
    assert [one.blocking for one in real.not_analysed] == [True]
    assert real.modules[0].unread == ("prod.tfvars",)
