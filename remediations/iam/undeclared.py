"""What something that runs with a role is told of by a name: a table that nothing here declares.

A scope without it would break whatever reads it. Knows no statement and weighs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..frozen import dataclass
from ..model import Known, Value
from ..terraform.belonging import nodes_behind
from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Call,
    Conditional,
    Expression,
    Heredoc,
    ListExpression,
    ObjectExpression,
    Parentheses,
    String,
    all_attributes,
)
from .functions import as_written
from .nouns import Noun, others
from .roles import users_of_roles
from .uses import is_for_its_work, named_in

_HOLE: Final = "\0"
"""Stands for what is filled in."""
_SHOWN: Final = "…"
_NAME: Final = r"([^\s\"'/:@,*?]+)"
_FIELD: Final = r"[^\s\"':]*"
# A name in a text, by what stands before it.
_WRITTEN: Final = {
    "bucket": re.compile(rf"(?:\bs3[an]?://|\barn:{_FIELD}:s3:::|:s3:path/){_NAME}"),
    "table": re.compile(rf"\barn:{_FIELD}:dynamodb:{_FIELD}:{_FIELD}:table/{_NAME}"),
    "secret": re.compile(rf"\barn:{_FIELD}:secretsmanager:{_FIELD}:{_FIELD}:secret:{_NAME}"),
    "repository": re.compile(rf"\.dkr\.ecr\.[^\s\"'/]{{1,80}}/{_NAME}"),
    "role": re.compile(rf"\barn:{_FIELD}:iam::{_FIELD}:role/{_NAME}"),
    "endpoint": re.compile(rf"\barn:{_FIELD}:sagemaker:{_FIELD}:{_FIELD}:endpoint/{_NAME}"),
}
# Where a setting is called after the noun, it holds a name; a secret or a role may be the thing
# itself, or one of a cluster's machines.
_CALLED: Final = {
    "log group": re.compile(r"(^|_)(aws)?logs?_group(_(name|arn))?$"),
    "role": re.compile(r"(^|_)role_(name|arn)s?$"),
    "secret": re.compile(r"(^|_)secrets?(_manager)?_(name|arn|id)s?$"),
}
# What a state machine takes from its input:
# https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html
_FROM_INPUT: Final = ".$"
_NAMED_IN: Final = ("bucket", "name", "id")
# A setting in JSON, by itself or as a pair of a name and a value.
_IN_JSON: Final = re.compile(
    r'"(?:name"\s*:\s*"(?P<called>\w+)"\s*,\s*"value|(?P<key>[\w-]+(?:\.\$)?))"'
    r'\s*:\s*"(?P<value>[^"]*)"'
)
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_OF_IMAGES: Final = re.compile(r"(^|_)(ecr|image|docker|container)_repo(sitory)?(_name)?$")
_NO_NAME: Final = re.compile(r"(true|false|none|null|[\d.]*|https?://.*)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Undeclared:
    """What ``user`` is told of: the setting that says it or the name itself, and the name."""

    user: str
    shown: str
    name: str
    """Empty where it is not known."""


def undeclared(
    noun: Noun, chosen: tuple[Resource, ...], roles: tuple[Resource, ...], module: Module
) -> Undeclared | None:
    """The first besides the chosen ones that whatever runs with the roles is told of."""
    key = ("undeclared", noun.word, tuple(role.address for role in roles))
    told = module.remember(key, lambda: tuple(_told(noun, roles, module)))
    names = frozenset(_known_names(chosen)) if told else ()
    return next((one for one in told if not one.name or one.name not in names), None)


def _told(noun: Noun, roles: tuple[Resource, ...], module: Module) -> Iterator[Undeclared]:
    for user in users_of_roles(roles, module):
        for shown, name in _Reader(noun, user, module).foreign():
            yield Undeclared(user.address, shown, name)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what one user is told, for one noun."""

    noun: Noun
    user: Resource
    module: Module

    def foreign(self) -> Iterator[tuple[str, str]]:
        """The settings that may name what is not declared, then such names in its texts."""
        for key, value in self._settings():
            if self._is_called_so(key):
                for one in _choices(value, self.module):
                    yield from ((key, name) for name in self._names_foreign(key, one))
        for value in self._values():
            for node in nodes_behind([value], self.module):
                if isinstance(node, Heredoc | String):
                    yield from self._in_text(node)

    def _settings(self) -> Iterator[tuple[str, Expression]]:
        """Arguments, entries of objects, and pairs of a name and a value."""
        bodies = [self.user.body]
        while bodies:
            body = bodies.pop()
            bodies += [block.body for block in body.blocks()]
            held = {name: one.value for name, one in body.attributes.items()}
            yield from _pair(held.get("name"), held.get("value"))
            yield from ((name, held[name]) for name in held if is_for_its_work(name, self.user))
        for value in self._values():
            for node in nodes_behind([value], self.module):
                if isinstance(node, ObjectExpression):
                    entries = {one.name: one.value for one in node.entries if one.name}
                    yield from _pair(entries.get("name"), entries.get("value"))
                    yield from entries.items()

    def _values(self) -> Iterator[Expression]:
        held = all_attributes(self.user.body)
        yield from (one.value for one in held if is_for_its_work(one.name, self.user))

    def _is_called_so(self, key: str) -> bool:
        words = _words(key)
        found = _CALLED.get(self.noun.word, self.noun.variable).search(words)
        return bool(found or re.search(rf"(^|_){self.noun.word}s?_(name|arn|id|ur[il])s?_", words))

    def _names_foreign(self, key: str, value: Expression) -> Iterator[str]:
        """The name that a value is, or nothing known; what means another thing is none."""
        names = tuple(named_in(value, self.user, self.module))
        if any(map(self._is_held, names)):
            return
        elsewhere = (one for one in names if not one.startswith("data."))
        if self.noun.word != "secret" and any(map(self.module.resource, elsewhere)):
            return  # a table of Glue, say; but a database may have a secret of its own
        known = self.module.evaluate(value)
        is_settled = isinstance(known, Known) or _says_where(value)
        if self.noun.word == "repository" and is_settled and not _is_of_images(key, known):
            return  # its text tells whether it is of ECR
        if isinstance(known, Known):
            if isinstance(known.value, str) and not _NO_NAME.match(known.value):
                yield known.value
        elif not isinstance(value, ListExpression | ObjectExpression):  # those are looked into
            written = self.user.document_of(value).text_of(value)
            if written not in _wordings(self.noun, self.module):
                yield ""

    def _is_held(self, name: str) -> bool:
        one = self.module.resource(name)
        if one is not None:
            return one.kind in (*self.noun.kinds, *self.noun.looked_up)
        return name in others(self.noun, self.module)

    def _in_text(self, node: Heredoc | String) -> Iterator[tuple[str, str]]:
        text = "".join(part if isinstance(part, str) else _HOLE for part in node.parts)
        pattern = _WRITTEN.get(self.noun.word)
        for match in pattern.finditer(text) if pattern else ():
            name = match[1]
            if _HOLE not in name:
                yield name, name
            elif not any(map(self._is_held, named_in(node, self.user, self.module))):
                yield name.replace(_HOLE, _SHOWN), ""
        if self.noun.word == "repository":
            return
        for match in _IN_JSON.finditer(text):
            key, value = match["called"] or match["key"], match["value"]
            if value != _HOLE and self._is_called_so(key) and not _NO_NAME.match(value):
                yield key, value


def _pair(name: Expression | None, value: Expression | None) -> Iterator[tuple[str, Expression]]:
    """``name = "TABLE"`` beside ``value = …``."""
    if isinstance(name, String) and name.literal and value is not None:
        yield name.literal, value


def _is_of_images(key: str, known: Value) -> bool:
    """Whether it is the bare name of a repository of images, and not one of code or an address."""
    held = known.value if isinstance(known, Known) else None
    return bool(_OF_IMAGES.search(_words(key))) and isinstance(held, str) and ".dkr." not in held


def _words(key: str) -> str:
    return "_".join(_WORD.split(key.removesuffix(_FROM_INPUT))).lower()


def _says_where(image: Expression) -> bool:
    return isinstance(image, String) and isinstance(image.parts[0], str)


def _choices(value: Expression, module: Module) -> Iterator[Expression]:
    """What a value may be, by a condition that is not settled and by what falls back."""
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, Parentheses):
            pending.append(node.inner)
        elif isinstance(node, Conditional) and not isinstance(module.evaluate(node), Known):
            pending += [node.then, node.otherwise]
        elif isinstance(node, Call) and node.name in ("coalesce", "try"):
            pending += node.arguments
        else:
            yield node


def _known_names(chosen: tuple[Resource, ...]) -> Iterator[str]:
    for one in chosen:
        for argument in _NAMED_IN:
            value = one.value(argument)
            if isinstance(value, Known) and isinstance(value.value, str):
                yield value.value


def _wordings(noun: Noun, module: Module) -> frozenset[str]:
    """How their names are written, which means the same where it stands again."""
    return module.remember(
        ("wordings of", noun.word),
        lambda: frozenset(
            as_written(one, each) for one in _all(noun, module) for each in _NAMED_IN
        ),
    )


def _all(noun: Noun, module: Module) -> Iterator[Resource]:
    for kind in (*noun.kinds, *noun.looked_up):
        yield from module.of_kind(kind)
