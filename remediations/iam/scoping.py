"""Narrows the part of a statement that one service owns. Adds nothing that it did not allow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from ..frozen import dataclass
from ..model import Known
from ..source import SourceFile
from ..terraform.edit import InsertAfter, InsertElement, Intent, SetValue, indent_of
from ..terraform.module import Module, Resource
from ..terraform.nodes import Block, Document, Entry, Expression, ListExpression, ObjectExpression
from .actions import READS, levels, reach
from .arns import each_of, may_reach, opens
from .conditions import block as condition_block
from .conditions import entry as condition_entry
from .lists import Lines, indent_at, take_apart
from .statement import Statement
from .targets import SERVICES, targets

_SAYS_WHICH: Final = re.compile(
    r"([a-z0-9-]+:(resourcetag|existingobjecttag)/|kms:(viaservice|resourcealiases|requestalias)$)"
)
_NOT_IN_SID: Final = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Split:
    """Which actions a service's resources can hold, and which have to stay as they are."""

    service: str
    movable: tuple[str, ...]
    staying: tuple[str, ...]
    types: frozenset[str]
    """The types of resource that the movable actions have to be given."""
    lost: tuple[str, ...]
    """Actions behind a wildcard that no such resource can hold: they stop working."""
    held_back: tuple[str, ...] = ()
    """Of those that stay, what such a resource could hold."""


def split(
    statement: Statement, service: str, types: frozenset[str], *, is_of_reading: bool = True
) -> Split:
    """Sort a statement's actions by whether they can be held by resources of these types.

    Another service's, and account-wide ones, stay, and so does what reads where it is not to move.
    Nothing moves where what the statement allows reaches every one of no type.
    """
    actions = [item.text for item in statement.actions]
    holdable = tuple(dict.fromkeys(a for a in actions if _is_movable(a, service, types)))
    movable = tuple(one for one in holdable if is_of_reading or not READS & levels(one).keys())
    reached: set[str] = set()
    for resource in statement.resources if movable else ():
        reached |= opens(resource.text, service)
    needed = {type for action in movable for type in reach(action).types} & reached & types
    if not needed:
        return Split(service, (), tuple(actions), frozenset(), ())
    lost = dict.fromkeys(name for action in movable for name in reach(action).lost)
    staying = tuple(action for action in actions if action not in movable)
    held_back = tuple(action for action in holdable if action not in movable)
    return Split(service, movable, staying, frozenset(needed), tuple(lost), held_back)


def is_scoped_by_condition(statement: Statement) -> bool:
    """Whether it holds only for resources with a tag, or for uses through one service.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
    """
    return any(
        _SAYS_WHICH.match(test.key)
        and "ifexists" not in test.operator
        and "not" not in test.operator
        and "*" not in test.values
        for test in statement.tests or ()
    )


def _is_movable(action: str, service: str, types: frozenset[str]) -> bool:
    reached = reach(action)
    if not reached.is_movable or reached.actions[0].service != service:
        return False
    enough = reached.types & types if SERVICES[service].are_alternatives else reached.types <= types
    return bool(enough)


def beside(statement: Statement, sorted_actions: Split, module: Module) -> tuple[str, ...]:
    """What it names besides every one, that the movable actions may be meant for."""
    service = sorted_actions.service
    return tuple(
        item.text
        for item in statement.resources
        if not opens(item.text, service) and may_reach(item.text, service, module)
    )


@dataclass(frozen=True, slots=True)
class Named:
    """What stands in place of the wildcard: items of a list, or ``whole``, which is one itself.

    ``patterns`` are what that means.
    """

    items: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    whole: str = ""

    @property
    def listed(self) -> str:
        """All of it as a list."""
        return self.whole or f"[{', '.join(self.items)}]"


def named(
    resources: Sequence[Resource], types: frozenset[str], service: str, word: str, *, is_json: bool
) -> Named | None:
    """The ARNs of resources, and of what lies in them, for actions on these types.

    One that stands for several is named in all its instances, each called ``word``; None where
    that cannot be written: in JSON, beside others, or where there may be no instance, since AWS
    takes no statement without a resource.
    """
    repeated = [one for one in resources if one.repetition is not None]
    if repeated and (is_json or len(resources) > 1 or not _is_made(repeated[0])):
        return None
    if repeated:
        return _of_each(repeated[0], types, service, word)
    found = [
        (f"{resource.address}.{argument}", suffix)
        for resource in resources
        for argument, suffix in _endings(service, resource.kind, types)
    ]
    items = dict.fromkeys(_spelt(*one, is_json=is_json) for one in found)
    patterns = dict.fromkeys(f"${{{reference}}}{suffix}" for reference, suffix in found)
    return Named(tuple(items), tuple(patterns))


def _is_made(resource: Resource) -> bool:
    """Whether it is known that there is an instance of it, wherever its module is called from."""
    held, own = resource.repetition, resource.home
    homes = (one for one in own.family if one.directory == own.directory)
    values = [one.evaluate(held.value) for one in homes] if held else []
    return all(isinstance(one, Known) and bool(one.value) and one.value != "0" for one in values)


def _of_each(resource: Resource, types: frozenset[str], service: str, word: str) -> Named:
    """``[for bucket in aws_s3_bucket.lake : bucket.arn]``, and flat where there are several."""
    endings = tuple(dict.fromkeys(_endings(service, resource.kind, types)))
    items = [_spelt(f"{word}.{argument}", suffix, is_json=False) for argument, suffix in endings]
    made = items[0] if len(items) == 1 else f"[{', '.join(items)}]"
    whole = f"[for {word} in {resource.address} : {made}]"
    patterns = tuple(each_of(resource.address, one) + suffix for one, suffix in endings)
    return Named((), patterns, whole if len(items) == 1 else f"flatten({whole})")


@cache
def _endings(service: str, kind: str, types: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The arguments of a kind that are ARNs of these types, each with what may follow it."""
    return tuple(
        (argument, suffix)
        for target in targets(service)
        for held, argument in target.kinds
        if held == kind and target.type in types
        for suffix in target.suffixes
    )


def _spelt(reference: str, suffix: str, *, is_json: bool) -> str:
    return f'"${{{reference}}}{suffix}"' if suffix or is_json else reference


def scope(
    document: Document,
    policy: tuple[Statement, ...],
    statement: Statement,
    sorted_actions: Split,
    resources: Named,
    word: str,
    only: Only | None = None,
) -> tuple[Intent, ...] | None:
    """Intents that narrow the statement, or None where its form cannot be changed for certain.

    Its comments, conditions and order stay. What has to stay on ``*`` stays in it, and the rest
    follows in a statement of its own, with ``word`` behind its Sid, and with ``only`` as one more
    condition.
    """
    if statement.actions_at is None or statement.resources_at is None:
        return None
    if any(item.node is None for item in statement.resources):
        return None
    held = take_apart(document, statement.resources_at, ends_with_comma=not statement.is_json)
    if held is None:
        return None
    if resources.whole and held.has_comments:
        return None
    if not sorted_actions.staying:
        text = resources.whole or _as_before(
            document, statement.resources_at, held.with_items(resources.items)
        )
        return (SetValue(statement.resources_at, text),)
    if statement.is_made or any(item.node is None for item in statement.actions):
        return None
    actions = take_apart(document, statement.actions_at, ends_with_comma=not statement.is_json)
    if actions is None:
        return None
    names = [item.text for item in statement.actions]
    staying = actions.keep(lambda number: names[number] in sorted_actions.staying)
    moved = actions.keep(lambda number: names[number] not in sorted_actions.staying)
    keep = SetValue(statement.actions_at, _as_before(document, statement.actions_at, staying))
    sid = _new_sid(policy, statement, word)
    new = _NewStatement(document, statement, sid, moved, resources, only)
    if isinstance(statement.node, Block):
        return keep, InsertAfter(statement.node, new.block(statement.node))
    if statement.siblings is None or (only is not None and statement.node.entry("Condition")):
        return None
    return keep, InsertElement(statement.siblings, statement.node, new.element(statement.node))


def _as_before(document: Document, node: Expression, lines: Lines) -> str:
    """A list again where it was a list; one item stays a plain value where it was one."""
    if not isinstance(node, ListExpression) and len(lines.lines) == 1:
        return lines.lines[0].text
    return lines.written(indent_at(document, node), lines.step)


def _new_sid(policy: tuple[Statement, ...], statement: Statement, word: str) -> str | None:
    """The old Sid and what the new statement is about; unique among its neighbours."""
    if statement.sid is None:
        return None
    stem = _NOT_IN_SID.sub("", statement.sid) + word
    taken = {one.sid for one in policy}
    sid, number = stem, 2
    while sid in taken:
        sid, number = f"{stem}{number}", number + 1
    return sid


@dataclass(frozen=True, slots=True)
class Only:
    """A condition: the key has one of the values, which are texts of Terraform."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _NewStatement:
    """The old statement's words with other actions and resources; text begins in column one."""

    document: Document
    old: Statement
    sid: str | None
    actions: Lines
    resources: Named
    only: Only | None = None

    @property
    def source(self) -> SourceFile:
        return self.document.source

    def block(self, block: Block) -> str:
        values = {
            "actions": self.actions.written("  "),
            "resources": self.resources.listed,
            "sid": f'"{self.sid}"',
        }
        lines = [
            f"  {name} = {values.get(name) or self.source.slice(attribute.value.span)}"
            for name, attribute in block.body.attributes.items()
            if name != "sid" or self.sid is not None
        ]
        for condition in block.body.blocks():
            lines += ["", "  " + self.dedented(condition.span.start, condition.span.end)]
        if self.only is not None:
            own = condition_block(self.only.key, self.only.values)
            lines += ["", "  " + own.replace("\n", "\n  ")]
        return "statement {\n" + "\n".join(lines) + "\n}"

    def element(self, node: ObjectExpression) -> str:
        parts = [
            self.entry(entry)
            for entry in node.entries
            if entry.name != "Sid" or self.sid is not None
        ]
        if self.only is not None:
            own = condition_entry(node, self.document, self.only.key, self.only.values)
            parts.append(own.replace("\n", "\n  "))
        if "\n" not in self.source.slice(node.span):
            return "{ " + ", ".join(parts) + " }"
        comma = "," if self.has_commas(node) else ""
        return "{\n" + f"{comma}\n".join(f"  {part}" for part in parts) + "\n}"

    def entry(self, entry: Entry) -> str:
        """The entry with its own key and separator, and the new value where there is one."""
        between = self.source.text[entry.key.span.end : entry.value.span.start]
        separator = ":" if between.startswith(":") else f" {between.strip() or '='}"
        text = self.value(entry.name) or self.dedented(entry.value.span.start, entry.value.span.end)
        return f"{self.source.slice(entry.key.span)}{separator} {text}"

    def value(self, name: str | None) -> str | None:
        if name == "Sid":
            return f'"{self.sid}"'
        if name == "Resource":
            items = self.resources.items
            return items[0] if len(items) == 1 else self.resources.listed
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
