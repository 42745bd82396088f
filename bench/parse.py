"""Parsing: this project's nodes against tree-sitter's tree and python-hcl2's dictionaries."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import hcl2
import tree_sitter
import tree_sitter_hcl

from bench.generate import module
from remediations.source import SourceFile
from remediations.terraform.grammar import Grammar
from remediations.terraform.tree import parse

ROUNDS = 5


def table() -> Iterator[str]:
    """Medians of interleaved rounds."""
    texts = list(module(60).values())
    size = sum(len(text.encode()) for text in texts) / 1e6
    grammar = Grammar.load()
    peer = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    ways: dict[str, Callable[[str], object]] = {
        "lockstitch nodes": lambda text: parse(SourceFile.of("a.tf", text), grammar),
        "python-hcl2 loads": hcl2.loads,
        "tree-sitter-hcl parse": lambda text: peer.parse(text.encode()),
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            for text in texts:
                way(text)
            spent[name].append(time.perf_counter() - began)
    ours = statistics.median(spent["lockstitch nodes"])
    yield f"Parsing {len(texts)} generated files, {size:.2f} MB, median of {ROUNDS} rounds"
    yield f"{'parser':<24}{'MB/s':>8}{'time against ours':>20}"
    for name, times in spent.items():
        middle = statistics.median(times)
        yield f"{name:<24}{size / middle:>8.2f}{middle / ours:>20.2f}"
