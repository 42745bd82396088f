"""Policy statements in the forms Terraform writes them. Reads; judges and edits nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..model import Known
from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Block,
    Call,
    Document,
    Expression,
    ListExpression,
    ObjectExpression,
    Parentheses,
    String,
)

DOCUMENT: Final = "data.aws_iam_policy_document"
ENCODED: Final = (
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
    "aws_iam_role",
)
_PRINCIPALS: Final = ("principals", "not_principals")


@dataclass(frozen=True, slots=True)
class Item:
    """One action, resource or principal, as a pattern.

    A part that is only known after apply stands as ``${reference}``; a variable of IAM itself
    stands as ``&{name}`` in every form. ``node`` is missing where the list is written elsewhere.
    """

    text: str
    node: Expression | None = None

    @property
    def is_known(self) -> bool:
        """False where some part of it is only known after apply."""
        return "${" not in self.text


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. ``siblings`` is the list it stands in, where it is an object in a list.

    ``sid`` is None where there is none, or where it cannot be read.
    """

    node: Block | ObjectExpression
    siblings: ListExpression | None
    sid: str | None
    effect: str
    actions: tuple[Item, ...]
    resources: tuple[Item, ...]
    actions_at: Expression | None
    resources_at: Expression | None
    principals: tuple[Item, ...] = ()
    has_not: bool = False
    """NotAction, NotResource or NotPrincipal stands in it."""
    conditions: str = ""
    """When it holds, as written, without line breaks; all of it where ``has_not`` is true."""

    @property
    def key(self) -> str:
        """What tells it from its neighbours: the Sid, else a hash of its actions."""
        if self.sid:
            return self.sid
        names = "\0".join(item.text for item in self.actions)
        return hashlib.sha256(names.encode()).hexdigest()[:12]


def policies(resource: Resource, module: Module) -> tuple[tuple[Statement, ...], ...]:
    """Every policy that is written in this resource, in the order of the text."""
    key = ("policies", id(resource.block))
    return module.remember(key, lambda: tuple(_policies(resource, module)))


def _policies(resource: Resource, module: Module) -> Iterator[tuple[Statement, ...]]:
    reader = _Reader(resource.document, module)
    if resource.kind == DOCUMENT:
        yield tuple(reader.of_block(block) for block in resource.body.blocks("statement"))
        return
    places = [resource.body, *(block.body for block in resource.body.blocks("inline_policy"))]
    for body in places:
        attribute = body.attributes.get("policy")
        encoded = encoded_object(attribute.value) if attribute else None
        if encoded is not None:
            yield tuple(reader.of_policy(encoded))


def encoded_object(value: Expression) -> ObjectExpression | None:
    """The object inside ``jsonencode({ … })``."""
    while isinstance(value, Parentheses):
        value = value.inner
    if isinstance(value, Call) and value.name == "jsonencode" and len(value.arguments) == 1:
        held = value.arguments[0]
        return held if isinstance(held, ObjectExpression) else None
    return None


def statements_of(encoded: ObjectExpression, document: Document, module: Module) -> list[Statement]:
    """The statements of one encoded policy, of whatever resource."""
    return list(_Reader(document, module).of_policy(encoded))


class _Reader:
    def __init__(self, document: Document, module: Module) -> None:
        self.document = document
        self.module = module

    def of_block(self, block: Block) -> Statement:
        held = {
            name: attribute.value
            for name, attribute in block.body.attributes.items()
            if self.module.evaluate(attribute.value) != Known(None)
        }
        others = [b for b in block.body.blocks() if _kind(b) not in _PRINCIPALS]
        effect = self.text(held["effect"]) if "effect" in held else "Allow"
        has_not = bool({"not_actions", "not_resources"} & set(held)) or any(
            _kind(b) == "not_principals" for b in block.body.blocks()
        )
        return Statement(
            block,
            None,
            self.sid(held.get("sid")),
            effect,
            self.items(held.get("actions")),
            self.items(held.get("resources")),
            held.get("actions"),
            held.get("resources"),
            tuple(self.principals_of(block)),
            has_not,
            " ".join(self.words(part) for part in ([block] if has_not else others)),
        )

    def principals_of(self, block: Block) -> Iterator[Item]:
        for held in block.body.blocks():
            if _kind(held) not in _PRINCIPALS:
                continue
            identifiers = held.body.attributes.get("identifiers")
            if held.type == "dynamic" or identifiers is None:
                yield Item("${principals}")
            else:
                yield from self.items(identifiers.value)

    def of_policy(self, policy: ObjectExpression) -> Iterator[Statement]:
        entry = policy.entry("Statement")
        if entry is None:
            return
        siblings = entry.value if isinstance(entry.value, ListExpression) else None
        for node in siblings.items if siblings else (entry.value,):
            if isinstance(node, ObjectExpression):
                yield self.of_object(node, siblings)

    def of_object(self, node: ObjectExpression, siblings: ListExpression | None) -> Statement:
        held = {entry.name: entry.value for entry in node.entries}
        has_not = bool({"NotAction", "NotResource", "NotPrincipal"} & set(held))
        condition = node if has_not else held.get("Condition")
        return Statement(
            node,
            siblings,
            self.sid(held.get("Sid")),
            self.text(held["Effect"]) if "Effect" in held else "",
            self.items(held.get("Action")),
            self.items(held.get("Resource")),
            held.get("Action"),
            held.get("Resource"),
            tuple(self.principals_in(held.get("Principal") or held.get("NotPrincipal"))),
            has_not,
            self.words(condition) if condition else "",
        )

    def principals_in(self, value: Expression | None) -> Iterator[Item]:
        if isinstance(value, ObjectExpression):
            for entry in value.entries:
                yield from self.items(entry.value)
        else:
            yield from self.items(value)

    def sid(self, value: Expression | None) -> str | None:
        known = self.module.evaluate(value) if value else None
        held = known.value if isinstance(known, Known) else None
        return held if isinstance(held, str) else None

    def items(self, value: Expression | None) -> tuple[Item, ...]:
        """A list or a single value; what another place holds has no nodes of its own."""
        if value is None:
            return ()
        if isinstance(value, ListExpression):
            return tuple(Item(self.text(item), item) for item in value.items)
        if isinstance(value, String):
            return (Item(self.text(value), value),)
        known = self.module.evaluate(value)
        held = known.value if isinstance(known, Known) else None
        several = held if isinstance(held, tuple) else (held,)
        if all(isinstance(one, str) for one in several):
            return tuple(Item(_portable(str(one))) for one in several)
        return (Item(self.reference(value)),)

    def text(self, value: Expression) -> str:
        known = self.module.evaluate(value)
        if isinstance(known, Known) and isinstance(known.value, str):
            return _portable(known.value)
        if not isinstance(value, String):
            return self.reference(value)
        return "".join(
            _portable(part) if isinstance(part, str) else self.text(part) for part in value.parts
        )

    def reference(self, value: Expression) -> str:
        return "${" + self.words(value) + "}"

    def words(self, node: Expression | Block) -> str:
        return " ".join(self.document.text_of(node).split())


def _kind(block: Block) -> str:
    """The type of a nested block, dynamic or not."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _portable(text: str) -> str:
    """``${aws:username}`` inside a text is a variable of IAM, no reference of Terraform's."""
    return text.replace("${", "&{")
