"""``lockstitch demo``: watch a pull request being reviewed, with nothing but this machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from bot.demo.story import Source, Story, TookTooLong, started, title
from bot.review import offer_of
from bot.sandbox.repository import GitFailed
from bot.sandbox.state import CheckRun
from bot.words import counted

from .ending import wait_for_signal
from .options import add_profile, is_colourful, profile, say

_MARKS = {"success": ("32", "passed"), "failure": ("31", "failed")}


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("--accept-all", action="store_true", help="take every fix, as its author")
    parser.add_argument("--once", action="store_true", help="end instead of waiting for Ctrl-C")
    parser.add_argument("--repo", metavar="PATH", help="a local git repository to review instead")
    parser.add_argument("--base", metavar="REF", help="with --repo: what the change is against")
    parser.add_argument("--head", metavar="REF", help="with --repo: the change")
    parser.add_argument("--port", type=int, default=0, help="port of the sandbox's pages")
    parser.add_argument(
        "--forge", choices=("github", "gitlab"), default="github", help="which host to stand in for"
    )
    add_profile(parser)


def run(options: argparse.Namespace) -> int:
    """0; with --accept-all 1 where the check did not turn green; 64 for wrong usage."""
    given = [options.repo, options.base, options.head]
    if any(given) and not all(given):
        say("lockstitch demo: --repo, --base and --head go together.")
        return 64
    source = Source(Path(options.repo), options.base, options.head) if all(given) else None
    try:
        with started(source, profile(options), options.port, options.forge) as story:
            return _tell(story, options)
    except GitFailed as error:
        say(f"lockstitch demo: git refused: {error}")
        return 64
    except TookTooLong as error:
        say(f"lockstitch demo: {error}")
        return 2


def _tell(story: Story, options: argparse.Namespace) -> int:
    _line(f"Sandbox forge   {story.sandbox.url}")
    _line(f"Bot             {story.bot.url}")
    kind = "Merge request   !" if options.forge == "gitlab" else "Pull request    #"
    _line(f"{kind}{story.pull.number} {story.pull.title}")
    first = story.wait_for_check()
    _webhooks(story)
    _review(story)
    _check(first)
    _line(f"\nThe page: {story.url}")
    code = 0
    if options.accept_all:
        code = _accept(story, first)
    if not options.once:
        _line("Ctrl-C ends the demo.")
        wait_for_signal()
    return code


def _webhooks(story: Story) -> None:
    _line("")
    for delivery in story.sandbox.forge.hooks.log:
        if _who(delivery.payload) == story.bot_login:
            continue  # the echo of what the bot itself did
        attributes = delivery.payload.get("object_attributes") or delivery.payload
        told = " ".join(filter(None, (delivery.event, attributes.get("action"))))
        _line(f"Webhook         {told}, answered {delivery.status}")


def _who(payload: dict[str, Any]) -> str:
    person = payload.get("sender") or payload.get("user") or {}
    return str(person.get("login") or person.get("username") or "")


def _review(story: Story) -> None:
    threads = story.threads()
    _line(f"Review          {counted(threads, 'comment')}")
    for comment in threads:
        first, last = comment.original_start_line or comment.original_line, comment.original_line
        lines = f"{first}" if first == last else f"{first}-{last}"
        _line(f"\n{_paint(f'{comment.path}:{lines}', '1')}  offers: {offer_of(comment.body)}")
        body = comment.body.split("<!-- lockstitch:")[0].split("<sub>")[0]
        for line in body.strip().splitlines():
            _line(f"  | {line}")


def _check(check: CheckRun) -> None:
    colour, word = _MARKS.get(check.conclusion or "", ("33", check.conclusion))
    _line(f"\nCheck           {_paint(str(word), colour)}: {check.output.get('title')}")
    for note in check.annotations:
        _line(f"  annotation    {note['path']}:{note['start_line']} {note['title']}")
    for action in check.actions:
        _line(f"  button        {action['label']}")


def _accept(story: Story, first: CheckRun) -> int:
    _line("\nAccepting everything, as the author would:")
    for what in story.accept_everything():
        _line(f"  + {what}")
    last = story.wait_for_check()
    left = story.threads()
    _line("\nStill to decide:" if left else "\nNothing is left to decide.")
    for comment in left:
        _line(f"  - {comment.path}:{comment.original_line} {title(comment.body)}")
    _check(last)
    _line(f"The check went from {first.conclusion} to {last.conclusion}.")
    return 0 if last.conclusion == "success" else 1


def _paint(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m" if is_colourful() else text


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
