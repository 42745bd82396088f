"""Which resource is meant, by what the module shows; and what keeps everybody from saying so."""

from __future__ import annotations

import pytest

from remediations.iam.choice import Choice, choose
from remediations.iam.inference import Question
from remediations.iam.nouns import NOUNS
from remediations.iam.statements import policies
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read as reading

from .policies import BUCKET, read

BUCKETS = """
resource "aws_s3_bucket" "raw" {
  bucket = "acme-raw"
}

resource "aws_s3_bucket" "models" {
  bucket = "acme-models"
}
"""
ROLES = """
resource "aws_iam_role" "{0}" {{
  assume_role_policy = jsonencode({{
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ Service = "{1}.amazonaws.com" }}
      Action    = "sts:AssumeRole"
    }}]
  }})
}}
"""
ENDPOINT = ROLES.format("endpoint", "sagemaker")
TRAINING = ROLES.format("training", "sagemaker")
TASK = ROLES.format("task", "ecs-tasks")
POLICY = """
data "aws_iam_policy_document" "p" {{
  statement {{
    actions   = [{0}]
    resources = ["*"]
  }}
{1}}}

resource "aws_iam_role_policy" "p" {{
  role   = aws_iam_role.endpoint.id
  policy = data.aws_iam_policy_document.p.json
}}
"""
SIBLING = """
  statement {{
    actions   = ["{0}"]
    resources = ["${{aws_s3_bucket.models.arn}}/*"]
  }}
"""
MODEL = """
resource "aws_sagemaker_model" "churn" {
  execution_role_arn = aws_iam_role.endpoint.arn

  primary_container {
    image          = "churn:1"
    model_data_url = "s3://${aws_s3_bucket.models.id}/model.tar.gz"
  }
}
"""
OTHER_USE = """
resource "aws_glue_job" "import" {
  role_arn = aws_iam_role.training.arn

  command {
    script_location = "s3://${aws_s3_bucket.raw.id}/import.py"
  }
}
"""
FUNCTION = """
resource "aws_lambda_function" "call" {
  function_name = "call"
  role          = aws_iam_role.endpoint.arn
  s3_bucket     = aws_s3_bucket.models.id
}
"""
CALLED_BY = """
resource "aws_s3_bucket_notification" "raw" {
  bucket = aws_s3_bucket.raw.id

  lambda_function {
    lambda_function_arn = aws_lambda_function.call.arn
  }
}
"""
GROUP = """
resource "aws_cloudwatch_log_group" "call" {
  name = "/aws/lambda/call"
}

resource "aws_cloudwatch_log_group" "other" {
  name = "/acme/other"
}
"""
KEYS = """
resource "aws_kms_key" "data" {}

resource "aws_kms_key" "other" {}

resource "aws_s3_bucket_server_side_encryption_configuration" "models" {
  bucket = aws_s3_bucket.models.id

  rule {
    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_sns_topic" "t" {
  kms_master_key_id = aws_kms_key.other.arn
}
"""


def meant(
    noun: str, text: str | dict[str, str], grammar: Grammar, holder: str = ""
) -> Choice | str:
    """What is said of the first statement of the policy called p, in the directory at the top."""
    read_whole = read(text, grammar) if isinstance(text, str) else reading(text, grammar)
    module = next(one for one in read_whole.modules if not one.directory)
    resource = module.resource(holder or "data.aws_iam_policy_document.p")
    assert resource is not None
    policy = policies(resource, module)[0]
    return choose(Question(NOUNS[noun], resource, policy, policy[0], module))


def policy(*actions: str, more: str = "") -> str:
    return POLICY.format(", ".join(f'"{one}"' for one in actions), more)


READ = BUCKETS + ENDPOINT + TRAINING + policy("s3:GetObject")


def test_what_runs_with_the_role_shows_its_bucket(grammar: Grammar) -> None:
    found = meant("bucket", READ + MODEL + OTHER_USE, grammar)
    assert isinstance(found, Choice)
    assert found.names == "`aws_s3_bucket.models`"
    said = "`aws_sagemaker_model.churn` points at `aws_s3_bucket.models` in `model_data_url`"
    assert found.evidence == said


def test_a_bucket_that_nothing_explains_may_be_meant_too(grammar: Grammar) -> None:
    found = str(meant("bucket", READ + MODEL, grammar))
    assert "`aws_s3_bucket.raw` may be meant too: name the ARN of each bucket" in found


def test_all_that_a_role_is_shown_to_need_is_named(grammar: Grammar) -> None:
    second = MODEL.replace("churn", "other").replace("bucket.models", "bucket.raw")
    found = meant("bucket", READ + MODEL + second, grammar)
    assert isinstance(found, Choice)
    assert {one.address for one in found.resources} == {
        "aws_s3_bucket.models",
        "aws_s3_bucket.raw",
    }


def test_where_a_script_lies_says_nothing_of_its_data(grammar: Grammar) -> None:
    both = MODEL + OTHER_USE.replace("training.arn", "endpoint.arn")
    assert meant("bucket", READ + both, grammar) == (
        "`aws_glue_job.import` says where its script is, and not which data it works on. Name "
        "every bucket that is needed."
    )


ALONE = BUCKET + policy("s3:GetObject").partition('resource "aws_iam_role_policy"')[0]
ONLY_TABLE = "`aws_dynamodb_table.t` is the only table of this module. That may not be all: "
HANDED_ON = {
    "to a module": 'module "m" {\n  source = "a/b/c"\n  policy = ${}\n}\n',
    "to something unknown": 'resource "acme_grant" "g" {\n  policy = ${}\n}\n',
    "through a policy": 'resource "aws_iam_policy" "q" {\n  policy = ${}\n}\n\n'
    'resource "aws_iam_role_policy_attachment" "q" {\n  role       = var.role\n'
    "  policy_arn = aws_iam_policy.q.arn\n}\n",
}


@pytest.mark.parametrize("where", HANDED_ON)
def test_the_only_bucket_says_nothing_of_a_role_out_of_sight(where: str, grammar: Grammar) -> None:
    assert meant("bucket", ALONE, grammar) == (
        "`aws_s3_bucket.training` is the only data bucket of this module. That may not be all: "
        "name the ARN of each bucket that is needed. If that is all, write "
        '`["${aws_s3_bucket.training.arn}/*"]`.'
    )
    held = HANDED_ON[where].replace("${}", "data.aws_iam_policy_document.p.json")
    assert "may be the bucket that is meant" in str(meant("bucket", ALONE + held, grammar))


@pytest.mark.parametrize("where", HANDED_ON)
def test_the_only_table_says_nothing_of_a_role_out_of_sight(where: str, grammar: Grammar) -> None:
    alone = TABLE + policy("dynamodb:PutItem").partition('resource "aws_iam_role_policy"')[0]
    assert str(meant("table", alone, grammar)).startswith(ONLY_TABLE)
    held = HANDED_ON[where].replace("${}", "data.aws_iam_policy_document.p.json")
    assert "may be the table that is meant" in str(meant("table", alone + held, grammar))


def test_what_calls_a_function_shows_what_it_reads_and_its_code_does_not(grammar: Grammar) -> None:
    text = BUCKETS + ENDPOINT + policy("s3:GetObject") + FUNCTION + CALLED_BY
    assert meant("bucket", text, grammar) == (
        "`aws_s3_bucket_notification.raw` points at `aws_s3_bucket.raw` in `bucket`. "
        "`aws_s3_bucket.models` may be meant too: name the ARN of each bucket that is needed."
    )
    alone = meant("bucket", text.replace("acme-models", "acme-logs"), grammar)
    assert alone == (
        "`aws_s3_bucket_notification.raw` points at `aws_s3_bucket.raw` in `bucket`. That may not "
        "be all: name the ARN of each bucket that is needed. If that is all, write "
        '`["${aws_s3_bucket.raw.arn}/*"]`.'
    )


@pytest.mark.parametrize(("sibling", "is_said"), [("s3:GetObject", True), ("s3:List*", False)])
def test_what_a_sibling_names_is_said_unless_it_allows_the_same(
    sibling: str, grammar: Grammar, *, is_said: bool
) -> None:
    """Who gives a bucket its own statement may mean something else by a star beside it."""
    more = SIBLING.format(sibling)
    text = (
        ENDPOINT + BUCKETS.replace("acme-raw", "acme-tfstate") + policy("s3:ListBucket", more=more)
    )
    found = meant("bucket", text, grammar)
    assert isinstance(found, str)
    assert (
        "of the same role names `aws_s3_bucket.models`. That may not be all" in found
    ) is is_said


def test_a_bucket_beside_the_star_means_others_too(grammar: Grammar) -> None:
    text = READ.replace('["*"]', '["*", "${aws_s3_bucket.raw.arn}/*"]')
    assert "means other buckets too" in str(meant("bucket", text, grammar))
    everywhere = READ.replace('["*"]', '["arn:${data.aws_partition.now.partition}:s3:::*"]')
    assert "means other buckets too" not in str(meant("bucket", everywhere, grammar))


TABLES = """
resource "aws_dynamodb_table" "runs" {
  name = "runs"
}

resource "aws_dynamodb_table" "jobs" {
  name = "jobs"
}
"""
CALLS = """
resource "aws_lambda_function" "call" {
  function_name = "call"
  role          = aws_iam_role.endpoint.arn

  environment {
    variables = { TABLE = aws_dynamodb_table.runs.name }
  }
}
"""


def test_what_stands_beside_the_star_is_said(grammar: Grammar) -> None:
    """Whoever writes a star beside a table may mean others by it."""
    beside = policy("dynamodb:GetItem").replace('"*"', '"*", aws_dynamodb_table.runs.arn')
    found = meant("table", TABLES + ENDPOINT + beside, grammar)
    assert str(found).startswith(
        "The statement names `aws_dynamodb_table.runs` beside the wildcard. `aws_dynamodb_table."
        "jobs` may be meant too: "
    )


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        (("s3:GetObject", "s3:CreateBucket"), "may create buckets"),
        (("s3:GetObject", "ssmmessages:CreateDataChannel"), "buckets of AWS's own"),
        (("s3:GetObject", "iam:CreateRole"), "may make roles"),
        (("s3:GetObject", "iam:AttachRolePolicy"), "may make roles"),
        (("s3:GetObject", "iam:PutRolePolicy"), "may make roles"),
    ],
)
def test_what_needs_more_than_can_be_named_is_left(
    actions: tuple[str, ...], said: str, grammar: Grammar
) -> None:
    text = BUCKETS.partition('resource "aws_s3_bucket" "models"')[0] + ENDPOINT + policy(*actions)
    assert said in str(meant("bucket", text, grammar))


def test_a_bucket_with_a_literal_name_may_be_meant_too(grammar: Grammar) -> None:
    text = BUCKET + ENDPOINT + policy("s3:GetObject")
    text += MODEL.replace("s3_bucket.models", "s3_bucket.training")
    other = MODEL.replace("${aws_s3_bucket.models.id}", "somebody-elses")
    assert isinstance(meant("bucket", text, grammar), Choice)
    found = str(meant("bucket", text + other.replace("churn", "other"), grammar))
    assert "`aws_sagemaker_model.other` is told of `model_data_url` too" in found


def test_functions_write_to_their_own_groups(grammar: Grammar) -> None:
    logs = BUCKETS + ENDPOINT + policy("logs:PutLogEvents") + GROUP + FUNCTION
    found = meant("log group", logs, grammar)
    assert isinstance(found, Choice)
    assert found.names == "`aws_cloudwatch_log_group.call`"
    second = FUNCTION.replace('"call"', '"answer"')
    assert "a log group that Lambda makes" in str(meant("log group", logs + second, grammar))


@pytest.mark.parametrize(
    ("name", "is_its_own"),
    [
        ('"/aws/lambda/call"', True),
        ('"/aws/lambda/${aws_lambda_function.call.function_name}"', True),
        ('"/acme/${aws_lambda_function.call.function_name}"', False),
        ('"/aws/lambda/acme-call"\n  depends_on = [aws_lambda_function.call]', False),
    ],
)
def test_a_group_with_another_name_is_not_the_function_s(
    name: str, grammar: Grammar, *, is_its_own: bool
) -> None:
    group = f'resource "aws_cloudwatch_log_group" "call" {{\n  name = {name}\n}}\n'
    logs = BUCKETS + ENDPOINT + policy("logs:PutLogEvents") + FUNCTION + group
    assert isinstance(meant("log group", logs, grammar), Choice) is is_its_own


@pytest.mark.parametrize(
    ("user", "is_shown"),
    [
        ("log_configuration {{\n    log_destination = {}\n  }}", True),
        ("default_arguments = {{ group = {} }}", False),
    ],
)
def test_logs_go_where_the_settings_of_what_runs_send_them(
    user: str, grammar: Grammar, *, is_shown: bool
) -> None:
    work = (
        'resource "aws_sfn_state_machine" "m" {\n  role_arn = aws_iam_role.endpoint.arn\n'
        f"  {user.format('aws_cloudwatch_log_group.other.arn')}\n}}\n"
    )
    text = ROLES.format("endpoint", "states") + policy("logs:PutLogEvents") + GROUP + work
    assert isinstance(meant("log group", text, grammar), Choice) is is_shown


def test_a_group_is_not_meant_where_something_else_writes_too(grammar: Grammar) -> None:
    studio = (
        'resource "aws_sagemaker_user_profile" "ann" {\n  user_settings {\n'
        "    execution_role = aws_iam_role.endpoint.arn\n  }\n}\n"
    )
    logs = BUCKETS + ENDPOINT + policy("logs:PutLogEvents") + GROUP + FUNCTION
    assert isinstance(meant("log group", logs, grammar), Choice)
    assert isinstance(meant("log group", logs + studio, grammar), str)


def test_whoever_reads_logs_may_mean_those_of_others(grammar: Grammar) -> None:
    work = BUCKETS + ENDPOINT + GROUP + FUNCTION
    assert isinstance(meant("log group", work + policy("logs:*"), grammar), Choice)
    assert isinstance(meant("log group", work + policy("logs:FilterLogEvents"), grammar), str)


def test_a_group_that_is_allowed_already_is_not_what_is_meant(grammar: Grammar) -> None:
    work = BUCKETS + ENDPOINT + GROUP + FUNCTION
    group = '"${aws_cloudwatch_log_group.call.arn}:*"'
    beside = (
        f'  statement {{\n    actions   = ["logs:PutLogEvents"]\n    resources = [{group}]\n  }}\n'
    )
    assert isinstance(meant("log group", work + policy("logs:PutLogEvents"), grammar), Choice)
    both = work + policy("logs:PutLogEvents", more=beside)
    assert isinstance(meant("log group", both, grammar), str)


def test_an_image_often_is_another_s(grammar: Grammar) -> None:
    text = 'resource "aws_ecr_repository" "r" {\n  name = "r"\n}\n' + ENDPOINT
    assert meant("repository", text + policy("ecr:BatchGetImage"), grammar) == (
        "`aws_ecr_repository.r` may be the repository that is meant. Name its ARN if it is."
    )


TABLE = 'resource "aws_dynamodb_table" "t" {\n  name = "t"\n}\n'
BUILD = 'resource "aws_codebuild_project" "b" {\n  service_role = aws_iam_role.endpoint.arn\n}\n'


@pytest.mark.parametrize(
    ("service", "user", "is_said"),
    [
        ("lambda", FUNCTION, False),
        ("sagemaker", "", True),
        ("codebuild", BUILD, False),
        ("lambda", "", False),
    ],
)
def test_the_only_table_is_said_of_a_role_of_machine_learning(
    service: str, user: str, grammar: Grammar, *, is_said: bool
) -> None:
    """Others work on what stands elsewhere, or know it by heart. It is named for none of them."""
    text = TABLE + ROLES.format("endpoint", service) + user + policy("dynamodb:PutItem")
    if_all = (
        "name the ARN of each table that is needed. If that is all, write "
        "`[aws_dynamodb_table.t.arn]`."
    )
    guess = "`aws_dynamodb_table.t` may be the table that is meant. Name its ARN if it is."
    assert meant("table", text, grammar) == (f"{ONLY_TABLE}{if_all}" if is_said else guess)


def test_the_only_bucket_is_said_of_a_role_of_machine_learning(grammar: Grammar) -> None:
    training, reader = ENDPOINT, ROLES.format("endpoint", "lambda") + FUNCTION
    said, guessed = (
        str(meant("bucket", BUCKET + by + policy("s3:PutObject"), grammar))
        for by in (training, reader)
    )
    assert said.startswith("`aws_s3_bucket.training` is the only data bucket of this module.")
    assert guessed.startswith("`aws_s3_bucket.training` may be the bucket that is meant.")


def test_what_the_role_needs_is_named_though_it_is_the_only_one(grammar: Grammar) -> None:
    model = MODEL.replace("s3_bucket.models", "s3_bucket.training")
    found = meant("bucket", BUCKET + ENDPOINT + policy("s3:GetObject") + model, grammar)
    assert isinstance(found, Choice)
    assert found.evidence == (
        "`aws_sagemaker_model.churn` points at `aws_s3_bucket.training` in `model_data_url`"
    )


def test_what_makes_tables_means_those_too(grammar: Grammar) -> None:
    text = TABLE + ENDPOINT + policy("dynamodb:PutItem", "dynamodb:RestoreTableFromBackup")
    assert "may create tables" in str(meant("table", text, grammar))


def test_what_may_not_make_tables_means_no_others(grammar: Grammar) -> None:
    never = (
        '  statement {\n    effect    = "Deny"\n    actions   = ["dynamodb:CreateTable"]\n'
        '    resources = ["*"]\n  }\n'
    )
    steps = (
        'resource "aws_sfn_state_machine" "s" {\n  role_arn = aws_iam_role.endpoint.arn\n'
        "  definition = jsonencode({ TableName = aws_dynamodb_table.t.name })\n}\n"
    )
    text = TABLE + ROLES.format("endpoint", "states") + steps
    text += policy("dynamodb:PutItem", more=never)
    assert isinstance(meant("table", text, grammar), Choice)
    assert isinstance(meant("table", text.replace('"Deny"', '"Allow"'), grammar), str)


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:*"])
def test_what_makes_roles_builds_what_others_run(action: str, grammar: Grammar) -> None:
    text = TABLE + ENDPOINT + policy("dynamodb:PutItem", action)
    assert "may make roles" in str(meant("table", text, grammar))


def test_what_a_template_needs_stands_elsewhere(grammar: Grammar) -> None:
    text = TABLE + ROLES.format("endpoint", "cloudformation") + policy("dynamodb:PutItem")
    assert "does not stand here" in str(meant("table", text, grammar))


def test_a_role_that_is_only_passed_on_shows_nothing_of_its_bucket(grammar: Grammar) -> None:
    """What names a role in its settings gives it to others and does not run with it."""
    caller = (
        'resource "aws_sfn_state_machine" "start" {\n  role_arn = aws_iam_role.training.arn\n'
        "  definition = jsonencode({\n    ROLE   = aws_iam_role.endpoint.arn\n"
        "    BUCKET = aws_s3_bucket.raw.id\n  })\n}\n"
    )
    bucket = BUCKETS.split("\n\n")[0] + "\n"
    text = bucket + ROLES.format("endpoint", "states") + ROLES.format("training", "states")
    assert isinstance(meant("bucket", text + policy("s3:PutObject") + caller, grammar), str)
    swapped = caller.replace("endpoint", "x").replace("training", "endpoint")
    text = text.replace('"training"', '"x"')
    assert isinstance(meant("bucket", text + policy("s3:PutObject") + swapped, grammar), Choice)


def test_the_key_is_that_of_the_bucket_that_is_used(grammar: Grammar) -> None:
    text = BUCKETS + ENDPOINT + policy("kms:Decrypt") + MODEL + KEYS
    others = 'resource "aws_glue_job" "j" {\n  role_arn = aws_iam_role.training.arn\n' + (
        "  security_configuration = aws_kms_key.other.arn\n}\n"
    )
    found = meant("key", text + TRAINING + others, grammar)
    assert isinstance(found, Choice)
    assert found.names == "`aws_kms_key.data`"
    assert "which it uses, is encrypted with" in found.evidence


@pytest.mark.parametrize(
    ("kind", "is_shown"), [("aws_secretsmanager_secret", True), ("aws_ecs_cluster", False)]
)
def test_the_key_of_a_cluster_is_for_sessions_of_people(
    kind: str, grammar: Grammar, *, is_shown: bool
) -> None:
    task = (
        'resource "aws_ecs_task_definition" "t" {\n'
        "  execution_role_arn = aws_iam_role.endpoint.arn\n"
        "  container_definitions = jsonencode("
        f"[{{ secrets = [{{ valueFrom = {kind}.it.id }}] }}])\n}}\n"
    )
    held = f'resource "{kind}" "it" {{\n  kms_key_id = aws_kms_key.data.arn\n}}\n'
    others = (
        'resource "aws_glue_job" "j" {\n  role_arn = aws_iam_role.training.arn\n'
        "  security_configuration = aws_kms_key.other.arn\n}\n"
    )
    text = ROLES.format("endpoint", "ecs-tasks") + policy("kms:Decrypt") + KEYS + TRAINING
    assert isinstance(meant("key", text + task + held + others, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("kind", "is_shown"),
    [
        ("aws_dynamodb_table", True),
        ("aws_kinesis_stream", True),
        ("aws_sns_topic", True),
        ("aws_sqs_queue", True),
        ("aws_cloudwatch_log_group", False),
        ("aws_sfn_state_machine", False),
    ],
)
def test_the_key_of_a_store_is_lent_to_who_writes_there(
    kind: str, grammar: Grammar, *, is_shown: bool
) -> None:
    pipe = (
        'resource "aws_pipes_pipe" "p" {\n  role_arn = aws_iam_role.endpoint.arn\n'
        f"  target   = {kind}.it.arn\n}}\n"
    )
    held = f'resource "{kind}" "it" {{\n  kms_key_id = aws_kms_key.data.arn\n}}\n'
    text = ROLES.format("endpoint", "pipes") + policy("kms:GenerateDataKey")
    text += 'resource "aws_kms_key" "data" {}\n\n' + held + pipe
    assert isinstance(meant("key", text, grammar), Choice) is is_shown


def test_a_pipeline_does_not_work_with_the_key_of_its_builds(grammar: Grammar) -> None:
    """It reads what they made, and writes to its own store."""
    pipeline = (
        'resource "aws_codepipeline" "p" {\n  role_arn = aws_iam_role.endpoint.arn\n'
        "  artifact_store {\n    location = aws_s3_bucket.raw.id\n"
        '    type     = "S3"\n@  }\n  stage {\n    action {\n      provider = "CodeBuild"\n'
        "      configuration = { ProjectName = aws_codebuild_project.b.name }\n    }\n  }\n}\n"
    )
    build = 'resource "aws_codebuild_project" "b" {\n  encryption_key = aws_kms_key.data.arn\n}\n'
    text = ROLES.format("endpoint", "codepipeline") + policy("kms:GenerateDataKey") + BUCKETS
    text += 'resource "aws_kms_key" "data" {}\n\n' + build + pipeline
    assert isinstance(meant("key", text.replace("@", ""), grammar), str)
    key = "    encryption_key {\n      id = aws_kms_key.data.arn\n    }\n"
    found = meant("key", text.replace("@", key), grammar)
    assert isinstance(found, Choice)
    assert found.names == "`aws_kms_key.data`"


@pytest.mark.parametrize(
    ("argument", "is_shown"), [("execution_role_arn", True), ("task_role_arn", False)]
)
def test_what_a_container_prints_is_written_by_what_starts_it(
    argument: str, grammar: Grammar, *, is_shown: bool
) -> None:
    task = (
        f'resource "aws_ecs_task_definition" "t" {{\n  {argument} = aws_iam_role.endpoint.arn\n'
        "  container_definitions = jsonencode([{ logConfiguration = { options = {\n"
        '    "awslogs-group" = aws_cloudwatch_log_group.other.name\n  } } }])\n}\n'
    )
    text = ROLES.format("endpoint", "ecs-tasks") + GROUP + policy("logs:PutLogEvents") + task
    assert isinstance(meant("log group", text, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("roles", "driver", "is_shown"),
    [
        (("execution_role_arn", "task_role_arn"), "awsfirelens", False),
        (("execution_role_arn",), "awsfirelens", True),
        (("execution_role_arn", "task_role_arn"), "json-file", True),
    ],
)
@pytest.mark.parametrize("is_local", [False, True])
def test_a_container_that_routes_logs_writes_where_a_file_says(
    roles: tuple[str, ...], driver: str, grammar: Grammar, *, is_shown: bool, is_local: bool
) -> None:
    containers = (
        f'jsonencode([{{ logConfiguration = {{ logDriver = "{driver}" }} }}, '
        "{ logConfiguration = { options = { "
        '"awslogs-group" = aws_cloudwatch_log_group.other.name } } }])'
    )
    held = f"locals {{\n  containers = {containers}\n}}\n" if is_local else ""
    given = "".join(f"  {one} = aws_iam_role.endpoint.arn\n" for one in roles)
    task = (
        f'resource "aws_ecs_task_definition" "t" {{\n{given}'
        f"  container_definitions = {'local.containers' if is_local else containers}\n}}\n"
    )
    text = ROLES.format("endpoint", "ecs-tasks") + GROUP + policy("logs:PutLogEvents") + task + held
    assert isinstance(meant("log group", text, grammar), Choice) is is_shown
