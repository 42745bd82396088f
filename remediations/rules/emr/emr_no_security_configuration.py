"""emr-no-security-configuration: a cluster that nobody told to encrypt."""

from __future__ import annotations

from typing import Final

from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities
from remediations.shapes import RequireSet
from remediations.shapes.place import Site
from remediations.shapes.written import set_at
from remediations.terraform.module import Module, Resource

CONFIGURATION: Final = "aws_emr_security_configuration"


class EmrNoSecurityConfiguration(RequireSet):
    """What the configuration says is another rule's business."""

    id = "emr-no-security-configuration"
    title = "Cluster has no security configuration"
    resources = ("aws_emr_cluster",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV2_AWS_55",)
    path = "security_configuration"
    message = (
        "Training data lies on this cluster's disks, and goes between its machines, in plain text."
    )
    decides = "what the cluster encrypts"
    advice = (
        "Write an aws_emr_security_configuration with your key and your certificates, and name it "
        "here."
    )
    offer = Offer(
        Safety.REPLACE,
        "Start the cluster with the module's security configuration",
        "The cluster is destroyed and created again, with everything on its disks: end its steps "
        "first, and copy what HDFS holds.",
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        found = module.of_kind(CONFIGURATION)
        if len(found) != 1 or found[0].repetition is not None or self.offer is None:
            return Advice(self.advice)
        written = set_at(site, resource, f"{found[0].address}.name", {})
        return written if isinstance(written, Advice) else self.offer.repair(written)
