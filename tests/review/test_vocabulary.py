"""On GitLab no text speaks of what GitLab does not have."""

from __future__ import annotations

from dataclasses import fields
from importlib.resources import files
from string import Formatter

import pytest

from bot import answer, words
from bot.forge.vocabulary import GITHUB, GITHUB_STATUS, GITLAB, Vocabulary
from bot.remarks import Remark
from bot.repo_config import Problem
from bot.terms import Proposed
from bot.verdict import Verdict
from remediations.model import Edit, Fix, NotAnalysed, Profile, Safety, Span
from tests.foreign import foreign

from .nouns import finding, location

TEMPLATES = sorted(p.name for p in (files("bot") / "templates").iterdir() if p.is_file())


def remarks() -> tuple[Remark, ...]:
    """One of each kind."""
    found = [
        finding(address=f"aws_s3_bucket.n{number}", at=location(line=number + 1), advice="Choose.")
        for number in range(6)
    ]
    edits = (Edit("main.tf", Span(0, 0), "x"),)
    offered = [
        Remark((one,), Fix((one,), safety, "Set it", "It costs a minute", edits), patch="+x\n")
        for one, safety in zip(found, Safety, strict=False)
    ]
    reasons = {found[4].fingerprint: "no proof"}
    return (*offered, Remark((found[4],), reasons=reasons), Remark((found[5],)))


def digest(vocabulary: Vocabulary, *, is_lenient: bool) -> words.Digest:
    """A bit of everything, so that every sentence of the summary is there."""
    told = () if is_lenient else remarks()
    return words.Digest(
        Verdict.COULD_NOT_REVIEW if is_lenient else Verdict.FAILED,
        Profile(),
        told,
        folded=told,
        not_analysed=(NotAnalysed("a.tf", 1, "odd"), NotAnalysed("b.tf", 1, "odd", blocking=False)),
        old=tuple(one.first for one in told),
        can_commit=not is_lenient,
        excluded=2,
        is_lenient=is_lenient,
        proposed=Proposed((Problem("wrong"),)),
        is_draft=True,
        vocabulary=vocabulary,
    )


def spoken(vocabulary: Vocabulary) -> dict[str, str]:
    """Every text of the bot, by what it is."""
    whole, lenient = (digest(vocabulary, is_lenient=kind) for kind in (False, True))
    problems = [Problem(f"wrong {number}") for number in range(30)]
    said = {
        "summary": words.summary(whole, 65_535),
        "short summary": words.summary(whole, 1_800),
        "lenient summary": words.summary(lenient, 65_535),
        "details": words.with_details(whole, "Told.", 65_535),
        "removed": words.unusable(problems, "main", Proposed(is_removed=True), vocabulary),
    }
    for number, remark in enumerate(remarks()):
        for can_commit in (True, False):
            key = f"{number} {can_commit}"
            said[f"comment {key}"] = words.comment(
                (remark,), "<!-- -->", 65_535, can_commit=can_commit, docs_url=""
            )
            said[f"annotation {key}"] = words.annotation(
                remark, remark.first, can_commit=can_commit
            )
    names = {name: getattr(vocabulary, name) for name in ("change", "sign")}
    for name, text in vars(answer).items():
        if name.isupper() and isinstance(text, str):
            said[name] = text.format(**names, url="u", number=1, login="dana")
    return said


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_has_a_hosts_own_words(name: str) -> None:
    assert foreign((files("bot") / "templates" / name).read_text()) == []


def test_every_text_for_gitlab_is_in_gitlabs_words() -> None:
    said = spoken(GITLAB)
    assert {key: foreign(text) for key, text in said.items() if foreign(text)} == {}
    assert "merge request" in said["removed"]
    assert "Fixes for !1" in said["PROPOSED_BODY"]


def test_the_same_look_finds_the_words_of_github() -> None:
    said = spoken(GITHUB)
    assert {key for key, text in said.items() if foreign(text)} >= {"removed", "CLOSED", "PROPOSED"}
    assert "use *Re-run* or comment" in said["removed"]
    assert "*Re-run*" not in spoken(GITHUB_STATUS)["removed"]


def test_each_host_says_everything() -> None:
    for vocabulary in (GITHUB, GITHUB_STATUS, GITLAB):
        assert all(getattr(vocabulary, one.name) for one in fields(Vocabulary))
    wanted = {name for _, name, _, _ in Formatter().parse(answer.PROPOSED + answer.CLOSED) if name}
    assert wanted == {"change", "url"}
