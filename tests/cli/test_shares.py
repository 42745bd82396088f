"""A large directory is judged in several processes, and told as by one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.generate import tree
from bot.cli import shares
from bot.cli.asked import Asked
from bot.cli.inspect_path import inspected
from bot.cli.kept import KeptReport, Reports
from bot.engine import LocalEngine, Texts
from bot.wire import from_wire, to_wire
from bot.workspace import read
from remediations.codebase import Codebase, Root
from remediations.detect import Seen, examine, look, reported, together
from remediations.foresight import foresee
from remediations.model import NotAnalysed, Profile
from remediations.plan import outline
from remediations.rule import judged_kinds
from remediations.terraform.grammar import Grammar
from remediations.told import SeenThere, Share, Told

# Its own process, because a test's has threads, and those do not survive a fork.
_TWICE = """
import sys
from pathlib import Path
from bot.cli import shares
from bot.workspace import read
from remediations.codebase import Codebase
from remediations.detect import reported
from remediations.model import Profile
from remediations.plan import outline
from remediations.terraform.grammar import Grammar

def broken(_):
    raise RuntimeError
if sys.argv[2] == "broken":
    shares.to_wire = broken
held = read(Path(sys.argv[1]))
question = shares.Question(held.files, held.skipped, Profile(), Grammar.load())
alone = question.whole()
whole = shares.Question.whole
shares.Question.whole = lambda self: sys.stderr.write("judged as one\\n") and whole(self)
together = shares.examined_in(3, question)
assert len(alone.judged) > 100
assert reported(alone) == reported(together), (reported(alone), reported(together))
assert outline(alone) == outline(together)
"""

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "acme-b"\n}\n'
CALL = 'module "m" {{\n  source = "{}"\n}}\n'
CHANGES = {
    "as it is": {},
    "with values": {
        "prod.tfvars": "owner = 1\n",
        "stacks/team_000/prod.tfvars": 'is_private = "no"\n',
        "stacks/team_001/envs/dev/terraform.tfvars": "days = 3\n",
    },
    "with values of another root below": {
        "main.tf": BUCKET,
        "stacks/team_000/envs/dev.tfvars": "days = 3\n",
    },
    "with a file that cannot be read": {"stacks/team_001/broken.tf": 'resource "a" {\n'},
    "with a call that is not there": {"lone/main.tf": 'module "m" {\n  source = "./no"\n}\n'},
    "with a circle of calls": {
        "a/main.tf": f'{BUCKET}module "b" {{\n  source = "../b"\n}}\n',
        "b/main.tf": f'{BUCKET}module "a" {{\n  source = "../a"\n}}\n',
    },
    "with an example of a module": {
        "modules/bucket/examples/all/main.tf": 'module "m" {\n  source = "../.."\n}\n',
    },
}
AS_ONE = {
    "with a call on one line": {"lone/main.tf": 'module "m" { source = "../modules/bucket" }\n'},
    "with a call that is none": {
        "lone/main.tf": '/*\nmodule "m" {\n  source = "../stacks/team_000"\n}\n*/\n' + BUCKET
    },
    "with a call far inside": {
        "lone/main.tf": '  module "m" {\n    source = "../modules/bucket"\n  }\n'
    },
    "with JSON": {"lone/main.tf.json": '{"module": {"m": {"source": "../modules/bucket"}}}'},
    "with OpenTofu": {"stacks/team_000/platform.tofu": BUCKET},
    "with values beside a directory that nobody can read": {
        "stacks/team_000/new/main.tf": "resource {\n",
        "stacks/team_000/new/prod.tfvars": "days = 3\n",
    },
}


def _judged(there: Path, files: dict[str, str], how: str = "whole") -> str:
    """Judged by one process and by three, which have to say the same; what was said of it."""
    for path, text in (tree(66) | files).items():
        (there / path).parent.mkdir(parents=True, exist_ok=True)
        (there / path).write_text(text)
    command = [sys.executable, "-c", _TWICE, str(there), how]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("change", CHANGES)
def test_several_processes_see_what_one_sees(change: str, tmp_path: Path) -> None:
    assert _judged(tmp_path, CHANGES[change]) == ""


@pytest.mark.parametrize("change", AS_ONE)
def test_what_was_not_foreseen_is_judged_as_one(change: str, tmp_path: Path) -> None:
    assert "judged as one\n" in _judged(tmp_path, AS_ONE[change])


def test_what_a_child_does_not_answer_is_judged_here(tmp_path: Path) -> None:
    assert "judged as one\n" in _judged(tmp_path, {}, "broken")


def _is_as_by_one(question: shares.Question) -> None:
    seen, alone = shares.examined_in(1, question), question.whole()
    assert reported(seen) == reported(alone)
    assert outline(seen) == outline(alone)


SKIPPED = (
    NotAnalysed("stacks/team_001/link.tf", 1, "the file is a symbolic link, which is not followed"),
    NotAnalysed("elsewhere/link.tf", 1, "the file is a symbolic link, which is not followed"),
    NotAnalysed("elsewhere", 1, "the directory cannot be read"),
)


def _asked(files: dict[str, str], place: Path, grammar: Grammar) -> shares.Question:
    held = {path: text.encode() for path, text in files.items()}
    return shares.Question(held, SKIPPED, Profile(), grammar, Reports(place))


def test_every_way_of_reading_leaves_unread_what_rules_that_are_off_judge(
    grammar: Grammar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for them is read by whoever asks, so that no report would tell."""
    told: list[frozenset[str]] = []

    def watched(off: frozenset[str]) -> frozenset[str]:
        told.append(off)
        return judged_kinds(off)

    off = frozenset({"s3-versioning-off"})
    profile = Profile(rules_off=off)
    question = replace(_asked(tree(66), tmp_path, grammar), profile=profile)
    for path, data in question.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    monkeypatch.setattr("remediations.codebase.judged_kinds", watched)
    question.whole()
    shares.examined_in(1, question)
    inspected(Asked(read(tmp_path), profile))
    LocalEngine(grammar).judge(Texts(question.files, question.files, (), frozenset()), profile)
    assert len(told) >= 5
    assert set(told) == {off}


BEFORE = {
    "stacks/team_001/envs/prod.tfvars": "days = 2\n",
    "stacks/team_002/broken.tf": "resource {\n",
}
AGAIN: dict[str, tuple[dict[str, str], int]] = {
    "nothing": ({}, 0),
    "a file": ({"stacks/team_001/new.tf": BUCKET}, 1),
    "a file that is mended": ({"stacks/team_002/broken.tf": ""}, 1),
    "a module": ({"modules/bucket/more.tf": BUCKET}, 3),
    "values": ({"stacks/team_001/envs/prod.tfvars": "days = 3\n"}, 3),
    "a directory that values belong to": ({"stacks/team_001/envs/main.tf": BUCKET}, 4),
    "a caller of a root": ({"stacks/team_001/a.tf": CALL.format("../team_002")}, 1),
}


@pytest.mark.parametrize("change", AGAIN)
def test_only_what_a_change_reaches_is_looked_at_again(
    change: str, grammar: Grammar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: set[str] = set()

    def watched(root: Root, profile: Profile) -> Seen:
        looked.add(root.module.directory)
        return look(root, profile)

    before = tree(66) | BEFORE
    shares.examined_in(1, _asked(before, tmp_path, grammar))
    monkeypatch.setattr(shares, "look", watched)
    files, anew = AGAIN[change]
    _is_as_by_one(_asked(before | files, tmp_path, grammar))
    assert len(looked) == anew
    looked.clear()
    _is_as_by_one(_asked(before | files, tmp_path, grammar))
    assert not looked


def test_another_question_about_the_same_files_is_looked_at_again(
    grammar: Grammar, tmp_path: Path
) -> None:
    question = _asked(tree(66), tmp_path, grammar)
    shares.examined_in(1, question)
    _is_as_by_one(replace(question, profile=Profile("prod")))
    _is_as_by_one(replace(question, profile=Profile(rules_off=frozenset({"iam-pass-role-all"}))))


def test_an_entry_of_another_shape_is_not_there(grammar: Grammar, tmp_path: Path) -> None:
    files = tree(66)
    question = _asked(files, tmp_path, grammar)
    shares.examined_in(2, question)
    foresight = foresee(question.files)
    assert foresight is not None
    kept = question.kept(foresight)
    assert kept is not None
    assert kept.find().keys() == set(foresight.roots)
    entries = {path.name: kept.reports.find(path.name) for path in tmp_path.iterdir()}
    key = min(name for name, held in entries.items() if held and held.text.startswith('["stacks/'))
    kept.reports.keep({key: KeptReport('{"root": 1}', 0)})
    assert len(kept.find()) == len(foresight.roots) - 1
    _is_as_by_one(question)


def test_a_file_of_values_that_cannot_be_read_is_named_each_time(
    grammar: Grammar, tmp_path: Path
) -> None:
    files = tree(66) | {"stacks/team_001/envs/prod.tfvars": "days = [\n"}
    for profile in (Profile(), Profile(), Profile("prod")):
        question = replace(_asked(files, tmp_path, grammar), profile=profile)
        _is_as_by_one(question)
        named = {one.path for one in shares.examined_in(1, question).not_analysed}
        assert "stacks/team_001/envs/prod.tfvars" in named


def test_whoever_waits_sees_how_far_all_have_come(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shares, "is_seen", lambda _: True)
    files = {path: text.encode() for path, text in tree(66).items()}
    shares.examined_in(1, shares.Question(files, (), Profile(), grammar))
    said = capsys.readouterr().err
    assert said.startswith(f"\rReading 0 of {len(files)} files")
    assert said.endswith(f"\rReading {len(files)} of {len(files)} files\r\033[K")


def test_what_is_told_is_merged_as_what_was_judged(grammar: Grammar) -> None:
    files = {path: text.encode() for path, text in tree(46).items()}
    codebase, profile = Codebase.read(files, grammar), Profile("prod")
    roots = codebase.roots(profile)
    seen = [look(root, profile) for root in roots]
    share = Share(
        "",
        tuple(
            SeenThere(
                root.module.directory,
                root.environment.name,
                tuple(map(Told.of, one.judged)),
                one.not_analysed,
            )
            for root, one in zip(roots[1:], seen[1:], strict=True)
        ),
    )
    read = from_wire(Share, to_wire(share)).seen
    mixed = [seen[0], *map(shares.seen_of, read)]
    names = {root.environment.name for root in roots}
    assert outline(together(profile, (), mixed, names)) == outline(examine(codebase, profile))


def test_a_small_directory_is_not_divided(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path: text.encode() for path, text in tree(20).items()}
    monkeypatch.setattr(shares, "examined_in", lambda *_: pytest.fail("divided"))
    shares.examined(shares.Question(files, (), Profile(), grammar))
