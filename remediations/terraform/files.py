"""Which file names hold Terraform, and which of them Terraform and OpenTofu read. Opens none.

https://opentofu.org/docs/language/files/ and
https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

from collections.abc import Collection
from posixpath import basename
from typing import Final

NATIVE: Final = (".tf", ".tofu")
JSON: Final = (".tf.json", ".tofu.json")
CONFIGURATION: Final = (*NATIVE, *JSON)
VALUES: Final = (".tfvars", ".tfvars.json")
LOCK: Final = ".terraform.lock.hcl"
"""Beside a root module: which versions of providers it is run with.

https://developer.hashicorp.com/terraform/language/files/dependency-lock
"""
READ: Final = (*CONFIGURATION, *VALUES, LOCK)
_OF_OPENTOFU: Final = (".tofu", ".tofu.json")
_OVERRIDES: Final = tuple(f"override{suffix}" for suffix in CONFIGURATION)


def is_override(path: str) -> bool:
    """Whether the file's blocks are merged into those of the others."""
    name = basename(path)
    return name in _OVERRIDES or name.endswith(tuple(f"_{one}" for one in _OVERRIDES))


def is_only_for_opentofu(path: str) -> bool:
    """Whether Terraform passes the file over."""
    return path.endswith(_OF_OPENTOFU)


def replaced(paths: Collection[str]) -> dict[str, str]:
    """Files that OpenTofu passes over, each with the one of the same name that it reads instead.

    ``main.tofu`` stands in the place of ``main.tf``, ``main.tofu.json`` in that of
    ``main.tf.json``; Terraform reads the others.
    """
    there = frozenset(paths)
    found = {}
    for path in there:
        for suffix, instead in ((".tf", ".tofu"), (".tf.json", ".tofu.json")):
            other = path.removesuffix(suffix) + instead
            if path.endswith(suffix) and other in there:
                found[path] = other
    return found
