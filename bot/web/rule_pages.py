"""``GET /rules/NAME``: the page of a rule, for whoever follows the link in a comment.

The pages are a part of the product, the same for everybody, and hold nothing of any repository.
"""

from __future__ import annotations

from functools import cache

from flask import Blueprint, Response, abort, make_response, render_template
from markdown_it import MarkdownIt
from markupsafe import Markup

from remediations.rule import page


def create_blueprint() -> Blueprint:
    """The pages."""
    blueprint = Blueprint("rules", __name__)

    @blueprint.get("/rules/<name>")
    def rule(name: str) -> Response:
        try:
            told = _rendered(name)
        except LookupError:
            abort(404, "There is no rule of that name.")
        answer = make_response(render_template("rule.html", name=name, told=Markup(told)))  # noqa: S704 - our own page, rendered with raw HTML off
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer

    return blueprint


@cache
def _rendered(name: str) -> str:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    rendered: str = markdown.render(page(name))
    return rendered
