"""What a policy statement says, whichever form it is written in. Knows no grammar."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import field
from typing import Final

from ..frozen import dataclass
from ..model import Related
from ..terraform.nodes import (
    Attribute,
    Block,
    Document,
    Entry,
    Expression,
    ListExpression,
    ObjectExpression,
)

Node = Attribute | Block | Entry | Expression
STANDS_HERE: Final = "the statement stands here"
"""How a place is related to a finding that is told where the statement is used."""


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
class Test:
    """One line of a condition: ``operator`` compares ``key`` with any of ``values``.

    The operator is spelt as written, with ``IfExists`` and ``ForAllValues:``; IAM does not look at
    the case of operators and keys, so they are in small letters here.
    """

    operator: str
    key: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A policy whose nodes do not stand in its resource: in a local, or as a text in quotes.

    ``argument`` is what leads to them, and ``readers`` are the places of all resources that read
    the local. A text in quotes is a file for itself, and nothing in it can be edited.
    """

    argument: Attribute
    readers: tuple[str, ...] = ()
    is_quoted: bool = False
    outputs: tuple[str, ...] = ()
    """Outputs that hand the local on: whoever uses them gets what is changed in it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. ``siblings`` is the list it stands in, where it is an object in a list.

    ``sid`` is None where there is none or an empty one, or where it cannot be read.
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
    not_actions: tuple[Item, ...] = ()
    not_resources: tuple[Item, ...] = ()
    not_principals: bool = False
    """Whether ``principals`` are those that are left out."""
    principal_kinds: tuple[str, ...] = ()
    """``AWS``, ``Service``, … for each of ``principals``."""
    tests: tuple[Test, ...] | None = ()
    """When it holds, one by one; None where that cannot be read."""
    is_json: bool = False
    """Written as a JSON text, so what is put into it has to be JSON."""
    is_repeated: bool = False
    """Made any number of times: it stands in a dynamic block that nobody can settle here."""
    is_made: bool = False
    """Made by a dynamic block: what it says may mean nothing outside of that."""
    is_one_of_several: bool = False
    """Made by a text that makes other statements too, or by a function: nothing in it is edited."""
    home: Document | None = field(default=None, compare=False)
    """The file of its nodes; None for one that stands nowhere."""
    elsewhere: Elsewhere | None = field(default=None, compare=False)
    """Set where it does not stand in the resource that it belongs to."""

    @property
    def key(self) -> str:
        """What tells it from its neighbours: the Sid, else a hash of its actions."""
        return self.key_of(item.text for item in self.actions)

    def key_of(self, actions: Iterable[str]) -> str:
        """As ``key``, where only some of the actions are meant: the others may come and go."""
        if self.sid:
            return self.sid
        return hashlib.sha256("\0".join(actions).encode()).hexdigest()[:12]

    def document(self, holder: Document) -> Document:
        """The file of its nodes: that of its resource, an override's, or that of a local."""
        return self.home or holder

    def shown(self, node: Node | None) -> Node | None:
        """A part of it, or the argument that leads to it where it stands elsewhere."""
        return self.elsewhere.argument if self.elsewhere else node

    def related(self, node: Node | None) -> tuple[Related, ...]:
        """Where a part of it really stands, where that is not in the resource."""
        if node is None or self.home is None or self.elsewhere is None or self.elsewhere.is_quoted:
            return ()
        place = self.home.source.location(node.span)
        return (Related(place, STANDS_HERE),)


def sid_told(held: object) -> str | None:
    """What a Sid's value says; several may be empty, which is as if there were none.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
    """
    return held if isinstance(held, str) and held else None


def portable(text: str) -> str:
    """``${aws:username}`` inside a text is a variable of IAM, no reference of Terraform's."""
    return text.replace("${", "&{")
