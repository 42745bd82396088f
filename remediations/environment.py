"""Environments: how strict to be where, and with which values. Reads no file.

What an admin wrote down wins; else directories and tfvars files say it by their names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import groupby
from posixpath import basename, dirname, normpath
from typing import Final

from .frozen import dataclass
from .glob import covers
from .terraform.files import VALUES

_WORDS: Final = {
    "prod": ("prod", "production", "prd", "live"),
    "staging": ("staging", "stage", "stg", "uat", "preprod", "acceptance", "acc"),
    "dev": ("dev", "development", "develop", "sandbox", "test", "qa", "playground"),
}
_LEVEL: Final = {word: level for level, words in _WORDS.items() for word in words}
_EXAMPLE: Final = frozenset({"example", "examples", "fixture", "sample", "template", "tpl", "dist"})
_AUTO: Final = ".auto.tfvars"
"""Files of that kind win over ``terraform.tfvars``, the last name over the others."""
_TOKEN: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment. ``paths`` are globs of the root modules it covers; none means every one."""

    name: str
    level: str
    """``dev``, ``staging`` or ``prod``."""
    paths: tuple[str, ...] = ()
    tfvars: tuple[str, ...] = ()
    """Files that are passed to it: paths in the repository, or names beside the root module."""
    workspace: str | None = None


def environments_of(
    directory: str,
    values: Collection[str],
    declared: Collection[Environment],
    otherwise: str,
    *,
    by_name: bool = True,
) -> tuple[Environment, ...]:
    """The environments that a root module is applied to, each with the files it is given.

    ``values`` are the tfvars files that belong to the directory, ``declared`` what the admin wrote
    down. Where nobody says anything it is the one called ``otherwise``.
    """
    read = (path for path in values if is_always_read(path, directory))
    own = tuple(sorted(read, key=lambda path: (_AUTO in basename(path), path)))
    written = [one for one in declared if _covers(one, directory)]
    if written:
        return tuple(_with(one, (*own, *_meant(one, directory, values))) for one in written)
    level = level_of_path(directory) if by_name else None
    default = Environment(level or otherwise, _LEVEL.get(level or "", otherwise), tfvars=own)
    if not by_name:
        return (default,)
    found = tuple(
        _with(one, (*own, *one.tfvars)) for one in _by_files(directory, values, default.level)
    )
    return found or (default,)


def is_always_read(path: str, directory: str) -> bool:
    """Whether Terraform reads the file without being told.

    https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files
    """
    name = basename(path)
    is_named = name in ("terraform.tfvars", "terraform.tfvars.json")
    is_auto = name.endswith((".auto.tfvars", ".auto.tfvars.json"))
    return dirname(path) == directory and (is_named or is_auto)


def is_example(path: str) -> bool:
    """Whether a file of values only shows what may be written into another one."""
    return path.endswith(VALUES) and not _EXAMPLE.isdisjoint(_TOKEN.split(basename(path).lower()))


def level_of_path(directory: str) -> str | None:
    """The word of the nearest directory that names an environment, such as ``prod``."""
    for segment in reversed(directory.lower().split("/")):
        word = segment.removeprefix("env-").removeprefix("environment-")
        if word in _LEVEL:
            return word
    return None


def level_named(name: str) -> str | None:
    """The level that a word of a name says, such as ``prod`` for ``eu-production``."""
    return next((_LEVEL[word] for word in _TOKEN.split(name.lower()) if word in _LEVEL), None)


def _with(one: Environment, tfvars: tuple[str, ...]) -> Environment:
    unique = tuple(dict.fromkeys(tfvars))
    return Environment(one.name, one.level, one.paths, unique, one.workspace)


def _covers(one: Environment, directory: str) -> bool:
    return not one.paths or any(covers(glob, directory) for glob in one.paths)


def _meant(one: Environment, directory: str, values: Collection[str]) -> Iterator[str]:
    for name in one.tfvars:
        beside = normpath(f"{directory}/{name}" if directory else name)
        yield beside if beside in values else normpath(name)


def _by_files(directory: str, values: Collection[str], otherwise: str) -> Iterator[Environment]:
    """An environment for each tfvars file, or for each directory of them that has a name."""
    passed = [path for path in sorted(values) if not is_always_read(path, directory)]
    for name, paths in groupby(passed, key=lambda path: _name(path, directory)):
        tokens = _TOKEN.split(name.lower())
        if _EXAMPLE.isdisjoint(tokens):
            yield Environment(name, level_named(name) or otherwise, tfvars=tuple(paths))


def _name(path: str, directory: str) -> str:
    folder = basename(dirname(path))
    if dirname(path) != directory and folder.lower() in _LEVEL:
        return folder
    stem = basename(path).removesuffix(".json").removesuffix(".tfvars").removesuffix(".auto")
    return folder if stem == "terraform" and dirname(path) != directory else stem
