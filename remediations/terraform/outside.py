"""Names of modules outside the repository: addresses of a registry and their homes on GitHub.

Knows no module, fetches nothing.
"""

from __future__ import annotations

import re
from typing import Final

from ..frozen import dataclass
from .nodes import Block, String

PREFIX: Final = "registry:"
_NAME: Final = re.compile(
    r"(?:registry\.(?:terraform\.io|opentofu\.org)/)?"
    r"(?P<name>[\w-]+/[\w-]+/aws)(?P<inner>//[\w/.-]+)?\Z"
)
# The name of a module's repository is given by the registry:
# https://developer.hashicorp.com/terraform/registry/modules/publish
_ON_GITHUB: Final = re.compile(
    r"(?:git::)?(?:https://|ssh://git@|git@)?github\.com[/:]"
    r"(?P<owner>[\w-]+)/terraform-aws-(?P<name>[\w-]+?)(?:\.git)?"
    r"(?P<inner>//[\w/.-]+)?(?:\?(?:.*&)?ref=(?P<ref>[\w./-]+).*)?\Z"
)
_PART: Final = re.compile(r"(>=|<=|~>|!=|=|<|>)?\s*v?(\d+(?:\.\d+)*)\Z")

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """A module by its registry name, such as ``terraform-aws-modules/s3-bucket/aws``.

    ``constraint`` is what a call says of the version; nothing where it takes the newest.
    """

    name: str
    constraint: str = ""

    @property
    def key(self) -> str:
        """The word for it where directories are named; no directory is called so."""
        return f"{PREFIX}{self.name} {self.constraint}".rstrip()

    def may_be_from(self, version: Version) -> bool:
        """Whether the newest release that is allowed may be ``version`` or a later one.

        https://developer.hashicorp.com/terraform/language/expressions/version-constraints
        """
        return all(_reaches(part.strip(), version) for part in self.constraint.split(","))


def outside(block: Block) -> Outside | None:
    """What a module call names, or None where it is neither in a registry nor in its home."""
    source = _plain(block, "source")
    found = _NAME.match(source)
    if found is not None:
        return Outside(found["name"] + (found["inner"] or ""), _plain(block, "version"))
    found = _ON_GITHUB.match(source)
    if found is None:
        return None
    ref = found["ref"] or ""
    released = ref if _PART.match(ref) else ""
    return Outside(f"{found['owner']}/{found['name']}/aws{found['inner'] or ''}", released)


def _plain(block: Block, name: str) -> str:
    held = block.body.attributes.get(name)
    value = held.value if held else None
    return (value.literal or "") if isinstance(value, String) else ""


def _reaches(part: str, version: Version) -> bool:
    found = _PART.match(part)
    if found is None:
        return True
    operator, said = found[1] or "=", tuple(int(one) for one in found[2].split("."))
    padded = said + (0,) * (3 - len(said))
    if operator in ("=", "<="):
        return padded >= version
    if operator == "<":
        return padded > version
    if operator == "~>" and len(said) > 1:
        return (*said[:-2], said[-2] + 1) > version
    return True
