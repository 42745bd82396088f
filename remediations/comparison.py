"""What a change brought: the findings of its head that its base does not have, or not as bad.

Pure; judges nothing anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from .model import Finding, Report


def new_findings(head: Report, base: Report) -> tuple[Finding, ...]:
    """What this change brought: new findings, and old ones that it made worse.

    Worse is: plain where the value could not be read before, more severe, or in an environment
    that was there before and was fine. Of findings that share a fingerprint only those beyond the
    base's number are new, the last ones in the file.
    """
    return tuple(finding for finding, is_new in _told_apart(head, base) if is_new)


def old_findings(head: Report, base: Report) -> tuple[Finding, ...]:
    """What both ends have: debt that this change neither brought nor paid."""
    return tuple(finding for finding, is_new in _told_apart(head, base) if not is_new)


def _told_apart(head: Report, base: Report) -> Iterator[tuple[Finding, bool]]:
    left: dict[str, list[Finding]] = {}
    for finding in base.findings:
        left.setdefault(finding.fingerprint, []).append(finding)
    for finding in head.findings:
        held = left.get(finding.fingerprint, [])
        match = next((one for one in held if not _is_worse(finding, one, base.environments)), None)
        if match is not None:
            held.remove(match)
        yield finding, match is None


def _is_worse(now: Finding, before: Finding, known: Collection[str]) -> bool:
    spread = {one for one in now.environments if one in known} - {*before.environments}
    return (
        (now.is_known and not before.is_known)
        or now.severity.rank > before.severity.rank
        or bool(spread)
    )
