"""Looks at how GitLab sees this bot: its token, and the projects it looks after. Reads only."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from bot.diagnosis import Diagnosis, State

from .errors import ForgeError, Gone, RateLimited, Refused, Rejected, Unreachable
from .gitlab_api import Api, GitLabAccess, project_path
from .gitlab_watch import DEVELOPER, HOOK_PATH

MAX_PROJECTS: Final = 50
SLOW, SOON = 60.0, 14 * 86_400.0
"""Seconds that a clock may be off, and before its end from which a token is talked of."""

_CREDENTIALS: Final = "gitlab credentials"
_NEW: Final = "Make a new token with the scope `api` and set LOCKSTITCH_GITLAB_TOKEN_FILE to it."
_AGAIN: Final = (
    "Authorise the application again, and set LOCKSTITCH_GITLAB_OAUTH_REFRESH_TOKEN_FILE to the "
    "new refresh token (docs/gitlab.md says how)."
)
_GATES: Final = {
    "only_allow_merge_if_pipeline_succeeds": "pipelines",
    "only_allow_merge_if_all_discussions_are_resolved": "open threads",
}


def examine(access: GitLabAccess, repository: str | None) -> Iterator[Diagnosis]:
    """Everything, or what is left to say where GitLab does not take the token."""
    api = Api(access)
    try:
        me, ahead = api.me(), api.seconds_ahead()
    except ForgeError as error:
        yield _unable(_CREDENTIALS, error, _NEW if access.source is None else _AGAIN)
        return
    yield Diagnosis(_CREDENTIALS, State.OK, f"The token is that of {me['username']}.")
    if abs(ahead) > SLOW:
        says = f"This clock is {ahead:+.0f} seconds off GitLab's; signed deliveries are refused."
        yield Diagnosis("gitlab clock", State.WARNING, says, "Let the clock be set by NTP.")
    yield from _token(api)
    try:
        yield from _projects(api, repository)
    except ForgeError as error:
        yield _unable("gitlab projects", error, "Look whether GitLab answers.")


def _token(api: Api) -> Iterator[Diagnosis]:
    """Scopes and the end of a token; those of OAuth cannot be asked."""
    name = "gitlab token"
    try:
        held = api.get("/personal_access_tokens/self")
    except (Gone, Refused, Rejected):
        return
    if "api" not in held["scopes"]:
        says = f"Its scopes are {', '.join(held['scopes']) or 'none'}; it takes `api`."
        yield Diagnosis(name, State.BROKEN, says, _NEW)
    ends = held["expires_at"]
    if ends and datetime.fromisoformat(ends).replace(tzinfo=UTC).timestamp() - time.time() < SOON:
        yield Diagnosis(name, State.WARNING, f"It ends on {ends}.", _NEW)
    elif "api" in held["scopes"]:
        yield Diagnosis(name, State.OK, f"It has the scope `api`, until {ends or 'revoked'}.")


def _projects(api: Api, repository: str | None) -> Iterator[Diagnosis]:
    if repository is not None:
        yield from _project(api, api.get(project_path(repository)))
        return
    listed = api.pages(
        "/projects",
        limit=MAX_PROJECTS,
        membership="true",
        min_access_level=DEVELOPER,
        archived="false",
    )
    found = list(islice(listed, MAX_PROJECTS))
    if not found:
        says = "The bot is a developer of no project."
        mend = "Make it a member, or use a token of a group, then `lockstitch gitlab connect`."
        yield Diagnosis("gitlab projects", State.BROKEN, says, mend)
    for project in found:
        yield from _project(api, project)


def _project(api: Api, project: Mapping[str, Any]) -> Iterator[Diagnosis]:
    path = project["path_with_namespace"]
    name, connect = f"gitlab project {path}", f"Run `lockstitch gitlab connect {path} --url …`."
    missing = [what for setting, what in _GATES.items() if not project[setting]]
    if missing:
        says = f"Merging does not wait for {' and '.join(missing)}."
        yield Diagnosis(name, State.WARNING, says, connect)
    else:
        yield Diagnosis(name, State.OK, "Merging waits for pipelines and open threads.")
    yield from _hook(api, project["id"], f"gitlab webhook of {path}", connect)


def _hook(api: Api, number: int, name: str, connect: str) -> Iterator[Diagnosis]:
    try:
        hooks = list(api.pages(f"/projects/{number}/hooks", limit=100))
    except (Gone, Refused):
        return  # for maintainers only; who sees it says whether it arrives
    ours = [one for one in hooks if str(one["url"]).endswith(HOOK_PATH)]
    if not ours:
        says = "The project has none that ends in /webhooks/gitlab; its group may have."
        yield Diagnosis(name, State.WARNING, says, connect)
    for hook in ours:
        if hook["alert_status"] != "executable":
            says = "GitLab has switched it off, because it failed too often."
            mend = "Look whether the bot can be reached, then press *Test* on the webhook's page."
            yield Diagnosis(name, State.BROKEN, says, mend)
        elif not (hook["merge_requests_events"] and hook["note_events"]):
            says = "It does not tell of merge requests and comments."
            yield Diagnosis(name, State.BROKEN, says, connect)
        elif not hook["push_events"]:
            says = "It does not tell of pushes, so nobody hears when the configuration changes."
            yield Diagnosis(name, State.WARNING, says, connect)
        else:
            yield Diagnosis(name, State.OK, "It tells of merge requests, comments and pushes.")


def _unable(name: str, error: ForgeError, mend: str) -> Diagnosis:
    """What is away may be well; what refuses is not."""
    is_away = isinstance(error, Unreachable | RateLimited)
    return Diagnosis(name, State.UNKNOWN if is_away else State.BROKEN, str(error), mend)
