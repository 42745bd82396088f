"""What runs with a role and is told of something that nothing here declares keeps a scope away."""

from __future__ import annotations

import pytest

from remediations.iam.choice import Choice
from remediations.terraform.grammar import Grammar

from .test_reluctance import HELD, OWN, ROLE, meant, names, role

TABLE, BUCKET = "aws_dynamodb_table.one.name", "aws_s3_bucket.data.id"
GROUP = "aws_cloudwatch_log_group.call.name"
IMAGE = '"${aws_ecr_repository.r.repository_url}:1"'
ACCOUNT = 'data "aws_caller_identity" "c" {}\nvariable "env" {}\nvariable "out" {}\n'
MORE = (
    'resource "aws_secretsmanager_secret" "s" {\n  name = "s"\n}\n'
    'resource "aws_ecr_repository" "r" {\n  name = "r"\n}\n'
)


def told(settings: str) -> str:
    """A state machine of a task with these arguments."""
    return (
        f'resource "aws_sfn_state_machine" "call" {{\n  name     = "call"\n  role_arn = {OWN}\n'
        f"  definition = jsonencode({{ Arguments = {{\n{settings}\n  }} }})\n}}\n"
    )


def function(settings: str, more: str = "") -> str:
    return (
        'resource "aws_lambda_function" "call" {\n  function_name = "call"\n'
        f"  role          = {OWN}\n{more}\n"
        f"  environment {{\n    variables = {{\n{settings}\n    }}\n  }}\n}}\n"
    )


def task(*containers: str) -> str:
    return (
        'resource "aws_ecs_task_definition" "t" {\n  family = "t"\n'
        f"  execution_role_arn = {OWN}\n"
        f"  container_definitions = jsonencode([{', '.join(containers)}])\n}}\n"
    )


@pytest.mark.parametrize(
    ("noun", "action", "declared", "foreign", "named"),
    [
        ("table", "dynamodb:PutItem", TABLE, 'USERS_TABLE = "users"', "USERS_TABLE"),
        ("table", "dynamodb:PutItem", TABLE, 'TABLE_NAME_USERS = "users"', "TABLE_NAME_USERS"),
        ("table", "dynamodb:PutItem", TABLE, 'usersTableName = "users"', "usersTableName"),
        ("table", "dynamodb:PutItem", TABLE, 'USERS_TABLE = "${var.env}-users"', "USERS_TABLE"),
        ("table", "dynamodb:PutItem", TABLE, "USERS_TABLE = local.users", "USERS_TABLE"),
        (
            "table",
            "dynamodb:PutItem",
            TABLE,
            "USERS_TABLE = data.aws_ssm_parameter.t.value",
            "USERS_TABLE",
        ),
        (
            "table",
            "dynamodb:PutItem",
            TABLE,
            'X = "arn:aws:dynamodb:${var.env}:1:table/users"',
            "users",
        ),
        ("table", "dynamodb:PutItem", TABLE, 'X = "{\\"table\\": \\"users\\"}"', "table"),
        ("bucket", "s3:GetObject", BUCKET, 'OUT_BUCKET = "other"', "OUT_BUCKET"),
        ("bucket", "s3:GetObject", BUCKET, 'OUT = "s3://acme-website"', "acme-website"),
        ("bucket", "s3:GetObject", BUCKET, 'OUT = "s3://other/x"', "other"),
        ("bucket", "s3:GetObject", BUCKET, 'OUT = "s3://other-${var.env}/x"', "other-…"),
        ("bucket", "s3:GetObject", BUCKET, 'OUT = "arn:aws:s3:::other/*"', "other"),
        ("bucket", "s3:GetObject", BUCKET, '"Bucket.$" = "$.bucket"', "Bucket.$"),
        ("bucket", "s3:GetObject", BUCKET, 'X = "{\\"Bucket.$\\": \\"$.b\\"}"', "Bucket.$"),
        ("bucket", "s3:GetObject", BUCKET, 'Bucket = "{% $states.input.b %}"', "Bucket"),
        (
            "bucket",
            "s3:GetObject",
            BUCKET,
            'X = "arn:aws:apigateway:eu-west-1:s3:path/{folder}/{item}"',
            "{folder}",
        ),
        (
            "bucket",
            "s3:GetObject",
            BUCKET,
            f'OUT_BUCKET = var.out != "" ? var.out : {BUCKET}',
            "OUT_BUCKET",
        ),
        (
            "bucket",
            "s3:GetObject",
            BUCKET,
            f'OUT_BUCKET = var.out == "" ? {BUCKET} : var.out',
            "OUT_BUCKET",
        ),
        (
            "bucket",
            "s3:GetObject",
            BUCKET,
            f"OUT_BUCKET = coalesce(var.out, {BUCKET})",
            "OUT_BUCKET",
        ),
        (
            "secret",
            "secretsmanager:GetSecretValue",
            "aws_secretsmanager_secret.s.arn",
            'DB_SECRET_ID = "prod/db"',
            "DB_SECRET_ID",
        ),
        (
            "secret",
            "secretsmanager:GetSecretValue",
            "aws_secretsmanager_secret.s.arn",
            "DB_SECRET_ARN = aws_db_instance.d.master_user_secret[0].secret_arn",
            "DB_SECRET_ARN",
        ),
    ],
)
def test_a_name_of_another_one_keeps_the_scope_away(
    noun: str, action: str, declared: str, foreign: str, named: str, grammar: Grammar
) -> None:
    before = HELD + MORE + ACCOUNT + 'locals {\n  users = "users"\n}\n' + role(action)
    before += 'data "aws_ssm_parameter" "t" {\n  name = "t"\n}\n'
    before += 'resource "aws_db_instance" "d" {\n  manage_master_user_password = true\n}\n'
    assert isinstance(meant(noun, before + told(f"ONE = {declared}"), grammar), Choice)
    found = meant(noun, before + told(f"ONE = {declared}\n{foreign}"), grammar)
    assert found == (
        f"`aws_sfn_state_machine.call` is told of `{named}` too, which may be another {noun}. Name "
        "the ARNs of all that is needed."
    )


@pytest.mark.parametrize(
    "setting",
    [
        'ONE_TABLE = "one"',
        'TABLE_TTL = "30"',
        'HAS_TABLE = "true"',
        'TABLE = ""',
        "OTHER_TABLE = aws_s3_bucket.data.id",
        'NOTE = "a table"',
        'X = "arn:aws:dynamodb:eu-west-1:1:table/one"',
        f'X = "arn:aws:dynamodb:eu-west-1:1:table/${{{TABLE}}}"',
        f'TABLE = var.env != "" ? {TABLE} : ""',
        'TABLE = true ? "one" : "other"',
        'TABLE = false ? "other" : "one"',
        "X = jsonencode({ table = { ttl = var.env } })",
        'X = "{\\"table\\": \\"\\"}"',
    ],
)
def test_what_names_no_other_one_keeps_nothing_away(setting: str, grammar: Grammar) -> None:
    text = HELD + ACCOUNT + role("dynamodb:PutItem") + told(f"ONE = {TABLE}\n{setting}")
    assert names(meant("table", text, grammar)) == "`aws_dynamodb_table.one`"


def test_a_name_that_is_built_alike_is_the_same(grammar: Grammar) -> None:
    built = '"${var.env}-data"'
    text = HELD.replace('"acme-data"', built) + ACCOUNT + role("s3:GetObject")
    own = told(f"ONE = {BUCKET}\nTHE_BUCKET = {built}")
    assert names(meant("bucket", text + own, grammar)) == "`aws_s3_bucket.data`"
    other = told(f'ONE = {BUCKET}\nTHE_BUCKET = "${{var.env}}-lake"')
    assert isinstance(meant("bucket", text + other, grammar), str)


@pytest.mark.parametrize(
    ("image", "is_silent"),
    [
        ('"nginx:1"', False),
        ('"public.ecr.aws/docker/library/busybox:1"', False),
        ('"busybox:${var.env}"', False),
        ("local.image", False),
        ('"123456789012.dkr.ecr.eu-west-1.amazonaws.com/r:2"', False),
        ('"906394416424.dkr.ecr.us-west-2.amazonaws.com/aws-for-fluent-bit:stable"', True),
        ('"${data.aws_caller_identity.c.account_id}.dkr.ecr.eu-west-1.amazonaws.com/x:1"', True),
        ('"${var.env}/x:1"', True),
        ("data.aws_sagemaker_prebuilt_ecr_image.p.registry_path", True),
    ],
)
def test_an_image_of_another_repository_is_needed_too(
    image: str, *, is_silent: bool, grammar: Grammar
) -> None:
    text = HELD + MORE + ACCOUNT + role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    own = f'{{ name = "a", image = {IMAGE} }}'
    assert isinstance(meant("repository", text + task(own), grammar), Choice)
    both = text + task(own, f'{{ name = "b", image = {image} }}')
    both += 'data "aws_sagemaker_prebuilt_ecr_image" "p" {\n  repository_name = "x"\n}\n'
    both += 'locals {\n  image = "nginx:1"\n}\n'
    assert isinstance(meant("repository", both, grammar), str) is is_silent


@pytest.mark.parametrize(
    ("image", "is_shown"),
    [
        ("aws_ecr_repository.r.repository_url", True),
        ('"${aws_ecr_repository.r.repository_url}@${var.digest}"', True),
        ('"${aws_ecr_repository.r.repository_url}/worker:1"', False),
        ('"${split("/", aws_ecr_repository.r.repository_url)[0]}/worker:1"', False),
        ('replace(aws_ecr_repository.r.repository_url, "r", "worker")', False),
        ('"${local.host}/fluent-bit:1"', False),
        ('"${var.host}/fluent-bit:1"', False),
    ],
)
def test_the_address_of_a_repository_may_lead_to_another(
    image: str, grammar: Grammar, *, is_shown: bool
) -> None:
    host = '"123456789012.dkr.ecr.eu-west-1.amazonaws.com"'
    text = MORE + role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    text += task(f"{{ image = {IMAGE} }}", f"{{ image = {image} }}")
    text += f'locals {{\n  host = {host}\n}}\nvariable "digest" {{}}\n'
    text += f'variable "host" {{\n  default = {host}\n}}\n'
    assert isinstance(meant("repository", text, grammar), Choice) is is_shown


def test_images_in_a_text_say_whose_they_are(grammar: Grammar) -> None:
    heredoc = (
        'resource "aws_ecs_task_definition" "t" {\n'
        f"  execution_role_arn = {OWN}\n  container_definitions = <<JSON\n"
        '[{"image": "${aws_ecr_repository.r.repository_url}"}, {"image": "%s"}]\nJSON\n}\n'
    )
    text = HELD + MORE + role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    assert isinstance(meant("repository", text + heredoc % "nginx:1", grammar), Choice)
    other = "1.dkr.ecr.eu-west-1.amazonaws.com/x:1"
    assert isinstance(meant("repository", text + heredoc % other, grammar), str)


def test_what_stands_in_a_local_is_told_too(grammar: Grammar) -> None:
    work = told("").replace(
        "Arguments = {\n\n  }", f"Arguments = merge(local.all, {{ T = {TABLE} }})"
    )
    held = 'locals {\n  all = { %s = "users" }\n}\n'
    text = HELD + role("dynamodb:PutItem") + work
    assert isinstance(meant("table", text + held % "USERS", grammar), Choice)
    assert isinstance(meant("table", text + held % "USERS_TABLE", grammar), str)


@pytest.mark.parametrize(("name", "is_silent"), [("BASE_IMAGE_URI", True), ("OUT", False)])
def test_a_setting_may_be_a_pair_of_a_name_and_a_value(
    name: str, *, is_silent: bool, grammar: Grammar
) -> None:
    other = 'data "aws_ssm_parameter" "x" {\n  name = "x"\n}\n'
    variable = '    environment_variable {{\n      name  = "{0}"\n      value = {1}\n    }}\n'
    told = variable.format("REPO", "aws_ecr_repository.r.repository_url")
    told += variable.format(name, "data.aws_ssm_parameter.x.value")
    build = (
        f'resource "aws_codebuild_project" "b" {{\n  service_role = {OWN}\n  environment {{\n'
        f"{told}  }}\n}}\n"
    )
    text = MORE + other + role("ecr:BatchGetImage", by='"codebuild.amazonaws.com"') + build
    assert isinstance(meant("repository", text, grammar), str) is is_silent
    secret = f'[{{ name = "{name}", value = data.aws_ssm_parameter.x.value }}]'
    text = MORE + other + role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    text += task(f"{{ image = {IMAGE}, secrets = {secret} }}")
    assert isinstance(meant("repository", text, grammar), str) is is_silent


def test_where_its_code_lies_is_no_setting(grammar: Grammar) -> None:
    text = HELD + role("s3:GetObject")
    code = function(f"X = {BUCKET}", '  s3_bucket = "code"')
    found = str(meant("bucket", text + code, grammar))
    assert "points at `aws_s3_bucket.data`" in found
    assert "is told of" not in found
    other = function(f'X = {BUCKET}\nOUT_BUCKET = "other"', '  s3_bucket = "code"')
    assert "is told of `OUT_BUCKET` too" in str(meant("bucket", text + other, grammar))


def test_a_role_that_a_machine_is_told_of_by_its_name_is_passed_too(grammar: Grammar) -> None:
    job = ROLE.partition('resource "aws_iam_role_policy"')[0].replace('"work"', '"job"')
    text = job.format('"sagemaker.amazonaws.com"', "")
    text += role("iam:PassRole", "sagemaker:CreateTrainingJob", by='"states.amazonaws.com"')

    def steps(more: str = "") -> str:
        return (
            f'resource "aws_sfn_state_machine" "s" {{\n  role_arn = {OWN}\n'
            f"  definition = jsonencode({{ RoleArn = aws_iam_role.job.arn{more} }})\n}}\n"
        )

    assert names(meant("role", text + steps(), grammar)) == "`aws_iam_role.job`"
    kind = steps(', X = "{\\"role\\": \\"worker\\"}"')
    assert isinstance(meant("role", text + kind, grammar), Choice)
    for other in (', TaskRoleArn = "x"', ', X = "arn:aws:iam::123456789012:role/other"'):
        assert isinstance(meant("role", text + steps(other), grammar), str)


def test_each_container_has_to_write_to_a_group_that_stands_here(grammar: Grammar) -> None:
    def container(group: str) -> str:
        return f'{{ logConfiguration = {{ options = {{ "awslogs-group" = {group} }} }} }}'

    text = HELD + role("logs:PutLogEvents", by='"ecs-tasks.amazonaws.com"')
    for second in (GROUP, '"/aws/lambda/call"'):
        found = meant("log group", text + task(container(GROUP), container(second)), grammar)
        assert names(found) == "`aws_cloudwatch_log_group.call`"
    found = meant("log group", text + task(container(GROUP), container('"/ecs/x"')), grammar)
    assert str(found).startswith("`aws_ecs_task_definition.t` is told of `awslogs-group` too")
    heredoc = (
        'resource "aws_ecs_task_definition" "t" {\n'
        f"  execution_role_arn = {OWN}\n  container_definitions = <<JSON\n"
        f'[{{"options": {{"awslogs-group": "${{{GROUP}}}"}}}}%s]\nJSON\n}}\n'
    )
    assert isinstance(meant("log group", text + heredoc % "", grammar), Choice)
    other = ', {"options": {"awslogs-group": "/ecs/x"}}'
    assert isinstance(meant("log group", text + heredoc % other, grammar), str)


@pytest.mark.parametrize(
    ("container", "is_shown"),
    [
        (f'{{ logConfiguration = {{ options = {{ "awslogs-group" = {GROUP} }} }} }}', True),
        (f'{{ environment = [{{ name = "X", value = {GROUP} }}] }}', False),
        ("local.container", True),
        (f'jsondecode(templatefile("c.json", {{ group = {GROUP} }}))', False),
    ],
)
def test_a_group_in_the_environment_of_a_container_is_for_its_code(
    container: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """What a container prints goes where its options say; its code has another role."""
    text = HELD + role("logs:PutLogEvents", by='"ecs-tasks.amazonaws.com"') + task(container)
    text += f'locals {{\n  container = {{ options = {{ "awslogs-group" = {GROUP} }} }}\n}}\n'
    assert isinstance(meant("log group", text, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("noun", "action", "read", "kind"),
    [
        ("secret", "secretsmanager:GetSecretValue", "secrets = [{{ valueFrom = {0} }}]", "secret"),
        (
            "secret",
            "secretsmanager:GetSecretValue",
            "repositoryCredentials = {{ credentialsParameter = {0} }}",
            "secret",
        ),
        ("repository", "ecr:BatchGetImage", "image = {0}", "repository"),
    ],
)
def test_what_only_the_code_of_a_container_reads_is_not_read_to_start_it(
    noun: str, action: str, read: str, kind: str, grammar: Grammar
) -> None:
    whole = {"secret": "aws_secretsmanager_secret", "repository": "aws_ecr_repository"}[kind]
    held = "".join(f'resource "{whole}" "{one}" {{\n  name = "{one}"\n}}\n' for one in "ab")
    at = "arn" if kind == "secret" else "repository_url"
    text = HELD + held + role(action, by='"ecs-tasks.amazonaws.com"')
    first, second = (read.format(f"{whole}.{one}.{at}") for one in "ab")
    both = task(f"{{ {first} }}", f"{{ {second} }}")
    found = meant(noun, text + both, grammar)
    assert names(found) == f"`{whole}.a` and `{whole}.b`"
    code = f'environment = [{{ name = "X", value = {whole}.b.{at} }}]'
    for more in (f"{{ {first}, {code} }}", f"{{ {first} }}, {{ {code} }}"):
        found = str(meant(noun, text + task(more), grammar))
        assert f"points at `{whole}.a`" in found
        assert "That may not be all" in found


CLUSTER = (
    'variable "g" {{}}\nresource "aws_ecs_cluster" "c" {{\n  configuration {{\n'
    '    execute_command_configuration {{\n      logging = "OVERRIDE"\n'
    "      log_configuration {{\n        {} = {}\n      }}\n    }}\n  }}\n}}\n"
)


@pytest.mark.parametrize("own", [OWN, "aws_iam_role.other.arn"])
@pytest.mark.parametrize(
    ("argument", "told", "is_same"),
    [
        ("cloud_watch_log_group_name", GROUP, True),
        ("cloud_watch_log_group_name", "aws_cloudwatch_log_group.exec.name", False),
        ("cloud_watch_log_group_name", '"/exec"', False),
        ("cloud_watch_log_group_name", "var.g", False),
        ("s3_bucket_name", '"x"', True),
    ],
)
def test_sessions_in_a_container_are_logged_with_its_own_role(
    own: str, argument: str, told: str, grammar: Grammar, *, is_same: bool
) -> None:
    more = 'resource "aws_cloudwatch_log_group" "exec" {\n  name = "/exec"\n}\n'
    more += 'resource "aws_iam_role" "other" {\n  name = "other"\n}\n'
    container = f'{{ logConfiguration = {{ options = {{ "awslogs-group" = {GROUP} }} }} }}'
    work = task(container).replace("  container_", f"  task_role_arn = {own}\n  container_")
    text = HELD + more + role("logs:PutLogEvents", by='"ecs-tasks.amazonaws.com"') + work
    found = meant("log group", text + CLUSTER.format(argument, told), grammar)
    assert isinstance(found, Choice) is (is_same or own != OWN)


def test_containers_in_a_file_may_write_to_other_groups(grammar: Grammar) -> None:
    told = f'templatefile("c.json", {{ group = {GROUP} }})'
    text = (
        f'resource "aws_ecs_task_definition" "t" {{\n  execution_role_arn = {OWN}\n'
        f"  container_definitions = {told}\n}}\n"
    )
    allowed = role("logs:PutLogEvents", by='"ecs-tasks.amazonaws.com"')
    assert isinstance(meant("log group", HELD + allowed + text, grammar), str)


def test_a_function_writes_to_the_group_that_it_is_told_of(grammar: Grammar) -> None:
    """And not to the one that is called after it."""
    second = 'resource "aws_cloudwatch_log_group" "own" {\n  name = "/own"\n}\n'
    text = HELD + second + 'variable "g" {}\n' + role("logs:PutLogEvents")
    assert (
        names(meant("log group", text + function(""), grammar)) == "`aws_cloudwatch_log_group.call`"
    )
    for group in ("aws_cloudwatch_log_group.own.name", '"/own"'):
        logging = f"  logging_config {{\n    log_group = {group}\n  }}"
        found = meant("log group", text + function("", logging), grammar)
        assert names(found) == "`aws_cloudwatch_log_group.own`"
    for group in ("var.g", '"/elsewhere"'):
        logging = f"  logging_config {{\n    log_group = {group}\n  }}"
        assert meant("log group", text + function("", logging), grammar) == (
            "`aws_lambda_function.call` is told of a log group that does not stand here. Name its "
            "ARN."
        )


def test_a_group_that_a_function_is_told_of_may_be_meant_too(grammar: Grammar) -> None:
    second = 'resource "aws_cloudwatch_log_group" "events" {\n  name = "/events"\n}\n'
    text = HELD + second + role("logs:PutLogEvents")
    assert isinstance(meant("log group", text + function(f"GROUP = {GROUP}"), grammar), Choice)
    also = function("EVENTS = aws_cloudwatch_log_group.events.name")
    assert isinstance(meant("log group", text + also, grammar), str)


def test_a_build_hands_on_what_it_is_told(grammar: Grammar) -> None:
    build = (
        'resource "aws_codebuild_project" "b" {\n  name = "b"\n'
        f"  service_role = {OWN}\n  environment {{\n    environment_variable {{\n"
        '      name  = "GROUP"\n      value = aws_cloudwatch_log_group.events.name\n    }\n  }\n'
        f"  logs_config {{\n    cloudwatch_logs {{\n      group_name = {GROUP}\n    }}\n  }}\n}}\n"
    )
    second = 'resource "aws_cloudwatch_log_group" "events" {\n  name = "/events"\n}\n'
    text = HELD + second + role("logs:PutLogEvents", by='"codebuild.amazonaws.com"') + build
    assert names(meant("log group", text, grammar)) == "`aws_cloudwatch_log_group.call`"


def test_a_dashboard_says_nothing_of_what_a_function_needs(grammar: Grammar) -> None:
    """It shows all sorts of things beside each other."""
    dashboard = (
        'resource "aws_cloudwatch_dashboard" "d" {\n  dashboard_name = "d"\n'
        "  dashboard_body = jsonencode({ all = [aws_lambda_function.call.function_name, "
        f"{TABLE}] }})\n}}\n"
    )
    text = HELD + role("dynamodb:PutItem") + function("")
    assert "points at" not in str(meant("table", text + dashboard, grammar))
    feeds = (
        'resource "aws_lambda_event_source_mapping" "m" {\n'
        "  function_name    = aws_lambda_function.call.arn\n"
        "  event_source_arn = aws_dynamodb_table.one.stream_arn\n}\n"
    )
    said = "`aws_lambda_event_source_mapping.m` points at `aws_dynamodb_table.one`"
    assert said in str(meant("table", text + feeds, grammar))


def test_a_build_may_put_its_result_where_nothing_else_is_shown_to_work(grammar: Grammar) -> None:
    """A pipeline of a website, say; what the build does stands in a file of the repository."""
    build = (
        f'resource "aws_codepipeline" "p" {{\n  name = "p"\n  role_arn = {OWN}\n'
        "  artifact_store {\n    location = aws_s3_bucket.data.bucket\n  }\n"
        "  stage {\n    action {\n      name = aws_codebuild_project.b.name\n    }\n  }\n}\n"
        'resource "aws_codebuild_project" "b" {\n  name = "b"\n'
        f"  service_role = {OWN}\n  source {{\n    buildspec = %s\n  }}\n}}\n"
    )
    text = HELD + role("s3:PutObject", by='"codebuild.amazonaws.com"')
    alone = text.replace('resource "aws_s3_bucket" "website"', 'data "x" "y"')
    found = meant("bucket", alone + build % '"buildspec.yml"', grammar)
    assert "`aws_codebuild_project.b` has the role too, and may need another" in str(found)
    found = meant("bucket", text + build % '"buildspec.yml"', grammar)
    assert found == (
        "`aws_codebuild_project.b` may deploy to `aws_s3_bucket.website` too: what it does stands "
        "in its build specification. Name every bucket that is needed."
    )
    told = '"aws s3 sync . s3://${aws_s3_bucket.website.id}"'
    found = meant("bucket", text + build % told, grammar)
    assert "`aws_codebuild_project.b` points at `aws_s3_bucket.website`" in str(found)
    assert "That may not be all" in str(found)


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("aws_cloudformation_stack", "parameters = { Role = ROLE }"),
        ("aws_lambda_function", "environment {\n    variables = { JOB = ROLE }\n  }"),
        ("aws_sfn_state_machine", "definition = jsonencode({ Role = ROLE })"),
        ("aws_ssm_parameter", "value = ROLE"),
        ("kubernetes_service_account", 'metadata {\n    annotations = { "x/role" = ROLE }\n  }'),
        ("null_resource", 'provisioner "local-exec" {\n    command = "run ${ROLE}"\n  }'),
    ],
)
def test_a_role_that_is_told_to_others_may_run_with_anything(
    kind: str, argument: str, grammar: Grammar
) -> None:
    other = f'resource "{kind}" "o" {{\n  {argument.replace("ROLE", OWN)}\n}}\n'
    for noun, action, declared in (
        ("table", "dynamodb:PutItem", TABLE),
        ("log group", "logs:PutLogEvents", GROUP),
    ):
        work = told if noun == "table" else function
        text = HELD + role(action) + work(f"ONE = {declared}")
        assert isinstance(meant(noun, text, grammar), Choice)
        assert meant(noun, text + other, grammar) == (
            f"`{kind}.o` hands the role on, and what runs with it there does not stand here. Name "
            f"the ARNs of each {noun} that it needs."
        )


@pytest.mark.parametrize(
    "other",
    [
        'resource "aws_s3_bucket_policy" "o" {\n  policy = jsonencode({ Principal = ROLE })\n}\n',
        'resource "aws_kms_grant" "o" {\n  grantee_principal = ROLE\n}\n',
        'resource "aws_lakeformation_permissions" "o" {\n  principal = ROLE\n}\n',
        'resource "aws_s3_bucket" "o" {\n  bucket = "acme-logs"\n  tags = { of = ROLE }\n}\n',
        'resource "aws_lambda_alias" "o" {\n  depends_on = [aws_iam_role.work]\n}\n',
    ],
)
def test_who_lets_a_role_in_does_not_hand_it_on(other: str, grammar: Grammar) -> None:
    text = HELD + role("dynamodb:PutItem") + told(f"ONE = {TABLE}") + other.replace("ROLE", OWN)
    assert names(meant("table", text, grammar)) == "`aws_dynamodb_table.one`"


def test_what_runs_with_a_role_may_name_it_too(grammar: Grammar) -> None:
    """A pipeline runs its jobs with the role that it has, and says so in its definition."""
    build = (
        f'resource "aws_codebuild_project" "b" {{\n  service_role = {OWN}\n  environment {{\n'
        f'    environment_variable {{\n      name  = "R"\n      value = {OWN}\n    }}\n  }}\n'
        f"  logs_config {{\n    cloudwatch_logs {{\n      group_name = {GROUP}\n    }}\n  }}\n}}\n"
    )
    text = HELD + role("logs:PutLogEvents", by='"codebuild.amazonaws.com"') + build
    assert names(meant("log group", text, grammar)) == "`aws_cloudwatch_log_group.call`"


def test_what_a_machine_does_with_a_role_stands_on_the_machine(grammar: Grammar) -> None:
    profile = 'resource "aws_iam_instance_profile" "i" {\n  role = aws_iam_role.work.name\n}\n'
    text = HELD + role("dynamodb:PutItem") + told(f"ONE = {TABLE}")
    assert str(meant("table", text + profile, grammar)).startswith("`aws_iam_instance_profile.i`")
    logs = HELD + role("logs:PutLogEvents") + function("") + profile
    assert names(meant("log group", logs, grammar)) == "`aws_cloudwatch_log_group.call`"


@pytest.mark.parametrize(
    ("noun", "action", "declared"),
    [
        ("secret", "secretsmanager:GetSecretValue", "aws_secretsmanager_secret.s.arn"),
        ("table", "dynamodb:PutItem", TABLE),
    ],
)
def test_people_who_take_on_a_role_may_need_another_one(
    noun: str, action: str, declared: str, grammar: Grammar
) -> None:
    text = HELD + MORE + role(action) + told(f"ONE = {declared}")
    assert isinstance(meant(noun, text, grammar), Choice)
    also = text.replace("Principal = {", 'Principal = { AWS = "arn:aws:iam::1:user/x",')
    assert "takes on the role, and what that needs" in str(meant(noun, also, grammar))
