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
TEMPORARY = """
resource "aws_glue_job" "import" {
  role_arn          = aws_iam_role.endpoint.arn
  default_arguments = { "--TempDir" = "s3://${aws_s3_bucket.raw.id}/temporary" }

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
    both = MODEL + TEMPORARY
    found = meant("bucket", READ + both, grammar)
    assert isinstance(found, Choice)
    assert {one.address for one in found.resources} == {
        "aws_s3_bucket.models",
        "aws_s3_bucket.raw",
    }


def test_where_a_script_lies_says_nothing_of_its_data(grammar: Grammar) -> None:
    both = MODEL + OTHER_USE.replace("training.arn", "endpoint.arn")
    assert meant("bucket", READ + both, grammar) == (
        "`aws_glue_job.import` says where its script is, and not which data it works on. Name "
        "every bucket that this role needs."
    )


ALONE = BUCKET + policy("s3:GetObject").partition('resource "aws_iam_role_policy"')[0]
HANDED_ON = {
    "to a module": 'module "m" {\n  source = "a/b/c"\n  policy = ${}\n}\n',
    "to something unknown": 'resource "acme_grant" "g" {\n  policy = ${}\n}\n',
    "through a policy": 'resource "aws_iam_policy" "q" {\n  policy = ${}\n}\n\n'
    'resource "aws_iam_role_policy_attachment" "q" {\n  role       = var.role\n'
    "  policy_arn = aws_iam_policy.q.arn\n}\n",
}


@pytest.mark.parametrize("where", HANDED_ON)
def test_the_only_bucket_says_nothing_of_a_role_out_of_sight(where: str, grammar: Grammar) -> None:
    assert isinstance(meant("bucket", ALONE, grammar), Choice)
    held = HANDED_ON[where].replace("${}", "data.aws_iam_policy_document.p.json")
    assert "may be the bucket that is meant" in str(meant("bucket", ALONE + held, grammar))


@pytest.mark.parametrize("where", HANDED_ON)
def test_the_only_table_says_nothing_of_a_role_out_of_sight(where: str, grammar: Grammar) -> None:
    alone = TABLE + policy("dynamodb:PutItem").partition('resource "aws_iam_role_policy"')[0]
    assert isinstance(meant("table", alone, grammar), Choice)
    held = HANDED_ON[where].replace("${}", "data.aws_iam_policy_document.p.json")
    assert "may be the table that is meant" in str(meant("table", alone + held, grammar))


def test_what_calls_a_function_shows_what_it_reads_and_its_code_does_not(grammar: Grammar) -> None:
    text = BUCKETS + ENDPOINT + policy("s3:GetObject") + FUNCTION + CALLED_BY
    assert meant("bucket", text, grammar) == (
        "`aws_s3_bucket_notification.raw` points at `aws_s3_bucket.raw` in `bucket`. "
        "`aws_s3_bucket.models` may be meant too: name the ARN of each bucket that this role needs."
    )
    alone = meant("bucket", text.replace("acme-models", "acme-logs"), grammar)
    assert alone == (
        "`aws_s3_bucket_notification.raw` points at `aws_s3_bucket.raw` in `bucket`. That may not "
        "be all: name the ARN of each bucket that this role needs. If that is all, write "
        '`["${aws_s3_bucket.raw.arn}/*"]`.'
    )


@pytest.mark.parametrize(("sibling", "said"), [("s3:GetObject", Choice), ("s3:List*", str)])
def test_a_sibling_shows_the_bucket_unless_it_allows_the_same(
    sibling: str, said: type, grammar: Grammar
) -> None:
    """Who gives a bucket its own statement means something else by a star beside it."""
    more = SIBLING.format(sibling)
    text = (
        ENDPOINT + BUCKETS.replace("acme-raw", "acme-tfstate") + policy("s3:ListBucket", more=more)
    )
    assert isinstance(meant("bucket", text, grammar), said)


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


def test_a_table_beside_the_star_is_all_but_where_another_one_is_used(grammar: Grammar) -> None:
    beside = policy("dynamodb:GetItem").replace('"*"', '"*", aws_dynamodb_table.runs.arn')
    text = TABLES + ENDPOINT + beside
    for also in ("", CALLS):
        found = meant("table", text + also, grammar)
        assert isinstance(found, Choice)
        assert found.names == "`aws_dynamodb_table.runs`"
    assert isinstance(meant("table", text + CALLS.replace(".runs.", ".jobs."), grammar), str)


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
    text = BUCKETS.partition('resource "aws_s3_bucket" "models"')[0] + ENDPOINT
    model = MODEL.replace("${aws_s3_bucket.models.id}", "somebody-elses")
    assert isinstance(meant("bucket", text + policy("s3:GetObject"), grammar), Choice)
    assert "`somebody-elses`" in str(
        meant("bucket", text + policy("s3:GetObject") + model, grammar)
    )


def test_the_roles_that_may_be_passed_are_those_of_the_services_set_to_work(
    grammar: Grammar,
) -> None:
    roles = ROLES.format("endpoint", "states") + TRAINING + TASK
    found = meant("role", roles + policy("iam:PassRole", "ecs:RunTask"), grammar)
    assert isinstance(found, Choice)
    assert found.names == "`aws_iam_role.task`"
    assert found.evidence == "`ecs-tasks` takes on `aws_iam_role.task` for `ecs:RunTask`"
    assert isinstance(meant("role", roles + policy("iam:PassRole"), grammar), str)


@pytest.mark.parametrize(
    ("passer", "action", "is_shown"),
    [
        ("lambda", "glue:CreateJob", False),
        ("lambda", "ecs:RunTask", True),
        ("sagemaker", "ecs:RunTask", False),
        ("codebuild", "ecs:RunTask", False),
        ("codepipeline", "ecs:RegisterTaskDefinition", True),
        ("states", "sagemaker:CreateTrainingJob", True),
        ("lambda", "sagemaker:CreateTrainingJob", False),
        ("airflow", "emr-serverless:StartJobRun", True),
        ("glue", "emr-serverless:StartJobRun", False),
    ],
)
def test_who_passes_what_stands_elsewhere_is_not_guessed_at(
    passer: str, action: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Whoever starts work passes what it runs with; whoever makes or builds, what others have."""
    roles = ROLES.format("endpoint", passer) + ROLES.format("etl", "glue") + TASK
    roles += ROLES.format("spark", "emr-serverless")
    roles += TRAINING if passer != "sagemaker" else ""
    found = meant("role", roles + policy("iam:PassRole", action), grammar)
    assert isinstance(found, Choice) is is_shown


@pytest.mark.parametrize(
    ("work", "is_shown"),
    [
        ("definition = jsonencode({ RoleArn = aws_iam_role.training.arn })", True),
        ("depends_on = [aws_iam_role.training]", False),
        ("", False),
    ],
)
def test_whoever_is_told_a_role_passes_that_one(
    work: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Beside others of the same service, and whichever work it starts with it."""
    others = ROLES.format("other", "sagemaker") + ROLES.format("etl", "glue")
    steps = f'resource "aws_sfn_state_machine" "s" {{\n  role_arn = {ROLE_ARN}\n  {work}\n}}\n'
    text = ROLES.format("endpoint", "states") + TRAINING + others + steps
    found = meant("role", text + policy("iam:PassRole", "sagemaker:CreateTrainingJob"), grammar)
    assert isinstance(found, Choice) is is_shown
    if isinstance(found, Choice):
        assert found.names == "`aws_iam_role.training`"
        words = "`aws_sfn_state_machine.s` names `aws_iam_role.training` in `definition`"
        assert found.evidence == words


def test_work_that_names_no_role_passes_one_that_is_not_shown(grammar: Grammar) -> None:
    """Its definition may stand in a file, or the role may come with each run."""
    text = ROLES.format("endpoint", "states") + TRAINING
    text += policy("iam:PassRole", "sagemaker:CreateTrainingJob")
    steps = f'resource "aws_sfn_state_machine" "s" {{\n  role_arn = {ROLE_ARN}\n}}\n'
    assert isinstance(meant("role", text, grammar), Choice)
    assert isinstance(meant("role", text + steps, grammar), str)


def test_code_that_is_told_a_role_may_never_pass_it(grammar: Grammar) -> None:
    function = (
        f'resource "aws_lambda_function" "f" {{\n  role = {ROLE_ARN}\n'
        "  environment {\n    variables = { ROLE = aws_iam_role.training.arn }\n  }\n}\n"
    )
    text = ROLES.format("endpoint", "lambda") + TRAINING + function
    found = meant("role", text + policy("iam:PassRole", "sagemaker:CreateTrainingJob"), grammar)
    assert found == (
        "`aws_lambda_function.f` names `aws_iam_role.training` in `variables`. That may not be "
        "all: name the ARN of each role that this role needs. If that is all, give "
        "`iam:PassRole` a statement of its own on `[aws_iam_role.training.arn]`."
    )


def test_a_job_of_sagemaker_passes_its_own_role_besides(grammar: Grammar) -> None:
    pipeline = (
        'resource "aws_sagemaker_pipeline" "p" {\n  role_arn = aws_iam_role.endpoint.arn\n'
        "  pipeline_definition = jsonencode({ Role = aws_iam_role.task.arn })\n}\n"
    )
    text = TASK + pipeline + policy("iam:PassRole", "ecs:RunTask")
    assert isinstance(meant("role", ROLES.format("endpoint", "lambda") + text, grammar), Choice)
    assert isinstance(meant("role", ENDPOINT + text, grammar), str)


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ("", "`aws_iam_role.task`"),
        (ROLES.format("start", "ecs-tasks"), "`aws_iam_role.start` and `aws_iam_role.task`"),
        (ROLES.format("a", "ecs-tasks") + ROLES.format("b", "ecs-tasks"), None),
        (ROLES.format("spark", "emr-serverless"), None),
    ],
)
def test_who_is_told_one_role_of_a_task_passes_the_other_too(
    others: str, names: str | None, grammar: Grammar
) -> None:
    function = (
        'resource "aws_lambda_function" "f" {\n  role = aws_iam_role.endpoint.arn\n'
        "  environment {\n    variables = { ROLE = aws_iam_role.task.arn }\n  }\n}\n"
    )
    actions = policy("iam:PassRole", "ecs:RunTask", "emr-serverless:StartJobRun")
    text = ROLES.format("endpoint", "lambda") + TASK + others + function + actions
    found = meant("role", text, grammar)
    assert (found.names if isinstance(found, Choice) else None) == names


def test_a_cluster_gives_its_machines_a_role_in_a_profile(grammar: Grammar) -> None:
    profile = 'resource "aws_iam_instance_profile" "p" {\n  role = aws_iam_role.node.name\n}\n'
    roles = ROLES.format("endpoint", "elasticmapreduce") + ROLES.format("node", "ec2")
    cluster = (
        'resource "aws_emr_cluster" "c" {\n  service_role = aws_iam_role.endpoint.arn\n'
        "  ec2_attributes {\n    instance_profile = aws_iam_instance_profile.p.arn\n  }\n}\n"
    )
    text = roles + policy("iam:PassRole", "ec2:RunInstances") + cluster
    assert isinstance(meant("role", text + profile, grammar), Choice)
    waits = text.replace(cluster, "")  # for clusters that anybody may start
    assert isinstance(meant("role", waits + profile, grammar), str)
    assert isinstance(meant("role", text, grammar), str)
    machine = text.replace("elasticmapreduce.amazonaws", "lambda.amazonaws")
    assert isinstance(meant("role", machine + profile, grammar), str)


ROLE_ARN = "aws_iam_role.endpoint.arn"
DEFINITION = 'resource "aws_ecs_task_definition" "t" {{\n  family = "t"\n  {}\n}}\n'
STARTS = (
    'resource "aws_cloudwatch_event_target" "e" {{\n  role_arn = aws_iam_role.endpoint.arn\n'
    "  ecs_target {{\n    task_definition_arn = {}\n  }}\n}}\n"
)
GIVEN = "task_role_arn = aws_iam_role.task.arn\n  execution_role_arn = "


@pytest.mark.parametrize(
    ("definition", "is_shown"),
    [
        ("task_role_arn = aws_iam_role.task.arn", True),
        (GIVEN + "null", True),
        (GIVEN + "aws_iam_role.task.arn", True),
        (GIVEN + "local.own", True),
        (GIVEN + "data.aws_iam_role.start.arn", False),
        (GIVEN + '"arn:aws:iam::123456789012:role/start"', False),
        (GIVEN + "var.start", False),
        (GIVEN + 'var.start != "" ? var.start : aws_iam_role.task.arn', False),
        (GIVEN + "local.start", False),
        ("", False),
    ],
)
def test_a_task_may_be_given_a_role_that_is_not_declared(
    definition: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Whoever starts it passes both, and a scope with one would keep it from starting."""
    text = ROLES.format("endpoint", "events") + TASK + policy("iam:PassRole", "ecs:RunTask")
    text += 'data "aws_iam_role" "start" {\n  name = "start"\n}\n\nvariable "start" {}\n\n'
    text += 'locals {\n  own   = aws_iam_role.task.arn\n  start = "role/start"\n}\n\n'
    found = meant("role", text + DEFINITION.format(definition), grammar)
    assert isinstance(found, Choice) is is_shown


@pytest.mark.parametrize(
    ("machines", "is_shown"),
    [
        ("aws_iam_instance_profile.p.arn", True),
        ('"EMR_EC2_DefaultRole"', False),
        ("aws_iam_instance_profile.other.arn", False),
    ],
)
def test_a_cluster_may_be_given_a_profile_that_is_not_declared(
    machines: str, grammar: Grammar, *, is_shown: bool
) -> None:
    profile = 'resource "aws_iam_instance_profile" "{}" {{\n  role = {}\n}}\n'
    text = ROLES.format("endpoint", "elasticmapreduce") + ROLES.format("node", "ec2")
    text += policy("iam:PassRole", "ec2:RunInstances")
    text += profile.format("p", "aws_iam_role.node.name") + profile.format("other", '"other"')
    text += (
        'resource "aws_emr_cluster" "c" {\n  service_role = aws_iam_role.endpoint.arn\n'
        f"  ec2_attributes {{\n    instance_profile = {machines}\n  }}\n}}\n"
    )
    assert isinstance(meant("role", text, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("started", "is_shown"),
    [
        ("aws_ecs_task_definition.t.arn", True),
        ("data.aws_ecs_task_definition.t.arn", False),
        ("var.task", False),
        ('"arn:aws:ecs:us-east-1:123456789012:task-definition/t"', False),
    ],
)
def test_a_rule_may_start_a_task_that_is_defined_elsewhere(
    started: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = ROLES.format("endpoint", "events") + TASK + policy("iam:PassRole", "ecs:RunTask")
    text += DEFINITION.format(GIVEN + "null") + 'variable "task" {}\n\n'
    text += 'data "aws_ecs_task_definition" "t" {\n  task_definition = "t"\n}\n\n'
    text += STARTS.format(started)
    assert isinstance(meant("role", text, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("started", "given", "is_shown"),
    [
        ("own", "", False),
        ("own", "task_role_arn = aws_iam_role.task.arn", True),
        ("t", "", True),
        ("t", "execution_role_arn = aws_iam_role.task.arn", True),
        ("t", "execution_role_arn = var.start", False),
    ],
)
def test_a_rule_passes_what_the_task_that_it_starts_is_given(
    started: str, given: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """A role of another task is none of its business."""
    text = ROLES.format("endpoint", "events") + TASK + policy("iam:PassRole", "ecs:RunTask")
    text += DEFINITION.format("task_role_arn = aws_iam_role.task.arn")
    text += DEFINITION.format(given).replace('"t"', '"own"') + 'variable "start" {}\n\n'
    text += STARTS.format(f"aws_ecs_task_definition.{started}.arn")
    assert isinstance(meant("role", text, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("source", "definition", "is_shown"),
    [
        ("./work", "task_role_arn = var.role", True),
        ("./work", 'task_role_arn = var.role\n  execution_role_arn = "role/start"', False),
        ("./work", 'task_role_arn = "role/another"', True),
        ("acme/service/aws", "", False),
    ],
)
def test_a_task_may_be_defined_in_a_module_that_is_given_its_role(
    source: str, definition: str, grammar: Grammar, *, is_shown: bool
) -> None:
    main = ROLES.format("endpoint", "events") + TASK + policy("iam:PassRole", "ecs:RunTask")
    main += f'module "work" {{\n  source = "{source}"\n  role = aws_iam_role.task.arn\n}}\n'
    work = 'variable "role" {}\n\n' + DEFINITION.format(definition)
    files = {"main.tf": main, "work/main.tf": work}
    assert isinstance(meant("role", files, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("service", "action", "most"),
    [("ecs-tasks", "ecs:RunTask", 2), ("sagemaker", "sagemaker:CreateModel", 1)],
)
def test_of_more_roles_than_are_needed_nobody_can_tell_which(
    service: str, action: str, most: int, grammar: Grammar
) -> None:
    text = ROLES.format("endpoint", "states") + policy("iam:PassRole", action)
    for number in range(most + 1):
        assert isinstance(meant("role", text, grammar), Choice) is (number > 0)
        text += ROLES.format(f"r{number}", service)
    assert isinstance(meant("role", text, grammar), str)


def test_a_role_that_a_module_makes_may_be_passed_too(grammar: Grammar) -> None:
    main = ROLES.format("endpoint", "states") + TASK + policy("iam:PassRole", "ecs:RunTask")
    call = 'module "work" {\n  source = "./work"\n}\n'
    made = {"main.tf": main + call, "work/main.tf": TASK}
    empty = {"main.tf": main + call, "work/main.tf": 'variable "a" {}\n'}
    for files, is_shown in ((made, False), (empty, True)):
        assert isinstance(meant("role", files, grammar), Choice) is is_shown


def test_a_person_passes_what_nobody_can_tell(grammar: Grammar) -> None:
    text = ROLES.format("etl", "glue") + (
        'resource "aws_iam_user_policy" "p" {\n  user   = "ann"\n  policy = jsonencode({\n'
        '    Statement = [{ Effect = "Allow", Action = ["iam:PassRole", "glue:CreateJob"], '
        'Resource = "*" }]\n  })\n}\n'
    )
    assert isinstance(meant("role", text, grammar, "aws_iam_user_policy.p"), str)


def test_a_role_cannot_name_in_its_own_block_what_needs_it(grammar: Grammar) -> None:
    machine = ROLES.format("endpoint", "states")
    inline = machine.rstrip().removesuffix("}") + (
        '\n  inline_policy {\n    policy = jsonencode({\n      Statement = [{ Effect = "Allow", '
        'Action = ["iam:PassRole", "ecs:RunTask"], Resource = "*" }]\n    })\n  }\n}\n'
    )
    trusting = TASK.rstrip().removesuffix("}") + "\n  path = aws_iam_role.endpoint.path\n}\n"
    assert isinstance(meant("role", inline + TASK, grammar, "aws_iam_role.endpoint"), Choice)
    assert "cycle" in str(meant("role", inline + trusting, grammar, "aws_iam_role.endpoint"))


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


def test_a_cluster_passes_the_roles_of_its_parts_too(grammar: Grammar) -> None:
    cluster = (
        'resource "aws_emr_cluster" "c" {\n  service_role     = aws_iam_role.endpoint.arn\n'
        "  autoscaling_role = aws_iam_role.scaling.arn\n"
        "  ec2_attributes {\n    instance_profile = aws_iam_instance_profile.p.arn\n  }\n}\n"
    )
    profile = 'resource "aws_iam_instance_profile" "p" {\n  role = aws_iam_role.node.name\n}\n'
    roles = ROLES.format("endpoint", "elasticmapreduce") + ROLES.format("node", "ec2") + profile
    roles += ROLES.format("scaling", "application-autoscaling")
    found = meant("role", roles + policy("iam:PassRole", "ec2:RunInstances") + cluster, grammar)
    assert isinstance(found, Choice)
    assert found.names == "`aws_iam_role.node` and `aws_iam_role.scaling`"
    alone = meant("role", roles + policy("iam:PassRole") + cluster, grammar)
    assert isinstance(alone, str)  # its machines have a role too


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
    assert isinstance(meant("repository", text + policy("ecr:BatchGetImage"), grammar), str)


TABLE = 'resource "aws_dynamodb_table" "t" {\n  name = "t"\n}\n'
BUILD = 'resource "aws_codebuild_project" "b" {\n  service_role = aws_iam_role.endpoint.arn\n}\n'


@pytest.mark.parametrize(
    ("service", "user", "is_shown"),
    [
        ("lambda", FUNCTION, False),
        ("sagemaker", "", True),
        ("codebuild", BUILD, False),
        ("lambda", "", False),
    ],
)
def test_the_only_table_is_meant_by_a_role_of_machine_learning(
    service: str, user: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Others work on what stands elsewhere, or know it by heart."""
    text = TABLE + ROLES.format("endpoint", service) + user + policy("dynamodb:PutItem")
    assert isinstance(meant("table", text, grammar), Choice) is is_shown


def test_the_only_bucket_is_meant_by_a_role_of_machine_learning(grammar: Grammar) -> None:
    bucket = BUCKETS.split("\n\n")[0] + "\n"
    training, reader = ENDPOINT, ROLES.format("endpoint", "lambda") + FUNCTION
    assert isinstance(meant("bucket", bucket + training + policy("s3:PutObject"), grammar), Choice)
    assert isinstance(meant("bucket", bucket + reader + policy("s3:PutObject"), grammar), str)


def test_what_makes_tables_means_those_too(grammar: Grammar) -> None:
    text = TABLE + ENDPOINT + policy("dynamodb:PutItem", "dynamodb:RestoreTableFromBackup")
    assert "may create tables" in str(meant("table", text, grammar))


def test_what_may_not_make_tables_means_no_others(grammar: Grammar) -> None:
    never = (
        '  statement {\n    effect    = "Deny"\n    actions   = ["dynamodb:CreateTable"]\n'
        '    resources = ["*"]\n  }\n'
    )
    text = TABLE + ENDPOINT + policy("dynamodb:PutItem", more=never)
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
        'resource "aws_glue_job" "start" {\n  role_arn = aws_iam_role.training.arn\n'
        "  default_arguments = {\n    ROLE   = aws_iam_role.endpoint.arn\n"
        "    BUCKET = aws_s3_bucket.raw.id\n  }\n}\n"
    )
    bucket = BUCKETS.split("\n\n")[0] + "\n"
    text = bucket + ROLES.format("endpoint", "glue") + ROLES.format("training", "glue")
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
        f"  container_definitions = jsonencode([{{ secrets = [{kind}.it.id] }}])\n}}\n"
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
