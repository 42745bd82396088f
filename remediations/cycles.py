"""No edit makes anything need itself: Terraform refuses a plan with a cycle. Knows no rule.

https://developer.hashicorp.com/terraform/internals/graph
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from .iam.order import Graph, needed_by
from .source import SourceFile
from .terraform.module import Module

_NAME: Final = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+")


def names_more(pairs: Iterable[tuple[SourceFile | None, SourceFile]]) -> bool:
    """Whether a name stands more often in a file than before: only then there can be a cycle."""
    return any(_names(new) - (_names(old) if old else Counter()) for old, new in pairs)


def _names(source: SourceFile) -> Counter[str]:
    return Counter(_NAME.findall(source.text))


def made_a_cycle(before: Module, after: Module) -> str | None:
    """None, or what of a root is newly needed by something that it needs itself.

    A cycle that was there before is no edit's fault.
    """
    old, new = needed_by(before.root), needed_by(after.root)
    for place, users in new.items():
        for user in sorted(users.keys() - old.get(place, {}).keys()):
            if _reaches(user, place, new):
                return f"`{user}` would need `{place}`, which needs it too"
    return None


def _reaches(start: str, wanted: str, users: Graph) -> bool:
    """Whether ``wanted`` needs ``start``, directly or through others."""
    pending, seen = [start], {start}
    while pending:
        one = pending.pop()
        if one == wanted:
            return True
        found = users.get(one, {}).keys() - seen
        seen |= found
        pending += found
    return False
