"""Patterns of IAM as small automata: what one lets through, and whether others let it through too.

Sound and bounded. What is only known after apply is an atom: it equals itself, ``*`` covers it,
and nothing follows from its being another text. Knows no policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from ..frozen import dataclass

MAX_STATES: Final = 20_000
"""How many states a comparison may look at; beyond that nothing is said to be proved."""
MAX_LENGTH: Final = 2_048
_SHORT: Final = 256
"""How long a text may be that is remembered: most are asked for again and again."""

ANY: Final = "\0*"
ONE: Final = "\0?"
NAME: Final = "\0name"
"""Any run of letters without ``/`` and ``:``; only in the forms of ARNs."""
PATH: Final = "\0path"
"""Any run of letters without ``:``; only in the forms of ARNs."""
_OTHER: Final = "\0other"
_RUNS: Final = {ANY: "", NAME: "/:", PATH: ":"}

Pattern = tuple[str, ...]
"""Letters, wildcards and atoms. An atom is a text of two characters or more."""

_State = tuple[int, frozenset[tuple[int, int]]]
"""How far the new pattern is read, and the places where the old ones may be."""


@dataclass(frozen=True, slots=True)
class Escape:
    """Why a pattern is not covered: a text that it lets through and the others do not.

    ``text`` is None where the comparison would have taken too long.
    """

    text: str | None


def pattern(text: str) -> Pattern:
    """A text as IAM writes it: ``*`` and ``?`` are wildcards, ``${…}`` and ``&{…}`` are atoms."""
    return _short(text) if len(text) <= _SHORT else _tokens(text)


def _tokens(text: str) -> Pattern:
    found: list[str] = []
    at = 0
    while at < len(text):
        if text[at] in "$&" and text[at + 1 : at + 2] == "{":
            end = _closing(text, at + 1)
            found.append(text[at:end])
            at = end
            continue
        found.append({"*": ANY, "?": ONE}.get(text[at], text[at]))
        at += 1
    return tuple(found)


_short = lru_cache(maxsize=2_048)(_tokens)


def _closing(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return place + 1
    return len(text)


def is_atom(token: str) -> bool:
    """Whether it stands for a text that is not known."""
    return len(token) > 1 and token[0] != "\0"


def has_atoms(tokens: Pattern) -> bool:
    """Whether any part of it is not known."""
    return any(is_atom(token) for token in tokens)


def matches_one_of(old: Pattern, new: Pattern) -> bool:
    """Whether ``old`` lets one odd text of ``new`` through: told at once, where all take long."""
    return lets_through(old, tuple(_OTHER if token in (ANY, ONE) else token for token in new))


def escapes(new: Pattern, old: Iterable[Pattern]) -> Escape | None:
    """None where everything that ``new`` lets through is let through by one of ``old`` too."""
    others = tuple(old)
    if new in others or (ANY,) in others:
        return None
    if len(new) > MAX_LENGTH or sum(map(len, others)) > MAX_LENGTH:
        return Escape(None)
    if ANY not in new and ONE not in new:
        # It is one text: others cover it together only where one of them does alone.
        covered = any(lets_through(one, new) for one in others)
        return None if covered else Escape("".join(new))
    return _search(new, _Union(others), _letters((new, *others)))


def lets_through(wide: Pattern, text: Pattern) -> bool:
    """Whether a pattern matches one text, whose atoms are letters that only ``*`` stands for."""
    here = there = mark = 0
    star = -1
    while there < len(text):
        token = wide[here] if here < len(wide) else ""
        if token == ANY:
            star, mark, here = here, there, here + 1
        elif token == text[there] or (token == ONE and not is_atom(text[there])):
            here, there = here + 1, there + 1
        elif star >= 0:
            mark += 1
            here, there = star + 1, mark
        else:
            return False
    return all(token == ANY for token in wide[here:])


def _search(new: Pattern, union: _Union, letters: Sequence[str]) -> Escape | None:
    """Walk through ``new``; wherever it may end, the others have to be able to end too."""
    start = (0, union.start)
    came: dict[_State, tuple[_State | None, str]] = {start: (None, "")}
    pending = [start]
    for state in pending:
        place, reached = state
        if place == len(new):
            if not union.ends(reached):
                return Escape(_spelt(came, state))
            continue
        for letter, following in _steps(new, place, letters):
            after = reached if letter is None else union.step(reached, letter)
            found = (following, after)
            if found not in came:
                came[found] = (state, letter or "")
                pending.append(found)
        if len(came) > MAX_STATES:
            return Escape(None)
    return None


def _steps(new: Pattern, place: int, letters: Sequence[str]) -> Iterator[tuple[str | None, int]]:
    token = new[place]
    if token == ANY:
        yield None, place + 1
        yield from ((letter, place) for letter in letters)
    elif token == ONE:
        yield from ((letter, place + 1) for letter in letters)
    else:
        yield token, place + 1


def _letters(patterns: Iterable[Pattern]) -> tuple[str, ...]:
    """One for each letter that is written, and one for all the others."""
    return (*sorted({token for one in patterns for token in one if len(token) == 1}), _OTHER)


def _spelt(came: Mapping[_State, tuple[_State | None, str]], last: _State) -> str:
    letters: list[str] = []
    state: _State | None = last
    while state is not None:
        state, letter = came[state]
        letters.append("x" if letter == _OTHER else letter)
    return "".join(reversed(letters))


class _Union:
    """Several patterns read side by side: the set of places that a text may have led to."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = patterns
        self.start = self._closed((number, 0) for number in range(len(patterns)))

    def _closed(self, places: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
        found = set()
        for number, at in places:
            found.add((number, at))
            one = self.patterns[number]
            while at < len(one) and one[at] == ANY:
                at += 1
                found.add((number, at))
        return frozenset(found)

    def step(self, reached: frozenset[tuple[int, int]], letter: str) -> frozenset[tuple[int, int]]:
        return self._closed(self._next(reached, letter))

    def _next(self, reached: frozenset[tuple[int, int]], letter: str) -> Iterator[tuple[int, int]]:
        for number, at in reached:
            one = self.patterns[number]
            if at == len(one):
                continue
            token = one[at]
            if token == ANY:
                yield number, at
            elif token == letter or (token == ONE and not is_atom(letter)):
                yield number, at + 1

    def ends(self, reached: frozenset[tuple[int, int]]) -> bool:
        return any(at == len(self.patterns[number]) for number, at in reached)


def are_disjoint(one: Pattern, two: Pattern) -> bool:
    """Whether no text is let through by both. Never claimed of what holds an atom."""
    if has_atoms(one) or has_atoms(two):
        return False
    return not meets(one, two)


def meets(one: Pattern, two: Pattern) -> bool:
    """Whether some text may be let through by both, an atom being a letter like no other."""
    pending, seen = [(0, 0)], {(0, 0)}
    while pending:
        left, right = pending.pop()
        if left == len(one) and right == len(two):
            return True
        for following in _pairs(one, left, two, right):
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return False


def _pairs(one: Pattern, left: int, two: Pattern, right: int) -> Iterator[tuple[int, int]]:
    mine = one[left] if left < len(one) else ""
    yours = two[right] if right < len(two) else ""
    if mine in _RUNS:
        yield left + 1, right
    if yours in _RUNS:
        yield left, right + 1
    if not mine or not yours or not _share_a_letter(mine, yours):
        return
    yield left + (mine not in _RUNS), right + (yours not in _RUNS)


def _share_a_letter(mine: str, yours: str) -> bool:
    if mine in _RUNS:
        return yours in _RUNS or yours not in _RUNS[mine]
    if yours in _RUNS:
        return mine not in _RUNS[yours]
    if ONE in (mine, yours):
        return not (is_atom(mine) or is_atom(yours))
    return mine == yours
