"""The cheap dataclasses behave as those of the standard library, but that nobody stops a cheat."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from remediations import frozen
from remediations.model import Span


class Declared:
    name: str
    parts: tuple[int, ...] = ()
    note: str = dataclasses.field(default="", compare=False)
    hidden: int = dataclasses.field(default=0, repr=False)


def _made(decorator: Any, **options: bool) -> Any:
    fields = {"__annotations__": Declared.__annotations__, **vars(Declared)}
    kept = {name: held for name, held in fields.items() if name not in ("__dict__", "__weakref__")}
    return decorator(frozen=True, **options)(type("Declared", (), kept))


@pytest.mark.parametrize("options", [{}, {"slots": True}, {"eq": False}, {"order": True}], ids=str)
def test_whatever_is_seen_of_an_object_is_the_same(options: dict[str, bool]) -> None:
    ours, theirs = _made(frozen.dataclass, **options), _made(dataclasses.dataclass, **options)
    for kind in (ours, theirs):
        kind.__qualname__ = "Declared"
    rows: list[tuple[Any, ...]] = [("a",), ("a", (1,)), ("a", (), "x"), ("a", (), "", 1), ("b",)]
    mine, other = [ours(*row) for row in rows], [theirs(*row) for row in rows]
    assert [repr(one) for one in mine] == [repr(one) for one in other]
    assert [[a == b for a in mine] for b in mine] == [[a == b for a in other] for b in other]
    if options.get("eq", True):
        assert [hash(one) for one in mine] == [hash(one) for one in other]
    if options.get("order"):
        assert [[a < b for a in mine] for b in mine] == [[a < b for a in other] for b in other]
        assert [[a >= b for a in mine] for b in mine] == [[a >= b for a in other] for b in other]
    assert dataclasses.astuple(dataclasses.replace(mine[1], name="c")) == ("c", (1,), "", 0)
    assert mine[0] != other[0]
    assert ours.__match_args__ == theirs.__match_args__


def test_an_object_is_made_with_the_same_arguments() -> None:
    ours, theirs = _made(frozen.dataclass), _made(dataclasses.dataclass)
    for kind in (ours, theirs):
        assert dataclasses.asdict(kind(note="x", name="a")) == {
            "name": "a",
            "parts": (),
            "note": "x",
            "hidden": 0,
        }
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
            kind(note="x")
        with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
            kind("a", other=1)
        with pytest.raises(TypeError, match="takes from 2 to 5 positional arguments but 6"):
            kind("a", (), "", 0, 1)


@frozen.dataclass(frozen=True)
class Gathered:
    """Its list is made anew for each object."""

    name: str
    found: list[str] = dataclasses.field(default_factory=list)


@frozen.dataclass(frozen=True)
class GatheredThere(Gathered):
    """As all that descend from it."""

    place: str = ""


@frozen.dataclass(frozen=True, slots=True)
class Nothing:
    """Has no fields."""


@pytest.mark.parametrize("kind", [Gathered, GatheredThere])
def test_what_is_made_anew_is_nobody_elses(kind: type[Gathered]) -> None:
    first, second = kind("a"), kind("b")
    first.found.append("x")
    assert (second.name, second.found) == ("b", [])
    assert GatheredThere("a", ["x"], "here").place == "here"
    assert Nothing() == Nothing()


def test_a_span_is_a_key_is_ordered_and_survives_a_copy() -> None:
    assert sorted({Span(2, 3), Span(1, 9), Span(1, 2)}) == [Span(1, 2), Span(1, 9), Span(2, 3)]
    assert copy.deepcopy(Span(1, 2)) == pickle.loads(pickle.dumps(Span(1, 2))) == Span(1, 2)
    other: Any = (1, 2)
    assert Span(1, 2) != other
    with pytest.raises(TypeError):
        _ = Span(1, 2) < other
