"""Resources of statements as patterns: a reference to a declared resource is the ARN it will have.

What AWS chooses or a caller passes in stays an atom. Knows no action.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from ..terraform.module import Module, Resource
from ..terraform.nodes import Reference
from .globs import ANY, Pattern, escapes, is_atom, matches_one_of, meets, pattern
from .targets import Target, by_kind, forms, targets, where

_PARTITION: Final = "${partition}"
_REGION: Final = "${region}"
_ACCOUNT: Final = "${account}"
_LOOKUPS: Final = {
    "aws_partition": ({"partition", "id"}, _PARTITION),
    "aws_region": ({"name", "region", "id"}, _REGION),
    "aws_caller_identity": ({"account_id", "id"}, _ACCOUNT),
}
_REFERENCE: Final = re.compile(r"\$\{((?:data\.)?[a-z]\w*)\.([\w-]+)\.(\w+)\}")
_LOCAL: Final = re.compile(r"\$\{local\.([\w-]+)\}")
_EACH: Final = re.compile(r"\$\{each of ((?:data\.)?[a-z]\w*)\.([\w-]+)\.(\w+)\}")
_ELSEWHERE: Final = ("provider", "region", "arn", "count", "for_each")
_ARN: Final = re.compile(r"arn:(\$\{[^{}]*\}|[^:*?]*):")
_OPENING: Final = "arn:"


def as_pattern(text: str, module: Module) -> Pattern:
    """A resource as a pattern; a declared resource's ARN has its name for an atom."""
    key = ("pattern", text)
    return module.remember(key, lambda: tuple(_expanded(pattern(text), module)))


def escape_of(new: str, old: Sequence[str], module: Module) -> str | None:
    """None where a resource is covered by others; else a text that none of them covers.

    A module is deployed to one partition, and a declared resource is in it: its ARN is compared
    with what is written for any one of them. Region and account are those of the provider.
    """
    others = [as_pattern(one, module) for one in old]
    tokens = as_pattern(new, module)
    found = [escapes(one, others) for one in _in_each_partition(tokens, old)]
    if None in found:
        return None
    return next((one.text for one in found if one is not None and one.text), new)


def _in_each_partition(tokens: Pattern, old: Sequence[str]) -> Iterator[Pattern]:
    yield tokens
    if _PARTITION in tokens:
        written = (_ARN.match(one) for one in old)
        for partition in {one[1] for one in written if one}:
            yield tuple(
                part
                for token in tokens
                for part in (pattern(partition) if token == _PARTITION else (token,))
            )


def types_reached(text: str, service: str, module: Module) -> frozenset[str]:
    """The types of a service that a resource may mean: one of them, or many.

    Empty for what is only known after apply and no declared resource: it may mean anything.
    """
    tokens = as_pattern(text, module)
    if tokens and is_atom(tokens[0]) and not text.startswith(_OPENING):
        return frozenset()
    return frozenset(
        one.type for one in targets(service) if any(meets(tokens, form) for form in forms(one))
    )


def may_reach(text: str, service: str, module: Module) -> bool:
    """Whether a resource may be one of a service; what is only known after apply may be any."""
    tokens = as_pattern(text, module)
    is_unknown = bool(tokens) and is_atom(tokens[0]) and not text.startswith(_OPENING)
    return is_unknown or bool(types_reached(text, service, module))


def opens(text: str, service: str) -> frozenset[str]:
    """The types of a service of which a resource means every one: ``*`` and its like."""
    return _opens(text, service)


@lru_cache(maxsize=4_096)
def _opens(text: str, service: str) -> frozenset[str]:
    if "${" in text and not text.startswith(_OPENING):
        return frozenset()
    tokens = tuple(_open_fields(text))
    return frozenset(
        one.type
        for one in targets(service)
        if all(
            matches_one_of(tokens, _widest(form)) and escapes(_widest(form), [tokens]) is None
            for form in forms(one)[:1]
        )
    )


def _open_fields(text: str) -> Iterator[str]:
    """The pattern, with the fields of an ARN open that say where the module is deployed."""
    fields = text.split(":", 5)
    if fields[0] != "arn" or len(fields) < 6:
        # Braces of a reference may hold colons; such a text has no plain fields.
        yield from pattern(text)
        return
    yield from pattern("arn:*:" + fields[2])
    yield from (*pattern(":"), ANY, ":", ANY, ":", *pattern(fields[5]))


def _widest(form: Pattern) -> Pattern:
    """A name is at least one letter like no other, and any number of them."""
    return tuple(part for token in form for part in ((ANY,) if token[0] == "\0" else (token,)))


def _expanded(tokens: Pattern, module: Module) -> Iterator[str]:
    for token in tokens:
        yield from _stands_for(token, module) if is_atom(token) else (token,)


def each_of(address: str, argument: str) -> str:
    """An argument of all instances of a resource, as one text that is not known."""
    return f"${{each of {address}.{argument}}}"


def undeclared(text: str, module: Module) -> str | None:
    """What a text refers to and the module does not declare, or does not declare as one thing."""
    for found in _REFERENCE.finditer(text):
        address = f"{found[1]}.{found[2]}"
        held = module.resource(address)
        if "_" in found[1] and (held is None or held.repetition is not None):
            return address
    return None


def _stands_for(token: str, module: Module) -> Pattern:
    token = _behind_local(token, module)
    found = _REFERENCE.fullmatch(token) or _EACH.fullmatch(token)
    if found is None:
        return (token,)
    kind, name, attribute = found.groups()
    resource = module.resource(f"{kind}.{name}")
    if resource is None:
        return (token,)
    names, word = _LOOKUPS.get(kind.removeprefix("data."), ((), ""))
    if kind.startswith("data.") and attribute in names and _is_here(resource):
        return (word,)
    if kind == "aws_s3_bucket" and attribute in ("id", "bucket") and found.re is _REFERENCE:
        return (_own_name(resource),)
    held = next((one for one in by_kind(kind) if (kind, attribute) in one.kinds), None)
    own = _own_name(resource) if found.re is _REFERENCE else f"${{names of {resource.address}}}"
    return (token,) if held is None else _arn(resource, held, own)


def _behind_local(token: str, module: Module) -> str:
    """The reference that a local stands for, where it is nothing else."""
    found = _LOCAL.fullmatch(token)
    held = module.locals.get(found[1]) if found else None
    value = held[0].value if held else None
    return f"${{{value.dotted}}}" if isinstance(value, Reference) else token


def _is_here(resource: Resource) -> bool:
    return not any(resource.may_hold(name) for name in _ELSEWHERE)


def _own_name(resource: Resource) -> str:
    return f"${{name of {resource.address}}}"


def _arn(resource: Resource, held: Target, own: str) -> Pattern:
    """The ARN of a declared resource, its name being an atom."""
    is_here = _is_here(resource) and not resource.is_data
    fields = where(held)
    head = f"arn:{_PARTITION}:{held.service}:"
    region = (_REGION if is_here else f"${{region of {own}}}") if "region" in fields else ""
    account = (_ACCOUNT if is_here else f"${{account of {own}}}") if "account" in fields else ""
    stem = held.form.partition("<")[0]
    return pattern(f"{head}{region}:{account}:{stem}{own}")
