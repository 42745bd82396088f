"""Values as a variable's type makes them: conversions, and the defaults of optional attributes.

https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from ..model import Unknown
from .nodes import Call, Expression, ListExpression, Literal, ObjectExpression, Reference, String
from .operators import operate
from .partial import Fails, as_bool, as_text

_DEEPEST = 60


def shaped(value: object, type: Expression, depth: int = 0) -> object:
    """The value converted to a type, as far as it is known. A null stays one."""
    if value is None or isinstance(value, Unknown) or depth > _DEEPEST:
        return value
    if isinstance(type, Reference | String):
        return _primitive(value, type.dotted if isinstance(type, Reference) else type.literal)
    if not isinstance(type, Call) or not type.arguments:
        return value
    inner = type.arguments[0]
    if type.name == "object" and isinstance(inner, ObjectExpression):
        return _object(value, inner, depth)
    if type.name == "map" and isinstance(value, dict):
        return {key: shaped(one, inner, depth + 1) for key, one in value.items()}
    if type.name in ("list", "set") and isinstance(value, tuple):
        return tuple(shaped(one, inner, depth + 1) for one in value)
    return value


def _primitive(value: object, name: str | None) -> object:
    try:
        if name == "bool":
            return as_bool(value)
        if name == "string":
            return as_text(value)
    except TypeError:
        return Fails(f"the value is no {name}")
    if name == "number" and isinstance(value, str):
        return operate("+", [value, 0])
    return value


def _object(value: object, type: ObjectExpression, depth: int) -> object:
    if not isinstance(value, dict):
        return Fails("the value is no object")
    made: dict[str, object] = {}
    for entry in type.entries:
        if entry.name is None:
            return value
        inner, default, is_optional = _attribute(entry.value)
        if value.get(entry.name) is None and default is not None:
            made[entry.name] = shaped(_constant(default), inner, depth + 1)
        elif entry.name in value:
            made[entry.name] = shaped(value[entry.name], inner, depth + 1)
        elif is_optional:
            made[entry.name] = None
        else:
            return Fails(f"`{entry.name}` is missing")
    return made


def _attribute(type: Expression) -> tuple[Expression, Expression | None, bool]:
    """The type of an attribute, its default, and whether it may be missing."""
    if isinstance(type, Call) and type.name == "optional" and type.arguments:
        default = type.arguments[1] if len(type.arguments) > 1 else None
        return type.arguments[0], default, True
    return type, None, False


def _constant(node: Expression) -> object:
    """A default has no names in it."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, String) and node.literal is not None:
        return node.literal
    if isinstance(node, ListExpression):
        return tuple(_constant(item) for item in node.items)
    if isinstance(node, ObjectExpression) and all(entry.name for entry in node.entries):
        return {str(entry.name): _constant(entry.value) for entry in node.entries}
    return Unknown("the default of an attribute is not a plain value")
