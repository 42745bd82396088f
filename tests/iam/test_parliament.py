"""A linter that others wrote looks at every policy before and after all fixes of this room.

What it finds afterwards and did not before is an error of ours, or stands in ``ALLOWED`` with the
reason why it is one of its own.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remediations.codebase import Codebase
from remediations.detect import detect
from remediations.model import Profile, Safety
from remediations.plan import combine
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from tests.rules.pages import all_examples

from .as_json import policies_of
from .policies import FORMS, OBJECTS, B, S, one, write
from .worked import EXAMPLES

OF_IAM = frozenset(
    rule.id for rule in rules() if type(rule).__module__.startswith("remediations.rules.iam.")
)
PROFILE = Profile("prod", rules_off=frozenset(rule.id for rule in rules()) - OF_IAM)
READ = ("s3:GetObject", "s3:ListBucket")
NIGHTLY = ("s3:GetObject", "s3:ListAllMyBuckets", "ecr:BatchGetImage", "cloudwatch:PutMetricData")
WORKED: dict[str, Sequence[S]] = {
    "read and list": [S(READ)],
    "all of s3": [one("s3:*")],
    "a kind of action": [one("s3:Get*", "s3:PutObject", sid="Data")],
    "what has to stay": [one(*NIGHTLY, sid="Nightly")],
    "beside one that is fine": [one("s3:GetObject", on=[OBJECTS], sid="Ok"), one("s3:PutObject")],
    "a condition": [one("s3:GetObject", vpce="vpce-1")],
    "a deny": [one("s3:*"), S(("s3:DeleteObject",), effect="Deny")],
    "scoped": [one("s3:ListBucket", on=[B])],
}


INVOKING = frozenset({"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"})
MODEL = re.compile(
    r"arn:[^:]*:bedrock:[^:]*:[^:]*:(foundation-model|inference-profile|provisioned-model)/"
)


@dataclass(frozen=True)
class Said:
    """One thing that parliament finds in one policy; of a list of actions, one of them."""

    issue: str
    detail: Any
    policy: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.issue, json.dumps(self.detail, sort_keys=True)


def _is_only_of_a_wildcard(said: Said) -> bool:
    """Whether the action it misses a resource for is one that only a wildcard stands for."""
    named = {str(a).lower() for s in said.policy["Statement"] for a in s.get("Action", ())}
    return str(said.detail["action"]).lower() not in named


def _names_one_model(said: Said) -> bool:
    """Whether an action that takes any one of several kinds of model is given one of them."""
    action = said.detail["action"]
    held = (s for s in said.policy["Statement"] if action in s.get("Action", ()))
    return action in INVOKING and any(MODEL.match(r) for s in held for r in s["Resource"])


def _gets_round_a_deny(said: Said) -> bool:
    """Whether what is missing beside the bucket's own rights is missing because of a Deny."""
    return any(s["Effect"] == "Deny" for s in said.policy["Statement"])


def _is_behind_a_wildcard(said: Said) -> bool:
    """Whether the action that does not know the condition is one that nobody named."""
    named = {str(a).lower() for s in said.policy["Statement"] for a in s.get("Action", ())}
    return str(said.detail).rpartition(" ")[2].lower() not in named


ALLOWED: tuple[tuple[str, Callable[[Said], bool], str], ...] = (
    (
        "RESOURCE_MISMATCH",
        _is_only_of_a_wildcard,
        "It asks a resource for every action behind a wildcard: `s3:*` on a bucket and its objects "
        "holds none for jobs and access points. The cost of the fix says so; nothing is widened.",
    ),
    (
        "RESOURCE_MISMATCH",
        _names_one_model,
        "It wants every kind of model for an action that takes any one of them: "
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html",
    ),
    (
        "UNKNOWN_CONDITION_FOR_ACTION",
        _is_behind_a_wildcard,
        "Two of the actions behind `s3:*` do not say whose bucket it is. They change settings that "
        "no role of data needs, and a named one gets no such condition.",
    ),
    (
        "RESOURCE_POLICY_PRIVILEGE_ESCALATION",
        _gets_round_a_deny,
        "Whoever may write a bucket's policy gets round a Deny of his own. It says so only where a "
        "bucket is named; on every bucket the way was as open, and now it is open on one.",
    ),
)


def ask(asked: list[dict[str, Any]]) -> list[list[Said]]:
    """What parliament finds in each policy."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__).with_name("ask_parliament.py"))],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    return [
        [
            Said(issue, each, policy)
            for issue, detail in found
            for each in (detail if isinstance(detail, list) else [detail])
        ]
        for found, policy in zip(answers, asked, strict=True)
    ]


def modules() -> Iterator[tuple[str, dict[str, str]]]:
    """Every example of every page of this room, and the worked examples."""
    for kind in ("before", "good"):
        yield from ((str(e), e.files) for e in all_examples(kind) if e.rule in OF_IAM)
    for name, statements in WORKED.items():
        for form in FORMS:
            yield f"{name} as {form}", {"main.tf": write(form, *statements)}
    for number, example in EXAMPLES.items():
        yield f"example {number}", {"main.tf": f"{example.around}\n{example.policy}"}


def fixed(codebase: Codebase) -> Codebase:
    """After everything that the rules of this room offer."""
    findings = detect(codebase, PROFILE).findings
    return codebase.with_edits(combine(codebase, findings, PROFILE, Safety.REPLACE))


def test_no_fix_makes_parliament_find_anything_new(grammar: Grammar) -> None:
    pairs = []
    for name, files in modules():
        before = Codebase.read({path: text.encode() for path, text in files.items()}, grammar)
        old, new = dict(policies_of(before)), dict(policies_of(fixed(before)))
        pairs += [(name, place, old.get(place), now) for place, now in new.items()]
    changed = [(name, place, was, now) for name, place, was, now in pairs if was != now]
    assert len(pairs) > 50
    assert len(changed) > 25
    asked = [policy for _, _, was, now in changed for policy in (was or {"Statement": []}, now)]
    answers = ask(asked)
    wrong, used = [], set()
    for (name, place, _, _), was, now in zip(changed, answers[::2], answers[1::2], strict=True):
        known = {said.key for said in was}
        for said in now:
            if said.key in known:
                continue
            reasons = [why for issue, fits, why in ALLOWED if issue == said.issue and fits(said)]
            used.update(reasons)
            if not reasons:
                wrong.append(f"{name}, {place[1]}: {said.issue} {said.detail}")
    assert wrong == []
    assert used == {why for _, _, why in ALLOWED}, "an entry that nothing needs any more"


def test_parliament_sees_an_action_on_what_it_cannot_be_used_on() -> None:
    """The test above can fail: an object's action on a bucket, and a word AWS does not know."""
    bucket = "arn:aws:s3:::training"
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": bucket}
    typo = {"Effect": "Allow", "Action": ["s3:GetObjekt"], "Resource": bucket}
    policy = {"Version": "2012-10-17", "Statement": [statement, typo]}
    (found,) = ask([policy])
    assert {said.issue for said in found} == {"RESOURCE_MISMATCH", "UNKNOWN_ACTION"}
    assert not any(_is_only_of_a_wildcard(said) for said in found if said.issue[0] == "R")
