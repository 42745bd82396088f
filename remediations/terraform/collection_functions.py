"""Functions of lists, sets and maps. Sets are tuples in Terraform's order of texts.

Members may be unknown where a function only puts them in their places.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product as every_pair

from ..model import Unknown
from .operators import equal, kind_of, operate
from .partial import as_bool, as_text, first_unknown
from .template import MAX_TEXT
from .text_functions import Refused, number, plain


def items_of(value: object) -> tuple[object, ...]:
    """A list. Raises ``TypeError`` for anything else."""
    if not isinstance(value, tuple):
        raise TypeError("not a list")
    return value


def table_of(value: object) -> dict[str, object]:
    """A map or object. Raises ``TypeError`` for anything else."""
    if not isinstance(value, dict):
        raise TypeError("not a map")
    return value


def alike(value: object) -> tuple[object, ...]:
    """``tolist``: elements that Terraform would not have to convert."""
    found = items_of(value)
    kinds = {kind_of(item) for item in found if item is not None and first_unknown(item) is None}
    if len(kinds) > 1:
        raise TypeError("elements of several types")
    return found


def coalesce(*values: object) -> object:
    """``coalesce``: the first that is neither null nor an empty text."""
    known = [value for value in values if value is not None and not isinstance(value, Unknown)]
    alike(tuple(known))
    for value in values:
        if isinstance(value, Unknown) or (value is not None and value != ""):
            return value
    raise Refused("every argument is null or empty")


def coalesce_list(*lists: object) -> object:
    """``coalescelist``: the first that is not empty."""
    for one in lists:
        if isinstance(one, Unknown) or items_of(one):
            return one
    raise Refused("every list is empty")


def compact(items: object) -> tuple[object, ...]:
    """``compact``: without nulls and empty texts."""
    _settled(items)
    return tuple(item for item in items_of(items) if item not in (None, ""))


def concat(*lists: object) -> tuple[object, ...]:
    """``concat``"""
    return tuple(item for one in lists for item in items_of(one))


def chunks(items: object, size: object) -> tuple[object, ...]:
    """``chunklist``"""
    found, count = items_of(items), number(size)
    if type(count) is not int or count < 1:
        raise ValueError("no size")
    return tuple(found[start : start + count] for start in range(0, len(found), count))


def contains(items: object, item: object) -> bool:
    """``contains``"""
    return any(equal(one, item) for one in alike((*items_of(items), item)))


def distinct(items: object) -> tuple[object, ...]:
    """``distinct``"""
    found: list[object] = []
    for item in alike(items):
        if not any(equal(item, one) for one in found):
            found.append(item)
        if len(found) > _MOST_COMPARED:
            raise ValueError("too many to compare")
    return tuple(found)


_MOST_COMPARED = 500


def element(items: object, place: object) -> object:
    """``element``: counts on from the start behind the end."""
    found, count = items_of(items), number(place)
    if not found:
        raise Refused("the list is empty")
    if type(count) is not int:
        raise TypeError("no whole number")
    return found[count % len(found)]


def flatten(items: object) -> tuple[object, ...]:
    """``flatten``: an unknown element may be a list, so that nothing is certain beside it."""
    found: list[object] = []
    pending = list(reversed(items_of(items)))
    while pending:
        item = pending.pop()
        if isinstance(item, Unknown):
            raise TypeError("an element that may be a list")
        if isinstance(item, tuple):
            pending.extend(reversed(item))
        else:
            found.append(item)
    return tuple(found)


def index(items: object, item: object) -> int:
    """``index``"""
    for place, one in enumerate(items_of(items)):
        if equal(one, item):
            return place
    raise Refused("it is not in the list")


def join(separator: object, *lists: object) -> str:
    """``join``"""
    texts = [as_text(item) for item in concat(*lists)]
    if sum(map(len, texts)) + len(plain(separator)) * len(texts) > MAX_TEXT:
        raise ValueError("the value is too large")
    return plain(separator).join(texts)


def keys(table: object) -> tuple[str, ...]:
    """``keys``"""
    return tuple(sorted(table_of(table)))


def values(table: object) -> tuple[object, ...]:
    """``values``, in the order of their keys."""
    return tuple(value for _, value in sorted(table_of(table).items(), key=lambda one: one[0]))


def length(value: object) -> int:
    """``length``"""
    if isinstance(value, str):
        if not value.isascii():
            raise TypeError("not a plain text")
        return len(value)
    return len(value) if isinstance(value, dict) else len(items_of(value))


def lookup(table: object, key: object, *default: object) -> object:
    """``lookup``"""
    held, name = table_of(table), as_text(key)
    if name in held:
        return held[name]
    if not default:
        raise Refused("there is no such key")
    return default[0]


def merge(*tables: object) -> dict[str, object]:
    """``merge``: later ones win."""
    given = [table_of(table) for table in tables if table is not None]
    return {key: value for table in given for key, value in table.items()}


def one(items: object) -> object:
    """``one``: null of none."""
    found = items_of(items)
    if len(found) > 1:
        raise Refused("there are several")
    return found[0] if found else None


def numbers(*limits: object) -> tuple[object, ...]:
    """``range`` of whole numbers."""
    whole = [number(limit) for limit in limits]
    if not all(type(one) is int for one in whole) or not 1 <= len(whole) <= 3:
        raise ValueError("no whole numbers")
    start, stop = (0, whole[0]) if len(whole) == 1 else (whole[0], whole[1])
    step = whole[2] if len(whole) > 2 else (1 if stop >= start else -1)
    found = range(int(start), int(stop), int(step))
    if len(found) > _MOST_NUMBERS:
        raise Refused(f"more than {_MOST_NUMBERS} numbers")
    return tuple(found)


_MOST_NUMBERS = 1024


def ordered(items: object) -> tuple[str, ...]:
    """``sort``: texts by their bytes."""
    return tuple(sorted((plain(item) for item in items_of(items)), key=str.encode))


def sliced(items: object, start: object, end: object) -> tuple[object, ...]:
    """``slice``"""
    found, first, last = items_of(items), number(start), number(end)
    if not isinstance(first, int) or not isinstance(last, int):
        raise TypeError("no whole number")
    if not 0 <= first <= last <= len(found):
        raise Refused("it leads out of the list")
    return found[first:last]


def to_set(value: object) -> tuple[object, ...]:
    """``toset``: each once, in Terraform's order; of texts, where that order is certain."""
    found = alike(value)
    texts = [item for item in found if isinstance(item, str)]
    if len(texts) != len(found):
        raise TypeError("a set of other things than texts")
    return tuple(sorted(set(texts), key=str.encode))


def union(*sets: object) -> tuple[object, ...]:
    """``setunion``"""
    return to_set(concat(*sets))


def intersection(*sets: object) -> tuple[object, ...]:
    """``setintersection``"""
    found = [to_set(one) for one in sets]
    return tuple(item for item in found[0] if all(item in one for one in found[1:]))


def difference(one: object, two: object) -> tuple[object, ...]:
    """``setsubtract``"""
    taken = to_set(two)
    return tuple(item for item in to_set(one) if item not in taken)


def product(*sets: object) -> tuple[object, ...]:
    """``setproduct``"""
    count = 1
    for one in sets:
        count *= max(1, len(items_of(one)))
    if count > _MOST_NUMBERS:
        raise ValueError("the value is too large")
    return tuple(every_pair(*(items_of(one) for one in sets)))


def total(items: object) -> object:
    """``sum``"""
    whole: object = 0
    found = items_of(items)
    if not found:
        raise Refused("the list is empty")
    for item in found:
        whole = operate("+", [whole, item])
    return whole


def all_true(items: object) -> bool:
    """``alltrue``"""
    return all(item is not None and as_bool(item) for item in items_of(items))


def any_true(items: object) -> bool:
    """``anytrue``"""
    return any(item is not None and as_bool(item) for item in items_of(items))


def zipped(names: object, items: object) -> dict[str, object]:
    """``zipmap``"""
    left, right = items_of(names), items_of(items)
    if len(left) != len(right):
        raise Refused("lists of several lengths")
    return {as_text(key): value for key, value in zip(left, right, strict=True)}


def _settled(items: object) -> None:
    if isinstance(items, Iterable) and first_unknown(items) is not None:
        raise TypeError("an element that is not known")
