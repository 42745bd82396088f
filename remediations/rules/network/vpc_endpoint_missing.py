"""vpc-endpoint-missing: the way to the training data leads over the internet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remediations.house_style import tagged
from remediations.lookups import free_name, look_up
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.terraform.edit import AddTopLevel
from remediations.terraform.module import Module, Resource
from remediations.vpc_endpoints import ENDPOINT, policy_for, service_of

_ML = re.compile(r"^aws_(sagemaker_(domain|notebook_instance|model)|bedrock_custom_model|batch_)")
_S3 = re.compile(r"[.-]s3$")


class VpcEndpointMissing(Rule):
    """Only where machine learning happens in the module, and it owns the network."""

    id = "vpc-endpoint-missing"
    title = "Network of models has no endpoint for S3"
    resources = ("aws_vpc",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    message = (
        "Models and notebooks of this network reach S3 over the internet: closing that way, which "
        "keeps data in, would cut them off from their data."
    )
    offer = Offer(
        Safety.REVIEW,
        "Write a gateway endpoint for S3",
        "In place; a gateway endpoint costs nothing. Connections to S3 that are open at that "
        "moment are cut. Only this account's principals may use it.",
    )

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if module.remember("needs a way to S3", lambda: _needs_one(module)):
            yield Violation("", self.message, self._repair(resource, module))

    def _repair(self, vpc: Resource, module: Module) -> Repair | Advice:
        tables = _tables(vpc, module)
        if vpc.repetition is not None or not tables:
            return Advice("Write a gateway endpoint for S3 and name its route tables.")
        found = look_up(module, "region")
        policy = policy_for(module, ".s3")
        name = free_name(module, ENDPOINT, "s3")
        lines = "\n".join(f"  {line}" for line in policy.text.split("\n"))
        text = (
            f'resource "{ENDPOINT}" "{name}" {{\n'
            f"  vpc_id            = {vpc.address}.id\n"
            f'  service_name      = "com.amazonaws.${{{found.names["region"]}}}.s3"\n'
            f'  vpc_endpoint_type = "Gateway"\n'
            f"  route_table_ids   = [{', '.join(tables)}]\n\n"
            f"  policy = {lines.lstrip()}\n}}"
        )
        written = Targeted(vpc.path, AddTopLevel(tagged(text, module), vpc.block))
        return self.offer.repair(written, *policy.written(vpc.path))


def _needs_one(module: Module) -> bool:
    uses = any(_ML.match(one.type) and not one.is_data for one in module.resources)
    has = any(_may_be_for_s3(one) for one in module.of_kind(ENDPOINT))
    return uses and not has and not _by_another_hand(module)


def _may_be_for_s3(endpoint: Resource) -> bool:
    service = service_of(endpoint)
    return bool(_S3.search(service)) or service.startswith(("var.", "local.", "each."))


def _tables(vpc: Resource, module: Module) -> list[str]:
    return [
        f"{table.address}.id"
        for table, name in module.users_of(vpc.address)
        if table.kind == "aws_route_table" and name == "vpc_id" and table.repetition is None
    ]


def _by_another_hand(module: Module) -> bool:
    """A module that is called may write the endpoints."""
    return any("endpoint" in f"{call.name} {call.source}" for call in module.calls)
