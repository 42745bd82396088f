"""What ``each``, ``count`` and the iterator of a ``dynamic`` block stand for, instance by instance.

Knows no policy. Where the text does not settle how many there are, nothing is said of any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from ..frozen import dataclass
from ..model import Known, Unknown, Value
from .evaluate import Found, Scope, evaluate, partly
from .nodes import Attribute, Block, Body, Expression, Reference
from .operators import equal
from .partial import first_unknown

if TYPE_CHECKING:
    from .module import Module

MAX_INSTANCES: Final = 64
_DIFFERS: Final = Unknown("it differs from instance to instance")


@dataclass(frozen=True, slots=True)
class Turn:
    """One block that is made several times, and the name its members go by inside."""

    block: Block
    name: str

    @property
    def over(self) -> Attribute | None:
        """What it is made for."""
        held = self.block.body.attributes
        return held.get("for_each") or held.get("count")


@dataclass(frozen=True, slots=True)
class Instance:
    """A scope in which the names of one instance mean something."""

    outer: Scope
    values: dict[str, object]

    def find(self, node: Reference) -> Found | Value:
        """As the scope around it, but for the names of this instance."""
        first, second = (*node.parts[:2], None)[:2]
        if isinstance(first, str) and isinstance(second, str):
            name = f"{first}.{second}"
            if name in self.values:
                return _inside(self.values[name], node)
        return self.outer.find(node)

    def spend(self, steps: int) -> bool:
        """Counted where the module counts."""
        return self.outer.spend(steps)


def _inside(value: object, node: Reference) -> Value:
    """The member that the rest of a reference names, as far as it is plain."""
    for part in node.parts[2:]:
        if isinstance(value, Unknown):
            return value
        name = part if isinstance(part, str) else getattr(part, "literal", None)
        if not isinstance(value, dict) or name not in value:
            return Unknown(f"`{node.dotted}` does not name a value that is written here")
        value = value[name]
    return value if isinstance(value, Unknown) else Known(value)


def home_of(scope: Scope) -> Scope:
    """The module around the instances."""
    while isinstance(scope, Instance):
        scope = scope.outer
    return scope


def instances(turns: tuple[Turn, ...], scope: Scope) -> tuple[Scope, ...]:
    """Every instance of the innermost block, or none where the text does not settle them."""
    scopes: tuple[Scope, ...] = (scope,)
    for turn in turns:
        made = [_made(turn, outer) for outer in scopes]
        if any(one is None for one in made) or sum(len(one or ()) for one in made) > MAX_INSTANCES:
            return ()
        scopes = tuple(inner for one in made for inner in one or ())
    return scopes


def _made(turn: Turn, scope: Scope) -> tuple[Instance, ...] | None:
    over = turn.over
    if over is None:
        return None
    value = partly(over.value, scope)
    if over.name == "count":
        if type(value) is not int or not 0 <= value <= MAX_INSTANCES:
            return None
        return tuple(Instance(scope, {"count.index": number}) for number in range(value))
    if isinstance(value, dict):
        pairs: list[tuple[object, object]] = list(value.items())
    elif isinstance(value, tuple) and turn.name != "each":
        pairs = list(enumerate(value))
    elif isinstance(value, tuple):
        pairs = [(one, one) for one in value]
    else:
        return None
    if len(pairs) > MAX_INSTANCES:
        return None
    name = turn.name
    return tuple(Instance(scope, {f"{name}.key": k, f"{name}.value": v}) for k, v in pairs)


def values_in(expression: Expression, turns: tuple[Turn, ...], module: Module) -> tuple[Value, ...]:
    """What an expression is worth in each instance; one answer where it is the same in all."""
    value = evaluate(expression, module)
    if isinstance(value, Known) or not _varies(expression, turns):
        return (value,)
    found = instances(turns, module)
    return tuple(evaluate(expression, one) for one in found) or (value,)


def partly_in(expression: Expression, turns: tuple[Turn, ...], module: Module) -> object:
    """As far as it is known, where every instance sees the same."""
    if not _varies(expression, turns):
        return partly(expression, module)
    values = [partly(expression, one) for one in instances(turns, module)]
    if not values:
        return partly(expression, module)
    is_one = all(first_unknown(one) is None and equal(one, values[0]) for one in values[1:])
    return values[0] if is_one else _DIFFERS


def _varies(expression: Expression, turns: tuple[Turn, ...]) -> bool:
    names = {"count", *(turn.name for turn in turns)} if turns else set()
    return not names.isdisjoint(_roots(expression))


def together(values: tuple[Value, ...]) -> Value:
    """One value for all instances, or that they differ."""
    first = values[0]
    if isinstance(first, Known) and all(
        isinstance(one, Known) and equal(one.value, first.value) for one in values
    ):
        return first
    unknown = next((one for one in values if isinstance(one, Unknown)), None)
    return unknown or _DIFFERS


def _roots(expression: Expression) -> set[object]:
    return {node.parts[0] for node in expression.walk() if isinstance(node, Reference)}


def turns_by_expression(blocks: Iterable[Block]) -> dict[int, tuple[Turn, ...]]:
    """For every expression inside of repeated blocks: what repeats it, by identity."""
    found: dict[int, tuple[Turn, ...]] = {}
    for block in blocks:
        _note(block, found)
    return found


def _note(block: Block, found: dict[int, tuple[Turn, ...]]) -> None:
    pending: list[tuple[Block, tuple[Turn, ...]]] = [(block, ())]
    while pending:
        held, outside = pending.pop()
        turn = _turn(held, is_top=held is block)
        inside = outside if turn is None else (*outside, turn)
        for item in held.body.items:
            if isinstance(item, Block):
                pending.append((item, inside))
                continue
            # What a block is made for is said outside of it.
            around = outside if turn is not None and item is turn.over else inside
            for node in item.value.walk() if around else ():
                found[id(node)] = around


def _turn(block: Block, *, is_top: bool) -> Turn | None:
    if block.type == "dynamic" and len(block.labels) == 1 and not is_top:
        return Turn(block, iterator_of(block))
    is_repeated = is_top and {"count", "for_each"} & block.body.attributes.keys()
    return Turn(block, "each") if is_repeated else None


def iterator_of(block: Block) -> str:
    """The name that a ``dynamic`` block's members go by."""
    named = block.body.attributes.get("iterator")
    value = named.value if named else None
    return value.dotted if isinstance(value, Reference) else block.labels[0]


def expanded(blocks: Iterable[Block], module: Module) -> dict[int, Body]:
    """Bodies in which settled ``dynamic`` blocks are what they make, by their block's identity."""
    return {id(block): _expanded(block.body, module) for block in blocks}


def has_dynamic(body: Body) -> bool:
    """Whether a ``dynamic`` block stands anywhere inside."""
    return any(b.type == "dynamic" or has_dynamic(b.body) for b in body.blocks())


def _expanded(body: Body, module: Module) -> Body:
    if not has_dynamic(body):
        return body
    return Body(body.span, tuple(made for item in body.items for made in _items(item, module)))


def _items(item: Attribute | Block, module: Module) -> Iterator[Attribute | Block]:
    """An item as it is, or what a ``dynamic`` block makes: nothing, or its content once."""
    if not isinstance(item, Block):
        yield item
        return
    inner = Block(
        item.type, item.labels, item.span, item.header_span, _expanded(item.body, module),
        item.is_one_line,
    ) if has_dynamic(item.body) else item  # fmt: skip # the block, then the one case that needs it
    over = item.body.attributes.get("for_each") if item.type == "dynamic" else None
    contents = item.body.blocks("content")
    value = module.evaluate_partly(over.value) if over else None
    if over is None or len(contents) != 1 or not isinstance(value, tuple | dict):
        yield inner
    elif value:
        content = _expanded(contents[0].body, module)
        yield Block(item.labels[0], (), item.span, item.header_span, content, item.is_one_line)
