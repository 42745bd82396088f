"""What makes two findings the same one, whatever became of lines and files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from .model import Finding

_NUMBER: Final = "#"


def fingerprint(rule: str, directory: str, address: str, attribute: str, statement: str) -> str:
    """16 hexadecimal characters. ``directory`` is where the block is defined."""
    parts = (rule, directory, address, attribute, statement)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def moved(finding: Finding, directory: str, address: str) -> Finding:
    """The finding as it would be called at another place."""
    renamed = fingerprint(finding.rule, directory, address, finding.attribute, finding.statement)
    return replace(finding, directory=directory, address=address, fingerprint=renamed)


def numbered(statement: str, number: int) -> str:
    """A name for one of several that nothing else tells apart, counted from 1."""
    return statement if number == 1 else f"{statement}{_NUMBER}{number}"


def is_gone(
    asked: Collection[str], before: Collection[Finding], after: Collection[Finding]
) -> bool:
    """Whether all findings with these fingerprints are gone.

    When one of several that are numbered is mended, the others move up, and one of them has its
    fingerprint from then on: so they are counted.
    """
    if not any(one.fingerprint in asked for one in after):
        return True
    meant = Counter(_unnumbered(one) for one in before if one.fingerprint in asked)
    return _went(meant, before, after) == meant.keys()


def parted(
    wanted: Collection[Finding], before: Collection[Finding], after: Collection[Finding]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Those of ``wanted`` that are gone, and those that are left; of numbered ones the later go."""
    there = {one.fingerprint for one in after}
    asked = {one.fingerprint for one in wanted}
    if asked.isdisjoint(there):
        return tuple(wanted), ()
    meant = Counter(_unnumbered(one) for one in before if one.fingerprint in asked)
    whole = _went(meant, before, after)
    gone: list[Finding] = []
    left: list[Finding] = []
    for one in wanted:
        is_left = one.fingerprint in there and _unnumbered(one) not in whole
        (left if is_left else gone).append(one)
    return tuple(gone), tuple(left)


_Name = tuple[str, ...]


def _went(
    meant: Counter[_Name], before: Collection[Finding], after: Collection[Finding]
) -> set[_Name]:
    """Those of which as many went as are meant."""
    had, left = Counter(map(_unnumbered, before)), Counter(map(_unnumbered, after))
    return {name for name, count in meant.items() if had[name] - left[name] >= count}


def _unnumbered(finding: Finding) -> _Name:
    statement = finding.statement.partition(_NUMBER)[0]
    return finding.rule, finding.directory, finding.address, finding.attribute, statement
