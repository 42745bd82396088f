"""vpc-flow-log-missing: nobody records who talks to whom."""

from __future__ import annotations

from collections.abc import Iterator

from remediations.house_style import label, tagged
from remediations.key_policies import CLOUDWATCH_LOGS
from remediations.keys import choose_key
from remediations.lookups import free_name
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import AddTopLevel
from remediations.terraform.module import Module, Resource

LOG = "aws_flow_log"
GROUP = "aws_cloudwatch_log_group"
ROLE = "aws_iam_role"
# What the role needs: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
_TEXTS = (
    """\
resource "aws_flow_log" "{name}" {{
  vpc_id          = {vpc}.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.{group}.arn
  iam_role_arn    = aws_iam_role.{role}.arn
}}""",
    """\
resource "aws_cloudwatch_log_group" "{group}" {{
  name_prefix       = "vpc-flow-logs-"
  retention_in_days = 365
  kms_key_id        = {key}
}}""",
    """\
resource "aws_iam_role" "{role}" {{
  name_prefix = "vpc-flow-logs-"

  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Effect    = "Allow"
        Principal = {{ Service = "vpc-flow-logs.amazonaws.com" }}
        Action    = "sts:AssumeRole"
      }},
    ]
  }})
}}""",
    """\
resource "aws_iam_role_policy" "{role}" {{
  role = aws_iam_role.{role}.id

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = [aws_cloudwatch_log_group.{group}.arn, "${{aws_cloudwatch_log_group.{group}.arn}}:*"]
      }},
    ]
  }})
}}""",  # noqa: E501 - a line of Terraform as it is written
)


class VpcFlowLogMissing(Rule):
    """One for the whole network, to a log group of its own."""

    id = "vpc-flow-log-missing"
    title = "Network keeps no flow log"
    resources = ("aws_vpc",)
    severity = Severities(None, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV2_AWS_11",)
    message = (
        "Nobody records who talks to whom in this network: that training data left it, and where "
        "it went, cannot be told afterwards."
    )
    offer = Offer(
        Safety.REVIEW,
        "Log who talks to whom",
        "In place. What is logged is paid for by size; it is kept for a year.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        logged = module.remember("networks with a log", lambda: _logged(module))
        if module.unread or logged & {"", resource.address}:
            return
        yield Violation("", self.message, self._repair(resource, module))

    def _repair(self, vpc: Resource, module: Module) -> Repair | Advice:
        if vpc.repetition is not None:
            return Advice(f"Write an `{LOG}` for each of them.")
        key = choose_key(module, vpc, CLOUDWATCH_LOGS)
        if isinstance(key, str):
            return Advice(f"Write an `{LOG}` with a log group. {key}")
        name = free_name(module, LOG, vpc.name)
        wanted = label(module, vpc.name, "flow", "log")
        group = free_name(module, GROUP, wanted)
        role = free_name(module, ROLE, wanted)
        words = {"name": name, "vpc": vpc.address, "group": group, "role": role}
        texts = (tagged(text.format(**words, key=key.reference), module) for text in _TEXTS)
        written = Targeted(vpc.path, AddTopLevel("\n\n".join(texts), vpc.block))
        return self.offer.repair(written, *key.intents, touches=key.touches)


def _logged(module: Module) -> frozenset[str]:
    """The networks with a log of their own; an empty name where one of a network passed in is."""
    found: set[str] = set()
    for log in module.of_kind(LOG):
        held = log.attribute("vpc_id")
        named = module.references(held.value) if held else ()
        networks = {address for address in named if address.startswith("aws_vpc.")}
        found |= networks or ({""} if held else set())
    return frozenset(found)
