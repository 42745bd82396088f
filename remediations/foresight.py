"""Which directories can be judged apart, seen in the bytes before anything is parsed.

Knows how nearly everybody writes a call, and no grammar. So it may be wrong, and whoever parses a
part compares what is called there with what was foreseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from posixpath import dirname
from typing import Final

from .frozen import dataclass
from .root_directories import root_directories
from .terraform.calls import is_local, target_of
from .terraform.files import CONFIGURATION, VALUES

_CALL: Final = re.compile(rb'^module[ \t]+"[^"\n]*"[ \t]*\{[ \t]*\r?\n(.*?)^\}', re.M | re.S)
_SOURCE: Final = re.compile(rb'^[ \t]*source[ \t]*=[ \t]*"([^"\n]*)"', re.M)


@dataclass(frozen=True, slots=True)
class Part:
    """Some root directories, all ``directories`` that they lead to, and the files of those."""

    roots: frozenset[str]
    directories: frozenset[str]
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Foresight:
    """By directory what it seems to call, and how many bytes of Terraform it holds."""

    calls: Mapping[str, frozenset[str]]
    sizes: Mapping[str, int]

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """What seems to be applied."""
        return root_directories(self.calls)

    def parts(self, number: int, paths: Iterable[str], roots: Sequence[str]) -> tuple[Part, ...]:
        """About equal ones of these roots, at most so many. Each gets all files of values."""
        weights = [sum(self.sizes[one] for one in self.reached[root]) for root in roots]
        shares = ([roots[one] for one in share] for share in divided(weights, number) if share)
        held = _by_directory(paths)
        return tuple(self._part(frozenset(share), held) for share in shares)

    def _part(self, roots: frozenset[str], held: Mapping[str | None, list[str]]) -> Part:
        directories = frozenset().union(*(self.reached[root] for root in roots))
        paths = (path for one in (None, *directories) for path in held.get(one, ()))
        return Part(roots, directories, tuple(sorted(paths)))

    def holds(self, calls: Mapping[str, frozenset[str]], part: Part) -> bool:
        """Whether a part that was parsed calls what was foreseen, in every directory of it."""
        return calls == {one: self.calls[one] for one in part.directories}

    def elsewhere(self, part: Part) -> frozenset[str]:
        """The directories that are not in a part."""
        return frozenset(self.calls) - part.directories

    @cached_property
    def reached(self) -> Mapping[str, frozenset[str]]:
        """By root, the directory itself and all that it leads to."""
        return {root: self._reached(root) for root in self.roots}

    def _reached(self, root: str) -> frozenset[str]:
        pending, found = [root], {root}
        while pending:
            for one in self.calls[pending.pop()]:
                if one in self.calls and one not in found:
                    found.add(one)
                    pending.append(one)
        return frozenset(found)


def foresee(files: Mapping[str, bytes]) -> Foresight | None:
    """What the files of a repository seem to call; None where some are not plain ``.tf``."""
    calls: dict[str, set[str]] = {}
    sizes: dict[str, int] = {}
    for path in sorted(files):
        if path.endswith(".tf"):
            directory, data = dirname(path), files[path]
            sizes[directory] = sizes.get(directory, 0) + len(data)
            calls.setdefault(directory, set()).update(_called(directory, data))
        elif path.endswith(CONFIGURATION):
            return None
    return Foresight({one: frozenset(called) for one, called in calls.items()}, sizes)


def _called(directory: str, data: bytes) -> Iterator[str]:
    for call in _CALL.finditer(data):
        written = _SOURCE.search(call[1])
        source = written[1].decode(errors="replace") if written else ""
        target = target_of(directory, source) if is_local(source) else None
        if target is not None:
            yield target


def _by_directory(paths: Iterable[str]) -> Mapping[str | None, list[str]]:
    """Files of values are under None, wherever they lie."""
    found: dict[str | None, list[str]] = {}
    for path in paths:
        place = None if path.endswith(VALUES) else dirname(path)
        found.setdefault(place, []).append(path)
    return found


def divided(sizes: Sequence[int], shares: int) -> list[list[int]]:
    """The numbers of what has these sizes, in shares of about the same size, the largest first."""
    found: list[list[int]] = [[] for _ in range(shares)]
    loads = [0] * shares
    for number in sorted(range(len(sizes)), key=lambda one: -sizes[one]):
        least = loads.index(min(loads))
        found[least].append(number)
        loads[least] += sizes[number]
    return found
