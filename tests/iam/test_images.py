"""What a build pushes to is named; what it pulls may be any image, since its Dockerfile says."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.model import Fix, Profile, Report
from remediations.plan import plan
from remediations.terraform.grammar import Grammar

from .policies import meaning, read

PROFILE = Profile("prod")
RULE = "iam-ecr-repository-wildcard"
PUSH = ("ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart")
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
SIGN_IN = "ecr:GetAuthorizationToken"
REPOSITORY = "${aws_ecr_repository.churn.arn}"
BUILD = """
resource "aws_codebuild_project" "b" {
  service_role = aws_iam_role.work.arn

  environment {
    environment_variable {
      name  = "REPOSITORY"
      value = aws_ecr_repository.churn.repository_url
    }
  }
}
"""
MODEL = """
resource "aws_sagemaker_model" "m" {
  execution_role_arn       = aws_iam_role.work.arn
  enable_network_isolation = true

  primary_container {
    image = "${aws_ecr_repository.churn.repository_url}:1"
  }
}
"""


def module(work: str, *actions: str) -> str:
    """A repository, a role of what works with it, and a policy called p."""
    listed = ", ".join(f'"{one}"' for one in actions)
    builds = ['"codebuild.amazonaws.com"'] if BUILD in work else []
    takers = ", ".join([*builds, '"sagemaker.amazonaws.com"'] if MODEL in work else builds)
    return (
        'resource "aws_ecr_repository" "churn" {\n  name = "churn"\n}\n\n'
        'resource "aws_iam_role" "work" {\n'
        '  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", '
        f'Action = "sts:AssumeRole", Principal = {{ Service = [{takers}] }} }}] }})\n}}\n\n'
        'resource "aws_iam_role_policy" "p" {\n  role = aws_iam_role.work.id\n'
        '  policy = jsonencode({\n    Version = "2012-10-17"\n    Statement = [\n'
        f'      {{ Effect = "Allow", Action = [{listed}], Resource = "*" }},\n    ]\n  }})\n}}\n'
        f"{work}"
    )


def found(report: Report) -> int:
    """How many findings of the rule there are."""
    return sum(one.rule == RULE for one in report.findings)


@pytest.mark.parametrize("work", [BUILD, BUILD + MODEL])
@pytest.mark.parametrize(
    ("pushed", "pulled"),
    [(PUSH, PULL), (("ecr:PutImage*",), ("ecr:BatchGet*",)), (PUSH[:1], PULL[:1])],
)
def test_what_a_build_pulls_stays_on_every_repository(
    work: str, pushed: tuple[str, ...], pulled: tuple[str, ...], grammar: Grammar
) -> None:
    start = read(module(work, SIGN_IN, *pushed, *pulled), grammar)
    report = detect(start, PROFILE)
    (fix,) = [one for one in plan(start, report, PROFILE).fixes if one.findings[0].rule == RULE]
    after = start.with_edits(fix.edits)
    stays = ("Allow", (SIGN_IN, *pulled), ("*",), None)
    assert meaning(after) == [stays, ("Allow", pushed, (REPOSITORY,), None)]
    verb = "stays" if len(pulled) == 1 else "stay"
    assert (
        f"`{pulled[-1]}` {verb} on `*`: what a build pulls is named in its Dockerfile" in fix.cost
    )
    assert not found(detect(after, PROFILE))


@pytest.mark.parametrize(("work", "count"), [(BUILD, 0), (BUILD + MODEL, 0), (MODEL, 1), ("", 1)])
def test_of_what_a_build_pulls_nothing_is_said(work: str, count: int, grammar: Grammar) -> None:
    assert found(detect(read(module(work, *PULL), grammar), PROFILE)) == count


TOLD = 'REPOSITORY"\n      value = aws_ecr_repository.churn.repository_url'
DOCKER = "  environment {\n    privileged_mode = %s\n"


@pytest.mark.parametrize(
    ("mode", "told", "is_offered"),
    [
        ("true", 'X"\n      value = "y"', False),
        ("var.docker", 'X"\n      value = "y"', False),
        ("false", 'X"\n      value = "y"', True),
        ("", 'X"\n      value = "y"', True),
        ("true", TOLD, True),
        ("true", 'IMAGE_REPO_NAME"\n      value = "other"', False),
        ("false", 'IMAGE_REPO_NAME"\n      value = "other"', False),
        ("false", 'ECR_REPO"\n      value = "churn"', True),
        ("false", 'ECR_REPO_URL"\n      value = "1.dkr.ecr.eu-west-1.amazonaws.com/churn"', True),
        ("false", 'ECR_REPO"\n      value = "1.dkr.ecr.eu-west-1.amazonaws.com/churn"', True),
        ("false", 'ECR_REPO"\n      value = "acme.churn"', False),
        ("false", 'GIT_REPO_NAME"\n      value = "code"', True),
        ("false", 'IMAGE_TAG"\n      value = "latest"', True),
        ("false", 'ECR_LOGIN_URL"\n      value = var.docker', True),
        ("false", 'MIGRATIONS_REPO"\n      value = "migrations"', False),
        ("false", 'MIGRATION_IMAGE_NAME"\n      value = "migrations"', False),
        ("false", 'WORKER_REPO_URL"\n      value = var.docker', False),
        ("false", 'NGINX_REPOSITORY_URI"\n      value = "${local.host}/nginx"', False),
        ("false", 'REPOSITORY"\n      value = aws_ecr_repository.churn.registry_id', False),
        ("false", 'BASE_IMAGE"\n      value = aws_ecr_repository.churn.repository_url', False),
        (
            "false",
            'X_REPO"\n      value = split("/", aws_ecr_repository.churn.repository_url)[0]',
            False,
        ),
        (
            "false",
            'X_REPO"\n      value = "${aws_ecr_repository.churn.repository_url}/x"',
            False,
        ),
        ("false", 'IMAGE_REPOSITORY_TYPE"\n      value = "ECR"', True),
    ],
)
def test_another_build_may_push_elsewhere(
    mode: str, told: str, grammar: Grammar, *, is_offered: bool
) -> None:
    """One that may run Docker and is told of no repository, or of one that is not declared."""
    other = BUILD.replace('"b"', '"other"').replace(TOLD, told)
    if mode:
        other = other.replace("  environment {\n", DOCKER % mode)
    more = 'variable "docker" {}\nlocals {\n  host = "1.dkr.ecr.eu-west-1.amazonaws.com"\n}\n'
    start = read(module(BUILD + other + more, *PUSH), grammar)
    report = detect(start, PROFILE)
    fixes = [one for one in plan(start, report, PROFILE).fixes if one.findings[0].rule == RULE]
    assert bool(fixes) is is_offered
    (finding,) = [one for one in report.findings if one.rule == RULE]
    assert is_offered or "`aws_codebuild_project.other`" in finding.advice


@pytest.mark.parametrize(
    ("image", "is_offered"),
    [
        ("$REPOSITORY:latest", True),
        ("$HOST/$NAME:$TAG", True),
        ("$HOST/churn:latest", True),
        ("$HOST/migrations:latest", False),
        ("$REPOSITORY-nginx:latest", False),
        ("1.dkr.ecr.eu-west-1.amazonaws.com/migrations", False),
    ],
)
def test_commands_that_stand_here_say_what_is_pushed(
    image: str, grammar: Grammar, *, is_offered: bool
) -> None:
    for push in ("push", "buildx build --push . -t"):
        commands = (
            f"  source {{\n    buildspec = <<-EOF\n      - docker {push} {image}\n    EOF\n  }}\n"
        )
        told = BUILD.replace("  environment {\n", f"{commands}  environment {{\n", 1)
        assert bool(scopes(module(told, *PUSH), grammar)) is is_offered


def scopes(text: str, grammar: Grammar) -> list[Fix]:
    """The fixes of the rule that are offered."""
    start = read(text, grammar)
    fixes = plan(start, detect(start, PROFILE), PROFILE).fixes
    return [one for one in fixes if one.findings[0].rule == RULE]


@pytest.mark.parametrize(
    ("told", "is_offered"),
    [
        (TOLD, True),
        ('ACCOUNT"\n      value = aws_ecr_repository.churn.registry_id', False),
        ('HOST"\n      value = split("/", aws_ecr_repository.churn.repository_url)[0]', False),
    ],
)
def test_an_account_or_a_host_shows_no_repository(
    told: str, grammar: Grammar, *, is_offered: bool
) -> None:
    """What a build runs in, it pulls."""
    text = module(BUILD.replace(TOLD, told), *PUSH) + 'variable "builder" {}\n'
    runs_in = text.replace("  environment {\n", "  environment {\n    image = var.builder\n", 1)
    assert bool(scopes(runs_in, grammar)) is is_offered


def test_another_repository_may_be_pushed_to_though_a_task_pulls_it(grammar: Grammar) -> None:
    other = 'resource "aws_ecr_repository" "nginx" {\n  name = "nginx"\n}\n'
    pulls = MODEL.replace("aws_iam_role.work", "aws_iam_role.other").replace("churn", "nginx")
    pulls += 'resource "aws_iam_role" "other" {\n  name = "other"\n}\n'
    assert scopes(module(BUILD, *PUSH), grammar)
    assert not scopes(module(BUILD, *PUSH) + other + pulls, grammar)


@pytest.mark.parametrize(
    ("variables", "is_offered"),
    [
        ('[{ name = "STAGE", value = "prod" }]', True),
        ('[{ name = "IMAGE_REPO_NAME", value = "worker" }]', False),
        ('[{ name = "REPOSITORY", value = var.other }]', False),
    ],
)
def test_a_pipeline_may_tell_a_build_of_another_repository(
    variables: str, grammar: Grammar, *, is_offered: bool
) -> None:
    starts = (
        'resource "aws_codepipeline" "p" {\n  stage {\n    action {\n      configuration = {\n'
        "        ProjectName = aws_codebuild_project.b.name\n"
        f"        EnvironmentVariables = jsonencode({variables})\n      }}\n    }}\n  }}\n}}\n"
    )
    assert bool(scopes(module(BUILD, *PUSH) + starts, grammar)) is is_offered


def test_of_what_a_build_reads_elsewhere_all_is_said(grammar: Grammar) -> None:
    bucket = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
    report = detect(read(module(BUILD + bucket, "s3:GetObject"), grammar), PROFILE)
    assert "iam-s3-resource-wildcard" in {one.rule for one in report.findings}


def test_what_a_model_pulls_is_its_image(grammar: Grammar) -> None:
    start = read(module(MODEL, SIGN_IN, *PULL), grammar)
    report = detect(start, PROFILE)
    (fix,) = [one for one in plan(start, report, PROFILE).fixes if one.findings[0].rule == RULE]
    pulls = ("Allow", PULL, (REPOSITORY,), None)
    assert meaning(start.with_edits(fix.edits)) == [("Allow", (SIGN_IN,), ("*",), None), pulls]
    assert "Dockerfile" not in fix.cost
