"""What ``var.x``, ``local.x`` and ``module.x.y`` stand for. Works out no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..model import Known, Unknown, Value
from .evaluate import Found, Origin
from .nodes import Expression, Reference

if TYPE_CHECKING:
    from .module import Module

Rest = tuple[str | Expression, ...]

_AFTER_APPLY: Final = "`{name}` is only known after apply"
_ELSEWHERE: Final = {
    "count": "`{name}` differs from instance to instance",
    "data": "`{name}` is looked up when Terraform runs",
    "each": "`{name}` differs from instance to instance",
    "path": "`{name}` depends on where Terraform runs",
    "terraform": "`{name}` depends on where Terraform runs",
}


class _Nowhere:
    """Where defaults and values from outside are worked out: no name means anything there."""

    def find(self, node: Reference) -> Found | Value:
        return Unknown(f"`{node.dotted}` means nothing where the value is written")

    def spend(self, steps: int) -> bool:  # noqa: ARG002 - what it costs is not counted here
        return True


NOWHERE: Final = _Nowhere()


def find(module: Module, node: Reference) -> Found | Value:
    """What a reference stands for in a module, or why that is not known here."""
    kind, name = node.parts[0], node.parts[1] if len(node.parts) > 1 else None
    if isinstance(kind, str) and isinstance(name, str) and name != "*":
        if kind == "var":
            return _variable(module, name, node.parts[2:])
        if kind == "local":
            return _local(module, name, node.parts[2:])
        if kind == "module":
            return _output(module, name, node)
        if node.dotted == "terraform.workspace" and module.root.setting.workspace is not None:
            return Known(module.root.setting.workspace)
    words = _ELSEWHERE.get(kind, _AFTER_APPLY) if isinstance(kind, str) else _AFTER_APPLY
    return Unknown(words.format(name=node.dotted))


def _variable(module: Module, name: str, rest: Rest) -> Found | Value:
    if name not in module.variables:
        return Unknown(f"`var.{name}` is not declared in this module")
    called = f"var.{name}"
    block, document = module.variables[name]
    declared = block.body.attributes.get("type")
    type = declared.value if declared else None
    if module.caller is not None and module.call is not None:
        passed = module.call.argument(name)
        if passed is not None:
            where = module.caller.document_of(passed, module.call.document)
            scope = module.caller.scope_of(passed.value)
            return Found(passed.value, scope, rest, Origin.INPUT, where, called, type)
    elif name in module.given:
        given, where = module.given[name]
        return Found(given.value, NOWHERE, rest, Origin.TFVARS, where, called, type)
    if name in module.doubted:
        return Unknown(f"`{called}` may be given another value than its default")
    default = block.body.attributes.get("default")
    if default is None:
        return Unknown(f"`var.{name}` has no default")
    where = module.document_of(default, document)
    return Found(default.value, NOWHERE, rest, Origin.DEFAULT, where, called, type)


def _local(module: Module, name: str, rest: Rest) -> Found | Value:
    if name not in module.locals:
        return Unknown(f"`local.{name}` is not declared in this module")
    attribute, document = module.locals[name]
    return Found(attribute.value, module, rest, Origin.LOCAL, document, f"local.{name}")


def _output(module: Module, name: str, node: Reference) -> Found | Value:
    """One output of another module; of a call that is made many times, that of each."""
    target, rest = module.called(name), node.parts[2:]
    if rest and not isinstance(rest[0], str):
        rest = rest[1:]
    wanted = rest[0] if rest else None
    held = target.outputs.get(wanted) if target and isinstance(wanted, str) else None
    value = held[0].body.attributes.get("value") if held else None
    if target is None or held is None or value is None:
        return Unknown(f"`{node.dotted}` comes from another module")
    called = f"module.{name}.{wanted}"
    return Found(value.value, target, rest[1:], Origin.OUTPUT, held[1], called)
