"""The JSON report; its shape is ``report.schema.json``. Keys may be added, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from remediations.model import Finding, NotAnalysed, Related

from .result import Result


def render(result: Result) -> str:
    """One document with a finding a line, which diffs well, and a final newline."""
    findings = _rows(_finding(finding, result) for finding in result.findings)
    missing = _rows(_not_analysed(one) for one in result.not_analysed)
    return (
        f'{{"schema_version": 1,\n"findings": [{findings}],\n"not_analysed": [{missing}],\n'
        f'"excluded": {result.excluded}}}\n'
    )


def _rows(rows: Iterable[dict[str, Any]]) -> str:
    return ",".join("\n  " + _encode(row) for row in rows)


_encode: Final = json.JSONEncoder(ensure_ascii=False).encode
"""Made once: there are thousands of rows."""


def _finding(finding: Finding, result: Result) -> dict[str, Any]:
    fix = result.fix_of(finding)
    is_local = fix is not None and fix.paths == (finding.location.path,)
    return {
        "rule": finding.rule,
        "address": finding.address,
        "attribute": finding.attribute,
        "path": finding.location.path,
        "line": finding.location.line,
        "end_line": finding.location.end_line,
        "severity": finding.severity.value,
        "environments": list(finding.environments),
        "message": finding.message,
        "fix": fix
        and {
            "safety": fix.safety.value,
            "title": fix.title,
            "offer": "suggestion" if is_local else "commit",
            "proved": fix.is_proved,
        },
        "related": [_related(related) for related in finding.related],
        "fingerprint": finding.fingerprint,
        "unknown": finding.unknown,
    }


def _related(related: Related) -> dict[str, Any]:
    place = related.location
    return {"path": place.path, "line": place.line, "role": related.role}


def _not_analysed(one: NotAnalysed) -> dict[str, Any]:
    return {
        "path": one.path,
        "line": one.line,
        "rule": one.rule or None,
        "reason": one.reason,
        "blocking": one.blocking,
    }
