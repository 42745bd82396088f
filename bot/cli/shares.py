"""A large directory is judged in shares, one a core: the roots in it know nothing of each other.

The outcome is the one of a single process, byte for byte. Trusts its children, which read what this
process has read already: for text that the person at this terminal trusts.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from bot.wire import WireError, from_wire, to_wire
from remediations.codebase import Codebase, Root
from remediations.detect import Examination, Seen, examine, gather, look
from remediations.model import Profile
from remediations.rule import rules_of
from remediations.told import SeenThere, Share, Told

WORTH_IT: Final = 150_000
"""Characters of Terraform from which a second process saves more than it costs."""
MOST: Final = 4


def examined(codebase: Codebase, profile: Profile) -> Examination:
    """As ``examine``, for whoever wants findings and outlines alone."""
    roots = codebase.roots(profile)
    size = sum(len(document.source.text) for document in codebase.documents.values())
    shares = min(_cores(), MOST, len(roots)) if size >= WORTH_IT else 1
    if shares == 1:
        return examine(codebase, profile)
    return examined_in(shares, codebase, profile)


def examined_in(shares: int, codebase: Codebase, profile: Profile) -> Examination:
    """In so many processes. What one of them does not answer is looked at here."""
    roots = codebase.roots(profile)
    sizes = [sum(len(module.documents) for module in root.module.family) for root in roots]
    own, *others = divided(sizes, shares)
    for kind in {kind for root in roots for module in root.module.family for kind in module.kinds}:
        rules_of(kind)  # loaded once for all
    children = [(numbers, *_begun(numbers, roots, profile)) for numbers in others]
    seen = {number: look(roots[number], profile) for number in own}
    for numbers, pid, reader in children:
        seen |= _answer(pid, reader) or {one: look(roots[one], profile) for one in numbers}
    return gather(codebase, profile, roots, [seen[number] for number in range(len(roots))])


def _cores() -> int:
    if not hasattr(os, "fork"):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def divided(sizes: Sequence[int], shares: int) -> list[list[int]]:
    """The numbers of what has these sizes, in shares of about the same size, the largest first."""
    found: list[list[int]] = [[] for _ in range(shares)]
    loads = [0] * shares
    for number in sorted(range(len(sizes)), key=lambda one: -sizes[one]):
        least = loads.index(min(loads))
        found[least].append(number)
        loads[least] += sizes[number]
    return found


def _begun(numbers: Sequence[int], roots: Sequence[Root], profile: Profile) -> tuple[int, int]:
    """A child at work, and where its answer can be read. It writes once and ends."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    code = 1
    try:
        os.close(reader)
        share = Share(tuple(_told(one, look(roots[one], profile)) for one in numbers))
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(to_wire(share))
        code = 0
    finally:
        os._exit(code)  # whatever went wrong: the parent looks itself, and says it


def _told(number: int, seen: Seen) -> SeenThere:
    return SeenThere(number, tuple(map(Told.of, seen.judged)), seen.not_analysed)


def _answer(pid: int, reader: int) -> dict[int, Seen] | None:
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    with suppress(WireError):
        if status == 0:
            return {one.number: seen_of(one) for one in from_wire(Share, answer).seen}
    return None


def seen_of(there: SeenThere) -> Seen:
    """What another process saw, as far as it could tell it."""
    return Seen(tuple(told.judged() for told in there.told), there.not_analysed)
