"""What an admin writes, and what is said back."""

from __future__ import annotations

import pytest

from bot.config_reader import parse
from bot.forge.port import Conclusion
from bot.repo_config import MAX_BYTES, ConfigError, Declared, RepoConfig
from remediations.environment import Environment
from remediations.model import Profile, Severity

WHOLE = """\
# Everything at once.
environments:
  production:
    paths: [envs/prod, "**/live"]
    tfvars: prod.tfvars
    workspaces: [prod-eu, prod-us]
  lab:
    level: dev
    paths: lab
  no:
fail_on: medium
rules:
  s3-acl-public: off
  CKV_AWS_145: "off"
  domain-no-cmk: false
paths:
  exclude:
    - vendor/
    - "**/test-[ab]"
on_error: neutral
on_unparsed: neutral
"""


def problems(text: str | bytes) -> list[str]:
    """What is wrong, as a person reads it."""
    with pytest.raises(ConfigError) as refused:
        parse(text.encode() if isinstance(text, str) else text)
    return str(refused.value).split("\n")


def problem(text: str | bytes) -> str:
    (only,) = problems(text)
    return only


def test_everything_that_can_be_said() -> None:
    assert parse(WHOLE.encode()) == RepoConfig(
        environments=(
            Declared(
                "production",
                None,
                ("envs/prod", "**/live"),
                ("prod.tfvars",),
                ("prod-eu", "prod-us"),
            ),
            Declared("lab", "dev", ("lab",)),
            Declared("no"),
        ),
        fail_on=Severity.MEDIUM,
        rules_off=frozenset({"s3-acl-public", "s3-encryption-not-cmk", "domain-no-cmk"}),
        exclude=("vendor/", "**/test-[ab]"),
        on_error=Conclusion.NEUTRAL,
        on_unparsed=Conclusion.NEUTRAL,
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "~", "{}", "\ufeff{}\r\n"])
def test_a_file_that_says_nothing_changes_nothing(text: str) -> None:
    assert parse(text.encode()) == RepoConfig()
    assert RepoConfig().profile(Profile()) == Profile()


def test_a_level_is_written_or_said_by_the_name_or_the_operators() -> None:
    config = parse(b"environments: {eu-production: , shop: , qa: {level: prod}}")
    assert config.profile(Profile(environment="dev")).environments == (
        Environment("eu-production", "prod"),
        Environment("shop", "dev"),
        Environment("qa", "prod"),
    )


def test_each_workspace_is_an_environment_of_one_name() -> None:
    config = parse(b"environments: {prod: {workspaces: [eu, us], tfvars: a.tfvars}}")
    assert config.profile(Profile()).environments == (
        Environment("prod", "prod", tfvars=("a.tfvars",), workspace="eu"),
        Environment("prod", "prod", tfvars=("a.tfvars",), workspace="us"),
    )


def test_the_file_wins_over_the_operator_and_the_command_over_both() -> None:
    config = parse(b"fail_on: low\nrules: {s3-acl-public: off}\n")
    given = Profile(fail_on=Severity.CRITICAL, rules_off=frozenset({"domain-no-cmk"}))
    made = config.profile(given)
    assert made.fail_on is Severity.LOW
    assert made.rules_off == {"domain-no-cmk", "s3-acl-public"}
    assert config.profile(given, Severity.INFO).fail_on is Severity.INFO
    assert RepoConfig().profile(given).fail_on is Severity.CRITICAL


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "fail_one: high",
            "1:1: there is no key `fail_one` in the file; did you mean `fail_on`?",
        ),
        (
            "x: 1",
            "1:1: there is no key `x` in the file; known are environments, fail_on, on_error, "
            "on_unparsed, paths, rules",
        ),
        ("- a", "1:1: the file has to be a map of `key: value`, not a list"),
        ("true", "1:1: the file has to be a map of `key: value`, not a boolean"),
        (
            "fail_on: hihg",
            "1:10: `fail_on` has to be one of info, low, medium, high, critical, not `hihg`; "
            "did you mean `high`?",
        ),
        (
            "fail_on: [high]",
            "1:10: `fail_on` has to be one of info, low, medium, high, critical, not a list",
        ),
        ("fail_on: high\nfail_on: low", "2:1: `fail_on` stands here twice; keep one"),
        ("on_error: pass", "1:11: `on_error` has to be one of failure, neutral, not `pass`"),
        ("on_unparsed:", "1:13: `on_unparsed` has to be one of failure, neutral, not nothing"),
        (
            "environments: [prod]",
            "1:15: `environments` has to be a map of `key: value`, not a list",
        ),
        (
            "environments:\n  prod: strict\n",
            "2:9: `prod` has to be a map of `key: value`, not text",
        ),
        (
            "environments:\n  a b: {}\n",
            "2:3: this is no name of an environment: it begins with a letter or digit, then "
            "letters, digits, `.`, `_`, `-`, at most 64",
        ),
        (
            "environments:\n  blue:\n    level: production\n",
            "3:12: `level` has to be one of dev, staging, prod, not `production`",
        ),
        (
            "environments:\n  blue:\n    path: a\n",
            "3:5: there is no key `path` in `blue`; did you mean `paths`?",
        ),
        (
            "environments: {a: {paths: [/envs]}}",
            "1:28: this is no glob: it may not begin with `/`; write the path from the top of "
            "the repository",
        ),
        (
            "environments: {a: {tfvars: [prod.tf]}}",
            "1:29: this is no file of values: write a path in the repository that ends in "
            "`.tfvars`",
        ),
        ("environments: {a: {workspaces: 'a b'}}", "1:32: this is no name of a workspace"),
        (
            "environments: {a: {workspaces: [1]}}",
            "1:33: what stands in `workspaces` has to be text, not a number; put it in quotes",
        ),
        (
            "environments: {a: {paths: []}}",
            "1:27: `paths` is empty; say at least one, or take it away",
        ),
        (
            "rules:\n  s3-acl-publi: off\n",
            "2:3: there is no rule called `s3-acl-publi`; did you mean `s3-acl-public`?",
        ),
        ("rules: {qqqq: off}", "1:9: there is no rule called `qqqq`"),
        (
            "rules:\n  s3-acl-public: on\n",
            "2:18: the one thing to say of a rule here is `off`; take the line away to keep it",
        ),
        (
            "rules: {s3-acl-public: 'false'}",
            "1:24: the one thing to say of a rule here is `off`; take the line away to keep it",
        ),
        ("rules:", "1:7: `rules` has to be a map of `key: value`, not nothing"),
        (
            "paths: {exlude: a}",
            "1:9: there is no key `exlude` in `paths`; did you mean `exclude`?",
        ),
        (
            "paths: {exclude: ['a[']}",
            "1:19: this is no glob: a `[` has no `]`, or nothing stands between them",
        ),
        (
            "paths: {exclude: '{a,b}'}",
            "1:18: this is no glob: `\\`, `{` and `}` have no meaning in it; write one glob for "
            "each case",
        ),
        (
            "paths: {exclude: ../a}",
            "1:18: this is no glob: it holds `//`, `./` or `../`; write the path from the top of "
            "the repository",
        ),
        (
            "paths: {exclude: [{a: b}]}",
            "1:19: what stands in `exclude` has to be text, not a map",
        ),
        ("paths: {exclude: " + "a" * 301 + "}", "1:18: this is longer than 300 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    assert problem(text) == f".lockstitch.yml:{said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\nb: *x", "2:4: an alias (`*`) is not followed; write the value out"),
        ("a: !!python/name:os.system x", "1:4: a tag (`!`) has no meaning here; take it away"),
        ("{}\n---\n{}", "2:1: a second document (`---`) is not read; keep one"),
        ("a: b: c", "1:5: this is no YAML: mapping values are not allowed here"),
        ("? [a]\n: 1", "1:3: a key has to be a word, not a list or a map"),
        ("[" * 40, "1:17: this is nested more than 16 levels deep"),
        ('a: "\\UFFFFFFFF"', "1:7: this is no YAML: a number in it is out of range"),
        ("a: 1\nb: \x07", "2:4: the character U+0007 may not stand in YAML"),
        (b"a: 1\nb: \xff", "2:4: this is no UTF-8; save it as UTF-8"),
        (b"#" * (MAX_BYTES + 1024), "1:1: the file has 65 KB; more than 64 are not read"),
    ],
)
def test_yaml_that_is_more_than_plain_data_is_refused(text: str | bytes, said: str) -> None:
    assert problem(text) == f".lockstitch.yml:{said}"


def test_every_problem_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = "rules: {nothing-of-it: off, s3-acl-public: on}\nfail_on: x\nzzz: 1\nfail_on: low\n"
    assert [line.split(": ")[0] for line in problems(text)] == [
        ".lockstitch.yml:1:9",
        ".lockstitch.yml:1:44",
        ".lockstitch.yml:2:10",
        ".lockstitch.yml:3:1",
        ".lockstitch.yml:4:1",
    ]


def test_a_limit_is_a_limit_and_not_one_less() -> None:
    most = ", ".join(f"a{n}" for n in range(100))
    assert len(parse(f"paths: {{exclude: [{most}]}}".encode()).exclude) == 100
    assert "more than 100" in problem(f"paths: {{exclude: [{most}, b]}}")
    assert parse(b"#" * MAX_BYTES) == RepoConfig()
    names = "".join(f"  e{n}:\n" for n in range(101))
    assert "more than 100" in problem(f"environments:\n{names}")
