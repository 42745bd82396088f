"""Whom a resource's policy lets in: everybody, only those it names, or nobody can tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import chain
from typing import Final

from ..model import Known
from ..terraform.module import Module, Resource
from ..terraform.nodes import Expression, Heredoc, Reference
from ..terraform.nodes import String as Text
from .documents import PutTogether, put_together
from .statements import Statement, encoded_policy, policies, policy_of

# What the caller of the module decides; every other reference is to one thing.
_OPEN_REFERENCES: Final = ("${var.", "${local.", "${each.", "${principals}", "${[for")
ONE_NAME: Final = re.compile(
    r"\$\{((data\.)?aws_\w.*\.(arn|iam_arn|id|account_id|unique_id)\}$|format\(\"arn:)"
)
"""A principal that is made by a name, and is never everybody. A parameter's value may be."""
_OF_AWS: Final = ("${aws_", "${data.aws_")
_DEEPEST_JSON: Final = 50


class Audience(Enum):
    """Whom a policy allows something. A Deny lets nobody in."""

    NAMED = "named"
    EVERYBODY = "everybody"
    UNKNOWN = "unknown"


def audience(policy: Resource, module: Module, argument: str = "policy") -> Audience:
    """Whom a policy in an argument of a resource lets in."""
    held = policy.attribute(argument)
    if held is None:
        return Audience.NAMED
    encoded = encoded_policy(policy, module, argument)
    if encoded is not None:
        rest = [Audience.UNKNOWN] if encoded.is_left_open(module) else []
        read = policy_of(policy, module, argument) or ()
        return _worst([*map(_of_statement, read), *rest])
    made = put_together(held.value, module)
    if made.documents:
        return _of_documents(made)
    text = _text(held.value, module)
    return Audience.UNKNOWN if text is None else _of_json(text)


def _worst(found: Iterable[Audience]) -> Audience:
    seen = set(found)
    for one in (Audience.EVERYBODY, Audience.UNKNOWN):
        if one in seen:
            return one
    return Audience.NAMED


def _of_statement(statement: Statement) -> Audience:
    if statement.effect == "Deny":
        return Audience.NAMED
    names = [item.text for item in statement.principals]
    if "*" in names:
        return Audience.EVERYBODY
    if statement.effect != "Allow" or statement.has_not:
        return Audience.UNKNOWN
    is_open = any(map(_may_be_anybody, names))
    return Audience.UNKNOWN if is_open else Audience.NAMED


def _may_be_anybody(name: str) -> bool:
    is_of_aws = name.startswith(_OF_AWS)
    return name.startswith(_OPEN_REFERENCES) or (is_of_aws and not ONE_NAME.match(name))


def _of_documents(made: PutTogether) -> Audience:
    found = [] if made.is_all else [Audience.UNKNOWN]
    for document in made.documents:
        if document.body.blocks("dynamic"):
            found.append(Audience.UNKNOWN)
        for statement in chain.from_iterable(policies(document, document.home)):
            found.append(_of_statement(statement))
            if made.replaces_in(item.text for item in statement.principals):
                found.append(Audience.UNKNOWN)
    return _worst(found)


def _text(value: Expression, module: Module) -> str | None:
    """A policy that is written as a text; what is filled in stands as ``${reference}``."""
    known = module.evaluate(value)
    if isinstance(known, Known):
        return known.value if isinstance(known.value, str) else None
    if not isinstance(value, Heredoc | Text):
        return None
    pieces = []
    for part in value.parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        filled = module.evaluate(part)
        dotted = part.dotted if isinstance(part, Reference) else "var."
        held = filled.value if isinstance(filled, Known) else None
        pieces.append(held if isinstance(held, str) else "${" + dotted + "}")
    return "".join(pieces)


def _of_json(text: str) -> Audience:
    if _depth(text) > _DEEPEST_JSON:
        return Audience.UNKNOWN
    try:
        policy = json.loads(text)
    except ValueError:
        return Audience.UNKNOWN
    listed = policy.get("Statement") if isinstance(policy, dict) else None
    statements = listed if isinstance(listed, list) else [listed]
    return _worst(_of_plain(statement) for statement in statements)


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    return deepest


def _of_plain(statement: object) -> Audience:
    if not isinstance(statement, dict):
        return Audience.UNKNOWN
    if statement.get("Effect") == "Deny":
        return Audience.NAMED
    names = list(_names(statement.get("Principal")))
    if "*" in names:
        return Audience.EVERYBODY
    is_open = any(map(_may_be_anybody, names))
    plain = statement.get("Effect") == "Allow" and names and not is_open
    return Audience.NAMED if plain else Audience.UNKNOWN


def _names(principal: object) -> Iterator[str]:
    if isinstance(principal, str):
        yield principal
    for held in principal.values() if isinstance(principal, dict) else ():
        yield from (str(one) for one in (held if isinstance(held, list) else [held]))
