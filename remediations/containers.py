"""Containers as Batch and ECS take them: JSON in one argument, however it is written. No rule."""

from __future__ import annotations

import json
from typing import Any

from .terraform.nodes import (
    Call,
    Expression,
    Heredoc,
    ListExpression,
    ObjectExpression,
    Parentheses,
    String,
)

_DEEPEST = 50


def encoded(value: Expression) -> tuple[ObjectExpression, ...]:
    """The containers in ``jsonencode([{ … }])`` or ``jsonencode({ … })``."""
    while isinstance(value, Parentheses):
        value = value.inner
    if not isinstance(value, Call) or value.name != "jsonencode" or len(value.arguments) != 1:
        return ()
    held = value.arguments[0]
    items = held.items if isinstance(held, ListExpression) else (held,)
    return tuple(item for item in items if isinstance(item, ObjectExpression))


def written_out(value: Expression) -> tuple[dict[str, Any], ...]:
    """The containers in a JSON text; what is filled in stands as 0, in quotes or not."""
    if not isinstance(value, Heredoc | String):
        return ()
    text = "".join(part if isinstance(part, str) else "0" for part in value.parts)
    if text.count("[") + text.count("{") > _DEEPEST * 20:
        return ()
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    items = held if isinstance(held, list) else [held]
    return tuple(item for item in items if isinstance(item, dict))
