"""Which groups are written to: whose they are by name, of which instance, by which container."""

from __future__ import annotations

import pytest

from remediations.detect import detect
from remediations.iam.choice import Choice
from remediations.model import Profile
from remediations.plan import plan
from remediations.terraform.grammar import Grammar
from tests.engine.rules_for_tests import read

from .test_reluctance import HELD, OWN, meant, role
from .test_undeclared import GROUP, task

PROFILE = Profile("prod")
WRITES = role("logs:PutLogEvents")
TASKS = role("logs:PutLogEvents", by='"ecs-tasks.amazonaws.com"')
FIREHOSE = role("logs:PutLogEvents", by='"firehose.amazonaws.com"')
EACH = 'resource "{0}" "w" {{\n  {1}\n  {2} = "{3}${{{4}}}"\n{5}}}\n'


def works(repeated: str, index: str, more: str = "") -> str:
    own = f"  role = {OWN}\n{more}"
    return EACH.format("aws_lambda_function", repeated, "function_name", "", index, own)


def group(repeated: str, index: str, more: str = "") -> str:
    return EACH.format("aws_cloudwatch_log_group", repeated, "name", "/aws/lambda/", index, more)


@pytest.mark.parametrize(
    ("function", "group", "is_shown"),
    [
        (
            works("for_each = local.all", "each.key"),
            group("for_each = local.all", "each.key"),
            True,
        ),
        (
            works("for_each = local.all", "each.key"),
            group("for_each = local.few", "each.key"),
            False,
        ),
        (works("count = 2", "count.index"), group("count = 2", "count.index"), True),
        (works("count = 3", "count.index"), group("count = 2", "count.index"), False),
        (works("count = 1", "var.name"), group("count = var.n", "var.name"), True),
        (works("", "var.name"), group("", "var.name", "  provider = aws.east\n"), False),
        (works("", "var.name", '  region = "us-west-2"\n'), group("", "var.name"), False),
        (works("", "var.name", "  provider = aws.east\n"), group("", "var.name"), False),
        (
            works("", "var.name", "  provider = aws.east\n"),
            group("", "var.name", "  provider = aws.east\n"),
            True,
        ),
    ],
)
def test_a_function_that_is_repeated_has_a_group_each(
    function: str, group: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Of other instances, or in another region, it is another's."""
    more = 'variable "name" {}\nvariable "n" {\n  default = 1\n}\n'
    more += 'variable "all" {}\nlocals {\n  all = toset(["a", "b"])\n  few = toset(["a"])\n}\n'
    found = meant("log group", WRITES + function + group + more, grammar)
    assert isinstance(found, Choice) is is_shown


def test_who_subscribes_to_a_group_reads_it(grammar: Grammar) -> None:
    stream = (
        'resource "aws_kinesis_firehose_delivery_stream" "s" {\n  extended_s3_configuration {\n'
        f"    role_arn = {OWN}\n    cloudwatch_logging_options {{\n      log_group_name = {GROUP}\n"
        "    }\n  }\n}\n"
    )
    subscribes = (
        f'resource "aws_cloudwatch_log_subscription_filter" "f" {{\n  role_arn = {OWN}\n'
        f"  log_group_name = {GROUP}\n}}\n"
    )
    assert isinstance(meant("log group", HELD + FIREHOSE + stream, grammar), Choice)
    assert isinstance(meant("log group", HELD + FIREHOSE + stream + subscribes, grammar), str)


@pytest.mark.parametrize("group", ["[]", "{ a = 1 }", "12", "var.group"])
def test_what_is_no_name_of_a_group_is_none(group: str, grammar: Grammar) -> None:
    """A mistake in the file is no reason to fall over it."""
    told = f"  logging_config {{\n    log_group = {group}\n  }}\n"
    work = HELD + WRITES + works("", "", told).replace('"${}"', '"call"')
    work += 'variable "group" {\n  default = ["/aws/lambda/call"]\n}\n'
    assert isinstance(meant("log group", work, grammar), str)


PRINTS = f'{{ logConfiguration = {{ options = {{ "awslogs-group" = {GROUP} }} }} }}'
IMAGE = '{{ image = "{}" }}'


@pytest.mark.parametrize(
    ("image", "is_shown"),
    [
        ("nginx:1", True),
        ("public.ecr.aws/aws-observability/aws-otel-collector:latest", False),
        ("public.ecr.aws/cloudwatch-agent/cloudwatch-agent:latest", False),
        ("public.ecr.aws/aws-observability/aws-for-fluent-bit:latest", False),
    ],
)
def test_what_gathers_logs_beside_has_groups_of_its_own(
    image: str, grammar: Grammar, *, is_shown: bool
) -> None:
    """Where it runs with the same role."""
    same = task(PRINTS, IMAGE.format(image)).replace(
        "  execution_role", f"  task_role_arn = {OWN}\n  execution_role"
    )
    assert isinstance(meant("log group", HELD + TASKS + same, grammar), Choice) is is_shown
    other = same.replace(f"task_role_arn = {OWN}", 'task_role_arn = "role/x"')
    assert isinstance(meant("log group", HELD + TASKS + other, grammar), Choice)


@pytest.mark.parametrize(
    ("containers", "unread"),
    [
        (f"[{PRINTS}]", None),
        (f"concat([{PRINTS}], [for one in [1] : {PRINTS}])", None),
        (f"flatten([local.own, [{PRINTS}]])", None),
        (f"[merge({PRINTS}, {{ name = var.name }})]", None),
        (f"concat([{PRINTS}], var.sidecars)", "var.sidecars"),
        (f"[{PRINTS}, module.agent.container]", "module.agent.container"),
        (f"[merge({PRINTS}, var.more)]", "var.more"),
        (f"var.all ? [{PRINTS}] : var.sidecars", "var.sidecars"),
    ],
)
def test_a_container_from_elsewhere_prints_and_runs_what_does_not_stand_here(
    containers: str, unread: str | None, grammar: Grammar
) -> None:
    definition = task().replace("jsonencode([])", f"jsonencode({containers})")
    more = (
        f'locals {{\n  own = [{PRINTS}]\n}}\nmodule "agent" {{\n  source = "acme/agent/aws"\n}}\n'
    )
    found = meant("log group", HELD + TASKS + definition + more, grammar)
    assert isinstance(found, Choice) is (unread is None)
    image = 'resource "aws_ecr_repository" "r" {\n  name = "r"\n}\n' + TASKS.replace(
        "logs:PutLogEvents", "ecr:BatchGetImage"
    )
    pulled = definition.replace(
        "logConfiguration", "image = aws_ecr_repository.r.repository_url, logConfiguration", 1
    )
    found = meant("repository", image + pulled + more, grammar)
    assert isinstance(found, Choice) is (unread is None)
    assert unread is None or f"is told of `{unread}` too" in str(found)


@pytest.mark.parametrize(
    ("destination", "is_shown"),
    [
        ("aws_cloudwatch_log_group.call.arn", True),
        ("var.on ? aws_cloudwatch_log_group.call.arn : null", True),
        ('var.on ? aws_cloudwatch_log_group.call.arn : ""', True),
        ("var.on ? aws_cloudwatch_log_group.call.arn : var.other", False),
        ("coalesce(var.none, aws_cloudwatch_log_group.call.arn)", False),
        ('var.none != "" ? var.none : aws_cloudwatch_log_group.call.arn', False),
        ("local.to", False),
    ],
)
def test_whoever_calls_a_module_may_send_its_logs_elsewhere(
    destination: str, grammar: Grammar, *, is_shown: bool
) -> None:
    flow = f'resource "aws_flow_log" "f" {{\n  iam_role_arn = {OWN}\n  log_destination = '
    text = HELD + role("logs:PutLogEvents", by='"vpc-flow-logs.amazonaws.com"')
    text += flow + destination + "\n}\n"
    text += 'variable "on" {}\nvariable "other" {}\nvariable "none" {\n  default = ""\n}\n'
    text += "locals {\n  to = var.on ? aws_cloudwatch_log_group.call.arn : var.other\n}\n"
    assert isinstance(meant("log group", text, grammar), Choice) is is_shown
    build = f'resource "aws_codebuild_project" "f" {{\n  service_role = {OWN}\n  group_name = '
    built = text.replace(flow, build).replace("vpc-flow-logs", "codebuild")
    assert isinstance(meant("log group", built, grammar), Choice) is is_shown


def test_a_group_that_another_call_does_not_make_is_not_written_to_a_shared_file(
    grammar: Grammar,
) -> None:
    """An empty list is no policy, wherever the module is called from."""
    inner = 'variable "own" {\n  default = true\n}\n\n'
    inner += WRITES.partition('resource "aws_iam_role_policy"')[0]
    inner += (
        'resource "aws_iam_role_policy" "p" {\n  role   = aws_iam_role.work.id\n'
        "  policy = data.aws_iam_policy_document.p.json\n}\n\n"
        'data "aws_iam_policy_document" "p" {\n  statement {\n'
        '    actions   = ["logs:PutLogEvents"]\n    resources = ["*"]\n  }\n}\n'
    )
    inner += f'resource "aws_lambda_function" "f" {{\n  function_name = "f"\n  role = {OWN}\n}}\n'
    inner += 'resource "aws_cloudwatch_log_group" "f" {\n  count = var.own ? 1 : 0\n'
    inner += '  name  = "/aws/lambda/f"\n}\n'
    call = 'module "a" {\n  source = "./m"\n}\n'
    other = 'module "b" {\n  source = "./m"\n  own    = false\n}\n'
    for main, is_edited in ((call, True), (call + other, False)):
        start = read({"main.tf": main, "m/main.tf": inner}, grammar)
        fixes = plan(start, detect(start, PROFILE), PROFILE).fixes
        scopes = [one for one in fixes if one.findings[0].rule == "iam-log-group-wildcard"]
        assert bool(scopes) is is_edited


FLOW = (
    f'resource "aws_flow_log" "f" {{\n  iam_role_arn = {OWN}\n'
    "  log_destination = aws_cloudwatch_log_group.call.arn\n}\n"
)


def test_a_published_module_may_run_with_the_role(grammar: Grammar) -> None:
    """What is known of one is what its resources are like, not what each argument is for."""
    text = HELD + role("logs:PutLogEvents", by='"vpc-flow-logs.amazonaws.com"') + FLOW
    network = 'module "vpc" {{\n  source = "terraform-aws-modules/vpc/aws"\n  {}\n}}\n'
    plain = network.format("enable_flow_log = true")
    assert isinstance(meant("log group", text + plain, grammar), Choice)
    given = network.format(f"flow_log_cloudwatch_iam_role_arn = {OWN}")
    assert "`module.vpc` hands the role on" in str(meant("log group", text + given, grammar))


@pytest.mark.parametrize(
    ("logging", "unread"),
    [
        (f'{{ options = {{ "awslogs-group" = {GROUP} }} }}', None),
        ("null", None),
        ("local.own", None),
        ("var.logging", "var.logging"),
        ("module.agent.logging", "module.agent.logging"),
        ("coalesce(var.logging, local.own)", "var.logging"),
        ("var.on ? var.logging : null", "var.logging"),
        ("var.on ? null : var.logging", "var.logging"),
        ("var.on ? local.own : null", None),
        ("{ options = var.logging }", "var.logging"),
        (f'{{ options = merge({{ "awslogs-group" = {GROUP} }}, var.logging) }}', "var.logging"),
    ],
)
def test_where_a_container_prints_may_be_said_elsewhere(
    logging: str, unread: str | None, grammar: Grammar
) -> None:
    more = f'locals {{\n  own = {{ options = {{ "awslogs-group" = {GROUP} }} }}\n}}\n'
    more += 'module "agent" {\n  source = "acme/agent/aws"\n}\n'
    definition = task(PRINTS, f"{{ logConfiguration = {logging} }}")
    found = meant("log group", HELD + TASKS + definition + more, grammar)
    assert isinstance(found, Choice) is (unread is None)
    assert unread is None or f"is told of `{unread}` too" in str(found)


def test_what_a_router_writes_is_written_with_another_role(grammar: Grammar) -> None:
    routed = (
        "{ logConfiguration = { options = { log_group_name = aws_cloudwatch_log_group.b.name } } }"
    )
    other = 'resource "aws_cloudwatch_log_group" "b" {\n  name = "b"\n}\n'
    found = meant("log group", HELD + other + TASKS + task(PRINTS, routed), grammar)
    assert isinstance(found, str)


def test_a_function_at_the_edge_is_known_by_what_calls_it(grammar: Grammar) -> None:
    """Its role may be trusted in a file."""
    work = HELD + WRITES + works("", '"call"').replace('"${"call"}"', '"call"')
    edge = (
        'resource "aws_cloudfront_distribution" "d" {\n  default_cache_behavior {\n'
        "    lambda_function_association {\n      lambda_arn = aws_lambda_function.w.arn\n    }\n"
        "  }\n}\n"
    )
    assert isinstance(meant("log group", work, grammar), Choice)
    assert "at the edge" in str(meant("log group", work + edge, grammar))


def test_a_block_with_another_role_may_log_with_that_one(grammar: Grammar) -> None:
    options = "cloudwatch_logging_options {{\n        log_group_name = {}\n      }}"
    stream = (
        'resource "aws_kinesis_firehose_delivery_stream" "s" {\n  opensearch_configuration {\n'
        f"    role_arn = {OWN}\n    {options.format(GROUP)}\n"
        "    s3_configuration {\n      role_arn = aws_iam_role.b.arn\n"
        f"      {options.format('aws_cloudwatch_log_group.b.name')}\n    }}\n  }}\n}}\n"
    )
    other = 'resource "aws_cloudwatch_log_group" "b" {\n  name = "b"\n}\n'
    other += 'resource "aws_iam_role" "b" {\n  name = "b"\n}\n'
    found = meant("log group", HELD + FIREHOSE + stream + other, grammar)
    assert isinstance(found, str)
    alone = stream.replace("aws_cloudwatch_log_group.b.name", '"/b"')
    assert isinstance(meant("log group", HELD + FIREHOSE + alone + other, grammar), str)
    same = stream.replace("aws_cloudwatch_log_group.b.name", GROUP)
    assert isinstance(meant("log group", HELD + FIREHOSE + same + other, grammar), Choice)


@pytest.mark.parametrize(
    ("setting", "is_shown"),
    [
        ('AUDIT = "/acme/other"', True),
        ('AUDIT = "/acme/audit"', False),
        ("AUDIT = local.audit", False),
        ("AUDIT = aws_cloudwatch_log_stream.a.log_group_name", False),
        ("AUDIT = aws_cloudwatch_log_stream.a.name", False),
        ('LOG_GROUPS = "/acme/x"', False),
        ('LOG_GROUP_PREFIX = "/acme/"', False),
        ('LOGGROUP = "/acme/x"', False),
        ("CLOUDWATCH_LOG_GROUP = var.x", False),
    ],
)
def test_a_function_may_write_to_a_group_that_it_is_told_of_besides(
    setting: str, grammar: Grammar, *, is_shown: bool
) -> None:
    told = f"  environment {{\n    variables = {{ {setting} }}\n  }}\n"
    work = HELD + WRITES + works("", "", told).replace('"${}"', '"call"')
    work += 'resource "aws_cloudwatch_log_group" "audit" {\n  name = local.audit\n}\n'
    work += 'locals {\n  audit = "/acme/audit"\n}\nvariable "x" {}\n'
    work += 'resource "aws_cloudwatch_log_stream" "a" {\n  name = "a"\n'
    work += "  log_group_name = aws_cloudwatch_log_group.audit.name\n}\n"
    assert isinstance(meant("log group", work, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("default", "more"), [("null", 'log_format = "JSON"'), ('"/acme/shared"', ""), ('"/x"', "")]
)
def test_whoever_calls_a_module_may_tell_a_function_of_another_group(
    default: str, more: str, grammar: Grammar
) -> None:
    told = (
        '  dynamic "logging_config" {\n    for_each = var.group == null ? [] : [1]\n'
        f"    content {{\n      log_group = var.group\n      {more}\n    }}\n  }}\n"
    )
    work = HELD + WRITES + works("", "", told).replace('"${}"', '"call"')
    work += f'variable "group" {{\n  default = {default}\n}}\n'
    assert isinstance(meant("log group", work, grammar), str)
    assert isinstance(meant("log group", work.replace(told, ""), grammar), Choice)


def test_what_stands_in_another_file_is_shown_as_it_stands_there(grammar: Grammar) -> None:
    main = HELD + TASKS + task().replace("jsonencode([])", "jsonencode(local.all)")
    others = f"locals {{\n  all = concat([{PRINTS}], var.sidecars)\n}}\n"
    files = {"main.tf": main, "others.tf": others}
    assert "is told of `var.sidecars` too" in str(meant("log group", files, grammar))


def test_a_name_that_is_written_alike_is_the_same_wherever_its_local_stands(
    grammar: Grammar,
) -> None:
    told = "  environment {\n    variables = { LOG_GROUP_NAME = local.own }\n  }\n"
    main = WRITES + works("", "", told).replace('"${}"', '"call"')
    main += 'resource "aws_cloudwatch_log_group" "call" {\n  name = local.own\n}\n'
    main = main.replace(
        f"  role = {OWN}\n", f"  role = {OWN}\n  logging_config {{\n    log_group = {GROUP}\n  }}\n"
    )
    others = 'variable "stage" {}\nlocals {\n  own = "/acme/${var.stage}"\n}\n'
    found = meant("log group", {"main.tf": main, "others.tf": others}, grammar)
    assert isinstance(found, Choice)
