"""Where an edit of a statement goes, and why none can be made there. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..terraform.module import Resource
from .statement import Statement

_MOST_NAMES: Final = 3


def why_kept(statement: Statement, holder: Resource) -> str | None:
    """Why a statement is left as it is, in a sentence; None where it can be changed."""
    where = statement.elsewhere
    if statement.is_one_of_several:
        return "What makes this statement makes others too: write it on its own first."
    if where is None:
        return None
    if where.is_quoted:
        return "The policy is a text in quotes: write it with `jsonencode` first."
    others = [f"`{place}`" for place in where.readers if place != holder.place]
    if others:
        more = len(others) - _MOST_NAMES
        listed = ", ".join(others[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
        verb = "reads" if len(others) == 1 else "read"
        return f"{listed} {verb} the same policy: make sure that nothing more is needed."
    return None


def handed_on(statement: Statement) -> Iterator[str]:
    """Whom else a change of it reaches, in a sentence."""
    outputs = statement.elsewhere.outputs if statement.elsewhere else ()
    if outputs:
        listed = ", ".join(f"`{one}`" for one in outputs[:_MOST_NAMES])
        verb = "hands" if len(outputs) == 1 else "hand"
        yield f"{listed} {verb} the same policy on, as it then is."


def path_of(statement: Statement, holder: Resource) -> str:
    """The file that an edit of it goes into."""
    return statement.document(holder.document).path


def touched(statement: Statement) -> tuple[str, ...]:
    """The block besides its resource's own that an edit changes."""
    return ("locals",) if statement.elsewhere else ()
