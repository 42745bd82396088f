"""Text from strangers is read in a process that has nothing and can reach nothing."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from operator import is_ as is_same
from pathlib import Path

import pytest

from bot.confinement import can_close_doors
from bot.crossing import Crossing
from bot.engine import EngineStopped, Judgement, LocalEngine, Texts, Wanted
from bot.isolation import BROKE, ODD, Bounds, ConfinedEngine
from bot.wire import to_wire
from remediations.model import Plan, Profile, Report, Safety
from remediations.rule import rules
from remediations.terraform.grammar import Grammar
from tests.rules.pages import examples
from tests.terraform.edges import EDGES

BUCKET = b'resource "aws_s3_bucket" "data" {\n  bucket = "a"\n}\n'
MEGABYTE = 1024 * 1024
CLOSED = pytest.mark.skipif(not can_close_doors(), reason="no filter of calls for this machine")


class Overtaken(ConfinedEngine):
    """A child that does what the text says, in the order of Python, once it is confined."""

    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "import os, signal, socket, subprocess, pathlib, time, ctypes, dataclasses; "
        "from bot import engine_process as here; "
        "libc = ctypes.CDLL(None, use_errno=True); "
        "is_open = lambda fd: libc.lseek(fd, 0, 1) == 0 or ctypes.get_errno() != 9; "
        "real = here.LocalEngine.judge; "
        "here.LocalEngine.judge = lambda self, texts, profile: "
        "  exec(texts.head['do.py'], globals()) if 'do.py' in texts.head "
        "  else real(self, texts, profile); "
        "here.main(sys.argv[2])"
    )


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp().parent / "grammar.cache"


@pytest.fixture(scope="module")
def engine(tables: Path) -> Iterator[ConfinedEngine]:
    confined = ConfinedEngine(tables)
    yield confined
    confined.close()


@pytest.fixture(scope="module")
def overtaken(tables: Path) -> Iterator[Overtaken]:
    confined = Overtaken(tables, Bounds(512 * MEGABYTE, seconds=1, most_seconds=1, patience=5))
    yield confined
    confined.close()


def texts(head: dict[str, bytes]) -> Texts:
    return Texts({}, head, (), frozenset({""}))


def shapes() -> Iterator[dict[str, str]]:
    """Every page's examples, and texts of which the grammar has the last word."""
    for rule in rules():
        yield from (example.files for example in examples(rule.id))
    yield {f"edge_{number}.tf": edge.text for number, edge in enumerate(EDGES)}


def test_the_confined_process_says_the_same_of_every_page(
    engine: ConfinedEngine, grammar: Grammar
) -> None:
    here = LocalEngine(grammar)
    for files in shapes():
        asked = texts({path: text.encode() for path, text in files.items()})
        wanted = Wanted(Safety.REVIEW)
        repair = engine.repair(asked, Profile(), wanted)
        assert repair == here.repair(asked, Profile(), wanted), files
    assert engine.judge(asked, Profile()) == repair.judgement


def do(confined: ConfinedEngine, program: str) -> str:
    """The reason that a person reads when the text has taken its process over."""
    with pytest.raises(EngineStopped) as stopped:
        confined.judge(texts({"do.py": program.encode()}), Profile())
    return str(stopped.value)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("while True: pass", "more than 1 seconds of computing"),
        ("os.read(3, 1)", "took longer than 6 seconds"),
        ("held = [bytes(2**26) for _ in range(2000)]", "more than 512 MB of memory"),
        ("ctypes.string_at(0)", "ended by itself (SIGSEGV)"),
        ("os._exit(3)", "ended by itself (code 3)"),
        ("os._exit(0)", "ended by itself (code 0)"),
        ("f = lambda: f(); f()", BROKE),
    ],
)
def test_what_stops_one_text_stops_no_other(
    overtaken: Overtaken, program: str, reason: str
) -> None:
    others: list[int] = []

    def ask_often() -> None:
        for _ in range(3):
            seen = overtaken.judge(texts({"main.tf": BUCKET}), Profile())
            others.append(len(seen.new.findings))

    beside = threading.Thread(target=ask_often)
    beside.start()
    said = do(overtaken, program)
    beside.join()
    assert reason in said
    assert others == [others[0]] * 3
    assert others[0] > 0


@CLOSED
@pytest.mark.parametrize(
    "program",
    [
        "open('/etc/passwd')",
        "open('/proc/self/environ')",
        "open('/tmp/written', 'w')",
        "socket.socket()",
        "subprocess.run(['true'])",
        "os.fork()",
        "os.kill(os.getppid(), 9)",
        "os.listdir('/')",
        "os.unlink('/tmp/nothing')",
    ],
)
def test_the_doors_are_closed(
    overtaken: Overtaken, program: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert do(overtaken, program) == BROKE
    assert "PermissionError" in caplog.text


def test_there_is_nothing_to_steal(overtaken: Overtaken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTITCH_GITHUB_TOKEN", "ghs_stolen")
    afresh = Overtaken(None, Bounds(seconds=5))
    assert "code 40" in do(afresh, "os._exit(40 + len(set(os.environ) - {'LC_CTYPE'}))")
    # Its socket is all that it holds besides three ends of nothing.
    assert "code 4" in do(afresh, "os._exit(sum(is_open(fd) for fd in range(64)))")
    afresh.close()


@pytest.mark.parametrize(
    "answer",
    [
        "b'not JSON'",
        "b'[' * 100000",
        "b'{}'",
        "b'[[], [], [], []]'",
        "b'[[], [[0], [], []], [[], [], []], [[], [], []], [[], []]]'",
        "b'[[], [[-1], [], []], [[], [], []], [[], [], []], [[], []]]'",
        "b'[[[\"x\"],[]],[[],[]],[[],[]],[[],[]]]'",
        'b\'[[[],[["\\\\ud800",1,"r",true,""]]],[[],[]],[[],[]],[[],[]]]\'',
    ],
)
def test_a_lying_child_is_not_believed(overtaken: Overtaken, answer: str) -> None:
    lie = f"a = {answer}; os.write(3, here.FRAME.pack(b'A', len(a)) + a); os._exit(0)"
    assert do(overtaken, lie) == ODD


def test_an_empty_answer_is_one(overtaken: Overtaken) -> None:
    """So that what is not believed above is not believed for its places alone."""
    empty = "b'[[], [[], [], []], [[], [], []], [[], [], []], [[], []]]'"
    program = f"a = {empty}; os.write(3, here.FRAME.pack(b'A', len(a)) + a); os._exit(0)"
    judged = overtaken.judge(texts({"do.py": program.encode()}), Profile())
    assert judged == Judgement(Report(), Report(), Report(), Plan())


def test_what_both_ends_say_crosses_once(engine: ConfinedEngine, grammar: Grammar) -> None:
    both = Texts({"main.tf": BUCKET}, {"main.tf": BUCKET}, (), frozenset({""}))
    here = LocalEngine(grammar).judge(both, Profile())
    assert here.base.findings
    crossed = engine.judge(both, Profile())
    assert crossed == here
    assert all(map(is_same, crossed.base.findings, crossed.head.findings))
    told = to_wire(Crossing.of(here))
    assert len(told) < 0.6 * len(to_wire(here))


def test_an_endless_answer_is_cut_off(overtaken: Overtaken) -> None:
    lie = "os.write(3, here.FRAME.pack(b'A', 2**60)); os.read(3, 1)"
    assert do(overtaken, lie) == ODD


def test_a_repair_says_what_it_closes_and_no_more(grammar: Grammar) -> None:
    """What needs a dearer fix is wanted too, and stays."""
    engine, before = LocalEngine(grammar), texts({"main.tf": BUCKET})
    repair = engine.repair(before, Profile(), Wanted(Safety.SAFE))
    assert repair.files
    after = engine.judge(texts({**before.head, **repair.files}), Profile()).head.findings
    left = {finding.fingerprint for finding in after}
    assert {one.fingerprint for one in repair.wanted} & left
    stays = [one for one in repair.wanted if one.fingerprint in left]
    assert [*repair.closed] == [one for one in repair.wanted if one not in stays]
    assert repair.closed


def test_a_repair_writes_terraform_only(tables: Path) -> None:
    class Forging(ConfinedEngine):
        program = (
            "import sys; sys.path.insert(0, sys.argv[1]); "
            "from bot import engine_process as here; from dataclasses import replace; "
            "real = here.LocalEngine.repair; "
            "here.LocalEngine.repair = lambda self, *a: replace("
            "  real(self, *a), files={'.github/workflows/x.yml': b'on: push'}); "
            "here.main(sys.argv[2])"
        )

    confined = Forging(tables)
    with pytest.raises(EngineStopped, match="no sense"):
        confined.repair(texts({"main.tf": BUCKET}), Profile(), Wanted(Safety.REVIEW))
    confined.close()


def test_the_words_of_an_error_stay_inside(
    overtaken: Overtaken, caplog: pytest.LogCaptureFixture
) -> None:
    assert do(overtaken, "raise ValueError('line one\\nforged line')") == BROKE
    assert "ValueError" in caplog.text
    assert "forged line" not in caplog.text


def test_a_process_that_was_killed_is_started_again(
    tables: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    confined = ConfinedEngine(tables)
    first = confined.judge(texts({"main.tf": BUCKET}), Profile())
    assert confined._process is not None
    confined._process.kill()
    confined._process.wait(timeout=10)
    assert confined.judge(texts({"main.tf": BUCKET}), Profile()) == first
    assert caplog.text.count("engine ready") == 2
    confined.close()


def test_whoever_stands_by_may_be_killed(tables: Path) -> None:
    confined = ConfinedEngine(tables)
    first = confined.judge(texts({"main.tf": BUCKET}), Profile())
    assert confined._process is not None
    for _ in range(2):
        (standby,) = children(confined._process.pid)
        os.kill(standby, signal.SIGKILL)
        gone(standby)
        assert confined.judge(texts({"main.tf": BUCKET}), Profile()) == first
    confined.close()


def test_what_is_rehearsed_is_not_counted(tables: Path) -> None:
    class Slow(ConfinedEngine):
        program = (
            "import sys; sys.path.insert(0, sys.argv[1]); "
            "import time; from bot import engine_process as here; "
            "here._rehearse = lambda engine: "
            "  [None for _ in iter(lambda: time.process_time() > 1.2, True)]; "
            "here.main(sys.argv[2])"
        )

    confined = Slow(tables, Bounds(seconds=1, most_seconds=1))
    assert confined.judge(texts({"main.tf": BUCKET}), Profile()).new.findings
    confined.close()


def children(of: int) -> list[int]:
    """Those that a process has now, once the last one that answered is gone."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        found = Path(f"/proc/{of}/task/{of}/children").read_text().split()
        if len(found) == 1:
            return [int(one) for one in found]
        time.sleep(0.01)
    raise AssertionError(found)


def gone(process: int) -> None:
    """Once it runs no more; whoever made it may not have looked."""
    ends = time.monotonic() + 10
    with suppress(FileNotFoundError, ProcessLookupError):  # it may go while it is looked at
        while "Z" not in Path(f"/proc/{process}/stat").read_text().split()[2]:
            assert time.monotonic() < ends
            time.sleep(0.01)


def test_nobody_is_left_when_the_asker_is_killed(tables: Path, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from bot.isolation import ConfinedEngine; "
        "from tests.service.test_isolation import texts, BUCKET; "
        "from remediations.model import Profile; "
        "engine = ConfinedEngine(pathlib.Path(sys.argv[1])); "
        "engine.judge(texts({'main.tf': BUCKET}), Profile()); "
        "print(engine._process.pid, flush=True); import time; time.sleep(60)"
    )
    asker = subprocess.Popen(
        [sys.executable, "-c", code, str(tables)],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    with asker:
        assert asker.stdout is not None
        warm = int(asker.stdout.readline())
        (standby,) = children(warm)
        asker.kill()
    gone(warm)
    gone(standby)
