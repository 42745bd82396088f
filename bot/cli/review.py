"""``lockstitch review OWNER/REPO#N`` or ``GROUP/PROJECT!N``: review a pull request once."""

from __future__ import annotations

import argparse
import os
import re
import sys
import uuid
from pathlib import Path

from bot import pipeline
from bot.engine import EngineAway, EngineStopped
from bot.forge.dry_run import DryRun
from bot.forge.errors import ForgeError
from bot.forge.port import PullRef
from bot.hosts import open_forge
from bot.isolation import ConfinedEngine
from bot.settings import Settings, SettingsError

from .options import (
    Unusable,
    add_config,
    add_profile,
    fail_on,
    grammar_cache,
    profile,
    repo_config,
    say,
)

_REF = re.compile(r"(?P<repository>[\w.-]+(/[\w.-]+)+)(?P<sign>[#!])(?P<number>\d+)\Z")
_FORGES = {"#": "github", "!": "gitlab"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("pull", metavar="OWNER/REPO#N", help="on GitLab GROUP/PROJECT!N")
    parser.add_argument("--dry-run", action="store_true", help="print what would be said")
    add_profile(parser)
    add_config(parser, "the base branch's")


def run(options: argparse.Namespace) -> int:
    """The verdict's exit code; 2 where the forge cannot be asked; 64 for wrong usage."""
    found = _REF.match(options.pull)
    if found is None:
        say(
            f"lockstitch review: {options.pull} is not of the form OWNER/REPO#N or GROUP/PROJECT!N."
        )
        return 64
    ref = PullRef(_FORGES[found["sign"]], found["repository"], int(found["number"]))
    try:
        forge = open_forge(Settings.from_environment(os.environ), ref)
        config = repo_config(options, Path()) if options.config else None
    except (SettingsError, Unusable) as error:
        say(f"lockstitch review: {error}")
        return 64
    dry = DryRun(forge) if options.dry_run else None
    engine = ConfinedEngine(grammar_cache())
    reviewer = pipeline.Reviewer(engine, profile(options), config, fail_on(options))
    try:
        outcome = pipeline.review(
            dry or forge, ref, reviewer, pipeline.Run.alone(f"{ref}/{uuid.uuid4().hex}")
        )
    except (ForgeError, EngineStopped, EngineAway) as error:
        say(f"lockstitch review: {error}")
        return 2
    finally:
        engine.close()
    if dry is not None:
        _print(dry)
    if outcome.review is None:
        say(f"{ref} is {outcome.ended.value}; nothing was said.")
        return 0
    say(f"{ref}: {outcome.review.check.title}.")
    return outcome.review.verdict.exit_code


def _print(dry: DryRun) -> None:
    for comment in dry.comments:
        sys.stdout.write(
            f"--- {comment.path}:{comment.start_line}-{comment.line}\n{comment.body}\n"
        )
    for thread in dry.resolved:
        sys.stdout.write(f"--- resolved: {thread.path}\n")
    for summary in dry.summaries:
        sys.stdout.write(f"--- summary\n{summary}\n")
    last = dry.checks[-1]
    ended = last.conclusion.value if last.conclusion else "running"
    sys.stdout.write(f"--- check: {ended}: {last.title}\n")
