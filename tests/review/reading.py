"""From two trees of Terraform to a review, and from a review to a page that a person reads."""

from __future__ import annotations

from dataclasses import dataclass

from bot.change import Change, read_change
from bot.engine import Judgement, LocalEngine
from bot.forge.port import Annotation, Comment, Limits, Thread
from bot.markdown import fenced
from bot.pipeline import Reviewer, agree, reviewed, texts_of
from bot.review import Review, compose
from bot.terms import Terms
from remediations.model import Profile
from remediations.terraform.grammar import Grammar

from .trees import LIMITS, Tree, Trees, patch, pull_request

STAGING = Profile()


@dataclass(frozen=True, slots=True)
class Reader:
    """Runs the engine and composes; ``limits`` and ``profile`` as the service would have them."""

    grammar: Grammar
    profile: Profile = STAGING
    limits: Limits = LIMITS
    is_writable: bool = True

    def judge(self, trees: Trees) -> tuple[Change, Terms, Judgement]:
        """The change, on which terms it is judged, and what the engine says."""
        change = read_change(trees, pull_request(is_writable=self.is_writable))
        engine = LocalEngine(self.grammar)
        terms = agree(trees, change, Reviewer(engine, self.profile))
        return change, terms, engine.judge(texts_of(change), terms.profile)

    def compose(
        self, change: Change, terms: Terms, seen: Judgement, threads: tuple[Thread, ...] = ()
    ) -> Review:
        """The review of what was judged."""
        return compose(change, seen.head, seen.base, seen.plan, threads, terms, self.limits)

    def review(self, base: Tree, head: Tree, threads: tuple[Thread, ...] = ()) -> Review:
        """The review of a change given as text."""
        trees = Trees(base, head)
        change = read_change(trees, pull_request(is_writable=self.is_writable))
        reviewer = Reviewer(LocalEngine(self.grammar), self.profile)
        return reviewed(trees, change, reviewer, threads, self.limits)[1]


def threads_of(review: Review) -> tuple[Thread, ...]:
    """The conversations that posting this review begins."""
    return tuple(
        Thread(f"T{n}", n, comment.path, comment.body, is_resolved=False)
        for n, comment in enumerate(review.comments, 1)
    )


def page(base: Tree, head: Tree, review: Review) -> str:
    """Everything a person reads, with the diff it is about."""
    parts = ["## The change"]
    for path in sorted({*base, *head}):
        if base.get(path) != head.get(path):
            parts += [f"### {path}", fenced(patch(base.get(path), head.get(path)) or "", "diff")]
    for comment in review.comments:
        parts += [f"## Comment on {_lines(comment)}", comment.body]
    parts += ["## Summary", review.summary]
    check = review.check
    conclusion = check.conclusion.value if check.conclusion else "running"
    parts += [f"## Check: {conclusion}, {check.title}", check.text or "(no details)"]
    parts += [f"Button: {action.label} ({action.description})" for action in check.actions]
    for annotation in check.annotations:
        parts += [f"### Annotation on {_lines(annotation)}", _annotation(annotation)]
    parts += [f"## Resolved: thread on {thread.path}" for thread in review.resolved]
    return "\n\n".join(parts) + "\n"


def _lines(place: Comment | Annotation) -> str:
    last = place.line if isinstance(place, Comment) else place.end_line
    lines = f"{place.start_line}" if place.start_line == last else f"{place.start_line}-{last}"
    return f"{place.path}:{lines}"


def _annotation(annotation: Annotation) -> str:
    return f"**{annotation.level}: {annotation.title}**\n\n{annotation.message}"
