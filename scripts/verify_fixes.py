"""Asks Checkov whether the fixes close what the rules' pages say they close.

    python -m scripts.verify_fixes CHECKOV [RULE …]

Every example of every page is a directory; all fixes of all levels are applied to it. Checkov, in
an environment of its own, looks at the examples before and after. Prints, for each Checkov id that
a page maps, how often it is fixed, remains or is new, and fails unless each is fixed wherever its
own rule offers an edit, is shown so by each rule that maps it, and none is new. What Checkov fails
before and has nothing to say of afterwards is told apart, and ``checkov_ids.toml`` has the reason.
What that file wants is claimed by a page, or left out there with a reason, which is printed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Safety
from remediations.plan import combine
from remediations.rule import page, rules
from remediations.terraform.grammar import Grammar
from tests.rules.pages import Example, all_examples

PROD: Final = Profile("prod")
_LINE: Final = re.compile(r"^- Checkov: (.+)$", re.MULTILINE)
_ID: Final = re.compile(r"CKV2?_AWS_\d+")
_IDS: Final = tomllib.loads(Path(__file__).with_name("checkov_ids.toml").read_text("utf-8"))
WANTED: Final = frozenset((*_IDS["wanted"], *_IDS["judged"]))
LEFT_OUT: Final[Mapping[str, str]] = _IDS["left_out"]
UNREAD: Final[Mapping[str, str]] = _IDS["unread"]

Finding = tuple[str, str, str]
"""A check, the directory of an example, a block."""


@dataclass(slots=True)
class Row:
    """What became of one check over all examples."""

    fixed: set[Finding] = field(default_factory=set)
    shown_by: set[str] = field(default_factory=set)
    remaining: set[Finding] = field(default_factory=set)
    unread: set[Finding] = field(default_factory=set)
    advised: set[Finding] = field(default_factory=set)
    new: set[Finding] = field(default_factory=set)


def claimed() -> dict[str, set[str]]:
    """The Checkov ids that pages map, with the rules that do."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule in rules():
        line = _LINE.search(page(rule.id))
        for check in _ID.findall(line[1].partition("(")[0]) if line else ():
            found[check].add(rule.id)
    return dict(found)


def write(root: Path, name: str, files: Mapping[str, str]) -> None:
    """One example as a directory of its own."""
    (root / name).mkdir(parents=True)
    for path, text in files.items():
        (root / name / path).write_text(text, encoding="utf-8")


def mended(example: Example, grammar: Grammar) -> dict[str, str]:
    """The example after everything that is offered."""
    codebase = Codebase.read({p: t.encode() for p, t in example.files.items()}, grammar)
    edits = combine(codebase, detect(codebase, PROD).findings, PROD, Safety.REPLACE)
    after = codebase.with_edits(edits)
    return {path: document.source.text for path, document in after.documents.items()}


def scan(checkov: str, directory: Path) -> dict[Finding, str]:
    """FAILED, PASSED or SKIPPED of each check on each block of each example."""
    command = [checkov, "-d", str(directory), "--framework", "terraform", "--skip-download"]
    command += ["--soft-fail", "-o", "json", "--compact"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"{checkov} gave no JSON (exit {done.returncode}): {done.stderr[-500:]}")
    found: dict[Finding, str] = {}
    for report in answer if isinstance(answer, list) else [answer]:
        for kind, state in (("passed", "PASSED"), ("skipped", "SKIPPED"), ("failed", "FAILED")):
            for item in report.get("results", {}).get(f"{kind}_checks", ()):
                example = item["file_path"].lstrip("/").partition("/")[0]
                block = re.sub(r"\[[^\]]*\]$", "", item["resource"])
                found[item["check_id"], example, block] = state
    return found


def compare(
    before: Mapping[Finding, str], after: Mapping[Finding, str], claims: Mapping[str, set[str]]
) -> dict[str, Row]:
    """What became of each claimed check."""
    rows = {check: Row() for check in claims}
    offers = {str(example): example for example in all_examples("before") if example.after}
    for finding, state in before.items():
        check, example, _ = finding
        if state != "FAILED" or check not in rows:
            continue
        row, rule = rows[check], offers[example].rule if example in offers else ""
        if after.get(finding) == "PASSED":
            row.fixed.add(finding)
            row.shown_by.add(rule)
        elif rule not in claims[check]:
            row.advised.add(finding)
        else:
            (row.remaining if finding in after else row.unread).add(finding)
    for finding, state in after.items():
        if state == "FAILED" and finding[0] in rows and before.get(finding) != "FAILED":
            rows[finding[0]].new.add(finding)
    return rows


def show(rows: Mapping[str, Row], claims: Mapping[str, set[str]]) -> list[str]:
    """The table; returns what is wrong."""
    wrong: list[str] = []
    print(f"{'check':13} {'fixed':>5} {'left':>5} {'unread':>6} {'advice':>6} {'new':>4}  rules")
    for check in sorted(rows.keys() - LEFT_OUT.keys(), key=_number):
        row = rows[check]
        found = (row.fixed, row.remaining, row.unread, row.advised, row.new)
        names = ", ".join(sorted(claims[check]))
        print("{:13} {:5} {:5} {:6} {:6} {:4}  {}".format(check, *map(len, found), names))
        wrong += [f"{check} remains: {one[1]} {one[2]}" for one in sorted(row.remaining)]
        wrong += [f"{check} is new: {one[1]} {one[2]}" for one in sorted(row.new)]
        unshown = sorted(claims[check] - row.shown_by)
        wrong += [f"{check} is not shown fixed by {rule}" for rule in unshown]
    return wrong


def unexplained(rows: Mapping[str, Row]) -> list[str]:
    """What Checkov has nothing to say of after the fix, and why; returns what lacks a reason."""
    held = {check: row for check, row in rows.items() if check not in LEFT_OUT}
    found = {
        f"{check} {one[1].partition('-before-')[0]}"
        for check, row in held.items()
        for one in row.unread
    }
    print("\nunread afterwards:")
    for name in sorted(found & UNREAD.keys()):
        print(f"{name}: {UNREAD[name]}")
    return [f"{name} is not read afterwards" for name in sorted(found - UNREAD.keys())]


def explain(claims: Mapping[str, set[str]]) -> list[str]:
    """What is left out and why; returns what is neither claimed nor left out."""
    print("\nleft out:")
    for check in sorted(LEFT_OUT, key=_number):
        print(f"{check:13} {LEFT_OUT[check]}")
    left = WANTED - claims.keys() - LEFT_OUT.keys()
    return [f"{check} is neither claimed by a page nor left out" for check in sorted(left)]


def _number(check: str) -> tuple[str, int]:
    return check.split("_")[0], int(check.rpartition("_")[2])


def main(arguments: Iterable[str]) -> int:
    """Run it; 0 where every claim holds."""
    checkov, *only = arguments
    grammar = Grammar.load(Path(tempfile.gettempdir()) / "lockstitch-verify.cache")
    every = claimed()
    claims = {c: held for c, held in every.items() if not only or held & set(only)}
    with tempfile.TemporaryDirectory() as place:
        before, after = Path(place, "before"), Path(place, "after")
        for example in all_examples("before"):
            if not only or example.rule in only:
                write(before, str(example), example.files)
                write(after, str(example), mended(example, grammar))
        rows = compare(scan(checkov, before), scan(checkov, after), claims)
    wrong = [*show(rows, claims), *unexplained(rows), *explain(every)]
    counted = [row for check, row in rows.items() if check not in LEFT_OUT]
    fixed = sum(len(row.fixed) for row in counted)
    print(*wrong, sep="\n")
    print(f"{len(counted)} ids claimed, {fixed} findings fixed, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
