"""What a stand-in shows of a published module, told and mended at the call. Knows no rule.

A stand-in knows what the module documents. What a caller cannot have a say in is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from .at_source import Place, Placed, at_source, is_constant
from .frozen import dataclass
from .keys import KeyChoice, choose_key
from .model import Known, Safety
from .rule import Advice, Repair, Targeted, Violation
from .terraform.edit import InsertAttribute, SetValue
from .terraform.module import Module, Resource
from .terraform.nodes import (
    Attribute,
    Block,
    Entry,
    Expression,
    Literal,
    ObjectExpression,
    Reference,
    String,
)
from .terraform.outside import PREFIX

_KEY: Final = "caller_key"
"""What an answer writes where a key of the caller goes."""
_INDENT: Final = "\n  "
_PRICE: Final = "Applied in place by the module; read what else this argument does there."


@dataclass(frozen=True, slots=True)
class _Call:
    """Where a stand-in is called."""

    module: Module
    """The stand-in."""
    caller: Module
    block: Block
    path: str

    @property
    def place(self) -> Place:
        """The call's own block."""
        return self.caller.directory, f"module.{self.block.labels[0]}"

    def argument(self, name: str) -> Attribute | None:
        """What is passed for a variable."""
        return self.block.body.attributes.get(name)

    def insert(self, name: str, text: str) -> Targeted:
        """Pass one more argument."""
        last = max(
            self.block.body.attributes.values(), key=lambda one: one.span.start, default=None
        )
        after = None if last is None else last.name
        return Targeted(self.path, InsertAttribute(self.block.body, name, text, after))


def at_call(violation: Violation, resource: Resource, rule: str) -> Placed | None:
    """The violation as the caller sees it, or None where the stand-in has no say in it.

    ``rule`` is the id whose answer counts. The node is the argument that decides, or none.
    """
    module = resource.home
    if module.call is None or module.caller is None or module.stand_in is None:
        return None
    call = _Call(module, module.caller, module.call.block, module.call.document.path)
    name = _variable(violation.node)
    answer = module.stand_in.answers.get(rule)
    passed = None if name is None else call.argument(name)
    mended = _mended(violation, resource, call) or _answered(violation, answer, resource, call)
    if mended is None and name is None:
        return None
    if mended is None:
        mended = Placed(replace(violation, repair=_advice(violation.repair, name or "", passed)))
    seen = mended.violation
    node = passed or next(iter(_passed(answer, call)), None)
    related = tuple(one for one in seen.related if not one.location.path.startswith(PREFIX))
    by_default = "" if node else f" `{module.stand_in.name}` does so unless it is told otherwise."
    told = replace(seen, node=node, related=related, message=seen.message + by_default)
    return Placed(told, (*mended.touches, call.place))


def _variable(node: Attribute | Block | Entry | Expression | None) -> str | None:
    """The one variable that an argument of a stand-in is worked out from."""
    value = node.value if isinstance(node, Attribute | Entry) else node
    if value is None or isinstance(value, Block):
        return None
    names = {
        str(one.names[1])
        for one in value.walk()
        if isinstance(one, Reference) and one.names[:1] == ("var",) and len(one.names) > 1
    }
    return names.pop() if len(names) == 1 else None


def _mended(violation: Violation, resource: Resource, call: _Call) -> Placed | None:
    """The rule's own repair, where every part of it can be written by the caller."""
    repair = violation.repair
    if not isinstance(repair, Repair):
        return None
    moved = [_moved(targeted, call) for targeted in repair.intents]
    if any(one is None for one in moved):
        return None
    own = tuple(one for one in moved if one is not None)
    there = replace(violation, repair=replace(repair, intents=own))
    placed = at_source(there, resource)
    written = placed.violation.repair
    is_ours = isinstance(written, Repair) and not any(
        one.path.startswith(PREFIX) for one in written.intents
    )
    return placed if is_ours else None


def _moved(targeted: Targeted, call: _Call) -> Targeted | None:
    """An intent for the stand-in as one for the call."""
    intent = targeted.intent
    if not targeted.path.startswith(PREFIX):
        return targeted
    if not isinstance(intent, SetValue) or not isinstance(intent.value, Reference):
        return None
    names = intent.value.names
    if names[:1] != ("var",) or len(intent.value.parts) != 2:
        return None
    name = str(names[1])
    passed = call.argument(name)
    if passed is None:
        return call.insert(name, intent.text)
    if is_constant(intent.text):
        return targeted  # where the value comes from is found as for every other module
    if call.caller.evaluate(passed.value) not in (Known(None), Known("")):
        return None
    held = call.module.call.document.text_of(passed.value) if call.module.call else ""
    text = intent.text if is_constant(held) else f"coalesce({held}, {intent.text})"
    return Targeted(call.path, SetValue(passed.value, text))


def _answered(
    violation: Violation, answer: Block | None, resource: Resource, call: _Call
) -> Placed | None:
    """What the stand-in says of this rule: arguments to pass, or what to decide."""
    if answer is None:
        return None
    held = answer.body.attributes
    if "advice" in held:
        said = call.module.evaluate(held["advice"].value)
        return _advised(violation, str(said.value) if isinstance(said, Known) else "")
    text_of = call.module.documents[0].text_of
    intents: list[Targeted] = []
    for name, wanted in held.items():
        passed = call.argument(name)
        if passed is None:
            text = text_of(wanted.value).replace(_INDENT, "\n")
            intents.append(call.insert(name, text))
            continue
        changes = _changes(passed.value, wanted.value, text_of)
        if changes is None:
            return _advised(violation, f"Change `{name}` in this call.")
        intents += [Targeted(call.path, one) for one in changes]
    key: KeyChoice | str | None = None
    if any(_KEY in text_of(one.value) for one in held.values()):
        key = choose_key(call.module, resource)
    if isinstance(key, str):
        return _advised(violation, key)
    title = " and ".join(f"pass `{name}`" for name in held)
    own = violation.repair if isinstance(violation.repair, Repair) else None
    repair = Repair(
        own.safety if own else Safety.REVIEW,
        title[:1].upper() + title[1:],
        own.cost if own else _PRICE,
        tuple(intents),
    )
    return Placed(replace(violation, repair=_with_key(repair, key)))


def _advised(violation: Violation, text: str) -> Placed:
    return Placed(replace(violation, repair=Advice(text)))


def _changes(
    passed: Expression, wanted: Expression, text_of: Callable[[Expression], str]
) -> list[SetValue] | None:
    """How what is passed becomes what is wanted, where both are written out; else None."""
    if isinstance(passed, ObjectExpression) and isinstance(wanted, ObjectExpression):
        found: list[SetValue] = []
        for entry in wanted.entries:
            held = passed.entry(entry.name) if entry.name else None
            changes = _changes(held.value, entry.value, text_of) if held else None
            if changes is None:
                return None
            found += changes
        return found
    is_plain = isinstance(passed, Literal) or (isinstance(passed, String) and passed.literal)
    if is_plain and is_constant(text_of(wanted)):
        return [SetValue(passed, text_of(wanted))]
    return None


def _with_key(repair: Repair, key: KeyChoice | None) -> Repair:
    if key is None:
        return repair
    intents = tuple(
        Targeted(one.path, replace(one.intent, text=one.intent.text.replace(_KEY, key.reference)))
        if isinstance(one.intent, InsertAttribute)
        else one
        for one in repair.intents
    )
    return replace(repair, intents=(*intents, *key.intents), touches=key.touches)


def _passed(answer: Block | None, call: _Call) -> Iterator[Attribute]:
    """What the call says already of the arguments in question."""
    for name in answer.body.attributes if answer else ():
        held = call.argument(name)
        if held is not None:
            yield held


def _advice(repair: Repair | Advice, name: str, passed: Attribute | None) -> Advice:
    if isinstance(repair, Advice):
        return repair
    verb = "Change" if passed else "Pass"
    return Advice(f"{verb} `{name}` in this call.")
