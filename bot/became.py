"""What became of a finding that was offered, told from the head, the threads and the commits.

Pure. Knows no database and asks no forge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from posixpath import dirname
from typing import Final

from remediations.glob import covered
from remediations.model import NotAnalysed, Profile

from .forge.port import Commit
from .planned import Kept, Plans, kept
from .remarks import Offer


class Became(Enum):
    """The words that the records keep."""

    OPEN = ""
    """It stands at the head; also once it is back."""
    ACCEPTED = "accepted"
    """The head holds the fix as it was offered, byte for byte."""
    EDITED = "edited"
    """It was taken, and changed: the same thing is set in the same place, to something else."""
    OTHERWISE = "otherwise"
    """It is gone, and not by what was offered."""
    DISMISSED = "dismissed"
    """A person resolved the thread and it stands at the head."""
    MERGED = "merged"
    """The pull request was merged with it."""
    CLOSED = "closed"
    """The pull request was closed with it, and not merged."""
    NOT_ASKED = "not asked"
    """The base branch's configuration does not ask for it any more."""
    UNSEEN = "unseen"
    """The pull request ended at a head that could not be read any more."""


FIXED: Final = frozenset({Became.ACCEPTED, Became.EDITED, Became.OTHERWISE})


class Means(Enum):
    """How a fix came onto the head."""

    NONE = ""
    SUGGESTION = "suggestion"
    """With the host's button, which names the bot as a co-author."""
    COMMIT = "commit"
    """With a commit of the bot's own, which somebody asked for."""
    HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Standing:
    """An offer as the records have it. ``seen_head`` is the last head that was seen to have it;
    ``was_fixed`` is True where it has been gone before, so that its thread proves nothing.
    """

    fingerprint: str
    rule: str
    address: str
    path: str
    offered: str
    became: Became
    seen_head: str
    plans: Plans
    was_fixed: bool = False
    means: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of one offer."""

    fingerprint: str
    became: Became
    means: Means = Means.NONE


@dataclass(frozen=True, slots=True)
class Head:
    """A head that was judged. ``found`` are the fingerprints at it, ``resolved`` those whose
    threads are resolved.
    """

    sha: str
    files: Mapping[str, bytes]
    found: frozenset[str]
    resolved: frozenset[str]
    not_analysed: tuple[NotAnalysed, ...]
    profile: Profile

    def hides(self, path: str) -> bool:
        """Whether what is in this file may only be out of sight."""
        folders = {dirname(item.path) for item in self.not_analysed if item.blocking}
        return dirname(path) in folders or any(item.path == path for item in self.not_analysed)

    def asks(self, standing: Standing) -> bool:
        """Whether anybody would still be told of it."""
        is_off = standing.rule in self.profile.rules_off
        return not is_off and not covered(standing.path, self.profile.exclude)


def gone(standings: Iterable[Standing], head: Head) -> tuple[Standing, ...]:
    """Those that the head does not have any more, and that are not merely out of sight."""
    return tuple(
        one
        for one in standings
        if one.became not in FIXED
        and one.fingerprint not in head.found
        and not head.hides(one.path)
    )


def settle(
    standings: Iterable[Standing], head: Head, commits: Mapping[str, Collection[Commit]]
) -> Iterator[Turn]:
    """A turn for every offer that is not where it was. ``commits`` are those since a head."""
    known = tuple(standings)
    for one in gone(known, head):
        if not head.asks(one):
            if one.became is not Became.NOT_ASKED:
                yield Turn(one.fingerprint, Became.NOT_ASKED)
        else:
            yield _fixed(one, head, commits.get(one.seen_head, ()))
    for one in known:
        if one.fingerprint in head.found:
            yield from _present(one, head)


def _fixed(one: Standing, head: Head, commits: Collection[Commit]) -> Turn:
    held = kept(one.plans, head.files)
    ours = [commit for commit in commits if commit.is_ours and _names(commit.message, one)]
    if ours:
        # Several fixes in one commit may be laid out otherwise than each was offered alone.
        as_planned = held is Kept.WHOLLY or ours[-1].sha == head.sha
        became = Became.ACCEPTED if as_planned else Became.EDITED
        return Turn(one.fingerprint, became, Means.COMMIT)
    is_suggested = one.offered == Offer.SUGGESTION.value
    clicked = is_suggested and any(commit.credits_us for commit in commits)
    means = Means.SUGGESTION if clicked else Means.HAND
    match held:
        case Kept.WHOLLY:
            return Turn(one.fingerprint, Became.ACCEPTED, means)
        case Kept.PARTLY:
            return Turn(one.fingerprint, Became.EDITED, means)
    return Turn(one.fingerprint, Became.OTHERWISE, Means.HAND)


def _names(message: str, one: Standing) -> bool:
    """Our commits say on a line of its own what each of their fixes closes."""
    return any(one.rule in line and one.address in line for line in message.splitlines())


def _present(one: Standing, head: Head) -> Iterator[Turn]:
    is_resolved = one.fingerprint in head.resolved
    if one.became is Became.DISMISSED:
        if not is_resolved:
            yield Turn(one.fingerprint, Became.OPEN)
    elif one.became is not Became.OPEN:
        yield Turn(one.fingerprint, Became.OPEN)
    elif is_resolved and not one.was_fixed:
        yield Turn(one.fingerprint, Became.DISMISSED)


def ended(standings: Iterable[Standing], *, is_merged: bool, is_seen: bool) -> Iterator[Turn]:
    """The pull request is over; what a person dismissed stays dismissed."""
    left = Became.MERGED if is_merged else Became.CLOSED
    for one in standings:
        if one.became is Became.OPEN:
            yield Turn(one.fingerprint, left if is_seen else Became.UNSEEN)
