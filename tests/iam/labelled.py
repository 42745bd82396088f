"""Labelled statements of public modules: what each means, as a person judged it. Infers nothing."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

HOME: Final = Path(__file__).parent / "calibration"
GIVEN: Final = "LOCKSTITCH_TEST_LABELLED_MODULES"
"""The directory with the reduced repositories; they are other people's and stay outside."""
FIRST: Final = ("tuning", "held-out")
LATER: Final = (
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
)
HALVES: Final = FIRST + LATER
"""The halves of the first round, and the rounds after it."""
VERDICTS: Final = frozenset(
    {"resources", "literal", "derived", "none", "ambiguous", "must-stay-wildcard"}
)


@dataclass(frozen=True, slots=True)
class Label:
    """What the actions of one service mean in one statement.

    ``resources`` are addresses in the statement's own directory; ``names`` are literal names that
    no address stands for. Only a suggestion of exactly ``resources``, under the verdict
    ``resources``, is right.
    """

    verdict: str
    why: str
    resources: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A statement with its labels by service. ``statement`` counts those of ``address``."""

    id: str
    half: str
    repository: str
    commit: str
    path: str
    line: int
    licence: str
    form: str
    module: str
    directory: str
    address: str
    statement: int
    sid: str | None
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    labels: Mapping[str, Label]

    @property
    def files(self) -> dict[str, bytes]:
        """The reduced repository that it stands in, by path."""
        return files_of(self.module)


@cache
def labelled() -> tuple[Labelled, ...]:
    """Every labelled statement, by repository, file and line."""
    lines = (HOME / "labels.jsonl").read_text().splitlines()
    return tuple(_statement(json.loads(line)) for line in lines)


def half_of(repository: str) -> str:
    """Which half a repository belongs to, whoever adds it and whenever."""
    first = hashlib.sha256(repository.lower().encode()).digest()[0]
    return "held-out" if first % 2 else "tuning"


def given() -> Path | None:
    """Where the reduced repositories lie, if anybody has them."""
    held = os.environ.get(GIVEN)
    return Path(held) if held else None


def files_of(module: str) -> dict[str, bytes]:
    """A reduced repository, by path. Raises ``LookupError`` where none are given."""
    root = given()
    if root is None:
        raise LookupError(f"set {GIVEN} to the directory with the reduced repositories")
    return dict(_files(root / module))


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(root.rglob("*.tf")):
        yield path.relative_to(root).as_posix(), path.read_bytes()


def _statement(held: dict[str, Any]) -> Labelled:
    labels = {service: _label(label) for service, label in held.pop("labels").items()}
    actions, resources = tuple(held.pop("actions")), tuple(held.pop("resources"))
    return Labelled(**held, actions=actions, resources=resources, labels=labels)


def _label(held: dict[str, Any]) -> Label:
    return Label(
        held["verdict"],
        held["why"],
        frozenset(held.get("resources", ())),
        frozenset(held.get("names", ())),
    )
