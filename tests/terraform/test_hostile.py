"""Text that is meant to hurt: answered, or refused, within generous limits."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from remediations.source import MAX_BYTES, SourceFile, Unreadable
from remediations.terraform.edit import AddTopLevel, edits_between, render
from remediations.terraform.grammar import Grammar
from remediations.terraform.tree import parse

KB = 1024
SECONDS = 10.0
"""Far above what any of them takes (under two on a slow machine), far below a hang."""

HOSTILE = {
    "a long list of strings": "a = [" + '"string of some length", ' * 8000 + "]\n",
    "many blocks": "".join(f'x "{n}" {{\n  a = 1\n}}\n' for n in range(2500)),
    "many blank lines": "a = 1\n" + "\n" * 60 * KB,
    "many spaces": "a" + " " * 200 * KB + "b\n",
    "spaces before an equals sign": "a" + " " * 200 * KB + "= 1\n",
    "a long line of words": "a = " + "b " * 60 * KB,
    "a long sum": "a = 1" + " + 1" * 8_000 + "\n",
    "a long chain of names": "a = b" + ".c" * 20_000 + "\n",
    "a long chain of colons": "a = b" + "::c" * 100 * KB + "\n",
    "many functions of two names": "a = [" + "b::c()," * 70_000 + "]\n",
    "a long chain of conditions": "a = " + "b ? c : " * 5_000 + "d\n",
    "a long name": "a" * 400 * KB + " = 1\n",
    "a name of dashes": "a-" * 200 * KB + " = 1\n",
    "minus after minus": "a = " + "- " * 50 * KB + "1\n",
    "a long number": "a = " + "9" * 400 * KB + "\n",
    "a long exponent": "a = 1e" + "9" * 4000 + "\n",
    "deep lists": "a = " + "[" * 100 * KB,
    "deep closed lists": "a = " + "[" * 2000 + "]" * 2000,
    "deep closed calls": "a = " + "f(" * 2000 + ")" * 2000,
    "deep closed blocks": "a {\n" * 2000 + "}\n" * 2000,
    "deep closed templates": 'a = "' + '${"' * 150 + '"}' * 150 + '"\n',
    "a list within the limit of nesting": "a = " + "[" * 190 + "]" * 190 + "\n",
    "deep blocks": "a {\n" * 50 * KB,
    "deep templates": 'a = "' + '${"' * 50 * KB,
    "unclosed interpolations": 'a = "' + "${x} " * 5000 + "${x\n",
    "brackets around comments": "a = [" + "/* c */ " * 20 * KB + "x for",
    "an unterminated comment": "a = 1\n" + "/* " * 100 * KB,
    "an unterminated heredoc": "a = <<E\n" + " \n" * 100 * KB,
    "heredocs that are never closed": "a = <<E\n" * 20 * KB,
    "a heredoc of blank lines": "a = <<E\n" + "\n" * 200 * KB + "E\n",
    "an indented heredoc": "a = <<-E\n" + "  x ${y}\n" * 10 * KB + "  E\n",
    "a heredoc of dollars": "a = <<E\n" + "$" * 200 * KB + "\nE\n",
    "a string of escapes": 'a = "' + "\\n" * 200 * KB + '"\n',
    "a long comment": "# " + "x" * 400 * KB + "\n",
    "many comments": "a = 1 # c\n" + "# c\n" * 50 * KB,
    "one argument twice, many times": "a = 1\n" * 10_000,
    "many aligned comments": "x {\n" + "".join(f"  a{n} = 1 # c\n" for n in range(5000)) + "}\n",
    "combining marks": "a" + "\u0301" * 100 * KB + " = 1\n",
    "carriage returns": "\r" * 200 * KB,
    "quotes": '"' * 200 * KB,
    "closing braces": "}" * 200 * KB,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_answered_in_time(name: str, grammar: Grammar) -> None:
    data = HOSTILE[name].encode()[:MAX_BYTES]
    began = time.perf_counter()
    assert answer(data, grammar)
    assert time.perf_counter() - began < SECONDS


def answer(data: bytes, grammar: Grammar) -> object:
    """The edits of a small change, or why there are none."""
    try:
        document = parse(SourceFile.decode("a.tf", data), grammar)
    except Unreadable as error:
        return error.reason
    return edits_between(document.source, render(document, [AddTopLevel("z {}")], grammar))


def test_memory_stays_in_proportion_to_the_file(grammar: Grammar) -> None:
    source = SourceFile.of("a.tf", "a = [" + '"x", ' * 5_000 + "]\n")
    tracemalloc.start()
    try:
        parse(source, grammar)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1000 * len(source.text)
