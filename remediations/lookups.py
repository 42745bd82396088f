"""References to the account, the partition and the region; what looks them up is written."""

from __future__ import annotations

from typing import Final

from .frozen import dataclass
from .house_style import label
from .rule import Targeted
from .terraform.edit import AddTopLevel
from .terraform.module import Module, Resource
from .terraform.nodes import Block

_SOURCES: Final = {
    "account": ("aws_caller_identity", "account_id"),
    "partition": ("aws_partition", "partition"),
    "region": ("aws_region", "region"),
}


@dataclass(frozen=True, slots=True)
class Lookups:
    """References by word, and the data blocks that the module lacks for them."""

    names: dict[str, str]
    blocks: tuple[str, ...]

    def written(self, path: str, after: Block | None = None) -> tuple[Targeted, ...]:
        """The data blocks, after a block of that file, or at its end.

        Right after the block that needs them, one suggestion can carry both.
        """
        return tuple(Targeted(path, AddTopLevel(text, after)) for text in self.blocks)


def look_up(module: Module, *words: str) -> Lookups:
    """``account``, ``partition`` and ``region``, by what the module has or by a new data block."""
    names: dict[str, str] = {}
    blocks: list[str] = []
    for word in words:
        kind, attribute = _SOURCES[word]
        if word == "region" and min(module.aws_majors) < 6:
            # Version 6 calls it `region`; older ones know only `name`.
            attribute = "name"
        held = next((one for one in module.of_kind(f"data.{kind}") if _is_plain(one)), None)
        name = held.name if held else free_name(module, f"data.{kind}", "current")
        names[word] = f"data.{kind}.{name}.{attribute}"
        if held is None:
            blocks.append(f'data "{kind}" "{name}" {{}}')
    return Lookups(names, tuple(sorted(blocks)))


def _is_plain(resource: Resource) -> bool:
    attributes = resource.body.attributes
    return resource.repetition is None and not {"provider", "region", "name"} & set(attributes)


def free_name(module: Module, kind: str, wanted: str) -> str:
    """The name that is wanted, or the first one with a number that is free."""
    name, number = wanted, 2
    while module.resource(f"{kind}.{name}") is not None:
        name, number = label(module, wanted, str(number)), number + 1
    return name
