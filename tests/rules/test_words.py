"""What the author reads where two cases of one rule are not the same."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Profile
from remediations.terraform.grammar import Grammar
from tests.rules.test_pages import read

MACHINE = 'resource "aws_sfn_state_machine" "m" {{\n  name = "m"\n{0}}}\n'
LOGGED = "  logging_configuration {\n    include_execution_data = false\n  }\n"


@pytest.mark.parametrize(
    ("inside", "begins"),
    [
        ("", "Nobody records what this pipeline did"),
        (LOGGED, "The log of this pipeline leaves out"),
    ],
)
def test_a_log_without_data_is_not_no_log(inside: str, begins: str, grammar: Grammar) -> None:
    codebase = read({"main.tf": MACHINE.format(inside)}, grammar)
    found = detect(codebase, Profile("prod")).findings
    (said,) = (one.message for one in found if one.rule == "sfn-logging-off")
    assert said.startswith(begins)
