"""Whether the check holds a merge up, and whether nobody else can set it. Reads only.

Branch protection shows in a branch, and rulesets in its rules, without a right to administer:
https://docs.github.com/rest/branches/branches#get-a-branch
https://docs.github.com/rest/repos/rules#get-rules-for-a-branch
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from github import Auth

from bot.diagnosis import Diagnosis, State

from .errors import ForgeError, Gone, Refused
from .github_tokens import AppDoor, TokenCredentials
from .github_transport import connect, guarded

CHECK_NAME: Final = "lockstitch"
MOST: Final = 50
"""Repositories that are looked at where none is named."""

_LOOKING: Final = {"contents": "read", "metadata": "read"}

Get = Callable[[str], Any]
"""A JSON answer by its path."""


def examine(
    door: AppDoor, installation: int, app_id: int, repository: str | None
) -> Iterator[Diagnosis]:
    """The repositories of an installation, or the one that is named where it has that."""
    token, _ = door.token(installation, {"permissions": _LOOKING})
    get = _getter(door.base_url, token)
    held = get("/installation/repositories?per_page=100")
    shown = [one for one in held["repositories"] if not one.get("archived")]
    if repository is not None:
        shown = [one for one in shown if one["full_name"].lower() == repository.lower()]
    for one in shown[:MOST]:
        yield _examined(get, one, app_id)
    if len(shown) > MOST or held["total_count"] > len(held["repositories"]):
        says = f"Only {min(MOST, len(shown))} of {held['total_count']} repositories were looked at."
        yield Diagnosis("required check", State.WARNING, says, "Name one: --repo OWNER/NAME.")


def with_token(api_url: str, credentials: TokenCredentials, repository: str) -> Iterator[Diagnosis]:
    """The same for one repository that a token sees; a status belongs to nobody."""
    get = _getter(api_url.rstrip("/"), credentials.token)
    try:
        yield _examined(get, get(f"/repos/{repository}"), None)
    except ForgeError as error:
        name = f"required check {repository}"
        yield Diagnosis(name, State.UNKNOWN, str(error), "Look at what the token may see.")


def _getter(base_url: str, token: str) -> Get:
    requester = connect(base_url, Auth.Token(token), 0.0)

    def get(path: str) -> Any:
        return guarded(lambda: requester.requestJsonAndCheck("GET", path))[1]

    return get


def _examined(get: Get, repository: Mapping[str, Any], app_id: int | None) -> Diagnosis:
    name, branch = str(repository["full_name"]), str(repository["default_branch"])
    title = f"required check {name}"
    try:
        bound = list(_bound(get, name, branch))
    except (Gone, Refused) as error:
        return Diagnosis(title, State.UNKNOWN, str(error), f"Look at the rules of {branch}.")
    rule = f"In the rule for {branch} of {name}"
    if not bound:
        says = f"`{CHECK_NAME}` is not required on {branch}: what fails can be merged."
        mend = f"{rule} require the status check `{CHECK_NAME}`, with this App as its source."
        return Diagnosis(title, State.WARNING, says, mend)
    if app_id is None:
        return Diagnosis(title, State.OK, f"`{CHECK_NAME}` is required on {branch}.")
    if app_id in bound:
        return Diagnosis(title, State.OK, f"Required on {branch}, and bound to this App.")
    if any(one is not None for one in bound):
        says = (
            f"`{CHECK_NAME}` is required on {branch} from another App, so no pull request passes."
        )
        return Diagnosis(title, State.BROKEN, says, f"{rule} choose this App as its source.")
    says = f"Required on {branch}, and anybody who may write a status can set it."
    return Diagnosis(title, State.WARNING, says, f"{rule} choose this App as its source.")


def _bound(get: Get, name: str, branch: str) -> Iterator[int | None]:
    """The App that each requirement of our check is bound to; None for anybody."""
    place = quote(branch, safe="")
    shown = get(f"/repos/{name}/branches/{place}")
    if shown.get("protected"):
        held = (shown.get("protection") or {}).get("required_status_checks") or {}
        yield from _apps(held.get("checks") or (), "app_id")
    try:
        rules = get(f"/repos/{name}/rules/branches/{place}?per_page=100")
    except Gone:  # an Enterprise Server from before rulesets
        return
    for rule in rules:
        if rule.get("type") == "required_status_checks":
            held = rule.get("parameters") or {}
            yield from _apps(held.get("required_status_checks") or (), "integration_id")


def _apps(checks: Any, key: str) -> Iterator[int | None]:
    """GitHub writes -1 where any App may set a check."""
    for one in checks:
        if one.get("context") == CHECK_NAME:
            app = one.get(key)
            yield app if isinstance(app, int) and app > 0 else None
