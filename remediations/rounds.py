"""Repairs applied in rounds, each round proved before the next one looks at what it wrote.

Knows no grouping and no offers; a repair that cannot be proved is left out with its reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from posixpath import dirname

from .at_source import Place
from .codebase import Codebase
from .detect import examine
from .frozen import dataclass
from .glob import covered
from .merge import Judged, same_place
from .model import Profile, Safety
from .rule import Repair, Targeted
from .source import OverlappingEdits, Unreadable
from .terraform.edit import AddTopLevel, InsertBlock
from .verify import prove

COLLIDES = "the edits get in each other's way"
LEFT_OUT = "its fix would change `{path}`, which the configuration excludes"


@dataclass(frozen=True, slots=True)
class Solution:
    """Where the rounds ended. ``stuck`` says by fingerprint why a finding is still there."""

    after: Codebase
    closed: frozenset[str]
    touched: frozenset[Place]
    """Blocks that may differ now."""
    stuck: Mapping[str, str]


def repair_of(judged: Judged) -> Repair | None:
    """What mends it; None for advice and for whatever rests on a value nobody can read."""
    repair = judged.violation.repair
    return repair if isinstance(repair, Repair) and judged.finding.is_known else None


def solve(
    codebase: Codebase,
    fingerprints: Collection[str],
    directories: Collection[str],
    profile: Profile,
    up_to: Safety,
) -> Solution:
    """Close as many of ``fingerprints`` as can be proved, in the modules of ``directories``.

    A repair sees what earlier rounds wrote, so a key that several need is written once.
    """
    current, stuck, touched = codebase, dict[str, str](), set[Place]()
    first = _asked(current, fingerprints, directories, profile)
    while True:
        left = _asked(current, fingerprints, directories, profile)
        stuck |= dict(_left_out(left, profile))
        wanted = [
            judged
            for judged in left
            if judged.finding.fingerprint not in stuck
            and (repair := repair_of(judged)) is not None
            and repair.safety.rank <= up_to.rank
        ]
        if not wanted:
            closed = _fingerprints(first) - _fingerprints(left)
            return Solution(current, closed, frozenset(touched), stuck)
        made = _round(current, wanted, profile)
        if isinstance(made, str):
            stuck[wanted[0].finding.fingerprint] = made
            continue
        current, done = made
        touched |= set(_touched(done))


def _left_out(judged: Sequence[Judged], profile: Profile) -> Iterator[tuple[str, str]]:
    """What cannot be mended because of where its repair would write, with the reason."""
    for one in judged:
        repair = repair_of(one)
        paths = (targeted.path for targeted in repair.intents) if repair else ()
        path = next((path for path in paths if covered(path, profile.exclude)), None)
        if path is not None:
            yield one.finding.fingerprint, LEFT_OUT.format(path=path)


def _asked(
    codebase: Codebase,
    fingerprints: Collection[str],
    directories: Collection[str],
    profile: Profile,
) -> list[Judged]:
    judged = examine(codebase, profile, directories=directories).judged
    return [one for one in judged if one.finding.fingerprint in fingerprints]


def _fingerprints(judged: Sequence[Judged]) -> frozenset[str]:
    return frozenset(one.finding.fingerprint for one in judged)


def _round(
    codebase: Codebase, wanted: Sequence[Judged], profile: Profile
) -> tuple[Codebase, list[Judged]] | str:
    """As many at once as keep out of each other's way, or why not even the first can be done."""
    reason = COLLIDES
    for batch in _batches(wanted):
        try:
            after = codebase.with_intents(_intents(batch))
        except OverlappingEdits:
            continue
        except Unreadable as error:
            reason = f"the edited file would not be valid: {error.reason}"
            continue
        failed = prove(codebase, after, _fingerprints(batch), set(_touched(batch)), profile)
        if failed is None:
            return after, batch
        reason = failed
    return reason


def _batches(wanted: Sequence[Judged]) -> Iterator[list[Judged]]:
    """All that do not write the same block differently, then ever fewer, then the first alone."""
    written: dict[Place, str] = {}
    order: dict[str, None] = {}
    for judged in wanted:
        blocks = dict(_written(judged))
        if all(written.get(place, text) == text for place, text in blocks.items()):
            written.update(blocks)
            order[judged.finding.fingerprint] = None
    count = len(order)
    while count:
        # Findings that share a fingerprint stay together: only all of them close it.
        kept = set(list(order)[:count])
        yield [judged for judged in wanted if judged.finding.fingerprint in kept]
        count //= 2


def _written(judged: Judged) -> Iterator[tuple[Place, str]]:
    """New blocks by what names them. Two rules may ask for one nested block with other arguments;
    the second then sees the block that the first wrote.
    """
    for targeted in _intents([judged]):
        match targeted.intent:
            case AddTopLevel(text, after):
                for line in text.split("\n"):
                    if line.startswith(("resource ", "data ")):
                        where = f"{targeted.path} {after and after.span}"
                        yield (dirname(targeted.path), line.partition("{")[0].strip()), where + text
            case InsertBlock(body, text):
                type = text.partition("{")[0].strip()
                yield (targeted.path, f"{body.span.start} {type}"), text


def _intents(batch: Sequence[Judged]) -> Iterator[Targeted]:
    """Every intent; what several want in the same words and the same place is written once."""
    seen: set[tuple[object, ...]] = set()
    for judged in batch:
        repair = repair_of(judged)
        for targeted in repair.intents if repair else ():
            key = same_place(targeted)
            if key is None or key not in seen:
                yield targeted
            if key is not None:
                seen.add(key)


def _touched(batch: Sequence[Judged]) -> Iterator[Place]:
    for judged in batch:
        repair = repair_of(judged)
        for address in (judged.finding.address, *(repair.touches if repair else ())):
            yield judged.directory, address
        yield from judged.touches
