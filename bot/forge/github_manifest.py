"""An App as GitHub makes it from a manifest: what it asks for, the form, and what comes back.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

from .errors import Gone, Rejected
from .github_tokens import PERMISSIONS
from .github_transport import connect, guarded

EVENTS: Final = (
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "repository",
)
"""What the App subscribes to. GitHub tells every App of its own installations besides."""

APP_PERMISSIONS: Final[Mapping[str, str]] = {**PERMISSIONS, "merge_queues": "read"}
"""What the App is granted; the merge queue's event comes to nobody without a look at it."""

LONGEST_NAME: Final = 34
"""GitHub takes no longer name of an App."""


@dataclass(frozen=True, slots=True)
class NewApp:
    """An App that was just made. Its key and secret are shown this once."""

    id: int
    slug: str
    url: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def web_url(api_url: str) -> str:
    """Where people see what the API tells, for github.com, ghe.com and Enterprise Server."""
    parts = urlsplit(api_url)
    host = parts.netloc.removeprefix("api.") if parts.path.strip("/") == "" else parts.netloc
    return f"{parts.scheme}://{host}"


def form_target(api_url: str, organization: str | None, state: str) -> str:
    """The address that the manifest is posted to, by the browser of whoever owns the App."""
    of = f"/organizations/{quote(organization, safe='')}" if organization else ""
    return f"{web_url(api_url)}{of}/settings/apps/new?state={quote(state, safe='')}"


def manifest(name: str, bot_url: str, redirect_url: str) -> dict[str, Any]:
    """What the App is to be. ``bot_url`` is where the bot is seen from GitHub."""
    bot_url = bot_url.rstrip("/")
    return {
        "name": name,
        "url": bot_url,
        "hook_attributes": {"url": f"{bot_url}/webhooks/github", "active": True},
        "redirect_url": redirect_url,
        "description": "Finds misconfigurations of ML platforms and offers proved fixes.",
        "public": False,
        "default_permissions": dict(APP_PERMISSIONS),
        "default_events": list(EVENTS),
    }


def convert(api_url: str, code: str) -> NewApp:
    """The App behind the code that came back; a code is good once, and for an hour.

    Raises ``Gone`` for any other code, and ``ForgeError``.
    """
    requester = connect(api_url.rstrip("/"), None, 0.0)
    path = f"/app-manifests/{quote(code, safe='')}/conversions"
    try:
        _, made = guarded(lambda: requester.requestJsonAndCheck("POST", path))
    except (Gone, Rejected) as error:
        raise Gone("GitHub does not know this code; it is good once, and for an hour.") from error
    finally:
        requester.close()
    return NewApp(
        id=int(made["id"]),
        slug=str(made.get("slug") or ""),
        url=str(made["html_url"]),
        private_key=str(made["pem"]),
        webhook_secret=str(made["webhook_secret"] or ""),
    )
