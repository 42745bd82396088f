"""PyGithub's requester, and its errors as ours. Knows transport, not who asks nor for what."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
from github import Auth, Github, GithubException
from github.GithubException import BadCredentialsException, RateLimitExceededException
from github.Requester import Requester

from .errors import ForgeError, Gone, HeadMoved, RateLimited, Refused, Rejected, Unreachable

_TIMEOUT: Final = 20


def connect(base_url: str, auth: Auth.Auth | None, pause: float | None) -> Requester:
    """The library's requester, which retries nothing by itself."""
    pace: dict[str, Any] = {}
    if pause is not None:
        pace = {"seconds_between_requests": pause, "seconds_between_writes": pause}
    client = Github(
        auth=auth,
        base_url=base_url,
        timeout=_TIMEOUT,
        retry=None,
        user_agent="lockstitch",
        **pace,
    )
    return client.requester


def guarded(call: Callable[[], tuple[Any, Any]]) -> tuple[Any, Any]:
    """Headers and answer of a request. Raises one of our errors for any of theirs."""
    try:
        headers, answer = call()
    except ValueError as error:
        raise Unreachable("GitHub gave half an answer.") from error
    except (GithubException, requests.RequestException) as error:
        raise translate(error) from error
    except RuntimeError as error:
        # The library's word for a redirect to another host, which it does not follow.
        raise Refused("GitHub's API is at another address than the one configured.") from error
    if isinstance(answer, dict) and isinstance(answer.get("data"), str) and len(answer) == 1:
        # The library's word for what is no JSON: the page of a proxy, most often.
        raise Unreachable("Something else than GitHub answered.")
    return headers, answer


def translate(error: GithubException | requests.RequestException) -> ForgeError:
    """One of ours for any of theirs; the message never holds a header or a token."""
    if not isinstance(error, GithubException):
        return Unreachable(f"GitHub did not answer ({type(error).__name__}).")
    words = _words(error)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if _is_stale(words):
        return HeadMoved("The head branch moved meanwhile.")
    if isinstance(error, BadCredentialsException) or error.status == 401:
        return Refused("GitHub did not accept the credentials.")
    if _is_limited(error, headers, words):
        return RateLimited(f"GitHub asked to wait: {words}", _wait(headers))
    if error.status in (404, 410) or _graphql_type(error) == "NOT_FOUND":
        return Gone(f"GitHub knows nothing there: {words}")
    if error.status == 403 or _graphql_type(error) == "FORBIDDEN":
        return Refused(f"GitHub refused: {words}")
    if error.status >= 500:
        return Unreachable(f"GitHub failed with {error.status}.")
    return Rejected(f"GitHub called the request invalid ({error.status}): {words}")


def _words(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    errors = data.get("errors") or []
    said = [str(one.get("message", one) if isinstance(one, dict) else one) for one in errors]
    return "; ".join(filter(None, [str(data.get("message") or ""), *said])) or str(error.status)


def _graphql_type(error: GithubException) -> str:
    """What GraphQL calls it; empty for other errors."""
    data = error.data if isinstance(error.data, dict) else {}
    errors = data.get("errors") or [{}]
    return str(errors[0].get("type", "")) if isinstance(errors[0], dict) else ""


def _is_stale(words: str) -> bool:
    return "Expected branch to point to" in words


def _is_limited(error: GithubException, headers: dict[str, str], words: str) -> bool:
    if isinstance(error, RateLimitExceededException) or error.status == 429:
        return True
    if _graphql_type(error) == "RATE_LIMITED":
        return True
    if error.status != 403:
        return False
    is_spent = headers.get("x-ratelimit-remaining") == "0"
    return is_spent or "retry-after" in headers or "secondary rate limit" in words.lower()


def _wait(headers: dict[str, str]) -> float:
    after = headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    reset = headers.get("x-ratelimit-reset", "")
    return max(1.0, seconds_until(float(reset), headers)) if reset.isdigit() else 60.0


def seconds_until(moment: float, headers: Mapping[str, str]) -> float:
    """How long from the answer with these headers, by the clock of whoever sent it if it told."""
    said = headers.get("date")
    return moment - (parsedate_to_datetime(said).timestamp() if said else time.time())
