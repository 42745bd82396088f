"""The commands and their options. Each command imports its own when it is the one that runs."""

from __future__ import annotations

import argparse
import importlib
from typing import Final, NoReturn

from bot.version import __version__

USAGE: Final = 64
COMMANDS: Final = {
    "check": "Look for misconfigurations in a directory",
    "fix": "Show or write the proved fixes for a directory",
    "check-config": "Look whether a .lockstitch.yml can be used",
    "explain": "Show the page of a rule",
    "explain-policy": "Show what each policy statement allows, and what could be scoped",
    "review": "Review a pull or merge request once",
    "replay": "Act on a saved webhook delivery",
    "github": "Make the GitHub App that the bot is",
    "doctor": "Look whether all that the bot needs is there",
    "gitlab": "Connect a project or a group of GitLab to the bot",
    "serve": "Run the bot: webhooks in, reviews out",
    "worker": "Run a Celery worker (production)",
    "sweeper": "Ask again for work that was lost (production)",
    "migrate": "Bring the database schema up to date",
    "stats": "Show what was offered and what became of it",
    "dead": "Show work that was given up, or try it again",
    "demo": "Watch a pull or merge request being reviewed, on this machine only",
}


class Parser(argparse.ArgumentParser):
    """Ends with 64 on wrong usage, so that it is not taken for a finding."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to see the usage."""
        self.exit(USAGE, f"{self.prog}: {message}\nSee {self.prog} --help.\n")


def build(only: str | None) -> Parser:
    """The parser; only the command that runs is imported for its options."""
    parser = Parser(
        prog="lockstitch",
        description="Finds misconfigurations of machine-learning platforms and proves their fixes.",
        epilog="Exit codes: 0 nothing to fix, 1 findings, 2 could not review, 64 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"lockstitch {__version__}")
    subparsers = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=Parser, required=True
    )
    for name, says in COMMANDS.items():
        sub = subparsers.add_parser(name, help=says, description=says)
        if name == only:
            module = importlib.import_module(f"bot.cli.{name.replace('-', '_')}")
            module.configure(sub)
            sub.set_defaults(run=module.run)
    return parser
