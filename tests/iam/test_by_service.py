"""What a service works with by itself is needed whatever code does; of the rest nobody can tell."""

from __future__ import annotations

import pytest

from remediations.iam.choice import Choice
from remediations.terraform.grammar import Grammar
from tests.iam.test_reluctance import OWN, meant, names, repository, role

DATA = 'resource "aws_s3_bucket" "data" {\n  bucket = "acme-data"\n}\n'
SITE = 'resource "aws_s3_bucket" "site" {\n  bucket = "acme-site"\n}\n'
PIPELINE = """
resource "aws_codepipeline" "p" {{
  name     = "p"
  role_arn = {0}

  artifact_store {{
    location = aws_s3_bucket.data.bucket
    type     = "S3"
  }}

  stage {{
    name = "Out"

    action {{
      name          = "out"
      provider      = {1}
      configuration = {{ {2} }}
    }}
  }}
}}
"""
BUILD = """
resource "aws_codebuild_project" "b" {{
  name         = "b"
  service_role = {0}

  artifacts {{
    type     = "S3"
    location = aws_s3_bucket.data.id
  }}

  environment {{
    environment_variable {{
      name  = "OUT"
      value = {1}
    }}
  }}
}}
"""
# One that starts and runs something, with the role and the bucket in whatever arguments it has.
WORKER = 'resource "{0}" "w" {{\n  {1} = {2}\n  {3} = {4}\n}}\n'
MODEL = WORKER.format(
    "aws_sagemaker_model", "execution_role_arn", OWN, "url", "aws_s3_bucket.data.id"
)


def bucket(by: str, text: str, grammar: Grammar) -> Choice | str:
    """What is said of a star for objects, on a role that this service takes on."""
    allowed = role("s3:GetObject", by=f'"{by}.amazonaws.com"')
    return meant("bucket", DATA + allowed + text, grammar)


def own_pipeline(provider: str, configuration: str) -> str:
    """A pipeline with a role of its own."""
    own = 'resource "aws_iam_role" "pipes" {\n  name = "pipes"\n}\n'
    return own + PIPELINE.format("aws_iam_role.pipes.arn", provider, configuration)


def is_left(found: Choice | str) -> bool:
    """Whether what shows it is said, and it is left for a person to name."""
    is_said = isinstance(found, str) and "That may not be all" in found
    return is_said and "is the only" not in str(found)


@pytest.mark.parametrize("provider", ["CodeBuild", "CodeDeployToECS", "CloudFormation", "Manual"])
def test_a_pipeline_works_with_its_store(provider: str, grammar: Grammar) -> None:
    found = bucket("codepipeline", PIPELINE.format(OWN, f'"{provider}"', ""), grammar)
    assert names(found) == "`aws_s3_bucket.data`"


def test_and_with_the_bucket_that_an_action_names(grammar: Grammar) -> None:
    out = PIPELINE.format(OWN, '"S3"', "BucketName = aws_s3_bucket.site.bucket")
    found = bucket("codepipeline", SITE + out, grammar)
    assert names(found) == "`aws_s3_bucket.data` and `aws_s3_bucket.site`"


@pytest.mark.parametrize(
    ("configuration", "is_shown"),
    [
        ("{ BucketName = aws_s3_bucket.data.bucket }", True),
        ("var.to_data ? { Extract = true } : {}", True),
        ("local.told", True),
        ("var.configuration", False),
        ("merge({ Extract = true }, var.configuration)", False),
        ("{ BucketName = var.site }", False),
    ],
)
def test_what_an_action_is_told_may_not_stand_here(
    configuration: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = PIPELINE.format(OWN, '"S3"', "").replace("{  }", configuration)
    text += 'variable "configuration" {}\nvariable "to_data" {}\nvariable "site" {}\n'
    text += "locals {\n  told = { Extract = true }\n}\n"
    found = bucket("codepipeline", text, grammar)
    assert isinstance(found, Choice) is is_shown
    assert is_shown or "site" in configuration or "an action of `S3`" in str(found)


@pytest.mark.parametrize(
    ("store", "is_shown"),
    [
        ("aws_s3_bucket.data.bucket", True),
        ('"acme-data"', True),
        ('"codepipeline-eu-west-1-1234"', False),
        ('"acme-${var.eu}"', False),
        ("var.eu", False),
    ],
)
def test_a_second_store_may_not_stand_here(store: str, grammar: Grammar, *, is_shown: bool) -> None:
    second = f"  artifact_store {{\n    location = {store}\n  }}\n\n  stage"
    text = PIPELINE.format(OWN, '"CodeBuild"', "").replace("  stage", second, 1)
    found = bucket("codepipeline", text + 'variable "eu" {}\n', grammar)
    assert isinstance(found, Choice) is is_shown
    assert is_shown or "is told of `location` too" in str(found)


KEYS = "".join(
    f'resource "aws_kms_key" "{one}" {{\n  description = "{one}"\n}}\n' for one in ("a", "b")
)


@pytest.mark.parametrize(
    ("store", "of_bucket", "named"),
    [
        ("aws_kms_key.a.arn", "aws_kms_key.a.arn", "`aws_kms_key.a`"),
        ("aws_kms_key.a.arn", "aws_kms_key.b.arn", "`aws_kms_key.a` and `aws_kms_key.b`"),
        ("aws_kms_key.a.arn", "var.x", None),
        ("aws_kms_key.a.arn", "data.aws_kms_alias.x.target_key_arn", None),
        ('"alias/other"', "aws_kms_key.a.arn", None),
    ],
)
def test_a_second_key_may_not_stand_here(
    store: str, of_bucket: str, named: str | None, grammar: Grammar
) -> None:
    key = f'encryption_key {{\n      id = {store}\n    }}\n    type     = "S3"'
    text = PIPELINE.format(OWN, '"CodeBuild"', "").replace('type     = "S3"', key, 1)
    text += (
        'resource "aws_s3_bucket_server_side_encryption_configuration" "e" {\n'
        "  bucket = aws_s3_bucket.data.id\n  rule {\n"
        "    apply_server_side_encryption_by_default {\n"
        f"      kms_master_key_id = {of_bucket}\n    }}\n  }}\n}}\n"
        'variable "x" {}\ndata "aws_kms_alias" "x" {\n  name = "alias/x"\n}\n'
    )
    allowed = role("kms:GenerateDataKey", by='"codepipeline.amazonaws.com"')
    keys = KEYS if "key.b" in of_bucket else KEYS.partition('resource "aws_kms_key" "b"')[0]
    found = meant("key", DATA + keys + allowed + text, grammar)
    assert (found.names if isinstance(found, Choice) else None) == named


def test_the_steps_of_a_pipeline_of_sagemaker_work_with_others(grammar: Grammar) -> None:
    steps = WORKER.format(
        "aws_sagemaker_pipeline", "role_arn", OWN, "pipeline_definition", 'file("p.json")'
    )
    model = WORKER.format(
        "aws_sagemaker_model",
        "execution_role_arn",
        OWN,
        "image",
        "aws_ecr_repository.r.repository_url",
    )
    assert isinstance(bucket("sagemaker", MODEL, grammar), Choice)
    assert isinstance(bucket("sagemaker", MODEL + steps, grammar), str)
    text = repository("r") + role("ecr:BatchGetImage", by='"sagemaker.amazonaws.com"') + model
    assert isinstance(meant("repository", text, grammar), Choice)
    assert isinstance(meant("repository", text + steps, grammar), str)


@pytest.mark.parametrize("told", ['"arn:aws:s3:::acme-manuals"', "var.manuals"])
def test_a_second_source_of_what_an_agent_knows_may_not_stand_here(
    told: str, grammar: Grammar
) -> None:
    base = WORKER.format("aws_bedrockagent_knowledge_base", "role_arn", OWN, "name", '"k"')
    source = (
        'resource "aws_bedrockagent_data_source" "{}" {{\n'
        "  knowledge_base_id = aws_bedrockagent_knowledge_base.w.id\n"
        "  data_source_configuration {{\n    s3_configuration {{\n      bucket_arn = {}\n    }}\n"
        "  }}\n}}\n"
    )
    text = base + source.format("a", "aws_s3_bucket.data.arn") + 'variable "manuals" {}\n'
    assert names(bucket("bedrock", text, grammar)) == "`aws_s3_bucket.data`"
    assert isinstance(bucket("bedrock", text + source.format("b", told), grammar), str)


@pytest.mark.parametrize(
    ("kind", "takes", "argument", "more"),
    [
        (
            "aws_kinesis_firehose_delivery_stream",
            "role_arn",
            "bucket_arn",
            'iceberg_configuration {\n    catalog_arn = "c"\n  }',
        ),
        (
            "aws_sagemaker_model",
            "execution_role_arn",
            "url",
            'primary_container {\n    model_package_name = "p"\n  }',
        ),
        (
            "aws_sagemaker_endpoint_configuration",
            "execution_role_arn",
            "s3_output_path",
            "async_inference_config {\n  }",
        ),
    ],
)
def test_a_part_of_it_may_hide_what_it_works_with(
    kind: str, takes: str, argument: str, more: str, grammar: Grammar
) -> None:
    text = WORKER.format(kind, takes, OWN, argument, "aws_s3_bucket.data.arn")
    by = "firehose" if "firehose" in kind else "sagemaker"
    assert names(bucket(by, text, grammar)) == "`aws_s3_bucket.data`"
    found = str(bucket(by, text.replace("\n}", f"\n  {more}\n}}"), grammar))
    assert found.startswith(f"`{kind}.w` says `")
    assert found.endswith(
        "so it may need what is not named here. Name every bucket that is needed."
    )


@pytest.mark.parametrize(
    "image",
    ["data.aws_ecr_image.b.image_uri", '"${var.host}/billing:1"', "data.aws_ssm_parameter.i.value"],
)
def test_another_service_of_the_role_may_have_another_image(image: str, grammar: Grammar) -> None:
    text = app_runner("access_role_arn", "image_identifier", "aws_ecr_repository")
    allowed = role("ecr:BatchGetImage", by='"build.apprunner.amazonaws.com"')
    assert names(meant("repository", allowed + text, grammar)) == "`aws_ecr_repository.r`"
    other = WORKER.format(
        "aws_apprunner_service", "access_role_arn", OWN, "image_identifier", image
    )
    other = other.replace('"w"', '"x"') + 'variable "host" {}\n'
    found = meant("repository", allowed + text + other, grammar)
    assert "`aws_apprunner_service.x` is told of `image_identifier` too" in str(found)


@pytest.mark.parametrize(
    ("stream", "target", "is_shown"),
    [
        ("aws_kinesis_stream.s.arn", "aws_s3_bucket.data.arn", True),
        ("var.stream", "aws_s3_bucket.data.arn", False),
        ("data.aws_kinesis_stream.s.arn", "aws_s3_bucket.data.arn", False),
        ("aws_kinesis_stream.s.arn", "var.lake_bucket_arn", False),
        ("aws_kinesis_stream.s.arn", "data.aws_s3_bucket.lake.arn", False),
    ],
)
def test_what_comes_from_elsewhere_may_have_a_key_of_its_own(
    stream: str, target: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = (
        'resource "aws_kinesis_stream" "s" {\n  kms_key_id = aws_kms_key.a.arn\n}\n'
        'resource "aws_s3_bucket_server_side_encryption_configuration" "e" {\n'
        "  bucket = aws_s3_bucket.data.id\n  rule {\n"
        "    apply_server_side_encryption_by_default {\n"
        "      kms_master_key_id = aws_kms_key.a.arn\n    }\n  }\n}\n"
        'resource "aws_kinesis_firehose_delivery_stream" "f" {\n'
        "  kinesis_source_configuration {\n"
        f"    role_arn = {OWN}\n    kinesis_stream_arn = {stream}\n  }}\n"
        f"  extended_s3_configuration {{\n    role_arn = {OWN}\n    bucket_arn = {target}\n"
        "  }\n}\n"
        'variable "stream" {}\nvariable "lake_bucket_arn" {}\n'
        'data "aws_kinesis_stream" "s" {\n  name = "s"\n}\n'
        'data "aws_s3_bucket" "lake" {\n  bucket = "lake"\n}\n'
    )
    allowed = role("kms:Decrypt", by='"firehose.amazonaws.com"')
    keys = KEYS.partition('resource "aws_kms_key" "b"')[0]
    assert isinstance(meant("key", DATA + keys + allowed + text, grammar), Choice) is is_shown


@pytest.mark.parametrize(
    ("kind", "takes", "argument", "by"),
    [
        ("aws_sagemaker_model", "execution_role_arn", "model_data_url", "sagemaker"),
        ("aws_sagemaker_model", "execution_role_arn", "s3_uri", "sagemaker"),
    ],
)
def test_a_second_model_may_lie_elsewhere(
    kind: str, takes: str, argument: str, by: str, grammar: Grammar
) -> None:
    text = WORKER.format(kind, takes, OWN, argument, '"s3://${aws_s3_bucket.data.id}/m"')
    assert names(bucket(by, text, grammar)) == "`aws_s3_bucket.data`"
    other = WORKER.format(kind, takes, OWN, argument, "var.where").replace('"w"', '"x"')
    found = str(bucket(by, text + other + 'variable "where" {}\n', grammar))
    assert f"`{kind}.x`" in found


@pytest.mark.parametrize(
    ("out", "is_shown"), [("s3://${aws_s3_bucket.data.id}/out", True), ("${var.where}/out", False)]
)
def test_what_comes_of_a_model_may_lie_elsewhere(
    out: str, grammar: Grammar, *, is_shown: bool
) -> None:
    text = (
        f'resource "aws_bedrock_custom_model" "m" {{\n  role_arn = {OWN}\n'
        "  training_data_config {\n"
        '    s3_uri = "s3://${aws_s3_bucket.data.id}/in"\n  }\n'
        f'  output_data_config {{\n    s3_uri = "{out}"\n  }}\n}}\n'
    )
    found = bucket("bedrock", text + 'variable "where" {}\n', grammar)
    assert isinstance(found, Choice) is is_shown


def test_a_pipeline_may_be_started_by_an_image_of_another_repository(grammar: Grammar) -> None:
    watches = own_pipeline('"ECR"', "RepositoryName = aws_ecr_repository.r.name").replace(
        "aws_iam_role.pipes.arn", OWN
    )
    allowed = role("ecr:DescribeImages", by='"codepipeline.amazonaws.com"')
    text = DATA + repository("r") + allowed + watches
    assert names(meant("repository", text, grammar)) == "`aws_ecr_repository.r`"
    other = PIPELINE.format(OWN, '"ECR"', "RepositoryName = var.base").replace('"p" {', '"q" {')
    found = str(meant("repository", text + other + 'variable "base" {}\n', grammar))
    assert "`aws_codepipeline.q` is told of `RepositoryName` too" in found


def test_whoever_calls_a_profile_calls_its_models_too(grammar: Grammar) -> None:
    profile = 'resource "aws_bedrock_inference_profile" "p" {\n  name = "p"\n}\n'
    agent = WORKER.format(
        "aws_bedrockagent_agent",
        "agent_resource_role_arn",
        OWN,
        "foundation_model",
        "aws_bedrock_inference_profile.p.arn",
    )
    allowed = role("bedrock:InvokeModel", by='"bedrock.amazonaws.com"')
    found = str(meant("model", profile + allowed + agent, grammar))
    assert found.startswith("Whoever calls `aws_bedrock_inference_profile.p` calls the models")


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        (
            '"ElasticBeanstalk"',
            "`aws_codepipeline.p` deploys to Elastic Beanstalk, which keeps what it is given in a "
            "bucket of its own, `elasticbeanstalk-` with region and account. Name that one too.",
        ),
        (
            '"Commands"',
            "`aws_codepipeline.p` has an action of `Commands`, which may need buckets that are not "
            "named here. Name every bucket that is needed.",
        ),
        (
            '"ServiceCatalog"',
            "`aws_codepipeline.p` has an action of `ServiceCatalog`, which may need buckets that "
            "are not named here. Name every bucket that is needed.",
        ),
        (
            "var.provider",
            "`aws_codepipeline.p` has an action whose provider is not known, which may need "
            "buckets that are not named here. Name every bucket that is needed.",
        ),
    ],
)
def test_an_action_may_need_a_bucket_of_its_own(provider: str, said: str, grammar: Grammar) -> None:
    text = PIPELINE.format(OWN, provider, "") + 'variable "provider" {}\n'
    assert bucket("codepipeline", text, grammar) == said


def test_a_build_is_told_of_the_store_of_its_pipeline_and_not_of_where_that_deploys_to(
    grammar: Grammar,
) -> None:
    """What its commands work with besides stands in them."""
    out = "BucketName = aws_s3_bucket.site.bucket, ProjectName = aws_codebuild_project.b.name"
    started = own_pipeline('"S3"', out)
    found = bucket("codebuild", SITE + started + BUILD.format(OWN, '"x"'), grammar)
    assert is_left(found)
    assert "points at `aws_s3_bucket.data`" in str(found)
    assert "aws_s3_bucket.site" not in str(found)


def test_where_a_build_has_the_role_of_its_pipeline_it_may_know_others(grammar: Grammar) -> None:
    started = PIPELINE.format(OWN, '"CodeBuild"', "ProjectName = aws_codebuild_project.b.name")
    assert bucket("codepipeline", started + BUILD.format(OWN, '"x"'), grammar) == (
        "`aws_codebuild_project.b` points at `aws_s3_bucket.data` in `location`. "
        "`aws_codebuild_project.b` has the role too, and may need another bucket. Name the ARN of "
        "each bucket that is needed."
    )


@pytest.mark.parametrize(
    ("more", "told"), [(SITE, "aws_s3_bucket.site.id"), ("", "aws_s3_bucket.data.id"), ("", '"x"')]
)
def test_where_a_build_is_told_of_a_bucket_it_may_know_others(
    more: str, told: str, grammar: Grammar
) -> None:
    assert is_left(bucket("codebuild", more + BUILD.format(OWN, told), grammar))


def test_a_build_is_told_of_a_repository_to_put_an_image_there(grammar: Grammar) -> None:
    allowed = role("ecr:PutImage", by='"codebuild.amazonaws.com"')
    text = BUILD.format(OWN, "aws_ecr_repository.r.repository_url")
    found = meant("repository", repository("r") + DATA + allowed + text, grammar)
    assert names(found) == "`aws_ecr_repository.r`"


@pytest.mark.parametrize(
    ("by", "kind", "takes", "argument"),
    [
        ("airflow", "aws_mwaa_environment", "execution_role_arn", "source_bucket_arn"),
        ("appflow", "aws_appflow_flow", "role_arn", "bucket_name"),
        ("appsync", "aws_appsync_datasource", "service_role_arn", "endpoint"),
        ("elasticmapreduce", "aws_emr_cluster", "service_role", "log_uri"),
        ("glue", "aws_glue_job", "role_arn", "default_arguments"),
        ("kinesisanalytics", "aws_kinesisanalyticsv2_application", "service_role", "bucket_arn"),
        ("tasks.apprunner", "aws_apprunner_service", "instance_role_arn", "variables"),
    ],
)
def test_of_what_runs_strangers_code_nobody_can_tell(
    by: str, kind: str, takes: str, argument: str, grammar: Grammar
) -> None:
    text = WORKER.format(kind, takes, OWN, argument, "aws_s3_bucket.data.arn")
    assert is_left(bucket(by, text, grammar))


def test_an_agent_runs_code_that_may_know_others(grammar: Grammar) -> None:
    kind = "aws_bedrockagentcore_agent_runtime"
    text = WORKER.format(kind, "role_arn", OWN, "bucket", "aws_s3_bucket.data.arn")
    found = str(bucket("bedrock-agentcore", text, grammar))
    assert f"`{kind}.w` has the role too, and may need another" in str(found)


WHOLLY = [
    ("aws_api_gateway_integration", "credentials_role", "uri"),
    ("aws_bedrockagent_knowledge_base", "role_arn", "location"),
    ("aws_cloudwatch_event_target", "role_arn", "input"),
    ("aws_codepipeline", "role_arn", "location"),
    ("aws_emr_studio", "service_role", "default_s3_location"),
    ("aws_flow_log", "iam_role_arn", "log_destination"),
    ("aws_glue_crawler", "role", "path"),
    ("aws_iot_topic_rule", "role_arn", "bucket_name"),
    ("aws_kinesis_firehose_delivery_stream", "role_arn", "bucket_arn"),
    ("aws_lakeformation_resource", "role_arn", "arn"),
    ("aws_pipes_pipe", "role_arn", "source"),
    ("aws_s3_bucket_replication_configuration", "role", "bucket"),
    ("aws_sagemaker_model", "execution_role_arn", "model_data_url"),
    ("aws_scheduler_schedule", "role_arn", "input"),
    ("aws_sfn_state_machine", "role_arn", "definition"),
]
MAY_DO_MORE = ("aws_bedrockagent_knowledge_base", "aws_sfn_state_machine")


@pytest.mark.parametrize(("kind", "takes", "argument"), WHOLLY)
def test_what_a_service_writes_to_or_reads_is_what_it_needs(
    kind: str, takes: str, argument: str, grammar: Grammar
) -> None:
    text = WORKER.format(kind, takes, OWN, argument, "aws_s3_bucket.data.arn")
    assert names(bucket("some", text, grammar)) == "`aws_s3_bucket.data`"


@pytest.mark.parametrize(("kind", "takes"), [one[:2] for one in WHOLLY])
def test_and_one_that_names_none_needs_none(kind: str, takes: str, grammar: Grammar) -> None:
    first = WORKER.format("aws_glue_crawler", "role", OWN, "path", "aws_s3_bucket.data.id")
    text = first.replace('"w"', '"first"') + WORKER.format(kind, takes, OWN, "name", '"x"')
    assert isinstance(bucket("some", text, grammar), Choice) == (kind not in MAY_DO_MORE)


READ_ONLY = ("aws_bedrockagent_knowledge_base", "aws_glue_crawler", "aws_sagemaker_model")


@pytest.mark.parametrize(("kind", "takes", "argument"), WHOLLY)
def test_what_only_reads_shows_nothing_of_what_is_written(
    kind: str, takes: str, argument: str, grammar: Grammar
) -> None:
    text = DATA + WORKER.format(kind, takes, OWN, argument, "aws_s3_bucket.data.arn")
    for action in ("s3:PutObject", "s3:*", "s3:PutBucketPolicy"):
        found = meant("bucket", text + role("s3:GetObject", action, by='"x"'), grammar)
        assert is_left(found) if kind in READ_ONLY else isinstance(found, Choice)
    both = text + WORKER.format(
        "aws_kinesis_firehose_delivery_stream", "role_arn", OWN, "to", "aws_s3_bucket.data.arn"
    ).replace('"w"', '"other"')
    allowed = role("s3:PutObject", by='"x"')
    assert names(meant("bucket", both + allowed, grammar)) == "`aws_s3_bucket.data`"


def test_what_starts_a_job_does_not_say_all_that_its_script_works_with(grammar: Grammar) -> None:
    job = WORKER.format("aws_glue_job", "role_arn", OWN, "name", '"j"')
    starts = WORKER.format(
        "aws_glue_trigger", "job", "aws_glue_job.w.name", "arguments", "{ OUT = %s }"
    )
    text = job + starts % "aws_s3_bucket.data.id"
    assert is_left(bucket("glue", text, grammar))


@pytest.mark.parametrize("kind", ["aws_sagemaker_model", "aws_bedrockagentcore_agent_runtime"])
@pytest.mark.parametrize("argument", ["environment", "environment_variables"])
def test_what_stands_in_the_environment_of_a_model_is_for_its_code(
    kind: str, argument: str, grammar: Grammar
) -> None:
    told = "{ OUT = aws_s3_bucket.data.id }"
    text = WORKER.format(kind, "execution_role_arn", OWN, argument, told)
    assert is_left(bucket("some", text, grammar))


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("aws_sagemaker_domain", "s3_output_path"),
        ("aws_sagemaker_notebook_instance", "default_code_repository"),
        ("aws_sagemaker_space", "s3_output_path"),
        ("aws_sagemaker_user_profile", "s3_output_path"),
    ],
)
def test_what_people_are_given_is_not_all_that_they_use(
    kind: str, argument: str, grammar: Grammar
) -> None:
    text = WORKER.format(kind, "role_arn", OWN, argument, "aws_s3_bucket.data.id")
    assert is_left(bucket("sagemaker", text, grammar))


@pytest.mark.parametrize(
    ("argument", "is_shown"),
    [
        ("image", False),
        ("value", True),
    ],
)
def test_a_build_pushes_to_what_it_is_told_of_and_not_to_what_it_is_built_on(
    argument: str, grammar: Grammar, *, is_shown: bool
) -> None:
    named = "aws_ecr_repository.r.repository_url"
    text = WORKER.format("aws_codebuild_project", "service_role", OWN, argument, named)
    allowed = role("ecr:PutImage", by='"codebuild.amazonaws.com"')
    found = meant("repository", repository("r") + allowed + text, grammar)
    assert isinstance(found, Choice) is is_shown


def app_runner(takes: str, argument: str, held: str) -> str:
    """A service that names one of these, and that declares it."""
    other = f'resource "{held}" "r" {{\n  name = "r"\n}}\n'
    return other + WORKER.format("aws_apprunner_service", takes, OWN, argument, f"{held}.r.arn")


def test_app_runner_gets_images_by_itself(grammar: Grammar) -> None:
    text = app_runner("access_role_arn", "image_identifier", "aws_ecr_repository")
    allowed = role("ecr:BatchGetImage", by='"build.apprunner.amazonaws.com"')
    assert names(meant("repository", allowed + text, grammar)) == "`aws_ecr_repository.r`"


def test_its_code_may_know_more_secrets_than_it_is_given(grammar: Grammar) -> None:
    held = "aws_secretsmanager_secret"
    text = app_runner("instance_role_arn", "runtime_environment_secrets", held)
    allowed = role("secretsmanager:GetSecretValue", by='"tasks.apprunner.amazonaws.com"')
    assert is_left(meant("secret", allowed + text, grammar))


def test_nor_does_anybody_know_which_keys_a_build_uses(grammar: Grammar) -> None:
    key = 'resource "aws_kms_key" "k" {\n  description = "k"\n}\n'
    started = own_pipeline('"CodeBuild"', "ProjectName = aws_codebuild_project.b.name").replace(
        "    type ", "    encryption_key {\n      id = aws_kms_key.k.arn\n    }\n    type "
    )
    allowed = role("kms:Decrypt", by='"codebuild.amazonaws.com"')
    text = key + DATA + allowed + started + BUILD.format(OWN, '"x"')
    assert is_left(meant("key", text, grammar))


def test_the_only_bucket_is_not_all_that_people_in_a_notebook_use(grammar: Grammar) -> None:
    """The library of SageMaker keeps what it is not told otherwise in the account's own bucket."""
    text = WORKER.format("aws_sagemaker_notebook_instance", "role_arn", OWN, "name", '"n"')
    found = bucket("sagemaker", text, grammar)
    assert found == "`aws_s3_bucket.data` may be the bucket that is meant. Name its ARN if it is."


@pytest.mark.parametrize(
    ("argument", "is_offered"), [("execution_role_arn", True), ("task_role_arn", False)]
)
def test_an_image_comes_with_the_role_that_starts_its_container(
    argument: str, *, is_offered: bool, grammar: Grammar
) -> None:
    text = (
        f'resource "aws_ecs_task_definition" "t" {{\n  {argument} = {OWN}\n  container_definitions'
        " = jsonencode([{ image = aws_ecr_repository.r.repository_url }])\n}\n"
    )
    allowed = role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    found = meant("repository", repository("r") + allowed + text, grammar)
    assert isinstance(found, Choice) == is_offered


@pytest.mark.parametrize("argument", ["execution_role_arn", "executionRoleArn"])
def test_and_not_with_another_one_that_starts_it(argument: str, grammar: Grammar) -> None:
    other = 'resource "aws_iam_role" "starts" {\n  name = "starts"\n}\n'
    image = "image = aws_ecr_repository.r.repository_url"
    if argument == "execution_role_arn":
        text = (
            f'resource "aws_ecs_task_definition" "t" {{\n  task_role_arn = {OWN}\n'
            f"  {argument} = aws_iam_role.starts.arn\n"
            f"  container_definitions = jsonencode([{{ {image} }}])\n}}\n"
        )
    else:
        text = (
            'resource "aws_batch_job_definition" "j" {\n  container_properties = jsonencode('
            f"{{ jobRoleArn = {OWN}, {argument} = aws_iam_role.starts.arn, {image} }})\n}}\n"
        )
    allowed = role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    found = meant("repository", repository("r") + other + allowed + text, grammar)
    assert isinstance(found, str)


def test_nor_with_one_that_it_is_told_of_and_works_with_besides(grammar: Grammar) -> None:
    """What a task names is its own, whatever else the task is told of."""
    job = WORKER.format("aws_glue_job", "role_arn", OWN, "name", '"j"')
    text = (
        f'resource "aws_ecs_task_definition" "t" {{\n  task_role_arn = {OWN}\n'
        "  container_definitions = jsonencode([{ image = aws_ecr_repository.r.repository_url,"
        " environment = [{ name = JOB, value = aws_glue_job.w.name }] }])\n}\n"
    )
    allowed = role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    found = meant("repository", repository("r") + allowed + job + text, grammar)
    assert isinstance(found, str)


@pytest.mark.parametrize(
    ("argument", "is_offered"), [("executionRoleArn", True), ("jobRoleArn", False)]
)
@pytest.mark.parametrize("form", ["jsonencode({{ {0} = {1}, image = {2} }})", "<<E\n{{ {3} }}\nE"])
def test_so_it_does_for_a_job_of_batch(
    form: str, argument: str, *, is_offered: bool, grammar: Grammar
) -> None:
    image = "aws_ecr_repository.r.repository_url"
    written = f'"{argument}": "${{{OWN}}}", "image": "${{{image}}}"'
    properties = form.format(argument, OWN, image, written)
    text = (
        f'resource "aws_batch_job_definition" "j" {{\n  container_properties = {properties}\n}}\n'
    )
    allowed = role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    found = meant("repository", repository("r") + allowed + text, grammar)
    assert isinstance(found, Choice) == is_offered


@pytest.mark.parametrize(
    ("deployed", "is_offered"),
    [('ecs_service {\n    service_name = "s"\n  }', True), ("ec2_tag_set {\n  }", False)],
)
def test_what_deploys_to_machines_leaves_the_store_to_their_agent(
    deployed: str, *, is_offered: bool, grammar: Grammar
) -> None:
    group = (
        'resource "aws_codedeploy_deployment_group" "g" {\n'
        f"  service_role_arn = {OWN}\n  {deployed}\n}}\n"
    )
    started = own_pipeline('"CodeDeploy"', "Group = aws_codedeploy_deployment_group.g.id")
    found = bucket("codedeploy", group + started, grammar)
    assert isinstance(found, Choice) == is_offered


@pytest.mark.parametrize("read", ["templatefile", "file"])
def test_a_definition_in_a_file_may_name_others(read: str, grammar: Grammar) -> None:
    """A file that is not Terraform is not read; what it is filled in with is not all of it."""
    told = f'{read}("steps.json", {{ out = aws_s3_bucket.data.id }})'
    text = WORKER.format("aws_sfn_state_machine", "role_arn", OWN, "definition", told)
    assert is_left(bucket("states", text, grammar))
    behind = text.replace(told, "local.steps") + f"locals {{\n  steps = {told}\n}}\n"
    assert is_left(bucket("states", behind, grammar))


def test_containers_in_a_file_may_have_other_images(grammar: Grammar) -> None:
    told = 'templatefile("c.json", { image = aws_ecr_repository.r.repository_url })'
    text = (
        f'resource "aws_ecs_task_definition" "t" {{\n  execution_role_arn = {OWN}\n'
        f"  container_definitions = {told}\n}}\n"
    )
    allowed = role("ecr:BatchGetImage", by='"ecs-tasks.amazonaws.com"')
    assert is_left(meant("repository", repository("r") + allowed + text, grammar))


@pytest.mark.parametrize(
    ("kind", "is_offered"),
    [
        ("aws_sagemaker_endpoint_configuration", True),
        ("aws_sagemaker_domain", False),
        ("aws_sagemaker_notebook_instance", False),
        ("aws_sagemaker_space", False),
        ("aws_sagemaker_user_profile", False),
        ("aws_lambda_function", False),
    ],
)
def test_people_and_code_with_the_role_of_a_model_may_use_other_buckets(
    kind: str, *, is_offered: bool, grammar: Grammar
) -> None:
    other = WORKER.format(kind, "role_arn", OWN, "bucket", "aws_s3_bucket.data.id")
    found = bucket("sagemaker", MODEL + other.replace('"w"', '"other"'), grammar)
    if is_offered:
        assert names(found) == "`aws_s3_bucket.data`"
    else:
        assert f"`{kind}.other` has the role too, and may need another" in str(found)


@pytest.mark.parametrize(
    ("argument", "is_offered"), [("execution_role_arn", True), ("task_role_arn", False)]
)
def test_a_container_gets_its_secrets_before_its_code_runs(
    argument: str, *, is_offered: bool, grammar: Grammar
) -> None:
    secret = 'resource "aws_secretsmanager_secret" "s" {\n  name = "s"\n}\n'
    text = (
        f'resource "aws_ecs_task_definition" "t" {{\n  execution_role_arn = {OWN}\n'
        f"  {argument} = {OWN}\n  container_definitions = jsonencode([{{ secrets = [{{ "
        'name = "S", valueFrom = aws_secretsmanager_secret.s.arn }] }])\n}\n'
    ).replace(f"  execution_role_arn = {OWN}\n  execution", "  execution")
    allowed = role("secretsmanager:GetSecretValue", by='"ecs-tasks.amazonaws.com"')
    assert isinstance(meant("secret", secret + allowed + text, grammar), Choice) is is_offered


def test_a_bucket_that_is_copied_with_the_role_needs_no_other_one(grammar: Grammar) -> None:
    """In the older form its own block names the role."""
    copied = DATA.replace("\n}", f"\n\n  replication_configuration {{\n    role = {OWN}\n  }}\n}}")
    allowed = role("s3:GetObject", by='"sagemaker.amazonaws.com"')
    assert names(meant("bucket", copied + allowed + MODEL, grammar)) == "`aws_s3_bucket.data`"


def test_code_with_the_role_of_a_model_may_know_other_keys(grammar: Grammar) -> None:
    encrypted = (
        'resource "aws_kms_key" "k" {\n  description = "k"\n}\n'
        'resource "aws_s3_bucket_server_side_encryption_configuration" "data" {\n'
        "  bucket = aws_s3_bucket.data.id\n  key    = aws_kms_key.k.arn\n}\n"
    )
    text = DATA + encrypted + role("kms:Decrypt", by='"sagemaker.amazonaws.com"') + MODEL
    assert names(meant("key", text, grammar)) == "`aws_kms_key.k`"
    code = WORKER.format("aws_lambda_function", "role", OWN, "x", '"y"').replace('"w"', '"f"')
    found = str(meant("key", text + code, grammar))
    assert "`aws_lambda_function.f` has the role too, and may need another" in str(found)


@pytest.mark.parametrize(("own", "is_offered"), [("jobRoleArn", False), ("x", True)])
def test_a_job_of_batch_that_runs_with_the_role_may_know_other_secrets(
    own: str, *, is_offered: bool, grammar: Grammar
) -> None:
    secret = 'resource "aws_secretsmanager_secret" "s" {\n  name = "s"\n}\n'
    text = (
        'resource "aws_batch_job_definition" "j" {\n  container_properties = jsonencode({\n'
        f"    executionRoleArn = {OWN}\n    {own} = {OWN}\n"
        "    secrets = [{ valueFrom = aws_secretsmanager_secret.s.arn }]\n  })\n}\n"
    )
    allowed = role("secretsmanager:GetSecretValue", by='"ecs-tasks.amazonaws.com"')
    assert isinstance(meant("secret", secret + allowed + text, grammar), Choice) is is_offered
