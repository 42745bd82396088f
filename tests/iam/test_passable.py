"""Which roles may be passed: those that a definition gives to the work which is started."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.iam.choice import Choice
from remediations.model import Profile
from remediations.plan import plan
from remediations.terraform.grammar import Grammar

from .policies import read
from .test_inference import ENDPOINT, ROLES, TASK, TRAINING, meant, policy

ROLE_ARN = "aws_iam_role.endpoint.arn"
DEFINITION = 'resource "aws_ecs_task_definition" "t" {{\n  family = "t"\n  {}\n}}\n'
STARTS = (
    'resource "aws_cloudwatch_event_target" "e" {{\n  role_arn = aws_iam_role.endpoint.arn\n'
    "  ecs_target {{\n    task_definition_arn = {}\n  }}\n}}\n"
)
RUNS = STARTS.format("aws_ecs_task_definition.t.arn")
"""What runs with the role and starts the task."""
TOLD = (
    f'resource "aws_lambda_function" "works" {{{{\n  role = {ROLE_ARN}\n'
    '  environment {{\n    variables = {{ TASKS = join(",", [{}]) }}\n  }}\n}}\n'
)
WORKS = TOLD.format("aws_ecs_task_definition.t.arn")
"""Code that runs with the role and is told of the task."""
DEPLOYS = (
    f'resource "aws_codepipeline" "p" {{{{\n  role_arn = {ROLE_ARN}\n  stage {{{{\n'
    "    action {{\n      provider      = {}\n      configuration = {{ {} }}\n"
    "    }}\n  }}\n}}\n"
)
SERVICE = (
    'resource "aws_ecs_service" "s" {\n  name            = "acme-${var.stage}"\n'
    "  task_definition = aws_ecs_task_definition.t.arn\n}\n"
)
OF_SERVICE = "ServiceName = aws_ecs_service.s.name"
GIVEN = "task_role_arn = aws_iam_role.task.arn\n  execution_role_arn = "
GIVES_TASK = DEFINITION.format("task_role_arn = aws_iam_role.task.arn")
START = ROLES.format("start", "ecs-tasks")
GIVES_BOTH = DEFINITION.format(GIVEN + "aws_iam_role.start.arn")
GIVES_THIRD = DEFINITION.format("task_role_arn = aws_iam_role.third.arn").replace('"t"', '"third"')


def said(found: Choice | str) -> str:
    """Why it is offered, or why it is not."""
    return found.evidence if isinstance(found, Choice) else found


def test_the_roles_that_may_be_passed_are_those_of_the_services_set_to_work(
    grammar: Grammar,
) -> None:
    roles = ROLES.format("endpoint", "states") + TRAINING + TASK
    runs = roles + policy("iam:PassRole", "ecs:RunTask")
    assert meant("role", runs + GIVES_TASK, grammar) == (
        "`ecs-tasks` takes on `aws_iam_role.task` for `ecs:RunTask`. That may not be all: name "
        "the ARN of each role that is needed. If that is all, give `iam:PassRole` a "
        "statement of its own on `[aws_iam_role.task.arn]`."
    )  # nothing runs with the role that passes it
    found = meant("role", runs + GIVES_TASK + RUNS, grammar)
    assert isinstance(found, Choice)
    assert found.names == "`aws_iam_role.task`"
    assert found.evidence == "`ecs-tasks` takes on `aws_iam_role.task` for `ecs:RunTask`"
    idle = roles + policy("iam:PassRole") + GIVES_TASK + RUNS
    assert isinstance(meant("role", idle, grammar), str)
    assert meant("role", runs, grammar) == (
        "Several roles can be meant: `aws_iam_role.endpoint`, `aws_iam_role.task`, "
        "`aws_iam_role.training`. Name the ARNs of those that are needed."
    )  # nothing says what a task is given


@pytest.mark.parametrize(
    ("passer", "action", "what"),
    [
        ("lambda", "glue:CreateJob", "nothing"),
        ("lambda", "ecs:RunTask", "named"),
        ("sagemaker", "ecs:RunTask", "nothing"),
        ("codebuild", "ecs:RunTask", "nothing"),
        ("codepipeline", "ecs:RegisterTaskDefinition", "said"),
        ("states", "sagemaker:CreateTrainingJob", "said"),
        ("lambda", "sagemaker:CreateTrainingJob", "nothing"),
        ("airflow", "emr-serverless:StartJobRun", "said"),
        ("glue", "emr-serverless:StartJobRun", "nothing"),
    ],
)
def test_who_passes_what_stands_elsewhere_is_not_guessed_at(
    passer: str, action: str, what: str, grammar: Grammar
) -> None:
    """Whoever starts work passes what it runs with; whoever makes or builds, what others have.

    What a job of SageMaker or EMR is given no definition says, so its role is not named.
    """
    roles = ROLES.format("endpoint", passer) + ROLES.format("etl", "glue") + TASK
    roles += ROLES.format("spark", "emr-serverless")
    roles += TRAINING if passer != "sagemaker" else ""
    roles += WORKS if what == "named" else ""
    found = meant("role", roles + GIVES_TASK + policy("iam:PassRole", action), grammar)
    assert isinstance(found, Choice) is (what == "named")
    assert ("takes on" in said(found)) is (what != "nothing")


@pytest.mark.parametrize(
    ("work", "is_shown"),
    [
        ("definition = jsonencode({ RoleArn = aws_iam_role.training.arn })", True),
        ('definition = templatefile("s.json", { role = aws_iam_role.training.arn })', False),
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
    assert meant("role", text, grammar) == (
        "`sagemaker` takes on `aws_iam_role.training` for `sagemaker:CreateTrainingJob`. That may "
        "not be all: name the ARN of each role that is needed. If that is all, give "
        "`iam:PassRole` a statement of its own on `[aws_iam_role.training.arn]`."
    )
    assert "takes on" not in str(meant("role", text + steps, grammar))
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
        "all: name the ARN of each role that is needed. If that is all, give "
        "`iam:PassRole` a statement of its own on `[aws_iam_role.training.arn]`."
    )


def test_a_job_of_sagemaker_passes_its_own_role_besides(grammar: Grammar) -> None:
    pipeline = (
        'resource "aws_sagemaker_pipeline" "p" {\n  role_arn = aws_iam_role.endpoint.arn\n'
        "  pipeline_definition = jsonencode({ Role = aws_iam_role.task.arn })\n}\n"
    )
    text = TASK + GIVES_TASK + pipeline + policy("iam:PassRole", "ecs:RunTask")
    assert isinstance(meant("role", ROLES.format("endpoint", "lambda") + text, grammar), Choice)
    assert isinstance(meant("role", ENDPOINT + text, grammar), str)


@pytest.mark.parametrize(
    ("others", "names"),
    [
        (GIVES_TASK, "`aws_iam_role.task`"),
        (START + GIVES_BOTH, "`aws_iam_role.start` and `aws_iam_role.task`"),
        (START + GIVES_TASK, None),
        ("", None),
        (START + ROLES.format("third", "ecs-tasks") + GIVES_BOTH + GIVES_THIRD, None),
        (GIVES_TASK + ROLES.format("spark", "emr-serverless"), None),
    ],
)
def test_who_is_told_one_role_of_a_task_passes_the_other_too(
    others: str, names: str | None, grammar: Grammar
) -> None:
    """Where the definition of the task gives them both, and no other task has more of them."""
    function = (
        'resource "aws_lambda_function" "f" {\n  role = aws_iam_role.endpoint.arn\n'
        "  environment {\n    variables = { ROLE = aws_iam_role.task.arn, "
        "TASK = aws_ecs_task_definition.t.arn }\n  }\n}\n"
    )
    actions = policy("iam:PassRole", "ecs:RunTask", "emr-serverless:StartJobRun")
    text = ROLES.format("endpoint", "lambda") + TASK + others + function + actions
    found = meant("role", text, grammar)
    assert (found.names if isinstance(found, Choice) else None) == names


@pytest.mark.parametrize(
    ("provider", "configuration", "is_shown"),
    [
        ('"ECS"', OF_SERVICE, True),
        ('"ECS"', 'ServiceName = "acme-${var.stage}"', True),
        ('"ECS"', "ServiceName = local.same", True),
        ('"ECS"', 'ServiceName = "acme-prod"', False),
        ('"ECS"', "ServiceName = var.service", False),
        ('"ECS"', "ServiceName = aws_ecs_service.other.name", False),
        ('"ECS"', "", False),
        ('"CodeBuild"', OF_SERVICE, False),
        ('"CodeDeployToECS"', OF_SERVICE, False),
        ("var.how", OF_SERVICE, False),
    ],
)
def test_a_pipeline_passes_what_the_service_that_it_deploys_to_is_given(
    provider: str, configuration: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """CodeDeploy goes by a file that lies with the code, and names its roles itself."""
    text = ROLES.format("endpoint", "codepipeline") + TASK + GIVES_TASK + SERVICE
    text += SERVICE.replace('"s"', '"other"').replace("_definition.t.", "_definition.other.")
    text += 'variable "stage" {}\nvariable "service" {}\nvariable "how" {}\n'
    text += "locals {\n  same = aws_ecs_service.s.name\n}\n"
    text += policy("iam:PassRole", "ecs:RegisterTaskDefinition")
    found = meant("role", text + DEPLOYS.format(provider, configuration), grammar)
    assert isinstance(found, Choice) is is_shown
    assert said(found).startswith("`ecs-tasks` takes on `aws_iam_role.task` for")


@pytest.mark.parametrize(
    ("provider", "is_shown"),
    [('"ECS"', True), ('"CodeBuild"', True), ('"CodeDeployToECS"', False), ("var.how", False)],
)
def test_a_second_action_may_start_what_is_not_shown(
    provider: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = ROLES.format("endpoint", "codepipeline") + TASK + GIVES_TASK + SERVICE
    text += policy("iam:PassRole", "ecs:RegisterTaskDefinition") + 'variable "how" {}\n'
    text += DEPLOYS.format('"ECS"', OF_SERVICE)
    text += DEPLOYS.format(provider, OF_SERVICE).replace('"p"', '"q"')
    assert isinstance(meant("role", text, grammar), Choice) is is_shown


def test_a_pipeline_deploys_to_one_of_several_services(grammar: Grammar) -> None:
    """The role of another one is none of its business."""
    another = ROLES.format("third", "ecs-tasks") + GIVES_THIRD
    text = ROLES.format("endpoint", "codepipeline") + TASK + GIVES_TASK + SERVICE + another
    text += policy("iam:PassRole", "ecs:RegisterTaskDefinition")
    one = DEPLOYS.format('"ECS"', OF_SERVICE)
    assert isinstance(meant("role", text + one, grammar), str)
    text += SERVICE.replace('"s"', '"third"').replace("_definition.t.", "_definition.third.")
    two = one + one.replace('"p"', '"q"').replace("_service.s.", "_service.third.")
    assert isinstance(meant("role", text + two, grammar), Choice)
    unknown = one + one.replace('"p"', '"q"').replace("aws_ecs_service.s.name", "var.service")
    assert isinstance(meant("role", text + unknown, grammar), str)


@pytest.mark.parametrize(
    ("passer", "work"),
    [
        ("lambda", f'resource "aws_lambda_function" "f" {{\n  role = {ROLE_ARN}\n}}\n'),
        (
            "states",
            f'resource "aws_sfn_state_machine" "s" {{\n  role_arn   = {ROLE_ARN}\n'
            '  definition = file("steps.json")\n}\n',
        ),
    ],
)
def test_who_names_no_task_may_start_any(passer: str, work: str, grammar: Grammar) -> None:
    text = ROLES.format("endpoint", passer) + TASK + GIVES_TASK + work
    found = meant("role", text + policy("iam:PassRole", "ecs:RunTask"), grammar)
    assert str(found).startswith("`ecs-tasks` takes on `aws_iam_role.task` for `ecs:RunTask`. That")


STATES = (
    f'resource "aws_sfn_state_machine" "s" {{\n  role_arn   = {ROLE_ARN}\n'
    "  definition = jsonencode({ A = { TaskDefinition = aws_ecs_task_definition.t.arn }, "
    "B = { %s } })\n}\n"
)
OF_FILE = 'templatefile("s.json", { task = aws_ecs_task_definition.t.arn })'


@pytest.mark.parametrize(
    ("passer", "work", "is_shown"),
    [
        ("states", STATES % "TaskDefinition = aws_ecs_task_definition.t.family", True),
        ("states", STATES % 'TaskDefinition = "another"', False),
        ("states", STATES % '"TaskDefinition.$" = "$.task"', False),
        ("states", STATES % "TaskDefinition = var.task", False),
        ("states", STATES % 'Input = "{\\"TaskDefinition\\": \\"another\\"}"', False),
        ("states", STATES.replace("jsonencode(", f"jsonencode({OF_FILE}, ") % "", False),
        ("lambda", TOLD.format("aws_ecs_task_definition.t.arn"), True),
        ("lambda", WORKS.replace("TASKS =", 'OTHER_TASK_DEFINITION = "x", TASKS ='), False),
        ("lambda", WORKS.replace("TASKS =", "OTHER_TASK_DEF = var.task, TASKS ="), False),
    ],
)
def test_who_is_told_of_another_task_passes_what_that_is_given(
    passer: str, work: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = ROLES.format("endpoint", passer) + TASK + GIVES_TASK + work + 'variable "task" {}\n'
    found = meant("role", text + policy("iam:PassRole", "ecs:RunTask"), grammar)
    assert isinstance(found, Choice) is is_shown


@pytest.mark.parametrize(
    ("second", "is_shown"),
    [
        ("", True),
        ("RoleArn = aws_iam_role.endpoint.arn", True),
        ("RoleArn = data.aws_iam_role.legacy.arn", False),
        ("RoleArn = var.role", False),
        ('RoleArn = "arn:aws:iam::123456789012:role/x"', False),
    ],
)
def test_a_second_stage_may_pass_a_role_that_is_not_declared(
    second: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = ROLES.format("endpoint", "codepipeline") + ROLES.format("deploy", "cloudformation")
    text += 'data "aws_iam_role" "legacy" {\n  name = "legacy"\n}\nvariable "role" {}\n'
    text += policy("iam:PassRole") + DEPLOYS.format(
        '"CloudFormation"', "RoleArn = aws_iam_role.deploy.arn"
    )
    text += DEPLOYS.format('"CloudFormation"', second).replace('"p"', '"q"')
    assert isinstance(meant("role", text, grammar), Choice) is is_shown
    ecs = DEPLOYS.format('"ECS"', 'ServiceName = "elsewhere"').replace('"p"', '"r"')
    assert isinstance(meant("role", text + ecs, grammar), str)


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
    of_others = cluster.replace(ROLE_ARN, '"EMR_DefaultRole"')
    assert isinstance(meant("role", waits + of_others + profile, grammar), str)
    assert isinstance(meant("role", text, grammar), str)
    machine = text.replace("elasticmapreduce.amazonaws", "lambda.amazonaws")
    assert isinstance(meant("role", machine + profile, grammar), str)


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
    text += 'locals {\n  own   = aws_iam_role.task.arn\n  start = "role/start"\n}\n\n' + WORKS
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
    ("source", "definition", "own", "is_shown"),
    [
        ("./work", "task_role_arn = var.role", "", True),
        ("./work", "task_role_arn = var.role", GIVES_TASK, True),
        ("./work", 'task_role_arn = var.role\n  execution_role_arn = "role/start"', "", False),
        ("./work", 'task_role_arn = "role/another"', "", False),
        ("./work", 'task_role_arn = "role/another"', GIVES_TASK, True),
        ("acme/service/aws", "", GIVES_TASK, False),
    ],
)
def test_a_task_may_be_defined_in_a_module_that_is_given_its_role(
    source: str, definition: str, own: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """One that gives another role, in a module, is none of its business."""
    main = ROLES.format("endpoint", "events") + TASK + policy("iam:PassRole", "ecs:RunTask")
    main += own + TOLD.format("aws_ecs_task_definition.t.arn" if own else "module.work.task")
    main += f'module "work" {{\n  source = "{source}"\n  role = aws_iam_role.task.arn\n}}\n'
    work = 'variable "role" {}\n\n' + DEFINITION.format(definition)
    work += 'output "task" {\n  value = aws_ecs_task_definition.t.arn\n}\n'
    files = {"main.tf": main, "work/main.tf": work}
    assert isinstance(meant("role", files, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("service", "action", "most"),
    [("ecs-tasks", "ecs:RunTask", 2), ("sagemaker", "sagemaker:CreateModel", 1)],
)
def test_of_more_roles_than_are_needed_nobody_can_tell_which(
    service: str, action: str, most: int, grammar: Grammar
) -> None:
    """Each task has a definition here; a job of SageMaker has none, and is only said."""
    text = ROLES.format("endpoint", "states") + policy("iam:PassRole", action)
    for number in range(most + 2):
        tasks = ", ".join(f"aws_ecs_task_definition.t{n}.arn" for n in range(number))
        works = TOLD.format(tasks) if service == "ecs-tasks" else ""
        found = meant("role", text + works, grammar)
        assert ("takes on" in said(found)) is (0 < number <= most)
        assert isinstance(found, Choice) is (0 < number <= most and service == "ecs-tasks")
        text += ROLES.format(f"r{number}", service)
        given = DEFINITION.format(f"task_role_arn = aws_iam_role.r{number}.arn")
        text += given.replace('"t"', f'"t{number}"')


def test_a_role_that_a_module_makes_may_be_passed_too(grammar: Grammar) -> None:
    main = ROLES.format("endpoint", "states") + TASK + policy("iam:PassRole", "ecs:RunTask")
    main += GIVES_TASK + WORKS
    call = 'module "work" {\n  source = "./work"\n}\n'
    made = {"main.tf": main + call, "work/main.tf": TASK}
    empty = {"main.tf": main + call, "work/main.tf": 'variable "a" {}\n'}
    for files, is_shown in ((made, False), (empty, True)):
        assert isinstance(meant("role", files, grammar), Choice) is is_shown


def test_a_person_passes_what_nobody_can_tell(grammar: Grammar) -> None:
    text = (
        TASK
        + GIVES_TASK
        + (
            'resource "aws_iam_user_policy" "p" {\n  user   = "ann"\n  policy = jsonencode({\n'
            '    Statement = [{ Effect = "Allow", Action = ["iam:PassRole", "ecs:RunTask"], '
            'Resource = "*" }]\n  })\n}\n'
        )
    )
    found = str(meant("role", text, grammar, "aws_iam_user_policy.p"))
    assert found.startswith("`aws_iam_role.task` may be the role that is meant")


def test_a_role_cannot_name_in_its_own_block_what_needs_it(grammar: Grammar) -> None:
    machine = ROLES.format("endpoint", "states")
    inline = machine.rstrip().removesuffix("}") + (
        '\n  inline_policy {\n    policy = jsonencode({\n      Statement = [{ Effect = "Allow", '
        'Action = ["iam:PassRole", "ecs:RunTask"], Resource = "*" }]\n    })\n  }\n}\n'
    )
    inline += GIVES_TASK + WORKS
    trusting = TASK.rstrip().removesuffix("}") + "\n  path = aws_iam_role.endpoint.path\n}\n"
    assert isinstance(meant("role", inline + TASK, grammar, "aws_iam_role.endpoint"), Choice)
    assert "cycle" in str(meant("role", inline + trusting, grammar, "aws_iam_role.endpoint"))


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


@pytest.mark.parametrize("sid", ["", '    sid       = "Deploy"\n'])
def test_a_role_to_pass_is_named_apart_from_what_else_is_allowed(
    sid: str, grammar: Grammar
) -> None:
    """That no service is named stays the same finding, whatever the new statement is called."""
    allowed = policy("iam:PassRole", "ecs:RunTask", "sqs:SendMessage")
    allowed = allowed.replace("    actions ", f"{sid}    actions ", 1)
    roles = ROLES.format("endpoint", "states") + TASK
    start, profile = read(roles + allowed + GIVES_TASK + RUNS, grammar), Profile("prod")
    report = detect(start, profile)
    fixes = plan(start, report, profile).fixes
    (fix,) = [one for one in fixes if one.findings[0].rule == "iam-passrole-wildcard"]
    after = detect(start.with_edits(fix.edits), profile)
    was, now = (
        [one.fingerprint for one in held.findings if one.rule == "iam-passrole-no-service"]
        for held in (report, after)
    )
    assert was == now
    assert len(now) == 1


def test_two_statements_that_pass_roles_are_two_findings(grammar: Grammar) -> None:
    again = '  statement {\n    actions   = ["iam:PassRole"]\n    resources = ["*"]\n  }\n'
    text = ENDPOINT + policy("iam:PassRole", "ecs:RunTask", more=again)
    found = detect(read(text, grammar), Profile("prod")).findings
    passing = [one.fingerprint for one in found if one.rule == "iam-passrole-no-service"]
    assert len(set(passing)) == len(passing) == 2
