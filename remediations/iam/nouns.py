"""What can be meant by a statement, per service: which resources, and what else may be one.

A variable, a data source or a module that may be one is a rival: nobody can tell what it holds.
Knows no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..buckets import BUCKET, is_auxiliary, is_auxiliary_name
from ..frozen import dataclass
from ..terraform.belonging import nodes_behind
from ..terraform.module import Module, Resource
from ..terraform.nodes import Reference
from .targets import by_kind


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of resource and what it is called. ``variable`` matches names that may hold one."""

    service: str
    word: str
    kinds: tuple[str, ...]
    variable: re.Pattern[str]
    module: re.Pattern[str] | None = None
    """Matches sources of modules that make one."""
    adjective: str = ""

    @property
    def described(self) -> str:
        """The word with what tells those apart that can be meant."""
        return f"{self.adjective} {self.word}".strip()

    @property
    def plural(self) -> str:
        """The word for several."""
        is_y = self.word.endswith("y") and self.word[-2] not in "aeiou"
        return f"{self.word[:-1]}ies" if is_y else f"{self.word}s"

    @property
    def types(self) -> frozenset[str]:
        """The types of resource that one of them can hold."""
        return frozenset(one.type for kind in self.kinds for one in by_kind(kind))

    @property
    def looked_up(self) -> tuple[str, ...]:
        """The data sources for it, but for those that are as good as a resource."""
        return tuple(f"data.{kind}" for kind in self.kinds if not kind.startswith("data."))


def _named(words: str) -> re.Pattern[str]:
    return re.compile(rf"(^|_)({words})s?(_(name|arn|id|url|uri)s?)?$")


NOUNS: Final = {
    noun.word: noun
    for noun in (
        Noun(
            "s3",
            "bucket",
            (BUCKET,),
            _named("bucket"),
            re.compile(r"(^|[/_-])s3[_-]?bucket"),
            "data",
        ),
        Noun(
            "kms",
            "key",
            ("aws_kms_key",),
            _named("kms|kms_key|kms_master_key|cmk|encryption_key"),
            re.compile(r"(^|[/_-])kms"),
        ),
        Noun(
            "ecr",
            "repository",
            ("aws_ecr_repository",),
            _named("(ecr|image|docker|container)_repo|ecr|repository|image"),
            re.compile(r"(^|[/_-])ecr"),
        ),
        Noun("logs", "log group", ("aws_cloudwatch_log_group",), _named("log_group")),
        Noun(
            "secretsmanager",
            "secret",
            ("aws_secretsmanager_secret",),
            _named("secret"),
            re.compile(r"(^|[/_-])secrets?[_-]?manager"),
        ),
        Noun(
            "dynamodb",
            "table",
            ("aws_dynamodb_table",),
            _named("table|dynamodb|dynamodb_table"),
            re.compile(r"(^|[/_-])dynamodb"),
        ),
        Noun("iam", "role", ("aws_iam_role",), _named("role|iam_role|execution_role")),
        Noun("sagemaker", "endpoint", ("aws_sagemaker_endpoint",), _named("endpoint")),
        Noun(
            "bedrock",
            "model",
            (
                "data.aws_bedrock_foundation_model",
                "aws_bedrock_inference_profile",
                "aws_bedrock_provisioned_model_throughput",
            ),
            _named("model|foundation_model|model_id|inference_profile"),
        ),
    )
}


def declared(noun: Noun, module: Module) -> tuple[Resource, ...]:
    """What the module declares that can be meant: buckets for logs, state or websites are not."""
    return _held(noun, noun.kinds, module)


def looked_up(noun: Noun, module: Module) -> tuple[Resource, ...]:
    """What the module looks up that can be meant."""
    return _held(noun, noun.looked_up, module)


def _held(noun: Noun, kinds: tuple[str, ...], module: Module) -> tuple[Resource, ...]:
    def held() -> tuple[Resource, ...]:
        return tuple(
            one
            for kind in kinds
            for one in module.of_kind(kind)
            if noun.word != "bucket" or not is_auxiliary(module, one)
        )

    return module.remember(("held", kinds), held)


def others(noun: Noun, module: Module) -> tuple[str, ...]:
    """What this module is given or calls, besides what it declares and looks up."""
    return module.remember(("others", noun.word), lambda: tuple(_others(noun, module)))


def _others(noun: Noun, module: Module) -> Iterator[str]:
    for call in module.calls:
        made = call.target.of_kind if call.target else None
        known = made is not None and any(made(kind) for kind in noun.kinds)
        named = noun.variable.search(call.name) or (
            noun.module is not None and noun.module.search(call.source)
        )
        if known or named:
            yield f"module.{call.name}"
    inside = _variables_of_declared(noun, module)
    for name in module.variables:
        is_aside = noun.word == "bucket" and is_auxiliary_name(name)
        if noun.variable.search(name) and name not in inside and not is_aside:
            yield f"var.{name}"


def _variables_of_declared(noun: Noun, module: Module) -> frozenset[str]:
    """Variables that only say what a declared one is called, through locals too."""
    values = (
        attribute.value
        for kind in (*noun.kinds, *noun.looked_up)
        for one in module.of_kind(kind)
        for attribute in one.body.attributes.values()
    )
    names = (one.names for one in nodes_behind(values, module) if isinstance(one, Reference))
    return frozenset(held[1] for held in names if len(held) > 1 and held[0] == "var")
