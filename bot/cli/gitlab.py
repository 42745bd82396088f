"""``lockstitch gitlab connect PATH``: set up the webhook and the merge settings."""

from __future__ import annotations

import argparse
import os
import sys
from urllib.parse import urlsplit

from bot.forge.errors import ForgeError, Gone
from bot.forge.gitlab_api import Api
from bot.forge.gitlab_setup import Wanted, connect
from bot.hosts import gitlab_access
from bot.settings import Settings, SettingsError

from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("verb", choices=("connect",))
    parser.add_argument("path", metavar="GROUP[/PROJECT]", help="a project, or a whole group")
    parser.add_argument("--url", required=True, help="where the bot listens: https://bot.example")
    parser.add_argument(
        "--no-gate", action="store_true", help="leave the project's merge settings as they are"
    )
    parser.epilog = (
        "It needs a token, or OAuth, and the webhook's secret; docs/gitlab.md has the settings."
    )


def run(options: argparse.Namespace) -> int:
    """0 where everything is as wished, 2 where GitLab refused, 64 for wrong usage."""
    address = urlsplit(options.url)
    if address.scheme not in ("http", "https") or not address.netloc:
        say(f"lockstitch gitlab: {options.url} is no address such as https://bot.example.")
        return 64
    try:
        settings = Settings.from_environment(os.environ)
        api = Api(gitlab_access(settings))
        wanted = Wanted(options.url.rstrip("/"), _secret(settings), not options.no_gate)
    except SettingsError as error:
        say(f"lockstitch gitlab: {error}")
        return 64
    path = options.path.strip("/")
    try:
        for sentence in connect(api, path, wanted):
            sys.stdout.write(f"{sentence}\n")
    except Gone:
        say(f"lockstitch gitlab: there is no project or group {path} that this token can see.")
        return 2
    except ForgeError as error:
        say(f"lockstitch gitlab: {error}")
        return 2
    return 0


def _secret(settings: Settings) -> dict[str, str]:
    held = settings.gitlab.secrets
    if held.signing:
        return {"signing_token": held.signing[0]}
    if held.tokens:
        return {"token": held.tokens[0]}
    raise SettingsError("LOCKSTITCH_GITLAB_WEBHOOK_SECRET is not set; the webhook needs a secret.")
