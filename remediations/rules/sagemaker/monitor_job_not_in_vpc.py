"""monitor-job-not-in-vpc: a monitoring job whose container stands in a network of SageMaker's."""

from __future__ import annotations

from remediations import networks
from remediations.model import Known, Safety, Severity
from remediations.rule import Advice, Offer, Severities
from remediations.shapes import RequireBlock, block_text
from remediations.shapes.flags import is_true
from remediations.terraform.module import Module, Resource


class MonitorJobNotInVpc(RequireBlock):
    """A job that is isolated from every network has no need of one."""

    id = "monitor-job-not-in-vpc"
    title = "Monitoring job is outside your network"
    resources = ("aws_sagemaker_data_quality_job_definition",)
    severity = Severities(None, Severity.LOW, Severity.MEDIUM)
    path = "network_config.vpc_config"
    message = (
        "The job reads captured requests in a network of SageMaker's: no security group, route or "
        "flow log of yours sees what its container sends where."
    )
    advice = "Add vpc_config with private subnets and a security group of yours."
    offer = Offer(
        Safety.REPLACE,
        "Place the monitoring job in your network",
        "The job definition is destroyed and created again; runs that are under way end. Its "
        "container then reaches only what subnets and groups let it: S3 needs an endpoint.",
    )

    def applies(self, resource: Resource, module: Module) -> bool:
        isolated = module.value_of(resource.attribute("network_config.enable_network_isolation"))
        return not (isinstance(isolated, Known) and is_true(isolated.value, default=False))

    def block_text(self, resource: Resource, module: Module) -> str | Advice:
        found = networks.written(module, resource, "subnets", "security_group_ids")
        return found if isinstance(found, Advice) else block_text(("vpc_config",), found)
