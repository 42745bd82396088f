"""One change, several environments: one review, one comment, and where it is so."""

from __future__ import annotations

import pytest

from remediations.model import Profile
from remediations.terraform.grammar import Grammar

from .accepted import check_snapshot
from .reading import Reader, page
from .test_review import CLEAN

LAKE = 'variable "open" {\n  type    = bool\n  default = true\n}\n\n' + CLEAN.replace(
    "acls       = true", "acls       = var.open"
)
CALL = 'module "lake" {\n  source = "../../modules/lake"\n}\n'


@pytest.fixture
def reader(grammar: Grammar) -> Reader:
    return Reader(grammar, Profile())


def test_a_default_that_two_environments_read_is_one_comment(reader: Reader) -> None:
    base = {"modules/lake/main.tf": LAKE, "envs/prod/main.tf": CALL, "envs/dev/main.tf": CALL}
    head = {**base, "modules/lake/main.tf": LAKE.replace("default = true", "default = false")}
    review = reader.review(base, head)
    check_snapshot("environments", page(base, head, review))
    (comment,) = review.comments
    assert comment.body.startswith("**Critical: ")
    assert "in `dev` and `prod`" in comment.body
    assert comment.body.count("```suggestion") == 1


def test_values_of_one_environment_are_its_own(reader: Reader) -> None:
    root = LAKE.replace("  default = true\n", "")
    base = {"main.tf": root, "prod.tfvars": "open = true\n", "dev.tfvars": "open = true\n"}
    head = {**base, "prod.tfvars": "open = false\n"}
    (comment,) = reader.review(base, head).comments
    assert comment.path == "prod.tfvars"
    assert " · in `prod`" in comment.body
    assert "`dev`" not in comment.body


def test_what_is_worse_in_one_more_environment_is_new(reader: Reader) -> None:
    root = LAKE.replace("  default = true\n", "")
    base = {"main.tf": root, "prod.tfvars": "open = true\n", "dev.tfvars": "open = false\n"}
    head = {**base, "prod.tfvars": "open = false\n"}
    bodies = [comment.body for comment in reader.review(base, head).comments]
    assert len(bodies) == 1
    assert "**Critical" in bodies[0]


def test_nothing_is_said_of_environments_where_nothing_tells_them_apart(reader: Reader) -> None:
    review = reader.review({"main.tf": CLEAN}, {"main.tf": CLEAN.replace("= true", "= false")})
    assert all(" · in `" not in comment.body for comment in review.comments)
    assert "Judged for `staging`." in review.summary
