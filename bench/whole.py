"""``lockstitch check`` as a whole process, beside Checkov where one is given in ``CHECKOV``.

The same inputs in the same run; what counts are the ratios. Checkov is no part of this project:
``CHECKOV=/path/to/checkov make bench``.
"""

from __future__ import annotations

import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname
from statistics import median

from bench.generate import tree
from bot.engine import Texts
from bot.isolation import ConfinedEngine
from remediations.model import Profile

SIZES = (20, 300, 2_000)
GROWTH = (100, 1_000, 4_000)
PAIRS = 9
_MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds on the clock and on the processor, peak memory in MB, findings."""

    seconds: float
    busy: float
    megabytes: float
    findings: int


def table() -> Iterator[str]:
    """Start-up, then trees of several sizes, each beside its peer."""
    yield "Whole process: lockstitch check --format json, an empty cache in every run"
    # As an installer leaves it, and as it left the peer.
    for package in ("bot", "remediations"):
        compileall.compile_dir(package, quiet=2)
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        yield from _start_up(here)
        for size in SIZES:
            yield _pair(f"{size} files", _written(here / str(size), size))
        yield _warm(SIZES[0], here / str(SIZES[0]))
        yield _again(here / str(SIZES[1]))
        given = os.environ.get("TERRAGOAT")
        if given:
            yield _pair("terragoat/terraform/aws", Path(given))
        times = {size: _ours(_written(here / f"g{size}", size)).seconds for size in GROWTH}
        first = times[GROWTH[0]] / GROWTH[0]
        rows = (
            f"{size} files {each:.2f} s ({each / size / first:.2f})" for size, each in times.items()
        )
        yield f"  growth, and cost of a file relative to the first: {', '.join(rows)}"


def _warm(size: int, where: Path) -> str:
    """Both ends of a change that brings nothing, in the engine as the service holds it.

    A run of the peer and seven answers, time and again: what a machine does elsewhere slows both.
    """
    files = {path: text.encode() for path, text in tree(size).items()}
    texts = Texts(files, files, (), frozenset(map(dirname, files)))
    peer = os.environ.get("CHECKOV")
    engine = ConfinedEngine()
    try:
        engine.judge(texts, Profile())
        pairs = [
            (_theirs(peer, where).seconds if peer else 0.0, _answers(engine, texts))
            for _ in range(PAIRS if peer else 1)
        ]
    finally:
        engine.close()
    best, middle = (median(own[at] for _, own in pairs) for at in (0, 3))
    line = (
        f"  {size} files in the warm service, both ends of a change: {best:.3f} s at best, "
        f"{middle:.3f} s in the middle of seven"
    )
    if not peer:
        return line
    ratios = [sorted(theirs / own[at] for theirs, own in pairs) for at in (0, 3)]
    of_best, of_middle = (f"{median(one):.0f} ({one[0]:.0f} to {one[-1]:.0f})" for one in ratios)
    return f"{line}; {of_best} and {of_middle} times faster in {PAIRS} pairs"


def _again(where: Path) -> str:
    """The same command with one cache, which the first run fills; then after changes.

    In a root that calls all others nothing is left out after a change but parsing.
    """
    command = [sys.executable, "-m", "bot", "check", str(where), "--format", "json"]
    with _empty_cache() as environment:
        first, second = (_once(command, environment) for _ in range(2))
        _change(min(where.glob("stacks/*/*.tf")))
        third = _once(command, environment)
        calls = (path.relative_to(where) for path in where.glob("stacks/*") if path.is_dir())
        above = where / "main.tf"
        above.write_text("".join(map(_call, sorted(map(str, calls)))), encoding="utf-8")
        anew = min(_once([*command, "--no-cache"], environment) for _ in range(3))
        for _ in range(2):
            _once(command, environment)
            _change(above)
        one_root = _once(command, environment)
    return (
        f"  {where.name} files, a first and a second run: {first:.2f} s and {second:.2f} s; "
        f"one file changed: {third:.2f} s, of one root {one_root:.2f} s ({anew:.2f} s anew)"
    )


def _change(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("# one line more\n")


def _call(directory: str) -> str:
    name = directory.replace("/", "_")
    return f'module "{name}" {{\n  source = "./{directory}"\n}}\n'


def _answers(engine: ConfinedEngine, texts: Texts) -> list[float]:
    """Seconds of seven answers, the quickest first."""
    return sorted(_judged(engine, texts) for _ in range(7))


def _judged(engine: ConfinedEngine, texts: Texts) -> float:
    begin = time.perf_counter()
    engine.judge(texts, Profile())
    return time.perf_counter() - begin


def _start_up(here: Path) -> Iterator[str]:
    (here / "empty").mkdir()
    bare = _seconds([sys.executable, "-c", "pass"])
    for arguments in (["--version"], ["check", str(here / "empty")]):
        taken = _seconds([sys.executable, "-m", "bot", *arguments])
        yield f"  lockstitch {arguments[0]:10} {taken:.3f} s, {taken / bare:.1f} bare Python starts"


def _seconds(command: list[str]) -> float:
    with _empty_cache() as environment:
        return min(_once(command, environment) for _ in range(7))


def _once(command: list[str], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False, env=environment)
    return time.perf_counter() - begin


def _written(where: Path, size: int) -> Path:
    for path, text in tree(size).items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_text(text, encoding="utf-8")
    return where


def _pair(name: str, where: Path) -> str:
    ours = _ours(where)
    line = f"  {name}: {ours.seconds:.2f} s, {ours.megabytes:.0f} MB, {ours.findings} findings"
    peer = os.environ.get("CHECKOV")
    if not peer:
        return line
    theirs = _theirs(peer, where)
    share = 100 * ours.megabytes / theirs.megabytes
    return (
        f"{line}; Checkov {theirs.seconds:.2f} s, {theirs.megabytes:.0f} MB, {theirs.findings} "
        f"failed checks: {theirs.seconds / ours.seconds:.1f} times faster "
        f"({theirs.busy / ours.busy:.1f} in processor time), {share:.0f} % of the memory"
    )


def _ours(where: Path) -> Run:
    report = where.parent / "report.json"
    command = [sys.executable, "-m", "bot", "check", str(where), "--format", "json"]
    used = _measured([*command, "--output", str(report)])
    return Run(*used, len(json.loads(report.read_text("utf-8"))["findings"]))


def _theirs(peer: str, where: Path) -> Run:
    report = where.parent / "checkov"
    options = ["--framework", "terraform", "--skip-download", "--compact", "--quiet"]
    output = ["-o", "json", "--output-file-path", str(report)]
    used = _measured([peer, "-d", str(where), *options, *output])
    found = json.loads((report / "results_json.json").read_text("utf-8"))
    shutil.rmtree(report)
    return Run(*used, found["summary"]["failed"])


def _measured(command: list[str]) -> tuple[float, float, float]:
    """Seconds, busy seconds and peak megabytes of a process, watched by one of its own."""
    with _empty_cache() as environment:
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, *command],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        seconds = time.perf_counter() - begin
    busy, kilobytes = done.stdout.split()
    return seconds, float(busy), int(kilobytes) / 1024


@contextmanager
def _empty_cache() -> Iterator[dict[str, str]]:
    """An environment in which no earlier run left anything."""
    with tempfile.TemporaryDirectory() as empty:
        yield {**os.environ, "XDG_CACHE_HOME": empty, "PYTHONPATH": str(Path.cwd())}
