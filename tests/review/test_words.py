"""Whatever rules and changes say, the only markup in our words is our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.remarks import Anchor, Offer, Remark
from bot.suggestion import Suggestion
from bot.verdict import Verdict
from bot.words import Digest, annotation, comment, details, headline, summary
from remediations.model import Edit, Fix, NotAnalysed, Profile, Safety, Span

from .nouns import finding, location
from .test_markdown import AUTOMATIC, NASTY

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = ("<details><summary>", "</details>", "<sub>", "</sub>", "<!-- lockstitch:")
MARKER = "<!-- lockstitch:finding 0123456789abcdef offer=commit -->"
TEXTS = st.lists(NASTY, max_size=8).map("".join)


def leaves(markdown: str) -> Iterator[Token]:
    """Every node that holds text or markup."""
    for token in READER.parse(markdown):
        yield from token.children or [token]


def check_markup(markdown: str) -> None:
    """No link, image or foreign HTML; nothing that a host would turn into one."""
    for token in leaves(markdown):
        assert token.type not in ("link_open", "image", "s_open", "em_open", "blockquote_open")
        if token.type in ("html_block", "html_inline"):
            assert token.content.strip().startswith(OURS), token.content
        if token.type == "text":
            assert not AUTOMATIC.search(token.content), token.content


@st.composite
def remarks(draw: st.DrawFn) -> Remark:
    """One remark whose every word comes from somebody else."""
    path = draw(TEXTS.filter(bool))
    found = replace(
        finding(message=draw(TEXTS), address=draw(TEXTS), at=location(path, 3)),
        title=draw(TEXTS),
        advice=draw(TEXTS),
        unknown=draw(st.none() | TEXTS),
    )
    fix = Fix((found,), draw(st.sampled_from(Safety)), draw(TEXTS), draw(TEXTS), EDITS)
    made = Remark((found,), fix, offer=Offer.COMMIT, anchor=Anchor(path, 3, 3), patch=draw(TEXTS))
    offer = draw(st.sampled_from(Offer))
    if offer is Offer.SUGGESTION:
        lines = tuple(draw(TEXTS).replace("\r", "").split("\n"))
        suggested = Suggestion(path, 3, 3, lines)
        return replace(made, offer=offer, suggestion=suggested, has_thread=True)
    if offer is Offer.ADVICE:
        reasons = {found.fingerprint: draw(TEXTS)}
        return replace(made, offer=offer, fix=None, reasons=reasons)
    return made


EDITS = (Edit("main.tf", Span(0, 0), "x"),)


@settings(max_examples=600, deadline=None)
@given(st.lists(remarks(), min_size=1, max_size=3), st.booleans())
def test_a_comment_holds_no_markup_but_ours(told: list[Remark], can_commit: bool) -> None:  # noqa: FBT001 - drawn, not called
    body = comment(told, MARKER, 65_535, can_commit=can_commit, docs_url="")
    check_markup(body)
    assert body.endswith(f"\n{MARKER}")
    fences = [token.info for token in READER.parse(body) if token.type == "fence"]
    wanted = {Offer.SUGGESTION: ["suggestion"], Offer.COMMIT: ["diff"], Offer.ADVICE: []}
    assert fences == [fence for remark in told for fence in wanted[remark.offer]]


@settings(max_examples=600, deadline=None)
@given(st.lists(remarks(), max_size=3), TEXTS, TEXTS)
def test_summary_and_details_hold_no_markup_but_ours(
    made: list[Remark], path: str, reason: str
) -> None:
    digest = Digest(
        Verdict.FAILED,
        Profile(),
        tuple(made),
        folded=tuple(made[:1]),
        not_analysed=(NotAnalysed(path, 1, reason), NotAnalysed(path, 2, reason, blocking=False)),
        old=tuple(found for remark in made for found in remark.findings),
    )
    check_markup(summary(digest, 65_535))
    check_markup(details(digest, 65_535))
    rows = [t for t in READER.parse(details(digest, 65_535)) if t.type == "tr_open"]
    files = [t for t in READER.parse(details(digest, 65_535)) if t.type == "heading_open"]
    assert len(rows) == len(digest.findings) + len(files)


@settings(max_examples=300, deadline=None)
@given(remarks())
def test_an_annotation_is_short_and_shows_what_hides(remark: Remark) -> None:
    text = annotation(remark, remark.first, can_commit=True)
    assert len(text.encode()) < 64_000
    assert not set(text) & {"\u202e", "\u200b", "\x00", "\r"}


def test_a_page_of_rules_is_linked_where_there_is_one() -> None:
    remark = Remark((finding(),), reasons={})
    body = comment((remark,), MARKER, 65_535, can_commit=True, docs_url="https://bot.example")
    rule = "s3-public-access-block-off"
    assert f"[{rule}](https://bot.example/rules/{rule})" in body


def test_headlines() -> None:
    one = (Remark((finding(),)),)
    said = [
        headline(Digest(Verdict.PASSED, Profile(), is_empty=True)),
        headline(Digest(Verdict.PASSED, Profile())),
        headline(Digest(Verdict.PASSED, Profile(), one)),
        headline(Digest(Verdict.FAILED, Profile(), one)),
        headline(Digest(Verdict.FAILED, Profile(), one * 2)),
        headline(
            Digest(
                Verdict.COULD_NOT_REVIEW, Profile(), not_analysed=(NotAnalysed("a", 1, "b"),) * 2
            )
        ),
    ]
    assert said == [
        "Nothing to check",
        "No new findings",
        "Passed, 1 finding to look at",
        "1 finding to fix",
        "2 findings to fix",
        "Could not review 1 file",
    ]
