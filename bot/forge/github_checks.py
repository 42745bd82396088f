"""Check runs of an App, and commit statuses where there is only a token."""

from __future__ import annotations

from typing import Any, Final

from .github_api import Api
from .port import Annotation, Check, Conclusion

_CUT: Final = "\n\n*Cut here: the host takes no more.*"
_MAX: Final = 65_535
_BATCH: Final = 50
_STATES: Final = {
    None: "pending",
    Conclusion.SUCCESS: "success",
    Conclusion.NEUTRAL: "success",
    Conclusion.FAILURE: "failure",
    Conclusion.CANCELLED: "error",
}


def ensure(api: Api, root: str, check: Check) -> None:
    """The check is on its head and as described; the conclusion is the last write."""
    if not api.is_app:
        _status(api, root, check)
        return
    ours = _ours(api, root, check)
    found = next((one for one in ours if one["external_id"] == check.external_id), None)
    # What an earlier run of the same work left open is taken over, or closed at the end.
    left = [one for one in ours if one["status"] != "completed" and one is not found]
    if found is None and left:
        found = left.pop()
    _write(api, root, check, found)
    if check.conclusion is not None:
        for one in left:
            body = {"status": "completed", "conclusion": "cancelled"}
            api.patch(f"{root}/check-runs/{one['id']}", body)


def _write(api: Api, root: str, check: Check, found: dict[str, Any] | None) -> None:
    if found is not None and found["status"] == "completed":
        return
    batches = [
        check.annotations[start : start + _BATCH]
        for start in range(0, len(check.annotations), _BATCH)
    ] or [()]
    if found is None:
        body = {"name": check.name, "head_sha": check.head_sha, "external_id": check.external_id}
        last = len(batches) == 1
        made = api.post(f"{root}/check-runs", body | _body(check, batches[0], is_last=last))
        number, batches = made["id"], batches[1:]
    else:
        number = found["id"]
    for position, batch in enumerate(batches, 1):
        body = _body(check, batch, is_last=position == len(batches))
        api.patch(f"{root}/check-runs/{number}", body | {"external_id": check.external_id})


def _ours(api: Api, root: str, check: Check) -> list[dict[str, Any]]:
    """The checks on this head that runs of the same work made.

    Another App may use the same name and id; only our own checks are ours to believe.
    """
    path = f"{root}/commits/{check.head_sha}/check-runs?check_name={check.name}&filter=all"
    work, dot, _ = check.external_id.rpartition(".")
    return [
        one
        for one in api.get(f"{path}&per_page=100")["check_runs"]
        if one["app"]["id"] == api.app_id
        and (one["external_id"] == check.external_id or _begins(one["external_id"], work + dot))
    ]


def _begins(name: str, work: str) -> bool:
    return bool(work) and name.startswith(work)


def _body(check: Check, annotations: tuple[Annotation, ...], *, is_last: bool) -> dict[str, Any]:
    output: dict[str, Any] = {"title": check.title[:255], "summary": _cut(check.summary)}
    if check.text:
        output["text"] = _cut(check.text)
    if annotations:
        output["annotations"] = [_annotation(one) for one in annotations]
    body: dict[str, Any] = {"status": "in_progress", "output": output}
    if check.details_url is not None:
        body["details_url"] = check.details_url
    if check.conclusion is not None and is_last:
        body |= {"status": "completed", "conclusion": check.conclusion.value}
        body["actions"] = [
            {"identifier": a.identifier, "label": a.label, "description": a.description}
            for a in check.actions
        ]
    return body


def _annotation(one: Annotation) -> dict[str, Any]:
    return {
        "path": one.path,
        "start_line": one.start_line,
        "end_line": one.end_line,
        "annotation_level": one.level,
        "title": one.title[:255],
        "message": one.message[:_MAX],
    }


def _cut(text: str) -> str:
    return text if len(text) <= _MAX else text[: _MAX - len(_CUT)] + _CUT


def _status(api: Api, root: str, check: Check) -> None:
    body: dict[str, Any] = {
        "state": _STATES[check.conclusion],
        "context": check.name,
        "description": check.title[:140],
    }
    if check.details_url is not None:
        body["target_url"] = check.details_url
    api.post(f"{root}/statuses/{check.head_sha}", body)
