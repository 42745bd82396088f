"""The text layer's properties on any directory of real Terraform; prints a table.

``python -m tests.terraform.corpus DIR``. One process; nothing is written below DIR.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from remediations.source import SourceError, SourceFile, Unreadable
from remediations.terraform.grammar import Grammar
from remediations.terraform.nodes import Document
from remediations.terraform.tree import parse
from tests.terraform.oracle import TERRAFORM, judge
from tests.terraform.probes import probes, proved
from tests.terraform.spans import ours, theirs

SUFFIXES = (".tf", ".tfvars", ".tftest.hcl")
BATCH = 500


@dataclass
class Tally:
    """What was counted. ``notes`` are sentences about single files."""

    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def note(self, kind: str, path: str, text: str) -> None:
        """Count something and keep what was said of it."""
        self.counts[kind] += 1
        self.notes.append(f"{kind}: {path}: {text}")


@dataclass
class Batch:
    """Texts that wait for ``terraform fmt``, by key."""

    texts: dict[str, bytes] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    edited: dict[str, str] = field(default_factory=dict)
    """Key of an edited text to the key of its original."""


def unique_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Path and contents of each file once, whatever its name."""
    seen: set[bytes] = set()
    for path in sorted(root.rglob("*")):
        if path.name.endswith(SUFFIXES) and path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            key = hashlib.sha256(data).digest()
            if key not in seen:
                seen.add(key)
                yield str(path.relative_to(root)), data


def look_at(path: str, data: bytes, grammar: Grammar, tally: Tally, batch: Batch) -> None:
    """Parse one file, compare its spans, try each kind of edit on it."""
    tally.counts["files"] += 1
    tally.counts["bytes"] += len(data)
    batch.texts[path] = data
    try:
        document = parse(SourceFile.decode(path, data), grammar)
    except Unreadable as error:
        tally.note("rejected", path, f"line {error.line}, column {error.column}: {error.reason}")
        return
    tally.counts["parsed"] += 1
    batch.read.add(path)
    if document.source.encode() != data:
        tally.note("round trip differs", path, "encode() gives other bytes")
    compare_spans(document, tally)
    random = Random(hashlib.sha256(data).digest())
    for number, (kind, intent) in enumerate(probes(document, random)):
        try:
            wrong, after = proved(document, intent, grammar)
        except SourceError as error:
            wrong, after = str(error), b""
        if wrong is not None:
            tally.note(f"{kind}: NOT verified", path, wrong)
            continue
        tally.counts[f"{kind}: verified"] += 1
        key = f"{path}#{number} {kind}"
        batch.texts[key], batch.edited[key] = after, path


def compare_spans(document: Document, tally: Tally) -> None:
    """Count files whose spans are the same as tree-sitter's."""
    other = theirs(document.source.text)
    if other is None:
        tally.note("tree-sitter rejects", document.path, "")
        return
    mine = ours(document)
    tally.counts["spans"] += len(mine)
    if mine == other:
        tally.counts["spans equal (files)"] += 1
    else:
        sample = sorted(mine ^ other)[:4]
        tally.note("spans differ (files)", document.path, str(sample))


def ask_terraform(batch: Batch, tally: Tally) -> None:
    """Validity of the originals, stability of what was edited."""
    with tempfile.TemporaryDirectory() as directory:
        verdicts = judge(batch.texts, Path(directory))
    for key in batch.texts:
        origin = batch.edited.get(key)
        if origin is None:
            invalid = key in verdicts.invalid
            tally.counts["terraform: invalid" if invalid else "terraform: valid"] += 1
            if invalid and key in batch.read:
                tally.note("we read, terraform refuses", key, "")
            elif not invalid and key not in batch.read:
                tally.note("terraform reads, we refuse", key, "")
        elif verdicts.is_stable(origin):
            kind = key.rpartition(" ")[2] if key.count("#") else key
            tally.counts["edits of fmt-stable files"] += 1
            if verdicts.is_stable(key):
                tally.counts["still fmt-stable"] += 1
            else:
                what = "invalid" if key in verdicts.invalid else "fmt would change it"
                tally.note(f"not fmt-stable ({kind})", key, what)
        elif key in verdicts.invalid and origin not in verdicts.invalid:
            tally.note("edit made it invalid", key, "")


def show(done: int, total: int) -> None:
    """A bar, for a person who waits."""
    if sys.stderr.isatty():
        filled = 40 * done // max(1, total)
        end = "\n" if done == total else ""
        print(f"\r[{'#' * filled:<40}] {done}/{total}", end=end, file=sys.stderr, flush=True)


def main(root: Path) -> int:
    """0 where nothing was read wrongly and every edit was verified."""
    files = list(unique_files(root))
    grammar, tally, batch = Grammar.load(None), Tally(), Batch()
    began = time.perf_counter()
    for number, (path, data) in enumerate(files, 1):
        try:
            look_at(path, data, grammar, tally, batch)
        except Exception as error:
            error.add_note(f"while looking at {path}")
            raise
        if TERRAFORM and (number % BATCH == 0 or number == len(files)):
            ask_terraform(batch, tally)
            batch = Batch()
        show(number, len(files))
    for note in tally.notes:
        print(note)
    print(f"\n| what | number |\n| --- | ---: |\n| seconds | {time.perf_counter() - began:.0f} |")
    for what, count in sorted(tally.counts.items()):
        print(f"| {what} | {count:,} |")
    if not TERRAFORM:
        print("NO TERRAFORM BINARY: validity and `fmt` were not looked at")
    bad = ("NOT verified", "spans differ", "round trip", "made it invalid")
    return int(any(word in what for what in tally.counts for word in bad))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m tests.terraform.corpus DIR (make corpus DIR=path)")
    sys.exit(main(Path(sys.argv[1])))
