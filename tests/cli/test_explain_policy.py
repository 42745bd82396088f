"""What each statement of a policy allows, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.main import main
from remediations.iam.actions import levels
from tests.iam.policies import one, write

POLICY = """resource "aws_s3_bucket" "training" {
  bucket = "acme-training"
}

data "aws_iam_policy_document" "training" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:NoSuchAction", var.more]
    resources = ["*"]
  }

  statement {
    effect    = "Deny"
    actions   = ["iam:*"]
    resources = ["*"]
  }

  statement {
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["training"]
    }
  }
}

resource "aws_iam_role_policy" "all" {
  role = "training"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", NotAction = "iam:*", Resource = "*" }]
  })
}

variable "more" {
  type = string
}
"""


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTITCH_CACHE_DIR", str(tmp_path_factory.getbasetemp().parent))


def test_a_person_reads_what_is_allowed_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(POLICY)
    assert main(["explain-policy", str(tmp_path)]) == 0
    read, deny, metrics, others, dated = capsys.readouterr().out.split("\n\n")
    assert (
        "main.tf:6  data.aws_iam_policy_document.training Read\n  allows 1 action: 1 read" in read
    )
    assert "AWS does not list: s3:NoSuchAction" in read
    assert "not known before apply: ${var.more}" in read
    assert "[iam-s3-resource-wildcard]" in read
    assert "denies" in deny
    assert "permissions management" in deny
    assert "A Deny is left as it is." in deny
    assert "allows 1 action: 1 write, on a condition" in metrics
    assert "could be narrowed by hand: cloudwatch:PutMetricData" in metrics
    assert "allows all but what it names" in others
    assert "so nothing in it can be scoped" in others
    assert dated.startswith("Actions as AWS listed them on 20")


def test_what_could_be_scoped_in_a_called_module_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(
        'module "data" {\n  source = "./data"\n  more   = "s3:List*"\n}\n'
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "main.tf").write_text(POLICY)
    assert main(["explain-policy", str(tmp_path)]) == 0
    read = capsys.readouterr().out.partition("\n\n")[0]
    assert read.startswith(f"{tmp_path}/data/main.tf:6  module.data.data.aws_iam_policy_document")
    assert "[iam-s3-resource-wildcard]" in read


def test_fixes_of_other_findings_leave_room_for_those_of_policies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run works out only so many; those of a bucket would come first here."""
    text = write("document", one("s3:GetObject"))
    (tmp_path / "main.tf").write_text(text)
    monkeypatch.setattr("remediations.plan.MAX_READ_AGAIN", len(text))
    assert main(["explain-policy", str(tmp_path), "--environment", "dev"]) == 0
    assert "Scope the statement to `aws_s3_bucket.training`" in capsys.readouterr().out


def test_a_fix_that_closes_several_findings_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statements = [one("s3:GetObject"), one("s3:PutObject")]
    (tmp_path / "main.tf").write_text(write("document", *statements))
    assert main(["explain-policy", str(tmp_path)]) == 0
    parts = capsys.readouterr().out.split("\n\n")
    first, second = (one for one in parts if "[iam-s3-resource-wildcard]" in one)
    assert "Fix: Scope the statement to `aws_s3_bucket.training` (review). `aws_sage" in first
    line = first.partition("  ")[0]
    assert f"    Fix: as for iam-s3-resource-wildcard at {line}." in second
    assert main(["explain-policy", str(tmp_path), "--json"]) == 0
    fixes = [
        held["why"]
        for held in json.loads(capsys.readouterr().out)["statements"]
        for held in held["findings"]
        if held["rule"] == "iam-s3-resource-wildcard"
    ]
    assert len(fixes) == 2
    assert fixes[0] == fixes[1]


def test_a_program_reads_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.tf").write_text(POLICY)
    (tmp_path / "broken.tf").write_text("resource {")
    assert main(["explain-policy", str(tmp_path), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    read, deny, metrics, others = told["statements"]
    assert (read["line"], read["levels"], read["unlisted"]) == (6, {"Read": 1}, ["s3:NoSuchAction"])
    assert deny["total"] == sum(levels("iam:*").values()) > 100
    assert (metrics["conditional"], metrics["findings"]) == (True, [])
    assert (others["names_the_others"], others["total"]) == (True, 0)
    assert [one["path"] for one in told["not_analysed"]] == ["broken.tf"]


OTHERS = """resource "aws_sagemaker_domain" "d" {
  domain_name = "d"
}

resource "aws_iam_role" "job" {
  permissions_boundary = aws_iam_policy.ceiling.arn
  assume_role_policy = jsonencode({
    Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "a.b" } }
  })
}

resource "aws_iam_policy" "ceiling" {
  policy = jsonencode({
    Statement = { Effect = "Allow", Action = "s3:GetObject", Resource = "*" }
  })
}

resource "aws_sqs_queue_policy" "q" {
  policy = jsonencode({
    Statement = { Effect = "Allow", Action = "sqs:SendMessage", Principal = "*", Resource = "*" }
  })
}

data "aws_iam_policy_document" "tagged" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "s3:ExistingObjectTag/team"
      values   = ["training"]
    }
  }

  statement {
    actions = [
      "logs:PutLogEvents", "ecr:GetAuthorizationToken", "sagemaker:CreateTrainingJob",
      "sagemaker:DescribeDomain", "sagemaker:CreateEndpoint"
    ]
    resources = ["*"]
  }
}
"""


def test_every_kind_of_policy_is_told_and_what_its_actions_could_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(OTHERS)
    assert main(["explain-policy", str(tmp_path)]) == 0
    trust, ceiling, queue, tagged, left, _ = capsys.readouterr().out.split("\n\n")
    assert "It says who may take on the role." in trust
    assert "It is a boundary or the policy of a resource, where `*` is no finding." in ceiling
    assert "It says who may come in." in queue
    assert "Its condition says for which resources it is." in tagged
    assert left.splitlines()[-5:] == [
        "  could name a log group, and none is declared here: logs:PutLogEvents",
        "  could name a domain: sagemaker:DescribeDomain",
        "  could name an endpoint and endpoint config, and none is declared here: "
        "sagemaker:CreateEndpoint",
        "  can be on * only: ecr:GetAuthorizationToken",
        "  could be narrowed by hand: sagemaker:CreateTrainingJob",
    ]


def test_wrong_paths_and_empty_directories(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain-policy", str(tmp_path / "nowhere")]) == 64
    assert main(["explain-policy", str(tmp_path)]) == 0
    assert "No policy statement is written here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s3:getobject", {"Read": 1}),
        ("iam:PassRole", {"Write": 1}),
        ("s3:PutBucketPolicy", {"Permissions management": 1}),
        ("s3:Nope", {}),
        ("nosuch:*", {}),
        ("s3", {}),
    ],
)
def test_levels_are_those_of_aws(pattern: str, expected: dict[str, int]) -> None:
    assert dict(levels(pattern)) == expected


def test_a_star_is_every_action() -> None:
    assert dict(levels("*")) == dict(levels("*:*"))
    assert sum(levels("*").values()) > 15_000


MADE = """\
data "aws_iam_policy_document" "made" {
  dynamic "statement" {
    for_each = { a = ["s3:GetObject"], b = ["sqs:SendMessage"] }

    content {
      actions   = statement.value
      resources = ["*"]
    }
  }
}

resource "aws_iam_policy" "merged" {
  policy = jsonencode(merge({}, { Statement = [] }))
}
"""


def test_each_statement_that_is_made_is_told_and_what_is_not_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text(MADE)
    assert main(["explain-policy", str(tmp_path)]) == 0
    reads, sends, note = capsys.readouterr().out.split("\n\n")[:3]
    assert "actions: s3:GetObject" in reads
    assert "[iam-s3-resource-wildcard]" in reads
    assert "actions: sqs:SendMessage" in sends
    assert "iam-s3" not in sends
    assert "note: `policy` of `aws_iam_policy.merged` is not looked into" in note
