"""Who has a policy or a role besides: what they need does not stand here."""

from __future__ import annotations

import re

import pytest

from remediations.iam.choice import Choice, choose
from remediations.iam.inference import Question
from remediations.iam.nouns import NOUNS
from remediations.iam.statements import policies
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

from .test_reluctance import HELD, ROLE, function, role
from .test_reluctance import meant as meant_inline

OTHER = ROLE.partition('resource "aws_iam_role_policy"')[0].replace('"work"', '"other"')
OTHER = OTHER.format('"lambda.amazonaws.com"')
UNNAMED = OTHER.replace('"other"', '"unnamed"')
POLICY = """
resource "aws_iam_policy" "shared" {
  policy = data.aws_iam_policy_document.logs.json
}

data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:PutLogEvents"]
    resources = ["*"]
  }
}
"""


def attached(role: str, more: str = "") -> str:
    name = "of_" + re.sub(r"\W", "", role)
    return (
        f'resource "aws_iam_role_policy_attachment" "{name}" {{\n{more}  role       = {role}\n'
        "  policy_arn = aws_iam_policy.shared.arn\n}\n"
    )


def meant(files: dict[str, str], grammar: Grammar) -> Choice | str:
    (module,) = (one for one in read(files, grammar).modules if one.directory == "")
    holder = module.resource("data.aws_iam_policy_document.logs")
    assert holder is not None
    policy = policies(holder, module)[0]
    return choose(Question(NOUNS["log group"], holder, policy, policy[0], module))


@pytest.mark.parametrize(
    ("more", "by"),
    [
        ("", None),
        (attached("data.aws_iam_role.o.name"), "aws_iam_role_policy_attachment"),
        (attached("var.extra"), "aws_iam_role_policy_attachment"),
        (attached('"legacy"'), "aws_iam_role_policy_attachment"),
        (attached('"worker"'), None),
        (attached("local.worker"), None),
        (
            'resource "aws_iam_policy_attachment" "u" {\n  roles = ["worker"]\n'
            "  policy_arn = aws_iam_policy.shared.arn\n}\n",
            None,
        ),
        (attached("var.unset"), "aws_iam_role_policy_attachment"),
        (
            'resource "aws_iam_policy_attachment" "u" {\n  roles = var.none\n'
            "  policy_arn = aws_iam_policy.shared.arn\n}\n",
            "aws_iam_policy_attachment.u",
        ),
        (attached("module.f.role"), "aws_iam_role_policy_attachment"),
        (attached("module.local.role"), "aws_iam_role_policy_attachment"),
        (attached("each.value", "  for_each = toset(var.roles)\n"), "aws_iam_role_policy_attach"),
        (attached("each.value", "  for_each = toset([aws_iam_role.work.name])\n"), None),
        (
            'resource "aws_iam_user_policy_attachment" "u" {\n  user = "bob"\n'
            "  policy_arn = aws_iam_policy.shared.arn\n}\n",
            "aws_iam_user_policy_attachment.u",
        ),
        (
            'resource "aws_iam_policy_attachment" "u" {\n  roles = [aws_iam_role.work.name]\n'
            '  users = ["bob"]\n  policy_arn = aws_iam_policy.shared.arn\n}\n',
            "aws_iam_policy_attachment.u",
        ),
        (
            'module "g" {\n  source = "acme/f/aws"\n  policies = [aws_iam_policy.shared.arn]\n}\n',
            "module.g",
        ),
        (
            'resource "null_resource" "n" {\n  depends_on = [aws_iam_policy.shared]\n}\n',
            None,
        ),
        (
            'resource "aws_iam_policy_attachment" "u" {\n  roles = [aws_iam_role.work.name]\n'
            "  policy_arn = aws_iam_policy.shared.arn\n}\n",
            None,
        ),
        (
            'resource "aws_iam_policy_attachment" "u" {\n'
            "  roles = concat([aws_iam_role.work.name], var.roles)\n"
            "  policy_arn = aws_iam_policy.shared.arn\n}\n",
            "aws_iam_policy_attachment.u",
        ),
        ('output "arn" {\n  value = aws_iam_policy.shared.arn\n}\n', "output.arn"),
        ('output "role" {\n  value = aws_iam_role.work.arn\n}\n', None),
        (OTHER + attached("aws_iam_role.other.name"), "aws_iam_role.other"),
        (
            OTHER
            + attached("aws_iam_role.other.name")
            + function("call", role="aws_iam_role.other.arn"),
            None,
        ),
    ],
)
def test_whoever_else_has_the_policy_needs_what_does_not_stand_here(
    more: str, by: str | None, grammar: Grammar
) -> None:
    main = HELD + OTHER.replace('"other"', '"work"') + POLICY + function("call")
    main += attached("aws_iam_role.work.name") + more
    main = main.replace('"aws_iam_role" "work" {', '"aws_iam_role" "work" {\n  name = "worker"', 1)
    main += 'locals {\n  worker = "worker"\n}\n' + UNNAMED
    main += 'variable "unset" {\n  default = null\n}\nvariable "none" {\n  default = []\n}\n'
    main += 'variable "extra" {}\nvariable "roles" {}\ndata "aws_iam_role" "o" {\n  name = "o"\n}\n'
    main += 'module "f" {\n  source = "acme/f/aws"\n}\nmodule "local" {\n  source = "./f"\n}\n'
    inner = OTHER + 'output "role" {\n  value = aws_iam_role.other.name\n}\n'
    found = meant({"main.tf": main, "f/main.tf": inner}, grammar)
    assert isinstance(found, Choice) is (by is None)
    if by is not None:
        assert str(found).startswith(f"`{by}")
        said = (
            "has the policy too" if "role.other" in by else "gives the policy to somebody else too"
        )
        assert said in str(found)


LOOKUP = 'data "aws_iam_role" "same" {{\n  name = {}\n}}\n'
BY_TEXT = function("second", role='"arn:aws:iam::${var.account}:role/%s"')


@pytest.mark.parametrize(
    ("name", "more", "is_shown"),
    [
        ('"work"', "", True),
        ('"work"', LOOKUP.format('"work"'), False),
        ('"work"', LOOKUP.format("aws_iam_role.work.name"), False),
        ('"work"', LOOKUP.format('"another"'), True),
        ('"${var.stage}-work"', LOOKUP.format('"${var.stage}-work"'), False),
        ('"${var.stage}-work"', LOOKUP.format('"${var.stage}-other"'), True),
        ('"work"', BY_TEXT % "work", False),
        ('"work"', BY_TEXT % "service/work", False),
        ('"work"', BY_TEXT % "another", True),
        ('"${var.stage}-work"', BY_TEXT % "${var.stage}-work", False),
    ],
)
def test_a_role_may_be_taken_on_by_its_name(
    name: str, more: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Whatever looks it up runs with it too, and may write to another group."""
    text = HELD + role("logs:PutLogEvents") + function("call") + more
    text = text.replace('"aws_iam_role" "work" {', f'"aws_iam_role" "work" {{\n  name = {name}', 1)
    text += 'variable "stage" {}\nvariable "account" {}\n'
    found = meant_inline("log group", text, grammar)
    assert isinstance(found, Choice) is is_shown
    assert is_shown or "hands the role on" in str(found)


@pytest.mark.parametrize(
    ("name", "inner", "is_shown"),
    [
        ('"work"', '"work"', False),
        ('"work"', '"another"', True),
        ('"${var.stage}-work"', '"${var.stage}-work"', True),
    ],
)
def test_a_role_may_be_looked_up_in_another_module(
    name: str, inner: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Where words are alike there, their variables may be worth something else."""
    text = HELD + role("logs:PutLogEvents") + function("call")
    text = text.replace('"aws_iam_role" "work" {', f'"aws_iam_role" "work" {{\n  name = {name}', 1)
    text += 'variable "stage" {}\nmodule "m" {\n  source = "./m"\n}\n'
    other = LOOKUP.format(inner) + 'variable "stage" {}\n'
    found = meant_inline("log group", {"main.tf": text, "m/main.tf": other}, grammar)
    assert isinstance(found, Choice) is is_shown
