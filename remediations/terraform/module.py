"""One directory of Terraform as one caller uses it: its resources, its names, its values.

Knows no policy. What belongs to what is told in ``belonging.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any, Final, TypeVar

from ..frozen import dataclass
from ..model import Known, Value
from .calls import (
    MAX_DEPTH,
    MAX_MODULES,
    TOO_MANY,
    Directory,
    Library,
    ModuleCall,
    StandIn,
    directory_of,
    is_local,
    source_of,
)
from .evaluate import Found, Scope, evaluate
from .instances import (
    Turn,
    expanded,
    instances,
    partly_in,
    together,
    values_in,
)
from .names import find
from .nodes import Attribute, Block, Body, Document, Expression, Reference
from .provider import majors, said_of_provider
from .resource import Resource
from .unread import UnreadBody
from .written import Written

__all__ = ["Module", "Resource", "Setting"]

MAX_STEPS: Final = 2_000_000
"""What all values of one root and its modules together may cost: about two seconds."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a root module is given from outside. Of ``values`` the later ones win."""

    values: tuple[Document, ...] = ()
    workspace: str | None = None
    locked: str | None = None
    """The version of the AWS provider that the lock file beside it has chosen."""
    passed_over: Mapping[str, str] = field(default_factory=dict)
    """Where it is Terraform that reads it: the files that OpenTofu would read others for."""


@dataclass(frozen=True, eq=False)
class Module:
    """The files of one directory. ``unread`` names those that could not be read.

    ``caller`` and ``call`` say who uses it; a root module has neither, but a ``setting``.
    """

    directory: str
    documents: tuple[Document, ...]
    unread: tuple[str, ...] = ()
    library: Library = field(default_factory=dict, repr=False)
    setting: Setting = Setting()
    caller: Module | None = field(default=None, repr=False)
    call: ModuleCall | None = field(default=None, repr=False)
    stand_in: StandIn | None = field(default=None, repr=False)
    """Set where the files are not the module's own, but say what is known of it."""
    doubted: frozenset[str] = frozenset()
    """Variables of a root that may be given another value than their default."""
    _written: Written | None = field(default=None, repr=False)
    _remembered: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _found: dict[str, Found | Value] = field(default_factory=dict, repr=False)
    """What names stand for, by how they are written."""
    _values: dict[int, tuple[Expression, Value]] = field(default_factory=dict, repr=False)
    _spent: list[int] = field(default_factory=lambda: [0, 1], repr=False)
    """Steps of evaluation, and modules, of the whole tree; shared by all in it."""

    def remember(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What was worked out for this module before, or now; a module never changes."""
        if key not in self._remembered:
            self._remembered[key] = compute()
        found: T = self._remembered[key]
        return found

    @cached_property
    def root(self) -> Module:
        """The module that everything began with."""
        return self if self.caller is None else self.caller.root

    @cached_property
    def path(self) -> str:
        """The calls that lead here, each with a dot behind it: ``module.lake.``, or nothing."""
        if self.caller is None or self.call is None:
            return ""
        return f"{self.caller.path}module.{self.call.name}."

    @cached_property
    def family(self) -> tuple[Module, ...]:
        """Every module of the same root, that one first, each before those it calls."""
        if self.caller is not None:
            return self.root.family
        found = [self]
        for module in found:
            found += [call.target for call in module.calls if call.target is not None]
        return tuple(found)

    @cached_property
    def _called(self) -> Mapping[str, ModuleCall]:
        found = (
            self._call(block, document)
            for block, document in self.blocks("module")
            if len(block.labels) == 1
        )
        return {call.name: call for call in found}

    @cached_property
    def calls(self) -> tuple[ModuleCall, ...]:
        """Its ``module`` blocks, but for those that are known to be made no time."""
        return tuple(call for call in self._called.values() if not self.is_absent(call.block))

    def called(self, name: str) -> Module | None:
        """The module behind a call, made or not; None where it is not looked into."""
        call = self._called.get(name)
        return call.target if call else None

    def _call(self, block: Block, document: Document) -> ModuleCall:
        source = source_of(block)
        call = ModuleCall(block.labels[0], block, document, source)
        directory = directory_of(block, self.directory, self.library)
        if directory is None and not is_local(source):
            shown = f"`{source}`" if source else "its source"
            return replace(call, reason=f"{shown} is outside this repository")
        held = None if directory is None else self.library.get(directory)
        reason = self._hindrance(source, directory, held)
        if reason or held is None or directory is None:
            return replace(call, reason=reason, is_cut=reason == TOO_MANY)
        self._spent[1] += 1
        target = Module(
            directory,
            held.documents,
            held.unread,
            library=self.library,
            caller=self,
            call=call,
            stand_in=held.stand_in,
            _written=held.written,
            _spent=self._spent,
        )
        return replace(call, target=target)

    def _hindrance(self, source: str, directory: str | None, held: Directory | None) -> str:
        if directory is None or held is None:
            return f"no Terraform was read from `{source}`"
        callers, module = 1, self
        while True:
            if module.directory == directory:
                return f"`{source}` calls itself"
            if module.caller is None:
                break
            callers, module = callers + 1, module.caller
        if callers > MAX_DEPTH or self._spent[1] >= MAX_MODULES:
            return TOO_MANY
        return ""

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Managed and data resources, in the order of files and text."""
        return tuple(
            Resource.of(block, document, self) for block, document in self.written.resources
        )

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Resource, ...]]:
        kinds: dict[str, list[Resource]] = {}
        for resource in (*self.resources, *self._labelled_blocks()):
            if not self.is_absent(resource.block):
                kinds.setdefault(resource.kind, []).append(resource)
        return {kind: tuple(found) for kind, found in kinds.items()}

    def _labelled_blocks(self) -> Iterator[Resource]:
        """Providers, variables and outputs, which rules may judge like resources."""
        for block, document in self.written.others:
            yield Resource.of(block, document, self)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of everything that is written here, made or not."""
        held = (resource.kind for resource in (*self.resources, *self._labelled_blocks()))
        return frozenset(held)

    def of_kind(self, kind: str) -> tuple[Resource, ...]:
        """All of one kind, such as ``aws_s3_bucket`` or ``data.aws_caller_identity``.

        Also ``provider``, ``variable`` and ``output``; without what is known to be made no time.
        """
        return self._by_kind.get(kind, ())

    def family_of_kind(self, kind: str) -> tuple[Resource, ...]:
        """As ``of_kind``, over every module of the same root."""
        return tuple(resource for module in self.family for resource in module.of_kind(kind))

    def is_absent(self, block: Block) -> bool:
        """Whether it is known to be made no time, here and now."""
        if block.body.is_unread:
            return False
        count, each = (block.body.attributes.get(name) for name in ("count", "for_each"))
        if count is not None and self.evaluate(count.value) in (Known(0), Known("0")):
            return True
        return each is not None and self.evaluate(each.value) in (Known(()), Known({}))

    def resource(self, address: str) -> Resource | None:
        """By address without index."""
        return self._by_address.get(address)

    @cached_property
    def _by_address(self) -> Mapping[str, Resource]:
        return {resource.address: resource for resource in reversed(self.resources)}

    @cached_property
    def written(self) -> Written:
        """What its files say, whoever calls them."""
        return self._written or Written(self.documents)

    def blocks(self, type: str) -> Iterator[tuple[Block, Document]]:
        """Its top-level blocks of a type, with what override files say, and the file of each."""
        return iter(self.written.by_type.get(type, ()))

    def document_of(self, node: object, otherwise: Document) -> Document:
        """The file of a node of a block in ``otherwise``: an override's is another one."""
        return self.written.merged.places.get(id(node), otherwise)

    def as_written(self, body: Body) -> Body:
        """A body without what override files add to it."""
        return self.written.merged.bodies.get(id(body), body)

    @cached_property
    def variables(self) -> Mapping[str, tuple[Block, Document]]:
        """The variables it declares."""
        return self.written.variables

    @cached_property
    def outputs(self) -> Mapping[str, tuple[Block, Document]]:
        """The outputs it declares."""
        return self.written.outputs

    @cached_property
    def locals(self) -> Mapping[str, tuple[Attribute, Document]]:
        """Its local values."""
        return self.written.locals

    @cached_property
    def given(self) -> Mapping[str, tuple[Attribute, Document]]:
        """What a root module's variables are given from outside."""
        return {
            attribute.name: (attribute, document)
            for document in self.setting.values
            for attribute in document.body.attributes.values()
        }

    def find(self, node: Reference) -> Found | Value:
        """What a name stands for here: a variable, a local, or another module's output."""
        if "[" in node.dotted:
            return find(self, node)
        found = self._found.get(node.dotted)
        if found is None:
            found = self._found[node.dotted] = find(self, node)
        return found

    def spend(self, steps: int) -> bool:
        """Count steps of evaluation; False once the whole root has had its share."""
        self._spent[0] += steps
        return self._spent[0] < MAX_STEPS

    @property
    def is_spent(self) -> bool:
        """Whether the whole root has had its share, so that values were left unknown."""
        return self._spent[0] >= MAX_STEPS

    def evaluate(self, expression: Expression) -> Value:
        """What an expression is worth in this module: in a repeated block, in all instances."""
        held = self._values.get(id(expression)) or self.written.constants.get(id(expression))
        if held is None:
            value = together(self.each_value(expression))
            is_same = isinstance(value, Known) and not self.written.references_in(expression)
            values = self.written.constants if is_same else self._values
            # The expression is kept too, so that nothing else ever gets its identity.
            held = values[id(expression)] = expression, value
        return held[1]

    def each_value(self, expression: Expression) -> tuple[Value, ...]:
        """What an expression is worth in each instance of the blocks that it stands in."""
        turns = self._turns.get(id(expression), ())
        return values_in(expression, turns, self) if turns else (evaluate(expression, self),)

    def scope_of(self, expression: Expression) -> Scope:
        """Where the names of an expression are looked up: of one instance, what it is given."""
        turns = self._turns.get(id(expression), ())
        scopes = instances(turns, self) if turns else ()
        return scopes[0] if len(scopes) == 1 else self

    def instances_of(self, expression: Expression) -> tuple[Scope, ...]:
        """The scopes of all instances of the blocks that it stands in; none where unsettled."""
        turns = self._turns.get(id(expression), ())
        return instances(turns, self) if turns else ()

    def evaluate_partly(self, expression: Expression) -> object:
        """As far as it is known; only where every instance sees the same."""
        return partly_in(expression, self._turns.get(id(expression), ()), self)

    @cached_property
    def _turns(self) -> Mapping[int, tuple[Turn, ...]]:
        return self.written.turns

    @cached_property
    def expanded(self) -> Mapping[int, Body]:
        """Bodies with settled ``dynamic`` blocks as they are made, by their block's identity."""
        return expanded(self.written.dynamic, self)

    def value_of(self, attribute: Attribute | None) -> Value:
        """An attribute's value; an absent one is ``Known(None)``, as a null one is."""
        return Known(None) if attribute is None else self.evaluate(attribute.value)

    def references_in(self, expression: Expression) -> tuple[Reference, ...]:
        """Every name in an expression."""
        return self.written.references_in(expression)

    def references(self, expression: Expression) -> tuple[str, ...]:
        """Addresses of this module's resources that an expression names, through locals too."""
        return self.written.references(expression)

    def naming(self, resource: Resource) -> tuple[Attribute, ...]:
        """The arguments of a resource that have a name in them."""
        if id(resource.block) in self.expanded:
            return self.written.with_names(resource.body)
        return self.written.naming(resource.block)

    @cached_property
    def _uses(self) -> Mapping[str, list[tuple[Resource, str | None]]]:
        """Who refers to an address, with which attribute; None where one that is unread may."""
        uses: dict[str, list[tuple[Resource, str | None]]] = {}
        for resource in self.resources:
            body = resource.block.body
            if isinstance(body, UnreadBody) and body.is_unread:
                for address in self.written.may_name(body):
                    uses.setdefault(address, []).append((resource, None))
                continue
            for attribute in self.naming(resource):
                for address in self.references(attribute.value):
                    uses.setdefault(address, []).append((resource, attribute.name))
        return uses

    def users_of(self, address: str) -> tuple[tuple[Resource, str], ...]:
        """Which resources refer to this one, each with the name of the attribute that does."""
        return self.remember(("users", address), lambda: tuple(self._users(address)))

    def _users(self, address: str) -> Iterator[tuple[Resource, str]]:
        for resource, name in self._uses.get(address, ()):
            if name is not None:
                yield resource, name
                continue
            for attribute in self.naming(resource):
                if address in self.references(attribute.value):
                    yield resource, attribute.name

    @cached_property
    def aws_majors(self) -> tuple[int, ...]:
        """Major versions of the AWS provider that are allowed; the newest two if none is said.

        A module, those that call it and the root's lock file all have to agree.
        """
        return majors(said_of_provider(self))

    @cached_property
    def says_provider(self) -> bool:
        """Whether any version of the AWS provider is asked for; else the newest two are assumed."""
        return bool(said_of_provider(self))
