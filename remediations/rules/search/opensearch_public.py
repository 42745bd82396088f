"""opensearch-public: a vector store with an address on the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remediations import networks
from remediations.buckets import dynamic
from remediations.iam.openness import open_statements
from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Repair, Rule, Severities, Targeted, Violation
from remediations.shapes import block_text
from remediations.shapes.flags import is_true
from remediations.terraform.edit import InsertBlock
from remediations.terraform.module import Module, Resource

_BLOCK: Final = "vpc_options"
_POLICY: Final = "access_policies"


class OpensearchPublic(Rule):
    """In a VPC the network decides; on the internet the policy is all there is."""

    id = "opensearch-public"
    title = "Vector store is on the internet"
    resources = ("aws_opensearch_domain", "aws_elasticsearch_domain")
    severity = Severities(Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL)
    aliases = ("CKV_AWS_137",)

    def judge(self, resource: Resource, module: Module) -> Iterator[Violation]:
        if resource.body.blocks(_BLOCK):
            return
        written = dynamic(resource.body, _BLOCK)
        if written is not None:
            message = "`vpc_options` decides whether this store is on the internet."
            advice = Advice("Make sure that it is placed in a VPC wherever this is applied.")
            reason = f"a dynamic block writes `{_BLOCK}`"
            yield Violation(_BLOCK, message, advice, written, unknown=reason)
            return
        is_open = any(one.unknown is None for one in open_statements(resource, module, _POLICY))
        who = "and its policy lets everybody in" if is_open else "and only its policy stands before"
        message = (
            f"This store of documents and embeddings has an address on the internet, {who}: what a "
            "knowledge base is made of can be read from there."
        )
        yield Violation(_BLOCK, message, _placed(resource, module))


def _placed(resource: Resource, module: Module) -> Repair | Advice:
    subnets = networks.choose_subnets(module, resource)
    groups = networks.choose_groups(module, resource)
    for choice in (subnets, groups):
        if isinstance(choice, str):
            return Advice(f"{choice} Set `subnet_ids` and `security_group_ids` in `{_BLOCK}`.")
    assert isinstance(subnets, networks.Members)
    assert isinstance(groups, networks.Members)
    zones = module.value_of(resource.attribute("cluster_config.zone_awareness_enabled"))
    if not isinstance(zones, Known) or is_true(zones.value, default=False):
        return Advice(f"Add `{_BLOCK}` with one subnet for each zone and a security group.")
    held = {"subnet_ids": f"[{subnets.first}]", "security_group_ids": groups.all}
    offer = Offer(
        Safety.REPLACE,
        "Place the domain in your network",
        "The domain is destroyed and created again, empty, with another address: take a snapshot "
        "first. Only what is in the network reaches it then.",
    )
    text = block_text((_BLOCK,), held)
    return offer.repair(Targeted(resource.path, InsertBlock(resource.body, text)))
