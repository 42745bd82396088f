"""A large directory is judged in several processes, and told as by one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.generate import tree
from bot.cli import shares
from bot.wire import from_wire, to_wire
from remediations.codebase import Codebase
from remediations.detect import examine, look, together
from remediations.model import Profile
from remediations.plan import outline
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
CHANGES = {
    "as it is": {},
    "with values": {
        "prod.tfvars": "owner = 1\n",
        "stacks/team_000/prod.tfvars": 'is_private = "no"\n',
        "stacks/team_001/envs/dev/terraform.tfvars": "days = 3\n",
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


def test_what_is_told_is_merged_as_what_was_judged(grammar: Grammar) -> None:
    files = {path: text.encode() for path, text in tree(46).items()}
    codebase, profile = Codebase.read(files, grammar), Profile("prod")
    roots = codebase.roots(profile)
    seen = [look(root, profile) for root in roots]
    share = Share(
        is_whole=True,
        seen=tuple(
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
