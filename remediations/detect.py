"""Which rules have something to say about which resources. Plans and edits nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from posixpath import dirname
from typing import Final

from .at_call import at_call
from .at_source import at_source
from .codebase import Codebase, Root
from .environment import Environment
from .fingerprint import fingerprint
from .frozen import dataclass
from .glob import covered
from .iam.statements import in_files, not_told
from .merge import Judged, merge
from .model import Finding, Location, NotAnalysed, Profile, Related, Report, Severity, Span
from .other_clouds import once_each, other_clouds
from .rule import Advice, CannotJudge, Rule, Violation, rules_of
from .terraform.dormancy import switched_off
from .terraform.files import is_override
from .terraform.module import Module, Resource
from .terraform.nodes import Block, Document

# What Python raises for a mistake in a rule. One must not end the run, nor pass unseen.
MISTAKES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was seen, and what could not be judged."""

    judged: tuple[Judged, ...]
    not_analysed: tuple[NotAnalysed, ...]
    environments: frozenset[str] = frozenset()


def detect(
    codebase: Codebase,
    profile: Profile,
    only: Collection[Rule] | None = None,
    directories: Collection[str] | None = None,
) -> Report:
    """Findings in the order of files and lines. A rule that cannot judge is named, not dropped."""
    return reported(examine(codebase, profile, only=only, directories=directories))


def reported(examination: Examination) -> Report:
    """The findings without the offers."""
    findings = tuple(judged.finding for judged in examination.judged)
    return Report(findings, examination.not_analysed, examination.environments)


def examine(
    codebase: Codebase,
    profile: Profile,
    *,
    only: Collection[Rule] | None = None,
    directories: Collection[str] | None = None,
) -> Examination:
    """As ``detect``, with the offers; ``directories`` narrows it to roots that reach into those."""
    roots = [
        root
        for root in codebase.roots(profile)
        if directories is None or not root.directories.isdisjoint(directories)
    ]
    wanted = None if only is None else tuple(only)
    seen = [look(root, profile, wanted) for root in roots]
    return gather(codebase, profile, roots, seen, directories)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one root shows, before it is put beside what others show."""

    judged: tuple[Judged, ...]
    not_analysed: tuple[NotAnalysed, ...]


def look(root: Root, profile: Profile, only: tuple[Rule, ...] | None = None) -> Seen:
    """What the rules see in one root and in all that it calls."""
    wanted = _Wanted(only, profile.rules_off)
    judged: list[Judged] = []
    failed: list[NotAnalysed] = []
    for module in root.module.family:
        found, could_not = _examined(module, wanted, root.environment)
        judged += found
        failed += (*could_not, *_not_looked_into(module))
    for module in root.asleep:
        found, could_not = _examined(module, wanted, root.environment)
        judged += [one for one in found if one.finding.is_known]
        failed += could_not
    failed += (*_spent(root.module), *other_clouds(root.module))
    return Seen(tuple(judged), tuple(failed))


def gather(
    codebase: Codebase,
    profile: Profile,
    roots: Sequence[Root],
    seen: Sequence[Seen],
    directories: Collection[str] | None = None,
) -> Examination:
    """What all of these roots show together; ``seen`` stands in the order of ``roots``."""
    reached = {*(directories or ()), *(one for root in roots for one in root.directories)}
    missing = [
        one for one in codebase.not_analysed if directories is None or dirname(one.path) in reached
    ]
    return together(profile, missing, seen, {root.environment.name for root in roots})


def together(
    profile: Profile,
    missing: Sequence[NotAnalysed],
    seen: Sequence[Seen],
    environments: Collection[str],
) -> Examination:
    """As ``gather``, of roots that nobody has at hand; ``missing`` are files that nobody read.

    What several callers or environments bring about is one finding. Files that the profile leaves
    out are read, and nothing in them is told.
    """
    merged = merge(one for of_root in seen for one in of_root.judged)
    out = profile.exclude
    told = (one for one in merged if not covered(one.finding.location.path, out))
    failed = (one for of_root in seen for one in of_root.not_analysed)
    unread = (one for one in dict.fromkeys((*missing, *failed)) if not covered(one.path, out))
    return Examination(
        tuple(sorted(told, key=lambda one: _order(one.finding))),
        tuple(once_each(unread)),
        frozenset(environments),
    )


def _examined(
    module: Module, wanted: _Wanted, environment: Environment
) -> tuple[list[Judged], list[NotAnalysed]]:
    """A module never changes, so it is examined once for an environment."""

    def examine_now() -> tuple[list[Judged], list[NotAnalysed]]:
        judged: list[Judged] = []
        failed: list[NotAnalysed] = []
        for kind in module.kinds:
            of_kind = wanted.of(kind)
            if not of_kind:
                continue
            fixed = [(rule, _fixed(rule, environment)) for rule in of_kind]
            made = [(resource, False) for resource in module.of_kind(kind)]
            asleep = [(resource, True) for resource in switched_off(module, kind)]
            for resource, is_asleep in (*made, *asleep):
                for rule, always in fixed:
                    try:
                        severity = always or rule.severity_of(resource).of(environment.level)
                        if severity is None:
                            continue
                        for seen in [*rule.judge(resource, resource.home)]:
                            one = _judged(rule, seen, resource, environment, severity)
                            # What nobody can read of something that is off is no news to anybody.
                            if one is not None and (one.finding.is_known or not is_asleep):
                                judged.append(one)
                    except (CannotJudge, *MISTAKES) as error:
                        failed.append(_could_not(rule, resource, error))
        judged.sort(key=lambda one: _order(one.finding))
        failed.sort(key=lambda one: (one.path, one.line, one.rule))
        return judged, failed

    key = ("examined", environment.name, environment.level, wanted)
    return module.remember(key, examine_now)


def _fixed(rule: Rule, environment: Environment) -> Severity | None:
    """How bad it is here, whatever it is of; None where that depends, or where nothing is said."""
    is_fixed = getattr(rule.severity_of, "__func__", None) is Rule.severity_of
    return rule.severity.of(environment.level) if is_fixed else None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which rules are asked: these only, or all that judge a kind; without those that are off."""

    only: tuple[Rule, ...] | None
    off: frozenset[str]

    def of(self, kind: str) -> tuple[Rule, ...]:
        if self.only is not None:
            held = tuple(rule for rule in self.only if kind in rule.resources)
        else:
            held = rules_of(kind)
        return tuple(rule for rule in held if rule.id not in self.off) if self.off else held


def _not_looked_into(module: Module) -> Iterator[NotAnalysed]:
    """Calls that lead out of this code, which stand for nothing, and policies in other files.

    Where a limit cut, it blocks.
    """
    for call in module.calls:
        if call.target is None:
            place, reason = call.location, f"`module.{call.name}` is not looked into: {call.reason}"
            yield NotAnalysed(place.path, place.line, reason, blocking=call.is_cut)
    for resource in module.resources:
        for argument, path in in_files(resource, module):
            place = resource.document_of(argument).source.location(argument.span)
            what = f"`{argument.name}` of `{resource.address}`"
            reason = f"{what} is not looked into: it stands in `{path}`"
            yield NotAnalysed(place.path, place.line, reason, blocking=False)
        for argument, text in not_told(resource, module):
            place = resource.document_of(argument).source.location(argument.span)
            what = f"`{argument.name}` of `{resource.address}`"
            reason = f"{what} is not looked into: its statements are made by `{text}`"
            yield NotAnalysed(place.path, place.line, reason, blocking=False)


def _spent(root: Module) -> Iterator[NotAnalysed]:
    """A root whose values cost too much: what was left unknown may be anything."""
    if root.is_spent:
        path = root.documents[0].path
        where = f"`{root.directory}`" if root.directory else "this directory"
        yield NotAnalysed(path, 1, f"the values of {where} take more steps than are worked out")


def _order(finding: Finding) -> tuple[str, int, str, str]:
    return finding.location.path, finding.location.line, finding.rule, finding.fingerprint


def _could_not(rule: Rule, resource: Resource, error: Exception) -> NotAnalysed:
    """What a rule says itself is told; a mistake in one by its kind, without what it held."""
    why = error if isinstance(error, CannotJudge) else f"a mistake in it ({type(error).__name__})"
    reason = f"`{rule.id}` could not judge `{resource.address}`: {why}"
    return NotAnalysed(resource.path, resource.header.line, reason, rule=rule.id)


def _judged(
    rule: Rule, seen: Violation, resource: Resource, environment: Environment, severity: Severity
) -> Judged | None:
    """The finding of a violation; None where nobody here could do anything about it."""
    module = resource.home
    placed = at_call(seen, resource, rule.id) if module.stand_in else at_source(seen, resource)
    if placed is None:
        return None
    violation = placed.violation
    seat = _seat(resource, module)
    location = seat.place(violation)
    key = (rule.id, seat.module.directory, seat.address, violation.attribute, violation.statement)
    finding = Finding(
        rule=rule.id,
        title=rule.title,
        address=seat.address,
        attribute=violation.attribute,
        location=location,
        block=seat.document.source.location(seat.block.span),
        message=violation.message,
        severity=severity,
        fingerprint=fingerprint(*key),
        environments=(environment.name,),
        related=(*violation.related, *_callers(seat.module), *_for_terraform(location, module)),
        unknown=violation.unknown or _lonely(resource),
        advice=_advice(violation),
        directory=seat.module.directory,
        statement=violation.statement,
    )
    return Judged(finding, violation, seat.module.directory, placed.touches)


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a resource's findings are told: in its own block, or for a stand-in at the call."""

    module: Module
    address: str
    block: Block
    document: Document

    def place(self, violation: Violation) -> Location:
        """The node, or the line that names the block."""
        node = violation.node
        if node is None:
            return self.document.source.location(self.block.header_span)
        return self.module.document_of(node, self.document).source.location(node.span)


def _seat(resource: Resource, module: Module) -> _Seat:
    if module.stand_in is None or module.call is None or module.caller is None:
        return _Seat(module, resource.address, resource.block, resource.document)
    call = module.call
    address = f"module.{call.name}.{resource.address}"
    return _Seat(module.caller, address, call.block, call.document)


def _callers(module: Module) -> Iterator[Related]:
    """The calls that lead to a module, the nearest first."""
    while module.call is not None and module.caller is not None:
        yield Related(module.call.location, f"called as `{module.path.rstrip('.')}`")
        module = module.caller


def _for_terraform(location: Location, module: Module) -> Iterator[Related]:
    """The file that OpenTofu reads in the place of this one."""
    instead = module.root.setting.passed_over.get(location.path)
    if instead is not None:
        start = Location(instead, Span(0, 0), 1, 1)
        yield Related(start, "OpenTofu reads this file in its place")


def _lonely(resource: Resource) -> str | None:
    """Why a block of an override file that overrides nothing cannot be judged."""
    if not is_override(resource.path):
        return None
    return f"`{resource.path}` overrides a block that is not there"


def _advice(violation: Violation) -> str:
    return violation.repair.text if isinstance(violation.repair, Advice) else ""
