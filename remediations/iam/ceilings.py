"""Policies that are a ceiling and give nothing: whoever sets one, and in whichever way it is named.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
Follows values; judges no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..frozen import dataclass
from ..model import Known
from ..terraform.belonging import resolve
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, Document, Expression, Literal

_WORD: Final = "boundary"
_POLICY: Final = "aws_iam_policy"
_LOOKED_UP: Final = "data.aws_iam_policy"
# Its policy is named in a nested block, by name alone.
_OF_SSO: Final = "aws_ssoadmin_permissions_boundary_attachment"
_NAME_IN_ARN: Final = re.compile(r":policy/(?:.*/)?([^/\"]+)\"?$")


def is_boundary(policy: Resource, root: Module) -> bool:
    """Whether a policy is set as a ceiling somewhere in these modules, or is called one."""
    held = root.remember("ceilings", lambda: _ceilings(root))
    if policy.place in held.places or _WORD in policy.name.lower():
        return True
    name = policy.attribute("name") if policy.kind == _POLICY else None
    texts = tuple(_texts(name.value, policy)) if name else ()
    return any(_WORD in text.lower() or text in held.names for text in texts)


@dataclass(frozen=True, slots=True)
class _Ceilings:
    """Policies by place, and by the name that an ARN or a lookup says."""

    places: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Set:
    """A value that says which policy a ceiling is, and where it stands."""

    value: Expression
    module: Module
    block: Block
    document: Document


def _ceilings(root: Module) -> _Ceilings:
    places: set[str] = set()
    names: set[str] = set()
    for one in (held for module in root.family for held in _set(module)):
        for found in resolve(one.value, one.module, one.block):
            places.add(found.place)
            if found.kind == _LOOKED_UP:
                names.update(_named(found))
        names.update(_in_arn(one))
    return _Ceilings(frozenset(places), frozenset(names))


def _set(module: Module) -> Iterator[_Set]:
    """Whatever is given as a ceiling: inputs and outputs only say so by their names."""
    for call in module.calls:
        for attribute in call.block.body.attributes.values():
            if _WORD in attribute.name:
                yield _Set(attribute.value, module, call.block, call.document)
    for name, (block, document) in module.outputs.items():
        held = block.body.attributes.get("value") if _WORD in name else None
        if held is not None:
            yield _Set(held.value, module, block, document)
    for one in module.resources:
        for attribute in one.body.attributes.values() if one.block.body.may_say(_WORD) else ():
            if _WORD in attribute.name:
                yield _Set(attribute.value, module, one.block, one.document)
    for one in module.of_kind(_OF_SSO):
        for attribute in module.naming(one):
            yield _Set(attribute.value, module, one.block, one.document)


def _in_arn(one: _Set) -> Iterator[str]:
    """The name at the end of an ARN, worked out or as it is written."""
    if isinstance(one.value, Literal):
        return
    known = one.module.evaluate(one.value)
    texts = [one.document.text_of(one.value)]
    texts += [known.value] if isinstance(known, Known) and isinstance(known.value, str) else []
    for text in texts:
        found = _NAME_IN_ARN.search(text)
        if found is not None:
            yield found[1]


def _named(lookup: Resource) -> Iterator[str]:
    name, arn = lookup.attribute("name"), lookup.attribute("arn")
    if name is not None:
        yield from _texts(name.value, lookup)
    if arn is not None:
        yield from _in_arn(_Set(arn.value, lookup.home, lookup.block, lookup.document))


def _texts(value: Expression, holder: Resource) -> Iterator[str]:
    """What a name is worth, and as it is written."""
    known = holder.home.evaluate(value)
    if isinstance(known, Known) and isinstance(known.value, str):
        yield known.value
    yield holder.document_of(value).text_of(value).strip('"')
