"""Check runs of an App, and commit statuses where there is only a token."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Begun:
    """A check run that is not concluded, with others of the same work that were left open."""

    number: int
    annotations: int = 0
    """How many it carries already."""
    left: tuple[int, ...] = ()


def ensure(api: Api, root: str, check: Check) -> None:
    """The check is on its head and as described; the conclusion is the last write."""
    if not api.is_app:
        _status(api, root, check)
        return
    begun: Begun | None = None
    if not check.is_first:
        ours = _ours(api, root, check)
        if any(_is_concluded(one, check) for one in ours):
            return
        begun = _begun(ours, check)
    _write(api, root, check, begun)
    if check.conclusion is not None and begun is not None:
        for number in begun.left:
            body = {"status": "completed", "conclusion": "cancelled"}
            api.patch(f"{root}/check-runs/{number}", body)


def _write(api: Api, root: str, check: Check, begun: Begun | None) -> None:
    skipped = begun.annotations if begun else 0
    batches = [
        check.annotations[start : start + _BATCH]
        for start in range(skipped, len(check.annotations), _BATCH)
    ] or [()]
    who = {"external_id": check.external_id}
    if begun is None:
        body = {"name": check.name, "head_sha": check.head_sha, **who}
        said = _body(check, batches[0], is_last=len(batches) == 1)
        number, batches = api.post(f"{root}/check-runs", body | said)["id"], batches[1:]
    else:
        number = begun.number
    for position, batch in enumerate(batches, 1):
        said = _body(check, batch, is_last=position == len(batches))
        api.patch(f"{root}/check-runs/{number}", said | who)


def _is_concluded(one: dict[str, Any], check: Check) -> bool:
    return bool(one["external_id"] == check.external_id and one["status"] == "completed")


def _begun(ours: list[dict[str, Any]], check: Check) -> Begun | None:
    """What an earlier run of the same work left open is taken over, or closed at the end."""
    left = [one for one in ours if one["status"] != "completed"]
    left.sort(key=lambda one: one["external_id"] == check.external_id)
    if not left:
        return None
    taken = left.pop()
    count = taken["output"]["annotations_count"]
    return Begun(taken["id"], count, tuple(one["id"] for one in left))


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
