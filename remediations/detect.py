"""Which rules have something to say about which resources. Plans and edits nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .codebase import Codebase
from .model import Finding, NotAnalysed, Profile, Report
from .rule import Advice, CannotJudge, Rule, Violation, rules
from .terraform.module import Module, Resource, is_override


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with what the rule offered for it."""

    finding: Finding
    violation: Violation
    directory: str


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was seen, and what could not be judged."""

    judged: tuple[Judged, ...]
    not_analysed: tuple[NotAnalysed, ...]


def detect(codebase: Codebase, profile: Profile, only: Collection[Rule] | None = None) -> Report:
    """Findings in the order of files and lines. A rule that cannot judge is named, not dropped."""
    examination = examine(codebase, profile, only=only)
    findings = tuple(judged.finding for judged in examination.judged)
    return Report(findings, examination.not_analysed)


def examine(
    codebase: Codebase,
    profile: Profile,
    *,
    only: Collection[Rule] | None = None,
    directories: Collection[str] | None = None,
) -> Examination:
    """As ``detect``, with the offers; ``directories`` narrows it to those modules."""
    wanted = [r for r in (rules() if only is None else only) if r.id not in profile.rules_off]
    judged: list[Judged] = []
    failed = list(codebase.not_analysed)
    for module in codebase.modules:
        if directories is not None and module.directory not in directories:
            continue
        found, could_not = _examined(module, wanted, profile)
        judged += found
        failed += could_not
    judged.sort(key=lambda one: _order(one.finding))
    return Examination(tuple(judged), tuple(failed))


def _examined(
    module: Module, wanted: list[Rule], profile: Profile
) -> tuple[list[Judged], list[NotAnalysed]]:
    """A module never changes, so it is examined once for a profile."""

    def examine_now() -> tuple[list[Judged], list[NotAnalysed]]:
        judged: list[Judged] = []
        failed: list[NotAnalysed] = []
        for rule in wanted:
            for kind in rule.resources:
                for resource in module.of_kind(kind):
                    try:
                        judged.extend(_judge(rule, resource, module, profile))
                    except CannotJudge as error:
                        failed.append(_could_not(rule, resource, error))
        return judged, failed

    key = ("examined", profile, tuple(rule.id for rule in wanted))
    return module.remember(key, examine_now)


def _order(finding: Finding) -> tuple[str, int, str, str]:
    return finding.location.path, finding.location.line, finding.rule, finding.fingerprint


def _could_not(rule: Rule, resource: Resource, error: CannotJudge) -> NotAnalysed:
    reason = f"`{rule.id}` could not judge `{resource.address}`: {error}"
    return NotAnalysed(resource.path, resource.header.line, reason, rule=rule.id)


def _judge(rule: Rule, resource: Resource, module: Module, profile: Profile) -> Iterator[Judged]:
    severity = rule.severity.of(profile.environment)
    if severity is None:
        return
    source = resource.document.source
    for violation in rule.judge(resource, module):
        node = violation.node
        overridden = _overridden(resource, module, violation)
        location = resource.header if node is None else source.location(node.span)
        finding = Finding(
            rule=rule.id,
            title=rule.title,
            address=resource.address,
            attribute=violation.attribute,
            location=location,
            block=source.location(resource.block.span),
            message=violation.message,
            severity=severity,
            fingerprint=_fingerprint(rule, resource, module, violation),
            environments=(profile.environment,),
            related=violation.related,
            unknown=violation.unknown or overridden,
            advice=_advice(violation, overridden),
        )
        yield Judged(finding, violation, module.directory)


def _advice(violation: Violation, overridden: str | None) -> str:
    if isinstance(violation.repair, Advice):
        return violation.repair.text
    return "" if overridden is None else "Decide with both files in view."


def _overridden(resource: Resource, module: Module, violation: Violation) -> str | None:
    """Why what one file says is not the whole of it."""
    if violation.node is None and is_override(resource.path):
        return f"`{resource.path}` holds only the parts that it overrides"
    path = module.overridden_by(resource, violation.attribute.partition(".")[0])
    return f"`{path}` overrides it" if path else None


def _fingerprint(rule: Rule, resource: Resource, module: Module, violation: Violation) -> str:
    """Lines do not matter; neither does the file inside its directory."""
    parts = (
        rule.id,
        module.directory,
        resource.address,
        violation.attribute,
        violation.statement,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
