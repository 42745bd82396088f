"""Narrows one S3 statement to one bucket. Adds nothing that the statement did not allow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ..source import SourceFile
from ..terraform.edit import InsertAfter, InsertElement, Intent, SetValue, indent_of
from ..terraform.nodes import Block, Document, Entry, Expression, ListExpression, ObjectExpression
from .actions import Takes, reach
from .lists import Lines, indent_at, take_apart
from .statements import Statement

_EVERY_BUCKET: Final = re.compile(r"\*|arn:[^:]*:s3:::\*(/\*)?")
_EVERY_OBJECT: Final = re.compile(r"arn:[^:]*:s3:::\*/\*")
_NOT_IN_SID: Final = re.compile(r"[^A-Za-z0-9]")


def is_every_bucket(resource: str) -> bool:
    """``*`` and the ARNs that stand for every bucket or every object."""
    return bool(_EVERY_BUCKET.fullmatch(resource))


def reachable(resource: str) -> Takes:
    """What a pattern over every bucket reaches: ``…:::*/*`` holds objects and no bucket."""
    if not is_every_bucket(resource):
        return Takes.NEITHER
    return Takes.OBJECT if _EVERY_OBJECT.fullmatch(resource) else Takes.BUCKET | Takes.OBJECT


@dataclass(frozen=True, slots=True)
class Split:
    """Which actions a bucket's ARNs can hold, and which have to stay as they are."""

    movable: tuple[str, ...]
    staying: tuple[str, ...]
    takes: Takes
    lost: tuple[str, ...]
    """Actions behind a wildcard that no bucket or object ARN can hold: they stop working."""


def split(statement: Statement) -> Split:
    """Sort a statement's actions. Another service's, and account-wide ones, stay.

    Nothing moves where what the statement allows reaches no bucket and no object.
    """
    reached = Takes.NEITHER
    for resource in statement.resources:
        reached |= reachable(resource.text)
    actions = [item.text for item in statement.actions]
    movable = tuple(dict.fromkeys(a for a in actions if reach(a).takes is not Takes.NEITHER))
    takes = Takes.NEITHER
    lost: list[str] = []
    for action in movable:
        takes |= reach(action).takes & reached
        lost += reach(action).lost
    if takes is Takes.NEITHER:
        return Split((), tuple(actions), takes, ())
    staying = tuple(action for action in actions if action not in movable)
    return Split(movable, staying, takes, tuple(dict.fromkeys(lost)))


def arns(bucket: str, takes: Takes) -> tuple[str, ...]:
    """The bucket's ARN for actions on the bucket, and that of its objects for the others."""
    found = []
    if Takes.BUCKET in takes:
        found.append(f"{bucket}.arn")
    if Takes.OBJECT in takes:
        found.append(f'"${{{bucket}.arn}}/*"')
    return tuple(found)


def scope(
    document: Document,
    policy: tuple[Statement, ...],
    statement: Statement,
    sorted_actions: Split,
    bucket: str,
) -> tuple[Intent, ...] | None:
    """Intents that narrow the statement, or None where its form cannot be changed for certain.

    Its comments, conditions and order stay. What has to stay on ``*`` stays in it, and the rest
    follows in a statement of its own.
    """
    if statement.actions_at is None or statement.resources_at is None:
        return None
    if any(item.node is None for item in statement.resources):
        return None
    resources = arns(bucket, sorted_actions.takes)
    held = take_apart(document, statement.resources_at)
    if held is None:
        return None
    if not sorted_actions.staying:
        text = _as_before(document, statement.resources_at, held.with_items(resources))
        return (SetValue(statement.resources_at, text),)
    if any(item.node is None for item in statement.actions):
        return None
    actions = take_apart(document, statement.actions_at)
    if actions is None:
        return None
    names = [item.text for item in statement.actions]
    staying = actions.keep(lambda number: names[number] in sorted_actions.staying)
    moved = actions.keep(lambda number: names[number] not in sorted_actions.staying)
    keep = SetValue(statement.actions_at, _as_before(document, statement.actions_at, staying))
    sid = _new_sid(policy, statement, sorted_actions.takes)
    new = _NewStatement(document.source, statement, sid, moved, resources)
    if isinstance(statement.node, Block):
        return keep, InsertAfter(statement.node, new.block(statement.node))
    if statement.siblings is None:
        return None
    return keep, InsertElement(statement.siblings, statement.node, new.element(statement.node))


def _as_before(document: Document, node: Expression, lines: Lines) -> str:
    """A list again where it was a list; one item stays a plain value where it was one."""
    if not isinstance(node, ListExpression) and len(lines.lines) == 1:
        return lines.lines[0].text
    return lines.written(indent_at(document, node), lines.step)


def _new_sid(policy: tuple[Statement, ...], statement: Statement, takes: Takes) -> str | None:
    """The old Sid and what the new statement is about; unique among its neighbours."""
    if statement.sid is None:
        return None
    suffix = {Takes.BUCKET: "Bucket", Takes.OBJECT: "Objects"}.get(takes, "Data")
    stem = _NOT_IN_SID.sub("", statement.sid) + suffix
    taken = {one.sid for one in policy}
    sid, number = stem, 2
    while sid in taken:
        sid, number = f"{stem}{number}", number + 1
    return sid


@dataclass(frozen=True, slots=True)
class _NewStatement:
    """The old statement's words with other actions and resources; text begins in column one."""

    source: SourceFile
    old: Statement
    sid: str | None
    actions: Lines
    resources: tuple[str, ...]

    def block(self, block: Block) -> str:
        values = {
            "actions": self.actions.written("  "),
            "resources": f"[{', '.join(self.resources)}]",
            "sid": f'"{self.sid}"',
        }
        lines = [
            f"  {name} = {values.get(name) or self.source.slice(attribute.value.span)}"
            for name, attribute in block.body.attributes.items()
            if name != "sid" or self.sid is not None
        ]
        for condition in block.body.blocks():
            lines += ["", "  " + self.dedented(condition.span.start, condition.span.end)]
        return "statement {\n" + "\n".join(lines) + "\n}"

    def element(self, node: ObjectExpression) -> str:
        parts = [
            self.entry(entry)
            for entry in node.entries
            if entry.name != "Sid" or self.sid is not None
        ]
        if "\n" not in self.source.slice(node.span):
            return "{ " + ", ".join(parts) + " }"
        comma = "," if self.has_commas(node) else ""
        return "{\n" + f"{comma}\n".join(f"  {part}" for part in parts) + "\n}"

    def entry(self, entry: Entry) -> str:
        """The entry with its own key and separator, and the new value where there is one."""
        between = self.source.text[entry.key.span.end : entry.value.span.start]
        separator = between.strip() or "="
        text = self.value(entry.name) or self.dedented(entry.value.span.start, entry.value.span.end)
        return f"{self.source.slice(entry.key.span)} {separator} {text}"

    def value(self, name: str | None) -> str | None:
        if name == "Sid":
            return f'"{self.sid}"'
        if name == "Resource":
            one = len(self.resources) == 1
            return self.resources[0] if one else f"[{', '.join(self.resources)}]"
        if name == "Action":
            alone = not isinstance(self.old.actions_at, ListExpression)
            return self.actions.lines[0].text if alone else self.actions.written("  ")
        return None

    def has_commas(self, node: ObjectExpression) -> bool:
        pairs = zip(node.entries, node.entries[1:], strict=False)
        return any("," in self.source.text[one.span.end : two.span.start] for one, two in pairs)

    def dedented(self, start: int, end: int) -> str:
        """Text whose later lines stand two blanks in and two deeper a level, as new text does."""
        indent = indent_of(self.source, start)
        first, *rest = self.source.text[start:end].replace("\r\n", "\n").split("\n")
        lines = [line.removeprefix(indent) for line in rest]
        deeper = [line[: len(line) - len(line.lstrip())] for line in lines if line.strip()]
        step = min(filter(None, deeper), key=len, default="  ")
        moved = [_stepped(line, step) for line in lines]
        return "\n".join([first, *(f"  {line}" if line else line for line in moved)])


def _stepped(line: str, step: str) -> str:
    """The line with two blanks for every ``step`` it begins with."""
    depth = 0
    while line.startswith(step):
        line, depth = line.removeprefix(step), depth + 1
    return "  " * depth + line
