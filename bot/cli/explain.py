"""``lockstitch explain RULE``: the page of a rule."""

from __future__ import annotations

import argparse
import difflib
import sys

from remediations.rule import page, rules

from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("rule", help="a rule's id, or the id another scanner uses for it")


def run(options: argparse.Namespace) -> int:
    """0, or 64 for a rule that is not there."""
    try:
        sys.stdout.write(page(options.rule))
    except LookupError:
        names = [name for rule in rules() for name in (rule.id, *rule.aliases)]
        near = difflib.get_close_matches(options.rule, names, n=3)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        say(f"lockstitch explain: there is no rule called {options.rule}.{hint}")
        return 64
    return 0
