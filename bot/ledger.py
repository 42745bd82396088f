"""What was reviewed and what was found, kept from the first day. Judges nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, insert, select

from remediations.model import Finding

from .database import offers, runs
from .engine import Judgement
from .pipeline import Outcome
from .redaction import redacted


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rows are only added."""

    engine: Engine
    clock: Callable[[], float] = field(default=time.time)

    def record(self, outcome: Outcome, started_at: float) -> None:
        """Write a run down, and each finding the first time it is seen on its pull request."""
        pull, now = str(outcome.pull.ref), self.clock()
        judgement, review = outcome.judgement, outcome.review
        run = {
            "pull": pull,
            "head": outcome.pull.head_sha,
            "ended": outcome.ended.value,
            "verdict": review.verdict.name.lower() if review else "",
            "findings": len(judgement.new.findings) if judgement else 0,
            "comments": outcome.posted,
            "started_at": started_at,
            "finished_at": now,
        }
        with self.engine.begin() as connection:
            connection.execute(insert(runs).values(run))
            if judgement is None or review is None:
                return
            seen = select(offers.c.fingerprint).where(offers.c.pull == pull)
            known = set(connection.execute(seen).scalars())
            safety = dict(_safeties(judgement))
            for finding in judgement.new.findings:
                if finding.fingerprint not in known:
                    known.add(finding.fingerprint)
                    values = _offer(pull, outcome.pull.head_sha, finding, now)
                    values["safety"] = safety.get(finding.fingerprint, "advice")
                    connection.execute(insert(offers).values(values))


def _safeties(judgement: Judgement) -> Iterator[tuple[str, str]]:
    for fix in judgement.plan.fixes:
        for finding in fix.findings:
            yield finding.fingerprint, fix.safety.value


def _offer(pull: str, head: str, finding: Finding, now: float) -> dict[str, Any]:
    return {
        "pull": pull,
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "path": redacted(finding.location.path),
        "first_head": head,
        "first_seen_at": now,
    }
