"""Whether one statement holds only when another does: conditions and principals compared.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
Knows no action and no resource.
"""

from __future__ import annotations

from typing import Final

from .statement import Statement, Test

_EVERYBODY: Final = frozenset({("*", "*"), ("AWS", "*")})


def implies(narrow: Statement, wide: Statement) -> bool:
    """Whether ``wide`` holds in every request in which ``narrow`` does, by their conditions.

    Every line of the wide condition has to stand in the narrow one too, with the same operator and
    key: ``StringEqualsIfExists`` is another operator. Of values any one suffices, so fewer are
    narrower; those that an operator excludes may only become more.
    """
    if narrow.conditions == wide.conditions and narrow.tests == wide.tests:
        return True
    if narrow.tests is None or wide.tests is None:
        return False
    return all(any(_stricter(mine, test) for mine in narrow.tests) for test in wide.tests)


def _stricter(mine: Test, yours: Test) -> bool:
    if (mine.operator, mine.key) != (yours.operator, yours.key):
        return False
    return mine.values >= yours.values if _excludes(mine.operator) else mine.values <= yours.values


def _excludes(operator: str) -> bool:
    """Whether it holds for what is none of its values."""
    return "not" in operator.removeprefix("forallvalues:").removeprefix("foranyvalue:")


def is_within(narrow: Statement, wide: Statement) -> bool:
    """Whether all principals of ``narrow`` are meant by ``wide``; of an identity both have none."""
    if narrow.not_principals or wide.not_principals:
        return narrow.not_principals == wide.not_principals and _whom(narrow) == _whom(wide)
    mine, yours = _whom(narrow), _whom(wide)
    if not mine or not yours:
        return not mine and not yours
    # "*" is everybody with or without an account; services and federated users are not sure to be.
    everybody = bool(yours & _EVERYBODY)
    return all(one in yours or (everybody and one[0] in ("AWS", "*")) for one in mine)


def _whom(statement: Statement) -> frozenset[tuple[str, str]]:
    texts = (item.text for item in statement.principals)
    return frozenset(zip(statement.principal_kinds, texts, strict=True))
