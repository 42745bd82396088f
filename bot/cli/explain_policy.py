"""``lockstitch explain-policy PATH``: what each statement allows, and what could be scoped."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.formats.result import Result
from remediations.iam.account import Allowance, allowances
from remediations.iam.actions import data_date
from remediations.iam.statement import STANDS_HERE
from remediations.model import Finding, NotAnalysed
from remediations.rule import find_rule

from .inspect_path import Inspection, inspect_path
from .options import Unusable, add_config, add_profile, say

_FAMILY: Final = "iam-"
_NONE: Final = "No policy statement is written here in a form that is read.\n"


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("path", help="a directory, or one .tf file")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_profile(parser)
    add_config(parser, "the one in that directory")


def run(options: argparse.Namespace) -> int:
    """0 all was told, 2 something could not be read, 64 no such path."""
    try:
        inspection = inspect_path(options, family=_FAMILY)
    except Unusable as error:
        say(f"lockstitch explain-policy: {error}")
        return 64
    told = tuple(_told(inspection))
    missing = inspection.result.not_analysed
    sys.stdout.write(_as_json(told, missing) if options.json else _as_text(told, inspection.result))
    return 2 if any(one.blocking for one in missing) else 0


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement and what the rules say of it: each finding with its fix, or why there is none."""

    allowance: Allowance
    said: tuple[tuple[Finding, str, str], ...]
    """Findings with the title and cost of their fix, or an empty title and the reason."""

    @property
    def rest(self) -> str:
        """Why no rule says anything, where none does."""
        one = self.allowance
        if self.said or any(self.left):
            return ""
        if one.effect == "Deny":
            return "A Deny is left as it is."
        if one.principals:
            return f"It says who may {'take on the role' if _takes_on(one) else 'come in'}."
        if one.names_the_others:
            return "It means all but what it names, so nothing in it can be scoped."
        if one.is_scoped:
            return "Its condition says for which resources it is."
        if one.is_open and not one.is_identity:
            return "It is a boundary or the policy of a resource, where `*` is no finding."
        if one.is_open:
            return "It is for everything of a kind, and none of its actions can be looked up."
        return "It names what it is for."

    @property
    def left(self) -> Iterator[str]:
        """What its other actions could name, or why they can name nothing."""
        one = self.allowance
        if one.is_scoped:
            return
        told = {getattr(find_rule(finding.rule), "noun", "") for finding, _, _ in self.said}
        for held in one.nameable:
            if held.noun not in told:
                here = "" if held.is_declared else ", and none is declared here"
                yield f"could name {_a(held.noun)}{here}: {', '.join(held.actions)}"
        if one.only_everything:
            yield f"can be on * only: {', '.join(one.only_everything)}"
        if one.by_hand:
            yield f"could be narrowed by hand: {', '.join(one.by_hand)}"


def _takes_on(one: Allowance) -> bool:
    return all(action.lower().startswith("sts:") for action in one.actions)


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _told(inspection: Inspection) -> Iterator[_Told]:
    only = inspection.workspace.only
    found: dict[object, Allowance] = {}
    for root in inspection.codebase.roots(inspection.profile):
        for module in root.module.family:
            for one in allowances(module):
                if only in (None, one.location.path):
                    found.setdefault((_place(one), one.effect, one.actions), one)
    places = Counter(map(_place, found.values()))
    for one in found.values():
        said = _said(one, inspection.result)
        is_alone = places[_place(one)] == 1
        yield _Told(one, tuple(each for each in said if is_alone or _is_of(one, each[0])))


def _place(one: Allowance) -> tuple[str, object]:
    return one.location.path, one.location.span


def _is_of(one: Allowance, finding: Finding) -> bool:
    """Whether a finding speaks of this one of several statements that one text makes."""
    return any(f"`{action}`" in finding.message for action in one.actions)


def _said(one: Allowance, result: Result) -> Iterator[tuple[Finding, str, str]]:
    for finding in result.findings:
        lines = range(one.location.line, one.location.end_line + 1)
        there = [one.location for one in finding.related if one.role == STANDS_HERE]
        places = there or [finding.location]
        inside = any(at.path == one.location.path and at.line in lines for at in places)
        if not inside or not finding.rule.startswith(_FAMILY):
            continue
        fix = result.fix_of(finding)
        if fix is None:
            yield finding, "", result.reason_of(finding)
        else:
            yield finding, f"{fix.title} ({fix.safety.value})", fix.cost


def _as_text(told: Iterable[_Told], result: Result) -> str:
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    parts = ["\n".join(_lines(one, result, seen)) + "\n" for one in told]
    parts += [
        f"{result.as_given}{one.path}:{one.line}  "
        f"{'not analysed' if one.blocking else 'note'}: {one.reason}\n"
        for one in result.not_analysed
    ]
    return (
        "\n".join([*parts, f"Actions as AWS listed them on {data_date()}.\n"]) if parts else _NONE
    )


def _lines(
    told: _Told, result: Result, seen: dict[tuple[str, str], tuple[str, str]]
) -> Iterator[str]:
    """Of one statement. One fix may close several findings: ``seen`` has where each was told."""
    one = told.allowance
    place = f"{result.as_given}{one.location.path}:{one.location.line}"
    verb = {"Allow": "allows", "Deny": "denies"}.get(one.effect, "has an effect that is not read,")
    count = f"{one.total} action{'' if one.total == 1 else 's'}"
    if one.names_the_others:
        count = f"all but {count}" if one.total else "all but what it names"
    sid = f" {one.sid}" if one.sid else ""
    yield f"{place}  {one.address}{sid}"
    yield f"  {verb} {count}{_by_level(one)}{', on a condition' if one.is_conditional else ''}"
    yield f"  actions: {', '.join(one.actions) or 'not read'}"
    if one.resources:
        yield f"  on: {', '.join(one.resources)}"
    if one.principals:
        yield f"  for: {', '.join(one.principals)}"
    if one.unlisted:
        yield f"  AWS does not list: {', '.join(one.unlisted)}"
    if one.unread:
        yield f"  not known before apply: {', '.join(one.unread)}"
    for finding, title, words in told.said:
        yield f"  [{finding.rule}] {finding.title}"
        rule, there = seen.setdefault((title, words), (finding.rule, place))
        if not title:
            yield f"    To decide: {words}"
        elif (rule, there) == (finding.rule, place):
            yield f"    Fix: {title}. {words}"
        else:
            yield f"    Fix: as for {rule} {'above' if there == place else f'at {there}'}."
    yield from (f"  {line}" for line in told.left)
    if told.rest:
        yield f"  {told.rest}"


def _by_level(one: Allowance) -> str:
    counted = ", ".join(f"{count} {level.lower()}" for level, count in one.levels.items())
    return f": {counted}" if counted else ""


def _as_json(told: Iterable[_Told], missing: Iterable[NotAnalysed]) -> str:
    document: dict[str, Any] = {
        "schema_version": 1,
        "actions_as_of": data_date(),
        "statements": [_row(one) for one in told],
        "not_analysed": [
            {"path": one.path, "line": one.line, "reason": one.reason, "blocking": one.blocking}
            for one in missing
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _row(told: _Told) -> dict[str, Any]:
    one = told.allowance
    return {
        "address": one.address,
        "path": one.location.path,
        "line": one.location.line,
        "end_line": one.location.end_line,
        "sid": one.sid,
        "effect": one.effect,
        "actions": list(one.actions),
        "resources": list(one.resources),
        "principals": list(one.principals),
        "conditional": one.is_conditional,
        "names_the_others": one.names_the_others,
        "levels": dict(one.levels),
        "total": one.total,
        "unlisted": list(one.unlisted),
        "unread": list(one.unread),
        "findings": [
            {"rule": finding.rule, "fix": title or None, "why": words}
            for finding, title, words in told.said
        ],
        "could_name": {held.noun: list(held.actions) for held in one.nameable},
        "only_everything": list(one.only_everything),
        "by_hand": list(one.by_hand),
        "otherwise": told.rest,
    }
