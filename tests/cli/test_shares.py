"""A large directory is judged in several processes, and told as by one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.generate import tree
from bot.cli import shares
from bot.wire import from_wire, to_wire
from remediations.codebase import Codebase
from remediations.detect import examine, gather, look
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
from remediations.detect import examine, reported
from remediations.model import Profile
from remediations.plan import outline
from remediations.terraform.grammar import Grammar

def broken(_):
    raise RuntimeError
if sys.argv[2] == "broken":
    shares.to_wire = broken
codebase = Codebase.read(read(Path(sys.argv[1])).files, Grammar.load())
alone, together = examine(codebase, Profile()), shares.examined_in(3, codebase, Profile())
assert len(alone.judged) > 100
assert reported(alone) == reported(together)
assert outline(alone) == outline(together)
"""


@pytest.mark.parametrize("child", ["whole", "broken"])
def test_several_processes_see_what_one_sees(child: str, tmp_path: Path) -> None:
    for path, text in tree(66).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    command = [sys.executable, "-c", _TWICE, str(tmp_path), child]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_is_told_is_merged_as_what_was_judged(grammar: Grammar) -> None:
    files = {path: text.encode() for path, text in tree(46).items()}
    codebase, profile = Codebase.read(files, grammar), Profile("prod")
    roots = codebase.roots(profile)
    seen = [look(root, profile) for root in roots]
    share = Share(
        tuple(
            SeenThere(number, tuple(map(Told.of, one.judged)), one.not_analysed)
            for number, one in enumerate(seen[1:], 1)
        )
    )
    read = {one.number: one for one in from_wire(Share, to_wire(share)).seen}
    mixed = [seen[0], *(shares.seen_of(read[number]) for number in range(1, len(roots)))]
    assert outline(gather(codebase, profile, roots, mixed)) == outline(examine(codebase, profile))


def test_a_small_directory_is_not_divided(
    grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path: text.encode() for path, text in tree(20).items()}
    monkeypatch.setattr(shares, "examined_in", lambda *_: pytest.fail("divided"))
    shares.examined(Codebase.read(files, grammar), Profile())


def test_the_largest_root_shares_with_the_smallest() -> None:
    loads = shares.divided([5, 1, 3, 9, 2], 2)
    assert json.dumps(loads) == "[[3, 1], [0, 2, 4]]"
