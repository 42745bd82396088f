"""The pages a person looks at: repositories, and a pull request one can work with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, abort, redirect, render_template, request
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from bot.diff import FileDiff

from .forge import Forge
from .gitlab_state import BOT
from .limits import Refusal
from .lines import SUGGESTION
from .state import BOT_LOGIN, CheckRun, InlineComment, Pull, Repo

BOTS = (BOT_LOGIN, BOT)
_STATUSES: Final = {"failure": "failed", "cancelled": "canceled"}
"""GitLab's own words."""
REACTIONS = {"eyes": "\N{EYES}", "+1": "\N{THUMBS UP SIGN}"}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DETAILS = re.compile(r"&lt;(/?(?:details|summary|sub))&gt;")


@dataclass(frozen=True, slots=True)
class ShownThread:
    """A thread as the page shows it."""

    root: InlineComment
    comments: tuple[tuple[InlineComment, Markup], ...]
    is_resolved: bool
    has_suggestion: bool


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A diff line with the threads that end on it."""

    kind: str
    old: int | None
    new: int | None
    text: str
    threads: tuple[ShownThread, ...]


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of the diff."""

    path: str
    status: str
    hunks: tuple[tuple[str, tuple[ShownLine, ...]], ...]
    outdated: tuple[ShownThread, ...]


def create_pages(forge: Forge) -> Blueprint:
    """Repository list, pull request, and the forms on it."""
    pages = Blueprint("pages", __name__, template_folder="templates", static_folder="static")

    @pages.context_processor
    def host() -> dict[str, Any]:
        is_gitlab = forge.bot == BOT
        return {
            "bots": BOTS,
            "host": "GitLab" if is_gitlab else "GitHub",
            "take": "Apply suggestion" if is_gitlab else "Commit suggestion",
            "sign": "!" if is_gitlab else "#",
            "ends": _STATUSES if is_gitlab else {},
            "place_of": lambda repo, pull: place_of(forge, repo, pull),
        }

    @pages.get("/")
    def home() -> str:
        return render_template("home.html", repos=list(forge.world.repos.values()))

    @pages.get("/<path:name>/pull/<int:number>")
    @pages.get("/<path:name>/-/merge_requests/<int:number>")
    def pull_request(name: str, number: int) -> str:
        repo, pull = _find(forge, name, number)
        with forge.world.lock:
            check = latest_check(repo, pull.head_sha)
            return render_template(
                "pull.html",
                repo=repo,
                pull=pull,
                place=place_of(forge, repo, pull),
                me=_person(repo),
                reactions=REACTIONS,
                check=check,
                summary=markdown(check.output.get("summary") if check else None),
                text=markdown(check.output.get("text") if check else None),
                conversation=[(c, markdown(c.body)) for c in pull.conversation.values()],
                files=_files(repo, pull),
                error=request.args.get("error"),
            )

    @pages.get("/<owner>/<name>/runs/<int:number>")
    def run(owner: str, name: str, number: int) -> str:
        repo = forge.world.repos.get(f"{owner}/{name}")
        if repo is None or number not in repo.checks:
            abort(404)
        check = repo.checks[number]
        told = {part: markdown(check.output.get(part)) for part in ("summary", "text")}
        return render_template("run.html", repo=repo, check=check, **told)

    @pages.post("/<path:name>/pull/<int:number>/<verb>")
    @pages.post("/<path:name>/-/merge_requests/<int:number>/<verb>")
    def act(name: str, number: int, verb: str) -> Response:
        repo, pull = _find(forge, name, number)
        place = place_of(forge, repo, pull)
        try:
            _act(forge, repo, pull, verb)
        except Refusal as refusal:
            return _see_other(f"{place}?error={escape(refusal.message)}")
        return _see_other(place)

    return pages


def _act(forge: Forge, repo: Repo, pull: Pull, verb: str) -> None:
    me = _person(repo)
    target = int(request.form.get("target") or 0)
    match verb:
        case "apply":
            forge.apply_suggestion(repo, pull, target, me)
        case "reply":
            forge.reply(repo, pull, target, me, request.form["body"])
        case "comment":
            forge.comment(repo, pull, me, request.form["body"])
        case "press":
            forge.press(repo, target, request.form["identifier"], me)
        case "rerun":
            forge.rerun(repo, target, me)
        case "resolve":
            forge.mark(repo, pull, target, me, is_resolved=True)
        case "ready":
            forge.mark_ready(repo, pull, me)
        case "close":
            forge.close_pull(repo, pull, me)
        case "reopen":
            forge.reopen_pull(repo, pull, me)
        case _:
            abort(404)


def _see_other(place: str) -> Response:
    answer = redirect(place, 303)
    assert isinstance(answer, Response)
    return answer


def _person(repo: Repo) -> str:
    """Whoever looks at the page acts as the first person who may write."""
    writers = [login for login, level in repo.people.items() if level in ("admin", "write")]
    return writers[0] if writers else "visitor"


def place_of(forge: Forge, repo: Repo, pull: Pull) -> str:
    """Where the page of a pull request is, as its host has it."""
    folder = "-/merge_requests" if forge.bot == BOT else "pull"
    return f"/{repo.name}/{folder}/{pull.number}"


def _find(forge: Forge, name: str, number: int) -> tuple[Repo, Pull]:
    repo = forge.world.repos.get(name)
    if repo is None or number not in repo.pulls:
        abort(404)
    return repo, repo.pulls[number]


def latest_check(repo: Repo, head: str) -> CheckRun | None:
    """The newest check run on a head."""
    found = [check for check in repo.checks.values() if check.head == head]
    return max(found, key=lambda check: check.id, default=None)


def markdown(text: str | None) -> Markup:
    """Markdown without raw HTML, but for folding and small print."""
    if not text:
        return Markup("")
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    html = renderer.render(_COMMENT.sub("", text))
    return Markup(_DETAILS.sub(r"<\1>", html))  # noqa: S704 - rendered with raw HTML off


def _files(repo: Repo, pull: Pull) -> list[ShownFile]:
    base = repo.git.merge_base(repo.base_of(pull), pull.head_sha)
    shown = []
    for change in repo.git.changes(base, pull.head_sha):
        path, status = change.path, change.status
        threads = [_thread(pull, c) for c in pull.inline.values() if _is_root(c, path)]
        placed = {t.root.id: t for t in threads if not t.root.is_outdated}
        lines = FileDiff.parse(change.patch)
        hunks = tuple(
            (
                f"@@ -{h.old_start},{h.old_lines} +{h.new_start},{h.new_lines} @@",
                tuple(_lines(h, placed)),
            )
            for h in lines.hunks
        )
        outdated = tuple(t for t in threads if t.root.is_outdated)
        word = {"A": "added", "D": "removed", "R": "renamed"}.get(status, "changed")
        shown.append(ShownFile(path, word, hunks, outdated))
    return shown


def _is_root(comment: InlineComment, path: str) -> bool:
    return comment.reply_to is None and comment.path == path


def _lines(hunk: Any, threads: dict[int, ShownThread]) -> list[ShownLine]:
    old, new, shown = hunk.old_start, hunk.new_start, []
    for line in hunk.lines:
        sign, text = line[:1] or " ", line[1:].rstrip("\r")
        if sign == "-":
            shown.append(ShownLine("gone", old, None, text, ()))
            old += 1
        elif sign in ("+", " "):
            here = tuple(t for t in threads.values() if t.root.line == new)
            kind = "new" if sign == "+" else "same"
            shown.append(ShownLine(kind, None if sign == "+" else old, new, text, here))
            new += 1
            old += sign == " "
    return shown


def _thread(pull: Pull, root: InlineComment) -> ShownThread:
    is_resolved = root.id in pull.resolved
    return ShownThread(
        root,
        tuple((comment, _with_suggestion(comment)) for comment in pull.thread(root.id)),
        is_resolved,
        has_suggestion=bool(SUGGESTION.search(root.body))
        and not is_resolved
        and not root.is_outdated
        and pull.state == "open",
    )


def _with_suggestion(comment: InlineComment) -> Markup:
    """A suggestion is shown as the lines it would write."""
    found = SUGGESTION.search(comment.body) if comment.author in BOTS else None
    if found is None:
        return markdown(comment.body)
    before, after = comment.body[: found.start()], comment.body[found.end() :]
    box = Markup('<div class="suggestion"><h5>Suggested change</h5><pre>{}</pre></div>')
    return markdown(before) + box.format(found[2]) + markdown(after)
