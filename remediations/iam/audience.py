"""Whom a resource's policy lets in: everybody, only those it names, or nobody can tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final

from ..model import Known
from ..terraform.module import Module, Resource
from ..terraform.nodes import Expression, Heredoc, ListExpression, Reference
from ..terraform.nodes import String as Text
from .statements import DOCUMENT, Statement, encoded_policy, policies, policy_of

_MERGED: Final = (
    "source_policy_documents",
    "override_policy_documents",
    "source_json",
    "override_json",
)
# What the caller of the module decides; every other reference is to one thing.
_OPEN_REFERENCES: Final = ("${var.", "${local.", "${each.", "${principals}", "${[for")
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
    documents = _documents(held.value, module)
    if documents:
        return _worst(_of_document(document, module) for document in documents)
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
    is_open = any(name.startswith(_OPEN_REFERENCES) for name in names)
    return Audience.UNKNOWN if is_open else Audience.NAMED


def _documents(value: Expression, module: Module) -> list[Resource]:
    """The policy documents that a value is made of, where it is made of nothing else."""
    if not isinstance(value, Reference | ListExpression):
        return []
    named = [module.resource(address) for address in module.references(value)]
    documents = [one for one in named if one is not None and one.kind == DOCUMENT]
    references = [node for node in value.walk() if isinstance(node, Reference)]
    return documents if len(documents) == len(references) == len(named) else []


def _of_document(document: Resource, module: Module) -> Audience:
    found, pending, seen = [], [document], {document.address}
    while pending:
        current = pending.pop()
        found += [_of_statement(one) for policy in policies(current, module) for one in policy]
        if current.body.blocks("dynamic"):
            found.append(Audience.UNKNOWN)
        for name in _MERGED:
            attribute = current.body.attributes.get(name)
            merged = _documents(attribute.value, module) if attribute else []
            if attribute is not None and not merged:
                found.append(Audience.UNKNOWN)
            fresh = [one for one in merged if one.address not in seen]
            seen |= {one.address for one in fresh}
            pending += fresh
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
    is_open = any(name.startswith(_OPEN_REFERENCES) for name in names)
    plain = statement.get("Effect") == "Allow" and names and not is_open
    return Audience.NAMED if plain else Audience.UNKNOWN


def _names(principal: object) -> Iterator[str]:
    if isinstance(principal, str):
        yield principal
    for held in principal.values() if isinstance(principal, dict) else ():
        yield from (str(one) for one in (held if isinstance(held, list) else [held]))
