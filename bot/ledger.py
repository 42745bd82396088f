"""What was reviewed, what was found, and what became of it, kept from the first day.

Judges nothing. Whatever it writes it may write twice: the second time changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, exists, insert, select, update

from remediations.model import Finding

from .became import FIXED, Became, Standing, Turn
from .database import offers, outcomes, runs
from .ended import Ended
from .forge.port import PullRef, PullRequest
from .pipeline import Outcome
from .planned import Planned, plans_of
from .redaction import redacted
from .remarks import Offer
from .statistics import Told

_FIXED: Final = [became.value for became in FIXED]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All reads and writes are short transactions on ``engine``."""

    engine: Engine
    clock: Callable[[], float] = field(default=time.time)

    def note(self, outcome: Outcome) -> None:
        """Before anything is said: what was found, and what its fixes would make of the files."""
        if outcome.review is None:
            return
        with self.engine.begin() as connection:
            _note_all(connection, outcome, self.clock())

    def record(
        self,
        outcome: Outcome,
        started_at: float,
        run_id: str,
        said: Mapping[str, str],
        turns: Iterable[Turn] = (),
    ) -> None:
        """After a run: how findings are offered by now, and what became of earlier offers.

        ``said`` maps fingerprints to offers that stand on the forge.
        """
        pull, head, now = str(outcome.pull.ref), outcome.pull.head_sha, self.clock()
        with self.engine.begin() as connection:
            if not _is_known(connection, run_id):
                connection.execute(insert(runs).values(_run(outcome, started_at, now, run_id)))
            for fingerprint, offer in said.items():
                _offer(connection, pull, head, fingerprint, offer, now)
            for turn in turns:
                _turn(connection, pull, head, turn, now)

    def turned(self, pull: PullRequest, turns: Iterable[Turn]) -> None:
        """Between two runs: what became of offers at the head as it is."""
        now = self.clock()
        with self.engine.begin() as connection:
            for turn in turns:
                _turn(connection, str(pull.ref), pull.head_sha, turn, now)

    def is_reviewed(self, ref: PullRef, head: str) -> bool:
        """Whether the newest run on this head came to its conclusion."""
        newest = (
            select(runs.c.ended)
            .where(runs.c.pull == str(ref), runs.c.head == head)
            .order_by(runs.c.id.desc())
            .limit(1)
        )
        with self.engine.begin() as connection:
            return connection.execute(newest).scalar() == Ended.REVIEWED.value

    def standings(self, ref: PullRef) -> tuple[Standing, ...]:
        """Every offer on a pull request, as it stands."""
        was_fixed = exists().where(
            outcomes.c.pull == offers.c.pull,
            outcomes.c.fingerprint == offers.c.fingerprint,
            outcomes.c.outcome.in_(_FIXED),
        )
        found = (
            select(offers, was_fixed.label("was_fixed"))
            .where(offers.c.pull == str(ref))
            .order_by(offers.c.id)
        )
        with self.engine.begin() as connection:
            return tuple(_standing(row) for row in connection.execute(found))

    def told(self, since: float, repository: str | None = None) -> Iterator[Told]:
        """Every offer that was made and seen first since then, for counting."""
        names = ("pull", "repository", "rule", "offered", "outcome", "first_seen_at", "outcome_at")
        found = select(*(offers.c[name] for name in names)).where(
            offers.c.offered != "", offers.c.first_seen_at >= since
        )
        if repository is not None:
            found = found.where(offers.c.repository == repository)
        with self.engine.begin() as connection:
            rows = connection.execute(found).all()
        for row in rows:
            yield Told(
                repository=row.repository or row.pull.rpartition("#")[0],
                rule=row.rule,
                offered=row.offered,
                became=Became(row.outcome),
                first_seen_at=row.first_seen_at,
                became_at=row.outcome_at,
            )


def _is_known(connection: Connection, run_id: str) -> bool:
    return bool(connection.execute(select(exists().where(runs.c.run_id == run_id))).scalar())


def _run(outcome: Outcome, started_at: float, now: float, run_id: str) -> dict[str, Any]:
    judgement, review = outcome.judgement, outcome.review
    return {
        "pull": str(outcome.pull.ref),
        "head": outcome.pull.head_sha,
        "ended": outcome.ended.value,
        "verdict": review.verdict.name.lower() if review else "",
        "findings": len(judgement.new.findings) if judgement else 0,
        "comments": outcome.posted,
        "started_at": started_at,
        "finished_at": now,
        "run_id": run_id,
    }


def _note_all(connection: Connection, outcome: Outcome, now: float) -> None:
    """New findings get a row; those that are still there are seen at this head too."""
    pull = str(outcome.pull.ref)
    seen = select(offers.c.fingerprint).where(offers.c.pull == pull)
    known = set(connection.execute(seen).scalars())
    for finding, noted in _noted(outcome):
        if finding.fingerprint not in known:
            known.add(finding.fingerprint)
            first = _first(outcome.pull, finding, now)
            connection.execute(insert(offers).values(first | noted))
        else:
            mine = (offers.c.pull == pull, offers.c.fingerprint == finding.fingerprint)
            connection.execute(update(offers).where(*mine).values(noted))


def _noted(outcome: Outcome) -> Iterator[tuple[Finding, dict[str, Any]]]:
    """Every finding with its price, and what its fix would make of the files of this head."""
    assert outcome.review is not None
    files = outcome.looked.change.head if outcome.looked else {}
    for remark in outcome.review.remarks:
        plans = {path: one.as_json() for path, one in plans_of(remark.fix, files).items()}
        noted = {
            "safety": remark.safety.value if remark.safety else Offer.ADVICE.value,
            "plan": {"head": outcome.pull.head_sha, "files": plans},
        }
        for finding in remark.findings:
            yield finding, noted


def _offer(
    connection: Connection, pull: str, head: str, fingerprint: str, offer: str, now: float
) -> None:
    """The first time counts; what it is by now is kept."""
    mine = (offers.c.pull == pull, offers.c.fingerprint == fingerprint)
    connection.execute(
        update(offers)
        .where(*mine, offers.c.offered == "")
        .values(offered_head=head, offered_at=now)
    )
    connection.execute(update(offers).where(*mine, offers.c.offered != offer).values(offered=offer))


def _first(pull: PullRequest, finding: Finding, now: float) -> dict[str, Any]:
    return {
        "pull": str(pull.ref),
        "repository": pull.ref.repository,
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "path": redacted(finding.location.path)[:1000],
        "address": redacted(finding.address)[:1000],
        "first_head": pull.head_sha,
        "first_seen_at": now,
    }


def _turn(connection: Connection, pull: str, head: str, turn: Turn, now: float) -> None:
    """One row of history for each head, and the offer as it stands by now."""
    values = {"pull": pull, "fingerprint": turn.fingerprint, "outcome": turn.became.value}
    same = [outcomes.c[name] == value for name, value in {**values, "head": head}.items()]
    if not connection.execute(select(exists().where(*same))).scalar():
        more = {"means": turn.means.value, "head": head, "at": now}
        connection.execute(insert(outcomes).values(values | more))
    changed = (
        offers.c.pull == pull,
        offers.c.fingerprint == turn.fingerprint,
        offers.c.outcome != turn.became.value,
    )
    connection.execute(
        update(offers)
        .where(*changed)
        .values(
            outcome=turn.became.value,
            means=turn.means.value,
            outcome_head=head,
            outcome_at=now,
        )
    )


def _standing(row: Row[Any]) -> Standing:
    plan = row.plan or {}
    return Standing(
        fingerprint=row.fingerprint,
        rule=row.rule,
        address=row.address,
        path=row.path,
        offered=row.offered,
        became=Became(row.outcome),
        seen_head=plan.get("head", row.first_head),
        plans={path: Planned.from_json(one) for path, one in plan.get("files", {}).items()},
        was_fixed=bool(row.was_fixed),
        means=row.means,
    )
