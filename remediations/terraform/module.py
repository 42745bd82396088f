"""One directory of Terraform: its resources, its values, and what belongs to what.

Knows no policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from ..model import Known, Location, Unknown, Value
from .evaluate import Scope, evaluate, origin
from .nodes import Attribute, Block, Body, Document, Expression, Reference

_VERSION = re.compile(r"(>=|<=|~>|!=|=|<|>)?\s*v?(\d+)((?:\.\d+)*)")
NEWEST_MAJOR = 6
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Resource:
    """A ``resource`` or ``data`` block."""

    type: str
    name: str
    is_data: bool
    block: Block
    document: Document

    @property
    def kind(self) -> str:
        """The word rules name it by: ``aws_s3_bucket`` or ``data.aws_iam_policy_document``."""
        return f"data.{self.type}" if self.is_data else self.type

    @property
    def address(self) -> str:
        """``aws_s3_bucket.training``; the index of an instance is left out."""
        return f"{self.kind}.{self.name}"

    @property
    def body(self) -> Body:
        """What stands between its braces."""
        return self.block.body

    @property
    def path(self) -> str:
        """The file it stands in."""
        return self.document.path

    @property
    def repetition(self) -> Attribute | None:
        """Its ``count`` or ``for_each``."""
        return self.body.attributes.get("count") or self.body.attributes.get("for_each")

    @property
    def header(self) -> Location:
        """The line that names it."""
        return self.document.source.location(self.block.header_span)

    def attribute(self, dotted: str) -> Attribute | None:
        """An attribute by its path, through the first nested block of each name."""
        *blocks, name = dotted.split(".")
        body = self.body
        for type in blocks:
            found = body.blocks(type)
            if not found:
                return None
            body = found[0].body
        return body.attributes.get(name)

    def may_hold(self, name: str) -> bool:
        """Whether an argument or a nested block of that name is there, or may be written."""
        if name in self.body.attributes:
            return True
        return any(name in (b.type, *b.labels[:1]) for b in self.body.blocks())


def is_override(path: str) -> bool:
    """Whether Terraform merges the file's blocks into those of the others."""
    return path == "override.tf" or path.endswith(("/override.tf", "_override.tf"))


@dataclass(frozen=True)
class Module:
    """The files of one directory. ``unread`` names those that could not be read."""

    directory: str
    documents: tuple[Document, ...]
    unread: tuple[str, ...] = ()
    _remembered: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def remember(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What was worked out for this module before, or now; a module never changes."""
        if key not in self._remembered:
            self._remembered[key] = compute()
        found: T = self._remembered[key]
        return found

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Managed and data resources, in the order of files and text."""
        return tuple(
            Resource(block.labels[0], block.labels[1], block.type == "data", block, document)
            for document in self.documents
            for block in document.body.blocks()
            if block.type in ("resource", "data") and len(block.labels) == 2
        )

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Resource, ...]]:
        kinds: dict[str, list[Resource]] = {}
        for resource in self.resources:
            kinds.setdefault(resource.kind, []).append(resource)
        return {kind: tuple(found) for kind, found in kinds.items()}

    def of_kind(self, kind: str) -> tuple[Resource, ...]:
        """All of one kind, such as ``aws_s3_bucket`` or ``data.aws_caller_identity``."""
        return self._by_kind.get(kind, ())

    def resource(self, address: str) -> Resource | None:
        """By address without index."""
        return self._by_address.get(address)

    @cached_property
    def _by_address(self) -> Mapping[str, Resource]:
        return {resource.address: resource for resource in reversed(self.resources)}

    @cached_property
    def _overrides(self) -> Mapping[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            if is_override(resource.path):
                found.setdefault(resource.address, []).append(resource)
        return {address: tuple(held) for address, held in found.items()}

    def overridden_by(self, resource: Resource, name: str) -> str | None:
        """The override file that may say something else about an argument or block, if any.

        https://developer.hashicorp.com/terraform/language/files/override
        """
        for other in self._overrides.get(resource.address, ()):
            if other.block is not resource.block and other.may_hold(name):
                return other.path
        return None

    @cached_property
    def scope(self) -> Scope:
        """The module's variables and locals."""
        variables: dict[str, Expression | None] = {}
        local: dict[str, Expression] = {}
        for document in self.documents:
            for block in document.body.blocks("variable"):
                default = block.body.attributes.get("default")
                for label in block.labels[:1]:
                    variables[label] = default.value if default else None
            for block in document.body.blocks("locals"):
                local.update((a.name, a.value) for a in block.body.attributes.values())
        return Scope(variables, local)

    def evaluate(self, expression: Expression) -> Value:
        """What an expression is worth in this module."""
        return evaluate(expression, self.scope)

    def value_of(self, attribute: Attribute | None) -> Value:
        """An attribute's value; an absent one is ``Known(None)``, as a null one is."""
        return Known(None) if attribute is None else self.evaluate(attribute.value)

    def origin_of(self, expression: Expression) -> Location | None:
        """Where a value that is only passed on was written."""
        node = origin(expression, self.scope)
        if node is None:
            return None
        for document in self.documents:
            for candidate in _values(document):
                if candidate is node:
                    return document.source.location(node.span)
        return None

    def references(self, expression: Expression) -> tuple[str, ...]:
        """Addresses of this module's resources that an expression names, through locals too."""
        return self.remember(("references", id(expression)), lambda: self._references(expression))

    def _references(self, expression: Expression) -> tuple[str, ...]:
        found: dict[str, None] = {}
        pending, seen = [expression], set()
        while pending:
            for name in _dotted(pending.pop()):
                address = self._address(name)
                if address:
                    found[address] = None
                elif name.startswith("local.") and name not in seen:
                    seen.add(name)
                    local = self.scope.locals.get(name.split(".")[1])
                    pending += [local] if local is not None else []
        return tuple(found)

    def _address(self, dotted: str) -> str | None:
        names = re.sub(r"\[[^\]]*\]", "", dotted).split(".")
        if names[0] == "data" and len(names) > 2:
            address = ".".join(names[:3])
        else:
            address = ".".join(names[:2])
        return address if self.resource(address) else None

    @cached_property
    def _uses(self) -> Mapping[str, tuple[tuple[Resource, str], ...]]:
        uses: dict[str, list[tuple[Resource, str]]] = {}
        for resource in self.resources:
            for attribute in _all_attributes(resource.body):
                for address in self.references(attribute.value):
                    uses.setdefault(address, []).append((resource, attribute.name))
        return {address: tuple(found) for address, found in uses.items()}

    def users_of(self, address: str) -> tuple[tuple[Resource, str], ...]:
        """Which resources refer to this one, each with the name of the attribute that does."""
        return self._uses.get(address, ())

    def depends_on(self, resource: Resource, address: str) -> bool:
        """Whether a resource needs another one to be there first, directly or through others."""
        pending, seen = [address], {address}
        while pending:
            for user, _ in self.users_of(pending.pop()):
                if user.address == resource.address:
                    return True
                if user.address not in seen:
                    seen.add(user.address)
                    pending.append(user.address)
        return False

    def owner_of(self, companion: Resource, attribute: str, kind: str) -> Resource | Unknown | None:
        """Which resource of ``kind`` a companion's attribute means: by reference or by name.

        ``None`` where it means something outside this module, ``Unknown`` where it cannot be told
        or may mean several.
        """
        key = ("owner", companion.address, id(companion.block), attribute, kind)
        return self.remember(key, lambda: self._owner_of(companion, attribute, kind))

    def _owner_of(
        self, companion: Resource, attribute: str, kind: str
    ) -> Resource | Unknown | None:
        held = companion.attribute(attribute)
        if held is None:
            return Unknown(f"`{companion.address}` names no `{attribute}`")
        named = (self.resource(address) for address in self.references(held.value))
        meant = [resource for resource in named if resource is not None and resource.kind == kind]
        if len(meant) > 1:
            names = " or ".join(f"`{resource.address}`" for resource in meant)
            return Unknown(f"it may mean {names}")
        if meant:
            return meant[0]
        value = self.evaluate(held.value)
        if isinstance(value, Unknown):
            roots = {node.parts[0] for node in held.value.walk() if isinstance(node, Reference)}
            return None if roots and roots <= {"module", "data"} else value
        return self._named(kind, value.value)

    def _named(self, kind: str, name: object) -> Resource | None:
        for resource in self.of_kind(kind):
            own = self.value_of(resource.attribute("bucket"))
            if isinstance(own, Known) and own.value is not None and own.value == name:
                return resource
        return None

    @cached_property
    def aws_majors(self) -> tuple[int, ...]:
        """Major versions of the AWS provider that are allowed; the newest two if none is said."""
        constraints = tuple(self._constraints())
        allowed = tuple(
            major
            for major in range(1, NEWEST_MAJOR + 1)
            if all(_allows(constraint, major) for constraint in constraints)
        )
        return allowed if constraints and allowed else (NEWEST_MAJOR - 1, NEWEST_MAJOR)

    def _constraints(self) -> Iterator[str]:
        for document in self.documents:
            for block in document.body.blocks("terraform"):
                for providers in block.body.blocks("required_providers"):
                    aws = providers.body.attributes.get("aws")
                    value = self.value_of(aws)
                    held = value.value if isinstance(value, Known) else None
                    version = held.get("version") if isinstance(held, dict) else held
                    if isinstance(version, str):
                        yield version


def _allows(constraint: str, major: int) -> bool:
    """Whether some release of ``major`` satisfies every part of a constraint."""
    for part in constraint.split(","):
        found = _VERSION.match(part.strip())
        if found is None:
            continue
        operator, wanted, rest = found[1] or "=", int(found[2]), found[3]
        fits = {
            ">=": major >= wanted,
            ">": major >= wanted,
            "<=": major <= wanted,
            # Some 4.x is older than 4.67, none is older than 4.0.
            "<": major < wanted or (major == wanted and rest.strip(".0") != ""),
            "=": major == wanted,
            "!=": True,
            # "~> 4" lets the major version grow, "~> 4.0" does not.
            "~>": major == wanted if rest else major >= wanted,
        }[operator]
        if not fits:
            return False
    return True


def _dotted(expression: Expression) -> Iterator[str]:
    return (node.dotted for node in expression.walk() if isinstance(node, Reference))


def _all_attributes(body: Body) -> Iterator[Attribute]:
    bodies = [body]
    while bodies:
        current = bodies.pop()
        yield from current.attributes.values()
        bodies.extend(block.body for block in current.blocks())


def _values(document: Document) -> Iterator[Expression]:
    for block in document.body.blocks():
        if block.type in ("variable", "locals"):
            for attribute in block.body.attributes.values():
                yield attribute.value
