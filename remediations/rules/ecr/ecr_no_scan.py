"""ecr-no-scan: nobody looks for known holes in images."""

from __future__ import annotations

from remediations.model import Known, Safety, Severity
from remediations.rule import Offer, Severities
from remediations.shapes import RequireTrue
from remediations.terraform.module import Module, Resource

REGISTRY = "aws_ecr_registry_scanning_configuration"


class EcrNoScan(RequireTrue):
    """Where the module says what the whole registry scans, the repository need not."""

    id = "ecr-no-scan"
    title = "Images are not scanned on push"
    resources = ("aws_ecr_repository",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.MEDIUM)
    aliases = ("CKV_AWS_163",)
    path = "image_scanning_configuration.scan_on_push"
    message = (
        "Known holes in what an image brings along (CUDA, Python packages, a base system) stay "
        "unseen until somebody uses them."
    )
    decides = "whether somebody looks for known holes in images"
    offer = Offer(Safety.SAFE, "Scan images when they are pushed", "In place; it costs nothing.")

    def applies(self, resource: Resource, module: Module) -> bool:
        root = module.root
        return not root.remember("registry scans", lambda: _scans_all(root))


def _scans_all(root: Module) -> bool:
    return any(_scans(registry) for registry in root.family_of_kind(REGISTRY))


def _scans(registry: Resource) -> bool:
    for rule in registry.body.blocks("rule"):
        often = registry.home.value_of(rule.body.attributes.get("scan_frequency"))
        if often != Known("MANUAL"):
            return True
    return False
