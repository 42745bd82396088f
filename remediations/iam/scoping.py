"""Narrows one S3 statement to one bucket. Adds nothing that the statement did not allow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..source import SourceFile
from ..terraform.edit import InsertAfter, InsertElement, Intent, SetValue, indent_of
from ..terraform.nodes import Block, Document, Entry, Expression, ListExpression, ObjectExpression
from .actions import Takes, reach
from .statements import Statement

_EVERY_BUCKET: Final = re.compile(r"\*|arn:[^:]*:s3:::\*(/\*)?\Z")
_IDENTIFIER: Final = re.compile(r"[^A-Za-z0-9]")


def is_every_bucket(resource: str) -> bool:
    """``*`` and the ARNs that stand for every bucket or every object."""
    return bool(_EVERY_BUCKET.fullmatch(resource))


@dataclass(frozen=True, slots=True)
class Split:
    """Which actions a bucket's ARNs can hold, and which have to stay as they are."""

    movable: tuple[str, ...]
    staying: tuple[str, ...]
    takes: Takes
    lost: tuple[str, ...]
    """Actions behind a wildcard that no bucket or object ARN can hold: they stop working."""


def split(actions: tuple[str, ...]) -> Split:
    """Sort a statement's actions. Another service's, and account-wide ones, stay."""
    movable = tuple(a for a in actions if reach(a).takes is not Takes.NEITHER)
    takes = Takes.NEITHER
    lost: list[str] = []
    for action in movable:
        takes |= reach(action).takes
        lost += reach(action).lost
    return Split(movable, tuple(a for a in actions if a not in movable), takes, tuple(lost))


def arns(bucket: str, takes: Takes) -> tuple[str, ...]:
    """The bucket's ARN for actions on the bucket, and that of its objects for the others."""
    found = []
    if Takes.BUCKET in takes:
        found.append(f"{bucket}.arn")
    if Takes.OBJECT in takes:
        found.append(f'"${{{bucket}.arn}}/*"')
    return tuple(found)


def scope(
    document: Document, statement: Statement, sorted_actions: Split, bucket: str
) -> tuple[Intent, ...] | None:
    """Intents that narrow the statement, or None where its form cannot be split."""
    source = document.source
    resources = arns(bucket, sorted_actions.takes)
    if not sorted_actions.staying:
        return (SetValue(statement.resources, _like(source, statement.resources, resources)),)
    kept = tuple(_quoted(action) for action in sorted_actions.staying)
    keep = SetValue(statement.actions, _like(source, statement.actions, kept))
    node = statement.node
    sid = _new_sid(statement, sorted_actions.takes)
    moved = tuple(_quoted(action) for action in sorted_actions.movable)
    if isinstance(node, Block):
        return keep, InsertAfter(node, _block_text(source, node, statement, sid, moved, resources))
    if statement.siblings is None:
        return None
    text = _object_text(source, node, statement, sid, moved, resources)
    return keep, InsertElement(statement.siblings, node, text)


def _quoted(text: str) -> str:
    return f'"{text}"'


def _new_sid(statement: Statement, takes: Takes) -> str | None:
    if statement.sid is None:
        return None
    suffix = {Takes.BUCKET: "Bucket", Takes.OBJECT: "Objects"}.get(takes, "Data")
    return _IDENTIFIER.sub("", statement.sid) + suffix


def _like(source: SourceFile, old: Expression, items: tuple[str, ...]) -> str:
    """A list in the form of the old value; one item stays a plain value where it was one."""
    if not isinstance(old, ListExpression) and len(items) == 1:
        return items[0]
    if source.line(old.span.start) == source.line(old.span.end - 1):
        return f"[{', '.join(items)}]"
    indent = indent_of(source, old.span.end - 1)
    lines = "".join(f"{indent}  {item},\n" for item in items)
    return f"[\n{lines}{indent}]"


def _flat(items: tuple[str, ...], *, several_lines: bool) -> str:
    if not several_lines:
        return f"[{', '.join(items)}]"
    return "[\n" + "".join(f"    {item},\n" for item in items) + "  ]"


def _is_several_lines(source: SourceFile, node: Expression) -> bool:
    return source.line(node.span.start) != source.line(node.span.end - 1)


def _block_text(
    source: SourceFile,
    block: Block,
    statement: Statement,
    sid: str | None,
    actions: tuple[str, ...],
    resources: tuple[str, ...],
) -> str:
    """A statement block with the same conditions, its arguments in the old order."""
    values = {
        "actions": _flat(actions, several_lines=_is_several_lines(source, statement.actions)),
        "resources": _flat(resources, several_lines=False),
    }
    if sid is not None:
        values["sid"] = _quoted(sid)
    lines = [
        f"  {name} = {values.get(name) or source.slice(attribute.value.span)}"
        for name, attribute in block.body.attributes.items()
    ]
    for condition in block.body.blocks():
        lines += ["", "  " + _dedented(source, condition.span.start, condition.span.end)]
    return "statement {\n" + "\n".join(lines) + "\n}"


def _dedented(source: SourceFile, start: int, end: int) -> str:
    """Text moved so that its later lines stand two blanks in, where its first line will."""
    indent = indent_of(source, start)
    text = source.text[start:end].replace("\r\n", "\n")
    return "\n".join(
        ("  " + line.removeprefix(indent)) if number and line else line
        for number, line in enumerate(text.split("\n"))
    )


def _object_text(
    source: SourceFile,
    node: ObjectExpression,
    statement: Statement,
    sid: str | None,
    actions: tuple[str, ...],
    resources: tuple[str, ...],
) -> str:
    several = _is_several_lines(source, statement.actions)
    values = {
        "Action": _flat(actions, several_lines=several),
        "Resource": resources[0] if len(resources) == 1 else _flat(resources, several_lines=False),
    }
    if len(actions) == 1 and not isinstance(statement.actions, ListExpression):
        values["Action"] = actions[0]
    if sid is not None:
        values["Sid"] = _quoted(sid)
    parts = [_entry_text(source, entry, values.get(entry.name or "")) for entry in node.entries]
    if _is_several_lines(source, node):
        comma = "," if _has_commas(source, node) else ""
        return "{\n" + f"{comma}\n".join(f"  {part}" for part in parts) + "\n}"
    return "{ " + ", ".join(parts) + " }"


def _has_commas(source: SourceFile, node: ObjectExpression) -> bool:
    return any(
        "," in source.text[one.span.end : two.span.start]
        for one, two in zip(node.entries, node.entries[1:], strict=False)
    )


def _entry_text(source: SourceFile, entry: Entry, value: str | None) -> str:
    """The entry with its own key and separator, and the new value where there is one."""
    separator = source.text[entry.key.span.end : entry.value.span.start].strip() or "="
    key = source.slice(entry.key.span)
    text = value or _dedented(source, entry.value.span.start, entry.value.span.end)
    return f"{key} {separator} {text}"
