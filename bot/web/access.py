"""Who may see pages that are not for everybody: the operator. Knows requests, not what they show.

Without sign-in the operator is whoever sits at this machine, or holds the operator's token. To
everybody else such a page is not there.
"""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Final

from flask import Blueprint, Request, abort, request

from bot.settings import PREFIX, Settings

_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
_SCHEME: Final = "bearer"


def for_the_operator(blueprint: Blueprint, settings: Settings) -> Blueprint:
    """The blueprint itself, every route of which is 404 to anybody but the operator."""

    @blueprint.before_request
    def guard() -> None:
        if not may_see(request, settings):
            abort(404)

    return blueprint


def may_see(asked: Request, settings: Settings) -> bool:
    """Whether the operator asks: from this machine itself, or with ``Authorization: Bearer``."""
    return _is_from_here(asked) or _has_token(asked, settings.operator_token)


def who_may_see(settings: Settings) -> str:
    """The sentence for start-up."""
    if settings.operator_token is None:
        return (
            "/stats and /metrics answer on this machine only; to see them from elsewhere, set "
            f"{PREFIX}OPERATOR_TOKEN. A proxy beside this should forward /webhooks/ and no more."
        )
    return (
        "/stats and /metrics answer on this machine, and elsewhere to whoever has the operator's "
        "token."
    )


def _is_from_here(asked: Request) -> bool:
    """Directly and by a name of this machine: a proxy beside us speaks for strangers, and a page
    in a browser may have a name made up to lead here.
    """
    is_old = asked.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"  # a plain proxy_pass of nginx
    if is_old or any(name in asked.headers for name in _FORWARDED):
        return False
    host = asked.host.rpartition(":")[0] if not asked.host.endswith("]") else asked.host
    host = (host or asked.host).strip("[]")
    return _is_loopback(asked.remote_addr or "") and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _has_token(asked: Request, token: str | None) -> bool:
    scheme, _, given = asked.headers.get("Authorization", "").partition(" ")
    if token is None or scheme.lower() != _SCHEME:
        return False
    # Bytes on both sides: compare_digest raises for text beyond ASCII.
    return hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())
