"""What keeps an inference from being offered although something is shown: others may need more."""

from __future__ import annotations

import pytest

from remediations.iam.choice import Choice, choose
from remediations.iam.inference import Question
from remediations.iam.nouns import NOUNS
from remediations.iam.statements import policies
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

SIGNALS = "arn:aws:lambda:eu-west-1:615299751070:layer:AWSOpenTelemetryDistroPython:5"
INSIGHTS = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:38"
ROLE = """
resource "aws_iam_role" "work" {{
  assume_role_policy = jsonencode({{
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ Service = [{0}] }}
      Action    = "sts:AssumeRole"
    }}]
  }})
}}

resource "aws_iam_role_policy" "p" {{
  role = aws_iam_role.work.id

  policy = jsonencode({{
    Statement = [{1}]
  }})
}}
"""
HELD = """
resource "aws_dynamodb_table" "one" {
  name = "one"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket" "website" {
  bucket = "acme-website"
}

resource "aws_cloudwatch_log_group" "call" {
  name = "/aws/lambda/call"
}
"""
SECOND = """
resource "aws_dynamodb_table" "two" {
  name = "two"
}
"""
FUNCTION = """
resource "aws_lambda_function" "{0}" {{
  function_name = "{0}"
  role          = {2}

  environment {{
    variables = {{ WHERE = {1} }}
  }}
}}
"""
ONE, TWO = "aws_dynamodb_table.one.name", "aws_dynamodb_table.two.name"
OWN = "aws_iam_role.work.arn"
GROUP = "aws_cloudwatch_log_group.call"
WRITES = '{ Effect = "Allow", Action = ["logs:PutLogEvents"], Resource = "*" }'


def function(name: str, where: str = '"nowhere"', role: str = OWN) -> str:
    return FUNCTION.format(name, where, role)


def steps(name: str, where: str = '"nowhere"', role: str = OWN) -> str:
    """A state machine, whose definition says what it works with."""
    return (
        f'resource "aws_sfn_state_machine" "{name}" {{\n  name     = "{name}"\n'
        f"  role_arn = {role}\n"
        f"  definition = jsonencode({{ Arguments = {{ WHERE = {where} }} }})\n}}\n"
    )


def repository(*names: str) -> str:
    each = 'resource "aws_ecr_repository" "{0}" {{\n  name = "{0}"\n}}\n'
    return "".join(map(each.format, names))


def task(*repositories: str) -> str:
    """A task that is started with the role, a container for each image."""
    images = (f"{{ image = aws_ecr_repository.{one}.repository_url }}" for one in repositories)
    return (
        f'resource "aws_ecs_task_definition" "t" {{\n  execution_role_arn = {OWN}\n'
        f"  container_definitions = jsonencode([{', '.join(images)}])\n}}\n"
    )


def role(*actions: str, by: str = '"lambda.amazonaws.com"', more: str = "") -> str:
    listed = ", ".join(f'"{one}"' for one in actions)
    first = f'{{ Effect = "Allow", Action = [{listed}], Resource = "*" }}'
    return ROLE.format(by, ", ".join(filter(None, [first, more])))


def meant(noun: str, text: str | dict[str, str], grammar: Grammar) -> Choice | str:
    """What is said of the first statement of the policy called p."""
    for root in read(text, grammar).modules:
        for module in root.family:
            holder = module.resource("aws_iam_role_policy.p")
            if holder is not None:
                policy = policies(holder, module)[0]
                return choose(Question(NOUNS[noun], holder, policy, policy[0], module))
    raise AssertionError("no policy called p")


def names(found: Choice | str) -> str:
    assert isinstance(found, Choice), found
    return found.names


def is_only_one(
    found: Choice | str, said: str = "`aws_s3_bucket.data` is the only data bucket"
) -> bool:
    """Whether it is said to be the only one of its kind, and left for a person to name."""
    return isinstance(found, str) and found.startswith(f"{said} of this module. That may not be")


def test_each_job_of_a_role_has_to_show_what_it_needs(grammar: Grammar) -> None:
    """The one that shows nothing may know a table by heart."""
    text = HELD + role("dynamodb:PutItem") + steps("call", ONE)
    assert names(meant("table", text, grammar)) == "`aws_dynamodb_table.one`"
    both = text + steps("answer", ONE)
    assert names(meant("table", both, grammar)) == "`aws_dynamodb_table.one`"
    silent = meant("table", text + steps("answer"), grammar)
    assert silent == (
        "`aws_sfn_state_machine.call` points at `aws_dynamodb_table.one` in `definition`. "
        "`aws_sfn_state_machine.answer` has the role too, and may need another table. Name the ARN "
        "of each table that is needed."
    )


@pytest.mark.parametrize(
    ("kind", "argument", "is_shown"),
    [
        ("aws_apprunner_service", "instance_role_arn", False),
        ("aws_eks_pod_identity_association", "role_arn", False),
        ("aws_glue_crawler", "role", True),
    ],
)
def test_whatever_runs_code_with_a_role_may_need_more(
    kind: str, argument: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """A crawler needs what its arguments say."""
    text = HELD + role("dynamodb:PutItem") + steps("call", ONE)
    text += f'resource "{kind}" "other" {{\n  {argument} = {OWN}\n}}\n'
    found = meant("table", text, grammar)
    assert isinstance(found, Choice) is is_shown
    assert is_shown or f"`{kind}.other` has the role too, and may need another" in str(found)


def test_what_only_code_is_told_of_is_for_a_person(grammar: Grammar) -> None:
    """It may never read it, or know another one by heart."""
    feeds = (
        'resource "aws_lambda_event_source_mapping" "m" {\n'
        "  function_name    = aws_lambda_function.call.arn\n"
        "  event_source_arn = aws_dynamodb_table.one.stream_arn\n}\n"
    )
    text = HELD + role("dynamodb:PutItem")
    assert meant("table", text + function("call", ONE), grammar) == (
        "`aws_lambda_function.call` points at `aws_dynamodb_table.one` in `variables`. That may "
        "not be all: name the ARN of each table that is needed. If that is all, write "
        "`[aws_dynamodb_table.one.arn]`."
    )
    assert isinstance(meant("table", text + function("call") + feeds, grammar), str)
    assert names(meant("table", text + steps("call", ONE), grammar)) == "`aws_dynamodb_table.one`"


def test_lambda_gets_the_image_of_a_function_by_itself(grammar: Grammar) -> None:
    """Not with the role of the function; a task's image is got with the role that starts it."""
    own = function("call").replace(
        "  role ", "  image_uri = aws_ecr_repository.r.repository_url\n  role "
    )
    text = repository("r") + role("ecr:BatchGetImage")
    assert meant("repository", text + own, grammar) == (
        "Lambda gets the image of `aws_lambda_function.call` with a permission of its own, not "
        "with this role. Name the repositories that its code works with, or take these actions out."
    )
    both = text + own + task("r")
    assert names(meant("repository", both, grammar)) == "`aws_ecr_repository.r`"
    others = repository("s") + own.replace("repository.r.", "repository.s.")
    assert isinstance(meant("repository", text + others + task("r"), grammar), str)


def test_what_starts_a_task_has_an_image_of_its_own(grammar: Grammar) -> None:
    starts = function("start", "aws_ecs_task_definition.t.arn", "aws_iam_role.other.arn").replace(
        "  role ", "  image_uri = aws_ecr_repository.s.repository_url\n  role "
    )
    text = repository("r", "s") + role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    text += task("r") + starts + 'resource "aws_iam_role" "other" {\n  name = "other"\n}\n'
    assert names(meant("repository", text, grammar)) == "`aws_ecr_repository.r`"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", " If that is all, write `[aws_dynamodb_table.one.arn]`."),
        ('    X_TABLE = "x"', " `aws_lambda_function.call` is told of `X_TABLE` too, which may be"),
    ],
)
def test_what_is_told_of_besides_is_said_in_place_of_what_to_write(
    more: str, said: str, grammar: Grammar
) -> None:
    work = function("call", ONE).replace("WHERE = ", f"\n{more}\n    WHERE = ")
    found = str(meant("table", HELD + role("dynamodb:PutItem") + work, grammar))
    assert found.startswith("`aws_lambda_function.call` points at `aws_dynamodb_table.one` in")
    assert said in found
    assert ("If that is all" in found) is (not more)


def test_what_a_variable_holds_is_not_to_be_written(grammar: Grammar) -> None:
    text = HELD + 'variable "table" {\n  type = string\n}\n' + role("dynamodb:PutItem")
    found = str(meant("table", text + function("call", f"[{ONE}, var.table]"), grammar))
    assert "points at `var.table`" in found
    assert "If that is all" not in found


def test_what_would_be_a_cycle_is_not_to_be_written(grammar: Grammar) -> None:
    text = HELD + role("dynamodb:PutItem") + function("call", ONE)
    waits = text.replace('  name = "one"', "  name = aws_iam_role_policy.p.name")
    assert "That may not be all" in str(meant("table", waits, grammar))
    assert "If that is all" not in str(meant("table", waits, grammar))


def test_a_bucket_for_a_website_is_meant_by_what_works_with_it(grammar: Grammar) -> None:
    """Left out, whoever takes the suggestion loses what the job is told to write to."""
    text = HELD + role("s3:PutObject")
    alone = meant("bucket", text + steps("call", "aws_s3_bucket.data.id"), grammar)
    assert names(alone) == "`aws_s3_bucket.data`"
    told = 'join(",", [aws_s3_bucket.data.id, aws_s3_bucket.website.id])'
    both = meant("bucket", text + steps("call", told), grammar)
    assert names(both) == "`aws_s3_bucket.data` and `aws_s3_bucket.website`"


def test_which_of_several_code_needs_is_for_a_person(grammar: Grammar) -> None:
    """One function may need one of them, and read the other never."""
    text = HELD + SECOND + role("dynamodb:PutItem")
    found = meant("table", text + function("call", ONE) + function("answer", TWO), grammar)
    assert found == (
        "`aws_lambda_function.call` points at `aws_dynamodb_table.one` in `variables`; "
        "`aws_lambda_function.answer` points at `aws_dynamodb_table.two` in `variables`. That may "
        "not be all: name the ARN of each table that is needed. If that is all, write "
        "`[aws_dynamodb_table.one.arn, aws_dynamodb_table.two.arn]`."
    )
    told = function("call", f'join(",", [{ONE}, {TWO}])')
    assert isinstance(meant("table", text + told, grammar), str)


def test_what_is_for_something_else_is_not_told_of(grammar: Grammar) -> None:
    third = HELD + SECOND + 'resource "aws_dynamodb_table" "three" {\n  name = "three"\n}\n'
    text = third + role("dynamodb:PutItem") + function("call", f'join(",", [{ONE}, {TWO}])')
    found = str(meant("table", text, grammar))
    assert "`aws_dynamodb_table.three` may be meant too" in found
    other = function("other", "aws_dynamodb_table.three.name", "aws_iam_role.other.arn")
    held = 'resource "aws_iam_role" "other" {\n  name = "other"\n}\n'
    found = str(meant("table", text + other + held, grammar))
    assert "three" not in found
    assert "That may not be all" in found


def test_what_it_only_waits_for_is_not_what_a_job_is_told_of(grammar: Grammar) -> None:
    waits = steps("call", ONE).replace("  role_arn", f"  depends_on = [{TWO[:-5]}]\n  role_arn")
    text = HELD + SECOND + role("dynamodb:PutItem") + waits
    other = function("other", TWO, "aws_iam_role.other.arn")
    text += other + 'resource "aws_iam_role" "other" {\n  name = "other"\n}\n'
    assert names(meant("table", text, grammar)) == "`aws_dynamodb_table.one`"


def test_one_of_two_buckets_is_not_the_only_one(grammar: Grammar) -> None:
    """Though something else is shown to need the other one."""
    second = 'resource "aws_s3_bucket" "second" {\n  bucket = "acme-raw"\n}\n'
    work = role("s3:GetObject", by='"sagemaker.amazonaws.com"')
    assert is_only_one(meant("bucket", HELD + work, grammar))
    other = function("other", "aws_s3_bucket.second.id", "aws_iam_role.other.arn")
    held = 'resource "aws_iam_role" "other" {\n  name = "other"\n}\n'
    found = meant("bucket", HELD + second + work + other + held, grammar)
    assert isinstance(found, str)
    assert not is_only_one(found)


def test_what_feeds_a_function_is_for_its_code(grammar: Grammar) -> None:
    feeds = "".join(
        f'resource "aws_s3_bucket_notification" "{one}" {{\n  bucket = aws_s3_bucket.{one}.id\n'
        "  lambda_function {\n    lambda_function_arn = aws_lambda_function.call.arn\n  }\n}\n"
        for one in ("data", "second")
    )
    text = HELD + 'resource "aws_s3_bucket" "second" {\n  bucket = "acme-raw"\n}\n'
    found = meant("bucket", text + role("s3:GetObject") + function("call") + feeds, grammar)
    assert isinstance(found, str)
    assert "points at `aws_s3_bucket.second` in `bucket`" in found


def test_an_output_that_the_caller_leaves_alone_gives_nothing_out(grammar: Grammar) -> None:
    out = f'output "role" {{\n  value = {OWN}\n}}\n'
    inside = role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    inside += repository("r") + task("r") + out
    assert isinstance(meant("repository", inside, grammar), str)
    called = {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": inside}
    assert isinstance(meant("repository", called, grammar), Choice)


def test_what_a_service_reads_is_needed_whatever_the_code_does(grammar: Grammar) -> None:
    text = repository("a", "b") + role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    text += task("a", "b")
    found = meant("repository", text, grammar)
    assert names(found) == "`aws_ecr_repository.a` and `aws_ecr_repository.b`"
    looked_up = text.replace('resource "aws_ecr', 'data "aws_ecr').replace(
        "= aws_ecr", "= data.aws_ecr"
    )
    found = meant("repository", looked_up, grammar)
    assert names(found) == "`data.aws_ecr_repository.a` and `data.aws_ecr_repository.b`"
    stream = (
        'resource "aws_kinesis_firehose_delivery_stream" "f" {\n  extended_s3_configuration {\n'
        f"    role_arn   = {OWN}\n    bucket_arn = aws_s3_bucket.data.arn\n"
        "    s3_backup_configuration {\n      bucket_arn = aws_s3_bucket.website.arn\n"
        "    }\n  }\n}\n"
    )
    text = HELD + role("s3:PutObject", by='"firehose.amazonaws.com"') + stream
    found = meant("bucket", text, grammar)
    assert names(found) == "`aws_s3_bucket.data` and `aws_s3_bucket.website`"


KEY = 'resource "aws_kms_key" "k" {\n  description = "k"\n}\n'


def test_one_that_stands_for_several_is_said_to_whatever_shows_it(grammar: Grammar) -> None:
    each = repository("r").replace("{\n", '{\n  for_each = toset(["a", "b"])\n', 1)
    work = role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    assert meant("repository", each + work + task('r["a"]'), grammar) == (
        "`aws_ecr_repository.r` stands for several repositories. Name those that are needed."
    )


def test_a_key_that_code_is_told_of_may_be_for_one_end(grammar: Grammar) -> None:
    """What it copies may be encrypted with another one."""
    text = KEY + role("kms:Decrypt", "kms:CreateGrant")
    assert isinstance(meant("key", text + function("call", "aws_kms_key.k.arn"), grammar), str)
    pipeline = (
        f'resource "aws_codepipeline" "p" {{\n  role_arn = {OWN}\n  artifact_store {{\n'
        "    encryption_key {\n      id = aws_kms_key.k.arn\n    }\n  }\n}\n"
    )
    text = KEY + role("kms:Decrypt", by='"codepipeline.amazonaws.com"') + pipeline
    assert names(meant("key", text, grammar)) == "`aws_kms_key.k`"


@pytest.mark.parametrize(
    ("service", "is_shown"),
    [("ecs-tasks", False), ("sagemaker", False), ("batch", False), ("lambda", True)],
)
def test_whoever_starts_work_takes_a_role_from_an_output(
    service: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """A script registers one more task with the role that the root gives out."""
    text = repository("r") + role("ecr:BatchGetImage", by=f'"{service}.amazonaws.com"') + task("r")
    assert isinstance(meant("repository", text, grammar), Choice)
    given = f'output "role" {{\n  value = {OWN}\n}}\n'
    found = meant("repository", text + given, grammar)
    assert isinstance(found, Choice) is is_shown
    assert is_shown or str(found).startswith("`output.role` hands the role on")


CHILD = (
    'variable "role" {\n  type = string\n}\n'
    + 'variable "table" {\n  type    = string\n  default = ""\n}\n'
    + function("inside", "var.table", "var.role")
)
CALL = 'module "inside" {\n  source = "./inside"\n  role = %s\n}\n'


@pytest.mark.parametrize(
    ("given", "is_shown"),
    [(OWN, False), ("local.role", False), ('"arn:aws:iam::123456789012:role/other"', True)],
)
@pytest.mark.parametrize(
    ("noun", "action"), [("table", "dynamodb:PutItem"), ("log group", "logs:PutLogEvents")]
)
def test_a_role_that_a_module_is_given_does_more_than_is_shown(
    given: str, noun: str, action: str, grammar: Grammar, *, is_shown: bool
) -> None:
    work = steps("call", ONE) if noun == "table" else function("call")
    text = HELD + role(action) + work + CALL % given
    text += "locals {\n  role = aws_iam_role.work.arn\n}\n"
    found = meant(noun, {"main.tf": text, "inside/main.tf": CHILD}, grammar)
    assert isinstance(found, Choice) is is_shown
    if not is_shown:
        assert str(found).startswith("`module.inside` hands the role on, and what runs with it")


def test_a_module_that_only_reads_a_role_s_name_runs_nothing_with_it(grammar: Grammar) -> None:
    given = 'variable "role" {\n  type = string\n}\n'
    reads = given + 'resource "random_id" "r" {\n  prefix = var.role\n}\n'
    attaches = given + 'resource "aws_iam_role_policy" "r" {\n  role = var.role\n}\n'
    text = HELD + role("dynamodb:PutItem") + steps("call", ONE) + CALL % OWN
    for child in (reads, attaches):
        found = meant("table", {"main.tf": text, "inside/main.tf": child}, grammar)
        assert isinstance(found, Choice)
    between = given + CALL % "var.role"
    files = {"main.tf": text, "inside/main.tf": between, "inside/inside/main.tf": CHILD}
    assert isinstance(meant("table", files, grammar), str)
    assert isinstance(meant("table", {"main.tf": text}, grammar), str)  # one that is not read


WAITS = CALL.replace("  role = %s\n", '  role = "x"\n  depends_on = [aws_iam_role.work]\n')


def test_a_module_that_waits_for_a_role_is_not_given_it(grammar: Grammar) -> None:
    text = HELD + role("dynamodb:PutItem") + steps("call", ONE) + WAITS
    assert isinstance(meant("table", {"main.tf": text, "inside/main.tf": CHILD}, grammar), Choice)


OUTPUT = 'output "role" {\n  value = aws_iam_role.work.arn\n}\n'
ATTACHED = (
    'resource "aws_iam_role_policy_attachment" "a" {\n  role = module.inside.role\n'
    '  policy_arn = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"\n}\n'
)


@pytest.mark.parametrize(
    ("outside", "is_shown"),
    [
        ("", True),
        (ATTACHED, True),
        (function("outside", role="module.inside.role"), False),
        ("locals {\n  role = module.inside.role\n}\n", False),
        ('module "other" {\n  source = "./other"\n  role = module.inside.role\n}\n', False),
    ],
    ids=["nobody", "a policy", "a function", "a local", "a module"],
)
def test_a_role_that_the_caller_works_with_does_more_than_is_shown(
    outside: str, grammar: Grammar, *, is_shown: bool
) -> None:
    inside = HELD + role("dynamodb:PutItem") + steps("call", ONE) + OUTPUT
    root = 'module "inside" {\n  source = "./inside"\n}\n' + outside
    found = meant("table", {"main.tf": root, "inside/main.tf": inside}, grammar)
    assert isinstance(found, Choice) is is_shown
    if not is_shown:
        assert str(found).startswith("`output.role` hands the role on")


def test_a_role_goes_through_the_caller_to_its_own_caller(grammar: Grammar) -> None:
    inside = HELD + role("dynamodb:PutItem") + steps("call", ONE) + OUTPUT
    between = (
        'module "inside" {\n  source = "./inside"\n}\noutput "role" {\n'
        "  value = module.inside.role\n}\n"
    )
    root = 'module "between" {\n  source = "./between"\n}\n'
    files = {"main.tf": root, "between/main.tf": between, "between/inside/main.tf": inside}
    assert isinstance(meant("table", files, grammar), str)
    top = {"main.tf": between, "inside/main.tf": inside}  # nobody is seen to work with it
    assert isinstance(meant("table", top, grammar), Choice)


def test_queries_read_what_their_tables_stand_on(grammar: Grammar) -> None:
    work = HELD + steps("call", "aws_s3_bucket.data.id")
    assert isinstance(meant("bucket", work + role("s3:GetObject"), grammar), Choice)
    for asks in ("athena:StartQueryExecution", "athena:*"):
        found = str(meant("bucket", work + role("s3:GetObject", asks), grammar))
        assert found.startswith("Its queries read what their tables stand on")


def test_a_function_at_the_edge_writes_in_every_region(grammar: Grammar) -> None:
    work = HELD + function("call")
    assert isinstance(meant("log group", work + role("logs:PutLogEvents"), grammar), Choice)
    edge = role("logs:PutLogEvents", by='"lambda.amazonaws.com", "edgelambda.amazonaws.com"')
    assert "at the edge" in str(meant("log group", work + edge, grammar))


@pytest.mark.parametrize(
    "layers",
    [
        f'["{INSIGHTS}"]',
        '["arn:aws:lambda:${var.region}:580247275435:layer:LambdaInsightsExtension:38"]',
        "concat(var.own, local.watching)",
        "[var.insights]",
    ],
)
def test_the_layer_of_insights_writes_to_another_group(layers: str, grammar: Grammar) -> None:
    work = HELD + role("logs:PutLogEvents") + 'variable "region" {}\nvariable "own" {}\n'
    work += f'locals {{\n  watching = ["{INSIGHTS}"]\n}}\n'
    work += f'variable "insights" {{\n  default = "{INSIGHTS}"\n}}\n'
    plain = function("call").replace("  role ", "  layers = var.own\n  role ")
    assert isinstance(meant("log group", work + plain, grammar), Choice)
    watched = function("call").replace("  role ", f"  layers = {layers}\n  role ")
    assert "`/aws/lambda-insights` too" in str(meant("log group", work + watched, grammar))


def test_so_does_that_of_application_signals(grammar: Grammar) -> None:
    traced = function("call").replace("  role ", f'  layers = ["{SIGNALS}"]\n  role ')
    found = str(meant("log group", HELD + role("logs:PutLogEvents") + traced, grammar))
    assert "which writes to `/aws/application-signals/data` too" in found


@pytest.mark.parametrize(
    ("group", "is_shown"),
    [
        ("log-group:/aws/lambda/call:*", False),
        ("log-group:${local.group}:*", False),
        ("log-group:/aws/lambda/*", True),
        ("log-group:*", True),
        ("*", True),
    ],
)
def test_a_group_that_is_spelt_out_elsewhere_is_not_what_is_meant(
    group: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Who may write to the function's group already was given a star for something else."""
    said = WRITES.replace('"*"', f'"arn:aws:logs:eu-west-1:123456789012:{group}"')
    work = HELD + function("call")
    found = meant("log group", work + role("logs:PutLogEvents", more=said), grammar)
    assert isinstance(found, Choice) is is_shown


@pytest.mark.parametrize(
    ("effect", "action"), [("Allow", "logs:CreateLogStream"), ("Deny", "logs:PutLogEvents")]
)
def test_a_group_that_is_spelt_out_for_less_leaves_the_rest(
    effect: str, action: str, grammar: Grammar
) -> None:
    group = '"arn:aws:logs:eu-west-1:123456789012:log-group:a"'
    said = f'{{ Effect = "{effect}", Action = "{action}", Resource = {group} }}'
    text = HELD + function("call") + role("logs:PutLogEvents", more=said)
    assert names(meant("log group", text, grammar)) == f"`{GROUP}`"


def test_the_only_table_of_a_function_that_is_told_of_none_is_a_guess(grammar: Grammar) -> None:
    text = HELD + function("call") + role("dynamodb:PutItem")
    assert str(meant("table", text, grammar)).startswith("`aws_dynamodb_table.one` may be")


def test_a_policy_that_is_given_to_none_of_the_roles_here_shows_nothing(grammar: Grammar) -> None:
    """In a module without roles it is for somebody outside, and so is the only bucket."""
    bucket = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
    lone = role("s3:GetObject").replace("role = aws_iam_role.work.id", 'role = "somebody"')
    alone = lone[lone.index('resource "aws_iam_role_policy"') :]
    assert is_only_one(meant("bucket", bucket + alone, grammar))
    assert str(meant("bucket", bucket + lone, grammar)).startswith("`aws_s3_bucket.data` may be")


ENDPOINT = 'resource "aws_sagemaker_endpoint" "e" {\n  endpoint_config_name = "c"\n}\n'
TASK = (
    'resource "aws_ecs_task_definition" "t" {{\n  family = "t"\n  {} = aws_iam_role.work.arn\n}}\n'
)


@pytest.mark.parametrize(
    ("argument", "is_said"), [("task_role_arn", True), ("execution_role_arn", False)]
)
def test_the_role_that_starts_a_container_calls_no_endpoint(
    argument: str, *, is_said: bool, grammar: Grammar
) -> None:
    calls = role("sagemaker:InvokeEndpoint", by='"ecs-tasks.amazonaws.com"')
    found = meant("endpoint", ENDPOINT + TASK.format(argument) + calls, grammar)
    assert is_only_one(found, "`aws_sagemaker_endpoint.e` is the only endpoint") is is_said
    assert is_said or str(found).startswith("`aws_sagemaker_endpoint.e` may be the endpoint")


STUDIO = (
    'resource "aws_sagemaker_domain" "d" {\n  default_user_settings {\n'
    "    execution_role = aws_iam_role.work.arn\n  }\n}\n"
)


def test_the_only_bucket_is_not_all_that_people_in_studio_use(grammar: Grammar) -> None:
    text = HELD + role("s3:GetObject", by='"sagemaker.amazonaws.com"')
    assert is_only_one(meant("bucket", text, grammar))
    found = str(meant("bucket", text + STUDIO, grammar))
    assert found.startswith("`aws_s3_bucket.data` may be the bucket that is meant.")


NAMED = f'{{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = {GROUP}.arn }}'


@pytest.mark.parametrize("action", ["logs:CreateLogStream", "logs:GetLogEvents", "logs:Get*"])
def test_who_writes_to_one_group_may_mean_any_other(action: str, grammar: Grammar) -> None:
    text = HELD + role(action, by='"apigateway.amazonaws.com"', more=NAMED)
    assert isinstance(meant("log group", text, grammar), str)


@pytest.mark.parametrize(
    ("action", "is_shown"),
    [
        ("logs:CreateLogStream", True),
        ("logs:CreateLogDelivery", False),
        ("logs:GetQueryResults", False),
        ("logs:*", True),
        ("logs:Create*", False),
        ("logs:Describe*", True),
        ("logs:ListTagsForResource", False),
        ("logs:PutLogStream", True),  # there is none
        ("logs:PutSubscriptionFilter", False),
    ],
)
def test_whoever_reads_logs_or_has_them_delivered_does_not_only_write_its_own(
    action: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = HELD + function("call") + role("logs:PutLogEvents", action)
    assert isinstance(meant("log group", text, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    "actions",
    [("logs:ListTagsLogGroup",), ("logs:DescribeLogStreams",), ("logs:Describe*", "s3:PutObject")],
)
def test_whoever_writes_nothing_does_not_mean_what_is_written(
    actions: tuple[str, ...], grammar: Grammar
) -> None:
    """A function asked for the tags of another's group, the one that it gets the logs of."""
    text = HELD + function("call") + role(*actions)
    assert isinstance(meant("log group", text, grammar), str)


def test_the_only_bucket_may_be_for_something_else(grammar: Grammar) -> None:
    text = HELD + role("s3:GetObject", by='"sagemaker.amazonaws.com"')
    build = (
        'resource "aws_iam_role" "build" {\n  name = "build"\n}\n'
        'resource "aws_codebuild_project" "b" {\n  service_role = aws_iam_role.build.arn\n\n'
        "  source {\n    location = aws_s3_bucket.data.id\n  }\n}\n"
    )
    assert is_only_one(meant("bucket", text, grammar))
    found = str(meant("bucket", text + build, grammar))
    assert found.startswith("`aws_s3_bucket.data` may be the bucket that is meant.")


@pytest.mark.parametrize(
    ("whose", "is_said"), [('"job"', True), ("var.role", False), ("module.compute.role", False)]
)
def test_an_inline_policy_of_a_role_made_elsewhere_may_mean_what_stands_there(
    whose: str, grammar: Grammar, *, is_said: bool
) -> None:
    inline = role("s3:GetObject").replace("aws_iam_role.work.id", whose)
    text = HELD + inline[inline.index('resource "aws_iam_role_policy"') :]
    found = meant("bucket", text, grammar)
    assert is_only_one(found) is is_said
    assert is_said or str(found).startswith("`aws_s3_bucket.data` may be the bucket")


@pytest.mark.parametrize(
    ("argument", "is_shown"), [("execution_role_arn", True), ("infrastructure_role_arn", False)]
)
def test_containers_write_with_the_role_that_starts_them_and_not_with_that_of_the_cluster(
    argument: str, grammar: Grammar, *, is_shown: bool
) -> None:
    service = (
        f'resource "aws_ecs_express_gateway_service" "s" {{\n  {argument} = {OWN}\n\n'
        "  primary_container {\n    aws_logs_configuration {\n"
        f"      log_group = {GROUP}.name\n    }}\n  }}\n}}\n"
    )
    text = HELD + role("logs:PutLogEvents", by='"ecs.amazonaws.com"') + service
    assert isinstance(meant("log group", text, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("noun", "action"),
    [("bucket", "s3:GetObject"), ("table", "dynamodb:PutItem"), ("log group", "logs:PutLogEvents")],
)
def test_a_role_that_sagemaker_takes_on_too_needs_what_is_said_elsewhere(
    noun: str, action: str, grammar: Grammar
) -> None:
    told = 'join(",", [aws_s3_bucket.data.id, aws_dynamodb_table.one.name])'
    both = '"lambda.amazonaws.com", "sagemaker.amazonaws.com"'
    text = HELD + (function("call") if noun == "log group" else steps("call", told))
    assert isinstance(meant(noun, text + role(action), grammar), Choice)
    found = str(meant(noun, text + role(action, by=both), grammar))
    assert found.startswith("SageMaker takes on the role too")


def test_an_unread_module_that_waits_for_a_role_is_not_given_it(grammar: Grammar) -> None:
    text = HELD + role("dynamodb:PutItem") + steps("call", ONE)
    waits = WAITS.replace('"./inside"', '"example/inside/aws"')
    assert isinstance(meant("table", text + waits, grammar), Choice)
    assert isinstance(meant("table", text + waits.replace('"x"', OWN), grammar), str)


def test_a_module_may_work_with_a_role_through_a_local(grammar: Grammar) -> None:
    text = HELD + role("dynamodb:PutItem") + steps("call", ONE) + CALL % OWN
    child = 'variable "role" {\n  type = string\n}\nlocals {\n  own = var.role\n}\n' + function(
        "inside", role="local.own"
    )
    assert isinstance(meant("table", {"main.tf": text, "inside/main.tf": child}, grammar), str)


def test_one_statement_means_something_else_for_each_service(grammar: Grammar) -> None:
    told = 'join(",", [aws_s3_bucket.data.id, aws_dynamodb_table.one.name])'
    text = HELD + role("s3:GetObject", "dynamodb:GetItem") + steps("call", told)
    module = read(text, grammar).modules[0]
    holder = module.resource("aws_iam_role_policy.p")
    assert holder is not None
    policy = policies(holder, module)[0]
    bucket, table = (
        names(choose(Question(NOUNS[word], holder, policy, policy[0], module)))
        for word in ("bucket", "table")
    )
    assert (bucket, table) == ("`aws_s3_bucket.data`", "`aws_dynamodb_table.one`")


def test_where_its_code_lies_says_nothing_of_what_a_function_needs(grammar: Grammar) -> None:
    """Whoever deploys it reads that bucket, not the function."""
    text = HELD + role("s3:GetObject")
    told = function("answer", "aws_s3_bucket.data.id")
    code = function("answer").replace("  role ", "  s3_bucket     = aws_s3_bucket.data.id\n  role ")
    assert "points at `aws_s3_bucket.data`" in str(meant("bucket", text + told, grammar))
    assert "points at" not in str(meant("bucket", text + code, grammar))
