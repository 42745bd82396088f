"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from bot.repo_config import NAME
from bot.version import __version__
from remediations.model import Finding, Related, Severity
from remediations.rule import Rule, rules

from .result import Result

_LEVELS: Final = {
    Severity.INFO: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
_SCORES: Final = {
    Severity.INFO: "1.0",
    Severity.LOW: "3.0",
    Severity.MEDIUM: "5.0",
    Severity.HIGH: "8.0",
    Severity.CRITICAL: "9.5",
}


def render(result: Result) -> str:
    """One document, with a final newline."""
    known = list(rules())
    index = {rule.id: number for number, rule in enumerate(known)}
    run = {
        "tool": {
            "driver": {
                "name": "Lockstitch",
                "semanticVersion": __version__,
                "rules": [_rule(rule, result.environment) for rule in known],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_finding(finding, index, result.from_here) for finding in result.findings],
        "invocations": [
            {
                "executionSuccessful": not any(one.blocking for one in result.not_analysed),
                "toolExecutionNotifications": list(_notifications(result)),
            }
        ],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _notifications(result: Result) -> Iterator[dict[str, Any]]:
    for one in result.not_analysed:
        yield {
            "level": "error" if one.blocking else "note",
            "message": {"text": one.reason},
            "locations": [_place(result.from_here + one.path, one.line, one.line)],
        }
    if result.excluded:
        said = f"Files excluded by {NAME}: {result.excluded}."
        yield {"level": "note", "message": {"text": said}}


def _rule(rule: Rule, environment: str) -> dict[str, Any]:
    severity = rule.severity.of(environment) or Severity.INFO
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"tags": ["security"], "security-severity": _SCORES[severity]},
    }


def _finding(finding: Finding, index: dict[str, int], top: str) -> dict[str, Any]:
    place = finding.location
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": "note" if not finding.is_known else _LEVELS[finding.severity],
        "message": {"text": f"{finding.address}: {finding.message}"},
        "locations": [_place(top + place.path, place.line, place.end_line)],
        "relatedLocations": [_related(related, top) for related in finding.related],
        "partialFingerprints": {"lockstitch/v1": finding.fingerprint},
        "properties": {"environments": list(finding.environments)},
    }


def _related(related: Related, top: str) -> dict[str, Any]:
    place = related.location
    shape = _place(top + place.path, place.line, place.end_line)
    return {**shape, "message": {"text": related.role}}


def _place(path: str, line: int, end_line: int) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": line, "endLine": end_line},
        }
    }
