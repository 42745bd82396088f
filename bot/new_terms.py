"""A branch whose configuration has changed: its open pull requests are judged again, one by one.

Knows the port and the inbox; asks for reviews, never makes one.
"""

from __future__ import annotations

from typing import Final

from .deliveries import Wish
from .forge.errors import Gone
from .forge.port import Forge, TreeEntry
from .inbox import Inbox
from .repo_config import NAMES

EVERY: Final = 2.0
"""Seconds from one of them to the next, so that a new push never waits for hundreds of them: a
review that finds nothing new writes twice, and one write a second is what GitHub asks for."""


def judge_again(forge: Forge, inbox: Inbox, wish: Wish) -> int:
    """Ask for a review of all that is proposed to the branch; how many.

    None where the file is the same at both ends of the push. Raises ``ForgeError``.
    """
    if _is_same(forge, wish):
        return 0
    found = forge.pull_requests_into(wish.repository, wish.branch)
    for position, ref in enumerate(found):
        again = Wish(ref.repository, ref.number, forge=ref.forge, installation=wish.installation)
        inbox.want_in(position * EVERY, again)
    return len(found)


def _is_same(forge: Forge, wish: Wish) -> bool:
    if not wish.before:
        return False
    before = _configuration(forge, wish.repository, wish.before)
    return before is not None and before == _configuration(forge, wish.repository, wish.head_sha)


def _configuration(forge: Forge, repository: str, commit: str) -> frozenset[TreeEntry] | None:
    """The file as a commit has it; None where that cannot be told, as after a forced push."""
    try:
        listing = forge.list_files(repository, commit)
    except Gone:
        return None
    found = frozenset(entry for entry in listing.entries if entry.path in NAMES)
    return found if found or listing.is_complete else None
