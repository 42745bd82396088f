"""What each rule costs: the examples of its own page, copied many times into one module.

Time has to grow with the number of resources that a rule judges, so the cost of one resource is
taken in a small module and in one with many times as many.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from remediations.codebase import Codebase
from remediations.detect import examine
from remediations.model import Profile
from remediations.rule import Rule, rules
from remediations.terraform.grammar import Grammar
from tests.rules.pages import examples

FEW, MANY = 10, 80
SHOWN = 12
ROUNDS = 3
_DECLARES = re.compile(r'^(?:(?:resource|data) "[^"]+"|variable|module|output) "([^"]+)"', re.M)
_ONCE = re.compile(r"^(?:terraform|provider)\b.*?^}\n", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds for one copy of the page's examples, in a small module and in a large one."""

    rule: str
    few: float
    many: float

    @property
    def growth(self) -> float:
        """1 where the cost of one stays the same; what is quadratic comes near MANY / FEW."""
        return self.many / self.few


def table() -> Iterator[str]:
    """The costliest rules, and the one whose cost grows most."""
    grammar = Grammar.load()
    costs = sorted((_cost(rule, grammar) for rule in rules()), key=lambda c: c.many, reverse=True)
    yield f"Rules: {len(costs)}; one copy of a page's examples among {FEW} and among {MANY}"
    yield f"{'rule':<36}{'us of ' + str(FEW):>10}{'us of ' + str(MANY):>10}{'growth':>8}"
    for cost in costs[:SHOWN]:
        yield f"{cost.rule:<36}{cost.few:>10.0f}{cost.many:>10.0f}{cost.growth:>8.2f}"
    middle = costs[len(costs) // 2]
    steepest = max(costs, key=lambda cost: cost.growth)
    yield f"{'the one in the middle: ' + middle.rule:<46}{middle.many:>10.0f}"
    yield f"grows most: {steepest.rule}, {steepest.growth:.2f}"


def _cost(rule: Rule, grammar: Grammar) -> Cost:
    few, many = (_spent(rule, copies(rule, number), grammar) / number for number in (FEW, MANY))
    return Cost(rule.id, few * 1e6, many * 1e6)


def _spent(rule: Rule, files: dict[str, bytes], grammar: Grammar) -> float:
    """The best of several rounds on a module that nothing is remembered of."""
    best = float("inf")
    for _ in range(ROUNDS):
        codebase = Codebase.read(files, grammar)
        began = time.process_time()
        examine(codebase, Profile("prod"), only=(rule,))
        best = min(best, time.process_time() - began)
    return best


def copies(rule: Rule, number: int) -> dict[str, bytes]:
    """The files of all examples of one kind, as many times as asked, under names of their own."""
    example = max(examples(rule.id), key=lambda e: len(e.marks))
    files: dict[str, bytes] = {}
    for copy in range(number):
        names = {n for text in example.files.values() for n in _DECLARES.findall(text)}
        for path, text in example.files.items():
            if copy:
                text = _ONCE.sub("", text)
            written = _renamed(text, names, copy)
            files[_place(path, copy)] = written.encode()
    return files


def _place(path: str, copy: int) -> str:
    """Files of the root stand side by side; directories of modules are the copy's own."""
    folder, _, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    return f"{folder}_{copy}/{name}" if folder else f"{stem}_{copy}{dot}{ending}"


def _renamed(text: str, names: set[str], copy: int) -> str:
    if not names:
        return text
    word = re.compile(rf"(?<=[.\"])({'|'.join(map(re.escape, sorted(names)))})(?=[.\"\[\]\s),}}])")
    return word.sub(lambda match: f"{match[1]}_{copy}", text)
