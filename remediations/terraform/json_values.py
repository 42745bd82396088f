"""Values from one form into the other: native text from nodes, JSON data from native nodes.

Knows no place of a file.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from .nodes import (
    Block,
    Body,
    Document,
    Entry,
    Expression,
    Heredoc,
    ListExpression,
    Literal,
    ObjectExpression,
    String,
)

_BARE: Final = frozenset(
    {"depends_on", "provider", "providers", "ignore_changes", "replace_triggered_by"}
)
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def native(node: Expression, known: str | None, *, is_template: bool = False) -> str:
    """An expression as native text; ``known`` is that text where it is written somewhere."""
    if known is not None:
        return known
    if isinstance(node, String) and node.literal is not None:
        return _quoted(node.literal, is_template=is_template)
    if isinstance(node, Literal):
        return json.dumps(node.value)
    if isinstance(node, ListExpression):
        return f"[{', '.join(native(item, None) for item in node.items)}]"
    if isinstance(node, ObjectExpression):
        inner = ", ".join(_entry(entry) for entry in node.entries)
        return f"{{ {inner} }}" if inner else "{}"
    return getattr(node, "dotted", "")


def _entry(entry: Entry) -> str:
    name = entry.name
    key = name if name is not None and _NAME.fullmatch(name) else native(entry.key, None)
    return f"{key} = {native(entry.value, None)}"


def _quoted(text: str, *, is_template: bool) -> str:
    text = "".join(_ESCAPES.get(sign, sign) for sign in text)
    text = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if not is_template:
        text = text.replace("${", "$${").replace("%{", "%%{")
    return f'"{text}"'


def as_json(node: Expression, document: Document) -> Any:
    """A native expression as the JSON that means the same."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, ListExpression):
        return [as_json(item, document) for item in node.items]
    if isinstance(node, ObjectExpression):
        return {
            str(as_json(e.key, document)) if e.name is None else e.name: as_json(e.value, document)
            for e in node.entries
        }
    if isinstance(node, String | Heredoc):
        return "".join(
            _sign_free(part) if isinstance(part, str) else f"${{{document.text_of(part)}}}"
            for part in node.parts
        )
    return f"${{{document.text_of(node)}}}"


def _sign_free(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


def is_bare(around: str, name: str) -> bool:
    """Whether an argument's text is an expression without ``${ }``: references and types.

    https://developer.hashicorp.com/terraform/language/syntax/json#block-type-specific-exceptions
    """
    if around in ("moved", "import", "removed"):
        return name in ("from", "to")
    return name in _BARE or (around == "variable" and name == "type")


def body_as_json(body: Body, document: Document, around: str = "") -> dict[str, Any]:
    """A body: arguments by name, blocks by type and labels, repeated ones in an array."""
    found: dict[str, Any] = {
        name: _bare(held.value, document)
        if is_bare(around, name)
        else as_json(held.value, document)
        for name, held in body.attributes.items()
    }
    for block in body.blocks():
        put(found, (block.type, *block.labels), body_as_json(block.body, document, block.type))
    return found


def _bare(node: Expression, document: Document) -> Any:
    if isinstance(node, ListExpression):
        return [_bare(item, document) for item in node.items]
    if isinstance(node, ObjectExpression):
        return {e.name or document.text_of(e.key): _bare(e.value, document) for e in node.entries}
    return document.text_of(node)


def block_path(block: Block) -> tuple[str, ...]:
    """The names on the way to a top-level block."""
    return (block.type, *block.labels)


def put(into: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Add a block where its type and labels lead; a second one there makes an array."""
    *outer, last = path
    for name in outer:
        into = into.setdefault(name, {})
    if last not in into:
        into[last] = value
    elif isinstance(into[last], list):
        into[last].append(value)
    else:
        into[last] = [into[last], value]
