"""eks-secrets-unencrypted: secrets of a cluster without a key of your own."""

from __future__ import annotations

from remediations.keys import choose_key
from remediations.model import Safety, Severity
from remediations.rule import Advice, Offer, Repair, Severities, Targeted
from remediations.shapes import RequireBlock
from remediations.shapes.place import Site
from remediations.terraform.edit import InsertBlock
from remediations.terraform.module import Module, Resource
from remediations.terraform.nodes import Body

_TEXT = """\
encryption_config {{
  resources = ["secrets"]

  provider {{
    key_arn = {key}
  }}
}}"""


class EksSecretsUnencrypted(RequireBlock):
    """A key of AWS's own is used where nobody names one."""

    id = "eks-secrets-unencrypted"
    title = "Cluster's secrets have no key of your own"
    resources = ("aws_eks_cluster",)
    severity = Severities(Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    aliases = ("CKV_AWS_58",)
    path = "encryption_config"
    message = (
        "Tokens of registries, feature stores and model hubs lie in this cluster under no key of "
        "yours: nobody here can see who opens them, or take the key away."
    )

    def repair(self, site: Site, resource: Resource, module: Module) -> Repair | Advice:
        key = choose_key(module, resource)
        if isinstance(key, str) or not isinstance(site.holder, Body):
            return Advice(key if isinstance(key, str) else "Name a key of yours here.")
        offer = Offer(
            Safety.REVIEW,
            f"Encrypt the cluster's secrets with {key.words}",
            "In place, and for good: the key can neither be taken out nor changed. The cluster's "
            "role needs it, and without the key the cluster cannot be saved. " + key.note,
        )
        block = InsertBlock(site.holder, _TEXT.format(key=key.reference))
        written = Targeted(resource.path, block)
        return offer.repair(written, *key.intents, touches=key.touches)
