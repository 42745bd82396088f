"""What a fix writes exists in every version of the provider that its module allows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remediations import schema
from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Safety
from remediations.plan import combine
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Block, Body, Expression, ListExpression, Literal, String
from tests.engine.rules_for_tests import read
from tests.rules.pages import Example, all_examples

META = {"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"}
Written = tuple[str, Expression | Block]


def written(body: Body, outer: str = "") -> Iterator[Written]:
    """Every argument and block by its path."""
    for attribute in body.attributes.values():
        yield outer + attribute.name, attribute.value
    for block in body.blocks():
        if block.type == "dynamic":
            continue
        yield outer + block.type, block
        yield from written(block.body, f"{outer}{block.type}.")


def wrong(resource: Resource, module: Module, before: set[str]) -> Iterator[str]:
    """What was written into a resource and is not there, or of another type."""
    for path, node in written(resource.body):
        if path in before or path.split(".")[0] in META:
            continue
        lacking = schema.lacking(resource.kind, path, module.aws_majors)
        found = schema.argument(resource.kind, path)
        if lacking or found is None:
            yield f"{resource.kind}: {path} is not known to {lacking or 'any version'}"
        elif not all(fits(node, found, type) for type in types_of(found, module)):
            yield f"{resource.kind}: {path} is {found.type}"


def types_of(found: schema.Argument, module: Module) -> set[str]:
    """What it is in each version that is allowed, and known to have it."""
    allowed = found.majors & {max(schema.MAJORS[0], major) for major in module.aws_majors}
    return {found.types[major].rstrip("!") for major in allowed}


def fits(node: Expression | Block, found: schema.Argument, type: str) -> bool:
    if isinstance(node, Block):
        return type in ("block", "blocks", "object", "objects")
    if type in ("block", "blocks"):
        return False
    if isinstance(node, Literal):
        # A flag that became "true", "false" or nothing in version 6 still takes a bare true.
        was_flag = "boolean" in found.types.values()
        wanted = "boolean" if isinstance(node.value, bool) else "number"
        return node.value is None or type == wanted or (wanted == "boolean" and was_flag)
    if isinstance(node, String):
        return type in ("string", "any")
    if isinstance(node, ListExpression):
        return type.startswith(("array", "objects"))
    return True


def mistakes(before: Codebase, after: Codebase) -> list[str]:
    found: list[str] = []
    for module in after.modules:
        old = next((m for m in before.modules if m.directory == module.directory), None)
        for resource in module.resources:
            held = old.resource(resource.address) if old else None
            paths = {path for path, _ in written(held.body)} if held else set()
            whole = schema.resource(resource.kind)
            if resource.is_data or whole is None:
                continue
            found += wrong(resource, module, paths)
            if held is None and not whole.majors & {*module.aws_majors}:
                found.append(f"{resource.kind} is not known to {module.aws_majors}")
    return found


@pytest.mark.parametrize("example", [e for e in all_examples("before") if e.after], ids=str)
def test_what_a_fix_writes_exists(example: Example, grammar: Grammar) -> None:
    assert example.after is not None
    assert mistakes(read(example.files, grammar), read(example.after, grammar)) == []


def pinned(example: Example, major: int, grammar: Grammar) -> Codebase:
    says = f'terraform {{\n  required_providers {{\n    aws = "~> {major}.0"\n  }}\n}}\n'
    return read({**example.files, "versions.tf": says}, grammar)


FREE = [e for e in all_examples("before") if e.after and "required_p" not in str(e.files)]


@pytest.mark.parametrize("major", schema.MAJORS)
@pytest.mark.parametrize("example", FREE, ids=str)
def test_what_a_fix_writes_exists_in_each_version(
    example: Example, major: int, grammar: Grammar
) -> None:
    """Whatever version a module allows: what its fix writes is there, or there is no fix."""
    before = pinned(example, major, grammar)
    others = frozenset(rule.id for rule in rules() if rule.id != example.rule)
    profile = Profile("prod", rules_off=others)
    edits = combine(before, detect(before, profile).findings, profile, Safety.REPLACE)
    assert mistakes(before, before.with_edits(edits)) == []


BARE = 'resource "aws_sagemaker_notebook_instance" "n" {\n  name = "n"\n}\n'


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("root_volume_encryption_enabled = true", "is not known to (5, 6)"),
        ("volume_size = true", "volume_size is number"),
        ('subnet_id = ["a"]', "subnet_id is string"),
        ('instance_metadata_service_configuration = "2"', "configuration is block"),
        ('kms_key_id = "k"', None),
    ],
)
def test_a_wrong_argument_would_be_seen(line: str, mistake: str | None, grammar: Grammar) -> None:
    after = BARE.replace('"n"\n}', f'"n"\n  {line}\n}}')
    found = mistakes(read(BARE, grammar), read(after, grammar))
    assert [mistake in one for one in found if mistake] == ([True] if mistake else [])
    assert bool(found) is bool(mistake)


@pytest.mark.parametrize(
    ("majors", "lacking"),
    [((6,), ()), ((4, 5), ()), ((1, 2, 3), (3,)), ((3, 4, 5, 6), ())],
)
def test_older_versions_lack_what_the_oldest_one_lacks(
    majors: tuple[int, ...], lacking: tuple[int, ...]
) -> None:
    path = "instance_metadata_service_configuration.minimum_instance_metadata_service_version"
    assert schema.lacking("aws_sagemaker_notebook_instance", path, majors) == lacking


def test_a_spec_tells_versions_apart() -> None:
    shard = schema.argument("aws_redshift_cluster", "logging")
    assert shard is not None
    assert shard.majors == {3, 4, 5}
    name = schema.argument("aws_s3_bucket", "server_side_encryption_configuration.rule")
    assert name is not None
    assert name.is_required
    assert "name" in schema.names("aws_sagemaker_notebook_instance")
    assert schema.resource("aws_no_such_thing") is None
    assert schema.lacking("aws_no_such_thing", "x", (6,)) == ()
    guard = schema.argument("aws_bedrockagent_agent", "guardrail_configuration")
    assert guard is not None
    assert guard.type == "objects"
    assert not guard.is_block
