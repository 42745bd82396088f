"""The proof against brute force: a policy that it lets pass allows no request that was refused."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from typing import Final

import pytest

from remediations.iam.narrowing import refuses
from remediations.iam.permissions import covers
from remediations.iam.statement import Item, Statement
from remediations.iam.statement import Test as Line
from remediations.model import Span
from remediations.terraform.grammar import Grammar
from remediations.terraform.module import Module
from remediations.terraform.nodes import ListExpression, ObjectExpression

from .policies import BUCKET, read

CASES: Final = 10_000
ACTIONS: Final = ("x:a", "x:ab", "x:b", "y:a")
RESOURCES: Final = ("r", "r/a", "r/b", "s")
VALUES: Final = ("1", "2", None)
"""What a request says of the key ``k``; None where it says nothing."""
_NODE: Final = ObjectExpression(Span(0, 0), ())
_LIST: Final = ListExpression(Span(0, 0), ())
Request = tuple[str, str, str | None]


def statement(
    effect: str,
    actions: Iterable[str],
    resources: Iterable[str],
    tests: Iterable[Line] = (),
    *,
    not_actions: Iterable[str] = (),
    not_resources: Iterable[str] = (),
) -> Statement:
    """A statement that stands nowhere."""
    held = tuple(tests)
    resources = tuple(resources)
    not_actions, not_resources = tuple(not_actions), tuple(not_resources)
    return Statement(
        node=_NODE,
        siblings=None,
        sid=None,
        effect=effect,
        actions=tuple(map(Item, actions)),
        resources=tuple(map(Item, resources)),
        actions_at=_LIST,
        resources_at=_LIST if resources else None,
        has_not=bool(not_actions or not_resources),
        conditions=" ".join(f"{t.operator}{t.key}{sorted(t.values)}" for t in held),
        not_actions=tuple(map(Item, not_actions)),
        not_resources=tuple(map(Item, not_resources)),
        tests=held,
    )


def applies(one: Statement) -> frozenset[Request]:
    """The requests that it is about."""
    acts = {action for action in ACTIONS if _named(action, one.actions, one.not_actions)}
    on = {text for text in RESOURCES if _named(text, one.resources, one.not_resources)}
    values = {value for value in VALUES if _holds(one.tests or (), value)}
    return frozenset(product(acts, on, values))


def _named(text: str, wanted: Sequence[Item], left_out: Sequence[Item]) -> bool:
    if left_out:
        return not any(_covers(item.text, text) for item in left_out)
    return any(_covers(item.text, text) for item in wanted)


_covers = cache(covers)


def _holds(tests: Sequence[Line], value: str | None) -> bool:
    for test in tests:
        if value is None:
            # A negated operator holds for a key that is not there, as one with IfExists does.
            held = "ifexists" in test.operator or "not" in test.operator
        else:
            held = (value in test.values) != ("not" in test.operator)
        if not held:
            return False
    return True


def allows(policy: Sequence[Statement]) -> frozenset[Request]:
    """What IAM lets through: a Deny wins over every Allow."""
    allowed, denied = (
        frozenset().union(*(applies(one) for one in policy if one.effect == effect))
        for effect in ("Allow", "Deny")
    )
    return allowed - denied


def some(chance: random.Random) -> Statement:
    """Any small statement."""
    actions = chance.sample(["*", "x:*", "x:a*", "x:a", "x:b", "y:?", "X:A"], chance.randint(1, 2))
    resources = chance.sample(["*", "r*", "r/*", "r/a", "r", "s", "?"], chance.randint(1, 2))
    operator = chance.choice(["stringequals", "stringnotequals", "stringequalsifexists"])
    values = frozenset(chance.sample(["1", "2", "3"], chance.randint(1, 2)))
    tests = [Line(operator, "k", values)] if chance.random() < 0.4 else []
    effect = "Deny" if chance.random() < 0.25 else "Allow"
    turn = chance.random()
    if turn < 0.1:
        return statement(effect, (), resources, tests, not_actions=actions)
    if turn < 0.2:
        return statement(effect, actions, (), tests, not_resources=resources)
    return statement(effect, actions, resources, tests)


def changed(chance: random.Random, policy: Sequence[Statement]) -> list[Statement]:
    """The policy with one statement changed, split or replaced, as a fix or a mistake would."""
    after = list(policy)
    place = chance.randrange(len(after))
    old, new = after[place], some(chance)
    mixed = statement(
        old.effect if chance.random() < 0.8 else new.effect,
        [i.text for i in chance.choice([old, new]).actions],
        [i.text for i in chance.choice([old, new]).resources],
        chance.choice([old, new]).tests or (),
        not_actions=[i.text for i in old.not_actions],
        not_resources=[i.text for i in chance.choice([old, new]).not_resources],
    )
    after[place : place + 1] = [mixed] if chance.random() < 0.7 else [mixed, old]
    return after


@pytest.fixture(scope="module")
def module(grammar: Grammar) -> Module:
    return read(BUCKET, grammar).modules[0]


def test_what_passes_allows_nothing_new(module: Module) -> None:
    chance = random.Random(20_26)
    passed = widened = 0
    for _ in range(CASES):
        before = [some(chance) for _ in range(chance.randint(1, 3))]
        after = changed(chance, before)
        wider = allows(after) - allows(before)
        widened += bool(wider)
        if refuses(before, after, module) is None:
            passed += 1
            assert not wider, (before, after, wider)
    assert passed > 500
    assert widened > 1_500


ALL = statement("Allow", ["s3:GetObject"], ["*"])
SECRET = "arn:aws:s3:::secret/*"
TRAPS = {
    "a condition on a Deny that stands alone": (
        [statement("Deny", ["s3:*"], ["*"])],
        [statement("Deny", ["s3:*"], ["*"], [Line("bool", "k", frozenset({"true"}))])],
        "deny less",
    ),
    "a pattern in place of what was left out": (
        [statement("Allow", ["s3:GetObject"], (), not_resources=[SECRET])],
        [statement("Allow", ["s3:GetObject"], ["arn:aws:s3:::s*/*"])],
        "did not allow",
    ),
    "a reference in place of what was left out": (
        [statement("Allow", ["s3:GetObject"], (), not_resources=[SECRET])],
        [statement("Allow", ["s3:GetObject"], ["${aws_s3_bucket.training.arn}/*"])],
        "did not allow",
    ),
    "IfExists": (
        [statement("Allow", ["s3:GetObject"], ["*"], [Line("stringequals", "k", frozenset("1"))])],
        [
            statement(
                "Allow",
                ["s3:GetObject"],
                ["*"],
                [Line("stringequalsifexists", "k", frozenset("1"))],
            )
        ],
        "did not allow",
    ),
    "fewer values that are excluded": (
        [
            statement(
                "Allow", ["s3:GetObject"], ["*"], [Line("stringnotequals", "k", frozenset("12"))]
            )
        ],
        [
            statement(
                "Allow", ["s3:GetObject"], ["*"], [Line("stringnotequals", "k", frozenset("1"))]
            )
        ],
        "did not allow",
    ),
    "a key that takes two resources on one": (
        [statement("Allow", ["dynamodb:Query"], ["*"])],
        [statement("Allow", ["dynamodb:Query"], ["arn:aws:dynamodb:*:*:table/t"])],
        "cannot be used on",
    ),
    "an action without a resource on one": (
        [statement("Allow", ["ecr:GetAuthorizationToken"], ["*"])],
        [statement("Allow", ["ecr:GetAuthorizationToken"], ["arn:aws:ecr:*:*:repository/a"])],
        "cannot be used on",
    ),
    "another region": (
        [statement("Allow", ["kms:Decrypt"], ["arn:aws:kms:eu-west-1:1:key/*"])],
        [statement("Allow", ["kms:Decrypt"], ["arn:aws:kms:*:1:key/a"])],
        "did not allow",
    ),
}
RIGHT = {
    "several cover what none does": (
        [statement("Allow", ["s3:GetObject"], ["arn:aws:s3:::a*/*", "arn:aws:s3:::?b/*"])],
        [statement("Allow", ["s3:GetObject"], ["arn:aws:s3:::ab/*", "arn:aws:s3:::bb/*"])],
    ),
    "literals beside what was left out": (
        [statement("Allow", ["s3:GetObject"], (), not_resources=[SECRET])],
        [statement("Allow", ["s3:GetObject"], ["arn:aws:s3:::ml-train/*"])],
    ),
    "a condition more": (
        [ALL],
        [statement("Allow", ["s3:GetObject"], ["*"], [Line("stringequals", "k", frozenset("1"))])],
    ),
    "some of a wildcard": (
        [statement("Allow", ["s3:*"], ["*"])],
        [statement("Allow", ["s3:GetObject", "s3:PutObject"], ["*"])],
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_seen(trap: str, module: Module) -> None:
    before, after, reason = TRAPS[trap]
    assert reason in str(refuses(before, after, module))


@pytest.mark.parametrize("right", RIGHT)
def test_what_is_narrower_passes(right: str, module: Module) -> None:
    before, after = RIGHT[right]
    assert refuses(before, after, module) is None
