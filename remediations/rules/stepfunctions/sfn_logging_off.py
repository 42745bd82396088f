"""sfn-logging-off: nobody records what a pipeline did, and with what."""

from __future__ import annotations

from remediations.house_style import label, tagged
from remediations.key_policies import CLOUDWATCH_LOGS
from remediations.keys import choose_key
from remediations.lookups import free_name
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import RequireTrue
from remediations.shapes.place import Site
from remediations.terraform.edit import AddTopLevel, InsertBlock
from remediations.terraform.module import Module, Resource

GROUP = "aws_cloudwatch_log_group"
ROLE = "aws_iam_role"
POLICY = "aws_iam_role_policy"
_BLOCK = """\
logging_configuration {{
  log_destination        = "${{{group}.arn}}:*"
  include_execution_data = true
  level                  = "ALL"
}}"""
_GROUP = """\
resource "aws_cloudwatch_log_group" "{name}" {{
  name_prefix       = "/aws/vendedlogs/states/{label}-"
  retention_in_days = 365
  kms_key_id        = {key}
}}"""
# Log delivery takes no narrower resource:
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
_POLICY = """\
resource "aws_iam_role_policy" "{name}" {{
  role = {role}.id

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Effect = "Allow"
        Action = [
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
        ]
        Resource = "*"
      }},
    ]
  }})
}}"""


class SfnLoggingOff(RequireTrue):
    """The history of a standard machine is gone after 90 days, an express one keeps none."""

    id = "sfn-logging-off"
    title = "State machine's runs are not recorded in full"
    resources = ("aws_sfn_state_machine",)
    severity = Severities(Severity.INFO, Severity.LOW, Severity.MEDIUM)
    aliases = ("CKV_AWS_285",)
    path = "logging_configuration.include_execution_data"
    message = (
        "Nobody records what this pipeline did, on which data and with which result: after an "
        "incident nobody can tell which model was trained on what."
    )
    decides = "whether runs are recorded with what they worked on"
    offer = Offer(
        Safety.REVIEW,
        "Log every run",
        "In place. The log holds what goes into each step and comes out of it, and is paid for "
        "by size.",
    )

    def words(self, resource: Resource) -> str:
        if not resource.body.blocks("logging_configuration"):
            return self.message
        return (
            "The log of this pipeline leaves out what its steps were given and gave back: after an "
            "incident nobody can tell which model was trained on what."
        )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        if not site.missing:
            return super().repair(site, resource, module)
        key = choose_key(module, resource, CLOUDWATCH_LOGS)
        if isinstance(key, str):
            return Advice(f"Add a `logging_configuration` and its log group. {key}")
        if resource.repetition is not None:
            return Advice("Add a `logging_configuration` with a log group for each of them.")
        name = free_name(module, GROUP, label(module, resource.name, "runs"))
        group = _GROUP.format(name=name, label=_short(resource.name), key=key.reference)
        texts = [tagged(group, module), *self._policy(resource, module)]
        address = f"{GROUP}.{name}"
        block = InsertBlock(resource.body, _BLOCK.format(group=address))
        return self.offer.repair(
            Targeted(resource.path, block),
            Targeted(resource.path, AddTopLevel("\n\n".join(texts), resource.block)),
            *key.intents,
            touches=key.touches,
        )

    def _policy(self, resource: Resource, module: Module) -> list[str]:
        held = resource.attribute("role_arn")
        named = map(module.resource, module.references(held.value)) if held else ()
        roles = [one for one in named if one is not None and one.kind == ROLE]
        if len(roles) != 1 or roles[0].repetition is not None:
            return []
        name = free_name(module, POLICY, label(module, roles[0].name, "logs"))
        return [_POLICY.format(name=name, role=roles[0].address)]


def _short(name: str) -> str:
    return name.replace("_", "-")[:20]
