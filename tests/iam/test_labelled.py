"""The labelled statements hold together: sources, halves, addresses, and the modules themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from remediations.codebase import Codebase
from remediations.iam.statements import policies
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module

from .labelled import GIVEN, LATER, VERDICTS, Labelled, files_of, given, half_of, labelled

MODULES = sorted({one.module for one in labelled()})
needs_modules = pytest.mark.skipif(
    given() is None, reason=f"other people's modules are not in this repository; set {GIVEN}"
)


def test_there_are_enough_of_them_from_enough_places() -> None:
    rows = labelled()
    assert len(rows) >= 150
    assert len({one.repository for one in rows}) >= 30
    assert len({one.id for one in rows}) == len(rows)
    assert {one.form for one in rows} == {"document", "jsonencode", "heredoc"}


def test_about_half_of_them_are_held_out_by_whole_repositories() -> None:
    rows = [one for one in labelled() if one.half not in LATER]
    assert all(one.half == half_of(one.repository) for one in rows)
    held_out = sum(one.half == "held-out" for one in rows)
    assert 0.35 < held_out / len(rows) < 0.65


def test_no_repository_is_in_two_rounds() -> None:
    rounds = defaultdict(set)
    for one in labelled():
        rounds[one.repository.lower()].add(one.half)
    assert [name for name, halves in rounds.items() if len(halves) > 1] == []


def test_every_one_says_where_it_comes_from_and_why_it_is_labelled_so() -> None:
    for one in labelled():
        assert len(one.commit) == 40
        assert one.path.startswith(one.directory)
        assert one.line > 0
        assert one.licence in {
            "Apache-2.0",
            "BSD-3-Clause",
            "CC0-1.0",
            "MIT",
            "MIT-0",
            "Unlicense",
            "none stated",
        }
        services = {_service(action) for action in one.actions}
        # Later rounds leave out the services of which no action here takes a resource.
        assert one.labels.keys() <= services if one.half in LATER else one.labels.keys() == services
        for label in one.labels.values():
            assert label.verdict in VERDICTS
            assert label.why
            assert bool(label.resources) == (label.verdict in ("resources", "derived")) or (
                label.verdict == "literal"
            )
            assert bool(label.names) == (label.verdict == "literal")


@needs_modules
@pytest.mark.parametrize("name", MODULES)
def test_the_reduced_module_holds_what_the_label_speaks_of(name: str, grammar: Grammar) -> None:
    codebase = Codebase.read(files_of(name), grammar)
    rows = [one for one in labelled() if one.module == name]
    not_read = {one.path for one in codebase.not_analysed}
    assert not not_read & {one.path for one in rows}  # others may hold what is no Terraform
    modules = {module.directory: module for module in codebase.modules}
    for one in rows:
        module = modules[one.directory]
        _holds_the_statement(one, module)
        for label in one.labels.values():
            assert label.resources <= set(_addresses(module))


def _holds_the_statement(one: Labelled, module: Module) -> None:
    resource = module.resource(one.address)
    assert resource is not None
    if one.form == "heredoc":
        assert all(f'"{action}"' in resource.document.source.text for action in one.actions)
        return
    held = [statement for policy in policies(resource, module) for statement in policy]
    statement = held[one.statement]
    assert tuple(item.text for item in statement.actions) == one.actions
    assert [_without_blanks(item.text) for item in statement.resources] == [
        _without_blanks(text) for text in one.resources
    ]
    assert statement.sid == (one.sid or None)


def _addresses(module: Module) -> Iterator[str]:
    yield from (resource.address for resource in module.resources)
    yield from (f"var.{name}" for name in module.variables)
    yield from (f"local.{name}" for name in module.locals)
    yield from ("module." + ".".join(block.labels) for block, _ in module.blocks("module"))


def _service(action: str) -> str:
    return "unknown" if "${" in action else action.partition(":")[0].lower()


def _without_blanks(text: str) -> str:
    return text.replace(" ", "")


def test_a_label_is_found_by_its_service() -> None:
    by_verdict = defaultdict(set)
    for one in labelled():
        for service, label in one.labels.items():
            by_verdict[label.verdict].add(service)
    assert "s3" in by_verdict["resources"]
    assert by_verdict.keys() == VERDICTS
