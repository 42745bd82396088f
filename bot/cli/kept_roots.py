"""What single roots showed in earlier runs, so that a change is judged where it reaches.

A root's entry is named by the content of every file that it leads to, of all files of values, and
of what was asked. It is believed as a whole report is, and read as what a child tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from functools import cached_property
from hashlib import sha256
from posixpath import dirname
from typing import Final

from bot.wire import WireError, from_wire
from remediations.foresight import Foresight
from remediations.frozen import dataclass
from remediations.terraform.files import VALUES
from remediations.told import Share

from .kept import KeptReport, Reports, key_of

_KIND: Final = "what one root shows"


@dataclass(frozen=True)
class KeptRoots:
    """The entries of one run's files. ``asked`` is all else that a finding depends on."""

    reports: Reports
    files: Mapping[str, bytes] = field(repr=False)
    foresight: Foresight
    asked: tuple[object, ...]

    def find(self) -> dict[str, Share]:
        """The roots of which everything is as it was, by directory."""
        found = {}
        for root, key in self._keys.items():
            entry = self.reports.find(key)
            with suppress(WireError):
                if entry is not None:
                    found[root] = from_wire(Share, entry.text.encode())
        return found

    def keep(self, shares: Mapping[str, bytes]) -> None:
        """Write down what roots showed, as it stands on the wire."""
        self.reports.write(
            {self._keys[root]: KeptReport(wire.decode(), 0) for root, wire in shares.items()}
        )

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        """The name of each root's entry. Each file is hashed once, whoever leads to it."""
        values: list[tuple[str, bytes]] = []
        others: dict[str, list[tuple[str, bytes]]] = {}
        for path, data in self.files.items():
            held = values if path.endswith(VALUES) else others.setdefault(dirname(path), [])
            held.append((path, sha256(data).digest()))
        # Where files of values could belong to; nothing where there are none.
        directories = tuple(self.foresight.calls) if values else ()
        found = {}
        for root in self.foresight.roots:
            reached = sorted(self.foresight.reached[root])
            files = (one for directory in reached for one in others.get(directory, ()))
            found[root] = key_of((*values, *files), _KIND, root, directories, *self.asked)
        return found
