"""The check on GitLab: a commit status, and where it is wished an external status check.

A status has a state and one line of words; the rest is told in the merge request. Sources:
https://docs.gitlab.com/api/commits/#set-commit-pipeline-status and
https://docs.gitlab.com/api/status_checks/
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from .errors import Gone, Refused, Rejected
from .gitlab_api import Api
from .port import Check, Conclusion

LONGEST: Final = 255
STATES: Final = {
    None: "running",
    Conclusion.SUCCESS: "success",
    Conclusion.NEUTRAL: "success",
    Conclusion.FAILURE: "failed",
    Conclusion.CANCELLED: "canceled",
}
_OPEN: Final = ("created", "pending", "running")
_SAME: Final = "Cannot transition status"


def ensure(api: Api, root: str, check: Check, ref: str, pipeline: int | None) -> None:
    """The status stands on the head as described.

    It is written into the pipeline that the merge request waits for, and finished wherever an
    earlier attempt left it open: a job that appears after the first look has a pipeline of its own.
    """
    path = f"{root}/repository/commits/{check.head_sha}/statuses"
    listed = api.pages(path, limit=200, name=check.name)
    ours = [one for one in listed if one["name"] == check.name]
    open_in = {one.get("pipeline_id") for one in ours if one["status"] in _OPEN}
    is_open = bool(open_in) if pipeline is None else pipeline in open_in
    if check.conclusion is None:
        if not is_open:
            _write(api, root, check, ref, pipeline)
        return
    for one in open_in:
        _write(api, root, check, ref, one)
    if not is_open and not any(_tells(one, check, pipeline) for one in ours):
        _write(api, root, check, ref, pipeline)


def _tells(status: dict[str, Any], check: Check, pipeline: int | None) -> bool:
    """Whether a status says this already, where it counts."""
    said = status["status"], status.get("description")
    is_here = pipeline in (None, status.get("pipeline_id"))
    return is_here and said == (STATES[check.conclusion], check.title[:LONGEST])


def _write(api: Api, root: str, check: Check, ref: str, pipeline: int | None) -> None:
    body: dict[str, Any] = {
        "state": STATES[check.conclusion],
        "name": check.name,
        "description": check.title[:LONGEST],
        "ref": ref,
    }
    if pipeline is not None:
        body["pipeline_id"] = pipeline
    if check.details_url is not None:
        body["target_url"] = check.details_url
    try:
        api.post(f"{root}/statuses/{check.head_sha}", body)
    except Rejected as error:
        # Two attempts at once: the other one has written it meanwhile.
        if _SAME not in str(error):
            raise


def answer_external(api: Api, root: str, number: int, name: str, check: Check) -> None:
    """Answer an external status check by its name; a project that has none is left alone.

    GitLab lets one that is ``pending`` for two minutes fail by itself, and it may be answered
    again, so nothing is said while the review runs: an unanswered one blocks as well.
    """
    if check.conclusion in (None, Conclusion.CANCELLED):
        return
    try:
        known = list(api.pages(f"{root}/merge_requests/{number}/status_checks", limit=100))
    except (Gone, Refused):
        return
    state = "failed" if STATES[check.conclusion] != "success" else "passed"
    for one in known:
        if one["name"] == name and one.get("status") != state:
            body = {"sha": check.head_sha, "external_status_check_id": one["id"], "status": state}
            with suppress(Rejected):  # the head has moved on, and is reviewed for itself
                api.post(f"{root}/merge_requests/{number}/status_check_responses", body)
