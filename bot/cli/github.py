"""``lockstitch github create-app``: a GitHub App with the right permissions, in two clicks."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bot.app_files import HOOK_FILE, KEY_FILE, AppFiles, FilesThere
from bot.forge.errors import ForgeError
from bot.forge.github_manifest import LONGEST_NAME, NewApp, convert, form_target, manifest
from bot.settings import PREFIX, Settings, SettingsError
from bot.web.app_form import open_form

from .options import Unusable, say

_PATIENCE: Final = 3_600.0
"""As long as GitHub's code is good."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Its one verb."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = verbs.add_parser("create-app", help="make the GitHub App and keep its key and secret")
    create.add_argument(
        "--url", required=True, help="where GitHub reaches the bot: https://bot.example.com"
    )
    create.add_argument("--organization", metavar="NAME", help="owner of the App (default: you)")
    create.add_argument("--name", default="Lockstitch", help="of the App; unique on GitHub")
    create.add_argument(
        "--to", metavar="DIRECTORY", help="where the files go (default: DATA_DIR/github-app)"
    )
    create.add_argument("--port", type=int, default=0, help="of the form on this machine")
    create.add_argument(
        "--code",
        help="what follows `code=` in the address that GitHub sent your browser to, "
        "where that is on another machine",
    )


def run(options: argparse.Namespace) -> int:
    """0 made, 2 where GitHub did not make it, 64 for wrong usage or settings."""
    try:
        _check(options)
        settings = Settings.from_environment(os.environ)
        files = AppFiles(Path(options.to or settings.data_dir / "github-app"))
        files.reserve()
    except (Unusable, SettingsError, FilesThere) as error:
        say(f"lockstitch github: {error}")
        return 64
    except OSError as error:
        say(f"lockstitch github: {error.filename} cannot be written: {error.strerror}.")
        return 64
    app: NewApp | None = None
    try:
        app = _create(options, settings)
        if app is None:
            say("lockstitch github: nobody came back from GitHub within an hour.")
            return 2
        files.write(app.id, app.private_key, app.webhook_secret)
    except ForgeError as error:
        say(f"lockstitch github: {error}")
        return 2
    except OSError as error:
        say(f"lockstitch github: {files.directory} cannot be written: {error.strerror}.")
        say(f"The App {app.url if app else ''} is made; give it a new key and secret there.")
        return 2
    finally:
        files.release()
    _tell(app, files.directory, settings)
    return 0


def _check(options: argparse.Namespace) -> None:
    parts = urlsplit(options.url)
    is_here = parts.hostname in ("localhost", "127.0.0.1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_here)):
        raise Unusable("--url has to be an https address that GitHub reaches.")
    if not 0 < len(options.name) <= LONGEST_NAME:
        raise Unusable(f"GitHub takes names of at most {LONGEST_NAME} characters.")


def _create(options: argparse.Namespace, settings: Settings) -> NewApp | None:
    if options.code:
        return convert(settings.api_url, options.code)
    with open_form(
        lambda state: form_target(settings.api_url, options.organization, state),
        lambda back: manifest(options.name, options.url, back),
        options.port,
    ) as form:
        say(f"Open {form.url} in a browser on this machine, and continue on GitHub.")
        say("From elsewhere: forward that port (ssh -L), or give what GitHub sends back as --code.")
        code = form.code(_PATIENCE)
    return convert(settings.api_url, code) if code else None


def _tell(app: NewApp, directory: Path, settings: Settings) -> None:
    """What to set goes to standard output, to be kept; what to do next is for the person."""
    place = directory.resolve()
    sys.stdout.write(
        f"{PREFIX}GITHUB_APP_ID={app.id}\n"
        f"{PREFIX}GITHUB_PRIVATE_KEY_FILE={place / KEY_FILE}\n"
        f"{PREFIX}GITHUB_WEBHOOK_SECRET_FILE={place / HOOK_FILE}\n"
    )
    if settings.api_url != "https://api.github.com":
        sys.stdout.write(f"{PREFIX}GITHUB_API_URL={settings.api_url}\n")
    say(f"The App is made. Its files in {place} are the only copy; nobody else can read them.")
    say(f"Next: set the above, run `lockstitch serve`, and install it: {app.url}/installations/new")
    say("`lockstitch doctor` then says whether all is well.")
