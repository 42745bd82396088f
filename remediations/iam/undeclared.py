"""What something that runs with a role is told of by a name: a table that nothing here declares.

A scope without it would break whatever reads it. Knows no statement and weighs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import shorten
from typing import Final

from ..frozen import dataclass
from ..model import Known
from ..terraform.belonging import nodes_behind
from ..terraform.module import Module, Resource
from ..terraform.nodes import (
    Document,
    Expression,
    Heredoc,
    ListExpression,
    ObjectExpression,
    Reference,
    String,
    all_attributes,
)
from .containers import LOGGING, branches, unread
from .functions import as_written
from .images import (
    OWN_ARGUMENTS,
    is_of_images,
    is_only_pulled,
    may_be_pushed_to,
    pushed,
    says_another,
)
from .nouns import NOUNS, Noun
from .roles import users_of_roles
from .spread import bare
from .uses import LENDS_ITS_KEY, encrypted, is_for_its_work, named_in, stands_in_a_file, told
from .workers import BUILD, CONTAINERS, PIPELINE

_HOLE: Final = "\0"
"""Stands for what is filled in."""
_SHOWN: Final = "…"
_MOST_SHOWN: Final = 60
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
    "log group": re.compile(r"(^|_)(aws|cloudwatch)?_?logs?_?groups?(_(arn|name|prefix)(s|es)?)?$"),
    "role": re.compile(r"(^|_)role_(name|arn)s?$"),
    "secret": re.compile(r"(^|_)secrets?(_manager)?_(name|arn|id)s?$"),
}
# Arguments that hold one by another name.
_ARGUMENTS: Final = {
    "bucket": {
        (PIPELINE, "location"),
        ("aws_bedrock_custom_model", "s3_uri"),
        ("aws_sagemaker_model", "model_data_url"),
        ("aws_sagemaker_model", "s3_uri"),
    },
    "key": {(PIPELINE, "id"), ("aws_kinesis_firehose_delivery_stream", "kinesis_stream_arn")},
    "repository": {("aws_apprunner_service", "image_identifier")},
    "log group": {(BUILD, "group_name"), ("aws_flow_log", "log_destination")},
}
_OF_BEDROCK: Final = "aws_bedrock"
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
_OF_CONTAINERS: Final = frozenset({"log group", "repository", "secret"})
# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
_OVERRULES: Final = "EnvironmentVariables"
_OF_IMAGE: Final = re.compile(r"(?i)repo|ecr|image_?(name|ur[il])")
_MADE_HERE: Final = frozenset({"key", "log group", "role"})
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
    heard = module.remember(key, lambda: tuple(_told(noun, roles, module)))
    names = frozenset(_known_names(chosen)) if heard else ()
    return next((one for one in heard if not one.name or one.name not in names), None)


def _told(noun: Noun, roles: tuple[Resource, ...], module: Module) -> Iterator[Undeclared]:
    for user in (*users_of_roles(roles, module), *_besides(noun, roles, module)):
        for shown, name in _Reader(noun, user, module).foreign():
            yield Undeclared(user.address, shown, name)
    for user in users_of_roles(roles, module) if noun.word == "key" else ():
        for shown, _ in _Reader(NOUNS["bucket"], user, module).foreign():
            yield Undeclared(user.address, shown, "")  # what that one is encrypted with
        for name in sorted(told(user, module)):
            one = module.resource(name)
            if one is not None and one.is_data and one.type in LENDS_ITS_KEY:
                yield Undeclared(user.address, name, "")


def _besides(noun: Noun, roles: tuple[Resource, ...], module: Module) -> Iterator[Resource]:
    """What says more of the work than what runs with the roles does."""
    for user in users_of_roles(roles, module):
        near = module.users_of(user.address) if user.type.startswith(_OF_BEDROCK) else ()
        yield from (one for one, _ in near if one.type.startswith(_OF_BEDROCK))
    if noun.word == "key":
        yield from encrypted(roles, module)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what one user is told, for one noun."""

    noun: Noun
    user: Resource
    module: Module

    def foreign(self) -> Iterator[tuple[str, str]]:
        """The settings that may name what is not declared, then such names in its texts."""
        yield from ((key, "") for key in (*self._unread(), *self._overruled()))
        for key, value in self._settings():
            if self._is_called_so(key):
                document = self.user.document_of(value)
                several = tuple(branches(value, document, self.module))
                for one, home in several:
                    yield from ((key, name) for name in self._names_foreign(key, one, home))
                    if len(several) > 1 and self._is_left_open(one):
                        yield key, ""
        for value in self._values():
            for node in nodes_behind([value], self.module):
                if isinstance(node, Heredoc | String):
                    yield from self._in_text(node)

    def _is_left_open(self, value: Expression) -> bool:
        """Whether a side is for whoever calls the module to fill in, and nothing by default."""
        inner = bare(value)
        is_variable = isinstance(inner, Reference) and inner.names[:1] == ("var",)
        return is_variable and self.module.evaluate(value) in (Known(""), Known(None))

    def _unread(self) -> Iterator[str]:
        """Where containers come from elsewhere, whose images and secrets do not stand here, and
        where that says to which group one prints.
        """
        for name in CONTAINERS if self.noun.word in _OF_CONTAINERS else ():
            held = self.user.attribute(name)
            if held is not None and not stands_in_a_file(held.value, self.module):
                within = LOGGING if self.noun.word == "log group" else ()
                document = self.user.document_of(held.value)
                found = unread(held.value, document, self.module, *within)
                if found is not None:
                    part, home = found
                    yield shorten(home.text_of(part), _MOST_SHOWN, placeholder=_SHOWN)

    def _overruled(self) -> Iterator[str]:
        """Where a pipeline tells a build of another repository than its own settings do."""
        near = self.module.users_of(self.user.address) if self._is_of_build else ()
        for one, _ in near:
            for held in all_attributes(one.body) if one.type == PIPELINE else ():
                for node in nodes_behind([held.value], one.home):
                    for entry in node.entries if isinstance(node, ObjectExpression) else ():
                        text = one.document_of(entry.value).text_of(entry.value)
                        if entry.name == _OVERRULES and _OF_IMAGE.search(text):
                            yield _OVERRULES

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

    @property
    def _is_of_build(self) -> bool:
        """Whether it is asked to which repositories a build pushes."""
        return self.noun.word == "repository" and self.user.type == BUILD

    def _is_called_so(self, key: str) -> bool:
        words = _words(key)
        if self._is_of_build and key in OWN_ARGUMENTS:
            return False
        if self._is_of_build and may_be_pushed_to(words):
            return True
        if (self.user.type, key) in _ARGUMENTS.get(self.noun.word, ()):
            return True
        found = _CALLED.get(self.noun.word, self.noun.variable).search(words)
        return bool(found or re.search(rf"(^|_){self.noun.word}s?_(name|arn|id|ur[il])s?_", words))

    def _names_foreign(self, key: str, value: Expression, home: Document) -> Iterator[str]:
        """The name that a value is, or nothing known; what means another thing is none."""
        names = tuple(named_in(value, self.user, self.module))
        if any(map(self._is_held, names)):
            is_pulled = self._is_of_build and is_only_pulled(_words(key))
            if self.noun.word == "repository" and (is_pulled or says_another(value, self.module)):
                yield ""
            return
        elsewhere = (one for one in names if not one.startswith("data."))
        if self.noun.word != "secret" and any(map(self.module.resource, elsewhere)):
            return  # a table of Glue, say; but a database may have a secret of its own
        known = self.module.evaluate(value)
        if isinstance(known, Known):
            yield from self._names_in(key, known.value)
        elif self.noun.word == "repository" and _says_where(value):
            return  # its text tells whether it is of ECR
        elif isinstance(value, ListExpression | ObjectExpression):
            return  # it is looked into
        elif home.text_of(value) not in _wordings(self.noun, self.module):
            yield ""

    def _names_in(self, key: str, value: object) -> Iterator[str]:
        """The names that stand in what a setting is worth, or the one that it is."""
        pattern = _WRITTEN.get(self.noun.word)
        spelt = pattern.findall(str(value)) if pattern else []
        is_plain = self.noun.word != "repository" or self._is_of_build or is_of_images(_words(key))
        is_name = isinstance(value, str) and is_plain and not _NO_NAME.match(value)
        yield from spelt or ([str(value)] if is_name else [])

    def _is_held(self, name: str) -> bool:
        """Whether it can be meant. What is given may be another one, and so may what is looked up
        where only what is made here is ever shown to be needed."""
        one = self.module.resource(name)
        kinds = (*self.noun.kinds, *(() if self.noun.word in _MADE_HERE else self.noun.looked_up))
        return one is not None and one.kind in kinds

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
            yield from ((name, name) for name in pushed(node) if self._is_of_build)
            return
        for match in _IN_JSON.finditer(text):
            key, value = match["called"] or match["key"], match["value"]
            if value != _HOLE and self._is_called_so(key) and not _NO_NAME.match(value):
                yield key, value


def _pair(name: Expression | None, value: Expression | None) -> Iterator[tuple[str, Expression]]:
    """``name = "TABLE"`` beside ``value = …``."""
    if isinstance(name, String) and name.literal and value is not None:
        yield name.literal, value


def _words(key: str) -> str:
    return "_".join(_WORD.split(key.removesuffix(_FROM_INPUT))).lower()


def _says_where(image: Expression) -> bool:
    return isinstance(image, String) and isinstance(image.parts[0], str)


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
