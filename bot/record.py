"""Brings what the records say of a pull request up to what its head says.

Everything is told from the forge as it stands, so a run that died before this is made good by the
next one. Asks the forge for nothing while everything that was offered stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from remediations.model import Profile

from .became import Became, Head, Standing, Turn, ended, gone, settle
from .ended import Ended
from .engine import EngineStopped
from .forge.errors import Gone, Incomplete, Refused, Rejected
from .forge.port import Forge, PullRef, PullRequest, Thread
from .ledger import Ledger
from .pipeline import Looked, Outcome, Reviewer, look
from .planned import name_of
from .repo_config import ConfigError
from .review import could_not_look, fingerprints, offer_of

_UNSETTLED: Final = (Became.OPEN, Became.DISMISSED)


def record(
    ledger: Ledger,
    forge: Forge,
    reviewer: Reviewer,
    outcome: Outcome,
    started_at: float,
    run_id: str,
) -> None:
    """After a run. Raises what the port and the engine raise."""
    pull, looked = outcome.pull, outcome.looked
    threads = looked.threads if looked else ()
    standings = ledger.standings(pull.ref)
    if outcome.ended is Ended.CLOSED and any(one.became is Became.OPEN for one in standings):
        threads = forge.threads(pull)
        turns = _at_the_end(forge, reviewer, pull, _healed(standings, threads), threads)
    elif looked is not None:
        turns = _since(forge, pull, _healed(standings, threads), looked)
    else:
        turns = ()
    shown = outcome.review.remarks if outcome.review else ()
    now = {mark: one.offer.value for one in shown for mark in one.fingerprints}
    ledger.record(outcome, started_at, run_id, _said(standings, threads) | now, turns)


def note_threads(ledger: Ledger, forge: Forge, ref: PullRef) -> None:
    """When a person settles a thread, or opens one again: what that says of its offer.

    Only of what was last seen at the head as it is; a newer head has its own run.
    """
    pull = forge.pull_request(ref)
    seen = [
        one
        for one in ledger.standings(ref)
        if one.became in _UNSETTLED and one.seen_head == pull.head_sha
    ]
    if not (seen and pull.is_open):
        return
    threads = forge.threads(pull)
    ledger.turned(pull, settle(seen, _unchanged(pull, seen, threads), {}))


def _said(standings: Iterable[Standing], threads: Iterable[Thread]) -> dict[str, str]:
    """Offers that stand in a thread and that nobody came to write down."""
    offers = {mark: offer_of(one.body) for one in threads for mark in fingerprints(one.body)}
    return {
        one.fingerprint: offers[one.fingerprint]
        for one in standings
        if not one.offered and one.fingerprint in offers
    }


def _healed(standings: tuple[Standing, ...], threads: Iterable[Thread]) -> tuple[Standing, ...]:
    said = _said(standings, threads)
    return tuple(replace(one, offered=said.get(one.fingerprint, one.offered)) for one in standings)


def _since(
    forge: Forge, pull: PullRequest, standings: tuple[Standing, ...], looked: Looked
) -> tuple[Turn, ...]:
    head = _head(pull, looked)
    missing = [one for one in gone(standings, head) if one.plans]
    commits = {sha: forge.commits_since(pull, sha) for sha in {one.seen_head for one in missing}}
    unread = {name for one in missing for name in one.plans} - {*map(name_of, head.files)}
    files = {**head.files, **_read(forge, pull, unread)}
    return tuple(settle(standings, replace(head, files=files), commits))


def _read(forge: Forge, pull: PullRequest, names: Collection[str]) -> dict[str, bytes]:
    """Files of the head that this change does not touch any more, as after the last fix."""
    if not names:
        return {}
    repository = pull.ref.repository
    entries = forge.list_files(repository, pull.head_sha).entries
    oids = {one.path: one.oid for one in entries if name_of(one.path) in names}
    blobs = forge.read_blobs(repository, oids.values())
    return {path: blobs[oid] for path, oid in oids.items() if oid in blobs}


def _at_the_end(
    forge: Forge,
    reviewer: Reviewer,
    pull: PullRequest,
    standings: tuple[Standing, ...],
    threads: tuple[Thread, ...],
) -> tuple[Turn, ...]:
    """The last push may be one that nobody reviewed, as with a suggestion and a merge at once."""
    left = tuple(one for one in standings if one.became in _UNSETTLED)
    try:
        if all(one.seen_head == pull.head_sha for one in left):
            turns = tuple(settle(left, _unchanged(pull, left, threads), {}))
        else:
            turns = _since(forge, pull, left, look(forge, pull, reviewer, threads))
    except (Gone, Refused, Rejected, Incomplete, EngineStopped, ConfigError):
        return tuple(ended(left, is_merged=pull.is_merged, is_seen=False))
    told = {turn.fingerprint: turn.became for turn in turns}
    now = [replace(one, became=told.get(one.fingerprint, one.became)) for one in left]
    return (*turns, *ended(now, is_merged=pull.is_merged, is_seen=True))


def _head(pull: PullRequest, looked: Looked) -> Head:
    judgement = looked.judgement
    return Head(
        sha=pull.head_sha,
        files=looked.change.head,
        found=frozenset(finding.fingerprint for finding in judgement.head.findings),
        resolved=_resolved(looked.threads),
        not_analysed=could_not_look(looked.change, judgement.head, judgement.base),
        profile=looked.profile,
    )


def _unchanged(pull: PullRequest, left: Iterable[Standing], threads: Iterable[Thread]) -> Head:
    """The head that everything was last seen at."""
    found = frozenset(one.fingerprint for one in left)
    return Head(pull.head_sha, {}, found, _resolved(threads), (), Profile())


def _resolved(threads: Iterable[Thread]) -> frozenset[str]:
    return frozenset(mark for one in threads if one.is_resolved for mark in fingerprints(one.body))
