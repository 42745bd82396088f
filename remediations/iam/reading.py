"""From nodes to statements: what the words of a policy are worth here. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ..frozen import dataclass
from ..model import Known, Value
from ..terraform.evaluate import Scope, evaluate
from ..terraform.module import Module
from ..terraform.nodes import (
    Attribute,
    Block,
    Call,
    Document,
    Expression,
    ForExpression,
    ListExpression,
    Literal,
    ObjectExpression,
    Reference,
    String,
)
from .arns import each_of
from .made import made
from .spread import Piece, pieces
from .statement import Elsewhere, Item, Statement, Test, portable, sid_told
from .written import elsewhere

_PRINCIPALS: Final = ("principals", "not_principals")
_NOT: Final = ("NotAction", "NotResource", "NotPrincipal")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the statements of one policy in one file."""

    document: Document
    module: Module
    is_json: bool = False
    elsewhere: Elsewhere | None = None
    argument: Attribute | None = None
    """Where the policy is given; without it, what stands in other places is not followed."""
    scope: Scope | None = None
    """Of one instance of a block that is made several times."""

    def of_block(
        self, block: Block, *, is_made: bool = False, is_repeated: bool = False
    ) -> Statement:
        """A ``statement`` block of a policy document."""
        held = {
            name: attribute.value
            for name, attribute in block.body.attributes.items()
            if self._value(attribute.value) != Known(None)
        }
        others = [b for b in block.body.blocks() if _kind(b) not in _PRINCIPALS]
        not_principals = any(_kind(b) == "not_principals" for b in block.body.blocks())
        has_not = bool({"not_actions", "not_resources"} & set(held)) or not_principals
        principals = tuple(self._principals_of(block))
        return Statement(
            node=block,
            siblings=None,
            sid=self._sid(held.get("sid")),
            effect=self.text(held["effect"]) if "effect" in held else "Allow",
            actions=self.items(held.get("actions")),
            resources=self.items(held.get("resources")),
            actions_at=held.get("actions"),
            resources_at=held.get("resources"),
            principals=tuple(item for _, item in principals),
            has_not=has_not,
            conditions=" ".join(self._words(part) for part in ([block] if has_not else others)),
            not_actions=self.items(held.get("not_actions")),
            not_resources=self.items(held.get("not_resources")),
            not_principals=not_principals,
            principal_kinds=tuple(kind for kind, _ in principals),
            tests=self._tests_of(others),
            is_repeated=is_repeated,
            is_made=is_made,
            home=self.document,
        )

    def _principals_of(self, block: Block) -> Iterator[tuple[str, Item]]:
        for held in block.body.blocks():
            if _kind(held) not in _PRINCIPALS:
                continue
            identifiers = held.body.attributes.get("identifiers")
            named = held.body.attributes.get("type")
            if held.type == "dynamic" or identifiers is None:
                yield "", Item("${principals}")
            else:
                kind = self.text(named.value) if named else ""
                yield from ((kind, item) for item in self.items(identifiers.value))

    def _tests_of(self, conditions: list[Block]) -> tuple[Test, ...] | None:
        found = []
        for block in conditions:
            held = [block.body.attributes.get(name) for name in ("test", "variable", "values")]
            if block.type != "condition" or None in held:
                return None
            test, variable, values = (one.value for one in held if one is not None)
            found.append(self._test(self.text(test), self.text(variable), values))
        return tuple(found)

    def _test(self, operator: str, key: str, values: Expression) -> Test:
        texts = frozenset(item.text for item in self.items(values))
        return Test(operator.lower(), key.lower(), texts)

    def of_policy(self, policy: ObjectExpression) -> Iterator[Statement]:
        """The statements of an object with the names that JSON has."""
        entry = policy.entry("Statement")
        if entry is None:
            return
        if self.is_json or self.argument is None:
            siblings = entry.value if isinstance(entry.value, ListExpression) else None
            for node in siblings.items if siblings else (entry.value,):
                if isinstance(node, ObjectExpression):
                    yield self._of_object(node, siblings)
            return
        for one in pieces(entry.value, self.document, self.module):
            if isinstance(one, Piece):
                yield self._of_piece(one, policy)

    def _of_piece(self, piece: Piece, policy: ObjectExpression) -> Statement:
        """One that stands in a local is read there; of one that is made, only values are known."""
        if piece.values is not None:
            where = self.elsewhere or (Elsewhere(self.argument) if self.argument else None)
            return made(piece, policy, where)
        assert isinstance(piece.node, ObjectExpression)
        there = self
        if piece.through is not None and self.argument is not None:
            held = elsewhere(self.argument, piece.through, self.module)
            there = replace(self, document=piece.document, elsewhere=held or self.elsewhere)
        return there._of_object(piece.node, piece.siblings)

    def _of_object(self, node: ObjectExpression, siblings: ListExpression | None) -> Statement:
        held = {entry.name: entry.value for entry in node.entries}
        has_not = bool(set(_NOT) & set(held))
        condition = node if has_not else held.get("Condition")
        principals = tuple(self._principals_in(held.get("Principal") or held.get("NotPrincipal")))
        return Statement(
            node=node,
            siblings=siblings,
            sid=self._sid(held.get("Sid")),
            effect=self.text(held["Effect"]) if "Effect" in held else "",
            actions=self.items(held.get("Action")),
            resources=self.items(held.get("Resource")),
            actions_at=held.get("Action"),
            resources_at=held.get("Resource"),
            principals=tuple(item for _, item in principals),
            has_not=has_not,
            conditions=self._words(condition) if condition else "",
            not_actions=self.items(held.get("NotAction")),
            not_resources=self.items(held.get("NotResource")),
            not_principals="NotPrincipal" in held,
            principal_kinds=tuple(kind for kind, _ in principals),
            tests=self._tests_in(held.get("Condition")),
            is_json=self.is_json,
            home=self.document,
            elsewhere=self.elsewhere,
        )

    def _principals_in(self, value: Expression | None) -> Iterator[tuple[str, Item]]:
        if isinstance(value, ObjectExpression):
            for entry in value.entries:
                yield from ((entry.name or "", item) for item in self.items(entry.value))
        else:
            yield from (("*", item) for item in self.items(value))

    def _tests_in(self, condition: Expression | None) -> tuple[Test, ...] | None:
        if condition is None:
            return ()
        if not isinstance(condition, ObjectExpression):
            return None
        found = []
        for operator in condition.entries:
            if operator.name is None or not isinstance(operator.value, ObjectExpression):
                return None
            for line in operator.value.entries:
                if line.name is None:
                    return None
                found.append(self._test(operator.name, line.name, line.value))
        return tuple(found)

    def _sid(self, value: Expression | None) -> str | None:
        known = self._value(value) if value else None
        return sid_told(known.value if isinstance(known, Known) else None)

    def items(self, value: Expression | None) -> tuple[Item, ...]:
        """A list or a single value; what another place holds has no nodes of its own."""
        if value is None:
            return ()
        if isinstance(value, ListExpression):
            return tuple(Item(self.text(item), item) for item in value.items)
        if isinstance(value, String):
            return (Item(self.text(value), value),)
        each = self._of_each(value)
        if each:
            return each
        known = self._value(value)
        held = known.value if isinstance(known, Known) else None
        several = held if isinstance(held, tuple) else (held,)
        if all(isinstance(one, str) for one in several):
            return tuple(Item(portable(str(one))) for one in several)
        return (Item(self.text(value)),)

    def _of_each(self, value: Expression) -> tuple[Item, ...]:
        """The items of ``[for one in resource : one.arn]``; flat ones too. Else nothing."""
        is_flat = isinstance(value, Call) and value.name == "flatten" and len(value.arguments) == 1
        if isinstance(value, Call) and is_flat:
            value = value.arguments[0]
        if not isinstance(value, ForExpression) or not isinstance(value.collection, Reference):
            return ()
        resource = self.module.resource(value.collection.dotted)
        if resource is None or resource.repetition is None or len(value.names) != 1:
            return ()
        if value.key is not None or value.condition is not None or value.groups:
            return ()
        made = value.value
        written = made.items if is_flat and isinstance(made, ListExpression) else (made,)
        texts = [self._of_one(one, value.names[0], resource.address) for one in written]
        return tuple(Item(text) for text in texts if text) if all(texts) else ()

    def _of_one(self, value: Expression, name: str, address: str) -> str:
        """What is written of one instance; nothing where that cannot be told."""
        parts: tuple[str | Expression, ...] = value.parts if isinstance(value, String) else (value,)
        found = ""
        for part in parts:
            if isinstance(part, str):
                found += portable(part)
            elif isinstance(part, Reference) and part.parts[:1] == (name,) and len(part.parts) == 2:
                found += each_of(address, str(part.parts[1]))
            else:
                return ""
        return found

    def text(self, value: Expression) -> str:
        """A value as a pattern; what is not known stands as it is written."""
        known = self._value(value)
        if isinstance(known, Known) and isinstance(known.value, str):
            return portable(known.value)
        if isinstance(value, Literal):
            return self._words(value)
        if not isinstance(value, String):
            return "${" + self._words(value) + "}"
        return "".join(
            portable(part) if isinstance(part, str) else self.text(part) for part in value.parts
        )

    def _value(self, node: Expression) -> Value:
        return self.module.evaluate(node) if self.scope is None else evaluate(node, self.scope)

    def _words(self, node: Expression | Block) -> str:
        return " ".join(self.document.text_of(node).split())


def _kind(block: Block) -> str:
    """The type of a nested block, dynamic or not."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type
