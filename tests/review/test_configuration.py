"""`.lockstitch.yml`: the base branch decides, and the head's version is only talked about."""

from __future__ import annotations

import pytest

from bot.change import read_change
from bot.engine import LocalEngine
from bot.forge.port import Conclusion
from bot.repo_config import ConfigError
from bot.review import Review
from bot.terms import config_for
from bot.verdict import Verdict
from remediations.model import Profile
from remediations.terraform.grammar import Grammar

from .reading import Reader
from .test_review import BUCKET, CLEAN, OPEN
from .trees import SYMLINK, Tree, Trees, pull_request

NAME = ".lockstitch.yml"
OFF = "rules:\n  s3-public-access-block-off: off\n"
RULE = "s3-public-access-block-off"
CLOSED = {"main.tf": CLEAN}
OPENED = {"main.tf": OPEN}


@pytest.fixture
def reader(grammar: Grammar) -> Reader:
    return Reader(grammar, Profile())


def review(reader: Reader, config: str | None, head: Tree, base: Tree | None = None) -> Review:
    """A change that leaves the configuration alone."""
    kept = {} if config is None else {NAME: config}
    return reader.review({**(CLOSED if base is None else base), **kept}, {**head, **kept})


def said(found: Review) -> str:
    return "\n".join([*(one.body for one in found.comments), found.summary, found.check.text or ""])


def test_a_rule_is_off_where_the_base_branch_says_so(reader: Reader) -> None:
    assert RULE in said(review(reader, None, OPENED))
    off = review(reader, OFF, OPENED)
    assert RULE not in said(off)
    assert off.check.conclusion is Conclusion.SUCCESS


def test_a_pull_request_cannot_turn_a_rule_off_for_itself(reader: Reader) -> None:
    found = reader.review(CLOSED, {**OPENED, NAME: OFF})
    assert RULE in said(found)
    assert found.check.conclusion is Conclusion.FAILURE
    assert "**This change edits `.lockstitch.yml`.** The base branch's holds here" in found.summary


def test_a_pull_request_that_takes_the_file_away_hears_what_follows(reader: Reader) -> None:
    found = reader.review({**CLOSED, NAME: OFF}, OPENED)
    assert RULE not in said(found)
    assert "**This change takes `.lockstitch.yml` away.** It still holds here" in found.summary


def test_a_mistake_is_heard_of_before_it_is_merged(reader: Reader) -> None:
    found = reader.review(CLOSED, {**CLOSED, NAME: "rules:\n  s3-acl-publik: off\n"})
    assert "**This change leaves a `.lockstitch.yml` that cannot be used.**" in found.summary
    assert "`.lockstitch.yml:2:3`: " in found.summary
    assert "s3-acl-public" in found.summary
    assert not found.is_quiet


def test_a_bad_file_on_the_base_branch_stops_every_review(reader: Reader) -> None:
    found = review(reader, "rulez: {}\nfail_on: 7\n", OPENED)
    assert found.verdict is Verdict.COULD_NOT_REVIEW
    assert found.check.conclusion is Conclusion.FAILURE
    assert found.check.title == "Could not review: .lockstitch.yml cannot be used"
    assert found.comments == ()
    assert found.resolved == ()
    assert "`.lockstitch.yml:1:1`: " in found.check.summary
    assert "`.lockstitch.yml:2:10`: " in found.check.summary


def test_the_pull_request_that_mends_the_file_is_not_stopped_by_it(reader: Reader) -> None:
    found = reader.review({**CLOSED, NAME: "rulez: {}\n"}, {**CLOSED, NAME: OFF})
    assert found.check.conclusion is Conclusion.SUCCESS
    assert "the new one can be used" in found.summary


def test_the_same_file_under_another_name_is_pointed_out(reader: Reader) -> None:
    base = {**CLOSED, ".lockstitch.yaml": OFF}
    found = reader.review(base, {**OPENED, ".lockstitch.yaml": OFF})
    assert found.verdict is Verdict.COULD_NOT_REVIEW
    assert "There is a `.lockstitch.yaml`; call it `.lockstitch.yml`." in found.check.summary


def test_a_link_in_its_place_is_not_followed(reader: Reader) -> None:
    tree = {**CLOSED, NAME: "elsewhere.yml"}
    trees = Trees(tree, {**OPENED, NAME: "elsewhere.yml"}, {NAME: SYMLINK})
    with pytest.raises(ConfigError, match="link"):
        config_for(trees, read_change(trees, pull_request()), LocalEngine(reader.grammar))


def test_excluded_files_are_read_and_nobody_is_told_of_them(reader: Reader) -> None:
    head = {"main.tf": CLEAN, "legacy/main.tf": OPEN, "legacy/broken.tf": "not = = Terraform\n"}
    base = {"main.tf": CLEAN, "legacy/main.tf": CLEAN}
    assert review(reader, None, head, base).check.conclusion is Conclusion.FAILURE
    found = review(reader, "paths: {exclude: [legacy/]}\n", head, base)
    assert found.check.conclusion is Conclusion.SUCCESS
    assert "legacy/main.tf" not in said(found)
    assert "2 files are excluded by `.lockstitch.yml`." in (found.check.text or "")


def test_nothing_is_written_into_an_excluded_file(reader: Reader) -> None:
    """The value comes from an excluded file: the finding is told, the fix is not offered."""
    call = 'module "lake" {\n  source = "./lake"\n  open   = false\n}\n'
    lake = 'variable "open" {}\n\n' + OPEN.replace("acls       = false", "acls       = var.open")
    head = {"main.tf": call, "lake/main.tf": lake}
    base = {"main.tf": call.replace("false", "true"), "lake/main.tf": lake}
    assert review(reader, None, head, base).comments[0].body.startswith("**High")
    found = review(reader, "paths: {exclude: [main.tf]}\n", head, base)
    assert "which the configuration excludes" in said(found)


def test_the_threshold_is_the_repositorys(reader: Reader) -> None:
    head = {"main.tf": BUCKET.replace('"acme-training"', '"acme-training-2"')}
    for threshold, conclusion in (("critical", Conclusion.SUCCESS), ("low", Conclusion.FAILURE)):
        found = review(reader, f"fail_on: {threshold}\n", head, {"main.tf": CLEAN})
        assert found.check.conclusion is conclusion


def test_what_cannot_be_read_may_end_neutral_and_never_hides_a_finding(reader: Reader) -> None:
    broken = {"main.tf": CLEAN, "broken.tf": "not = = Terraform\n"}
    assert review(reader, None, broken).check.conclusion is Conclusion.FAILURE
    lenient = review(reader, "on_unparsed: neutral\n", broken)
    assert lenient.check.conclusion is Conclusion.NEUTRAL
    assert "`.lockstitch.yml` says `on_unparsed: neutral`" in lenient.summary
    both = {"main.tf": OPEN, "broken.tf": "not = = Terraform\n"}
    assert review(reader, "on_unparsed: neutral\n", both).check.conclusion is Conclusion.FAILURE


def test_an_environment_that_is_declared_is_judged_as_it_says(reader: Reader) -> None:
    live, lab = "live: {level: prod, paths: [stacks/eu]}", "lab: {level: dev, paths: [lab]}"
    config = f"environments: {{{live}, {lab}}}\n"
    head, base = {"stacks/eu/main.tf": OPEN}, {"stacks/eu/main.tf": CLEAN}
    assert "**High" in said(review(reader, None, head, base))
    found = review(reader, config, head, base)
    assert "**Critical" in said(found)
    assert "Judged for `live`" in found.summary
