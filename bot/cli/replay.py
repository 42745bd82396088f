"""``lockstitch replay FILE``: act on a saved webhook delivery, without its signature.

The file holds ``{"event": …, "payload": …}``, or GitHub's own export with ``request``.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.database import migrate
from bot.deliveries import Delivery, Rejected, read
from bot.dispatch import run_one
from bot.gitlab_deliveries import Secrets
from bot.gitlab_deliveries import read as read_gitlab
from bot.inbox import Inbox
from bot.settings import Settings, SettingsError
from bot.work import Worker

from .options import say


def configure(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("file", help="a saved delivery, as JSON")


def run(options: argparse.Namespace) -> int:
    """0 done or ignored, 2 failed, 64 wrong file or settings."""
    try:
        delivery = load(Path(options.file))
        settings = Settings.from_environment(os.environ)
        migrate(settings.database_url)
        inbox = Inbox.open(settings.database_url)
        worker = Worker.from_settings(settings, inbox)
    except (SettingsError, Rejected, ValueError, OSError) as error:
        say(f"lockstitch replay: {error}")
        return 64
    row = inbox.accept(delivery)
    if row is None:
        say(f"{delivery.event} {delivery.action}: nothing to do.")
        return 0
    item = inbox.lease(row)
    if item is None:
        say("Another process is working on this already.")
        return 2
    while item is not None:
        run_one(inbox, item, worker, worker.give_up)
        item = inbox.lease(row)
    worker.close()
    is_done = row not in inbox.waiting() and not inbox.is_dead(row)
    say("Done." if is_done else "It failed; the log says how.")
    return 0 if is_done else 2


def load(path: Path) -> Delivery:
    """A saved delivery, read the way a real one is. Raises ``ValueError`` and ``Rejected``."""
    saved: Any = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(saved, dict):
        raise ValueError(f"{path} holds no delivery: it is not a JSON object.")
    request = saved.get("request") if isinstance(saved.get("request"), dict) else saved
    event, payload = saved.get("event"), request.get("payload") if request else None
    if not isinstance(event, str) or not isinstance(payload, dict):
        raise ValueError(f"{path} holds no delivery: `event` or `payload` is missing.")
    body, secret = json.dumps(payload).encode(), secrets.token_hex(16)
    key = f"replay-{secrets.token_hex(8)}"
    if "object_kind" in payload or "event_name" in payload:
        given = {"X-Gitlab-Token": secret, "X-Gitlab-Event": event, "Idempotency-Key": key}
        return replace(read_gitlab(given, body, Secrets((secret,)), time.time()), id=key)
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-Hub-Signature-256": f"sha256={signature}",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": key,
    }
    return read(headers, body, [secret])
