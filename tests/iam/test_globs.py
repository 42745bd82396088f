"""Patterns of IAM against brute force: what is said to be covered is covered, letter by letter."""

from __future__ import annotations

import random
import re
from functools import cache
from itertools import product

import pytest

from remediations.iam.globs import Escape, are_disjoint, escapes, meets, pattern

CASES = 10_000
LETTERS = "abz"
LONGEST = 5
ATOM = "${x}"


@cache
def language(glob: str) -> frozenset[str]:
    """Every short text that a pattern lets through; ``z`` stands for letters nobody wrote."""
    expression = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in glob)
    whole = re.compile(expression + r"\Z")
    return frozenset(text for text in _texts() if whole.match(text))


@cache
def _texts() -> tuple[str, ...]:
    return tuple(
        "".join(one) for size in range(LONGEST + 1) for one in product(LETTERS, repeat=size)
    )


def _glob(chance: random.Random, longest: int = 4) -> str:
    return "".join(chance.choice("ab*?") for _ in range(chance.randint(0, longest)))


def test_inclusion_is_what_counting_texts_says() -> None:
    chance = random.Random(20_26)
    for _ in range(CASES):
        new, old = _glob(chance), [_glob(chance) for _ in range(chance.randint(1, 3))]
        inside = language(new) <= frozenset().union(*map(language, old))
        found = escapes(pattern(new), map(pattern, old))
        assert (found is None) == inside, (new, old)
        if found is not None and found.text is not None:
            text = found.text.replace("x", "z")
            assert re.fullmatch(_expression(new), text)
            assert not any(re.fullmatch(_expression(one), text) for one in old)


def _expression(glob: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in glob)


def test_texts_that_two_let_through_are_what_counting_says() -> None:
    chance = random.Random(7)
    for _ in range(CASES // 4):
        one, two = _glob(chance), _glob(chance)
        shared = bool(language(one) & language(two))
        assert meets(pattern(one), pattern(two)) == shared, (one, two)
        assert are_disjoint(pattern(one), pattern(two)) == (not shared)


def test_what_is_proved_with_a_reference_holds_whatever_it_turns_out_to_be() -> None:
    """Also where it turns out to be a pattern itself, or nothing at all."""
    chance = random.Random(11)
    proved = 0
    for _ in range(CASES // 2):
        new = _with_reference(chance)
        old = [_with_reference(chance) for _ in range(chance.randint(1, 2))]
        if escapes(pattern(new), map(pattern, old)) is None:
            proved += 1
            for value in ("", "a", "ab", "*", "?b"):
                inside = language(new.replace(ATOM, value))
                assert inside <= frozenset().union(
                    *(language(one.replace(ATOM, value)) for one in old)
                ), (new, old, value)
        assert not are_disjoint(pattern(new), pattern(old[0])) or ATOM not in new + old[0]
    assert proved > 300


def _with_reference(chance: random.Random) -> str:
    return "".join(chance.choice(("a", "b", "*", "?", ATOM)) for _ in range(chance.randint(0, 3)))


@pytest.mark.parametrize(
    ("new", "old", "text"),
    [
        ("b/*", ["b"], "b/"),
        ("b*", ["b/*"], "b"),
        ("*", ["a*", "*b"], ""),
        ("${x}/*", ["${y}/*"], "${x}/"),
        ("${x}", ["?"], "${x}"),
    ],
)
def test_a_refusal_comes_with_a_text_that_gets_through(new: str, old: list[str], text: str) -> None:
    assert escapes(pattern(new), map(pattern, old)) == Escape(text)


def test_several_together_may_cover_what_none_does_alone() -> None:
    assert escapes(pattern("?b/*"), map(pattern, ["a*/*", "?b/*"])) is None
    assert escapes(pattern("*"), map(pattern, ["", "?*"])) is None


def test_a_comparison_that_would_take_too_long_is_no_proof() -> None:
    many = [f"*{letter}{'?' * 14}" for letter in "ab"]
    assert escapes(pattern("*" + "?" * 15), map(pattern, many)) == Escape(None)
    assert escapes(pattern("a" * 5_000 + "?"), [pattern("a*")]) == Escape(None)
