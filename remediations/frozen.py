"""Dataclasses that are frozen to whoever reads or checks the code, and cheap when it runs.

To a type checker ``dataclass`` is the one of the standard library. That one writes seven methods of
each frozen class as text and compiles them at every start, which takes as long as all else that is
imported here; and it sets each field of each object the long way round. This one takes ``__init__``
from a class with as many fields, under other names, and the type checker's word that nobody assigns
to a field.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from functools import cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        *, frozen: bool = False, eq: bool = True, order: bool = False, **options: bool
    ) -> Callable[[type], type]:
        """As ``dataclasses.dataclass``, with the same equality, order, hash and ``repr``."""
        if not frozen:
            return dataclasses.dataclass(eq=eq, order=order, **options)

        def made(cls: type) -> type:
            cls.__doc__ = cls.__doc__ or cls.__name__  # or else its signature is worked out
            is_plain = _is_plain(cls)
            built = dataclasses.dataclass(cls, init=not is_plain, eq=False, repr=False, **options)
            if is_plain:
                built.__init__ = _init(built)
            built.__repr__ = _repr
            if eq:
                _compare(built, ("__eq__", *_ORDER) if order else ("__eq__",))
            return built

        return made


def _is_plain(cls: Any) -> bool:
    """Whether each field is an argument as it is: none is made anew for each object."""
    own = (one for one in vars(cls).values() if isinstance(one, dataclasses.Field))
    inherited = (one for base in cls.__mro__ for one in getattr(base, _FIELDS, {}).values())
    return all(
        one.init and one.default_factory is dataclasses.MISSING for one in (*own, *inherited)
    )


def _init(cls: Any) -> FunctionType:
    fields = dataclasses.fields(cls)
    names = tuple(one.name for one in fields)
    code = _of_as_many(len(names)).replace(
        co_varnames=("self", *names), co_names=names, co_qualname=f"{cls.__qualname__}.__init__"
    )
    defaults = (one.default for one in fields if one.default is not dataclasses.MISSING)
    return FunctionType(code, globals(), "__init__", tuple(defaults))


@cache
def _of_as_many(fields: int) -> CodeType:
    """An ``__init__`` that sets so many fields; their names are all that is left to replace."""
    names = [f"field_{number}" for number in range(fields)]
    body = "; ".join(f"self.{name} = {name}" for name in names) or "pass"
    module = compile(f"def __init__({', '.join(('self', *names))}): {body}", __name__, "exec")
    return next(one for one in module.co_consts if isinstance(one, CodeType))


_FIELDS: Final = "__dataclass_fields__"
_ORDER: Final = ("__lt__", "__le__", "__gt__", "__ge__")


def _compare(built: Any, names: tuple[str, ...]) -> None:
    compared = [one.name for one in dataclasses.fields(built) if one.compare]
    get = operator.attrgetter(*compared) if compared else lambda _: ()
    built.__hash__ = lambda self: hash(get(self))
    for name in names:
        setattr(built, name, _comparison(get, getattr(operator, name)))


def _comparison(
    get: Callable[[object], object], holds: Callable[[object, object], bool]
) -> Callable[[object, object], Any]:
    def compare(self: object, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return holds(get(self), get(other))

    return compare


def _repr(self: Any) -> str:
    shown = (one.name for one in dataclasses.fields(self) if one.repr)
    said = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{type(self).__qualname__}({said})"
