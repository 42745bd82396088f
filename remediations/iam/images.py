"""Whether what names a repository of images means that one, or is made of its address.

Reads values; knows no role and no policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ..terraform.belonging import nodes_behind
from ..terraform.module import Module
from ..terraform.nodes import Call, Expression, Heredoc, Reference, String

REPOSITORY: Final = "aws_ecr_repository"
_TAKES_APART: Final = frozenset(
    {"dirname", "element", "regex", "regexall", "replace", "split", "substr", "trimsuffix"}
)
_ACCOUNT: Final = "registry_id"
_PUSHES: Final = re.compile(
    r"docker\s+(?:push\s+(?:-\S+\s+)*|buildx\s+build\s.*?--push.*?\s(?:-t|--tag)[\s=]+)"
    r"[\"']?([^\s\"';&|]+)"
)
_VARIABLE: Final = re.compile(r"\$\{?\w*\}?\Z")
_OF_IMAGES: Final = re.compile(r"(^|_)(ecr|image|docker|container)_repo(sitory)?(_name)?$")
# What a build is told of by these may be where it pushes to; a tag, a host or a source is no such
# thing, and what others are built on is only pulled.
_OF_BUILDS: Final = re.compile(r"(^|_)(ecr|images?|repos?|repositor(y|ies))(_|$)")
_NOT_OF_BUILDS: Final = re.compile(
    r"(^|_)(account|artifact|branch|code|commit|digest|dir|domain|endpoint|file|git|github|host|"
    r"login|npm|path|pypi|region|registry|server|source|tags?|type|version)(_|$)"
)
_ONLY_PULLED: Final = re.compile(r"(^|_)(base|builder|cache|from|parent|runtime|upstream)_")
OWN_ARGUMENTS: Final = frozenset({"image", "image_pull_credentials_type"})
"""Those of a build that say what it runs in, which it pulls."""
_TAG: Final = re.compile(r"[:@].*")


def is_of_images(words: str) -> bool:
    """Whether a setting of these words holds the name of a repository of images, not of code."""
    return bool(_OF_IMAGES.search(words))


def may_be_pushed_to(words: str) -> bool:
    """Whether a build that is told of something by these words may push there."""
    return bool(_OF_BUILDS.search(words)) and not _NOT_OF_BUILDS.search(words)


def is_only_pulled(words: str) -> bool:
    """Whether these words are for what images are built on."""
    return bool(_ONLY_PULLED.search(words))


def says_another(value: Expression, module: Module) -> bool:
    """Whether only the address of a repository goes into it: its host, or its account."""
    for node in nodes_behind([value], module):
        if isinstance(node, Call) and node.name in _TAKES_APART and _has_one(node, module):
            return True
        if isinstance(node, Reference) and _is_one(node) and _ACCOUNT in node.parts:
            return True
        for part, after in _followed(node):
            if isinstance(part, Reference) and _is_one(part) and after.startswith("/"):
                return True
    return False


def pushed(node: Heredoc | String) -> Iterator[str]:
    """Last names of the images that a text pushes, where they are written out."""
    text = "".join(part if isinstance(part, str) else "$" for part in node.parts)
    for match in _PUSHES.finditer(text):
        name = _TAG.sub("", match[1]).rpartition("/")[2]
        if name and not _VARIABLE.match(name):
            yield name


def _followed(node: Expression) -> Iterator[tuple[str | Expression, str]]:
    parts = node.parts if isinstance(node, Heredoc | String) else ()
    for part, after in pairwise(parts):
        if isinstance(after, str):
            yield part, after


def _has_one(node: Expression, module: Module) -> bool:
    held = nodes_behind([node], module)
    return any(isinstance(one, Reference) and _is_one(one) for one in held)


def _is_one(node: Reference) -> bool:
    return REPOSITORY in node.names[:2]
