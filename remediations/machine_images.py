"""What machines do that start from an image, where its maker says so. Judges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .model import Known
from .terraform.belonging import meaning_of, nodes_behind
from .terraform.module import Module, Resource
from .terraform.nodes import Body, String

_NAMED: Final = re.compile(r"\^?al2023-ami-")
_PUBLISHED: Final = "/aws/service/ami-amazon-linux-latest/al2023-ami-"
_BY_PARAMETER: Final = f"resolve:ssm:{_PUBLISHED}"
_AMAZON: Final = frozenset({"amazon", "137112412989", "591542846629"})


def asks_for_token(machine: Resource, module: Module) -> bool:
    """Whether a machine that says nothing of it gives credentials only to whoever has a token.

    So it is with the images of Amazon Linux 2023, and with those that ECS makes of them:
    https://docs.aws.amazon.com/linux/al2023/ug/imdsv2.html. False where the image is not shown.
    """
    image = machine.attribute("ami") or machine.attribute("image_id")
    if image is None:
        return False
    value = module.value_of(image)
    if isinstance(value, Known):
        return str(value.value).startswith(_BY_PARAMETER)
    texts = (
        node.literal for node in nodes_behind([image.value], module) if isinstance(node, String)
    )
    meant = meaning_of(image.value, module, machine.block)
    is_all = bool(meant.resources) and not meant.loose
    return is_all and not any(texts) and all(map(_is_amazon_linux_2023, meant.resources))


def _is_amazon_linux_2023(source: Resource) -> bool:
    if source.type == "aws_ssm_parameter":
        names = _texts(source, source.body, "name")
        return any(one.startswith(_PUBLISHED) for one in names)
    if source.type != "aws_ami":
        return False
    owners = (*_texts(source, source.body, "owners"), *_filtered(source, "owner-alias"))
    names = (*_texts(source, source.body, "name_regex"), *_filtered(source, "name"))
    return _AMAZON.issuperset(owners) and bool(owners and names) and all(map(_NAMED.match, names))


def _filtered(source: Resource, name: str) -> Iterator[str]:
    """What a filter of that name lets through."""
    for block in source.body.blocks("filter"):
        if _texts(source, block.body, "name") == (name,):
            yield from _texts(source, block.body, "values")


def _texts(source: Resource, body: Body, argument: str) -> tuple[str, ...]:
    """The texts of an argument, one or a list; none where nobody can read it."""
    held = body.attributes.get(argument)
    value = source.home.value_of(held)
    if not isinstance(value, Known):
        return ()
    texts = value.value if isinstance(value.value, tuple) else (value.value,)
    return tuple(str(one) for one in texts if one is not None)
